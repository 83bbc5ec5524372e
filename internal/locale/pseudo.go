package locale

import "strings"

// accents gives letters that look like those of English but are none of them, so that a text that was translated is
// told from one that was not.
var accents = strings.NewReplacer(
	"a", "á", "b", "ƀ", "c", "ç", "d", "ð", "e", "é", "f", "ƒ", "g", "ĝ", "h", "ĥ", "i", "î", "j", "ĵ", "k", "ķ", "l", "ļ", "m", "ɱ",
	"n", "ñ", "o", "ö", "p", "þ", "q", "ǫ", "r", "ŕ", "s", "š", "t", "ţ", "u", "û", "v", "ṽ", "w", "ŵ", "x", "ẋ", "y", "ý", "z", "ž",
	"A", "Å", "B", "Ɓ", "C", "Ç", "D", "Ð", "E", "É", "F", "Ƒ", "G", "Ĝ", "H", "Ĥ", "I", "Î", "J", "Ĵ", "K", "Ķ", "L", "Ļ", "M", "Ṁ",
	"N", "Ñ", "O", "Ö", "P", "Þ", "Q", "Ǫ", "R", "Ŕ", "S", "Š", "T", "Ţ", "U", "Û", "V", "Ṽ", "W", "Ŵ", "X", "Ẋ", "Y", "Ý", "Z", "Ž",
)

// pseudoText makes a message of the pseudo-language: accents outside of places, 40 % more length, brackets around.
func pseudoText(text string) string {
	var out strings.Builder
	out.WriteString("⟦")
	rest := text
	for {
		before, after, open := strings.Cut(rest, "{")
		out.WriteString(accents.Replace(before))
		if !open {
			break
		}
		place, tail, closed := strings.Cut(after, "}")
		if !closed {
			out.WriteString("{" + after)
			break
		}
		out.WriteString("{" + place + "}")
		rest = tail
	}
	for range (len([]rune(text))*2 + 4) / 5 {
		out.WriteString("·")
	}
	out.WriteString("⟧")
	return out.String()
}
