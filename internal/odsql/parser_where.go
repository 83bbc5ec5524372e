package odsql

// ParseWhere reads a where clause. A clause without a word is no condition: nil. Errors are *Error.
func ParseWhere(text string) (Expr, error) {
	p, err := newParser("where", text)
	if err != nil {
		return nil, err
	}
	return p.whole()
}

// ParseRowFilter reads the rule that says which rows of a dataset somebody is shown: a where clause that may ask
// for attributes of that person, as in #attr(field, attribute).
func ParseRowFilter(text string) (Expr, error) {
	if err := checkText("filter_query", text); err != nil {
		return nil, err
	}
	p := &parser{clause: "filter_query", s: text, tokens: tokens(lexer{s: text, attrs: true})}
	return p.whole()
}

// whole reads a condition up to the end of the clause; nil where there is none.
func (p *parser) whole() (Expr, error) {
	if p.peek().kind == end {
		return nil, nil
	}
	e, err := p.condition()
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != end {
		return nil, p.unexpected(t, "AND, OR or the end")
	}
	return e, nil
}

// condition is terms joined by OR, of terms joined by AND.
func (p *parser) condition() (Expr, error) { return p.logic(true) }

func (p *parser) logic(or bool) (Expr, error) {
	key, next := "and", p.negation
	if or {
		key, next = "or", func() (Expr, error) { return p.logic(false) }
	}
	start := p.peek().Start
	first, err := next()
	if err != nil || !p.peek().isWord(key) {
		return first, err
	}
	terms, height := []Expr{first}, p.height
	for p.skipWord(key) {
		term, err := next()
		if err != nil {
			return nil, err
		}
		terms = append(terms, term)
		height = max(height, p.height)
		if err := p.room(len(terms)); err != nil {
			return nil, err
		}
	}
	return &Logic{Span: Span{start, p.last()}, Or: or, Terms: terms}, p.raise(height + 1)
}

func (p *parser) negation() (Expr, error) {
	t := p.peek()
	if !p.skipWord("not") {
		return p.predicate()
	}
	if err := p.down(); err != nil {
		return nil, err
	}
	defer p.up()
	x, err := p.negation()
	if err != nil {
		return nil, err
	}
	return &Not{Span: Span{t.Start, p.last()}, X: x}, p.raise(p.height + 1)
}

// predicate is a value, alone or compared with others.
func (p *parser) predicate() (Expr, error) {
	start := p.peek().Start
	x, err := p.value()
	if err != nil {
		return nil, err
	}
	height := p.height
	e, err := p.comparison(x, start)
	if err != nil || e == x {
		return e, err
	}
	return e, p.raise(max(height, p.height) + 1)
}

// comparison reads what follows a value: nothing, or an operator with its other side.
func (p *parser) comparison(x Expr, start int) (Expr, error) {
	t := p.peek()
	if t.kind == symbol {
		return p.operator(x, start)
	}
	negated := t.isWord("not")
	if negated {
		p.take()
	}
	var e Expr
	var err error
	switch {
	case p.skipWord("in"):
		e, err = p.in(x, start)
	case p.skipWord("like"):
		e, err = p.like(x, start)
	case negated:
		return nil, p.unexpected(p.peek(), "IN or LIKE after NOT")
	case p.skipWord("is"):
		return p.is(x, start)
	default:
		return x, nil
	}
	if err != nil || !negated {
		return e, err
	}
	return &Not{Span: e.At(), X: e}, p.raise(p.height + 1)
}

func (p *parser) operator(x Expr, start int) (Expr, error) {
	op := p.peek().text
	switch op {
	case "=", ":", "!=", "<>", "<", ">", "<=", ">=":
	default:
		return x, nil
	}
	p.take()
	if t := p.peek(); op == ":" && (t.is("[") || t.is("]")) {
		return p.inRange(x, start)
	}
	r, err := p.value()
	if err != nil {
		return nil, err
	}
	switch op {
	case ":":
		op = "="
	case "<>":
		op = "!="
	}
	return &Compare{Span: Span{start, p.last()}, Op: op, L: x, R: r}, nil
}

// in reads what follows IN.
func (p *parser) in(x Expr, start int) (Expr, error) {
	switch t := p.peek(); {
	case t.is("["), t.is("]"):
		return p.inRange(x, start)
	case t.is("("):
		return p.inList(x, start)
	case t.kind == quoted, t.kind == word && !isReserved(t.key) && t.key != attrWord:
		field := p.name()
		p.height = 1
		return &In{Span: Span{start, p.last()}, X: x, Field: field}, nil
	default:
		return nil, p.unexpected(t, "a list in ( ), a range in [ ] or a field")
	}
}

func (p *parser) inList(x Expr, start int) (Expr, error) {
	if err := p.down(); err != nil {
		return nil, err
	}
	defer p.up()
	p.take()
	in := &In{X: x}
	height := 0
	for {
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		in.List = append(in.List, v)
		height = max(height, p.height)
		if err := p.room(len(in.List)); err != nil {
			return nil, err
		}
		if !p.skip(",") {
			break
		}
	}
	p.height = height
	if err := p.need(")", "a comma or )"); err != nil {
		return nil, err
	}
	in.Span = Span{start, p.last()}
	return in, nil
}

func (p *parser) inRange(x Expr, start int) (Expr, error) {
	r, err := p.interval()
	if err != nil {
		return nil, err
	}
	return &In{Span: Span{start, p.last()}, X: x, Range: r}, nil
}

// interval is [a..b], ]a TO b[ and so on: a bracket that opens outwards leaves its end out.
func (p *parser) interval() (*Range, error) {
	if err := p.down(); err != nil {
		return nil, err
	}
	defer p.up()
	first := p.take()
	r := &Range{LowOpen: first.is("]")}
	var err error
	if r.Low, err = p.bound(); err != nil {
		return nil, err
	}
	height := p.height
	if !p.skip("..") && !p.skipWord("to") {
		return nil, p.unexpected(p.peek(), "TO or ..")
	}
	if r.High, err = p.bound(); err != nil {
		return nil, err
	}
	if !p.peek().is("]") && !p.peek().is("[") {
		return nil, p.unexpected(p.peek(), "] or [")
	}
	r.HighOpen = p.take().is("[")
	r.Span = Span{first.Start, p.last()}
	return r, p.raise(max(height, p.height) + 1)
}

// bound is an end of a range: nil for *. Arithmetic in it needs brackets, so that dates without quotes
// (2022-03-12) are not read as subtractions.
func (p *parser) bound() (Expr, error) {
	if p.skip("*") {
		p.height = 0
		return nil, nil
	}
	return p.signed()
}

func (p *parser) like(x Expr, start int) (Expr, error) {
	t := p.take()
	if t.kind != text {
		return nil, p.unexpected(t, "a text in quotes after LIKE")
	}
	p.height = 1
	return &Like{Span: Span{start, t.End}, X: x, Pattern: String{Span: t.Span, Value: t.text}}, nil
}

func (p *parser) is(x Expr, start int) (Expr, error) {
	is := &Is{X: x, Not: p.skipWord("not")}
	t := p.take()
	switch {
	case t.isWord("null"):
		is.Value = &Null{t.Span}
	case t.isWord("true"), t.isWord("false"):
		is.Value = &Bool{t.Span, t.key == "true"}
	default:
		return nil, p.unexpected(t, "NULL, TRUE or FALSE after IS")
	}
	is.Span = Span{start, t.End}
	p.height = 1
	return is, nil
}
