package check

import (
	"math"
	"math/bits"
	"strings"

	"parvis/internal/dataset"
	"parvis/internal/odsql"
)

// groupBy reads the group_by clause: the first columns of the answer.
func (c *checker) groupBy(q odsql.Question) error {
	c.begin("group_by", q.GroupBy)
	if strings.TrimSpace(q.GroupBy) == "" {
		return nil
	}
	items, err := odsql.ParseGroupBy(q.GroupBy)
	if err != nil {
		return err
	}
	c.aliases = map[string]Value{}
	for _, item := range items {
		v, err := c.groupValue(item.X)
		if err != nil {
			return err
		}
		t := v.Type()
		switch t.Base {
		case dataset.GeoPoint, dataset.GeoShape:
			return c.errorf("Aggregation on geo point field is not possible. Use the geo_cluster(field, int_precision) aggregation function instead")
		}
		if _, ok := v.(Const); ok {
			return c.errorAt(item.X, "a constant cannot be a key of groups")
		}
		i := len(c.plan.Groups)
		col := c.column(item.X, item.Alias, item.Text, v)
		col.List = false
		c.plan.Groups = append(c.plan.Groups, Group{Value: v, List: t.List})
		c.groupASTs = append(c.groupASTs, item.X)
		if err := c.addColumn(col, GroupRef{i, element(t)}, item.Alias != ""); err != nil {
			return err
		}
		if len(c.plan.Columns) == i { // the same key again, without an alias
			c.plan.Groups, c.groupASTs = c.plan.Groups[:i], c.groupASTs[:i]
		}
	}
	c.plan.Grouped = true
	return nil
}

// groupValue types the key of a group.
func (c *checker) groupValue(x odsql.Expr) (Value, error) {
	if call, ok := x.(*odsql.Call); ok {
		switch call.Name {
		case "range", "equi":
			if c.clause == "group_by" || c.plan.Grouped {
				return c.buckets(call)
			}
		case "geo_cluster":
			if c.clause == "group_by" || c.plan.Grouped {
				return c.cluster(call)
			}
		}
	}
	return c.value(x, scope{})
}

// buckets types range(f, …).
func (c *checker) buckets(x *odsql.Call) (Value, error) {
	if len(x.Args) < 2 {
		return nil, c.errorAt(x, "range() takes a field and a width or bounds")
	}
	v, err := c.value(x.Args[0].Value, scope{})
	if err != nil {
		return nil, err
	}
	t := v.Type()
	if !numeric(t) && !dated(t) || t.List {
		return nil, c.errorAt(x, "range() needs a number or a date, and this is %s", described(t))
	}
	b := Buckets{X: v, Closed: t.Base == dataset.Int}
	args := x.Args[1:]
	if len(args) == 1 {
		if _, star := args[0].Value.(*odsql.Star); star {
			return nil, c.errorAt(x, "range() needs bounds beside *")
		}
		return c.width(b, args[0].Value)
	}
	if _, star := args[0].Value.(*odsql.Star); star {
		b.OpenLow, args = true, args[1:]
	}
	if _, star := args[len(args)-1].Value.(*odsql.Star); star {
		b.OpenHi, args = true, args[:len(args)-1]
	}
	if len(args) == 0 || len(args) > 1000 {
		return nil, c.errorAt(x, "range() takes 1 to 1000 bounds")
	}
	for i, a := range args {
		if !literal(a.Value) {
			return nil, c.errorAt(a.Value, "the bounds of range() are constants, and * only at the ends; this is neither,")
		}
		k, err := c.literal(a.Value, v, false)
		if err != nil {
			return nil, err
		}
		if i > 0 && !less(b.Bounds[i-1].(Const), k.(Const)) {
			return nil, c.errorAt(a.Value, "the bounds of range() ascend, and this one does not,")
		}
		if k.Type().Base == dataset.Double {
			b.Closed = false
		}
		b.Bounds = append(b.Bounds, k)
	}
	return b, nil
}

// less compares two constants of one kind.
func less(a, b Const) bool {
	switch x := a.V.(type) {
	case dataset.Day:
		y, ok := b.V.(dataset.Day)
		if !ok {
			return int64(x)*86400e6 < int64(b.V.(dataset.Instant))
		}
		return x < y
	case dataset.Instant:
		y, ok := b.V.(dataset.Instant)
		if !ok {
			return int64(x) < int64(b.V.(dataset.Day))*86400e6
		}
		return x < y
	}
	x, _ := constNumber(a)
	y, _ := constNumber(b)
	return x < y
}

