package odsql

import (
	"strconv"
	"strings"
)

// How tightly the parts of an expression bind: a part that binds less than its place asks for stands in brackets.
const (
	bindLogic = iota
	bindNot
	bindPredicate
	bindSum
	bindProduct
	bindSign
	bindPrimary
)

// Print writes an expression so that parsing it gives the same tree, up to spans. A nil e is "".
func Print(e Expr) string {
	var b strings.Builder
	if e != nil {
		write(&b, e, bindLogic)
	}
	return b.String()
}

// PrintSelect writes a select clause. Items are spelled anew, so that the Text of an item without alias may
// change.
func PrintSelect(items []SelectItem) string {
	return printList(items, func(b *strings.Builder, item SelectItem) {
		switch {
		case item.Star:
			b.WriteByte('*')
		case item.Include != "":
			writePattern(b, "include", item.Include)
		case item.Exclude != "":
			writePattern(b, "exclude", item.Exclude)
		default:
			writeLabelled(b, item.X, item.Alias)
		}
	})
}

// PrintGroupBy writes a group_by clause, with the same note on Text as PrintSelect.
func PrintGroupBy(items []GroupItem) string {
	return printList(items, func(b *strings.Builder, item GroupItem) { writeLabelled(b, item.X, item.Alias) })
}

// PrintOrderBy writes an order_by clause.
func PrintOrderBy(items []OrderItem) string {
	return printList(items, func(b *strings.Builder, item OrderItem) {
		least := bindSum
		if _, ok := item.X.(*Negative); ok {
			least = bindPrimary // -x would be read as x DESC
		}
		write(b, item.X, least)
		if item.Desc {
			b.WriteString(" DESC")
		}
	})
}

// PrintRefinement writes a value of refine or exclude.
func PrintRefinement(r Refinement) string {
	var b strings.Builder
	quote(&b, '`', r.Name)
	b.WriteByte(':')
	quote(&b, '"', r.Value)
	return b.String()
}

// PrintFacet writes a value of facet.
func PrintFacet(f Facet) string {
	var b strings.Builder
	if f == (Facet{Name: f.Name}) {
		quote(&b, '`', f.Name)
		return b.String()
	}
	parameter := func(name, value string) {
		b.WriteString(", ")
		b.WriteString(name)
		b.WriteByte('=')
		quote(&b, '"', value)
	}
	b.WriteString("facet(name=")
	quote(&b, '"', f.Name)
	if f.Disjunctive != nil {
		b.WriteString(", disjunctive=" + strconv.FormatBool(*f.Disjunctive))
	}
	if f.Hierarchical != nil {
		b.WriteString(", hierarchical=" + strconv.FormatBool(*f.Hierarchical))
	}
	if f.Separator != "" {
		parameter("separator", f.Separator)
	}
	if f.Sort != "" {
		parameter("sort", f.Sort)
	}
	if f.Limit != 0 {
		b.WriteString(", limit=" + strconv.Itoa(f.Limit))
	}
	b.WriteByte(')')
	return b.String()
}

func printList[T any](items []T, write func(*strings.Builder, T)) string {
	var b strings.Builder
	for i, item := range items {
		if i > 0 {
			b.WriteString(", ")
		}
		write(&b, item)
	}
	return b.String()
}

func writeLabelled(b *strings.Builder, x Expr, alias string) {
	write(b, x, bindSum)
	if alias != "" {
		b.WriteString(" AS ")
		writeName(b, alias, !isPlain(alias))
	}
}

func writePattern(b *strings.Builder, function, pattern string) {
	b.WriteString(function + "(")
	name, more := strings.CutSuffix(pattern, "*")
	if name != "" {
		writeName(b, name, !isPlain(name))
	}
	if more {
		b.WriteByte('*')
	}
	b.WriteByte(')')
}

func writeName(b *strings.Builder, name string, quoted bool) {
	if quoted {
		quote(b, '`', name)
	} else {
		b.WriteString(name)
	}
}

// isPlain says whether a name can be read without back-quotes.
func isPlain(name string) bool {
	t := lex(name)[0]
	return t.kind == word && t.text == name && !isReserved(t.key)
}

// binding says how tightly the outermost part of e binds.
func binding(e Expr) int {
	switch e := e.(type) {
	case *Logic:
		return bindLogic
	case *Not:
		return bindNot
	case *Compare, *In, *Like, *Is:
		return bindPredicate
	case *Arithmetic:
		if e.Op == '+' || e.Op == '-' {
			return bindSum
		}
		return bindProduct
	case *Negative:
		return bindSign
	}
	return bindPrimary
}

