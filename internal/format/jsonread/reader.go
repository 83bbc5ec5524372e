package jsonread

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"parvis/internal/fault"
	"parvis/internal/format"
)

// Open opens the file anew, from its beginning.
type Open func() (io.ReadCloser, error)

// MaxColumns is how many different members rows may have together.
const MaxColumns = 2000

// Reader gives the rows of a JSON file. It is a format.Reader whose Fields grow as rows bring new members.
type Reader struct {
	file   io.Closer
	source *source
	lines  bool // values one after the other, rather than the elements of an array
	byLine bool // each on a line of its own
	ended  bool
	fields []format.Field
	index  map[string]int // of fields, by name
	values []any
	parser parser
}

// Read reads an array, an array within an object, or values one after the other, whichever the file holds. Of
// several arrays of objects the least nested one is meant, the first among equals; o.Root names another. An
// object without any, and nothing behind it, is the one row.
func Read(open Open, o format.ReadOptions) (*Reader, error) {
	at, err := find(open, o)
	if err != nil {
		return nil, err
	}
	r, err := start(open, o)
	if err != nil {
		return nil, err
	}
	if r.lines, r.byLine = at.lines, at.byLine; r.lines {
		return r, nil
	}
	if err := r.descend(at.path); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// ReadLines reads JSON Lines: an object a line. A damaged line is reported and reading goes on with the next.
func ReadLines(open Open, o format.ReadOptions) (*Reader, error) {
	r, err := start(open, o)
	if err != nil {
		return nil, err
	}
	r.lines, r.byLine = true, true
	return r, nil
}

func start(open Open, o format.ReadOptions) (*Reader, error) {
	file, err := open()
	if err != nil {
		return nil, err
	}
	decoded, err := decode(file, o.Encoding)
	if err != nil {
		file.Close()
		return nil, err
	}
	return &Reader{file: file, source: newSource(decoded), index: map[string]int{}}, nil
}

// decode gives the file as UTF-8: JSON is UTF-8, or what its first bytes or the user say.
func decode(file io.Reader, name string) (io.Reader, error) {
	if name != "" {
		e, err := htmlindex.Get(name)
		if err != nil {
			return nil, fault.New(fault.Invalid, "the encoding %q is not known", name)
		}
		return transform.NewReader(file, unicode.BOMOverride(e.NewDecoder())), nil
	}
	head := bufio.NewReaderSize(file, 4096)
	if first, _ := head.Peek(3); len(first) >= 2 && (first[0] >= 0xEF) {
		return transform.NewReader(head, unicode.BOMOverride(encoding.Nop.NewDecoder())), nil
	}
	return head, nil
}

// Fields gives the members met so far.
func (r *Reader) Fields() []format.Field { return r.fields }

// Close closes the file.
func (r *Reader) Close() error { return r.file.Close() }

// Next gives the next row.
func (r *Reader) Next() (format.Row, error) {
	s := r.source
	for !r.ended {
		c, err := s.next()
		if err != nil {
			return format.Row{}, err
		}
		switch {
		case c == 0 && r.lines:
			return format.Row{}, io.EOF
		case c == ',' && !r.byLine:
			s.pos++
			continue
		case c == ']' && !r.lines:
			r.ended = true
			continue
		case c == 0:
			return format.Row{}, fault.New(fault.Invalid, "the file ends at line %d in the middle of its list of rows", s.line)
		}
		return r.row()
	}
	return format.Row{}, io.EOF
}

// row reads the row at pos. Where a line is a row, damage is confined to it.
func (r *Reader) row() (format.Row, error) {
	s := r.source
	line := s.line
	take := s.value
	if r.byLine {
		take = s.wholeLine
	}
	raw, err := take()
	if err != nil {
		return format.Row{}, err
	}
	if r.byLine { // whoever takes a value looks at its depth already
		err = depthOf(raw)
	}
	if err == nil {
		err = r.parse(raw)
	}
	if err == nil && r.byLine && r.parser.space() != 0 {
		err = errDamaged
	}
	switch {
	case err == nil:
		return format.Row{Line: line, Values: r.values}, nil
	case errors.Is(err, errDamaged), r.byLine && errors.Is(err, errDeep):
		return format.Row{}, &format.RowError{Line: line, Value: clip(raw), Reason: err.Error()}
	}
	return format.Row{}, err
}

// parse reads the members of a row into values; the elements of an array take the columns in turn.
func (r *Reader) parse(raw []byte) error {
	r.values = r.values[:0]
	for range r.fields {
		r.values = append(r.values, nil)
	}
	p := &r.parser
	p.b, p.i = raw, 0
	switch p.space() {
	case '{':
		at := 0
		var tooMany error
		err := p.object(func(name []byte, value any) {
			// Most rows have the same members in the same order: the next one is likely the next column.
			if at >= len(r.fields) || r.fields[at].Name != string(name) {
				known, ok := r.index[string(name)]
				if !ok {
					if known, tooMany = r.column(string(name)); tooMany != nil {
						return
					}
				}
				at = known
			}
			r.values[at] = value
			at++
		})
		if err != nil {
			return err
		}
		return tooMany
	case '[':
		p.i++
		for n := 0; p.space() != ']'; n++ {
			value, err := p.value()
			if err != nil {
				return err
			}
			if n == len(r.fields) {
				if _, err := r.column(fmt.Sprintf("column_%d", n+1)); err != nil {
					return err
				}
			}
			r.values[n] = value
			if p.space() == ',' {
				p.i++
			}
		}
		return nil
	}
	value, err := p.value()
	if err != nil {
		return err
	}
	at, ok := r.index["value"]
	if !ok {
		if at, err = r.column("value"); err != nil {
			return err
		}
	}
	r.values[at] = value
	return nil
}

// column adds a column.
func (r *Reader) column(name string) (int, error) {
	if len(r.fields) == MaxColumns {
		return 0, fault.New(fault.TooLarge, "the rows have more than %d different members together: this is more than a dataset takes", MaxColumns)
	}
	at := len(r.fields)
	r.fields = append(r.fields, format.Field{Name: name})
	r.index[name] = at
	r.values = append(r.values, nil)
	return at, nil
}

// descend moves to the first element of the array at path.
func (r *Reader) descend(path []string) error {
	s := r.source
	for _, step := range path {
		if err := s.take('{'); err != nil {
			return err
		}
		for {
			name, err := s.name()
			if err != nil {
				return err
			}
			if name == step {
				break
			}
			if err := s.passMember(); err != nil {
				return err
			}
		}
	}
	return s.take('[')
}

// clip cuts a text to what can be read in a report.
func clip(raw []byte) string {
	const most = 200
	if len(raw) > most {
		return strings.ToValidUTF8(string(raw[:most]), "") + "…"
	}
	return string(bytes.ToValidUTF8(raw, []byte("\uFFFD")))
}
