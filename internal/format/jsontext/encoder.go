package jsontext

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"unicode/utf8"
	"unsafe"

	"parvis/internal/dataset"
	"parvis/internal/format"
	"parvis/internal/geo"
)

// Encoder writes rows of the same columns as JSON objects. It keeps working memory, so each goroutine needs one
// of its own, and allocates nothing for a row.
type Encoder struct {
	columns []column
	times   *format.Times
	files   string // as format.Options has it
}

type column struct {
	dataset.Column
	key []byte // `{"name":` or `,"name":`
}

// NewEncoder makes an encoder; of the options it heeds Location and Files.
func NewEncoder(columns []dataset.Column, o format.Options) *Encoder {
	e := &Encoder{times: format.NewTimes(o.Location), files: o.Files}
	for i, c := range columns {
		sign := byte(',')
		if i == 0 {
			sign = '{'
		}
		key := AppendText([]byte{sign}, []byte(c.Name))
		e.columns = append(e.columns, column{Column: c, key: append(key, ':')})
	}
	return e
}

// AppendRow adds one row as an object: {"name":value,…} in the order of the columns, nulls included. It makes an
// encoder for it; whoever writes many rows keeps one.
func AppendRow(dst []byte, columns []dataset.Column, b *dataset.Batch, row int, o format.Options) []byte {
	return NewEncoder(columns, o).AppendRow(dst, b, row)
}

// AppendRow adds one row of a batch as an object.
func (e *Encoder) AppendRow(dst []byte, b *dataset.Batch, row int) []byte {
	if len(e.columns) == 0 {
		return append(dst, '{', '}')
	}
	for i := range e.columns {
		c := &e.columns[i]
		dst = append(dst, c.key...)
		dst = e.value(dst, c, &b.Vectors[i], row)
	}
	return append(dst, '}')
}

// AppendValue adds the value of one column, without its key.
func (e *Encoder) AppendValue(dst []byte, column int, b *dataset.Batch, row int) []byte {
	return e.value(dst, &e.columns[column], &b.Vectors[column], row)
}

func (e *Encoder) value(dst []byte, c *column, v *dataset.Vector, row int) []byte {
	if v.Null(row) {
		return append(dst, "null"...)
	}
	if !c.List {
		return e.scalar(dst, c, v, row)
	}
	from, to := v.Span(row)
	dst = append(dst, '[')
	for i := from; i < to; i++ {
		if i > from {
			dst = append(dst, ',')
		}
		if v.Elements.Null(i) {
			dst = append(dst, "null"...)
			continue
		}
		dst = e.scalar(dst, c, v.Elements, i)
	}
	return append(dst, ']')
}

func (e *Encoder) scalar(dst []byte, c *column, v *dataset.Vector, i int) []byte {
	switch c.Type {
	case dataset.Int:
		return strconv.AppendInt(dst, v.Ints[i], 10)
	case dataset.Double:
		return AppendDouble(dst, v.Floats[i])
	case dataset.Boolean:
		return strconv.AppendBool(dst, v.Ints[i] != 0)
	case dataset.Date:
		dst = format.AppendDate(append(dst, '"'), v.Ints[i], c.Precision)
		return append(dst, '"')
	case dataset.DateTime:
		dst = e.times.AppendDateTime(append(dst, '"'), v.Ints[i], c.Precision)
		return append(dst, '"')
	case dataset.GeoPoint:
		return AppendPoint(dst, v.Floats[i], v.Lats[i])
	case dataset.GeoShape:
		return AppendShape(dst, v.Text(i))
	case dataset.JSON:
		return AppendJSON(dst, v.Text(i))
	case dataset.File:
		return AppendFile(dst, v.Text(i), e.files)
	}
	return AppendText(dst, v.Text(i))
}

// AppendDouble adds a number in its shortest form; integral ones keep ".0", as the API has them. JSON has no
// infinities: they become null.
func AppendDouble(dst []byte, f float64) []byte {
	switch a := math.Abs(f); {
	case !(a <= math.MaxFloat64):
		return append(dst, "null"...)
	case a >= 1e16 || a != 0 && a < 1e-4:
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	case a == math.Trunc(a):
		dst = strconv.AppendInt(dst, int64(f), 10)
		return append(dst, '.', '0')
	}
	return geo.AppendNumber(dst, f)
}

