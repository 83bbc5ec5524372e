package check

import (
	"strconv"
	"strings"

	"parvis/internal/dataset"
	"parvis/internal/odsql"
)

// compare types l op r. Where one side is a literal, it is read as a value of the other's type.
func (c *checker) compare(x *odsql.Compare) (Predicate, error) {
	l, r, op := x.L, x.R, x.Op
	if literal(l) && !literal(r) {
		l, r, op = r, l, mirrored(op)
	}
	left, err := c.value(l, scope{})
	if err != nil {
		return nil, err
	}
	if geographic(left.Type()) {
		return nil, c.errorAt(l, "%s cannot be compared", described(left.Type()))
	}
	right, err := c.operand(r, left, false)
	if err != nil {
		return nil, err
	}
	if left.Type().Base == dataset.Boolean && op != "=" && op != "!=" {
		return nil, c.errorAt(x, "booleans are equal or not; %s does not compare them,", op)
	}
	if right.Type().List {
		if left.Type().List {
			return nil, c.errorAt(x, "two multivalued fields cannot be compared")
		}
		left, right, op = right, left, mirrored(op)
	}
	return Compare{op, left, right}, nil
}

// mirrored gives the operator that says the same with the sides changed.
func mirrored(op string) string {
	switch op {
	case "<":
		return ">"
	case ">":
		return "<"
	case "<=":
		return ">="
	case ">=":
		return "<="
	}
	return op
}

// operand types the other side of a comparison with v.
func (c *checker) operand(x odsql.Expr, v Value, inRange bool) (Value, error) {
	if literal(x) {
		return c.literal(x, v, inRange)
	}
	other, err := c.value(x, scope{})
	if err != nil {
		return nil, err
	}
	a, b := v.Type(), other.Type()
	if a.Base != b.Base && !(numeric(a) && numeric(b)) && !(dated(a) && dated(b)) && !(textual(a) && textual(b)) || geographic(b) {
		return nil, c.incompatible(x, v, described(b))
	}
	return other, nil
}

// literal tells whether an expression is a constant as typed, whose meaning hangs on what it is compared with.
func literal(x odsql.Expr) bool {
	switch x := x.(type) {
	case *odsql.String, *odsql.Number, *odsql.Bool, *odsql.Date, *odsql.Quantity, *odsql.Geometry, *odsql.Null:
		return true
	case *odsql.Negative:
		_, ok := x.X.(*odsql.Number)
		return ok
	}
	return false
}

// literal reads a constant as a value of v's type (of its elements, if v is a list).
func (c *checker) literal(x odsql.Expr, v Value, inRange bool) (Value, error) {
	switch t := v.Type(); {
	case textual(t):
		return c.textLiteral(x, v)
	case numeric(t):
		return c.numberLiteral(x, v)
	case dated(t):
		return c.dateOperand(x, v, inRange)
	case t.Base == dataset.Boolean:
		switch k := x.(type) {
		case *odsql.Bool:
			return Const{dataset.Boolean, k.Value}, nil
		case *odsql.String:
			if b, ok := boolean(k.Value); ok {
				return Const{dataset.Boolean, b}, nil
			}
		}
	}
	return nil, c.incompatible(x, v, typed(x))
}

// boolean reads true or false in any case.
func boolean(s string) (value, ok bool) {
	switch strings.ToLower(s) {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return false, false
}

func (c *checker) textLiteral(x odsql.Expr, v Value) (Value, error) {
	switch k := x.(type) {
	case *odsql.String:
		return Const{dataset.Text, k.Value}, nil
	case *odsql.Number: // codes look like numbers: code = 78000
		return Const{dataset.Text, k.Text}, nil
	case *odsql.Negative:
		return Const{dataset.Text, "-" + k.X.(*odsql.Number).Text}, nil
	}
	return nil, c.incompatible(x, v, typed(x))
}

func (c *checker) numberLiteral(x odsql.Expr, v Value) (Value, error) {
	switch k := x.(type) {
	case *odsql.Number, *odsql.Negative:
		return c.value(x, scope{})
	case *odsql.String:
		text := strings.TrimSpace(k.Value)
		if _, err := strconv.ParseFloat(text, 64); err == nil && !strings.ContainsAny(text, "xXpP_nN") {
			return c.number(x, text)
		}
	}
	return nil, c.incompatible(x, v, typed(x))
}

// dateOperand reads a date literal, a full date in quotes or, in ranges, one as a number: 20220312.
func (c *checker) dateOperand(x odsql.Expr, v Value, inRange bool) (Value, error) {
	var d date
	switch k := x.(type) {
	case *odsql.Date:
		var err error
		if d, err = c.dateLiteral(x, k.Text); err != nil {
			return nil, err
		}
	case *odsql.String:
		var ok bool
		if d, ok = parseDate(k.Value); !ok && inRange {
			d, ok = compactDate(k.Value)
		}
		if d.parts < 3 || !ok {
			return nil, c.incompatible(x, v, typed(x))
		}
	case *odsql.Number:
		var ok bool
		if d, ok = compactDate(k.Text); !ok || !inRange {
			return nil, c.incompatible(x, v, typed(x))
		}
	default:
		return nil, c.incompatible(x, v, typed(x))
	}
	if v.Type().Base == dataset.DateTime {
		return Const{dataset.DateTime, d.instant(c.plan.Loc)}, nil
	}
	if d.midnight() {
		return Const{dataset.Date, d.day()}, nil
	}
	return Const{dataset.DateTime, dataset.Instant(d.utc().UnixMicro())}, nil
}

// typed gives a literal for messages.
func typed(x odsql.Expr) string {
	switch x := x.(type) {
	case *odsql.String:
		return "'" + clip(x.Value) + "'"
	case *odsql.Number:
		return x.Text
	case *odsql.Quantity:
		return x.Number + x.Unit
	case *odsql.Bool:
		return strconv.FormatBool(x.Value)
	case *odsql.Date:
		return "date'" + clip(x.Text) + "'"
	case *odsql.Null:
		return "NULL"
	}
	return "this"
}

// clip shortens a text for messages.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// incompatible is the error for a comparison of types that have nothing in common.
func (c *checker) incompatible(x odsql.Expr, v Value, other string) error {
	what := "a value"
	if f, ok := v.(Field); ok {
		what = "field " + c.schema.Fields[f.Index].Name
	}
	return c.errorAt(x, "IncompatibleTypesInComparisonFilter: %s of type %s cannot be compared with %s", what, described(v.Type()), other)
}
