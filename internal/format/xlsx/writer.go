package xlsx

import (
	"archive/zip"
	"cmp"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/format"
	"parvis/internal/format/jsontext"
	"parvis/internal/geo"
)

// MostRows is how many rows an export may have, below its header.
const MostRows = maxRows - 1

// What a sheet of Excel holds.
const (
	maxRows       = excelize.TotalRows
	maxColumns    = excelize.MaxColumns
	maxCharacters = excelize.TotalCellChars // UTF-16 units in a cell
	maxDigits     = 999_999_999_999_999     // the largest whole number that is shown with all its digits
)

// New writes a workbook with one sheet: a bold line of names (labels with Options.Labels), then the rows. Numbers,
// booleans, dates and datetimes (wall clock of Options.Location) are cells of their types; what Excel has no type
// for is text: dates before 1900-03-01 or of a precision, whole numbers of more than 15 digits, points as "latitude,
// longitude", shapes as GeoJSON, files by their address. Longer text than Excel takes is cut. Rows are kept in a temporary file; w
// receives nothing before Close, so a failure can still be told. More rows or columns than a sheet holds are
// a failure of kind Invalid.
func New(w io.Writer, columns []dataset.Column, o format.Options) (format.Writer, error) {
	if len(columns) > maxColumns {
		return nil, fault.New(fault.Invalid, "An Excel sheet holds at most %d columns; %d are selected. Select fewer, or choose csv.", maxColumns, len(columns))
	}
	x := &writer{w: w, columns: columns, times: format.NewTimes(o.Location), join: cmp.Or(o.ListSeparator, ","), files: o.Files,
		file: excelize.NewFile(), values: make([]any, len(columns)), limit: maxRows}
	if err := x.begin(o); err != nil {
		_ = x.file.Close()
		return nil, fmt.Errorf("begin workbook: %w", err)
	}
	return x, nil
}

type writer struct {
	w              io.Writer
	columns        []dataset.Column
	times          *format.Times
	join           string
	files          string // as format.Options has it
	file           *excelize.File
	sheet          *excelize.StreamWriter
	date, dateTime int   // styles
	row            int   // rows written, the line of names included
	limit          int   // rows of a sheet
	values         []any // of one row
	text           []byte
	failed         error
}

func (x *writer) begin(o format.Options) error {
	name := sheetName(o.Name)
	if err := x.file.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	bold, err := x.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	for form, style := range map[string]*int{"yyyy-mm-dd": &x.date, "yyyy-mm-dd hh:mm:ss": &x.dateTime} {
		if *style, err = x.file.NewStyle(&excelize.Style{CustomNumFmt: &form}); err != nil {
			return err
		}
	}
	if x.sheet, err = x.file.NewStreamWriter(name); err != nil {
		return err
	}
	for i, c := range x.columns {
		width := 12.0
		switch {
		case c.Type == dataset.DateTime:
			width = 20
		case c.Type == dataset.Text || c.List || c.Type == dataset.GeoPoint:
			width = 24
		}
		if err := x.sheet.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := x.sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for i, c := range x.columns {
		title := c.Name
		if o.Labels {
			title = cmp.Or(c.Label, c.Name)
		}
		x.values[i] = excelize.Cell{StyleID: bold, Value: cut(title)}
	}
	return x.add()
}

// sheetName gives a name that Excel takes: at most 31 characters, none of : \ / ? * [ ] and no ' at its ends.
func sheetName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) || r < ' ' || r == utf8.RuneError {
			return '-'
		}
		return r
	}, name)
	for utf16Length(name) > excelize.MaxSheetNameLength {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return cmp.Or(strings.Trim(name, "'"), "Sheet1")
}

