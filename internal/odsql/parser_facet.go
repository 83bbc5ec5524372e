package odsql

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ParseRefinement reads a value of refine or exclude, name:value; clause is the name of the parameter. The value
// is all that follows the colon, or a text in quotes. Errors are *Error.
func ParseRefinement(clause, text string) (Refinement, error) {
	if err := checkText(clause, text); err != nil {
		return Refinement{}, err
	}
	fail := func(at int, note string) (Refinement, error) {
		return Refinement{}, syntaxError(clause, text, runeAt(text, at), note)
	}
	name, colon, err := parseName(clause, text, ":")
	if err != nil {
		return Refinement{}, err
	}
	if colon == len(text) || text[colon] != ':' {
		return fail(colon, "expected : and a value behind the name")
	}
	value := strings.TrimSpace(text[colon+1:])
	if value == "" {
		return fail(len(text), "expected a value")
	}
	// A ' may also be the first letter of the value ('s-Hertogenbosch).
	if value[0] == '"' || value[0] == '\'' {
		unquoted, next, ok := unquote(value, 0)
		switch {
		case ok && next == len(value):
			value = unquoted
		case value[0] == '"' && !ok:
			return fail(len(text), `the closing " is missing`)
		case value[0] == '"':
			start := colon + 1 + strings.Index(text[colon+1:], `"`)
			return fail(start+next, `expected the end after the closing "; in the text, a " is written \"`)
		}
	}
	return Refinement{Name: name, Value: value}, nil
}

// parseName reads the name that a refinement or facet begins with, bare up to one of the stop characters or in
// back-quotes, and gives the offset of what follows it.
func parseName(clause, s, stops string) (name string, next int, err error) {
	start := len(s) - len(strings.TrimLeftFunc(s, unicode.IsSpace))
	if start < len(s) && s[start] == '`' {
		name, next, ok := unquote(s, start)
		if !ok {
			return "", 0, syntaxError(clause, s, runeAt(s, len(s)), "the closing ` is missing")
		}
		if name == "" {
			return "", 0, syntaxError(clause, s, Span{start, next}, "expected a name")
		}
		return name, len(s) - len(strings.TrimLeftFunc(s[next:], unicode.IsSpace)), nil
	}
	next = len(s)
	if i := strings.IndexAny(s[start:], stops); i >= 0 {
		next = start + i
	}
	name = strings.TrimSpace(s[start:next])
	if name == "" {
		return "", 0, syntaxError(clause, s, runeAt(s, start), "expected a name")
	}
	for i, r := range name { // the name begins at start, since blanks in front are behind us
		if !isWordRune(r) && r != '.' && r != '-' {
			return "", 0, syntaxError(clause, s, runeAt(s, start+i), "a name with such a character stands in back-quotes")
		}
	}
	return name, next, nil
}

// runeAt is the span of the character at an offset, empty at the end.
func runeAt(s string, at int) Span {
	_, size := utf8.DecodeRuneInString(s[at:])
	return Span{at, at + size}
}

// ParseFacet reads a value of facet: a name, or facet(name="f", disjunctive=true, …). Errors are *Error.
func ParseFacet(text string) (Facet, error) {
	p, err := newParser("facet", text)
	if err != nil {
		return Facet{}, err
	}
	if p.peek().isWord("facet") && p.after(1).is("(") {
		return p.facet()
	}
	name, next, err := parseName("facet", text, ",")
	if err == nil && next < len(text) {
		err = syntaxError("facet", text, runeAt(text, next), "expected the end; facets of several fields are several parameters")
	}
	if err != nil {
		return Facet{}, err
	}
	return Facet{Name: name}, nil
}

func (p *parser) facet() (Facet, error) {
	p.pos += 2
	var f Facet
	seen := map[string]bool{}
	for {
		t := p.take()
		if t.kind != word {
			return f, p.unexpected(t, `name="…" or another parameter of facet()`)
		}
		if seen[t.key] {
			return f, p.wrong(t, "it is given twice")
		}
		seen[t.key] = true
		if err := p.need("=", "= after the name of a parameter"); err != nil {
			return f, err
		}
		if err := p.facetParameter(&f, t); err != nil {
			return f, err
		}
		if !p.skip(",") {
			break
		}
	}
	if err := p.need(")", "a comma or )"); err != nil {
		return f, err
	}
	if t := p.peek(); t.kind != end {
		return f, p.unexpected(t, "the end")
	}
	if f.Name == "" {
		return f, p.malformed(`facet() needs the name of a field: facet(name="…")`)
	}
	return f, nil
}

func (p *parser) facetParameter(f *Facet, name token) (err error) {
	switch name.key {
	case "name":
		f.Name, err = p.facetText()
	case "separator":
		f.Separator, err = p.facetText()
	case "disjunctive":
		f.Disjunctive, err = p.facetBool()
	case "hierarchical":
		f.Hierarchical, err = p.facetBool()
	case "sort":
		f.Sort, err = p.facetSort()
	case "limit":
		f.Limit, err = p.facetLimit()
	default:
		err = p.wrong(name, "expected name, disjunctive, hierarchical, separator, sort or limit")
	}
	return err
}

// facetText reads a text in quotes, or a name.
func (p *parser) facetText() (string, error) {
	t := p.take()
	switch t.kind {
	case text, quoted, word:
		return t.text, nil
	}
	return "", p.unexpected(t, "a text in quotes")
}

func (p *parser) facetBool() (*bool, error) {
	t := p.take()
	if !t.isWord("true") && !t.isWord("false") {
		return nil, p.unexpected(t, "true or false")
	}
	yes := t.key == "true"
	return &yes, nil
}

func (p *parser) facetSort() (string, error) {
	sign := ""
	if p.skip("-") {
		sign = "-"
	}
	s, err := p.facetText()
	if err != nil {
		return "", err
	}
	s = sign + strings.ToLower(s)
	switch s {
	case "count", "-count", "alphanum", "-alphanum", "num", "-num":
		return s, nil
	}
	return "", p.malformed("unknown sort %s of a facet: it is one of count, -count, alphanum, -alphanum, num, -num", crop(s, 0))
}

func (p *parser) facetLimit() (int, error) {
	t := p.peek()
	n, err := strconv.Atoi(t.text)
	if t.kind != number || err != nil || n < 1 {
		return 0, p.unexpected(t, "a whole number from 1 on")
	}
	p.take()
	return n, nil
}
