package check

import (
	"parvis/internal/dataset"
	"parvis/internal/odsql"
)

// where reads one where clause into the plan's filters.
func (c *checker) where(text string) error {
	c.begin("where", text)
	x, err := odsql.ParseWhere(text)
	if err != nil || x == nil {
		return err
	}
	p, err := c.predicate(x, 0)
	if err != nil {
		return err
	}
	c.plan.Filters = append(c.plan.Filters, Filter{p, -1})
	return nil
}

// condition tells whether a function is a condition.
func condition(name string) bool {
	switch name {
	case "search", "suggest", "startswith", "within_distance", "in_bbox", "intersects", "disjoint", "within", "polygon", "geometry":
		return true
	}
	return false
}

// predicate finds the meaning of a condition.
func (c *checker) predicate(x odsql.Expr, depth int) (Predicate, error) {
	if depth++; depth > maxDepth {
		return nil, c.errorAt(x, "the condition is nested more than %d deep", maxDepth)
	}
	switch x := x.(type) {
	case *odsql.Logic:
		terms := make([]Predicate, len(x.Terms))
		for i, t := range x.Terms {
			p, err := c.predicate(t, depth)
			if err != nil {
				return nil, err
			}
			terms[i] = p
		}
		if x.Or {
			return Any(terms), nil
		}
		return All(terms), nil
	case *odsql.Not:
		p, err := c.predicate(x.X, depth)
		if err != nil {
			return nil, err
		}
		return Not{p}, nil
	case *odsql.String:
		return c.words(x)
	case *odsql.Bool:
		if x.Value {
			return True{}, nil
		}
		return False{}, nil
	case *odsql.Compare:
		return c.compare(x)
	case *odsql.Attr:
		return c.attribute(x)
	case *odsql.In:
		return c.in(x)
	case *odsql.Like:
		return c.like(x)
	case *odsql.Is:
		return c.is(x)
	case *odsql.Call:
		switch x.Name {
		case "search", "suggest", "startswith":
			return c.searchCall(x)
		case "within_distance":
			return c.within(x)
		case "distance":
			if len(x.Args) == 3 {
				return c.within(x)
			}
		case "in_bbox":
			return c.inBox(x)
		case "intersects", "disjoint", "within", "polygon", "geometry":
			return c.spatial(x)
		}
	}
	v, err := c.value(x, scope{depth: depth})
	if err != nil {
		return nil, err
	}
	if t := v.Type(); t.Base != dataset.Boolean || t.List {
		return nil, c.errorAt(x, "a condition is expected, and this is a value of type %s,", described(t))
	}
	return Holds{v}, nil
}

// is types x is [not] null, true or false.
func (c *checker) is(x *odsql.Is) (Predicate, error) {
	v, err := c.value(x.X, scope{})
	if err != nil {
		return nil, err
	}
	var p Predicate
	switch want := x.Value.(type) {
	case *odsql.Bool:
		if v.Type().Base != dataset.Boolean {
			return nil, c.errorAt(x, "IS TRUE and IS FALSE are for booleans, and this is %s", described(v.Type()))
		}
		p = Compare{"=", v, Const{dataset.Boolean, want.Value}}
		if x.Not {
			return Lacks{p}, nil
		}
	default:
		p = IsNull{v}
		if x.Not {
			return Not{p}, nil
		}
	}
	return p, nil
}

// in types x in (a, b), x in [a..b] and lit in field.
func (c *checker) in(x *odsql.In) (Predicate, error) {
	if x.Field != nil {
		return c.compare(&odsql.Compare{Span: x.Span, Op: "=", L: x.Field, R: x.X})
	}
	v, err := c.value(x.X, scope{})
	if err != nil {
		return nil, err
	}
	if x.Range != nil {
		b := Between{X: v, LowOpen: x.Range.LowOpen, HighOpen: x.Range.HighOpen}
		if t := v.Type(); !numeric(t) && !dated(t) && !textual(t) {
			return nil, c.errorAt(x, "a range needs a number or a date, and this is %s", described(t))
		}
		for _, end := range []struct {
			x   odsql.Expr
			out *Value
		}{{x.Range.Low, &b.Low}, {x.Range.High, &b.High}} {
			if end.x == nil {
				continue
			}
			if *end.out, err = c.operand(end.x, v, true); err != nil {
				return nil, err
			}
		}
		return b, nil
	}
	if geographic(v.Type()) {
		return nil, c.errorAt(x, "%s cannot be compared", described(v.Type()))
	}
	if _, field := x.X.(*odsql.Name); !field {
		return nil, c.errorAt(x, "a list stands behind a field, and this is none: join comparisons by OR,")
	}
	one := OneOf{X: v}
	for _, item := range x.List {
		if _, date := item.(*odsql.Date); date {
			return nil, c.errorAt(item, "a list takes no date'…': write it as a text ('2001-06-20'), or take a range,")
		}
		if !literal(item) {
			return nil, c.errorAt(item, "the elements of a list are constants, and this is none,")
		}
		k, err := c.literal(item, v, false)
		if err != nil {
			return nil, err
		}
		one.List = append(one.List, k.(Const))
	}
	return one, nil
}

func geographic(t Type) bool { return t.Base == dataset.GeoPoint || t.Base == dataset.GeoShape }
