package ingest

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"

	"parvis/internal/dataset"
	"parvis/internal/engine"
	"parvis/internal/fault"
	"parvis/internal/format"
	"parvis/internal/format/jsontext"
	"parvis/internal/media"
)

const (
	batchRows = 512
	headRows  = 20_480   // rows after which the first types are chosen
	headBytes = 64 << 20 // or bytes of text
	maxPasses = 3
)

// source is what is read: it can be read again from the beginning.
type source interface {
	Read() (format.Reader, error)
	Progress() (done, total int64)
}

// load brings the rows of a source into a new version file.
type load struct {
	source   source
	engine   engine.Engine
	path     func(attempt int) string // of the version file
	schema   schema
	files    *media.Intake // nil: none came with the rows
	rejects  rejects
	progress func(Progress)

	plan  *plan
	notes []string // of the reader
	rows  int64
	hash  string
	file  string // of the version that was finished
	media string // the folder of its files; "" where its rows name none
}

// batch is a run of rows on its way from the reader to the engine.
type batch struct {
	lines  []int64
	values [][]any
	slab   []any
	damage []*format.RowError
	bytes  int // of text
}

// run loads the rows. The types are chosen from the first rows, and judged by all of them while these are converted:
// where all of them say otherwise the load begins again with what they say.
func (l *load) run(ctx context.Context) error {
	var settled *judged
	for attempt := range maxPasses {
		if err := l.rejects.reset(); err != nil {
			return err
		}
		next, err := l.pass(ctx, attempt, settled)
		if err != nil {
			return err
		}
		if next == nil {
			return nil
		}
		settled = next
	}
	return fault.New(fault.Invalid, "the file changed while it was read")
}

// judged is what the columns of a whole file are.
type judged struct {
	columns  []format.Field
	verdicts []verdict
}

