package geojson

import (
	"bufio"
	"errors"
	"io"
	"strconv"

	"parvis/internal/fault"
)

// Limits that no honest file reaches.
const (
	maxFeature = 64 << 20 // bytes of one feature or other member
	maxDepth   = 200      // of brackets within it
)

// scanner cuts a stream of JSON into values without reading it whole. It looks at brackets, strings and lines
// only: whether a value is JSON in all its parts is for whoever takes it.
type scanner struct {
	r    *bufio.Reader
	line int64 // from 1
}

func newScanner(r io.Reader) *scanner {
	return &scanner{r: bufio.NewReaderSize(r, 256<<10), line: 1}
}

// peek gives the next byte that is no blank, without taking it; io.EOF at the end. A byte order mark and the
// record separators of GeoJSON text sequences count as blanks.
func (s *scanner) peek() (byte, error) {
	for {
		next, err := s.r.Peek(1)
		if err != nil {
			return 0, err
		}
		n := 1
		switch next[0] {
		case '\n':
			s.line++
		case ' ', '\t', '\r', 0x1e:
		case 0xef:
			if mark, _ := s.r.Peek(3); string(mark) != "\uFEFF" {
				return 0xef, nil
			}
			n = 3
		default:
			return next[0], nil
		}
		_, _ = s.r.Discard(n)
	}
}

// take reads the next sign if it is the one given.
func (s *scanner) take(sign byte) (bool, error) {
	b, err := s.peek()
	if err != nil || b != sign {
		return false, err
	}
	_, err = s.r.ReadByte()
	return true, err
}

func (s *scanner) need(sign byte) error {
	ok, err := s.take(sign)
	if err == nil && !ok {
		return s.unexpected("'" + string(rune(sign)) + "'")
	}
	return s.cut(err)
}

// unexpected says what should have stood at this place.
func (s *scanner) unexpected(what string) error {
	b, err := s.peek()
	if err != nil {
		return s.cut(err)
	}
	return fault.New(fault.Invalid, "Line %d is no GeoJSON: expected %s, found %s.", s.line, what, strconv.QuoteRune(rune(b)))
}

// cut turns the end of the file, where more was to come, into a failure that says so.
func (s *scanner) cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fault.Wrap(io.ErrUnexpectedEOF, fault.Invalid, "The file ends in the middle of its GeoJSON, at line %d: it is incomplete.", s.line)
	}
	return err
}

// value reads one value into dst, which it gives back: an object or a list with all that is in it, a string with
// its quotes, or a word or number.
func (s *scanner) value(dst []byte) ([]byte, error) {
	first, err := s.peek()
	if err != nil {
		return dst, s.cut(err)
	}
	switch first {
	case '}', ']', ',', ':':
		return dst, s.unexpected("a value")
	}
	start, depth, inText, escaped := len(dst), 0, false, false
	word := first != '{' && first != '[' && first != '"'
	for {
		if _, err := s.r.Peek(1); err != nil {
			if word && errors.Is(err, io.EOF) {
				return dst, nil
			}
			return dst, s.cut(err)
		}
		chunk, _ := s.r.Peek(s.r.Buffered())
		n, done := 0, false
		for n < len(chunk) && !done {
			b := chunk[n]
			if inText {
				switch {
				case escaped:
					escaped = false
				case b == '\\':
					escaped = true
				case b == '"':
					inText = false
					done = depth == 0
				}
				n++
				continue
			}
			switch b {
			case '"':
				inText = true
			case '{', '[':
				if depth++; depth > maxDepth {
					return dst, fault.New(fault.Invalid, "Line %d: brackets are nested more than %d deep.", s.line, maxDepth)
				}
			case '}', ']':
				if depth--; depth < 0 { // the end of what a word stands in
					done = true
					n--
				} else {
					done = depth == 0
				}
			case ',', ' ', '\t', '\r', '\n', ':':
				if depth == 0 { // only after a word
					done = true
					n--
				} else if b == '\n' {
					s.line++
				}
			}
			n++
		}
		dst = append(dst, chunk[:n]...)
		_, _ = s.r.Discard(n)
		if done {
			return dst, nil
		}
		if len(dst)-start > maxFeature {
			return dst, fault.New(fault.Invalid, "Line %d: a feature is larger than %d MB.", s.line, maxFeature>>20)
		}
	}
}
