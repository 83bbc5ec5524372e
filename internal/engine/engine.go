package engine

import (
	"context"

	"parvis/internal/dataset"
)

// Engine holds the rows of published versions and answers SQL over them. All methods may be called at once
// from many goroutines. A cancelled context stops the work; a query past the engine's own limit of time
// fails with kind Unavailable.
type Engine interface {
	// Create starts a new version file at path, which must not exist yet.
	Create(ctx context.Context, path string, fields []dataset.Field) (Loader, error)

	// Query runs one statement over the version it names. It returns when the answer is ready, which the
	// engine's own limit of time is for; reading it may take longer, until ctx ends.
	Query(ctx context.Context, st Statement) (Rows, error)

	// Parquet writes the whole answer of a statement to a new file at path, streaming, with no limit of time
	// but its context's. Columns have their names; one that another has already but for case gets a number.
	// Points and shapes are GeoParquet, datetimes moments in UTC.
	Parquet(ctx context.Context, st Statement, path string, o ParquetOptions) error

	// Close ends all queries and gives everything back.
	Close() error
}

// Loader takes the rows of a new version. Exactly one of Finish and Abort ends it.
type Loader interface {
	// Append adds a row. The record, its slices and their elements may be reused by the caller after it
	// returns; strings are kept, so they must not be views of memory that changes. Rows may be written
	// later: a failure may come with a later row or with Finish.
	Append(r dataset.Record) error

	// Finish makes record ids unique, builds the search index, and closes the file with all of it on disk.
	// Progress, which may be nil, is told what is being done.
	Finish(ctx context.Context, progress func(step string)) (rows int64, err error)

	// Abort closes and removes the file.
	Abort() error
}

// Source is a version that can be asked.
type Source struct {
	Name string // an SQL identifier of its own, [a-z0-9_]+, the same for ever for the same path
	Path string
}

// Statement is one SELECT over one version and what its columns mean. SQL names the version's tables with
// Table(source.Name, …). Each column of the answer stands in the select list in order, in the form
// that Physical tells: one SQL column each, but two (longitude, latitude) for a geo_point_2d.
type Statement struct {
	Source  Source
	SQL     string
	Columns []dataset.Column
}

// Rows gives the answer of a query, batch by batch.
type Rows interface {
	// Next gives the next batch, valid until the next call; nil after the last one.
	Next() (*dataset.Batch, error)

	// Close gives the answer's memory back. It may be called more than once.
	Close()
}

// ParquetOptions are the choices of a Parquet file.
type ParquetOptions struct {
	Compression string // "snappy" or "zstd"
	Files       string // address before the identifiers of files that the portal keeps; "": their values are written as they lie
}
