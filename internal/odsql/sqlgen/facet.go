package sqlgen

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"parvis/internal/dataset"
	"parvis/internal/engine"
	"parvis/internal/odsql/check"
)

// maxBranches bounds how many opened nodes of a facet are counted.
const maxBranches = 50

// Facets counts the values of all facets of the plan (Plan.Facets; at least one) in one statement. Its columns:
//
//	facet int    position in Plan.Facets
//	level int    1 for the first level, 2 for the children of a refined value of the first, …
//	value text   the whole path, in the form of Facet.Refined
//	count int    records
//
// Rows come facet by facet, level by level, in the order that the facet asks for, at most Facet.Limit a
// level and parent, though refined values that some record has are always there. Excluded values are not.
func Facets(src engine.Source, p *check.Plan) engine.Statement {
	g := gen{src: src, p: p}
	from, with := facetSource{table: g.records(), filters: p.Filters}, ""
	if g.searched() && len(p.Facets) > 1 {
		var columns []string
		for _, f := range p.Facets {
			columns = append(columns, engine.Col(f.Field))
		}
		slices.Sort(columns)
		with = "WITH hits AS MATERIALIZED (SELECT " + strings.Join(slices.Compact(columns), ", ") + " FROM " + from.table + g.where(p.Filters) + ") "
		from = facetSource{table: "hits"}
	}
	var branches []string
	for i, f := range p.Facets {
		branches = append(branches, g.facet(i, f, from)...)
	}
	columns := []dataset.Column{{Name: "facet", Type: dataset.Int}, {Name: "level", Type: dataset.Int}, {Name: "value", Type: dataset.Text}, {Name: "count", Type: dataset.Int}}
	return engine.Statement{
		Source:  src,
		SQL:     with + "SELECT facet, level, value, count FROM (" + strings.Join(branches, " UNION ALL ") + ") ORDER BY facet, level, branch, pos",
		Columns: columns,
	}
}

// facetSource is where the records of a facet come from, and the filters that they have still to meet.
type facetSource struct {
	table   string
	filters []check.Filter
}

// searched tells whether all facets count the same records, and a search finds those: it is then done once for
// all. Other conditions are quicker to repeat than their records are to set aside.
func (g gen) searched() bool {
	search := false
	for _, filter := range g.p.Filters {
		if slices.ContainsFunc(g.p.Facets, func(f check.Facet) bool { return f.Field == filter.Facet }) {
			return false
		}
		terms, ok := filter.Predicate.(check.All)
		if !ok {
			terms = check.All{filter.Predicate}
		}
		for _, t := range terms {
			if _, words := t.(check.Words); words {
				search = true
			}
		}
	}
	return search
}

// facet gives the SELECTs of a facet: its first level, and one for the children of each refined value.
func (g gen) facet(i int, f check.Facet, from facetSource) []string {
	var filters []check.Filter
	for _, filter := range from.filters {
		if filter.Facet != f.Field {
			filters = append(filters, filter)
		}
	}
	tail := from.table + g.where(filters)
	head := func(level, branch int) string {
		return fmt.Sprintf("SELECT CAST(%d AS BIGINT) AS facet, CAST(%d AS BIGINT) AS level, %d AS branch", i, level, branch)
	}
	out := []string{g.level(f, head(1, 0), tail, nil)}
	if f.Kind == check.FacetFlat {
		return out
	}
	sep := separator(f)
	seen := map[string]bool{}
	for _, value := range f.Refined {
		steps := strings.Split(value, sep)
		for n := 1; n <= len(steps) && (f.Kind == check.FacetPath || n < f.Depth); n++ {
			parent := strings.Join(steps[:n], sep)
			if seen[parent] || len(out) > maxBranches {
				continue
			}
			seen[parent] = true
			out = append(out, g.level(f, head(n+1, len(out)), tail, steps[:n]))
		}
	}
	return out
}

func separator(f check.Facet) string {
	if f.Kind == check.FacetDate {
		return "/"
	}
	return f.Separator
}

