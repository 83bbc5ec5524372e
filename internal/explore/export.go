package explore

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"golang.org/x/sync/errgroup"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/engine"
	"parvis/internal/fault"
	"parvis/internal/odsql"
	"parvis/internal/odsql/check"
	"parvis/internal/odsql/sqlgen"
)

// Export is a whole answer, still to be fetched.
type Export struct {
	Entry   *catalog.Entry // nil for the catalogue
	Plan    *check.Plan
	Columns []dataset.Column

	engine engine.Engine
	source *engine.Source // nil: there are no rows
	rows   int64          // records of the version
	limit  int            // -1: all
}

// Export prepares the whole answer to a question: no rows are fetched yet, so that whatever is wrong with the
// question comes out before the first byte. A missing limit, or -1, is everything; the offset does not count. Kinds as
// Records, and Forbidden where the actor may not download the rows.
func (x *Explorer) Export(_ context.Context, a account.Actor, id string, q odsql.Question) (*Export, error) {
	e, err := x.catalog.ForFiles(a, id)
	if err != nil {
		return nil, err
	}
	return x.export(e, q)
}

// Look prepares the same for a page that looks through the rows and hands out no file. Kinds as Records.
func (x *Explorer) Look(_ context.Context, a account.Actor, id string, q odsql.Question) (*Export, error) {
	e, err := x.forRows(a, id)
	if err != nil {
		return nil, err
	}
	return x.export(e, q)
}

func (x *Explorer) export(e *catalog.Entry, q odsql.Question) (*Export, error) {
	p, err := x.checked(e, q)
	if err != nil {
		return nil, err
	}
	out := &Export{Entry: e, Plan: p, Columns: p.Columns, engine: x.engine, rows: e.Everything().Rows(), limit: -1}
	if q.Limit != nil {
		out.limit = max(*q.Limit, -1)
	}
	if p.AggregateOrder && (out.limit < 0 || out.limit > DefaultGroups) {
		return nil, check.AggregateOrderError()
	}
	if e.HasRecords() {
		src := e.Source()
		out.source = &src
	}
	return out, nil
}

// PlainText undoes json_format, for formats other than JSON: its columns hold the text itself.
func (e *Export) PlainText() { e.Plan.PlainText() }

// statements gives what is to be asked, in order: windows of the version where the rows may come in the order
// of loading, so that memory does not grow with them; else one statement.
func (e *Export) statements() iter.Seq[engine.Statement] {
	return func(yield func(engine.Statement) bool) {
		switch {
		case e.source == nil || e.limit == 0:
		case sqlgen.Sliceable(e.Plan) && (e.limit < 0 || e.limit > smallExport):
			for st := range sqlgen.Windows(*e.source, e.Plan, e.rows, 0) {
				if !yield(st) {
					return
				}
			}
		default:
			e.pages(yield)
		}
	}
}

const (
	smallExport = 10_000  // rows up to which a limited export is one statement
	pageRows    = 500_000 // rows of one statement where the order is the asker's
)

// pages cuts an ordered or grouped answer by limit and offset, which is safe since every answer has a total
// order: each page is sorted anew, but no page holds more memory than its rows. Groups of a multivalued field may
// outnumber the records, which nothing bounds: they are one statement.
func (e *Export) pages(yield func(engine.Statement) bool) {
	last := e.rows
	if e.limit >= 0 {
		last = min(last, int64(e.limit))
	}
	lists := slices.ContainsFunc(e.Plan.Groups, func(g check.Group) bool { return g.List })
	if last <= pageRows || lists || e.Plan.Aggregated {
		yield(sqlgen.Rows(*e.source, e.Plan, e.limit, 0))
		return
	}
	for from := int64(0); from < last; from += pageRows {
		if !yield(sqlgen.Rows(*e.source, e.Plan, int(min(pageRows, last-from)), int(from))) {
			return
		}
	}
}

// fetched is the answer of one statement.
type fetched struct {
	rows engine.Rows
	err  error
}

// Each hands all rows to take, batch by batch; a batch is valid until take returns. The next window is asked
// for while the current one is taken. It ends at the first error of the engine or of take.
func (e *Export) Each(ctx context.Context, take func(*dataset.Batch) error) error {
	ctx, cancel := context.WithCancel(ctx)
	answers := make(chan fetched)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(answers)
		for st := range e.statements() {
			rows, err := e.engine.Query(ctx, st)
			select {
			case answers <- fetched{rows, err}:
				if err != nil {
					return
				}
			case <-ctx.Done():
				if err == nil {
					rows.Close()
				}
				return
			}
		}
	}()
	defer func() {
		cancel()
		<-done
	}()
	left := e.limit
	for answer := range answers {
		if answer.err != nil {
			return fmt.Errorf("export: %w", answer.err)
		}
		more, err := drain(answer.rows, &left, take)
		answer.rows.Close()
		if err != nil {
			return err
		}
		if !more {
			return nil
		}
	}
	return ctx.Err()
}

