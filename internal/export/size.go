package export

import (
	"context"
	"math"
	"os"

	"parvis/internal/dataset"
)

const (
	sampleRows   = 2_000  // up to which a file is made to be measured; of more rows so many are looked at
	parquetRows  = 20_000 // the same of Parquet, whose columns must be long to be small
	sampledBytes = 8 << 20
)

// Sampled gives the number of rows up to which a file is made to be measured; of larger ones so many rows are looked at.
func (f Format) Sampled() int64 {
	if f.Whole() {
		return parquetRows
	}
	return sampleRows
}

// Measure makes the file and gives its size in bytes, before compression. Dir is where it may write.
func (f *File) Measure(ctx context.Context, dir string) (int64, error) {
	if f.Format.Whole() {
		return f.parquetSize(ctx, dir)
	}
	size, _, err := f.sizeOf(math.MaxInt64, func(take func(*dataset.Batch) error) error { return f.rows.Each(ctx, take) })
	return size, err
}

// Estimate gives the size that the file would have with so many rows like those of this one, of which it looks at some; of
// Parquet at all.
func (f *File) Estimate(ctx context.Context, dir string, rows int64) (int64, error) {
	if f.Format.Whole() {
		made, err := f.parquetSize(ctx, dir)
		return scaled(made, 0, parquetRows, rows), err
	}
	empty, _, err := f.sizeOf(0, func(func(*dataset.Batch) error) error { return nil })
	if err != nil {
		return 0, err
	}
	made, seen, err := f.sizeOf(sampledBytes, func(take func(*dataset.Batch) error) error { return f.rows.Sample(ctx, sampleRows, take) })
	return scaled(made, empty, seen, rows), err
}

// sizeOf gives the size of the file with the rows that each hands out, and their number. Rows that come once it is larger than
// enough are left out.
func (f *File) sizeOf(enough int64, each func(take func(*dataset.Batch) error) error) (size, rows int64, err error) {
	var out counter
	w, err := f.Format.writer(&out, f.columns, f.Choices.Options)
	if err != nil {
		return 0, 0, err
	}
	err = each(func(b *dataset.Batch) error {
		if int64(out) > enough {
			return nil
		}
		rows += int64(b.Len)
		return w.Write(b)
	})
	if err != nil {
		return 0, 0, err
	}
	err = w.Close()
	return int64(out), rows, err
}

func (f *File) parquetSize(ctx context.Context, dir string) (int64, error) {
	path := fresh(dir)
	defer os.Remove(path)
	if err := f.parquet(ctx, path); err != nil {
		return 0, err
	}
	return sizeAt(path)
}

// scaled gives the size of a file of rows from that of one with fewer, or with none.
func scaled(made, empty, seen, rows int64) int64 {
	if seen == 0 {
		return empty
	}
	return empty + int64(float64(made-empty)*float64(rows)/float64(seen))
}

// counter is a writer that keeps nothing but the number of bytes.
type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}
