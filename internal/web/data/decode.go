package data

import (
	"bytes"
	"math"

	"parvis/internal/dataset"
)

// Decode copies the rows of a batch as values of dataset.Record.
func Decode(columns []dataset.Column, b *dataset.Batch) [][]any {
	out := make([][]any, b.Len)
	for row := range out {
		out[row] = make([]any, len(columns))
		for i, c := range columns {
			out[row][i] = decodeValue(c, &b.Vectors[i], row)
		}
	}
	return out
}

func decodeValue(c dataset.Column, v *dataset.Vector, row int) any {
	if v.Null(row) {
		return nil
	}
	if c.List {
		from, to := v.Span(row)
		one := c
		one.List = false
		list := make([]any, 0, to-from)
		for i := from; i < to; i++ {
			list = append(list, decodeValue(one, v.Elements, i))
		}
		return list
	}
	switch c.Type {
	case dataset.Int:
		return v.Ints[row]
	case dataset.Double:
		return v.Floats[row]
	case dataset.Boolean:
		return v.Ints[row] != 0
	case dataset.Date:
		return dataset.Day(min(max(v.Ints[row], math.MinInt32), math.MaxInt32))
	case dataset.DateTime:
		return dataset.Instant(v.Ints[row])
	case dataset.GeoPoint:
		return dataset.Point{Lon: v.Floats[row], Lat: v.Lats[row]}
	case dataset.GeoShape:
		return dataset.Shape{WKB: bytes.Clone(v.Text(row))}
	}
	return string(v.Text(row))
}