// width types the equal widths of range(f, width).
func (c *checker) width(b Buckets, x odsql.Expr) (Value, error) {
	if q, ok := x.(*odsql.Quantity); ok {
		return c.dateWidth(b, q)
	}
	if dated(b.X.Type()) {
		return nil, c.errorAt(x, "the width of a range of dates has a unit, such as 1 day, and this one has none,")
	}
	v, err := c.value(x, scope{})
	if err != nil {
		return nil, err
	}
	k, ok := v.(Const)
	f, isNumber := constNumber(v)
	if !ok || !isNumber || f <= 0 {
		return nil, c.errorAt(x, "the width of range() is a number above 0")
	}
	if f == math.Trunc(f) && f < 1<<53 {
		k = Const{dataset.Int, int64(f)}
	}
	b.Closed = b.Closed && k.Base == dataset.Int
	b.Width = k
	return b, nil
}

// dateWidth types a width such as 1 day.
func (c *checker) dateWidth(b Buckets, q *odsql.Quantity) (Value, error) {
	if !dated(b.X.Type()) {
		return nil, c.errorAt(q, "a width with a unit needs a date, and this is %s", described(b.X.Type()))
	}
	v, err := c.number(q, q.Number)
	if err != nil {
		return nil, err
	}
	n, ok := v.(Const).V.(int64)
	if !ok || n < 1 {
		return nil, c.errorAt(q, "the width of range() is a whole number above 0")
	}
	const second = 1_000_000
	factor := int64(1)
	switch q.Unit {
	case "ms", "millisecond", "milliseconds":
		b.Unit, factor = "microsecond", 1000
	case "s", "second", "seconds":
		b.Unit, factor = "microsecond", second
	case "m", "minute", "minutes":
		b.Unit, factor = "microsecond", 60*second
	case "h", "hour", "hours":
		b.Unit, factor = "microsecond", 3600*second
	case "d", "day", "days":
		b.Unit = "day"
	case "w", "week", "weeks":
		b.Unit = "week"
	case "M", "month", "months":
		b.Unit = "month"
	case "q", "quarter", "quarters":
		b.Unit = "quarter"
	case "y", "year", "years":
		b.Unit = "year"
	default:
		return nil, c.errorAt(q, "%q is not a unit of time: use ms, s, m (minute), h, d, w, M (month), q or y", q.Unit)
	}
	switch b.Unit {
	case "microsecond", "day":
		if n > 1_000_000_000 || b.Unit == "day" && n > 1_000_000 {
			return nil, c.errorAt(q, "the width of range() is too large")
		}
	default:
		if n > 1 {
			return nil, c.errorAt(q, "a width of several weeks, months, quarters or years is not supported: use 1 %s", b.Unit)
		}
	}
	b.Every = n * factor
	return b, nil
}

// cluster types geo_cluster(g, zoom[, radius]).
func (c *checker) cluster(x *odsql.Call) (Value, error) {
	if err := c.count(x, 2, 3); err != nil {
		return nil, err
	}
	f, err := c.geoField(x, x.Args[0].Value)
	if err != nil {
		return nil, err
	}
	if f.T.Base != dataset.GeoPoint {
		return nil, c.errorAt(x, "geo_cluster() works on geo_point_2d, and this is %s", described(f.T))
	}
	zoom, ok := c.wholeNumber(x.Args[1].Value)
	if !ok || zoom < 0 || zoom > 25 {
		return nil, c.errorAt(x, "the zoom of geo_cluster() is a whole number from 0 to 25")
	}
	radius := 40.0
	if len(x.Args) == 3 {
		v, err := c.value(x.Args[2].Value, scope{})
		if err != nil {
			return nil, err
		}
		if radius, ok = constNumber(v); !ok || radius < 0 || radius > 256 {
			return nil, c.errorAt(x, "the radius of geo_cluster() is a number of pixels from 0 to 256")
		}
	}
	// A tile is 256 pixels wide and the world 2^zoom tiles; cells are the smallest power of two above the radius.
	side := 1 << bits.Len(uint(math.Floor(radius)))
	return Cluster{Field: f, Cells: max(1, int64(256<<zoom)/int64(side))}, nil
}
