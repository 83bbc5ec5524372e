package export

import (
	"net/url"
	"slices"

	"parvis/internal/dataset"
	"parvis/internal/format"
	"parvis/internal/format/delimited"
	"parvis/internal/format/geojson"
	"parvis/internal/format/jsontext"
	"parvis/internal/format/xlsx"
)

// Format is a kind of file.
type Format struct {
	Name, ContentType string
	Catalogue         bool  // the catalogue has it, too
	Geo               bool  // only for rows with geometry
	MostRows          int64 // that a file can have; 0: any number
	writer            format.New
}

// Formats lists the formats that there are, in the order in which they are shown.
func Formats() []Format {
	return []Format{
		{Name: "json", ContentType: "application/json; charset=utf-8", Catalogue: true, writer: jsontext.New},
		{Name: "jsonl", ContentType: "application/x-ndjson; charset=utf-8", writer: jsontext.NewLines},
		{Name: "csv", ContentType: "text/csv; charset=utf-8", Catalogue: true, writer: delimited.New},
		{Name: "geojson", ContentType: "application/geo+json; charset=utf-8", Geo: true, writer: geojson.New},
		{Name: "parquet", ContentType: "application/vnd.apache.parquet"},
		{Name: "xlsx", ContentType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Catalogue: true, MostRows: xlsx.MostRows, writer: xlsx.New},
	}
}

// Named gives the format of that name.
func Named(name string) (f Format, there bool) {
	for _, f := range Formats() {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

// Whole tells that such a file can only be fetched when it stands, since the engine writes it from its end; others go out
// as they are made.
func (f Format) Whole() bool { return f.writer == nil }

// Suits tells whether there is such a file of a dataset with these fields.
func (f Format) Suits(fields []dataset.Field) bool {
	return !f.Geo || slices.ContainsFunc(fields, dataset.Field.Geo)
}

// Holds tells whether a file can have so many rows.
func (f Format) Holds(rows int64) bool { return f.MostRows == 0 || rows <= f.MostRows }

// Wish names a file of a dataset's rows, as an address at the machine door does.
type Wish struct {
	Dataset string
	Kind    string     // the format's name
	Query   url.Values // its parameters
	Base    string     // where the portal stands, for addresses within the file: scheme and host
}

// Choices are what an asker may choose of a file, already checked; each format heeds its own.
type Choices struct {
	format.Options
	Compressed bool   // by gzip, as a file of its own
	Codec      string // of Parquet: "snappy" or "zstd"
}
