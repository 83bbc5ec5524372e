// Package formattest holds rows for the tests of the writers: one column of every type, one row of each kind of
// trouble; and archives.
//
// Start at sample.go.
package formattest

import (
	"fmt"
	"math"
	"time"

	"parvis/internal/dataset"
	"parvis/internal/geo"
)

// Columns are one of every type.
func Columns() []dataset.Column {
	return []dataset.Column{
		{Name: "name", Label: "The name", Type: dataset.Text},
		{Name: "tags", Label: "Tags", Type: dataset.Text, List: true},
		{Name: "n", Label: "Number", Type: dataset.Int},
		{Name: "x", Label: "Ratio", Type: dataset.Double},
		{Name: "ok", Label: "OK?", Type: dataset.Boolean},
		{Name: "day", Label: "Day", Type: dataset.Date},
		{Name: "year", Label: "Year", Type: dataset.Date, Precision: "year"},
		{Name: "at", Label: "Time", Type: dataset.DateTime},
		{Name: "place", Label: "Place", Type: dataset.GeoPoint},
		{Name: "shape", Label: "Shape", Type: dataset.GeoShape},
		{Name: "more", Label: "More", Type: dataset.JSON},
	}
}

// Rows gives three rows of Columns: a plain one, one full of signs that formats must escape, one of nulls.
func Rows() *dataset.Batch {
	const rows = 3
	text := func(values ...string) dataset.Vector {
		v := dataset.Vector{Offsets: []int32{0}}
		for _, s := range values {
			v.Bytes = append(v.Bytes, s...)
			v.Offsets = append(v.Offsets, int32(len(v.Bytes)))
		}
		return v
	}
	tags := text("Lutèce", "Paname", "a,b", `c"d`)
	b := &dataset.Batch{Len: rows, Vectors: []dataset.Vector{
		text("Paris", "semi;colon \"quoted\"\nsecond line\t\x01 <b>&\xff", ""),
		{Offsets: []int32{0, 2, 4, 4}, Elements: &tags},
		{Ints: []int64{2138551, -9007199254740993, 0}},
		{Floats: []float64{53550, 0.1, 0}},
		{Ints: []int64{1, 0, 0}},
		{Ints: []int64{17981, -25567, 0}}, // 2019-03-26, 1900-01-01
		{Ints: []int64{6574, 6574, 0}},    // 1988-01-01
		{Ints: []int64{
			time.Date(2021, 3, 5, 8, 0, 0, 0, time.UTC).UnixMicro(),
			time.Date(2026, 6, 27, 4, 0, 0, 170000000, time.UTC).UnixMicro(), 0}},
		{Floats: []float64{2.3488, -0.5, 0}, Lats: []float64{48.85341, 44, 0}},
		text(string(geo.Box(0, 0, 1, 1.5)), "damaged", ""),
		text(`{"a": [1, 2]}`, "{\n \"b\":\tnull\n}", ""),
	}}
	for i := range b.Vectors {
		b.Vectors[i].SetNull(2, rows)
	}
	return b
}

// Flights gives n rows of eight mixed columns, such as a table of flights has, for measurements.
func Flights(n int) ([]dataset.Column, *dataset.Batch) {
	columns := []dataset.Column{
		{Name: "flight_date", Type: dataset.Date},
		{Name: "carrier", Type: dataset.Text},
		{Name: "origin", Type: dataset.Text},
		{Name: "destination", Type: dataset.Text},
		{Name: "distance", Type: dataset.Int},
		{Name: "delay", Type: dataset.Double},
		{Name: "departure", Type: dataset.DateTime},
		{Name: "cancelled", Type: dataset.Boolean},
	}
	b := &dataset.Batch{Len: n, Vectors: make([]dataset.Vector, len(columns))}
	for i := range 4 {
		b.Vectors[i].Offsets = []int32{0}
	}
	carriers := []string{"AF", "U2", "Lufthansa", "Ryanair"}
	for i := range n {
		v := b.Vectors
		v[0].Ints = append(v[0].Ints, int64(17000+i/500))
		for c, s := range []string{carriers[i%4], fmt.Sprintf("Airport %c", 'A'+i%26), "Aéroport de Montréal"} {
			v[c+1].Bytes = append(v[c+1].Bytes, s...)
			v[c+1].Offsets = append(v[c+1].Offsets, int32(len(v[c+1].Bytes)))
		}
		v[4].Ints = append(v[4].Ints, int64(200+i%3000))
		v[5].Floats = append(v[5].Floats, math.Round(float64(i%977)*1.37)/10)
		v[6].Ints = append(v[6].Ints, int64(i)*61_000_000+1_500_000_000_000_000)
		v[7].Ints = append(v[7].Ints, int64(i&1))
	}
	b.Vectors[5].SetNull(7, n)
	return columns, b
}
