package export

import (
	"bufio"
	"context"
	"io"
	"os"
	"slices"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"

	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/explore"
	"parvis/internal/format"
)

// Key names what a file holds: the version of its rows, who is shown them, the question, the choices. Files of the zero Key
// depend on the moment and are never kept.
type Key [16]byte

// File is a file that can be made.
type File struct {
	Format  Format
	Choices Choices
	Key     Key
	rows    *explore.Export
	columns []dataset.Column
}

// NewFile prepares the file of an answer, which it takes over. Labels are those of a language.
func NewFile(rows *explore.Export, f Format, how Choices, lang string, key Key) *File {
	how.Location = rows.Plan.Loc
	if f.Name != "json" {
		rows.PlainText()
	}
	columns := rows.Columns
	if how.Labels {
		columns = labelled(columns, rows.Entry, lang)
	}
	return &File{Format: f, Choices: how, Key: key, rows: rows, columns: columns}
}

// labelled gives columns the labels of their fields in a language.
func labelled(columns []dataset.Column, e *catalog.Entry, lang string) []dataset.Column {
	said := e.In(lang)
	if said == e {
		return columns
	}
	out := slices.Clone(columns)
	for i, f := range e.Fields {
		for j := range out {
			if out[j].Name == f.Name && out[j].Label == f.Label {
				out[j].Label = said.Fields[i].Label
			}
		}
	}
	return out
}

// Write streams a file that is not Whole as its rows come. Nothing reaches out before the first 64 KB stand or the file is
// whole, so that what fails at once leaves out untouched.
func (f *File) Write(ctx context.Context, out io.Writer) error {
	return f.write(ctx, out, new(atomic.Int64))
}

// write counts the rows in seen as they are encoded.
func (f *File) write(ctx context.Context, out io.Writer, seen *atomic.Int64) error {
	return Stream(out, f.Format, f.columns, f.Choices, func(w format.Writer) error {
		if parallel, is := w.(format.Parallel); is {
			return f.rows.EachEncoded(ctx, func() explore.Encoder {
				encode := parallel.Encoder()
				return func(dst []byte, b *dataset.Batch, from, to int) []byte {
					seen.Add(int64(to - from))
					return encode(dst, b, from, to)
				}
			}, parallel.Append)
		}
		return f.rows.Each(ctx, func(b *dataset.Batch) error {
			seen.Add(int64(b.Len))
			return w.Write(b)
		})
	})
}

// Stream writes a file that is not Whole of the rows that fill gives, as they come, in the way of File.Write.
func Stream(out io.Writer, f Format, columns []dataset.Column, how Choices, fill func(format.Writer) error) error {
	buffered := bufio.NewWriterSize(out, 64<<10)
	plain := io.Writer(buffered)
	var zipped *gzip.Writer
	if how.Compressed {
		zipped, _ = gzip.NewWriterLevel(buffered, gzip.BestSpeed+1)
		plain = zipped
	}
	w, err := f.writer(plain, columns, how.Options)
	if err != nil {
		return err
	}
	if err := fill(w); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if zipped != nil {
		if err := zipped.Close(); err != nil {
			return err
		}
	}
	return buffered.Flush()
}

func (f *File) parquet(ctx context.Context, path string) error {
	return f.rows.Parquet(ctx, path, f.Choices.Codec, f.Choices.Files)
}

// makeAt makes the file at path and tells how far it is.
func (f *File) makeAt(ctx context.Context, path string, so *made) error {
	if f.Format.Whole() {
		return f.parquet(ctx, path)
	}
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer out.Close()
	if err := f.write(ctx, limited{out, so}, &so.rows); err != nil {
		return err
	}
	return out.Close()
}
