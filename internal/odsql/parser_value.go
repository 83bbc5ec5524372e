package odsql

// value is a sum of products.
func (p *parser) value() (Expr, error) {
	return p.chain("+", "-", func() (Expr, error) { return p.chain("*", "/", p.signed) })
}

// chain is operands joined by one of two operators, which bind to the left.
func (p *parser) chain(op1, op2 string, operand func() (Expr, error)) (Expr, error) {
	start := p.peek().Start
	l, err := operand()
	if err != nil {
		return nil, err
	}
	for p.peek().is(op1) || p.peek().is(op2) {
		op := p.take().text[0]
		height := p.height
		r, err := operand()
		if err != nil {
			return nil, err
		}
		l = &Arithmetic{Span: Span{start, p.last()}, Op: op, L: l, R: r}
		if err := p.raise(max(height, p.height) + 1); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// signed is a value with or without signs. The sign of a number becomes part of it.
func (p *parser) signed() (Expr, error) {
	t := p.peek()
	if !t.is("-") && !t.is("+") {
		return p.primary()
	}
	p.take()
	if p.peek().kind == number {
		sign := ""
		if t.is("-") {
			sign = "-"
		}
		return p.number(t.Start, sign)
	}
	if err := p.down(); err != nil {
		return nil, err
	}
	defer p.up()
	x, err := p.signed()
	if err != nil || t.is("+") {
		return x, err
	}
	return &Negative{Span: Span{t.Start, p.last()}, X: x}, p.raise(p.height + 1)
}

// primary is a literal, a name, a call or anything in brackets.
func (p *parser) primary() (Expr, error) {
	t := p.peek()
	p.height = 1
	switch {
	case t.is("("):
		return p.bracketed()
	case t.kind == number:
		return p.number(t.Start, "")
	case t.kind == text:
		p.take()
		return &String{t.Span, t.text}, nil
	case t.kind == quoted:
		return p.name(), nil
	case t.kind == word:
		return p.word()
	}
	return nil, p.unexpected(t, "a value")
}

func (p *parser) bracketed() (Expr, error) {
	if err := p.down(); err != nil {
		return nil, err
	}
	defer p.up()
	p.take()
	e, err := p.condition()
	if err != nil {
		return nil, err
	}
	return e, p.need(")", ")")
}

// number reads a number, with the unit that may follow it.
func (p *parser) number(start int, sign string) (Expr, error) {
	p.height = 1
	t := p.take()
	unit := p.peek()
	switch {
	case unit.kind == word && isUnit(unit.text):
		p.take()
		return &Quantity{Span{start, unit.End}, sign + t.text, unit.text}, nil
	case unit.kind == word && unit.Start == t.End:
		return nil, p.wrong(unit, "unknown unit "+unit.text)
	}
	return &Number{Span{start, t.End}, sign + t.text}, nil
}

// word reads what begins with a bare word: date'…', geom'…', a constant, a call or a name.
func (p *parser) word() (Expr, error) {
	t := p.peek()
	switch next := p.after(1); {
	case next.kind == text && t.key == "date":
		p.pos += 2
		return &Date{Span{t.Start, next.End}, next.text}, nil
	case next.kind == text && (t.key == "geom" || t.key == "geometry"):
		p.pos += 2
		return &Geometry{Span{t.Start, next.End}, next.text}, nil
	case t.key == "true" || t.key == "false":
		p.take()
		return &Bool{t.Span, t.key == "true"}, nil
	case t.key == "null":
		p.take()
		return &Null{t.Span}, nil
	case isReserved(t.key):
		return nil, p.unexpected(t, "a value; a field of that name stands in back-quotes")
	case t.key == attrWord:
		return p.attr()
	case next.is("("):
		return p.call()
	}
	return p.name(), nil
}

// attr reads #attr(field, attribute); the attribute may stand in quotes of any kind.
func (p *parser) attr() (Expr, error) {
	start := p.take().Start
	if err := p.need("(", "( after #attr"); err != nil {
		return nil, err
	}
	a := &Attr{}
	t := p.peek()
	if t.kind != quoted && (t.kind != word || isReserved(t.key) || t.key == attrWord) {
		return nil, p.unexpected(t, "the name of a field")
	}
	a.Field = p.name()
	if err := p.need(",", "a comma"); err != nil {
		return nil, err
	}
	t = p.peek()
	if t.kind != quoted && t.kind != text && (t.kind != word || isReserved(t.key) || t.key == attrWord) || t.text == "" {
		return nil, p.unexpected(t, "the name of an attribute")
	}
	a.Attribute = p.take().text
	if err := p.need(")", ")"); err != nil {
		return nil, err
	}
	a.Span = Span{start, p.last()}
	return a, p.raise(2)
}

// name takes a name; the caller has seen that one stands there.
func (p *parser) name() *Name {
	t := p.take()
	return &Name{Span: t.Span, Text: t.text, Quoted: t.kind == quoted}
}

func (p *parser) call() (Expr, error) {
	t := p.take()
	if !isFunction(t.key) {
		if p.clause != "where" {
			return nil, p.malformed("unknown function %s()", crop(t.text, 0))
		}
		return nil, p.wrong(p.peek(), "unknown function "+crop(t.text, 0))
	}
	if err := p.down(); err != nil {
		return nil, err
	}
	defer p.up()
	p.take()
	c := &Call{Name: t.key}
	if c.Name == "count" && p.peek().isWord("distinct") && (startsValue(p.after(1)) || p.after(1).is("*") && p.after(2).is(")")) {
		p.take()
		c.Distinct = true
	}
	height := 0
	for !(len(c.Args) == 0 && p.peek().is(")")) {
		args, err := p.arguments(c.Name)
		if err != nil {
			return nil, err
		}
		c.Args = append(c.Args, args...)
		height = max(height, p.height)
		if err := p.room(len(c.Args)); err != nil {
			return nil, err
		}
		if !p.skip(",") {
			break
		}
	}
	if err := p.need(")", "a comma or )"); err != nil {
		return nil, err
	}
	c.Span = Span{t.Start, p.last()}
	return c, p.raise(height + 1)
}

// startsValue tells count(distinct f) from count(distinct) and count(distinct * 2), of a field of that name.
func startsValue(t token) bool {
	return t.kind == word || t.kind == quoted || t.kind == text || t.kind == number || t.is("(")
}

// arguments reads what stands between two commas of a call: one argument, but for the old bounds of range.
func (p *parser) arguments(function string) ([]Arg, error) {
	t, next := p.peek(), p.after(1)
	switch {
	case t.is("*"):
		p.take()
		p.height = 1
		return []Arg{{Value: &Star{t.Span}}}, nil
	case function == "range" && (t.is("[") || t.is("]")):
		return p.oldBounds()
	case function == "now" && t.kind == word && next.is("=") && !isDigit(t.text[0]): // the one function with named arguments
		p.pos += 2
		v, err := p.value()
		return []Arg{{Name: t.key, Value: v}}, err
	}
	v, err := p.value()
	if c, ok := v.(*Call); ok && function == "range" && c.Name == "equi" && len(c.Args) == 1 {
		return c.Args, err // range(f, equi(10)) is range(f, 10)
	}
	return []Arg{{Value: v}}, err
}

// oldBounds reads the bounds of range() as API v2.0 wrote them: [10, 50] is 10, 50; a bracket that opens outwards
// is an open end, so that ]10, 50[ is *, 10, 50, *.
func (p *parser) oldBounds() ([]Arg, error) {
	var args []Arg
	height := 1
	if t := p.take(); t.is("]") {
		args = append(args, Arg{Value: &Star{t.Span}})
	}
	for {
		if t := p.peek(); t.is("*") {
			p.take()
			args = append(args, Arg{Value: &Star{t.Span}})
		} else {
			v, err := p.value()
			if err != nil {
				return nil, err
			}
			args = append(args, Arg{Value: v})
			height = max(height, p.height)
		}
		if err := p.room(len(args)); err != nil {
			return nil, err
		}
		if !p.skip(",") {
			break
		}
	}
	t := p.take()
	switch {
	case t.is("["):
		args = append(args, Arg{Value: &Star{t.Span}})
	case !t.is("]"):
		return nil, p.unexpected(t, "a comma, ] or [")
	}
	p.height = height
	return args, nil
}
