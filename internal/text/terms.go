package text

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxTerm is the length in bytes at which a term is cut, on the border of a rune.
const MaxTerm = 64

// Terms gives the search terms of s in order, duplicates kept. A term is a run of letters and digits of the
// folded text, cut at MaxTerm bytes; a run of Chinese, Japanese or Korean letters, which are written
// without blanks, gives each pair of neighbours instead, or its one letter.
func Terms(s string) []string {
	joined := AppendTerms(nil, s)
	if len(joined) == 0 {
		return nil
	}
	return strings.Split(string(joined), " ")
}

// AppendTerms appends the terms of s to dst, with one blank between two of them. It allocates nothing for
// an ASCII text that dst has room for.
func AppendTerms(dst []byte, s string) []byte {
	if !ascii(s) {
		var room [512]byte
		return appendTermsOf(dst, appendFold(room[:0], s))
	}
	dst = slices.Grow(dst, len(s)+1)
	base := len(dst)
	length := 0 // of the term being written
	for i := 0; i < len(s); i++ {
		c := termByte[s[i]]
		switch {
		case c == 0:
			length = 0
			continue
		case length == MaxTerm:
			continue
		case length == 0 && len(dst) > base:
			dst = append(dst, ' ')
		}
		dst = append(dst, c)
		length++
	}
	return dst
}

// termByte maps an ASCII byte to its folded form, or to 0 where it parts terms.
var termByte = func() (t [256]byte) {
	for c := byte('0'); c <= '9'; c++ {
		t[c] = c
	}
	for c := byte('a'); c <= 'z'; c++ {
		t[c] = c
		t[c-'a'+'A'] = c
	}
	return t
}()

// appendTermsOf appends the terms of a text that is already folded.
func appendTermsOf(dst, folded []byte) []byte {
	w := termWriter{dst: dst, base: len(dst)}
	for i := 0; i < len(folded); {
		if c := folded[i]; c < utf8.RuneSelf {
			if c = termByte[c]; c == 0 {
				w.end()
			} else {
				w.letter(folded[i : i+1])
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(folded[i:])
		switch {
		case ideographic(r):
			w.ideograph(folded[i : i+size])
		case !inTerm(r):
			w.end()
		default:
			w.letter(folded[i : i+size])
		}
		i += size
	}
	w.end()
	return w.dst
}

// inTerm tells whether a rune is a letter, a digit or a mark that folding left.
func inTerm(r rune) bool {
	if r < tableEnd {
		return knownInTerm[r]
	}
	return unicode.In(r, unicode.L, unicode.N, unicode.M)
}

// knownInTerm is inTerm of the runes below tableEnd. It is never written after its making.
var knownInTerm = func() (t [tableEnd]bool) {
	for r := range rune(tableEnd) {
		t[r] = unicode.In(r, unicode.L, unicode.N, unicode.M)
	}
	return t
}()

// ideographic tells whether a rune belongs to a script whose runs become pairs.
func ideographic(r rune) bool {
	const prolonged = 'ー' // shared by hiragana and katakana, hence of neither
	return r >= 0x1100 && (r == prolonged ||
		unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) &&
			unicode.In(r, unicode.L, unicode.N))
}

// termWriter puts terms one after the other.
type termWriter struct {
	dst     []byte
	base    int    // where the first term starts
	length  int    // bytes of the term being written
	cut     bool   // the term being written is full
	last    []byte // the last ideograph of the run being written
	written bool   // last is already part of a pair
}

// letter adds the bytes of one rune to the term being written.
func (w *termWriter) letter(utf []byte) {
	if w.last != nil {
		w.end()
	}
	if w.cut = w.cut || w.length+len(utf) > MaxTerm; w.cut {
		return
	}
	if w.length == 0 {
		w.blank()
	}
	w.dst = append(w.dst, utf...)
	w.length += len(utf)
}

// ideograph adds one rune to a run of ideographs.
func (w *termWriter) ideograph(utf []byte) {
	if w.length > 0 {
		w.end()
	}
	if w.last != nil {
		w.blank()
		w.dst = append(append(w.dst, w.last...), utf...)
		w.written = true
	}
	w.last = utf
}

// end closes the term or run being written.
func (w *termWriter) end() {
	if w.last != nil && !w.written {
		w.blank()
		w.dst = append(w.dst, w.last...)
	}
	w.length, w.cut, w.last, w.written = 0, false, nil, false
}

// blank parts the next term from the one before.
func (w *termWriter) blank() {
	if len(w.dst) > w.base {
		w.dst = append(w.dst, ' ')
	}
}
