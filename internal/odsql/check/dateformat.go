package check

import (
	"strings"

	"parvis/internal/odsql"
)

// dateFormat types date_format(d, 'pattern').
func (c *checker) dateFormat(x *odsql.Call, s scope) (Value, error) {
	if err := c.count(x, 2, 2); err != nil {
		return nil, err
	}
	v, err := c.dateArg(x, s)
	if err != nil {
		return nil, err
	}
	pattern, ok := x.Args[1].Value.(*odsql.String)
	if !ok {
		return nil, c.errorAt(x, "the pattern of date_format() is a text")
	}
	pieces, problem := parsePattern(pattern.Value)
	if problem != "" {
		return nil, c.errorAt(pattern, "the pattern of date_format(): %s,", problem)
	}
	return DateFormat{v, pieces}, nil
}

// symbols are those of date_format, by letter; repeated letters from the last on mean the last.
func symbols(letter byte) []string {
	switch letter {
	case 'y', 'Y': // Y is the year, not the week-year, as users mean it
		return []string{"yyyy", "yy", "yyyy", "yyyy"}
	case 'x':
		return []string{"xxxx", "xx", "xxxx", "xxxx"}
	case 'w':
		return []string{"w", "ww"}
	case 'e':
		return []string{"e"}
	case 'E':
		return []string{"E", "E", "E", "EEEE"}
	case 'D':
		return []string{"D", "DDD", "DDD"}
	case 'M':
		return []string{"M", "MM", "MMM", "MMMM"}
	case 'd':
		return []string{"d", "dd"}
	case 'H':
		return []string{"H", "HH"}
	case 'm':
		return []string{"m", "mm"}
	case 's':
		return []string{"s", "ss"}
	}
	return nil
}

// parsePattern cuts a pattern into pieces. Text in single quotes is literal and ” a quote, within them and outside;
// anything but letters stands for itself. A problem tells what is wrong with the pattern.
func parsePattern(pattern string) (pieces []Piece, problem string) {
	literal := func(s string) {
		if n := len(pieces); n > 0 && pieces[n-1].Symbol == "" {
			pieces[n-1].Text += s
		} else if s != "" {
			pieces = append(pieces, Piece{Text: s})
		}
	}
	for i := 0; i < len(pattern); {
		b := pattern[i]
		switch {
		case b == '\'':
			if strings.HasPrefix(pattern[i:], "''") {
				literal("'")
				i += 2
				continue
			}
			text, n, ok := quoted(pattern[i:])
			if !ok {
				return nil, "a quote is not closed"
			}
			literal(text)
			i += n
		case b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z':
			n := 1
			for i+n < len(pattern) && pattern[i+n] == b {
				n++
			}
			known := symbols(b)
			if known == nil {
				return nil, "the letter " + string(rune(b)) + " has no meaning (put text in single quotes)"
			}
			pieces = append(pieces, Piece{Symbol: known[min(n, len(known))-1]})
			i += n
		default:
			literal(pattern[i : i+1])
			i++
		}
	}
	return pieces, ""
}

// quoted reads a quoted text at the start of s and tells its length with the quotes.
func quoted(s string) (text string, n int, ok bool) {
	var out strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != '\'' {
			out.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == '\'' {
			out.WriteByte('\'')
			i++
			continue
		}
		return out.String(), i + 1, true
	}
	return "", 0, false
}
