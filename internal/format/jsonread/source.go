package jsonread

import (
	"bytes"
	"fmt"
	"io"

	"parvis/internal/fault"
)

const (
	maxDepth = 200      // arrays and objects within each other
	maxRow   = 64 << 20 // bytes of one row
)

// source is a window on the file. It knows where JSON values end, not what is in them.
type source struct {
	r        io.Reader
	buf      []byte
	pos, end int
	eof      bool
	line     int64 // of pos, from 1
}

func newSource(r io.Reader) *source { return &source{r: r, buf: make([]byte, 256<<10), line: 1} }

// fill reads more of the file behind end, and keeps what stands from pos on. It tells whether there was any.
func (s *source) fill() (bool, error) {
	if s.eof {
		return false, nil
	}
	if s.pos > 0 {
		copy(s.buf, s.buf[s.pos:s.end])
		s.end -= s.pos
		s.pos = 0
	}
	if s.end == len(s.buf) {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		if err == io.EOF {
			s.eof = true
		} else if err != nil {
			return false, fmt.Errorf("read the file: %w", err)
		}
		if n > 0 || s.eof {
			return n > 0, nil
		}
	}
	return false, io.ErrNoProgress
}

// next skips blanks and gives the byte after them without taking it; 0 at the end of the file.
func (s *source) next() (byte, error) {
	for {
		for s.pos < s.end {
			switch c := s.buf[s.pos]; c {
			case '\n':
				s.line++
			case ' ', '\t', '\r':
			case 0:
				return 0, s.fail("a zero byte")
			default:
				return c, nil
			}
			s.pos++
		}
		if more, err := s.fill(); !more {
			return 0, err
		}
	}
}

// take takes the byte that next must give.
func (s *source) take(want byte) error {
	c, err := s.next()
	if err != nil {
		return err
	}
	if c != want {
		return s.fail(fmt.Sprintf("%q is expected, not %s", want, shown(c)))
	}
	s.pos++
	return nil
}

// shown names a byte that stands where it should not.
func shown(c byte) string {
	if c == 0 {
		return "the end of the file"
	}
	return fmt.Sprintf("%q", rune(c))
}

func (s *source) fail(what string) error {
	return fault.New(fault.Invalid, "line %d is not JSON: %s", s.line, what)
}

// value takes the value at pos, where next has led, and gives its bytes, valid until more is read. Kinds Invalid:
// it has no end, or is nested too deeply; TooLarge.
func (s *source) value() ([]byte, error) { return s.scan(0, true) }

// skip passes over the rest of a value, of which depth brackets have been taken, without keeping it.
func (s *source) skip(depth int) error {
	_, err := s.scan(depth, false)
	return err
}

func (s *source) scan(depth int, keep bool) ([]byte, error) {
	from := s.line
	started := depth > 0 // a plain value has begun, or a bracket
	plain, inText, escaped := false, false, false
	i := s.pos
	for {
		for ; i < s.end; i++ {
			c := s.buf[i]
			switch {
			case escaped:
				escaped = false
				continue
			case inText:
				if c == '\\' {
					escaped = true
				} else if c == '"' {
					if inText = false; depth == 0 {
						return s.taken(i + 1), nil
					}
				}
				continue
			}
			switch c {
			case '"':
				if plain && depth == 0 {
					return s.taken(i), nil
				}
				inText, started = true, true
			case '{', '[':
				if plain && depth == 0 {
					return s.taken(i), nil
				}
				if depth++; depth > maxDepth {
					return nil, fault.New(fault.Invalid, "line %d: JSON nested more than %d deep is not read", s.line, maxDepth)
				}
				started = true
			case '}', ']', ',', ':', ' ', '\t', '\r', '\n':
				if depth == 0 {
					if !started {
						return nil, s.fail("a value is expected, not " + shown(c))
					}
					return s.taken(i), nil
				}
				if c == '}' || c == ']' {
					if depth--; depth == 0 {
						return s.taken(i + 1), nil
					}
				}
			default:
				plain, started = true, true
			}
		}
		if !keep {
			s.taken(i)
		} else if i-s.pos > maxRow {
			return nil, fault.New(fault.TooLarge, "the row at line %d is larger than %d MB", from, maxRow>>20)
		}
		done := i - s.pos
		more, err := s.fill()
		if err != nil {
			return nil, err
		}
		i = s.pos + done
		if !more {
			if depth == 0 && plain && !inText {
				return s.taken(i), nil
			}
			return nil, fault.New(fault.Invalid, "the file ends in the middle of a value that begins at line %d", from)
		}
	}
}

// taken moves pos to i and gives what it passed.
func (s *source) taken(i int) []byte {
	raw := s.buf[s.pos:i]
	s.line += int64(bytes.Count(raw, []byte{'\n'}))
	s.pos = i
	return raw
}

// wholeLine takes the rest of the line, which pos stands in.
func (s *source) wholeLine() ([]byte, error) {
	for from := 0; ; {
		if i := bytes.IndexByte(s.buf[s.pos+from:s.end], '\n'); i >= 0 {
			return s.taken(s.pos + from + i + 1), nil
		}
		if from = s.end - s.pos; from > maxRow {
			return nil, fault.New(fault.TooLarge, "the row at line %d is larger than %d MB", s.line, maxRow>>20)
		}
		if more, err := s.fill(); err != nil {
			return nil, err
		} else if !more {
			return s.taken(s.end), nil
		}
	}
}
