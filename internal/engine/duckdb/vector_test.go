package duckdb

import (
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"parvis/internal/dataset"
)

// made builds an array of many values with a null at each index that three divides.
func made(t *testing.T, typ arrow.DataType, add func(b array.Builder, i int)) arrow.Array {
	b := array.NewBuilder(memory.DefaultAllocator, typ)
	for i := range 200 {
		if i%3 == 0 {
			b.AppendNull()
		} else {
			add(b, i)
		}
	}
	a := b.NewArray()
	t.Cleanup(func() { a.Release(); b.Release() })
	return a
}

func TestSlicedArrays(t *testing.T) {
	for _, c := range []struct {
		typ  arrow.DataType
		add  func(b array.Builder, i int)
		as   dataset.Type
		list bool
		good func(v *dataset.Vector, row, i int) bool
	}{
		{arrow.PrimitiveTypes.Int64, func(b array.Builder, i int) { b.(*array.Int64Builder).Append(int64(i)) }, dataset.Int, false,
			func(v *dataset.Vector, row, i int) bool { return v.Ints[row] == int64(i) }},
		{arrow.PrimitiveTypes.Uint16, func(b array.Builder, i int) { b.(*array.Uint16Builder).Append(uint16(i)) }, dataset.Int, false,
			func(v *dataset.Vector, row, i int) bool { return v.Ints[row] == int64(i) }},
		{arrow.FixedWidthTypes.Date32, func(b array.Builder, i int) { b.(*array.Date32Builder).Append(arrow.Date32(-i)) }, dataset.Date, false,
			func(v *dataset.Vector, row, i int) bool { return v.Ints[row] == int64(-i) }},
		{arrow.FixedWidthTypes.Timestamp_us, func(b array.Builder, i int) { b.(*array.TimestampBuilder).Append(arrow.Timestamp(i)) }, dataset.DateTime, false,
			func(v *dataset.Vector, row, i int) bool { return v.Ints[row] == int64(i) }},
		{arrow.FixedWidthTypes.Boolean, func(b array.Builder, i int) { b.(*array.BooleanBuilder).Append(i%2 == 0) }, dataset.Boolean, false,
			func(v *dataset.Vector, row, i int) bool { return v.Ints[row] == int64(1-i%2) }},
		{arrow.PrimitiveTypes.Float32, func(b array.Builder, i int) { b.(*array.Float32Builder).Append(float32(i)) }, dataset.Double, false,
			func(v *dataset.Vector, row, i int) bool { return v.Floats[row] == float64(i) }},
		{arrow.BinaryTypes.String, func(b array.Builder, i int) { b.(*array.StringBuilder).Append(string(rune(i + 32))) }, dataset.Text, false,
			func(v *dataset.Vector, row, i int) bool { return string(v.Text(row)) == string(rune(i+32)) }},
		{arrow.BinaryTypes.LargeString, func(b array.Builder, i int) { b.(*array.LargeStringBuilder).Append(string(rune(i + 32))) }, dataset.JSON, false,
			func(v *dataset.Vector, row, i int) bool { return string(v.Text(row)) == string(rune(i+32)) }},
		{arrow.BinaryTypes.Binary, func(b array.Builder, i int) { b.(*array.BinaryBuilder).Append([]byte{byte(i)}) }, dataset.GeoShape, false,
			func(v *dataset.Vector, row, i int) bool { return string(v.Text(row)) == string([]byte{byte(i)}) }},
		{arrow.ListOf(arrow.PrimitiveTypes.Int64), func(b array.Builder, i int) {
			l := b.(*array.ListBuilder)
			l.Append(true)
			l.ValueBuilder().AppendNull()
			l.ValueBuilder().(*array.Int64Builder).Append(int64(i))
		}, dataset.Int, true, func(v *dataset.Vector, row, i int) bool {
			from, to := v.Span(row)
			return to-from == 2 && v.Elements.Null(from) && !v.Elements.Null(from+1) && v.Elements.Ints[from+1] == int64(i)
		}},
	} {
		whole := made(t, c.typ, c.add)
		var p part
		for _, cut := range [][2]int{{0, 200}, {8, 150}, {13, 14}, {12, 13}, {5, 199}, {64, 128}, {7, 7}} {
			a := array.NewSlice(whole, int64(cut[0]), int64(cut[1]))
			var v dataset.Vector
			if err := p.column(&v, a, c.as, c.list); err != nil {
				t.Fatal(c.typ, err)
			}
			for row := range a.Len() {
				i := cut[0] + row
				if null := i%3 == 0; v.Null(row) != null || !null && !c.good(&v, row, i) {
					t.Errorf("%s from %d to %d: row %d is wrong", c.typ, cut[0], cut[1], row)
				}
			}
			a.Release()
		}
		var v dataset.Vector
		if err := p.column(&v, whole, dataset.Text, !c.list); err == nil && !c.list {
			t.Errorf("%s is taken for a list", c.typ)
		}
	}
}

func TestPointsNeedBothCoordinates(t *testing.T) {
	add := func(b array.Builder, i int) { b.(*array.Float64Builder).Append(float64(i)) }
	all := made(t, arrow.PrimitiveTypes.Float64, add)
	lon, lat := array.NewSlice(all, 0, 6), array.NewSlice(all, 1, 7)
	defer lon.Release()
	defer lat.Release()
	var p part
	var v dataset.Vector
	if err := p.point(&v, lon, lat); err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, false, true, true, false, true} {
		if v.Null(i) != want || !want && (v.Floats[i] != float64(i) || v.Lats[i] != float64(i+1)) {
			t.Errorf("row %d: null %v, %v %v", i, v.Null(i), v.Floats[i], v.Lats[i])
		}
	}
}
