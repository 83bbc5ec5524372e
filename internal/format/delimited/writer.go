package delimited

import (
	"bytes"
	"cmp"
	"io"
	"strconv"
	"unicode/utf8"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/format"
	"parvis/internal/format/jsontext"
	"parvis/internal/geo"
)

// New writes CSV: a line of names (labels with Options.Labels), then a line a row, ended by LF. Cells are quoted
// where they must be, all texts with QuoteAll. Null is an empty cell, a geo_point_2d "latitude, longitude", a
// geo_shape its bare GeoJSON geometry in the projection of Options.EPSG, a list its values joined by
// ListSeparator, a file its address. Zero options mean ";" between cells, "," between values. The writer is a format.Parallel.
//
// Values are written as they are, also those that a spreadsheet would take for a formula ("=1+1"): this is data,
// and a mark before it would change it for every other reader.
func New(w io.Writer, columns []dataset.Column, o format.Options) (format.Writer, error) {
	delimiter := string(cmp.Or(o.Delimiter, ';'))
	if len(delimiter) != 1 || delimiter == `"` || delimiter == "\n" || delimiter == "\r" {
		return nil, fault.New(fault.Invalid, "The delimiter %q cannot part the cells of a CSV file: use ; , | or a tab.", delimiter)
	}
	s := shared{columns: columns, options: o, delimiter: delimiter[0], join: cmp.Or(o.ListSeparator, ","), decimals: geo.Decimals(o.EPSG)}
	if o.EPSG != 0 && o.EPSG != 4326 {
		var ok bool
		if s.forward, _, ok = geo.Projection(o.EPSG); !ok {
			return nil, fault.New(fault.Invalid, "The projection EPSG:%d is not known. Known are: %s.", o.EPSG, geo.Supported())
		}
	}
	for _, b := range []byte{'"', '\n', '\r', s.delimiter} {
		s.class[b] = special
	}
	for b := utf8.RuneSelf; b < len(s.class); b++ {
		s.class[b] = beyondASCII
	}
	return format.NewRowWriter(w, format.RowParts{Head: s.head(), Encoder: s.encoder}), nil
}

// shared is what all encoders of a file have in common.
type shared struct {
	columns   []dataset.Column
	options   format.Options
	delimiter byte
	join      string
	forward   func(lon, lat float64) (x, y float64) // nil: degrees
	decimals  int
	class     [256]byte // of each byte: the marks below
}

const (
	special     = 1 // for its sake a cell is quoted
	beyondASCII = 2 // may be no valid UTF-8
)

func (s *shared) head() []byte {
	var dst []byte
	if s.options.BOM {
		dst = append(dst, "\uFEFF"...)
	}
	for i, c := range s.columns {
		if i > 0 {
			dst = append(dst, s.delimiter)
		}
		name := c.Name
		if s.options.Labels {
			name = cmp.Or(c.Label, c.Name)
		}
		dst = s.text(dst, []byte(name))
	}
	return append(dst, '\n')
}

// text adds a text cell: valid UTF-8, quoted where needed or asked for.
func (s *shared) text(dst, text []byte) []byte {
	if !s.options.QuoteAll {
		found := byte(0)
		for _, b := range text {
			found |= s.class[b]
		}
		if found&special == 0 {
			if found&beyondASCII == 0 || utf8.Valid(text) {
				return append(dst, text...)
			}
			return append(dst, bytes.ToValidUTF8(text, []byte("\uFFFD"))...)
		}
	}
	if !utf8.Valid(text) {
		text = bytes.ToValidUTF8(text, []byte("\uFFFD"))
	}
	return quote(dst, text)
}

func quote(dst, text []byte) []byte {
	dst = append(dst, '"')
	for {
		i := bytes.IndexByte(text, '"')
		if i < 0 {
			break
		}
		dst = append(dst, text[:i+1]...)
		dst = append(dst, '"')
		text = text[i+1:]
	}
	dst = append(dst, text...)
	return append(dst, '"')
}

