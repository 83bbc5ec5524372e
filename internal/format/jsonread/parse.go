package jsonread

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"parvis/internal/fault"
)

// parser reads one value whose bytes are all there.
type parser struct {
	b    []byte
	i    int
	text []byte // working memory of text
}

var (
	errDamaged = errors.New("this is not JSON")
	errDeep    = fault.New(fault.Invalid, "JSON nested more than %d deep is not read", maxDepth)
)

// depthOf refuses what is nested too deeply, before anything recurses into it.
func depthOf(raw []byte) error {
	depth, inText := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case inText:
			if c == '\\' {
				i++
			} else if c == '"' {
				inText = false
			}
		case c == '"':
			inText = true
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return errDeep
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}

func (p *parser) space() byte {
	for p.i < len(p.b) {
		switch c := p.b[p.i]; c {
		case ' ', '\t', '\r', '\n':
			p.i++
		default:
			return c
		}
	}
	return 0
}

// object reads an object; member is called with each name (valid during the call), and the value after it.
func (p *parser) object(member func(name []byte, value any)) error {
	if p.space() != '{' {
		return errDamaged
	}
	p.i++
	if p.space() == '}' {
		p.i++
		return nil
	}
	for {
		if p.space() != '"' {
			return errDamaged
		}
		raw, plain, err := p.rawText()
		if err != nil {
			return err
		}
		name := raw
		if !plain {
			name = unescape(nil, raw)
		}
		if p.space() != ':' {
			return errDamaged
		}
		p.i++
		value, err := p.value()
		if err != nil {
			return err
		}
		member(name, value)
		switch p.space() {
		case ',':
			p.i++
		case '}':
			p.i++
			return nil
		default:
			return errDamaged
		}
	}
}

// value reads a value in one of the forms of format.Row.
func (p *parser) value() (any, error) {
	switch c := p.space(); c {
	case '"':
		return p.string()
	case '{':
		raw, err := p.nested()
		return raw, err
	case '[':
		return p.array()
	case 0:
		return nil, errDamaged
	default:
		return p.word()
	}
}

// string reads a text.
func (p *parser) string() (any, error) {
	raw, plain, err := p.rawText()
	if err != nil {
		return nil, err
	}
	if plain {
		return string(raw), nil
	}
	p.text = unescape(p.text[:0], raw)
	return string(p.text), nil
}

// rawText takes a text and gives what stands between its quotes, and whether that is the text itself.
func (p *parser) rawText() (raw []byte, plain bool, err error) {
	p.i++
	from, plain := p.i, true
	ascii := true
	for ; p.i < len(p.b); p.i++ {
		switch c := p.b[p.i]; {
		case c == '"':
			raw = p.b[from:p.i]
			p.i++
			if !ascii && plain && !utf8.Valid(raw) {
				plain = false
			}
			return raw, plain, nil
		case c == '\\':
			plain = false
			p.i++
		case c >= utf8.RuneSelf:
			ascii = false
		case c == 0:
			plain = false
		}
	}
	return nil, false, errDamaged
}

// unescape adds the text that raw stands for; what is no character becomes U+FFFD, and zero bytes go, since
// no database keeps them.
func unescape(dst, raw []byte) []byte {
	for i := 0; i < len(raw); {
		c := raw[i]
		switch {
		case c == 0:
			i++
		case c == '\\' && i+1 < len(raw):
			i++
			switch c = raw[i]; c {
			case 'n':
				dst = append(dst, '\n')
			case 't':
				dst = append(dst, '\t')
			case 'r':
				dst = append(dst, '\r')
			case 'b':
				dst = append(dst, '\b')
			case 'f':
				dst = append(dst, '\f')
			case 'u':
				r, n := escapedRune(raw[i-1:])
				i += n - 2
				if r != 0 {
					dst = utf8.AppendRune(dst, r)
				}
			default:
				dst = append(dst, c)
			}
			i++
		case c < utf8.RuneSelf:
			dst = append(dst, c)
			i++
		default:
			r, n := utf8.DecodeRune(raw[i:])
			dst = utf8.AppendRune(dst, r)
			i += n
		}
	}
	return dst
}

// escapedRune reads \uXXXX, or two of them that make one character, and tells how many bytes they take.
func escapedRune(raw []byte) (r rune, n int) {
	first, ok := fourHex(raw)
	if !ok {
		return utf8.RuneError, 2
	}
	if utf16.IsSurrogate(first) {
		if second, ok := fourHex(raw[6:]); ok {
			if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
				return r, 12
			}
		}
		return utf8.RuneError, 6
	}
	return first, 6
}

func fourHex(raw []byte) (rune, bool) {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range raw[2:6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// nested takes an object or an array as compact JSON text.
func (p *parser) nested() (json.RawMessage, error) {
	from := p.i
	if err := p.pass(); err != nil {
		return nil, err
	}
	raw := bytes.ToValidUTF8(p.b[from:p.i], []byte("\uFFFD"))
	var out bytes.Buffer
	out.Grow(len(raw))
	if json.Compact(&out, raw) != nil {
		return nil, errDamaged
	}
	return out.Bytes(), nil
}

// pass moves behind the object or array at i.
func (p *parser) pass() error {
	depth := 0
	for ; p.i < len(p.b); p.i++ {
		switch p.b[p.i] {
		case '"':
			if _, _, err := p.rawText(); err != nil {
				return err
			}
			p.i--
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				p.i++
				return nil
			}
		}
	}
	return errDamaged
}

// array reads an array: plain values as a list, nil where it is empty, JSON text where it holds others.
func (p *parser) array() (any, error) {
	from := p.i
	p.i++
	var list []any
	if p.space() == ']' {
		p.i++
		return nil, nil
	}
	for {
		switch p.space() {
		case '{', '[':
			p.i = from
			raw, err := p.nested()
			return raw, err
		}
		value, err := p.value()
		if err != nil {
			return nil, err
		}
		if value != nil {
			list = append(list, value)
		}
		switch p.space() {
		case ',':
			p.i++
		case ']':
			p.i++
			if list == nil {
				return nil, nil
			}
			return list, nil
		default:
			return nil, errDamaged
		}
	}
}

// word reads a number, true, false or null. NaN and the infinities, which some programs write, are null. A number
// that no int64 or float64 holds is given as text, so that nothing of it is lost.
func (p *parser) word() (any, error) {
	from := p.i
	whole := true
loop:
	for ; p.i < len(p.b); p.i++ {
		switch p.b[p.i] {
		case ',', ']', '}', ' ', '\t', '\r', '\n', ':', '"', '[', '{':
			break loop
		case '.', 'e', 'E':
			whole = false
		}
	}
	word := p.b[from:p.i]
	switch string(word) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "null", "NaN", "Infinity", "-Infinity":
		return nil, nil
	}
	if len(word) == 0 || !(word[0] == '-' || word[0] >= '0' && word[0] <= '9') || bytes.ContainsAny(word, "xXpP_n") {
		return nil, errDamaged
	}
	if whole {
		n, err := strconv.ParseInt(string(word), 10, 64)
		switch {
		case err == nil:
			return n, nil
		case errors.Is(err, strconv.ErrRange):
			return string(word), nil
		}
		return nil, errDamaged
	}
	f, err := strconv.ParseFloat(string(word), 64)
	if errors.Is(err, strconv.ErrRange) && math.IsInf(f, 0) {
		return string(word), nil
	}
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return nil, errDamaged
	}
	return f, nil
}
