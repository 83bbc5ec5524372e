package parquet

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
	pq "github.com/parquet-go/parquet-go/format"

	"parvis/internal/dataset"
	"parvis/internal/format"
)

// leaf streams the values of one physical column, page by page.
type leaf struct {
	column *parquet.Column
	pages  parquet.Pages
	page   parquet.Page
	values parquet.ValueReader
	buf    []parquet.Value
	at, n  int
	ended  bool
}

// newLeaves gives the physical columns of c, in their order.
func newLeaves(c *parquet.Column, to []*leaf) []*leaf {
	if c.Leaf() {
		return append(to, &leaf{column: c, pages: c.Pages(), buf: make([]parquet.Value, 256)})
	}
	for _, inner := range c.Columns() {
		to = newLeaves(inner, to)
	}
	return to
}

// peek gives the next value without taking it, valid until the one after it is asked for; io.EOF after the last.
func (l *leaf) peek() (*parquet.Value, error) {
	for l.at == l.n {
		if err := l.fill(); err != nil {
			return nil, err
		}
	}
	return &l.buf[l.at], nil
}

func (l *leaf) fill() error {
	if l.values == nil {
		if l.ended {
			return io.EOF
		}
		page, err := l.pages.ReadPage()
		if err != nil {
			l.ended = true
			l.pages.Close()
			return err
		}
		l.page, l.values = page, page.Values()
	}
	n, err := l.values.ReadValues(l.buf)
	l.at, l.n = 0, n
	if err == io.EOF {
		l.values = nil
		if n == 0 { // nothing refers to the page any more
			parquet.Release(l.page)
			l.page = nil
		}
		return nil
	}
	return err
}

// convert makes a value of ours of a value that is not null.
type convert func(v *parquet.Value) (any, error)

// plain reads a column with one value a row. A value that comes again is not made again.
func plain(l *leaf, to convert) column {
	return func() (any, error) {
		v, err := l.peek()
		if err != nil {
			return nil, err
		}
		l.at++
		if v.IsNull() {
			return nil, nil
		}
		return to(v)
	}
}

// several reads a list of plain values: level is the definition level of an element that is there.
func several(l *leaf, level int, to convert) column {
	return func() (any, error) {
		var list []any
		for first := true; ; first = false {
			v, err := l.peek()
			if err == io.EOF && !first {
				break
			}
			if err != nil {
				return nil, err
			}
			if !first && v.RepetitionLevel() == 0 {
				break
			}
			l.at++
			if v.DefinitionLevel() < level || v.IsNull() {
				continue
			}
			value, err := to(v)
			if err != nil {
				return nil, err
			}
			if value != nil {
				list = append(list, value)
			}
		}
		if list == nil {
			return nil, nil
		}
		return list, nil
	}
}

