package odsql

import "strings"

// ParseSelect reads a select clause. A clause without a word is *. Errors are *Error.
func ParseSelect(text string) ([]SelectItem, error) {
	if strings.TrimSpace(text) == "" {
		return []SelectItem{{Star: true, Text: "*"}}, nil
	}
	return parseList("select", text, (*parser).selectItem)
}

// ParseGroupBy reads a group_by clause: nil when it is empty. Errors are *Error.
func ParseGroupBy(text string) ([]GroupItem, error) {
	return parseList("group_by", text, (*parser).groupItem)
}

// ParseOrderBy reads an order_by clause: nil when it is empty. Errors are *Error.
func ParseOrderBy(text string) ([]OrderItem, error) {
	return parseList("order_by", text, (*parser).orderItem)
}

// parseList reads items between commas.
func parseList[T any](clause, text string, item func(*parser) (T, error)) ([]T, error) {
	p, err := newParser(clause, text)
	if err != nil || p.peek().kind == end {
		return nil, err
	}
	var items []T
	for {
		it, err := item(p)
		if err != nil {
			return nil, err
		}
		items = append(items, it)
		if err := p.room(len(items)); err != nil {
			return nil, err
		}
		if p.peek().kind == end {
			return items, nil
		}
		if err := p.need(",", "a comma or the end"); err != nil {
			return nil, err
		}
	}
}

func (p *parser) selectItem() (SelectItem, error) {
	t := p.peek()
	var item SelectItem
	var err error
	switch {
	case t.is("*"):
		p.take()
		item.Star = true
	case t.isWord("include") && p.after(1).is("("):
		item.Include, err = p.pattern()
	case t.isWord("exclude") && p.after(1).is("("):
		item.Exclude, err = p.pattern()
	default:
		item.X, item.Alias, item.Text, err = p.labelled()
	}
	if item.X == nil {
		item.Text = p.s[t.Start:max(t.Start, p.last())]
	}
	item.Span = Span{t.Start, max(t.Start, p.last())}
	return item, err
}

func (p *parser) groupItem() (item GroupItem, err error) {
	start := p.peek().Start
	item.X, item.Alias, item.Text, err = p.labelled()
	item.Span = Span{start, max(start, p.last())}
	return item, err
}

// labelled is a value with the alias that may follow it; text is the value as typed.
func (p *parser) labelled() (x Expr, alias, text string, err error) {
	start := p.peek().Start
	if x, err = p.value(); err != nil {
		return nil, "", "", err
	}
	text = p.s[start:p.last()]
	if !p.skipWord("as") {
		return x, "", text, nil
	}
	t := p.take()
	if t.kind != word && t.kind != quoted {
		return nil, "", "", p.unexpected(t, "a name after AS")
	}
	return x, t.text, text, nil
}

// pattern reads include(p) or exclude(p): a name, a star behind its beginning, or a star alone.
func (p *parser) pattern() (string, error) {
	p.pos += 2
	t := p.take()
	pattern := t.text
	switch {
	case t.kind == word, t.kind == quoted, t.kind == number, t.is("*"):
	default:
		return "", p.unexpected(t, "a name, or the beginning of names and a *")
	}
	if !t.is("*") && p.skip("*") {
		pattern += "*"
	}
	return pattern, p.need(")", "* or )")
}

func (p *parser) orderItem() (OrderItem, error) {
	first := p.peek()
	x, err := p.value()
	if err != nil {
		return OrderItem{}, err
	}
	item := OrderItem{X: x}
	if n, ok := x.(*Negative); ok && first.is("-") {
		item.X, item.Desc = n.X, true
	}
	switch t := p.peek(); {
	case !t.isWord("asc") && !t.isWord("desc"):
	case item.Desc:
		return OrderItem{}, p.wrong(t, "the - before the expression says already that it is descending")
	default:
		p.take()
		item.Desc = t.key == "desc"
	}
	item.Span = Span{first.Start, p.last()}
	return item, nil
}
