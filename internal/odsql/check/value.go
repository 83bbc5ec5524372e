package check

import (
	"math"
	"reflect"
	"strconv"
	"strings"

	"parvis/internal/dataset"
	"parvis/internal/odsql"
)

// scope says what a value may be made of.
type scope struct {
	final      bool // over groups: group keys, aggregates and constants only
	aggregates bool // aggregates may stand here
	aliases    bool // names of the answer's columns may stand here
	depth      int
}

// value finds the type of an expression.
func (c *checker) value(x odsql.Expr, s scope) (Value, error) {
	if s.depth++; s.depth > maxDepth {
		return nil, c.errorAt(x, "the expression is nested more than %d deep", maxDepth)
	}
	if s.final {
		if ref := c.groupRef(x); ref != nil {
			return ref, nil
		}
	}
	switch x := x.(type) {
	case *odsql.Name:
		return c.name(x, s)
	case *odsql.String:
		return Const{dataset.Text, x.Value}, nil
	case *odsql.Number:
		return c.number(x, x.Text)
	case *odsql.Bool:
		return Const{dataset.Boolean, x.Value}, nil
	case *odsql.Date:
		d, err := c.dateLiteral(x, x.Text)
		if err != nil {
			return nil, err
		}
		if d.timed {
			return Const{dataset.DateTime, d.instant(c.plan.Loc)}, nil
		}
		return Const{dataset.Date, d.day()}, nil
	case *odsql.Negative:
		if n, ok := x.X.(*odsql.Number); ok && !strings.HasPrefix(n.Text, "-") {
			return c.number(n, "-"+strings.TrimPrefix(n.Text, "+"))
		}
		return c.arithmetic('-', &odsql.Number{Span: x.Span, Text: "0"}, x.X, s)
	case *odsql.Arithmetic:
		return c.arithmetic(x.Op, x.L, x.R, s)
	case *odsql.Call:
		return c.call(x, s)
	case *odsql.Quantity:
		return nil, c.errorAt(x, "%s%s is not a value here", x.Number, x.Unit)
	case *odsql.Star:
		return nil, c.errorAt(x, "* is not a value here")
	case *odsql.Null:
		return nil, c.errorAt(x, "NULL is not a value here; ask \"is null\"")
	case *odsql.Geometry:
		return nil, c.errorAt(x, "a geometry is not a value here")
	}
	return nil, c.errorAt(x, "a condition is not a value here")
}

// name resolves a name: a column of the answer (in order_by), a field, a technical field.
func (c *checker) name(x *odsql.Name, s scope) (Value, error) {
	if s.aliases {
		if v, ok := c.aliases[x.Text]; ok {
			return v, nil
		}
	}
	v := c.plainName(x.Text)
	if v == nil {
		return nil, c.unknownField(x.Text)
	}
	if _, constant := v.(Const); s.final && !constant {
		return nil, c.errorf("Field %s must be in group_by or in an aggregation function", x.Text)
	}
	return v, nil
}

// plainName resolves the name of a field or technical field; nil where there is none.
func (c *checker) plainName(name string) Value {
	if i := c.field(name); i >= 0 {
		return c.at(i)
	}
	switch name {
	case "datasetid":
		return Const{dataset.Text, c.schema.ID}
	case "recordid":
		return RecordID{}
	case "record_timestamp":
		return Const{dataset.DateTime, dataset.Instant(c.schema.Time.UnixMicro())}
	case "record_size":
		if c.schema.hides() { // it tells how long the values are that are not shown
			return Const{dataset.Int, nil}
		}
		return RecordSize{}
	}
	return nil
}

// number reads a numeric literal: an int if it is whole and fits, else a double.
func (c *checker) number(x odsql.Expr, text string) (Value, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return Const{dataset.Int, n}, nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return nil, c.errorAt(x, "%s is not a number that can be held", text)
	}
	return Const{dataset.Double, f}, nil
}

// arithmetic types l op r.
func (c *checker) arithmetic(op byte, l, r odsql.Expr, s scope) (Value, error) {
	var sides [2]Value
	for i, x := range []odsql.Expr{l, r} {
		v, err := c.value(x, s)
		if err != nil {
			return nil, err
		}
		if t := v.Type(); !numeric(t) || t.List {
			return nil, c.errorAt(x, "arithmetic needs numbers, and this is %s", described(t))
		}
		sides[i] = v
	}
	result := dataset.Double
	if op != '/' && sides[0].Type().Base == dataset.Int && sides[1].Type().Base == dataset.Int {
		result = dataset.Int
	}
	return Arithmetic{Op: op, L: sides[0], R: sides[1], Result: result}, nil
}

// groupRef gives a reference to the group that x is the key of, or nil.
func (c *checker) groupRef(x odsql.Expr) Value {
	if name, ok := x.(*odsql.Name); ok {
		for i, g := range c.plan.Groups {
			if c.plan.Columns[i].Name == name.Text {
				return GroupRef{i, element(g.Value.Type())}
			}
		}
	}
	var v Value
	for i, g := range c.plan.Groups {
		if c.size(x) != c.size(c.groupASTs[i]) {
			continue
		}
		if v == nil {
			var err error
			if v, err = c.groupValue(x); err != nil {
				return nil
			}
		}
		if reflect.DeepEqual(v, g.Value) {
			return GroupRef{i, element(g.Value.Type())}
		}
	}
	return nil
}

// element gives the type of an element of a list, and any other type as it is.
func element(t Type) Type { return Type{Base: t.Base} }

// size counts the nodes of an expression, once for each: it keeps the search for group keys from reading long
// expressions again and again.
func (c *checker) size(x odsql.Expr) int {
	if n, ok := c.sizes[x]; ok {
		return n
	}
	n := 1
	switch x := x.(type) {
	case *odsql.Negative:
		n += c.size(x.X)
	case *odsql.Arithmetic:
		n += c.size(x.L) + c.size(x.R)
	case *odsql.Call:
		for _, a := range x.Args {
			n += c.size(a.Value)
		}
	}
	c.sizes[x] = n
	return n
}

// containsAggregate tells whether an expression holds a call of an aggregate.
func containsAggregate(x odsql.Expr) bool {
	switch x := x.(type) {
	case *odsql.Negative:
		return containsAggregate(x.X)
	case *odsql.Arithmetic:
		return containsAggregate(x.L) || containsAggregate(x.R)
	case *odsql.Call:
		if aggregate(x.Name) {
			return true
		}
		for _, a := range x.Args {
			if containsAggregate(a.Value) {
				return true
			}
		}
	}
	return false
}