// converter gives the type of a physical column, and how its values become ours.
func converter(c *parquet.Column) (dataset.Type, convert) {
	kind := c.Type().Kind()
	if l := c.Type().LogicalType(); l != nil {
		switch t := l.Value.(type) {
		case *pq.DateType:
			return dataset.Date, func(v *parquet.Value) (any, error) { return dataset.Day(v.Int32()), nil }
		case *pq.TimestampType:
			unit := int64(t.Unit.Value.Duration()) // nanoseconds
			return dataset.DateTime, func(v *parquet.Value) (any, error) {
				if unit < 1000 {
					return dataset.Instant(floorDiv(v.Int64(), 1000/unit)), nil
				}
				return dataset.Instant(v.Int64() * (unit / 1000)), nil
			}
		case *pq.TimeType:
			unit := int64(t.Unit.Value.Duration())
			return dataset.Text, func(v *parquet.Value) (any, error) {
				n := v.Int64()
				if kind == parquet.Int32 {
					n = int64(v.Int32())
				}
				seconds := n * unit / 1e9
				return fmt.Sprintf("%02d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60), nil
			}
		case *pq.DecimalType:
			scale := int(t.Scale)
			return dataset.Double, func(v *parquet.Value) (any, error) { return decimal(v, kind, scale) }
		case *pq.IntType:
			if !t.IsSigned && t.BitWidth == 64 {
				return dataset.Int, func(v *parquet.Value) (any, error) {
					if n := v.Int64(); n >= 0 {
						return n, nil
					}
					return nil, &format.RowError{Value: strconv.FormatUint(v.Uint64(), 10), Reason: "the number is too large"}
				}
			}
			if !t.IsSigned {
				return dataset.Int, func(v *parquet.Value) (any, error) { return int64(v.Uint32()), nil }
			}
		case *pq.JsonType:
			return dataset.JSON, func(v *parquet.Value) (any, error) {
				if !json.Valid(v.ByteArray()) || !utf8.Valid(v.ByteArray()) {
					return nil, &format.RowError{Value: clip(v.ByteArray()), Reason: "this is not JSON"}
				}
				return json.RawMessage(append([]byte(nil), v.ByteArray()...)), nil
			}
		case *pq.UUIDType:
			return dataset.Text, func(v *parquet.Value) (any, error) {
				b := v.ByteArray()
				if len(b) != 16 {
					return nil, &format.RowError{Value: hex.EncodeToString(b), Reason: "this is not a UUID"}
				}
				return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]), nil
			}
		case *pq.Float16Type:
			return dataset.Double, func(v *parquet.Value) (any, error) { return half(v.ByteArray()), nil }
		}
	}
	switch kind {
	case parquet.Boolean:
		return dataset.Boolean, func(v *parquet.Value) (any, error) { return v.Boolean(), nil }
	case parquet.Int32:
		return dataset.Int, func(v *parquet.Value) (any, error) { return int64(v.Int32()), nil }
	case parquet.Int64:
		var last int64
		var boxed any = last
		return dataset.Int, func(v *parquet.Value) (any, error) {
			if n := v.Int64(); n != last {
				last, boxed = n, n
			}
			return boxed, nil
		}
	case parquet.Int96: // moments as Hive and Spark wrote them: nanoseconds of a day, and the Julian day
		return dataset.DateTime, func(v *parquet.Value) (any, error) {
			t := v.Int96()
			nanos := int64(t[0]) | int64(t[1])<<32
			return dataset.Instant((int64(t[2])-2440588)*86400e6 + nanos/1000), nil
		}
	case parquet.Float:
		return dataset.Double, func(v *parquet.Value) (any, error) { return single(v.Float()), nil }
	case parquet.Double:
		return dataset.Double, func(v *parquet.Value) (any, error) { return finite(v.Double()), nil }
	}
	var last string
	var boxed any = last
	return dataset.Text, func(v *parquet.Value) (any, error) {
		b := v.ByteArray()
		if string(b) == last {
			return boxed, nil
		}
		if !utf8.Valid(b) {
			return hex.EncodeToString(b), nil
		}
		last = string(b)
		boxed = last
		return boxed, nil
	}
}

// single gives the shortest decimal number that a float of 32 bits stands for: 0.1, not 0.10000000149011612.
func single(f float32) any {
	if f64 := float64(f); f64 == math.Trunc(f64) {
		return finite(f64)
	}
	var b [32]byte
	f64, err := strconv.ParseFloat(string(strconv.AppendFloat(b[:0], float64(f), 'g', -1, 32)), 64)
	if err != nil {
		return nil
	}
	return finite(f64)
}

// finite gives a number, nil for what is none.
func finite(f float64) any {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	return f
}

// half reads a float of 16 bits.
func half(b []byte) any {
	if len(b) != 2 {
		return nil
	}
	n := binary.LittleEndian.Uint16(b)
	exponent, fraction := int(n>>10&31), float64(n&1023)
	var f float64
	switch exponent {
	case 0:
		f = math.Ldexp(fraction, -24)
	case 31:
		return nil
	default:
		f = math.Ldexp(1024+fraction, exponent-25)
	}
	if n>>15 == 1 {
		f = -f
	}
	return f
}

// decimal reads a number with a fixed number of decimals.
func decimal(v *parquet.Value, kind parquet.Kind, scale int) (any, error) {
	if scale < 0 || scale > 1000 {
		return nil, &format.RowError{Reason: "a decimal number has " + strconv.Itoa(scale) + " decimals"}
	}
	var text string
	switch kind {
	case parquet.Int32:
		text = strconv.FormatInt(int64(v.Int32()), 10)
	case parquet.Int64:
		text = strconv.FormatInt(v.Int64(), 10)
	default:
		b := v.ByteArray()
		n := new(big.Int).SetBytes(b)
		if len(b) > 0 && b[0] >= 0x80 { // two's complement
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
		}
		text = n.String()
	}
	f, err := strconv.ParseFloat(text+"e-"+strconv.Itoa(scale), 64)
	if err != nil {
		return nil, &format.RowError{Value: clip([]byte(text)), Reason: "the number is too large"}
	}
	return f, nil
}

// textOf makes texts of values whose type cannot be several.
func textOf(to convert) convert {
	return func(v *parquet.Value) (any, error) {
		value, err := to(v)
		switch x := value.(type) {
		case dataset.Day:
			return string(format.AppendDate(nil, int64(x), "")), err
		case dataset.Instant:
			return string(format.NewTimes(nil).AppendDateTime(nil, int64(x), "")), err
		case json.RawMessage:
			return string(x), err
		}
		return value, err
	}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func clip(b []byte) string {
	const most = 200
	if len(b) > most {
		return string(b[:most]) + "…"
	}
	return string(b)
}
