package odsql

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type kind uint8

const (
	end     kind = iota
	word         // a name or keyword without quotes; dotted names are one word
	quoted       // `…`
	text         // '…' or "…"
	number       // 12, 5.8, .5, 1e6
	symbol       // ( ) [ ] , : = != <> < > <= >= + - * / ..
	illegal      // what no query may hold; hint says why
)

// token is a word of a clause. Start and End are byte offsets in the clause.
type token struct {
	kind kind
	Span
	text string // word, number, symbol: as typed; quoted and text: without quotes and escapes
	key  string // word: in lower case
	hint string // illegal: what is wrong, or what to write instead
}

// lex cuts a clause into tokens, the last of which is an end. An illegal token stops the cutting, so that the
// parser meets mistakes in the order of the text.
func lex(s string) []token { return tokens(lexer{s: s}) }

func tokens(l lexer) []token {
	out := make([]token, 0, len(l.s)/4+2)
	for {
		t := l.next()
		out = append(out, t)
		switch t.kind {
		case end:
			return out
		case illegal:
			return append(out, token{kind: end, Span: Span{len(l.s), len(l.s)}})
		}
	}
}

type lexer struct {
	s     string
	pos   int
	attrs bool // #attr is a word: in row filters alone
}

func (l *lexer) next() token {
	l.blanks()
	start := l.pos
	if start == len(l.s) {
		return token{kind: end, Span: Span{start, start}}
	}
	switch c := l.s[start]; {
	case c == '\'' || c == '"':
		value, next, ok := unquote(l.s, start)
		if !ok {
			return l.illegal(start, len(l.s), "the closing "+string(c)+" is missing")
		}
		return l.token(text, next, value)
	case c == '`':
		value, next, ok := unquote(l.s, start)
		if !ok {
			return l.illegal(start, len(l.s), "the closing ` is missing")
		}
		if value == "" {
			return l.illegal(start, next, "a name has at least one letter")
		}
		return l.token(quoted, next, value)
	case isDigit(c) || c == '.' && isDigit(l.byte(start+1)):
		return l.number(start)
	}
	if stop := l.wordEnd(start); stop > start {
		return l.word(stop)
	}
	if stop := start + len(attrWord); l.attrs && stop <= len(l.s) && strings.EqualFold(l.s[start:stop], attrWord) && l.wordEnd(stop) == stop {
		t := l.token(word, stop, l.s[start:stop])
		t.key = attrWord
		return t
	}
	return l.symbol(start)
}

// attrWord is the function that asks for an attribute of a person.
const attrWord = "#attr"

// token gives the token from l.pos to stop and goes on behind it.
func (l *lexer) token(k kind, stop int, s string) token {
	t := token{kind: k, Span: Span{l.pos, stop}, text: s}
	l.pos = stop
	return t
}

func (l *lexer) illegal(start, stop int, hint string) token {
	l.pos = stop
	return token{kind: illegal, Span: Span{start, stop}, text: l.s[start:stop], hint: hint}
}

func (l *lexer) blanks() {
	for l.pos < len(l.s) {
		r, size := utf8.DecodeRuneInString(l.s[l.pos:])
		if !unicode.IsSpace(r) {
			return
		}
		l.pos += size
	}
}

// byte gives the byte at i, or 0 behind the end.
func (l *lexer) byte(i int) byte {
	if i < len(l.s) {
		return l.s[i]
	}
	return 0
}

// wordEnd gives the end of the letters, digits and underscores from i on.
func (l *lexer) wordEnd(i int) int {
	for i < len(l.s) {
		r, size := utf8.DecodeRuneInString(l.s[i:])
		if !isWordRune(r) {
			break
		}
		i += size
	}
	return i
}

// word takes a name whose first part ends at stop, with the parts behind its dots: default.title. Two dots are
// those of a range.
func (l *lexer) word(stop int) token {
	for l.byte(stop) == '.' {
		next := l.wordEnd(stop + 1)
		if next == stop+1 {
			break
		}
		stop = next
	}
	t := l.token(word, stop, l.s[l.pos:stop])
	t.key = strings.ToLower(t.text)
	return t
}

// number takes a number. Digits that run into letters are a name (2020_total), unless the letters are a unit
// (10km): then they are a number with a unit glued to it.
func (l *lexer) number(start int) token {
	whole := l.digits(start)
	if whole-start == 4 && l.dashedDate(whole) {
		date := l.s[start : whole+6]
		return l.illegal(start, whole+6, "a date is written date'"+date+"'")
	}
	stop := whole
	if l.byte(whole) == '.' && isDigit(l.byte(whole+1)) {
		stop = l.digits(whole + 1)
	}
	if e := l.byte(stop); e == 'e' || e == 'E' {
		i := stop + 1
		if sign := l.byte(i); sign == '+' || sign == '-' {
			i++
		}
		if last := l.digits(i); last > i && l.wordEnd(last) == last {
			stop = last
		}
	}
	if tail := l.wordEnd(stop); stop == whole && tail > whole && !isUnit(l.s[whole:tail]) {
		return l.word(tail)
	}
	if stop-start > maxNumber {
		return l.illegal(start, stop, "a number has at most 100 characters")
	}
	return l.token(number, stop, l.s[start:stop])
}

func (l *lexer) digits(i int) int {
	for isDigit(l.byte(i)) {
		i++
	}
	return i
}

// dashedDate says whether -01-31 stands at i: a date that lost its quotes, which would else be a subtraction.
func (l *lexer) dashedDate(i int) bool {
	return l.byte(i) == '-' && l.digits(i+1) == i+3 && l.byte(i+3) == '-' && l.digits(i+4) == i+6
}

func (l *lexer) symbol(start int) token {
	if start+2 <= len(l.s) {
		switch l.s[start : start+2] {
		case "!=", "<>", "<=", ">=", "..":
			return l.token(symbol, start+2, l.s[start:start+2])
		case "--":
			return l.illegal(start, start+2, "comments are not part of ODSQL; between two minus signs stands a blank")
		}
	}
	if strings.IndexByte("()[],:=<>+-*/", l.s[start]) >= 0 {
		return l.token(symbol, start+1, l.s[start:start+1])
	}
	_, size := utf8.DecodeRuneInString(l.s[start:])
	return l.illegal(start, start+size, "a name with such a character stands in back-quotes, a text in quotes")
}

// unquote reads the quoted text that begins at start: its value, and the offset behind the closing quote. A
// backslash takes the special sense from a quote of any kind and from a backslash; before anything else it stands
// for itself.
func unquote(s string, start int) (value string, next int, ok bool) {
	quote := s[start]
	var b strings.Builder
	from := start + 1
	for i := from; i < len(s); i++ {
		switch s[i] {
		case quote:
			if b.Len() == 0 {
				return s[from:i], i + 1, true
			}
			b.WriteString(s[from:i])
			return b.String(), i + 1, true
		case '\\':
			if i+1 < len(s) && strings.IndexByte("'\"`\\", s[i+1]) >= 0 {
				b.WriteString(s[from:i])
				from = i + 1
				i++
			}
		}
	}
	return "", len(s), false
}

// quote writes s between two quotes, so that unquote gives s again.
func quote(b *strings.Builder, mark byte, s string) {
	b.WriteByte(mark)
	for i := 0; i < len(s); i++ {
		if s[i] == mark || s[i] == '\\' {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	b.WriteByte(mark)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWordRune(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}
