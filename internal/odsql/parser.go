package odsql

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The bounds of a clause. They keep the time and the stack of a parse, and the height of the tree that the later
// stages descend, small whatever is sent.
const (
	maxText   = 100_000 // bytes of a clause
	maxDepth  = 200     // levels of brackets, calls and signs; the height of the tree
	maxList   = 5_000   // items of a list, terms of an AND or OR
	maxNumber = 100     // characters of a number
)

// parser reads one clause by recursive descent.
type parser struct {
	clause string
	s      string
	tokens []token
	pos    int
	depth  int // of the calls under way
	height int // of the expression parsed last
}

func newParser(clause, s string) (*parser, error) {
	if err := checkText(clause, s); err != nil {
		return nil, err
	}
	return &parser{clause: clause, s: s, tokens: lex(s)}, nil
}

// checkText refuses what is no text at all, or too long.
func checkText(clause, s string) error {
	fail := func(message string) error {
		return &Error{Syntax: true, Clauses: []string{clause}, Message: message}
	}
	switch {
	case len(s) > maxText:
		return fail(fmt.Sprintf("the clause has %d bytes, at most %d are taken", len(s), maxText))
	case !utf8.ValidString(s):
		return fail("the clause is not in UTF-8")
	case strings.IndexByte(s, 0) >= 0:
		return fail("the clause holds a character U+0000")
	}
	return nil
}

func (p *parser) peek() token { return p.tokens[p.pos] }

// after gives the token n places behind the next one.
func (p *parser) after(n int) token { return p.tokens[min(p.pos+n, len(p.tokens)-1)] }

// take gives the next token and goes behind it; the end is never passed.
func (p *parser) take() token {
	t := p.tokens[p.pos]
	if t.kind != end {
		p.pos++
	}
	return t
}

// last gives the offset behind the token taken last.
func (p *parser) last() int {
	if p.pos == 0 {
		return 0
	}
	return p.tokens[p.pos-1].End
}

func (t token) is(s string) bool { return t.kind == symbol && t.text == s }

func (t token) isWord(key string) bool { return t.kind == word && t.key == key }

// skip takes the next token if it is this symbol.
func (p *parser) skip(s string) bool {
	if p.peek().is(s) {
		p.pos++
		return true
	}
	return false
}

// skipWord takes the next token if it is this keyword.
func (p *parser) skipWord(key string) bool {
	if p.peek().isWord(key) {
		p.pos++
		return true
	}
	return false
}

func (p *parser) need(s, expected string) error {
	if !p.skip(s) {
		return p.unexpected(p.peek(), expected)
	}
	return nil
}

// down goes one level deeper; up comes back.
func (p *parser) down() error {
	p.depth++
	return p.limit(p.depth)
}

func (p *parser) up() { p.depth-- }

// raise notes that an expression of this height was made.
func (p *parser) raise(height int) error {
	p.height = height
	return p.limit(height)
}

func (p *parser) limit(levels int) error {
	if levels > maxDepth {
		return p.malformed("the expression is nested more than %d levels deep", maxDepth)
	}
	return nil
}

func (p *parser) room(items int) error {
	if items > maxList {
		return p.malformed("a list has more than %d items", maxList)
	}
	return nil
}

func (p *parser) malformed(format string, args ...any) error {
	return &Error{Clauses: []string{p.clause}, Message: fmt.Sprintf(format, args...)}
}

// unexpected is the error that t stands where it cannot; expected may be "".
func (p *parser) unexpected(t token, expected string) error {
	if expected != "" {
		expected = "expected " + expected
	}
	if t.kind == illegal {
		expected = t.hint
	}
	return p.wrong(t, expected)
}

// wrong is the syntax error at t, with a note that may be "".
func (p *parser) wrong(t token, note string) error {
	return syntaxError(p.clause, p.s, t.Span, note)
}

// syntaxError says what stands at a place where it cannot, in the form of the Explore API: "unexpected ( at
// position 5 in BOGUS(", and a note on it. Positions count characters from 0.
func syntaxError(clause, s string, at Span, note string) error {
	found := "end"
	if at.End > at.Start {
		found = crop(s[at.Start:at.End], 0)
	}
	position := utf8.RuneCountInString(s[:at.Start])
	message := fmt.Sprintf("unexpected %s at position %d in %s", found, position, crop(s, position))
	if note != "" {
		message += ", " + note
	}
	return &Error{Syntax: true, Clauses: []string{clause}, Message: message}
}

// crop gives at most 100 characters of s, those around a position.
func crop(s string, position int) string {
	const width = 100
	if utf8.RuneCountInString(s) <= width {
		return s
	}
	runes := []rune(s)
	from := max(0, min(position-width/2, len(runes)-width))
	part := string(runes[from : from+width])
	if from > 0 {
		part = "…" + part
	}
	if from+width < len(runes) {
		part += "…"
	}
	return part
}
