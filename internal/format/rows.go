package format

import (
	"io"

	"parvis/internal/dataset"
)

// EncodeRows adds rows from ≤ i < to of a batch to dst. It keeps working memory: one for each goroutine.
type EncodeRows func(dst []byte, b *dataset.Batch, from, to int) []byte

// Parallel is a Writer whose rows can be encoded apart, by several goroutines at once, and then appended in
// order: for exports that fetch several windows of a dataset at a time.
type Parallel interface {
	Writer

	// Encoder makes an encoder for one goroutine.
	Encoder() EncodeRows

	// Append writes rows that such an encoder gave.
	Append(rows []byte) error
}

// RowWriter writes the formats that are a head, rows one after the other, and a tail. It is a Parallel.
type RowWriter struct {
	w       io.Writer
	parts   RowParts
	encode  EncodeRows
	buffer  []byte
	written bool // a row has been
}

// RowParts are the parts of such a format.
type RowParts struct {
	Head, Tail []byte
	Skip       int               // bytes of the first row to leave out: the separator that every row begins with
	Encoder    func() EncodeRows // makes an encoder
}

// NewRowWriter begins a file; nothing is written before the first rows or the end.
func NewRowWriter(w io.Writer, parts RowParts) *RowWriter {
	return &RowWriter{w: w, parts: parts, encode: parts.Encoder(), buffer: append([]byte(nil), parts.Head...)}
}

const (
	flushAt   = 64 << 10 // bytes
	rowsAtOne = 16       // rows encoded between two looks at the buffer
)

// Encoder makes an encoder for one goroutine.
func (w *RowWriter) Encoder() EncodeRows { return w.parts.Encoder() }

// Write adds the rows of a batch.
func (w *RowWriter) Write(b *dataset.Batch) error {
	for from := 0; from < b.Len; from += rowsAtOne {
		at := len(w.buffer)
		w.buffer = w.encode(w.buffer, b, from, min(b.Len, from+rowsAtOne))
		if !w.written {
			w.written = true
			w.buffer = append(w.buffer[:at], w.buffer[at+w.parts.Skip:]...)
		}
		if len(w.buffer) >= flushAt {
			if err := w.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// Append writes rows that an encoder of this writer gave.
func (w *RowWriter) Append(rows []byte) error {
	if len(rows) == 0 {
		return nil
	}
	if !w.written {
		w.written = true
		rows = rows[w.parts.Skip:]
	}
	if err := w.flush(); err != nil {
		return err
	}
	_, err := w.w.Write(rows)
	return err
}

// Close writes what is left, and the tail.
func (w *RowWriter) Close() error {
	w.buffer = append(w.buffer, w.parts.Tail...)
	return w.flush()
}

func (w *RowWriter) flush() error {
	if len(w.buffer) == 0 {
		return nil
	}
	_, err := w.w.Write(w.buffer)
	w.buffer = w.buffer[:0]
	return err
}
