package xlsx

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"parvis/internal/fault"
	"parvis/internal/format"
)

const (
	// MaxColumns is how many columns a sheet may have.
	MaxColumns = 2000
	maxCell    = 1 << 20 // bytes of a text; Excel itself stops at 32,767 characters
)

// Reader gives the rows of a sheet. It is a format.Reader whose values are typed cell by cell: string, int64,
// float64, bool, dataset.Day, dataset.Instant or nil. A formula is its result as the file keeps it. A cell that
// holds an error (#N/A) or a formula without a result is nil, and the row comes with a *format.RowError.
//
// It takes the XML apart itself, because the rows that excelize streams are texts that tell neither the type nor
// the style of a cell ("00123" from 123, a date from a number, #N/A from a text that says so), and because they
// end without an error where a sheet is damaged.
type Reader struct {
	book   *book
	sheet  sheet
	notes  []string
	part   *part
	line   int64 // of the last row that was read
	begun  bool  // the rows of the sheet have begun
	fields []format.Field
	values []any
	bad    []badCell // of the last row that was read
	text   []byte
	ahead  bool  // values are a row that is still to be given
	ended  error // what ended the sheet: io.EOF or a failure
}

// badCell is a cell that gave no value.
type badCell struct {
	at            int // its column, from 0
	value, reason string
}

// Read begins to read the sheet that o names, or the first one that is neither hidden nor empty. The names stand
// in its first row that holds anything, or in the first such row from o.HeaderLine on.
//
// Kind Invalid: this is no workbook, it is damaged, or o names what it has not. Kind TooLarge: it unpacks to more
// than is read.
func Read(r io.ReaderAt, size int64, o format.ReadOptions) (*Reader, error) {
	b, err := openBook(r, size)
	if err != nil {
		return nil, err
	}
	sheets, err := b.choose(o.Sheet)
	if err != nil {
		return nil, err
	}
	for _, s := range sheets {
		x := &Reader{book: b, sheet: s}
		if x.part, err = b.parts.open(s.part, maxSheet); err != nil {
			return nil, err
		}
		if x.part == nil {
			continue // it is named, but is not there
		}
		err = x.begin(o)
		if err == nil {
			if o.Sheet == "" && len(sheets) > 1 {
				x.notes = []string{fmt.Sprintf("only the sheet %q is read; the workbook has %s: name another with --sheet", s.name, b.names())}
			}
			return x, nil
		}
		_ = x.part.Close()
		if !errors.Is(err, io.EOF) {
			return nil, err
		}
		if x.line > 0 {
			return nil, fault.New(fault.Invalid, "the sheet %q has nothing in line %d or below: the line of the names must be one of the first %d", s.name, o.HeaderLine, x.line)
		}
	}
	if o.Sheet != "" {
		return nil, fault.New(fault.Invalid, "the sheet %q is empty; the workbook has %s", o.Sheet, b.names())
	}
	return nil, fault.New(fault.Invalid, "the workbook is empty: no sheet that is not hidden has a row; it has %s", b.names())
}

// begin reads the names. io.EOF: there are none; line is then 0 if the sheet is empty.
func (x *Reader) begin(o format.ReadOptions) error {
	last := int64(0)
	for {
		if err := x.row(); err != nil {
			x.line = last
			return err
		}
		if x.blank() {
			continue
		}
		if last = x.line; last >= int64(o.HeaderLine) {
			break
		}
	}
	header := make([]string, max(len(x.values), 1))
	if !o.NoHeader {
		for i, v := range x.values {
			header[i] = nameOf(v)
		}
	}
	x.ahead = o.NoHeader
	x.name(header)
	return nil
}

// name adds fields, each with a name of its own.
func (x *Reader) name(more []string) {
	all := make([]string, 0, len(x.fields)+len(more))
	for _, f := range x.fields {
		all = append(all, f.Name)
	}
	for _, name := range format.UniqueNames(append(all, more...))[len(all):] {
		x.fields = append(x.fields, format.Field{Name: name})
	}
}

// Fields gives the columns; a row that is wider than the header brings more.
func (x *Reader) Fields() []format.Field { return x.fields }

// Notes tells of the other sheets of the workbook.
func (x *Reader) Notes() []string { return x.notes }

// Close closes the sheet.
func (x *Reader) Close() error { return x.part.Close() }

// Next gives the next row; its line is the row's number in the sheet. Empty rows are passed over.
func (x *Reader) Next() (format.Row, error) {
	if !x.ahead {
		for {
			if err := x.row(); err != nil {
				return format.Row{}, err
			}
			if !x.blank() {
				break
			}
		}
	}
	x.ahead = false
	width := len(x.values)
	for _, b := range x.bad {
		width = max(width, b.at+1)
	}
	if width > len(x.fields) {
		x.name(make([]string, width-len(x.fields)))
	}
	row := format.Row{Line: x.line, Values: x.values}
	if len(x.bad) > 0 {
		return row, x.damage()
	}
	return row, nil
}

