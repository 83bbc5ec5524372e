package delimited

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"parvis/internal/fault"
)

// charset is how the bytes of a file become UTF-8.
type charset struct {
	name    string
	decoder encoding.Encoding // nil: the bytes are UTF-8 already
	bom     int               // bytes of the byte order mark
	zeros   bool              // zero bytes stand among the text
}

// open gives the text of a file as UTF-8, without its byte order mark.
func (c charset) open(file io.Reader) (io.Reader, error) {
	if c.bom > 0 {
		if _, err := io.CopyN(io.Discard, file, int64(c.bom)); err != nil {
			return nil, fmt.Errorf("read the file: %w", err)
		}
	}
	if c.decoder == nil {
		return file, nil
	}
	return transform.NewReader(file, c.decoder.NewDecoder()), nil
}

const headSize = 64 << 10 // bytes that detection looks at; whether text is UTF-8 is judged by all of them

// charsetOf finds out the encoding of a file: by its byte order mark, by the zeros that UTF-16 has in every other
// byte, and else by whether the whole file is UTF-8; where it is not, it is Windows-1252. Text that is UTF-8
// apart from a few bytes stays UTF-8, and these become U+FFFD.
//
// Kind Invalid: the file is empty, is not text, or the name is none of an encoding.
func charsetOf(open Open, name string) (charset, error) {
	file, err := open()
	if err != nil {
		return charset{}, err
	}
	defer file.Close()
	head := make([]byte, headSize)
	n, err := io.ReadFull(file, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return charset{}, fmt.Errorf("read the file: %w", err)
	}
	head = head[:n]
	if len(bytes.TrimSpace(head)) == 0 && n < headSize {
		return charset{}, fault.New(fault.Invalid, "the file is empty")
	}
	if name != "" {
		return named(name, head)
	}
	if c, ok := marked(head); ok && c.decoder != nil {
		return c, nil
	}
	if c, ok := wide(head); ok {
		return c, nil
	}
	if binary(head) {
		return charset{}, fault.New(fault.Invalid, "the file is not text: it holds binary data")
	}
	return judge(io.MultiReader(bytes.NewReader(head), file), head)
}

// named gives the encoding that the user names.
func named(name string, head []byte) (charset, error) {
	c, ok := marked(head)
	switch strings.ToLower(strings.ReplaceAll(name, "_", "-")) {
	case "utf-8", "utf8", "utf-8-sig":
		if ok && c.decoder != nil {
			c.bom = 0
		}
		return charset{name: "utf-8", decoder: unicode.UTF8, bom: c.bom, zeros: true}, nil
	case "utf-16", "utf16":
		if !ok || c.decoder == nil {
			c = charset{name: "utf-16le", decoder: unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)}
		}
		return c, nil
	}
	e, err := htmlindex.Get(name)
	if err != nil {
		return charset{}, fault.New(fault.Invalid, "the encoding %q is not known: utf-8, utf-16, windows-1252 and iso-8859-15 are some that are", name)
	}
	if !ok || c.decoder == nil {
		c.bom = 0
	}
	return charset{name: name, decoder: e, bom: c.bom, zeros: true}, nil
}

// marked knows encodings by their byte order mark.
func marked(head []byte) (charset, bool) {
	switch {
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		return charset{name: "utf-8", bom: 3, zeros: true}, true
	case bytes.HasPrefix(head, []byte("\xFF\xFE")):
		return charset{name: "utf-16le", decoder: unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), bom: 2, zeros: true}, true
	case bytes.HasPrefix(head, []byte("\xFE\xFF")):
		return charset{name: "utf-16be", decoder: unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), bom: 2, zeros: true}, true
	}
	return charset{}, false
}

// wide knows UTF-16 without a mark: in Latin text every other byte is zero.
func wide(head []byte) (charset, bool) {
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i&1]++
		}
	}
	pairs := len(head) / 2
	switch {
	case pairs < 2:
	case zeros[1]*10 > pairs*4 && zeros[0]*50 < pairs:
		return charset{name: "utf-16le", decoder: unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), zeros: true}, true
	case zeros[0]*10 > pairs*4 && zeros[1]*50 < pairs:
		return charset{name: "utf-16be", decoder: unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), zeros: true}, true
	}
	return charset{}, false
}

// binary tells whether bytes are anything but text: more than one in a hundred is a control character.
func binary(head []byte) bool {
	controls := 0
	for _, c := range head {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1B {
			controls++
		}
	}
	return controls*100 > len(head)
}

// judge reads the whole file and tells whether it is UTF-8.
func judge(file io.Reader, head []byte) (charset, error) {
	c := charset{name: "utf-8"}
	if mark, ok := marked(head); ok {
		c.bom = mark.bom
	}
	var whole, broken int // characters of several bytes; bytes that belong to none
	chunk := make([]byte, 1<<20)
	kept := 0
	for {
		n, err := io.ReadFull(file, chunk[kept:])
		last := err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !last {
			return c, fmt.Errorf("read the file: %w", err)
		}
		text := chunk[:kept+n]
		c.zeros = c.zeros || bytes.IndexByte(text, 0) >= 0
		if !last {
			text = text[:lastWhole(text)]
		}
		w, b := characters(text)
		whole, broken = whole+w, broken+b
		kept = copy(chunk, chunk[len(text):kept+n])
		if last {
			break
		}
	}
	switch {
	case broken == 0:
	case whole > 4*broken || c.bom > 0:
		c.decoder = unicode.UTF8
	default:
		c.name, c.decoder = "windows-1252", charmap.Windows1252
	}
	return c, nil
}

// lastWhole gives the length of text without a character that is cut at its end.
func lastWhole(text []byte) int {
	for back := 1; back <= min(utf8.UTFMax, len(text)); back++ {
		if at := len(text) - back; utf8.RuneStart(text[at]) {
			if utf8.FullRune(text[at:]) {
				break
			}
			return at
		}
	}
	return len(text)
}

// characters counts the characters of several bytes, and the bytes that belong to no character.
func characters(text []byte) (whole, broken int) {
	if utf8.Valid(text) {
		for _, c := range text {
			if c >= 0xC0 {
				whole++
			}
		}
		return whole, 0
	}
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			broken++
		} else {
			whole++
		}
		i += n
	}
	return whole, broken
}