// Sample hands rows of the answer to take, batch by batch: all of them where there are no more than n, else n of them or a
// few more, from places all along the version. Where a filter or an order stands in the way, they are the first n.
func (e *Export) Sample(ctx context.Context, n int64, take func(*dataset.Batch) error) error {
	if e.source == nil {
		return nil
	}
	statements := []engine.Statement{sqlgen.Rows(*e.source, e.Plan, int(n), 0)}
	if sqlgen.Sliceable(e.Plan) && len(e.Plan.Filters) == 0 {
		statements = statements[:0]
		each := (n + samplePlaces - 1) / samplePlaces
		for place := range int64(samplePlaces) {
			from := place * e.rows / samplePlaces
			to := min(from+each, (place+1)*e.rows/samplePlaces)
			if from < to {
				statements = append(statements, sqlgen.Window(*e.source, e.Plan, from, to))
			}
		}
	}
	all := -1
	for _, st := range statements {
		rows, err := e.engine.Query(ctx, st)
		if err != nil {
			return fmt.Errorf("sample: %w", err)
		}
		_, err = drain(rows, &all, take)
		rows.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// samplePlaces is from how many places of a version a sample is taken.
const samplePlaces = 16

// drain hands the rows of one answer on until left of them have been taken (negative: all), and tells whether
// more may be wanted.
func drain(rows engine.Rows, left *int, take func(*dataset.Batch) error) (more bool, err error) {
	for {
		b, err := rows.Next()
		if err != nil {
			return false, fmt.Errorf("export: %w", err)
		}
		if b == nil {
			return true, nil
		}
		if *left >= 0 && b.Len > *left {
			b = head(b, *left)
		}
		if b.Len > 0 {
			if err := take(b); err != nil {
				return false, err
			}
		}
		if *left >= 0 {
			if *left -= b.Len; *left <= 0 {
				return false, nil
			}
		}
	}
}

// Encoder makes the rows from ≤ i < to of a batch into bytes, which it adds to dst. It is used by one goroutine.
type Encoder func(dst []byte, b *dataset.Batch, from, to int) []byte

// EachEncoded does the work of Each for formats whose rows can be encoded apart: windows are fetched and encoded
// by several goroutines at once, each with an encoder of its own, and put in order. Bytes belong to put until it
// returns.
func (e *Export) EachEncoded(ctx context.Context, encoder func() Encoder, put func(rows []byte) error) error {
	if e.limit >= 0 || e.source == nil || !sqlgen.Sliceable(e.Plan) {
		encode := encoder()
		var buffer []byte
		return e.Each(ctx, func(b *dataset.Batch) error {
			buffer = encode(buffer[:0], b, 0, b.Len)
			return put(buffer)
		})
	}
	group, ctx := errgroup.WithContext(ctx)
	order := make(chan *task, encoders-1) // whose bytes come next
	work := make(chan *task)
	spare := make(chan []byte, encoders*pieces)
	group.Go(func() error {
		defer close(order)
		defer close(work)
		for st := range e.statements() {
			t := &task{statement: st, pieces: make(chan []byte, pieces)}
			for _, to := range []chan *task{order, work} {
				select {
				case to <- t:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		}
		return nil
	})
	for range encoders {
		group.Go(func() error {
			encode := encoder()
			for t := range work {
				if err := e.encodeTask(ctx, t, encode, spare); err != nil {
					return err
				}
			}
			return nil
		})
	}
	group.Go(func() error {
		for t := range order {
			for t != nil {
				select {
				case piece, more := <-t.pieces:
					if !more {
						t = nil
						break
					}
					if err := put(piece); err != nil {
						return err
					}
					select {
					case spare <- piece:
					default:
					}
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		}
		return nil
	})
	return group.Wait()
}

// How exports are cut: memory holds at most encoders × pieces × pieceBytes of encoded rows.
const (
	encoders   = 2  // windows that are worked on at a time
	pieces     = 32 // that one window may be ahead
	pieceBytes = 1 << 20
	pieceRows  = 256 // encoded between two looks at the length
)

// task is one statement of an export, and its rows, encoded.
type task struct {
	statement engine.Statement
	pieces    chan []byte // closed when all rows are in it
}

// encodeTask fills in the rows of a task, piece by piece.
func (e *Export) encodeTask(ctx context.Context, t *task, encode Encoder, spare <-chan []byte) error {
	rows, err := e.engine.Query(ctx, t.statement)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	defer rows.Close()
	var piece []byte
	send := func(atLeast int) error {
		if len(piece) < atLeast {
			return nil
		}
		select {
		case t.pieces <- piece:
		case <-ctx.Done():
			return ctx.Err()
		}
		select {
		case piece = <-spare:
			piece = piece[:0]
		default:
			piece = make([]byte, 0, pieceBytes+pieceBytes/8)
		}
		return nil
	}
	all := -1
	_, err = drain(rows, &all, func(b *dataset.Batch) error {
		for from := 0; from < b.Len; from += pieceRows {
			piece = encode(piece, b, from, min(b.Len, from+pieceRows))
			if err := send(pieceBytes); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = send(1)
	}
	if err == nil {
		close(t.pieces)
	}
	return err
}

// Parquet writes all rows to a new Parquet file at path; compression is "snappy" or "zstd", files as format.Options has it. Kind NotFound: the
// dataset has no version yet.
func (e *Export) Parquet(ctx context.Context, path, compression, files string) error {
	if e.source == nil {
		return fault.New(fault.NotFound, "The dataset %s has no records yet, so there is no Parquet file of it.", e.Entry.ID)
	}
	st := sqlgen.Rows(*e.source, e.Plan, e.limit, 0)
	if err := e.engine.Parquet(ctx, st, path, engine.ParquetOptions{Compression: compression, Files: files}); err != nil {
		return fmt.Errorf("parquet export: %w", err)
	}
	return nil
}