// pass reads the source once. It gives what to begin again with, nil where the version is finished.
func (l *load) pass(ctx context.Context, attempt int, settled *judged) (again *judged, err error) {
	reader, err := l.source.Read()
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	if partial, ok := reader.(format.Partial); ok {
		l.notes = partial.Notes()
	}
	ctx, cancel := context.WithCancel(ctx)
	feed := newFeed(ctx, reader, settled == nil, l.files)
	if l.files != nil {
		l.files.Begin()
	}
	var wait sync.WaitGroup
	wait.Go(feed.run)
	// The reader must have stopped before it is closed.
	defer wait.Wait()
	defer cancel()

	head := []*batch{}
	first := settled
	for rows, bytes := 0, 0; first == nil; {
		b, ok := <-feed.full
		if !ok {
			break
		}
		head = append(head, b)
		if rows, bytes = rows+len(b.lines), bytes+b.bytes; rows >= headRows || bytes >= headBytes {
			break
		}
	}
	if first == nil {
		first = feed.judge()
	}
	l.plan = newPlan(first.columns, first.verdicts, l.schema)
	for _, t := range l.plan.targets {
		t.files = l.files
	}
	if len(l.plan.targets) == 0 {
		if err := feed.failure(); err != nil {
			return nil, err
		}
		return nil, fault.New(fault.Invalid, "the file has no columns")
	}
	path := l.path(attempt)
	loader, err := l.engine.Create(ctx, path, l.plan.fields())
	if err != nil {
		return nil, fmt.Errorf("begin a version: %w", err)
	}
	finished := false
	defer func() {
		if !finished {
			if aborted := loader.Abort(); err == nil && aborted != nil {
				err = fmt.Errorf("give up a version: %w", aborted)
			}
		}
	}()
	to := newSink(ctx, l, loader)
	for _, b := range head {
		if err := to.take(b); err != nil {
			return nil, err
		}
		feed.giveBack(b)
	}
	for b := range feed.full {
		if err := to.take(b); err != nil {
			return nil, err
		}
		feed.giveBack(b)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if feed.err != io.EOF {
		return nil, feed.err
	}
	if settled == nil {
		if all := feed.judge(); !l.holds(first, all) {
			return all, nil
		}
	}
	if err := l.rejects.close(); err != nil {
		return nil, err
	}
	if to.rows == 0 && !l.schema.strict {
		return nil, fault.New(fault.Invalid, "the file has a header and no rows")
	}
	finished = true // Finish ends the loader whether it succeeds or not
	l.tell(to.rows, "index")
	if l.rows, err = loader.Finish(ctx, func(step string) { l.tell(to.rows, step) }); err != nil {
		return nil, fmt.Errorf("finish the version: %w", err)
	}
	l.hash, l.file = to.sum(), path
	if l.files == nil {
		return nil, nil
	}
	dir, notes, err := l.files.Finish()
	l.media, l.notes = dir, append(l.notes, notes...)
	return nil, err
}

// holds tells whether the plan made of the first rows is the one that all rows make.
func (l *load) holds(first, all *judged) bool {
	before, after := l.plan, newPlan(all.columns, all.verdicts, l.schema)
	if len(before.targets) != len(after.targets) {
		return false
	}
	for i, t := range before.targets {
		u := after.targets[i]
		if t.field.Name != u.field.Name || t.from != u.from || t.lat != u.lat || t.from < 0 && t.lat >= 0 && t.lon != u.lon {
			return false
		}
		v, w := t.verdict, u.verdict
		switch t.typ { // how numbers are written matters to numbers only
		case dataset.Int, dataset.Double, dataset.GeoPoint:
			v.order, w.order = 0, 0
		case dataset.Date, dataset.DateTime:
			v.number, w.number = 0, 0
		default:
			v.order, w.order, v.number, w.number = 0, 0, 0, 0
		}
		if !v.same(w) {
			return false
		}
	}
	l.plan.why = after.why
	return true
}

func (l *load) tell(rows int64, step string) {
	if l.progress != nil {
		done, total := l.source.Progress()
		l.progress(Progress{Rows: rows, Done: done, Total: total, Step: step})
	}
}

// feed reads rows on a goroutine of its own, and judges what they look like.
type feed struct {
	ctx    context.Context
	reader format.Reader
	files  *media.Intake // nil: none came with the rows
	full   chan *batch
	empty  chan *batch

	mu      sync.Mutex // of what follows, between batches
	guesses []*guess   // nil: nothing is judged
	judging bool
	columns []format.Field
	err     error // what ended the reading: io.EOF after the last row
}

const inFlight = 6 // batches

func newFeed(ctx context.Context, r format.Reader, judging bool, files *media.Intake) *feed {
	return &feed{ctx: ctx, reader: r, judging: judging, files: files, full: make(chan *batch, inFlight), empty: make(chan *batch, inFlight)}
}

// run reads until the end, an error, or the context's end; then it closes full.
func (f *feed) run() {
	defer close(f.full)
	for {
		b := f.blank()
		f.mu.Lock()
		err := f.fill(b)
		f.columns = f.reader.Fields()
		f.err = err
		f.mu.Unlock()
		select {
		case f.full <- b:
		case <-f.ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

func (f *feed) blank() *batch {
	select {
	case b := <-f.empty:
		clear(b.slab)
		*b = batch{lines: b.lines[:0], values: b.values[:0], slab: b.slab[:0], damage: b.damage[:0]}
		return b
	default:
		return &batch{}
	}
}

func (f *feed) giveBack(b *batch) {
	select {
	case f.empty <- b:
	default:
	}
}

// fill reads the rows of a batch. A reader that panics over foreign bytes ends the load, not the process.
func (f *feed) fill(b *batch) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Wrap(fmt.Errorf("%v\n%s", p, debug.Stack()), fault.Internal, "the file cannot be read: its reader failed")
		}
	}()
	const most = 8 << 20 // bytes of text
	for len(b.lines) < batchRows && b.bytes < most {
		row, err := f.reader.Next()
		if err != nil {
			var damage *format.RowError
			if !errors.As(err, &damage) {
				return err
			}
			b.damage = append(b.damage, damage)
			if len(b.damage) > batchRows {
				return nil
			}
			if damage.Field == "" {
				continue
			}
		}
		at := len(b.slab)
		b.slab = append(b.slab, row.Values...)
		b.values = append(b.values, b.slab[at:len(b.slab):len(b.slab)])
		b.lines = append(b.lines, row.Line)
		f.judgeRow(b, row.Values)
	}
	return nil
}

// judgeRow looks at the values of a row.
func (f *feed) judgeRow(b *batch, values []any) {
	for f.judging && len(f.guesses) < len(values) {
		f.guesses = newGuesses(f.guesses, f.reader.Fields(), f.files)
	}
	for i, v := range values {
		switch s := v.(type) {
		case nil:
			continue
		case string:
			b.bytes += len(s)
		case json.RawMessage:
			b.bytes += len(s)
		case dataset.Shape:
			b.bytes += len(s.WKB)
		}
		if f.judging {
			f.guesses[i].add(v)
		}
	}
}

// judge gives the verdicts over what was read so far.
func (f *feed) judge() *judged {
	f.mu.Lock()
	defer f.mu.Unlock()
	fields := f.reader.Fields()
	out := &judged{columns: append([]format.Field(nil), fields...)}
	f.guesses = newGuesses(f.guesses, fields, f.files)
	for i, name := range columnNames(fields) {
		out.verdicts = append(out.verdicts, f.guesses[i].decide(name))
	}
	return out
}

// failure gives what went wrong so far; nil at the end of the file.
func (f *feed) failure() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == io.EOF {
		return nil
	}
	return f.err
}

