package check

import (
	"reflect"

	"parvis/internal/dataset"
	"parvis/internal/odsql"
)

// aggregate tells whether a function is one over many rows.
func aggregate(name string) bool {
	switch name {
	case "count", "sum", "avg", "min", "max", "median", "percentile", "envelope", "bbox":
		return true
	}
	return false
}

// aggregate types a call of an aggregate and enters it in the plan.
func (c *checker) aggregate(x *odsql.Call, s scope) (Value, error) {
	if !s.aggregates {
		return nil, c.errorAt(x, "the aggregation function %s() cannot stand here", x.Name)
	}
	for _, a := range x.Args {
		if a.Name != "" {
			return nil, c.errorAt(x, "%s() takes no named arguments", x.Name)
		}
	}
	if x.Distinct && x.Name != "count" {
		return nil, c.errorAt(x, "DISTINCT is for count() only")
	}
	want := 1
	if x.Name == "percentile" {
		want = 2
	}
	if err := c.count(x, want, want); err != nil {
		return nil, err
	}
	a := Aggregate{Func: x.Name, Distinct: x.Distinct, Result: Type{Base: dataset.Int}}
	if _, star := x.Args[0].Value.(*odsql.Star); star {
		if x.Name != "count" {
			return nil, c.errorAt(x, "only count(*) takes *")
		}
		a.Distinct = false // no record is another one
		return c.enter(a), nil
	}
	v, err := c.value(x.Args[0].Value, scope{depth: s.depth})
	if err != nil {
		return nil, err
	}
	a.X = v
	t := v.Type()
	switch x.Name {
	case "count":
		if x.Distinct && t.Base == dataset.GeoShape {
			return nil, c.errorAt(x, "count(distinct) does not work on geo_shape")
		}
	case "envelope", "bbox":
		if t.Base != dataset.GeoPoint && (t.Base != dataset.GeoShape || x.Name == "envelope") {
			return nil, c.errorAt(x, "%s() does not work on %s", x.Name, described(t))
		}
		a.Result = Type{Base: dataset.GeoShape}
	default:
		if !numeric(t) && !dated(t) || t.List || x.Name == "sum" && dated(t) {
			return nil, c.errorf("StatAggregation only supports numeric or date expression")
		}
		switch {
		case x.Name == "min" || x.Name == "max" || x.Name == "sum":
			a.Result = t
		case dated(t):
			a.Result = Type{Base: dataset.DateTime}
		default:
			a.Result = Type{Base: dataset.Double}
		}
	}
	if x.Name == "median" {
		a.Func, a.Fraction = "percentile", 0.5
	}
	if x.Name == "percentile" {
		p, err := c.value(x.Args[1].Value, scope{})
		if err != nil {
			return nil, err
		}
		f, ok := constNumber(p)
		if !ok || f < 0 || f > 100 {
			return nil, c.errorAt(x, "the percentage of percentile() is a number from 0 to 100")
		}
		a.Fraction = f / 100
	}
	return c.enter(a), nil
}

// enter gives a reference to an aggregate of the plan, which it adds where it is new.
func (c *checker) enter(a Aggregate) Value {
	for i, other := range c.plan.Aggregates {
		if reflect.DeepEqual(a, other) {
			return AggregateRef{i, a.Result}
		}
	}
	c.plan.Aggregates = append(c.plan.Aggregates, a)
	return AggregateRef{len(c.plan.Aggregates) - 1, a.Result}
}

// constNumber gives the number of a constant.
func constNumber(v Value) (float64, bool) {
	if k, ok := v.(Const); ok {
		switch n := k.V.(type) {
		case int64:
			return float64(n), true
		case float64:
			return n, true
		}
	}
	return 0, false
}