// damage tells of the cells of the row that gave no value: of the first, and in its reason of the others.
func (x *Reader) damage() *format.RowError {
	const most = 10 // cells in a reason
	first := x.bad[0]
	reason := "the cell " + x.place(first.at) + " " + first.reason
	for i, b := range x.bad[1:] {
		if i == most {
			reason += fmt.Sprintf("; and %d more", len(x.bad)-1-most)
			break
		}
		reason += "; " + x.place(b.at) + " " + b.reason
	}
	return &format.RowError{Line: x.line, Field: x.fields[first.at].Name, Value: first.value, Reason: reason}
}

// place writes where a cell of the row stands, as "C5".
func (x *Reader) place(at int) string {
	name, err := excelize.ColumnNumberToName(at + 1)
	if err != nil { // beyond what Excel has, and so beyond MaxColumns
		name = "?"
	}
	return name + strconv.FormatInt(x.line, 10)
}

// blank tells whether the row that was read holds nothing.
func (x *Reader) blank() bool { return len(x.values) == 0 && len(x.bad) == 0 }

// row reads the next row of the sheet into values and bad. After a failure or the end there is only that.
func (x *Reader) row() error {
	if x.ended == nil {
		x.ended = x.scan()
	}
	return x.ended
}

func (x *Reader) scan() error {
	x.values, x.bad = x.values[:0], x.bad[:0]
	next := 0 // the column of a cell that does not tell its own
	for {
		t, err := x.part.token()
		if errors.Is(err, io.EOF) {
			if x.begun {
				return x.part.damaged(io.ErrUnexpectedEOF)
			}
			return io.EOF // a sheet of another kind: a chart
		}
		if err != nil {
			return err
		}
		switch e := t.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "sheetData":
				x.begun = true
			case "row":
				x.line++
				if n, err := strconv.ParseInt(attribute(e, "r"), 10, 64); err == nil && n > 0 {
					x.line = n
				}
			case "c":
				if next, err = x.cell(e, next); err != nil {
					return err
				}
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "row":
				return nil
			case "sheetData":
				return x.part.drain() // what is wrong with the part shows at its end
			}
		}
	}
}

// cell reads a cell into its place among the values; at is that place unless the cell tells another. It gives the
// place of the next one.
func (x *Reader) cell(start xml.StartElement, at int) (int, error) {
	if n := column(attribute(start, "r")); n >= 0 {
		at = n
	}
	style := -1
	if s := attribute(start, "s"); s != "" {
		style, _ = strconv.Atoi(s)
	}
	form := attribute(start, "t")
	x.text = x.text[:0]
	within, phonetic, formula, result := false, false, false, false
	for {
		t, err := x.part.token()
		if errors.Is(err, io.EOF) {
			return 0, x.part.damaged(io.ErrUnexpectedEOF)
		}
		if err != nil {
			return 0, err
		}
		switch e := t.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "v", "t":
				within, result = !phonetic, true
			case "f":
				formula = true
			case "rPh":
				phonetic = true
			}
		case xml.CharData:
			if within {
				x.text = append(x.text, e...)
			}
			if len(x.text) > maxCell {
				return 0, fault.New(fault.TooLarge, "a cell in line %d of the sheet %q is larger than %d MB", x.line, x.sheet.name, maxCell>>20)
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "v", "t":
				within = false
			case "rPh":
				phonetic = false
			case "c":
				value, reason := x.book.value(form, string(x.text), style)
				if formula && !result {
					reason = "holds a formula whose result is not in the file: open it in Excel and save it"
				}
				return at + 1, x.put(at, value, reason)
			}
		}
	}
}

// put sets a value of the row, or notes why there is none.
func (x *Reader) put(at int, value any, reason string) error {
	if value == nil && reason == "" {
		return nil // a cell that has only a format
	}
	if at >= MaxColumns {
		return fault.New(fault.TooLarge, "the sheet %q has more than %d columns in line %d", x.sheet.name, MaxColumns, x.line)
	}
	if reason != "" {
		x.bad = append(x.bad, badCell{at: at, value: strings.ToValidUTF8(string(x.text[:min(len(x.text), 200)]), ""), reason: reason})
		return nil
	}
	for len(x.values) <= at {
		x.values = append(x.values, nil)
	}
	x.values[at] = value
	return nil
}

// column gives the position, from 0, of the column of a cell's reference: 27 for "AB12"; -1 where there is none.
func column(ref string) int {
	n := 0
	for i := 0; i < len(ref) && n <= excelize.MaxColumns; i++ {
		c := ref[i] &^ 0x20 // upper case
		if c < 'A' || c > 'Z' {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}
