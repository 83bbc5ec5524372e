package odsql

import (
	"slices"
	"testing"
)

// fuzz feeds a round trip with the clauses of clients, and with forms they do not show.
func fuzz(f *testing.F, check func(*testing.T, string), names []string, more ...string) {
	for _, c := range clauses(f) {
		if slices.Contains(names, c.name) {
			f.Add(c.text)
		}
	}
	for _, text := range more {
		f.Add(text)
	}
	f.Fuzz(check)
}

func FuzzWhere(f *testing.F) {
	fuzz(f, againWhere, []string{"where"},
		"not not a and (b or c) and not (d = -(1))", `"v" in tags`, "a in (1, -2, +3, - 4, date\"2020\")",
		"a not in ]*..5] or a not like 'x'", "-(-(-a)) * (b - (c - d)) / 2 > 1.5e3", "count(distinct (-x)) = 2",
		"x:[now(days=-7) TO now()]", "`a\\`b\\\\` = 'it\\'s \\d'", "2020_total > 10km", "a is not null and b is true",
		"intersects(g, geometry'{\"type\":\"Point\",\"coordinates\":[1,2]}', within)", "(a = 1) = (b in (c))")
}

func FuzzRowFilter(f *testing.F) {
	fuzz(f, againRowFilter, []string{"where"},
		"#attr(a, b)", "not #ATTR(`#attr`, 'x y') or #attr(dep.code, \"and\")", "#attr(a, b) in (1)", "'#attr(a, b)' = `#attr(a,b)` and #attr(#attr, b)")
}

func FuzzSelect(f *testing.F) {
	fuzz(f, againSelect, []string{"select"},
		"*, include(pop*), exclude(`a b`*), include(*), exclude(12*)", "a as `and`, b as and, -c as c",
		"count(distinct), count(distinct distinct), count(distinct (a + 1))", "default.title, 1 day as d")
}

func FuzzGroupBy(f *testing.F) {
	fuzz(f, againGroupBy, []string{"group_by"},
		"range(f, ]10, 50, 100[) as b, range(g, [1, 2, *[)", "equi(f, 5), range(f, EQUI(5))", "geo_cluster(g, 8, 10)",
		"range(d, *, date'2020', date'2021')", "range(f, -1, +2, 1.5)")
}

func FuzzOrderBy(f *testing.F) {
	fuzz(f, againOrderBy, []string{"order_by"},
		"-a, - b, -count(*), -(-a), (-a), -(-a) , (-a) desc, -(5), -5", "-a * b desc, random(1)", "distance(g, geom'POINT(1 2)') asc")
}

func FuzzRefinement(f *testing.F) {
	fuzz(f, againRefine, []string{"refine", "exclude"},
		"city:'s-Hertogenbosch", "f:\"a \\\"b\\\" : c\"", "`a b` : x:y", "explore.path:\"World/France/*\"")
}

func FuzzFacet(f *testing.F) {
	fuzz(f, againFacet, []string{"facet"},
		"facet(name=\"a\\\"b\", sort=-count, limit=1e3)", "FACET(NAME='x', Disjunctive=FALSE, separator='')", "`a b`", "facet(name=`x`, sort='NUM')")
}
