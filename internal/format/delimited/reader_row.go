package delimited

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"parvis/internal/fault"
	"parvis/internal/format"
)

// cell is where the text of a cell stands.
type cell struct{ from, to int }

// Next gives the next row. Blank lines are passed over.
func (r *Reader) Next() (format.Row, error) {
	if r.ahead != nil {
		row := *r.ahead
		r.ahead = nil
		return row, nil
	}
	text, line, err := r.next()
	if err != nil {
		return format.Row{}, err
	}
	var damage *format.RowError
	if r.charset.zeros && strings.IndexByte(text, 0) >= 0 {
		text, damage = r.withoutZeros(text, line)
	}
	cells := r.cells
	if len(cells) > len(r.fields) {
		if extra := r.extra(text, line); extra != nil {
			damage = extra
		}
		cells = cells[:len(r.fields)]
	}
	for i, c := range cells {
		value := text[c.from:c.to]
		switch {
		case value == "":
			r.values[i] = nil
		case value != r.last[i] || r.values[i] == nil:
			r.last[i] = value
			r.values[i] = value
		}
	}
	clear(r.values[len(cells):])
	row := format.Row{Line: line, Values: r.values}
	if damage != nil {
		return row, damage
	}
	return row, nil
}

// extra reports cells that no column stands for, unless they are all empty.
func (r *Reader) extra(text string, line int64) *format.RowError {
	var rest []string
	empty := true
	for _, c := range r.cells[len(r.fields):] {
		rest = append(rest, text[c.from:c.to])
		empty = empty && c.from == c.to
	}
	if empty {
		return nil
	}
	return &format.RowError{
		Line: line, Field: fmt.Sprintf("column_%d", len(r.fields)+1), Value: clip(strings.Join(rest, string(rune(r.dialect.separator)))),
		Reason: fmt.Sprintf("the row has %d cells, the header %d: what is too much is left out", len(r.cells), len(r.fields)),
	}
}

// withoutZeros takes the zero bytes out of a row: no database keeps them in text.
func (r *Reader) withoutZeros(text string, line int64) (string, *format.RowError) {
	var out strings.Builder
	for i, c := range r.cells {
		from := out.Len()
		out.WriteString(strings.ReplaceAll(text[c.from:c.to], "\x00", ""))
		r.cells[i] = cell{from, out.Len()}
	}
	return out.String(), &format.RowError{Line: line, Field: "row", Value: clip(out.String()), Reason: "zero bytes were taken out of the text"}
}

func clip(text string) string {
	const most = 200
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

// record gives the texts of the next record, for the header.
func (r *Reader) record() (texts []string, line int64, err error) {
	text, line, err := r.next()
	if err != nil {
		return nil, 0, err
	}
	out := make([]string, len(r.cells))
	for i, c := range r.cells {
		out[i] = strings.ReplaceAll(text[c.from:c.to], "\x00", "")
	}
	return out, line, nil
}

// next takes the next record that is not blank: its cells are r.cells within text. Line is where it begins.
func (r *Reader) next() (text string, line int64, err error) {
	for {
		if r.pos == r.end {
			if r.eof {
				return "", 0, io.EOF
			}
			if err := r.fill(); err != nil {
				return "", 0, err
			}
			continue
		}
		length, lines, quoted, err := r.split(r.buf[r.pos:r.end])
		if err != nil {
			return "", 0, err
		}
		if length > maxRecord || length < 0 && r.end-r.pos > maxRecord {
			return "", 0, fault.New(fault.TooLarge, "the row at line %d is larger than %d MB%s", r.line, maxRecord>>20, quoteHint(quoted))
		}
		if length < 0 {
			if err := r.fill(); err != nil {
				return "", 0, err
			}
			continue
		}
		line = r.line
		raw := r.buf[r.pos : r.pos+length]
		r.pos += length
		r.line += int64(lines)
		if quoted {
			raw = r.plain
		} else if len(r.cells) == 1 && blank(raw) {
			continue
		}
		return string(raw), line, nil
	}
}

func quoteHint(quoted bool) string {
	if quoted {
		return ": a quote in it may have no end"
	}
	return ""
}

func blank(line []byte) bool {
	for _, c := range line {
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return false
		}
	}
	return true
}

// split finds the cells of the record at the beginning of text. Length is that of the record with its end, -1 where
// its end is not here yet; lines is how many line ends it takes. Where a cell is quoted the cells lie in
// r.plain, else in text.
func (r *Reader) split(text []byte) (length, lines int, quoted bool, err error) {
	d := r.dialect
	end := bytes.IndexByte(text, d.lineEnd)
	length, lines = end+1, 1
	if end < 0 {
		if !r.eof && bytes.IndexByte(text, d.quote) < 0 {
			return -1, 0, false, nil
		}
		end, length, lines = len(text), len(text), 0
	}
	line := text[:end]
	if bytes.IndexByte(line, d.quote) >= 0 {
		length, lines, err = r.splitQuoted(text)
		return length, lines, true, err
	}
	if length == end && !r.eof {
		return -1, 0, false, nil
	}
	if d.lineEnd == '\n' && end > 0 && line[end-1] == '\r' {
		line = line[:end-1]
	}
	cells := r.cells[:0]
	from := 0
	for i, c := range line {
		if c == d.separator {
			cells = append(cells, cell{from, i})
			from = i + 1
		}
	}
	r.cells = append(cells, cell{from, len(line)})
	return length, lines, false, nil
}

// splitQuoted is split for a record in which quotes stand. A cell is quoted where it begins with a quote; a quote
// elsewhere is part of the text, and so is what follows the closing quote.
func (r *Reader) splitQuoted(text []byte) (length, lines int, err error) {
	d := r.dialect
	r.cells, r.plain = r.cells[:0], r.plain[:0]
	i := 0
	for {
		from := len(r.plain)
		if i < len(text) && text[i] == d.quote {
			opened := r.line + int64(lines)
			for i++; ; {
				n := bytes.IndexByte(text[i:], d.quote)
				if n < 0 {
					if r.eof {
						return 0, 0, fault.New(fault.Invalid, "the quote opened at line %d has no end: close it, or write it twice where it is part of a text", opened)
					}
					return -1, 0, nil
				}
				r.plain = append(r.plain, text[i:i+n]...)
				lines += bytes.Count(text[i:i+n], []byte{d.lineEnd})
				i += n + 1
				if i == len(text) && !r.eof {
					return -1, 0, nil // another quote may follow
				}
				if i == len(text) || text[i] != d.quote {
					break
				}
				r.plain = append(r.plain, d.quote)
				i++
			}
		}
		for i < len(text) && text[i] != d.separator && text[i] != d.lineEnd {
			r.plain = append(r.plain, text[i])
			i++
		}
		if i == len(text) && !r.eof {
			return -1, 0, nil
		}
		if d.lineEnd == '\n' && (i == len(text) || text[i] == '\n') && len(r.plain) > from && i > 0 && text[i-1] == '\r' {
			r.plain = r.plain[:len(r.plain)-1]
		}
		r.cells = append(r.cells, cell{from, len(r.plain)})
		switch {
		case i == len(text):
			return i, lines, nil
		case text[i] == d.lineEnd:
			return i + 1, lines + 1, nil
		}
		i++
		if i == len(text) && r.eof {
			r.cells = append(r.cells, cell{len(r.plain), len(r.plain)})
			return i, lines, nil
		}
	}
}
