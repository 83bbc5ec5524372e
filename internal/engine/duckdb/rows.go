package duckdb

import (
	"github.com/apache/arrow-go/v18/arrow/array"

	"parvis/internal/dataset"
	"parvis/internal/fault"
)

// rows hands out the answer that DuckDB holds, batch by batch, as Arrow lays it out: numbers and texts are
// read where they lie.
type rows struct {
	loan    *loan
	reader  array.RecordReader
	columns []dataset.Column
	batch   dataset.Batch
	parts   []part // one for each vector of the batch
	closed  bool
}

func newRows(l *loan, reader array.RecordReader, columns []dataset.Column) (*rows, error) {
	r := &rows{loan: l, reader: reader, columns: columns}
	want := 0
	for _, c := range columns {
		want++
		if c.Type == dataset.GeoPoint {
			want++
		}
	}
	if got := reader.Schema().NumFields(); got != want {
		return nil, fault.New(fault.Internal, "the statement answers %d columns where %d were told", got, want)
	}
	r.batch.Vectors = make([]dataset.Vector, len(columns))
	r.parts = make([]part, len(columns))
	return r, nil
}

// Next gives the next batch, at most a few thousand rows; nil after the last one.
func (r *rows) Next() (*dataset.Batch, error) {
	if r.closed {
		return nil, nil
	}
	for r.reader.Next() {
		record := r.reader.RecordBatch()
		if record.NumRows() == 0 {
			continue
		}
		r.batch.Len = int(record.NumRows())
		at := 0
		for i, c := range r.columns {
			v, p := &r.batch.Vectors[i], &r.parts[i]
			var err error
			if c.Type == dataset.GeoPoint {
				err = p.point(v, record.Column(at), record.Column(at+1))
				at++
			} else {
				err = p.column(v, record.Column(at), c.Type, c.List)
			}
			if err != nil {
				return nil, fault.Wrap(err, fault.Internal, "column %s of the answer cannot be read", c.Name)
			}
			at++
		}
		return &r.batch, nil
	}
	if err := r.reader.Err(); err != nil {
		return nil, r.loan.e.failure(r.loan.ctx, err)
	}
	return nil, nil
}

// Close gives the answer's memory back.
func (r *rows) Close() {
	if r.closed {
		return
	}
	r.closed = true
	r.reader.Release()
	r.loan.end()
}