// sink converts rows and hands them to the engine.
type sink struct {
	ctx     context.Context
	load    *load
	loader  engine.Loader
	targets []*target
	keys    [][]byte // of the fields in JSON
	ids     []int    // the fields that make the identifier
	record  dataset.Record
	text    []byte
	spans   []int // where the text of each value ends
	hash    hash.Hash
	rows    int64
}

func newSink(ctx context.Context, l *load, loader engine.Loader) *sink {
	s := &sink{ctx: ctx, load: l, loader: loader, targets: l.plan.targets, hash: sha256.New()}
	for i, t := range s.targets {
		key := jsontext.AppendString([]byte{','}, t.field.Name)
		s.keys = append(s.keys, append(key, ':'))
		if t.field.Annotations.ID {
			s.ids = append(s.ids, i)
		}
		s.hash.Write([]byte(t.field.Name + "\x00" + string(t.field.Type) + "\x00" + strconv.FormatBool(t.list) + "\x00"))
	}
	s.record.Values = make([]any, len(s.targets))
	return s
}

// sum gives the hash of schema and rows.
func (s *sink) sum() string { return hex.EncodeToString(s.hash.Sum(nil)) }

func (s *sink) take(b *batch) error {
	for _, d := range b.damage {
		if err := s.load.rejects.add(Reject{Line: d.Line, Field: d.Field, Value: d.Value, Reason: d.Reason}); err != nil {
			return err
		}
	}
	if err := s.takeFiles(b); err != nil {
		return err
	}
	for i, values := range b.values {
		if err := s.row(b.lines[i], values); err != nil {
			return err
		}
	}
	s.load.tell(s.rows, "rows")
	return nil
}

// takeFiles takes in the files that the rows of a batch name, which is quicker together than one by one.
func (s *sink) takeFiles(b *batch) error {
	if s.load.files == nil {
		return nil
	}
	var named []string
	for _, t := range s.targets {
		if t.typ != dataset.File || t.from < 0 {
			continue
		}
		for _, values := range b.values {
			if t.from < len(values) {
				named = append(named, textOf(values[t.from]))
			}
		}
	}
	const together = 16
	for part := range slices.Chunk(named, together) {
		if err := s.load.files.Take(s.ctx, part); err != nil {
			return err
		}
		s.load.tell(s.rows, "files")
	}
	return nil
}

func (s *sink) row(line int64, values []any) error {
	text := s.text[:0]
	s.spans = s.spans[:0]
	for i, t := range s.targets {
		value, given, reason := t.convert(values)
		if reason != "" {
			if err := s.load.rejects.add(Reject{Line: line, Field: t.field.Name, Value: textOf(given), Reason: reason}); err != nil {
				return err
			}
			value = nil
		}
		s.record.Values[i] = value
		text = append(text, s.keys[i]...)
		s.spans = append(s.spans, len(text))
		text = appendJSON(text, value)
	}
	text[0] = '{'
	text = append(text, '}')
	s.text = text
	s.record.Size = len(text)
	if len(s.ids) == 0 {
		s.record.ID = sha1.Sum(text)
	} else {
		s.record.ID = s.identifier(text)
	}
	s.hash.Write(text)
	s.rows++
	if err := s.loader.Append(s.record); err != nil {
		return fmt.Errorf("load line %d: %w", line, err)
	}
	return nil
}

// identifier makes the fingerprint of the fields that are annotated id.
func (s *sink) identifier(text []byte) [20]byte {
	sum := sha1.New()
	for _, i := range s.ids {
		end := len(text) - 1
		if i+1 < len(s.keys) {
			end = s.spans[i+1] - len(s.keys[i+1])
		}
		sum.Write(text[s.spans[i]:end])
		sum.Write([]byte{0})
	}
	return [20]byte(sum.Sum(nil))
}