func utf16Length(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// add writes x.values as the next line.
func (x *writer) add() error {
	x.row++
	if x.row > x.limit {
		return fault.New(fault.Invalid, "An Excel sheet holds at most %d rows; this selection has more. Narrow it with a filter, or choose csv.", x.limit-1)
	}
	return x.sheet.SetRow("A"+strconv.Itoa(x.row), x.values)
}

// Write adds the rows of a batch.
func (x *writer) Write(b *dataset.Batch) error {
	for row := 0; row < b.Len && x.failed == nil; row++ {
		for i := range x.columns {
			x.values[i] = x.value(&x.columns[i], &b.Vectors[i], row)
		}
		x.failed = x.add()
	}
	return x.failed
}

// Close writes the workbook, unless a row has failed, and removes what was kept of it.
func (x *writer) Close() error {
	defer func() { _ = x.file.Close() }()
	if x.failed != nil {
		return x.failed
	}
	if err := x.sheet.Flush(); err != nil {
		return fmt.Errorf("end sheet: %w", err)
	}
	// The library would gather the whole archive in memory; its parts go straight to w instead.
	x.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(x.w) })
	if _, err := x.file.WriteTo(io.Discard); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

func (x *writer) value(c *dataset.Column, v *dataset.Vector, row int) any {
	if v.Null(row) {
		return nil
	}
	if c.List {
		x.text = x.text[:0]
		from, to := v.Span(row)
		for i := from; i < to; i++ {
			if i > from {
				x.text = append(x.text, x.join...)
			}
			if !v.Elements.Null(i) {
				x.text = x.append(x.text, c, v.Elements, i)
			}
		}
		return cut(string(x.text))
	}
	switch c.Type {
	case dataset.Int:
		if n := v.Ints[row]; n >= -maxDigits && n <= maxDigits {
			return n
		}
	case dataset.Double:
		f := v.Floats[row]
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return nil
		}
		return f
	case dataset.Boolean:
		return v.Ints[row] != 0
	case dataset.Date:
		if serial := v.Ints[row] + epoch; serial > firstSerial && v.Ints[row] < pastLast && (c.Precision == "" || c.Precision == "day") {
			return excelize.Cell{StyleID: x.date, Value: serial}
		}
	case dataset.DateTime:
		day, micros := x.times.Local(v.Ints[row])
		switch c.Precision {
		case "hour":
			micros -= micros % 3_600_000_000
		case "minute":
			micros -= micros % 60_000_000
		}
		if serial := day + epoch; serial > firstSerial && day < pastLast {
			return excelize.Cell{StyleID: x.dateTime, Value: float64(serial) + float64(micros)/86_400_000_000}
		}
	}
	x.text = x.append(x.text[:0], c, v, row)
	return cut(string(x.text))
}

// Excel counts days from 1899-12-30, and rightly only from 1900-03-01 (it has a 29 February 1900) to 9999-12-31.
const (
	epoch       = 25569
	firstSerial = 60
	pastLast    = 2932897 // days since 1970 of 10000-01-01
)

// append adds a single value as text.
func (x *writer) append(dst []byte, c *dataset.Column, v *dataset.Vector, i int) []byte {
	switch c.Type {
	case dataset.Int:
		return strconv.AppendInt(dst, v.Ints[i], 10)
	case dataset.Double:
		return jsontext.AppendDouble(dst, v.Floats[i])
	case dataset.Boolean:
		return strconv.AppendBool(dst, v.Ints[i] != 0)
	case dataset.Date:
		return format.AppendDate(dst, v.Ints[i], c.Precision)
	case dataset.DateTime:
		return x.times.AppendDateTime(dst, v.Ints[i], c.Precision)
	case dataset.GeoPoint:
		dst = jsontext.AppendDouble(dst, v.Lats[i])
		return jsontext.AppendDouble(append(dst, ", "...), v.Floats[i])
	case dataset.GeoShape:
		dst, _ = geo.AppendGeoJSON(dst, v.Text(i)) // nothing for a damaged shape
		return dst
	case dataset.File:
		return jsontext.AppendFileAddress(dst, v.Text(i), x.files)
	}
	return append(dst, v.Text(i)...)
}

// cut shortens text to what a cell takes.
func cut(s string) string {
	if len(s) <= maxCharacters {
		return s
	}
	n := 0
	for i, r := range s {
		if n++; r > 0xffff {
			n++
		}
		if n > maxCharacters {
			return s[:i]
		}
	}
	return s
}