// level is the SELECT of the values below a parent (none: the first level), the most wanted of them. From is a
// table with its WHERE clause.
func (g gen) level(f check.Facet, head, from string, parent []string) string {
	field := g.p.Fields()[f.Field]
	values, text := "", "CAST(v AS VARCHAR)"
	switch f.Kind {
	case check.FacetDate:
		values, text = g.dateValues(f, from, parent)
	case check.FacetPath:
		values, text = g.pathValues(f, from, parent), "v"
	default:
		c := engine.Col(f.Field)
		if field.List() {
			c = "unnest(list_distinct(" + c + "))" // a value that stands twice in a record counts once
		}
		values = "SELECT " + c + " AS v FROM " + from
	}
	keys := facetOrder(f, field, text)
	first := ""
	if len(f.Refined) > 0 {
		quoted := make([]string, len(f.Refined))
		for i, r := range f.Refined {
			quoted[i] = engine.Quote(r)
		}
		first = text + " IN (" + strings.Join(quoted, ", ") + ") DESC, "
		if f.Kind != check.FacetFlat { // the way down to a refined value, too
			var ways []string
			for _, q := range quoted {
				ways = append(ways, "starts_with("+q+", "+text+" || "+engine.Quote(separator(f))+")")
			}
			first = "(" + text + " IN (" + strings.Join(quoted, ", ") + ") OR " + strings.Join(ways, " OR ") + ") DESC, "
		}
	}
	return head + ", " + text + " AS value, n AS count, row_number() OVER (ORDER BY " + keys + ") AS pos FROM (SELECT v, count(*) AS n FROM (" + values +
		") WHERE v IS NOT NULL GROUP BY v ORDER BY " + first + keys + " LIMIT " + strconv.Itoa(f.Limit) + ")"
}

// facetOrder writes the order of a facet's values over v and n.
func facetOrder(f check.Facet, field dataset.Field, text string) string {
	sort, desc := strings.CutPrefix(f.Sort, "-")
	end := ""
	if desc {
		end = " DESC"
	}
	switch sort {
	case "alphanum":
		switch {
		case f.Kind == check.FacetDate, field.Type == dataset.Boolean:
			return "v" + end
		}
		return "strip_accents(lower(" + text + "))" + end + ", v" + end
	case "num":
		if field.Type == dataset.Text {
			return "TRY_CAST(v AS DOUBLE)" + end + " NULLS LAST, v" + end
		}
		return "v" + end
	}
	return "n" + end + ", v"
}

// dateValues is the SELECT of the years, months or days of a date, and how such a value is written.
func (g gen) dateValues(f check.Facet, from string, parent []string) (sql, text string) {
	field := g.p.Fields()[f.Field]
	local := g.local(check.Field{Index: f.Field, T: check.Type{Base: field.Type}})
	if len(parent) == 0 {
		return "SELECT year(" + local + ") AS v FROM " + from, "lpad(CAST(v AS VARCHAR), 4, '0')"
	}
	part := [...]struct{ unit, format string }{{"month", "%Y/%m"}, {"day", "%Y/%m/%d"}}[len(parent)-1]
	sql = "SELECT date_trunc('" + part.unit + "', " + local + ") AS v FROM " + from
	format := [...]string{"%Y", "%Y/%m"}[len(parent)-1]
	sql += and(from, "strftime("+local+", '"+format+"') = "+engine.Quote(strings.Join(parent, "/")))
	return sql, "strftime(v, '" + part.format + "')"
}

// pathValues is the SELECT of the paths one step below a parent.
func (g gen) pathValues(f check.Facet, from string, parent []string) string {
	c, sep := engine.Col(f.Field), engine.Quote(f.Separator)
	level := strconv.Itoa(len(parent) + 1)
	cut := func(x string) string {
		if len(parent) == 0 {
			return "string_split(" + x + ", " + sep + ")[1]"
		}
		return "array_to_string(string_split(" + x + ", " + sep + ")[1:" + level + "], " + sep + ")"
	}
	below := ""
	if len(parent) > 0 {
		below = engine.Quote(strings.Join(parent, f.Separator) + f.Separator)
	}
	if g.p.Fields()[f.Field].List() {
		list := c
		if below != "" {
			list = "list_filter(" + c + ", lambda x: starts_with(x, " + below + "))"
		}
		return "SELECT unnest(list_distinct(list_transform(" + list + ", lambda x: " + cut("x") + "))) AS v FROM " + from
	}
	sql := "SELECT " + cut(c) + " AS v FROM " + from
	if below != "" {
		sql += and(from, "starts_with("+c+", "+below+")")
	}
	return sql
}

// and gives a further condition after a table with or without a WHERE clause.
func and(from, condition string) string {
	if strings.Contains(from, " WHERE ") {
		return " AND " + condition
	}
	return " WHERE " + condition
}
