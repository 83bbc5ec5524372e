package delimited

import (
	"bytes"
	"fmt"
	"io"
	"strconv"

	"parvis/internal/fault"
	"parvis/internal/format"
)

// Open opens the file anew, from its beginning.
type Open func() (io.ReadCloser, error)

const (
	// MaxColumns is how many columns a file may have.
	MaxColumns = 2000
	maxRecord  = 64 << 20 // bytes of one record
)

// Reader gives the rows of a delimited text. It is a format.Reader whose values are string or nil.
type Reader struct {
	file    io.Closer
	text    io.Reader // UTF-8
	charset charset
	dialect dialect
	fields  []format.Field

	buf      []byte
	pos, end int
	eof      bool
	line     int64 // of pos, from 1

	values []any
	last   []string // the texts of values: many columns repeat themselves from row to row
	cells  []cell
	plain  []byte // quoted cells, without their quotes
	ahead  *format.Row
}

// Read begins to read a file. The separator (one of ; , tab |), the quote and the encoding are found out where o
// does not tell them. A row with fewer cells than there are columns is a row whose last values are absent; one
// with more is reported, and stands without the cells too many.
//
// Kind Invalid: the file is empty, is not text, or o cannot be met. Kind TooLarge: too many columns.
func Read(open Open, o format.ReadOptions) (*Reader, error) {
	if o.Separator >= 0x80 || o.Separator == '"' || o.Separator == '\n' || o.Separator == '\r' {
		return nil, fault.New(fault.Invalid, "%q cannot separate cells: ; , tab and | are usual", o.Separator)
	}
	cs, err := charsetOf(open, o.Encoding)
	if err != nil {
		return nil, err
	}
	file, err := open()
	if err != nil {
		return nil, err
	}
	r := &Reader{file: file, charset: cs, buf: make([]byte, 4*headSize), line: 1}
	if r.text, err = cs.open(file); err == nil {
		err = r.begin(o)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return r, nil
}

// begin finds out the dialect and reads the names.
func (r *Reader) begin(o format.ReadOptions) error {
	if err := r.fill(); err != nil {
		return err
	}
	if r.charset.decoder != nil && binary(r.buf[:r.end]) {
		return fault.New(fault.Invalid, "the file is not text: it holds binary data")
	}
	for skip := max(o.HeaderLine, 1) - 1; skip > 0; skip-- {
		if err := r.skipLine(); err != nil {
			return err
		}
	}
	r.dialect = sniff(r.buf[r.pos:min(r.end, r.pos+headSize)], byte(o.Separator), !o.NoHeader)
	cells, line, err := r.record()
	if err == io.EOF {
		return fault.New(fault.Invalid, "the file has no line %d", max(o.HeaderLine, 1))
	}
	if err != nil {
		return err
	}
	if len(cells) > MaxColumns {
		return fault.New(fault.TooLarge, "the file has %d columns: more than %d are not read", len(cells), MaxColumns)
	}
	if o.NoHeader {
		width := max(len(cells), r.dialect.score(r.buf[r.pos:r.end]).cells)
		for i := range min(width, MaxColumns) {
			r.fields = append(r.fields, format.Field{Name: "column_" + strconv.Itoa(i+1)})
		}
	} else {
		for _, name := range format.UniqueNames(cells) {
			r.fields = append(r.fields, format.Field{Name: name})
		}
	}
	r.values = make([]any, len(r.fields))
	r.last = make([]string, len(r.fields))
	if o.NoHeader {
		row := format.Row{Line: line, Values: make([]any, len(r.fields))}
		for i, c := range cells[:min(len(cells), len(r.fields))] {
			if c != "" {
				row.Values[i] = c
			}
		}
		r.ahead = &row
	}
	return nil
}

// Fields gives the columns.
func (r *Reader) Fields() []format.Field { return r.fields }

// Separator gives the separator in use; 0 where the file has one column.
func (r *Reader) Separator() rune {
	if r.dialect.separator == noSeparator {
		return 0
	}
	return rune(r.dialect.separator)
}

// Encoding gives the name of the encoding in use.
func (r *Reader) Encoding() string { return r.charset.name }

// Close closes the file.
func (r *Reader) Close() error { return r.file.Close() }

// fill reads more text behind end, as much as there is room for, and keeps what stands from pos on.
func (r *Reader) fill() error {
	if r.pos > 0 {
		copy(r.buf, r.buf[r.pos:r.end])
		r.end -= r.pos
		r.pos = 0
	}
	if r.end == len(r.buf) {
		r.buf = append(r.buf, make([]byte, len(r.buf))...)
	}
	n, err := io.ReadFull(r.text, r.buf[r.end:])
	r.end += n
	switch err {
	case nil:
		return nil
	case io.EOF, io.ErrUnexpectedEOF:
		r.eof = true
		return nil
	}
	return fmt.Errorf("read the file: %w", err)
}

// skipLine passes over a line before the header.
func (r *Reader) skipLine() error {
	ends := []byte{'\n'}
	if bytes.IndexByte(r.buf[r.pos:r.end], '\n') < 0 {
		ends[0] = '\r'
	}
	for {
		if i := bytes.Index(r.buf[r.pos:r.end], ends); i >= 0 {
			r.pos += i + 1
			r.line++
			return nil
		}
		if r.pos = r.end; r.eof {
			return nil
		}
		if err := r.fill(); err != nil {
			return err
		}
	}
}
