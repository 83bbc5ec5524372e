package format

import (
	"io"
	"time"

	"parvis/internal/dataset"
)

// Reader streams the rows of a file.
type Reader interface {
	// Fields gives the columns: their names as they stand in the file, and their types where the format tells
	// them (GeoJSON, Parquet); Type is "" where it must be inferred. A format whose columns are known only at
	// the end (JSON) may give more of them after later rows.
	Fields() []Field

	// Next gives the next row, valid until the next call, and io.EOF after the last. A damaged row is a
	// *RowError: reading may go on after it. Where that names a Field, only this field is damaged, and the row
	// stands beside the error without it. Any other error ends the file.
	Next() (Row, error)

	Close() error
}

// Geographic is a Reader of a format made of geometries: its first two columns are geo_point_2d and geo_shape.
type Geographic interface {
	Reader

	// OnlyPoints tells, after the last row, whether every geometry was a single point, so that geo_shape says
	// no more than geo_point_2d.
	OnlyPoints() bool

	// NoGeometry tells, after the last row, whether no row had a geometry.
	NoGeometry() bool
}

// Partial is a Reader that may leave some of its file unread.
type Partial interface {
	Reader

	// Notes tells what of the file is not read, in sentences for whoever imports it.
	Notes() []string
}

// ReadOptions are what the user tells of a file; the zero value lets the reader find out.
type ReadOptions struct {
	Separator  rune   // csv: between cells; 0: detected
	Encoding   string // of texts, by its IANA name; "": detected
	Sheet      string // xlsx: name of the sheet; "": the first one
	HeaderLine int    // the line that holds the names, from 1; 0 is 1
	NoHeader   bool   // no line holds names
	Root       string // json: the member that holds the list of rows, as in "results"; "": detected
}

// Field is a column as a file tells of it.
type Field struct {
	Name  string       // as in the file
	Label string       // "" where the file has none apart from the name
	Type  dataset.Type // "" where it must be inferred from the values
	List  bool         // the file says that there are several values a row
}

// Row is one row of a file.
type Row struct {
	Line   int64 // of the file, from 1, where the row begins; the row's number where a format has no lines
	Values []any // by position in Fields, possibly shorter; see Cell below
}

// A value of a Row is nil (absent), string (text as it stands: a CSV cell, a JSON string), or what a typed
// format gives: int64, float64, bool, json.RawMessage (an object), []any, dataset.Day, dataset.Instant,
// dataset.Point, dataset.Shape. A string in a column of unknown type is still to be inferred.

// RowError is damage to one row: it is reported, and the load goes on.
type RowError struct {
	Line   int64
	Field  string // "" where the whole row is meant
	Value  string // what stood there, cut to a readable length
	Reason string
}

// Error gives the place and the reason.
func (e *RowError) Error() string { return e.Reason }

// Writer streams an answer into a file.
type Writer interface {
	// Write appends the rows of a batch whose columns are those the writer was made with.
	Write(b *dataset.Batch) error

	// Close writes what ends the file; it does not close the underlying writer.
	Close() error
}

// Options are the choices of an export, already checked.
type Options struct {
	Name          string         // of the dataset, for formats that name their content
	Labels        bool           // headers are labels rather than names
	Location      *time.Location // of datetimes; nil is UTC
	Delimiter     rune           // csv
	ListSeparator string         // csv
	QuoteAll      bool           // csv
	BOM           bool           // csv
	EPSG          int            // of geometries; 0 or 4326 is WGS 84
	Files         string         // address before the identifiers of files that the portal keeps; "": their values are written as they lie
}

// New makes a writer of a format.
type New func(w io.Writer, columns []dataset.Column, o Options) (Writer, error)