// AppendPoint adds {"lon":…,"lat":…}.
func AppendPoint(dst []byte, lon, lat float64) []byte {
	dst = AppendDouble(append(dst, `{"lon":`...), lon)
	dst = AppendDouble(append(dst, `,"lat":`...), lat)
	return append(dst, '}')
}

// AppendShape adds a shape as a GeoJSON Feature without properties; null where its bytes are damaged.
func AppendShape(dst, wkb []byte) []byte {
	start := len(dst)
	out, err := geo.AppendGeoJSON(append(dst, `{"type":"Feature","geometry":`...), wkb)
	if err != nil {
		return append(out[:start], "null"...)
	}
	return append(out, `,"properties":{}}`...)
}

// AppendJSON adds JSON text as it stands, on one line. Text that is no JSON is added as a string.
func AppendJSON(dst, text []byte) []byte {
	if !json.Valid(text) {
		return AppendText(dst, text)
	}
	if !utf8.Valid(text) {
		text = bytes.ToValidUTF8(text, []byte("\uFFFD"))
	}
	if bytes.IndexByte(text, '\n') < 0 && bytes.IndexByte(text, '\r') < 0 {
		return append(dst, text...)
	}
	b := bytes.NewBuffer(dst)
	if err := json.Compact(b, text); err != nil { // it is valid, so this cannot be
		return AppendText(dst, text)
	}
	return b.Bytes()
}

// AppendFile adds the value of a field of type file; of one that the portal keeps it says where it is to be had, under the address files.
func AppendFile(dst, text []byte, files string) []byte {
	id := dataset.KeptFile(text)
	from := len(dst)
	dst = AppendJSON(dst, text)
	if id == nil || files == "" || dst[len(dst)-1] != '}' || dst[from] != '{' {
		return dst
	}
	dst = append(dst[:len(dst)-1], `,"url":`...)
	dst = AppendString(dst, files+string(id))
	return append(dst, '}')
}

// AppendFileAddress adds the address of a file, for formats whose cells hold texts: of one that the portal keeps under the address files,
// of one elsewhere what its value says. A value that tells of no address is added as it lies.
func AppendFileAddress(dst, text []byte, files string) []byte {
	if id := dataset.KeptFile(text); id != nil && files != "" {
		return append(append(dst, files...), id...)
	}
	if f, is := dataset.ReadFile(string(text)); is && f.URL != "" {
		return append(dst, f.URL...)
	}
	return append(dst, text...)
}

// AppendString is AppendText for a string.
func AppendString(dst []byte, s string) []byte {
	return AppendText(dst, unsafe.Slice(unsafe.StringData(s), len(s))) // AppendText only reads
}

// AppendText adds a string: valid UTF-8, control characters escaped, < > & left as they are.
func AppendText(dst, s []byte) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		b := s[i]
		if b >= ' ' && b != '"' && b != '\\' && b < utf8.RuneSelf {
			continue
		}
		if b >= utf8.RuneSelf {
			// From here on bytes beyond ASCII are let pass when all of the rest is valid.
			if utf8.Valid(s[i:]) {
				return appendValid(append(dst, s[from:i]...), s[i:])
			}
			dst = append(dst, s[from:i]...)
			return appendValid(dst, bytes.ToValidUTF8(s[i:], []byte("\uFFFD")))
		}
		dst = append(dst, s[from:i]...)
		dst = appendEscape(dst, b)
		from = i + 1
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}

// appendValid adds the rest of a string that is valid UTF-8, and its closing quote.
func appendValid(dst, s []byte) []byte {
	from := 0
	for i := 0; i < len(s); i++ {
		if b := s[i]; b < ' ' || b == '"' || b == '\\' {
			dst = append(dst, s[from:i]...)
			dst = appendEscape(dst, b)
			from = i + 1
		}
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}

func appendEscape(dst []byte, b byte) []byte {
	switch b {
	case '"', '\\':
		return append(dst, '\\', b)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	const digits = "0123456789abcdef"
	return append(dst, '\\', 'u', '0', '0', digits[b>>4], digits[b&15])
}
