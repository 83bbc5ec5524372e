package check

import (
	"parvis/internal/dataset"
	"parvis/internal/odsql"
)

// call types a function that gives a value.
func (c *checker) call(x *odsql.Call, s scope) (Value, error) {
	if aggregate(x.Name) {
		return c.aggregate(x, s)
	}
	if x.Distinct {
		return nil, c.errorAt(x, "DISTINCT is for count() only")
	}
	if x.Name == "now" {
		return c.now(x)
	}
	for _, a := range x.Args {
		if a.Name != "" {
			return nil, c.errorAt(x, "%s() takes no named arguments", x.Name)
		}
	}
	switch x.Name {
	case "length", "lower", "upper":
		v, err := c.textArg(x, s)
		if err != nil {
			return nil, err
		}
		if x.Name == "length" {
			return Length{v}, nil
		}
		return Case{v, x.Name == "upper"}, nil
	case "ifnull":
		return c.ifNull(x, s)
	case "year", "quarter", "month", "day", "dayofweek", "hour", "minute", "second", "millisecond":
		if err := c.count(x, 1, 1); err != nil {
			return nil, err
		}
		v, err := c.dateArg(x, s)
		if err != nil {
			return nil, err
		}
		return DatePart{x.Name, v}, nil
	case "date_format":
		return c.dateFormat(x, s)
	case "json_format":
		return c.jsonFormat(x, s)
	case "distance":
		return c.distance(x, s)
	case "random":
		return c.random(x)
	case "range", "equi", "geo_cluster":
		return nil, c.errorAt(x, "%s() is for group_by only", x.Name)
	case "include", "exclude":
		return nil, c.errorAt(x, "%s() is for select only, and not within an expression", x.Name)
	}
	if condition(x.Name) {
		return nil, c.errorAt(x, "%s() is a condition, not a value", x.Name)
	}
	return nil, c.unknownFunction(x)
}

// count checks the number of arguments.
func (c *checker) count(x *odsql.Call, least, most int) error {
	if n := len(x.Args); n < least || n > most {
		if least == most {
			return c.errorAt(x, "%s() takes %d argument(s) and got %d", x.Name, least, n)
		}
		return c.errorAt(x, "%s() takes %d to %d arguments and got %d", x.Name, least, most, n)
	}
	return nil
}

// textArg types the only argument of a function of one text.
func (c *checker) textArg(x *odsql.Call, s scope) (Value, error) {
	if err := c.count(x, 1, 1); err != nil {
		return nil, err
	}
	v, err := c.value(x.Args[0].Value, s)
	if err != nil {
		return nil, err
	}
	if t := v.Type(); !textual(t) || t.List {
		return nil, c.errorAt(x, "%s() needs a text, and this is %s", x.Name, described(t))
	}
	return v, nil
}

// dateArg types the first argument of a function of a date; a text constant may be a full date.
func (c *checker) dateArg(x *odsql.Call, s scope) (Value, error) {
	arg := x.Args[0].Value
	v, err := c.value(arg, s)
	if err != nil {
		return nil, err
	}
	t := v.Type()
	if dated(t) && !t.List {
		return v, nil
	}
	if text, ok := arg.(*odsql.String); ok {
		if d, ok := parseDate(text.Value); ok && d.parts >= 3 {
			return c.value(&odsql.Date{Span: text.Span, Text: text.Value}, s)
		}
	}
	return nil, c.errorAt(x, "%s() needs a date or datetime, and this is %s", x.Name, described(t))
}

// ifNull types ifnull(a, b): both of one type, or of types that have a common one.
func (c *checker) ifNull(x *odsql.Call, s scope) (Value, error) {
	if err := c.count(x, 2, 2); err != nil {
		return nil, err
	}
	a, err := c.value(x.Args[0].Value, s)
	if err != nil {
		return nil, err
	}
	if a.Type().List || a.Type().Base == dataset.GeoPoint || a.Type().Base == dataset.GeoShape {
		return nil, c.errorAt(x, "ifnull() does not work on %s", described(a.Type()))
	}
	var b Value
	if literal(x.Args[1].Value) {
		b, err = c.literal(x.Args[1].Value, a, false)
	} else {
		b, err = c.value(x.Args[1].Value, s)
	}
	if err != nil {
		return nil, err
	}
	l, r, base, ok := common(a, b)
	if !ok {
		return nil, c.errorAt(x, "the arguments of ifnull() have no common type: %s and %s", described(a.Type()), described(b.Type()))
	}
	return IfNull{l, r, base}, nil
}

// common brings two values to one type: ints and doubles to double, dates and datetimes to datetime.
func common(a, b Value) (x, y Value, base dataset.Type, ok bool) {
	ta, tb := a.Type(), b.Type()
	switch {
	case ta.List || tb.List:
		return nil, nil, "", false
	case ta.Base == tb.Base:
		return a, b, ta.Base, ta.Base != dataset.GeoPoint && ta.Base != dataset.GeoShape
	case textual(ta) && textual(tb):
		return a, b, dataset.Text, true
	case numeric(ta) && numeric(tb):
		base = dataset.Double
	case dated(ta) && dated(tb):
		base = dataset.DateTime
	default:
		return nil, nil, "", false
	}
	cast := func(v Value) Value {
		if v.Type().Base == base {
			return v
		}
		return Cast{v, base}
	}
	return cast(a), cast(b), base, true
}

// jsonFormat types json_format(text[, fallback]).
func (c *checker) jsonFormat(x *odsql.Call, s scope) (Value, error) {
	if c.clause != "select" {
		return nil, c.errorAt(x, "json_format() is for select only")
	}
	if s.depth > 1 {
		return nil, c.errorAt(x, "json_format() stands alone, not within an expression")
	}
	if err := c.count(x, 1, 2); err != nil {
		return nil, err
	}
	v, err := c.value(x.Args[0].Value, s)
	if err != nil {
		return nil, err
	}
	if t := v.Type(); !textual(t) || t.List {
		return nil, c.errorAt(x, "json_format() needs a text, and this is %s", described(t))
	}
	out := JSONFormat{X: v}
	if len(x.Args) == 2 {
		switch f := x.Args[1].Value.(type) {
		case *odsql.Null:
			out.Null = true
		case *odsql.String:
			out.Fallback = &f.Value
		default:
			return nil, c.errorAt(x, "the fallback of json_format() is a text or NULL")
		}
	}
	return out, nil
}

// random types random(seed).
func (c *checker) random(x *odsql.Call) (Value, error) {
	if c.clause != "order_by" {
		return nil, c.errorAt(x, "random() is for order_by only")
	}
	if err := c.count(x, 1, 1); err != nil {
		return nil, err
	}
	v, err := c.value(x.Args[0].Value, scope{})
	if err != nil {
		return nil, err
	}
	if k, ok := v.(Const); ok {
		if seed, ok := k.V.(int64); ok {
			return Random{seed}, nil
		}
	}
	return nil, c.errorAt(x, "the seed of random() is a whole number")
}
