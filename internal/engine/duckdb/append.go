package duckdb

import (
	"bytes"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	driverpkg "github.com/duckdb/duckdb-go/v2"

	"parvis/internal/dataset"
	"parvis/internal/engine"
	"parvis/internal/fault"
)

// Append adds a row. Bytes that are no UTF-8 become U+FFFD; numbers that are none, NaN and infinities,
// become nulls. The row is written later: a failure may come with a later row or with Finish. A value of another type than its field's is our mistake.
func (l *loader) Append(r dataset.Record) error {
	if l.failed != nil {
		return l.failed
	}
	if len(r.Values) != len(l.fields) {
		return fault.New(fault.Internal, "a record has %d values for %d fields", len(r.Values), len(l.fields))
	}
	if l.rows == smallVersion && !l.inFile {
		if err := l.moveToFile(context.Background()); err != nil {
			return l.fail(err)
		}
	}
	row := l.batch.row()
	id := &l.batch.ids[l.batch.rows]
	*id = r.ID
	row[0], row[1], row[2] = l.rows, id[:], int32(min(r.Size, math.MaxInt32))
	at := 3
	for i, f := range l.fields {
		value := r.Values[i]
		if f.List() && value != nil {
			list, ok := value.([]any)
			if !ok {
				return l.misfit(f, value)
			}
			if row[at], ok = copyList(f.Type, list); !ok {
				return l.misfit(f, value)
			}
			at++
			continue
		}
		switch f.Type {
		case dataset.GeoPoint:
			row[at], row[at+1] = nil, nil
			if p, ok := value.(dataset.Point); ok && finite(p.Lon) && finite(p.Lat) {
				row[at], row[at+1] = p.Lon, p.Lat
			} else if value != nil && !ok {
				return l.misfit(f, value)
			}
			at += 2
		case dataset.GeoShape:
			clear(row[at : at+5])
			if s, ok := value.(dataset.Shape); ok {
				row[at], row[at+1], row[at+2], row[at+3], row[at+4] = bytes.Clone(s.WKB), s.West, s.South, s.East, s.North
			} else if value != nil {
				return l.misfit(f, value)
			}
			at += 5
		default:
			var ok bool
			if row[at], ok = tidy(f.Type, value); !ok {
				return l.misfit(f, value)
			}
			at++
		}
	}
	l.rows++
	l.bytes += int64(r.Size)
	if l.batch.rows++; l.batch.rows == batchRows {
		if err := l.appender.take(l.batch); err != nil {
			return l.fail(fmt.Errorf("append the rows up to %d: %w", l.rows, err))
		}
		l.batch = l.appender.batch()
	}
	return nil
}

// tidy gives a value in the form in which the appender takes it; not ok where it is of another type.
func tidy(t dataset.Type, value any) (_ driver.Value, ok bool) {
	switch v := value.(type) {
	case nil:
		return nil, true
	case string:
		if !utf8.ValidString(v) {
			value = strings.ToValidUTF8(v, "\uFFFD")
		}
		return value, t == dataset.Text || t == dataset.File || t == dataset.JSON
	case int64:
		return value, t == dataset.Int
	case float64:
		if !finite(v) {
			value = nil
		}
		return value, t == dataset.Double
	case bool:
		return value, t == dataset.Boolean
	case dataset.Day:
		return time.Unix(int64(v)*86400, 0).UTC(), t == dataset.Date
	case dataset.Instant:
		return time.UnixMicro(int64(v)).UTC(), t == dataset.DateTime
	}
	return nil, false
}

// copyList gives the elements of a list in the form in which the appender takes them.
func copyList(t dataset.Type, list []any) (_ driver.Value, ok bool) {
	copied := make([]any, len(list))
	for i, element := range list {
		if copied[i], ok = tidy(t, element); !ok {
			return nil, false
		}
	}
	return copied, true
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }

func (l *loader) misfit(f dataset.Field, value any) error {
	return l.fail(fault.New(fault.Internal, "row %d has a %T in the field %s of type %s", l.rows, value, f.Name, f.Type))
}

func (l *loader) fail(err error) error {
	l.failed = loadFailure(err)
	return l.failed
}

// batchRows is how many rows go to the appender at once.
const batchRows = 512

// batch is a run of rows on its way to the appender, one row's values after the other's.
type batch struct {
	columns int
	rows    int
	values  []driver.Value
	ids     [batchRows][20]byte
}

// row gives the place of the values of the next row.
func (b *batch) row() []driver.Value {
	return b.values[b.rows*b.columns : (b.rows+1)*b.columns]
}

// appender appends batches to a table in a goroutine of its own, so that whoever reads the rows from a file
// need not wait while the engine compresses them.
type appender struct {
	native *driverpkg.Appender
	free   chan *batch
	full   chan *batch
	done   chan struct{} // closed when the goroutine has ended
	failed chan struct{} // closed when err is set
	err    error
}

func newAppender(conn *driverpkg.Conn, catalogue string, columns int) (*appender, error) {
	native, err := driverpkg.NewAppender(conn, catalogue, "main", engine.Records)
	if err != nil {
		return nil, err
	}
	const batches = 4
	a := &appender{native: native, free: make(chan *batch, batches), full: make(chan *batch, batches),
		done: make(chan struct{}), failed: make(chan struct{})}
	for range batches {
		a.free <- &batch{columns: columns, values: make([]driver.Value, batchRows*columns)}
	}
	go a.work()
	return a, nil
}

// batch gives an empty batch, waiting for one where all are on their way.
func (a *appender) batch() *batch { return <-a.free }

// take sends a batch on its way. It tells a failure of those before.
func (a *appender) take(b *batch) error {
	a.full <- b
	select {
	case <-a.failed:
		return a.err
	default:
		return nil
	}
}

// work appends batches; after a failure it only takes them.
func (a *appender) work() {
	defer close(a.done)
	for b := range a.full {
		if a.err == nil {
			if err := a.append(b); err != nil {
				a.err = err
				close(a.failed)
			}
		}
		b.rows = 0
		a.free <- b
	}
}

func (a *appender) append(b *batch) error {
	for i := range b.rows {
		if err := a.native.AppendRow(b.values[i*b.columns : (i+1)*b.columns]...); err != nil {
			return err
		}
	}
	return nil
}

// close waits until all batches are in the table.
func (a *appender) close(ctx context.Context) error {
	close(a.full)
	<-a.done
	if a.err != nil {
		return errors.Join(a.err, a.discard())
	}
	return a.native.CloseWithCancel(ctx)
}

// drop ends the appender without need of what it holds.
func (a *appender) drop() {
	close(a.full)
	<-a.done
	_ = a.discard()
}

// discard gives the native appender back with what it has not written.
func (a *appender) discard() error {
	return errors.Join(a.native.Clear(), a.native.Close())
}
