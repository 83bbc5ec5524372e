package duckdb

import (
	"fmt"
	"math"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"

	"parvis/internal/dataset"
)

// part is the memory that one vector of a batch needs beside Arrow's own, kept from batch to batch.
type part struct {
	nulls    []uint64
	ints     []int64
	floats   []float64
	offsets  []int32
	elements *part
	vector   dataset.Vector // the elements of a list
}

// nothing is the offsets of no row at all.
var nothing = []int32{0}

// column points v to the values of an Arrow array of a column's type.
func (p *part) column(v *dataset.Vector, a arrow.Array, t dataset.Type, list bool) error {
	*v = dataset.Vector{Nulls: p.missing(a)}
	if n := a.Len(); n > 0 && a.NullN() == n {
		p.blank(v, n) // whatever its type: a bare NULL has one of its own
		return nil
	}
	if list {
		return p.list(v, a, t)
	}
	switch t {
	case dataset.Int, dataset.Date, dataset.DateTime, dataset.Boolean:
		return p.integers(v, a)
	case dataset.Double, dataset.GeoPoint:
		return p.numbers(v, a)
	}
	return p.texts(v, a)
}

// blank gives a vector of n nulls all that any type of column needs.
func (p *part) blank(v *dataset.Vector, n int) {
	p.ints, p.floats, p.offsets = sized(p.ints, n), sized(p.floats, n), sized(p.offsets, n+1)
	clear(p.offsets)
	v.Ints, v.Floats, v.Offsets, v.Elements = p.ints, p.floats, p.offsets, &p.vector
}

// point points v to two arrays, longitude and latitude; a position without one of them is none.
func (p *part) point(v *dataset.Vector, lon, lat arrow.Array) error {
	if p.elements == nil {
		p.elements = &part{}
	}
	if err := p.column(v, lon, dataset.Double, false); err != nil {
		return err
	}
	var second dataset.Vector
	if err := p.elements.column(&second, lat, dataset.Double, false); err != nil {
		return err
	}
	v.Lats = second.Floats
	if v.Nulls == nil {
		v.Nulls = second.Nulls
	} else if second.Nulls != nil {
		for i, word := range second.Nulls {
			v.Nulls[i] |= word
		}
	}
	return nil
}

// missing gives the rows without a value. Arrow's bitmap tells the rows that have one.
func (p *part) missing(a arrow.Array) []uint64 {
	n := a.Len()
	if a.NullN() == 0 || n == 0 {
		return nil
	}
	words := (n + 63) / 64
	p.nulls = sized(p.nulls, words)
	if a.DataType().ID() == arrow.NULL {
		for i := range p.nulls {
			p.nulls[i] = math.MaxUint64
		}
		return p.nulls
	}
	valid, offset := a.NullBitmapBytes(), a.Data().Offset()
	if offset%8 != 0 {
		clear(p.nulls)
		for i := range n {
			if !bitutil.BitIsSet(valid, offset+i) {
				p.nulls[i>>6] |= 1 << (i & 63)
			}
		}
		return p.nulls
	}
	valid = valid[offset/8:]
	for i := range p.nulls {
		word := uint64(math.MaxUint64)
		for k := 0; k < 8 && i*8+k < len(valid); k++ {
			word &^= uint64(valid[i*8+k]) << (8 * k)
		}
		p.nulls[i] = word
	}
	return p.nulls
}

// integers reads what becomes Ints.
func (p *part) integers(v *dataset.Vector, a arrow.Array) error {
	switch a := a.(type) {
	case *array.Int64:
		v.Ints = a.Int64Values()
	case *array.Timestamp:
		values := a.TimestampValues()
		unit := a.DataType().(*arrow.TimestampType).Unit
		if unit != arrow.Microsecond {
			return fmt.Errorf("timestamps come in %s", unit)
		}
		v.Ints = widen(p, values)
	case *array.Date32:
		v.Ints = widen(p, a.Date32Values())
	case *array.Int32:
		v.Ints = widen(p, a.Int32Values())
	case *array.Int16:
		v.Ints = widen(p, a.Int16Values())
	case *array.Int8:
		v.Ints = widen(p, a.Int8Values())
	case *array.Uint32:
		v.Ints = widen(p, a.Uint32Values())
	case *array.Uint16:
		v.Ints = widen(p, a.Uint16Values())
	case *array.Uint8:
		v.Ints = widen(p, a.Uint8Values())
	case *array.Boolean:
		p.ints = sized(p.ints, a.Len())
		for i := range p.ints {
			p.ints[i] = 0
			if a.Value(i) {
				p.ints[i] = 1
			}
		}
		v.Ints = p.ints
	default:
		return fmt.Errorf("%s comes where integers should", a.DataType())
	}
	return nil
}

// numbers reads what becomes Floats.
func (p *part) numbers(v *dataset.Vector, a arrow.Array) error {
	switch a := a.(type) {
	case *array.Float64:
		v.Floats = a.Float64Values()
	case *array.Float32:
		p.floats = sized(p.floats, a.Len())
		for i, f := range a.Float32Values() {
			p.floats[i] = float64(f)
		}
		v.Floats = p.floats
	default:
		return fmt.Errorf("%s comes where numbers should", a.DataType())
	}
	return nil
}

// texts reads what becomes Bytes. Offsets count from the start of Arrow's buffer, also of a sliced array.
func (p *part) texts(v *dataset.Vector, a arrow.Array) error {
	switch a := a.(type) {
	case *array.String:
		v.Offsets = a.ValueOffsets()
	case *array.Binary:
		v.Offsets = a.ValueOffsets()
	case *array.LargeString:
		if err := p.narrow(v, a.ValueOffsets()); err != nil {
			return err
		}
	case *array.LargeBinary:
		if err := p.narrow(v, a.ValueOffsets()); err != nil {
			return err
		}
	default:
		return fmt.Errorf("%s comes where texts should", a.DataType())
	}
	if len(v.Offsets) == 0 {
		v.Offsets = nothing
	}
	if buffer := a.Data().Buffers()[2]; buffer != nil {
		v.Bytes = buffer.Bytes()
	}
	return nil
}

// list points v to the elements of a list.
func (p *part) list(v *dataset.Vector, a arrow.Array, t dataset.Type) error {
	if p.elements == nil {
		p.elements = &part{}
	}
	v.Elements = &p.vector
	lists, ok := a.(*array.List)
	if !ok {
		return fmt.Errorf("%s comes where lists should", a.DataType())
	}
	v.Offsets = nothing
	if all := lists.Offsets(); len(all) > 0 {
		from := a.Data().Offset()
		v.Offsets = all[from : from+a.Len()+1]
	}
	return p.elements.column(v.Elements, lists.ListValues(), t, false)
}

// narrow copies offsets of a large array, which must lie within two gigabytes.
func (p *part) narrow(v *dataset.Vector, offsets []int64) error {
	p.offsets = sized(p.offsets, len(offsets))
	for i, o := range offsets {
		if o > math.MaxInt32 {
			return fmt.Errorf("a batch of texts is larger than two gigabytes")
		}
		p.offsets[i] = int32(o)
	}
	v.Offsets = p.offsets
	return nil
}

func widen[T ~int64 | ~int32 | ~int16 | ~int8 | ~uint32 | ~uint16 | ~uint8](p *part, from []T) []int64 {
	p.ints = sized(p.ints, len(from))
	for i, n := range from {
		p.ints[i] = int64(n)
	}
	return p.ints
}

// sized gives a slice of n values in the memory of s where it suffices; what they hold is left over.
func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
