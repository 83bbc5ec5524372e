package sqlgen

import (
	"fmt"
	"strconv"
	"strings"

	"parvis/internal/dataset"
	"parvis/internal/engine"
	"parvis/internal/odsql/check"
)

// Groups are made in two steps: an inner SELECT with the keys (g0, g1 …) and aggregates (a0, a1 …), and an outer
// one that makes the answer's columns of them and sorts. A cluster has a second key, g0y, and its centroid, g0_lon and g0_lat.

// key names the column of a group's key.
func key(i int) string { return "g" + strconv.Itoa(i) }

// groups is the statement of a grouped plan without its page.
func (g gen) groups() string {
	inner := g.inner(true)
	g.outer = true
	sql := "SELECT " + g.columns() + " FROM (" + inner + ")"
	var keys []string
	for _, o := range g.p.Order {
		keys = append(keys, g.sortKeys(o.Value, o.Desc)...)
	}
	for i, group := range g.p.Groups {
		t := group.Value.Type()
		keys = append(keys, g.sortKeys(check.GroupRef{Index: i, T: check.Type{Base: t.Base}}, false)...)
	}
	return sql + " ORDER BY " + strings.Join(keys, ", ")
}

// keys is the statement of the keys alone, one row a group.
func (g gen) keys() string { return g.inner(false) }

// aggregated is the statement of a plan of aggregates without groups.
func (g gen) aggregated() string {
	inner := g.inner(true)
	g.outer = true
	return "SELECT " + g.columns() + " FROM (" + inner + ")"
}

// inner is the SELECT of keys and, where asked for, aggregates.
func (g gen) inner(aggregates bool) string {
	from := g.records()
	where := g.where(g.p.Filters)
	for i, group := range g.p.Groups {
		if !group.List {
			continue
		}
		// An empty list counts as null, and an element that stands twice once. Each list has a SELECT of its own: two
		// in one would be read side by side.
		c := g.value(group.Value)
		from = fmt.Sprintf("(SELECT *, unnest(CASE WHEN len(list_distinct(%s)) > 0 THEN list_distinct(%s) ELSE [NULL] END) AS u%d FROM %s%s)", c, c, i, from, where)
		where = ""
	}
	var list, by, outside []string
	for i, group := range g.p.Groups {
		keys := g.groupKeys(i, group)
		for j, k := range keys {
			name := key(i)
			if j > 0 {
				name += "y"
			}
			list = append(list, k+" AS "+name)
			by = append(by, strconv.Itoa(len(list)))
		}
		if b, ok := group.Value.(check.Buckets); ok && b.Bounds != nil {
			if inside := g.insideBounds(b); inside != "" {
				outside = append(outside, inside)
			}
		}
	}
	if aggregates {
		for i, group := range g.p.Groups {
			if c, ok := group.Value.(check.Cluster); ok {
				list = append(list, "avg("+engine.Col(c.Field.Index)+") AS "+key(i)+"_lon", "avg("+engine.Lat(c.Field.Index)+") AS "+key(i)+"_lat")
			}
		}
		for i, a := range g.p.Aggregates {
			list = append(list, g.aggregate(a)+" AS a"+strconv.Itoa(i))
		}
	}
	for _, o := range outside {
		if where == "" {
			where = " WHERE " + o
		} else {
			where += " AND " + o
		}
	}
	if len(list) == 0 {
		list = []string{"count(*) AS a0"} // a select of constants beside no aggregate
	}
	sql := "SELECT " + strings.Join(list, ", ") + " FROM " + from + where
	if len(by) > 0 {
		sql += " GROUP BY " + strings.Join(by, ", ")
	}
	return sql
}

// groupKeys writes the keys of a group over the records.
func (g gen) groupKeys(i int, group check.Group) []string {
	if group.List {
		return []string{"u" + strconv.Itoa(i)}
	}
	switch v := group.Value.(type) {
	case check.Buckets:
		return []string{g.bucketKey(v)}
	case check.Cluster:
		return g.cell(v)
	}
	return []string{g.value(group.Value)}
}

// groupSort gives the columns that a group is sorted by where they are not its value.
func (g gen) groupSort(i int) []string {
	switch g.p.Groups[i].Value.(type) {
	case check.Buckets:
		return []string{key(i)}
	case check.Cluster:
		return []string{key(i), key(i) + "y"}
	}
	return nil
}

// groupValue writes the value of a group over its keys.
func (g gen) groupValue(i int) string {
	switch v := g.p.Groups[i].Value.(type) {
	case check.Buckets:
		return g.bucketLabel(v, key(i))
	case check.Cluster:
		return centroid(key(i)+"_lat", key(i)+"_lon")
	}
	return key(i)
}

// bucketKey writes the key of range(): the number of a static range, the start of a range of dates, or how many
// widths a range of numbers stands from 0.
func (g gen) bucketKey(b check.Buckets) string {
	x := g.value(b.X)
	switch {
	case b.Bounds != nil:
		var out strings.Builder
		out.WriteString("CASE WHEN " + x + " IS NULL THEN NULL")
		for i, bound := range b.Bounds {
			fmt.Fprintf(&out, " WHEN %s < %s THEN %d", x, g.value(bound), i)
		}
		fmt.Fprintf(&out, " ELSE %d END", len(b.Bounds))
		return out.String()
	case b.Unit != "":
		return g.dateStart(b)
	}
	w := g.value(b.Width)
	if b.Closed {
		return "(" + x + " // " + w + " - CASE WHEN " + x + " % " + w + " < 0 THEN 1 ELSE 0 END)" // the engine divides towards 0
	}
	if b.Width.Type().Base == dataset.Int {
		w = "CAST(" + w + " AS DOUBLE)"
	}
	return "(floor(round(" + x + " / " + w + ", 9)) + 0.0)" // a value a rounding error below a bound belongs above it
}

