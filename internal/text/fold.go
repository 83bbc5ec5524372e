package text

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold gives s in lower case without accents, with ligatures and special letters written out (œ oe, ß ss,
// ł l, ﬁ fi, ² 2) and without marks that nobody types (Arabic vowels, soft hyphens). Punctuation and blanks
// stay. The answer is valid UTF-8, and folding it again changes nothing.
func Fold(s string) string {
	if ascii(s) {
		for i := 0; i < len(s); i++ {
			if 'A' <= s[i] && s[i] <= 'Z' {
				return string(appendLower(nil, s))
			}
		}
		return s
	}
	return string(appendFold(nil, s))
}

// ascii tells whether s holds no byte above 127.
func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// appendLower appends an ASCII text in lower case.
func appendLower(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

// appendFold appends what Fold gives for s, of any script.
func appendFold(dst []byte, s string) []byte {
	start := len(dst)
	if norm.NFKC.QuickSpanString(s) != len(s) {
		s = norm.NFKC.String(s) // composes jamo and kana marks, writes out ﬁ, ², Ａ
	}
	dst, settled := appendFoldRunes(dst, s)
	// Dropping a mark can bring two runes together that compose. Each further round shortens the text or
	// leaves it, so that a few suffice; the bound is against the unforeseen.
	for round := 0; !settled && round < 8; round++ {
		again := string(dst[start:])
		composed := norm.NFKC.String(again)
		dst, settled = appendFoldRunes(dst[:start], composed)
		settled = settled || string(dst[start:]) == again
	}
	return dst
}

// appendFoldRunes folds rune by rune. settled tells that the answer surely folds to itself.
func appendFoldRunes(dst []byte, s string) (_ []byte, settled bool) {
	settled = true
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			dst = append(dst, c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		if r < tableEnd {
			folded := known[r]
			dst = append(dst, folded...)
			settled = settled && folded != ""
			continue
		}
		before := len(dst)
		dst = appendFoldRune(dst, r)
		if len(dst)-before != size || string(dst[before:]) != s[i-size:i] {
			settled = false
		}
	}
	return dst, settled
}

// tableEnd is the first rune after Latin, Greek, Cyrillic, Armenian and Hebrew, whose folding is looked up.
const tableEnd = 0x600

// known holds the folding of every rune below tableEnd. It is never written after its making.
var known = func() (t [tableEnd]string) {
	for r := range rune(tableEnd) {
		once := appendFoldRune(nil, r)
		var twice []byte // U+01C5 and its like need two steps
		for _, r := range string(norm.NFKC.Bytes(once)) {
			twice = appendFoldRune(twice, r)
		}
		t[r] = string(twice)
	}
	return t
}()

// appendFoldRune appends the folding of one rune: nothing for what is dropped, U+FFFD for an invalid byte.
func appendFoldRune(dst []byte, r rune) []byte {
	if s, ok := special(r); ok {
		return append(dst, s...)
	}
	if ignored(r) {
		return dst
	}
	var utf [utf8.UTFMax]byte
	p := norm.NFKD.Properties(utf[:utf8.EncodeRune(utf[:], r)])
	whole := p.Decomposition()
	if len(whole) == 0 {
		if accent(p.CCC()) || p.CCC() == kanaVoicing {
			return dst
		}
		return utf8.AppendRune(dst, unicode.ToLower(r))
	}
	bare := len(dst)
	stripped := false
	for len(whole) > 0 {
		d, size := utf8.DecodeRune(whole)
		if accent(norm.NFKD.Properties(whole).CCC()) {
			stripped = true
		} else if s, ok := special(d); ok {
			dst = append(dst, s...)
		} else {
			dst = utf8.AppendRune(dst, unicode.ToLower(d))
		}
		whole = whole[size:]
	}
	if !stripped { // nothing that people leave out when they type: が, 한, ো stay whole
		return utf8.AppendRune(dst[:bare], unicode.ToLower(r))
	}
	return dst
}

// kanaVoicing is the combining class of the marks that turn か into が.
const kanaVoicing = 8

// accent tells whether marks of a canonical combining class are accents, or vowel points of Hebrew, Arabic
// and Syriac, all of which people leave out when they type. Vowel signs of Indic scripts, Thai and Lao are
// letters in all but name and stay.
func accent(class uint8) bool {
	return class == 1 || 10 <= class && class <= 36 || class >= 200
}

// ignored tells whether a rune is invisible or decoration: soft hyphens, joiners, variation selectors,
// the Arabic stretching bar, enclosing circles. The zero width space is none of them: it parts words.
func ignored(r rune) bool {
	if r < 0xad {
		return false
	}
	const tatweel, zeroWidthSpace = 0x640, 0x200b
	return r == tatweel || r != zeroWidthSpace &&
		(unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Me, r) || unicode.Is(unicode.Variation_Selector, r))
}

// special gives the writing out of letters that Unicode does not decompose.
func special(r rune) (string, bool) {
	switch r {
	case 'œ', 'Œ':
		return "oe", true
	case 'æ', 'Æ':
		return "ae", true
	case 'ß', 'ẞ':
		return "ss", true
	case 'þ', 'Þ':
		return "th", true
	case 'ł', 'Ł':
		return "l", true
	case 'ø', 'Ø':
		return "o", true
	case 'đ', 'Đ', 'ð', 'Ð':
		return "d", true
	case 'ħ', 'Ħ':
		return "h", true
	case 'ŧ', 'Ŧ':
		return "t", true
	case 'ŋ', 'Ŋ':
		return "n", true
	case 'ı':
		return "i", true
	case 'ĸ':
		return "k", true
	case 'ς':
		return "σ", true
	}
	return "", false
}