// encoder is the working memory of one goroutine.
type encoder struct {
	*shared
	times *format.Times
	cell  []byte // a cell before it is quoted
}

func (s *shared) encoder() format.EncodeRows {
	e := &encoder{shared: s, times: format.NewTimes(s.options.Location)}
	return func(dst []byte, b *dataset.Batch, from, to int) []byte {
		for row := from; row < to; row++ {
			start := len(dst)
			for i := range e.columns {
				if i > 0 {
					dst = append(dst, e.delimiter)
				}
				dst = e.value(dst, &e.columns[i], &b.Vectors[i], row)
			}
			if len(dst) == start {
				dst = append(dst, '"', '"') // readers skip empty lines
			}
			dst = append(dst, '\n')
		}
		return dst
	}
}

func (e *encoder) value(dst []byte, c *dataset.Column, v *dataset.Vector, row int) []byte {
	if v.Null(row) {
		return dst
	}
	if c.List {
		e.cell = e.cell[:0]
		from, to := v.Span(row)
		for i := from; i < to; i++ {
			if i > from {
				e.cell = append(e.cell, e.join...)
			}
			if !v.Elements.Null(i) {
				e.cell = e.bare(e.cell, c, v.Elements, i)
			}
		}
		return e.text(dst, e.cell)
	}
	switch c.Type {
	case dataset.Int:
		return strconv.AppendInt(dst, v.Ints[row], 10)
	case dataset.Boolean:
		return strconv.AppendBool(dst, v.Ints[row] != 0)
	case dataset.Double:
		if f := v.Floats[row]; f-f != 0 { // NaN and infinities
			return dst
		}
		return jsontext.AppendDouble(dst, v.Floats[row])
	case dataset.Date, dataset.DateTime, dataset.GeoPoint:
		start := len(dst)
		dst = e.bare(dst, c, v, row)
		if !e.options.QuoteAll && bytes.IndexByte(dst[start:], e.delimiter) < 0 {
			return dst
		}
		e.cell = append(e.cell[:0], dst[start:]...)
		return quote(dst[:start], e.cell)
	case dataset.GeoShape:
		e.cell = e.bare(e.cell[:0], c, v, row)
		return e.text(dst, e.cell)
	case dataset.File:
		e.cell = jsontext.AppendFileAddress(e.cell[:0], v.Text(row), e.options.Files)
		return e.text(dst, e.cell)
	}
	return e.text(dst, v.Text(row))
}

// bare adds a single value as it stands in a cell, unquoted.
func (e *encoder) bare(dst []byte, c *dataset.Column, v *dataset.Vector, i int) []byte {
	switch c.Type {
	case dataset.Int:
		return strconv.AppendInt(dst, v.Ints[i], 10)
	case dataset.Boolean:
		return strconv.AppendBool(dst, v.Ints[i] != 0)
	case dataset.Double:
		if f := v.Floats[i]; f-f != 0 {
			return dst
		}
		return jsontext.AppendDouble(dst, v.Floats[i])
	case dataset.Date:
		return format.AppendDate(dst, v.Ints[i], c.Precision)
	case dataset.DateTime:
		return e.times.AppendDateTime(dst, v.Ints[i], c.Precision)
	case dataset.GeoPoint:
		dst = jsontext.AppendDouble(dst, v.Lats[i])
		return jsontext.AppendDouble(append(dst, ',', ' '), v.Floats[i])
	case dataset.GeoShape:
		var err error
		if e.forward != nil {
			dst, err = geo.AppendGeoJSONProjected(dst, v.Text(i), e.forward, e.decimals)
		} else {
			dst, err = geo.AppendGeoJSON(dst, v.Text(i))
		}
		_ = err // a damaged shape leaves dst as it was: an empty cell
		return dst
	}
	return append(dst, v.Text(i)...)
}