// write writes e, in brackets if it binds less than least.
func write(b *strings.Builder, e Expr, least int) {
	if binding(e) < least {
		b.WriteByte('(')
		defer b.WriteByte(')')
	}
	switch e := e.(type) {
	case *Name:
		writeName(b, e.Text, e.Quoted || !isPlain(e.Text))
	case *String:
		quote(b, '"', e.Value)
	case *Number:
		b.WriteString(e.Text)
	case *Quantity:
		b.WriteString(e.Number + " " + e.Unit)
	case *Date:
		b.WriteString("date")
		quote(b, '\'', e.Text)
	case *Geometry:
		b.WriteString("geom")
		quote(b, '\'', e.Text)
	case *Bool:
		b.WriteString(strings.ToUpper(strconv.FormatBool(e.Value)))
	case *Null:
		b.WriteString("NULL")
	case *Star:
		b.WriteByte('*')
	case *Negative:
		b.WriteByte('-')
		writeApart(b, e.X)
	case *Arithmetic:
		own := binding(e)
		write(b, e.L, own)
		b.WriteString(" " + string(e.Op) + " ")
		write(b, e.R, own+1)
	case *Call:
		writeCall(b, e)
	case *Attr:
		b.WriteString(attrWord + "(")
		write(b, e.Field, bindPrimary)
		b.WriteString(", ")
		writeName(b, e.Attribute, !isPlain(e.Attribute))
		b.WriteByte(')')
	case *Range:
		writeRange(b, e)
	case *Not:
		b.WriteString("NOT ")
		write(b, e.X, bindNot)
	default:
		writePredicate(b, e)
	}
}

// writeApart writes e so that it begins with no sign: -(1) is not the number -1, and distinct -x is a subtraction.
func writeApart(b *strings.Builder, e Expr) {
	switch e.(type) {
	case *Number, *Quantity:
		b.WriteByte('(')
		write(b, e, bindPrimary)
		b.WriteByte(')')
	default:
		write(b, e, bindPrimary)
	}
}

func writeCall(b *strings.Builder, e *Call) {
	b.WriteString(e.Name)
	b.WriteByte('(')
	for i, a := range e.Args {
		if i > 0 {
			b.WriteString(", ")
		}
		if a.Name != "" {
			b.WriteString(a.Name + "=")
		}
		if e.Distinct && i == 0 {
			b.WriteString("DISTINCT ")
			writeApart(b, a.Value)
			continue
		}
		write(b, a.Value, bindSum)
	}
	b.WriteByte(')')
}

func writeRange(b *strings.Builder, e *Range) {
	bound := func(x Expr) {
		if x == nil {
			b.WriteByte('*')
		} else {
			write(b, x, bindSign)
		}
	}
	low, high := byte('['), byte(']')
	if e.LowOpen {
		low = ']'
	}
	if e.HighOpen {
		high = '['
	}
	b.WriteByte(low)
	bound(e.Low)
	b.WriteString(" TO ")
	bound(e.High)
	b.WriteByte(high)
}

func writePredicate(b *strings.Builder, e Expr) {
	switch e := e.(type) {
	case *Logic:
		joint := " AND "
		if e.Or {
			joint = " OR "
		}
		for i, t := range e.Terms {
			if i > 0 {
				b.WriteString(joint)
			}
			write(b, t, bindNot)
		}
	case *Compare:
		write(b, e.L, bindSum)
		b.WriteString(" " + e.Op + " ")
		write(b, e.R, bindSum)
	case *In:
		write(b, e.X, bindSum)
		b.WriteString(" IN ")
		switch {
		case e.Range != nil:
			writeRange(b, e.Range)
		case e.Field != nil:
			write(b, e.Field, bindPrimary)
		default:
			b.WriteByte('(')
			for i, v := range e.List {
				if i > 0 {
					b.WriteString(", ")
				}
				write(b, v, bindSum)
			}
			b.WriteByte(')')
		}
	case *Like:
		write(b, e.X, bindSum)
		b.WriteString(" LIKE ")
		write(b, &e.Pattern, bindPrimary)
	case *Is:
		write(b, e.X, bindSum)
		b.WriteString(" IS ")
		if e.Not {
			b.WriteString("NOT ")
		}
		write(b, e.Value, bindPrimary)
	}
}
