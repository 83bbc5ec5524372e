package check

import (
	"strings"

	"parvis/internal/dataset"
	"parvis/internal/odsql"
)

// orderBy reads the order_by clause.
func (c *checker) orderBy(q odsql.Question) error {
	c.begin("order_by", q.OrderBy)
	if strings.TrimSpace(q.OrderBy) == "" {
		return nil
	}
	items, err := odsql.ParseOrderBy(q.OrderBy)
	if err != nil {
		return err
	}
	plain := false
	for _, item := range items {
		x, desc := item.X, item.Desc
		aggregated := containsAggregate(x)
		if aggregated && plain {
			return c.errorAt(x, "aggregation functions come before fields in order_by; this one stands after,")
		}
		if _, name := x.(*odsql.Name); name && !aggregated {
			plain = plain || c.plainField(x)
		}
		v, err := c.orderValue(x)
		if err != nil {
			return err
		}
		if c.plan.Aggregated {
			continue // one row has no order
		}
		if t := v.Type(); t.Base == dataset.GeoPoint || t.Base == dataset.GeoShape {
			return c.errorAt(x, "rows cannot be sorted by %s", described(t))
		}
		if c.plan.Grouped && refersToAggregate(v) {
			c.plan.AggregateOrder = true
		}
		c.plan.Order = append(c.plan.Order, Order{v, desc})
	}
	return nil
}

// plainField tells whether a name is that of a group key or field, rather than of an aggregate.
func (c *checker) plainField(x odsql.Expr) bool {
	v, ok := c.aliases[x.(*odsql.Name).Text]
	return !ok || !refersToAggregate(v)
}

func (c *checker) orderValue(x odsql.Expr) (Value, error) {
	switch {
	case c.plan.Grouped:
		return c.value(x, scope{final: true, aggregates: true, aliases: true})
	case !c.plan.Aggregated:
		return c.value(x, scope{aliases: true})
	case containsAggregate(x):
		return c.value(x, scope{final: true, aggregates: true, aliases: true})
	}
	return c.value(x, scope{aliases: true}) // the one row has no order, but names must be right
}

// refersToAggregate tells whether a value hangs on an aggregate.
func refersToAggregate(v Value) bool {
	switch v := v.(type) {
	case AggregateRef:
		return true
	case Arithmetic:
		return refersToAggregate(v.L) || refersToAggregate(v.R)
	case IfNull:
		return refersToAggregate(v.X) || refersToAggregate(v.Else)
	case Cast:
		return refersToAggregate(v.X)
	case DatePart:
		return refersToAggregate(v.X)
	case DateFormat:
		return refersToAggregate(v.X)
	}
	return false
}
