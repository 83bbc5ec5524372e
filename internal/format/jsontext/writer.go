package jsontext

import (
	"io"

	"parvis/internal/dataset"
	"parvis/internal/format"
)

// New writes a JSON array, one object a line. The writer is a format.Parallel.
func New(w io.Writer, columns []dataset.Column, o format.Options) (format.Writer, error) {
	return format.NewRowWriter(w, format.RowParts{
		Head: []byte("["), Tail: []byte("\n]\n"), Skip: len(","),
		Encoder: func() format.EncodeRows { return NewEncoder(columns, o).rows(",\n", "") },
	}), nil
}

// NewLines writes JSON Lines: one object a line and nothing else. The writer is a format.Parallel.
func NewLines(w io.Writer, columns []dataset.Column, o format.Options) (format.Writer, error) {
	return format.NewRowWriter(w, format.RowParts{
		Encoder: func() format.EncodeRows { return NewEncoder(columns, o).rows("", "\n") },
	}), nil
}

func (e *Encoder) rows(before, after string) format.EncodeRows {
	return func(dst []byte, b *dataset.Batch, from, to int) []byte {
		for row := from; row < to; row++ {
			dst = append(dst, before...)
			dst = e.AppendRow(dst, b, row)
			dst = append(dst, after...)
		}
		return dst
	}
}