// insideBounds is the condition that a value lies in one of the static ranges, or is null.
func (g gen) insideBounds(b check.Buckets) string {
	x := g.value(b.X)
	var terms []string
	if !b.OpenLow {
		terms = append(terms, x+" >= "+g.value(b.Bounds[0]))
	}
	if !b.OpenHi {
		terms = append(terms, x+" < "+g.value(b.Bounds[len(b.Bounds)-1]))
	}
	if len(terms) == 0 {
		return ""
	}
	return "(" + x + " IS NULL OR " + strings.Join(terms, " AND ") + ")"
}

// bucketLabel writes the label of the range with this key.
func (g gen) bucketLabel(b check.Buckets, k string) string {
	switch {
	case b.Bounds != nil:
		labels := make([]string, len(b.Bounds)+1)
		for i := range labels {
			labels[i] = engine.Quote(g.staticLabel(b, i))
		}
		return "[" + strings.Join(labels, ", ") + "][" + k + " + 1]"
	case b.Unit != "":
		start, end := g.dateEnds(b, k)
		return "'[' || " + g.dateLabel(b, start) + " || ', ' || " + g.dateLabel(b, end) + " || '['"
	case b.Closed:
		w := b.Width.(check.Const).V.(int64)
		low := fmt.Sprintf("CAST(%s AS HUGEINT) * %d", k, w)
		return fmt.Sprintf("'[' || (%s) || ', ' || (%s + %d) || ']'", low, low, w-1)
	}
	w := g.value(b.Width)
	return "'[' || " + number(k+" * "+w) + " || ', ' || " + number("("+k+" + 1) * "+w) + " || '['"
}

// number writes a double as people do: without a fraction where it is whole, without rounding errors.
func number(sql string) string {
	return "CASE WHEN abs(" + sql + ") < 1e15 AND " + sql + " = round(" + sql + ") THEN CAST(CAST(" + sql + " AS BIGINT) AS VARCHAR) ELSE CAST(round(" + sql + ", 9) AS VARCHAR) END"
}

// staticLabel gives the label of the i-th static range, counted from the one below the first bound.
func (g gen) staticLabel(b check.Buckets, i int) string {
	end := func(j int, last bool) string {
		if j < 0 || j >= len(b.Bounds) {
			return "*"
		}
		k := b.Bounds[j].(check.Const)
		switch v := k.V.(type) {
		case int64:
			if last && b.Closed {
				v--
			}
			return strconv.FormatInt(v, 10)
		case float64:
			return strconv.FormatFloat(v, 'f', -1, 64)
		}
		return g.constantLabel(b, k)
	}
	closing := "["
	if b.Closed {
		closing = "]"
	}
	return "[" + end(i-1, false) + ", " + end(i, true) + closing
}

// aggregate writes an aggregate function.
func (g gen) aggregate(a check.Aggregate) string {
	if a.X == nil {
		return "count(*)"
	}
	x, t := g.value(a.X), a.X.Type()
	asTime := "CAST(" + x + " AS TIMESTAMP)"
	switch a.Func {
	case "count":
		return g.count(a, x)
	case "sum":
		if t.Base == dataset.Int {
			return "TRY_CAST(sum(" + x + ") AS BIGINT)"
		}
		return "sum(" + x + ")"
	case "avg":
		if t.Base == dataset.Date || t.Base == dataset.DateTime {
			return "make_timestamp(CAST(avg(epoch_us(" + asTime + ")) AS BIGINT))"
		}
		return "avg(" + x + ")"
	case "percentile":
		if t.Base == dataset.Date || t.Base == dataset.DateTime {
			return "quantile_cont(" + asTime + ", " + double(a.Fraction) + ")"
		}
		return "quantile_cont(CAST(" + x + " AS DOUBLE), " + double(a.Fraction) + ")"
	case "envelope":
		lat := engine.Lat(a.X.(check.Field).Index)
		some := " FILTER (WHERE " + x + " IS NOT NULL)"
		return "parvis_hull(list(" + x + ")" + some + ", list(" + lat + ")" + some + ")"
	case "bbox":
		i := a.X.(check.Field).Index
		west, south, east, north := engine.Box(i)
		if t.Base == dataset.GeoPoint {
			west, south, east, north = x, engine.Lat(i), x, engine.Lat(i)
		}
		return "parvis_box(min(" + west + "), min(" + south + "), max(" + east + "), max(" + north + "))"
	}
	return a.Func + "(" + x + ")" // min and max
}

// count writes count(x) and count(distinct x), which is exact. Of lists, records that have elements count, or their distinct elements.
func (g gen) count(a check.Aggregate, x string) string {
	f, field := a.X.(check.Field)
	switch {
	case field && f.T.List && a.Distinct:
		return "coalesce(len(list_distinct(flatten(list(" + x + ") FILTER (WHERE " + x + " IS NOT NULL)))), 0)"
	case field && f.T.List:
		return "count(*) FILTER (WHERE len(" + x + ") > 0)"
	case !a.Distinct:
		return "count(" + x + ")"
	case field && f.T.Base == dataset.GeoPoint:
		return "count(DISTINCT struct_pack(x := " + x + ", y := " + engine.Lat(f.Index) + ")) FILTER (WHERE " + x + " IS NOT NULL)"
	}
	return "count(DISTINCT " + x + ")"
}
