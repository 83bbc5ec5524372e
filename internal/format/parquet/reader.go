package parquet

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
	pq "github.com/parquet-go/parquet-go/format"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/format"
)

// MaxColumns is how many columns a file may have, those within others counted each.
const MaxColumns = 2000

// Reader gives the rows of a Parquet file. It is a format.Reader whose columns all have their types.
type Reader struct {
	fields  []format.Field
	columns []column
	values  []any
	row     int64
	rows    int64
}

// column reads its value of the next row. A value that is damaged is a *format.RowError.
type column func() (any, error)

// Read begins to read a file. Kind Invalid: it is no Parquet file, is damaged, or has a geometry in a projection
// that is not known. Kind TooLarge: it has too many columns.
func Read(r io.ReaderAt, size int64, _ format.ReadOptions) (out *Reader, err error) {
	defer guard(&err)
	file, err := parquet.OpenFile(r, size, &parquet.FileConfig{
		SkipPageIndex: true, SkipBloomFilters: true, ReadBufferSize: 256 << 10, ReadMode: parquet.ReadModeSync,
	})
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the file is not Parquet, or is damaged")
	}
	if n := len(file.Schema().Columns()); n > MaxColumns {
		return nil, fault.New(fault.TooLarge, "the file has %d columns: more than %d are not read", n, MaxColumns)
	}
	shapes, err := geometries(file)
	if err != nil {
		return nil, err
	}
	x := &Reader{rows: file.NumRows()}
	for _, c := range file.Root().Columns() {
		if err := x.add(c, shapes[c.Name()]); err != nil {
			return nil, err
		}
	}
	x.values = make([]any, len(x.columns))
	return x, nil
}

// guard turns a panic of the library, which damaged files can provoke, into an error.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = fault.Wrap(fmt.Errorf("%v", p), fault.Invalid, "the Parquet file is damaged")
	}
}

// add makes the field and the reading of a column.
func (x *Reader) add(c *parquet.Column, shape *geometry) error {
	field := format.Field{Name: c.Name()}
	leaves := newLeaves(c, nil)
	if len(leaves) == 0 {
		return nil // a group without members
	}
	switch element, list := listElement(c); {
	case c.Leaf() && !c.Repeated():
		typ, convert := converter(c)
		field.Type = typ
		if shape == nil {
			shape = nativeGeometry(c)
		}
		if shape != nil {
			var err error
			if field.Type, convert, err = shape.converter(c.Name()); err != nil {
				return err
			}
		}
		x.columns = append(x.columns, plain(leaves[0], convert))
	case list && element.Leaf():
		typ, convert := converter(element)
		switch typ {
		case dataset.Text, dataset.Int, dataset.Double, dataset.Boolean:
		default: // the others cannot be several: their text can
			typ, convert = dataset.Text, textOf(convert)
		}
		field.Type, field.List = typ, true
		x.columns = append(x.columns, several(leaves[0], element.MaxDefinitionLevel(), convert))
	default:
		field.Type = dataset.JSON
		x.columns = append(x.columns, nested(c, leaves))
	}
	x.fields = append(x.fields, field)
	return nil
}

// listElement gives the element of a list of one level.
func listElement(c *parquet.Column) (*parquet.Column, bool) {
	if c.Leaf() {
		return c, c.Repeated() && c.MaxRepetitionLevel() == 1
	}
	if !isLogical[*pq.ListType](c) || c.Repeated() || len(c.Columns()) != 1 {
		return nil, false
	}
	inner := c.Columns()[0]
	switch {
	case !inner.Repeated():
		return nil, false
	case inner.Leaf():
		return inner, true
	case len(inner.Columns()) == 1 && !inner.Columns()[0].Repeated():
		return inner.Columns()[0], true
	}
	return nil, false
}

// isLogical tells whether a column has a logical type.
func isLogical[T any](c *parquet.Column) bool {
	l := c.Type().LogicalType()
	if l == nil {
		return false
	}
	_, ok := l.Value.(T)
	return ok
}

// Fields gives the columns.
func (x *Reader) Fields() []format.Field { return x.fields }

// Close gives nothing back: the file belongs to the caller.
func (x *Reader) Close() error { return nil }

// Rows gives the number of rows, as the file tells it.
func (x *Reader) Rows() int64 { return x.rows }

// Next gives the next row; its line is its number.
func (x *Reader) Next() (row format.Row, err error) {
	if x.row >= x.rows || len(x.columns) == 0 {
		return format.Row{}, io.EOF
	}
	defer guard(&err)
	x.row++
	var damage *format.RowError
	for i, read := range x.columns {
		v, err := read()
		if err == io.EOF {
			return format.Row{}, fault.New(fault.Invalid, "the Parquet file is damaged: column %q ends at row %d of %d", x.fields[i].Name, x.row, x.rows)
		}
		if d, ok := err.(*format.RowError); ok {
			d.Line, d.Field = x.row, x.fields[i].Name
			damage, v, err = d, nil, nil
		}
		if err != nil {
			return format.Row{}, fault.Wrap(err, fault.Invalid, "the Parquet file is damaged: column %q at row %d", x.fields[i].Name, x.row)
		}
		x.values[i] = v
	}
	row = format.Row{Line: x.row, Values: x.values}
	if damage != nil {
		return row, damage
	}
	return row, nil
}

// geometries gives the columns that the GeoParquet metadata of the file names.
func geometries(file *parquet.File) (map[string]*geometry, error) {
	text, ok := file.Lookup("geo")
	if !ok {
		return nil, nil
	}
	var meta struct {
		Columns map[string]struct {
			Encoding string          `json:"encoding"`
			Types    []string        `json:"geometry_types"`
			CRS      json.RawMessage `json:"crs"`
		} `json:"columns"`
	}
	if json.Unmarshal([]byte(text), &meta) != nil {
		return nil, nil // not what the specification says: the columns are bytes like others
	}
	out := map[string]*geometry{}
	for name, c := range meta.Columns {
		if c.Encoding != "WKB" {
			continue
		}
		epsg, err := epsgOf(c.CRS, name)
		if err != nil {
			return nil, err
		}
		out[name] = &geometry{epsg: epsg, points: len(c.Types) == 1 && c.Types[0] == "Point"}
	}
	return out, nil
}

// epsgOf gives the code of a PROJJSON, 4326 where there is none.
func epsgOf(text json.RawMessage, name string) (int, error) {
	if len(text) == 0 || string(text) == "null" {
		return 4326, nil
	}
	var crs struct {
		ID struct {
			Authority string `json:"authority"`
			Code      any    `json:"code"`
		} `json:"id"`
	}
	if json.Unmarshal(text, &crs) != nil {
		return 4326, nil
	}
	switch code := crs.ID.Code.(type) {
	case float64:
		return int(code), nil
	case string:
		if code == "CRS84" || code == "CRS84h" {
			return 4326, nil
		}
		var n int
		if _, err := fmt.Sscan(code, &n); err == nil {
			return n, nil
		}
	}
	return 0, fault.New(fault.Invalid, "the column %q has coordinates in a system without an EPSG code: save it in WGS 84", name)
}
