package odsql

import (
	"reflect"
	"testing"
)

func name(s string) *Name   { return &Name{Text: s} }
func num(s string) *Number  { return &Number{Text: s} }
func str(s string) *String  { return &String{Value: s} }
func arg(e Expr) Arg        { return Arg{Value: e} }
func star() Arg             { return Arg{Value: &Star{}} }
func date(s string) *Date   { return &Date{Text: s} }
func eq(l, r Expr) *Compare { return &Compare{Op: "=", L: l, R: r} }
func and(t ...Expr) *Logic  { return &Logic{Terms: t} }
func or(t ...Expr) *Logic   { return &Logic{Or: true, Terms: t} }
func not(x Expr) *Not       { return &Not{X: x} }

func calc(l Expr, op byte, r Expr) *Arithmetic { return &Arithmetic{Op: op, L: l, R: r} }
func call(name string, args ...Arg) *Call      { return &Call{Name: name, Args: args} }

func TestParseWhere(t *testing.T) {
	a, b, c := name("a"), name("b"), name("c")
	tests := []struct {
		text string
		want Expr
	}{
		{"", nil},
		{" \t\n\u00a0", nil},
		// Binding.
		{"a or b and not c", or(a, and(b, not(c)))},
		{"(a or b) and c", and(or(a, b), c)},
		{"a AND (b And c)", and(a, and(b, c))},
		{"not not a", not(not(a))},
		{"not a = b", not(eq(a, b))},
		{"a + b * c = 1 - 2 - 3", eq(calc(a, '+', calc(b, '*', c)), calc(calc(num("1"), '-', num("2")), '-', num("3")))},
		{"(a + b) * c > 1", &Compare{Op: ">", L: calc(calc(a, '+', b), '*', c), R: num("1")}},
		{"a=-b", eq(a, &Negative{X: b})},
		{"a = -(1)", eq(a, &Negative{X: num("1")})},
		{"a = - 1", eq(a, num("-1"))},
		{"a = +1", eq(a, num("1"))},
		{"a - -1 = 2", eq(calc(a, '-', num("-1")), num("2"))},
		// Names.
		{"`and`: \"x\"", eq(&Name{Text: "and", Quoted: true}, str("x"))},
		{"`12` = 12", eq(&Name{Text: "12", Quoted: true}, num("12"))},
		{"`a\\`b\\\\c\\d` = 1", eq(&Name{Text: "a`b\\c\\d", Quoted: true}, num("1"))},
		{"day = month", eq(name("day"), name("month"))},
		{"default.title = 'x'", eq(name("default.title"), str("x"))},
		{"2020_total = 1", eq(name("2020_total"), num("1"))},
		{"Été_1 = 1", eq(name("Été_1"), num("1"))},
		{"name: Paris", eq(name("name"), name("Paris"))},
		{"capital", name("capital")},
		{"date = date'2017'", eq(name("date"), date("2017"))},
		// Literals.
		{`a = 'it\'s'`, eq(a, str("it's"))},
		{`a = "a\"b\\c\d\n"`, eq(a, str(`a"b\c\d\n`))},
		{`a = "it's"`, eq(a, str("it's"))},
		{"a = 61.5", eq(a, num("61.5"))},
		{"a = .5", eq(a, num(".5"))},
		{"a = 1e-3", eq(a, num("1e-3"))},
		{`a = DATE"2018/04/01"`, eq(a, date("2018/04/01"))},
		{"a = date '2017-04'", eq(a, date("2017-04"))},
		{"a: FALSE", eq(a, &Bool{})},
		{"a = true", eq(a, &Bool{Value: true})},
		{"a = null", eq(a, &Null{})},
		// Operators.
		{"a<>1", &Compare{Op: "!=", L: a, R: num("1")}},
		{"a!=1", &Compare{Op: "!=", L: a, R: num("1")}},
		{"a<=1", &Compare{Op: "<=", L: a, R: num("1")}},
		{"a >= b", &Compare{Op: ">=", L: a, R: b}},
		{"a in (1,'x')", &In{X: a, List: []Expr{num("1"), str("x")}}},
		{"a NOT IN (1)", not(&In{X: a, List: []Expr{num("1")}})},
		{"a in ]312140..522250[", &In{X: a, Range: &Range{Low: num("312140"), High: num("522250"), LowOpen: true, HighOpen: true}}},
		{"a in [1.5...5[", &In{X: a, Range: &Range{Low: num("1.5"), High: num(".5"), HighOpen: true}}},
		{"a in [b..c]", &In{X: a, Range: &Range{Low: b, High: c}}},
		{"a:]-1 to *]", &In{X: a, Range: &Range{Low: num("-1"), LowOpen: true}}},
		{"a:[20220312 TO 20220427]", &In{X: a, Range: &Range{Low: num("20220312"), High: num("20220427")}}},
		{"a in [now(days=-7)..now()]", &In{X: a, Range: &Range{Low: call("now", Arg{"days", num("-7")}), High: call("now")}}},
		{`"v" in tags`, &In{X: str("v"), Field: name("tags")}},
		{"5 in `t g`", &In{X: num("5"), Field: &Name{Text: "t g", Quoted: true}}},
		{`a like "x y"`, &Like{X: a, Pattern: String{Value: "x y"}}},
		{"a Not Like 'x'", not(&Like{X: a, Pattern: String{Value: "x"}})},
		{"a is NULL", &Is{X: a, Value: &Null{}}},
		{"a is not true", &Is{X: a, Not: true, Value: &Bool{Value: true}}},
		{`"tree" AND NOT "cat"`, and(str("tree"), not(str("cat")))},
		// Calls.
		{`search(*, "x")`, call("search", star(), arg(str("x")))},
		{"Search (`t 1`, b, 'x')", call("search", arg(&Name{Text: "t 1", Quoted: true}), arg(b), arg(str("x")))},
		{"a <= now()", &Compare{Op: "<=", L: a, R: call("now")}},
		{"a > now(days=-7, Weekday=0)", &Compare{Op: ">", L: a, R: call("now", Arg{"days", num("-7")}, Arg{"weekday", num("0")})}},
		{"within_distance(a, GEOM'POINT(1 2)', 10km)",
			call("within_distance", arg(a), arg(&Geometry{Text: "POINT(1 2)"}), arg(&Quantity{Number: "10", Unit: "km"}))},
		{"distance(a, geometry'POINT(1 2)', 1.5 mi)",
			call("distance", arg(a), arg(&Geometry{Text: "POINT(1 2)"}), arg(&Quantity{Number: "1.5", Unit: "mi"}))},
		{`geometry(a, geom'{"type": "Point","coordinates":[1, 2]}', INTERSECTS)`,
			call("geometry", arg(a), arg(&Geometry{Text: `{"type": "Point","coordinates":[1, 2]}`}), arg(name("INTERSECTS")))},
		{"in_bbox(a, -20, -80, 0, +70)", call("in_bbox", arg(a), arg(num("-20")), arg(num("-80")), arg(num("0")), arg(num("70")))},
	}
	for _, test := range tests {
		got, err := ParseWhere(test.text)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
		} else if !reflect.DeepEqual(bare(got), test.want) {
			t.Errorf("%s was read as %s", test.text, Print(got))
		}
		againWhere(t, test.text)
	}
}

func TestParseSelect(t *testing.T) {
	tests := []struct {
		text string
		want []SelectItem
	}{
		{" ", []SelectItem{{Star: true, Text: "*"}}},
		{" * , x+1 as y", []SelectItem{
			{Span: Span{1, 2}, Star: true, Text: "*"},
			{Span: Span{5, 13}, X: calc(name("x"), '+', num("1")), Alias: "y", Text: "x+1"}}},
		{"  (sum( a )/count(*)) ", []SelectItem{
			{Span: Span{2, 21}, X: calc(call("sum", arg(name("a"))), '/', call("count", star())), Text: "(sum( a )/count(*))"}}},
		{"count(*)as count", []SelectItem{{Span: Span{0, 16}, X: call("count", star()), Alias: "count", Text: "count(*)"}}},
		{"a AS and, b as `City name`", []SelectItem{
			{Span: Span{0, 8}, X: name("a"), Alias: "and", Text: "a"},
			{Span: Span{10, 26}, X: name("b"), Alias: "City name", Text: "b"}}},
		{"include(pop*),EXCLUDE( `a b` )", []SelectItem{
			{Span: Span{0, 13}, Include: "pop*", Text: "include(pop*)"},
			{Span: Span{14, 30}, Exclude: "a b", Text: "EXCLUDE( `a b` )"}}},
		{"include", []SelectItem{{Span: Span{0, 7}, X: name("include"), Text: "include"}}},
		{"count(distinct a)", []SelectItem{{Span: Span{0, 17}, Text: "count(distinct a)",
			X: &Call{Name: "count", Distinct: true, Args: []Arg{arg(name("a"))}}}}},
		{"count(distinct *)", []SelectItem{{Span: Span{0, 17}, Text: "count(distinct *)", X: &Call{Name: "count", Distinct: true, Args: []Arg{star()}}}}},
		{"count(distinct * 2)", []SelectItem{{Span: Span{0, 19}, Text: "count(distinct * 2)", X: call("count", arg(calc(name("distinct"), '*', num("2"))))}}},
		{"count(distinct)", []SelectItem{{Span: Span{0, 15}, X: call("count", arg(name("distinct"))), Text: "count(distinct)"}}},
		{"json_format(j, null)", []SelectItem{{Span: Span{0, 20}, X: call("json_format", arg(name("j")), arg(&Null{})), Text: "json_format(j, null)"}}},
	}
	for _, test := range tests {
		got, err := ParseSelect(test.text)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		for i := range got {
			got[i].X = bare(got[i].X)
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s was read as %+v", test.text, got)
		}
		againSelect(t, test.text)
	}
}

func TestParseGroupBy(t *testing.T) {
	f := arg(name("f"))
	tests := []struct {
		text string
		want []GroupItem
	}{
		{"", nil},
		{"year(d) as year, f", []GroupItem{{X: call("year", arg(name("d"))), Alias: "year"}, {X: name("f")}}},
		{"RANGE(f, *, 1, -2.5, *)", []GroupItem{{X: call("range", f, star(), arg(num("1")), arg(num("-2.5")), star())}}},
		{"range(f, 1quarter)", []GroupItem{{X: call("range", f, arg(&Quantity{Number: "1", Unit: "quarter"}))}}},
		{"range(f, 720 m)", []GroupItem{{X: call("range", f, arg(&Quantity{Number: "720", Unit: "m"}))}}},
		{"range(f, ]10, 50, 100[)", []GroupItem{{X: call("range", f, star(), arg(num("10")), arg(num("50")), arg(num("100")), star())}}},
		{"range(f, [1,2,3])", []GroupItem{{X: call("range", f, arg(num("1")), arg(num("2")), arg(num("3")))}}},
		{"range(f, [*, 20.5[)", []GroupItem{{X: call("range", f, star(), arg(num("20.5")), star())}}},
		{"range(f, EQUI(5))", []GroupItem{{X: call("range", f, arg(num("5")))}}},
		{"equi(f, 5)", []GroupItem{{X: call("equi", f, arg(num("5")))}}},
		{"geo_cluster(f, 8, 10)", []GroupItem{{X: call("geo_cluster", f, arg(num("8")), arg(num("10")))}}},
	}
	for _, test := range tests {
		got, err := ParseGroupBy(test.text)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
		} else if !reflect.DeepEqual(bare(got), test.want) {
			t.Errorf("%s was read as %s", test.text, PrintGroupBy(got))
		}
		againGroupBy(t, test.text)
	}
	items, err := ParseGroupBy(" GEO_CLUSTER(coordonnees_geo,10) , b")
	if err != nil || items[0].Text != "GEO_CLUSTER(coordonnees_geo,10)" || items[1].Text != "b" {
		t.Errorf("the texts of the items are %+v, %v", items, err)
	}
}

func TestParseOrderBy(t *testing.T) {
	tests := []struct {
		text string
		want []OrderItem
	}{
		{"", nil},
		{"a, b desc, c ASC", []OrderItem{{X: name("a")}, {X: name("b"), Desc: true}, {X: name("c")}}},
		{"-a, - `b`", []OrderItem{{X: name("a"), Desc: true}, {X: &Name{Text: "b", Quoted: true}, Desc: true}}},
		{"-count(*)", []OrderItem{{X: call("count", star()), Desc: true}}},
		{"-a * b", []OrderItem{{X: calc(&Negative{X: name("a")}, '*', name("b"))}}},
		{"(-a) desc, -(-a)", []OrderItem{{X: &Negative{X: name("a")}, Desc: true}, {X: &Negative{X: name("a")}, Desc: true}}},
		{"-5", []OrderItem{{X: num("-5")}}},
		{"random(1)", []OrderItem{{X: call("random", arg(num("1")))}}},
		{"month asc, day DESC", []OrderItem{{X: name("month")}, {X: name("day"), Desc: true}}},
	}
	for _, test := range tests {
		got, err := ParseOrderBy(test.text)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
		} else if !reflect.DeepEqual(bare(got), test.want) {
			t.Errorf("%s was read as %s", test.text, PrintOrderBy(got))
		}
		againOrderBy(t, test.text)
	}
}

func TestParseRefinement(t *testing.T) {
	tests := []struct{ text, name, value string }{
		{"country:France", "country", "France"},
		{"`country`:France", "country", "France"},
		{" `a:b` : x ", "a:b", "x"},
		{"continent:South America", "continent", "South America"},
		{`f:"value with : and \" inside"`, "f", `value with : and " inside`},
		{"f:'x'", "f", "x"},
		{"f: ' x '", "f", " x "},
		{`f:""`, "f", ""},
		{"f:a:b/c", "f", "a:b/c"},
		{"city:'s-Hertogenbosch", "city", "'s-Hertogenbosch"},
		{"city:'t Hart's", "city", "'t Hart's"},
		{"12:2", "12", "2"},
		{"d:2020/12", "d", "2020/12"},
		{`explore.path:"World/France/*"`, "explore.path", "World/France/*"},
	}
	for _, test := range tests {
		got, err := ParseRefinement("refine", test.text)
		if err != nil || got != (Refinement{test.name, test.value}) {
			t.Errorf("%s was read as %+v, %v", test.text, got, err)
		}
		againRefine(t, test.text)
	}
}

func TestParseFacet(t *testing.T) {
	yes, no := true, false
	tests := []struct {
		text string
		want Facet
	}{
		{"country", Facet{Name: "country"}},
		{" `a b` ", Facet{Name: "a b"}},
		{"facet", Facet{Name: "facet"}},
		{"12", Facet{Name: "12"}},
		{`facet(name="explore.labels", sort="alphanum", hierarchical=true)`,
			Facet{Name: "explore.labels", Sort: "alphanum", Hierarchical: &yes}},
		{`FACET( name='c', Disjunctive=FALSE, separator="/", sort="-count", limit=20 )`,
			Facet{Name: "c", Disjunctive: &no, Separator: "/", Sort: "-count", Limit: 20}},
		{"facet(name=c, sort=-num)", Facet{Name: "c", Sort: "-num"}},
	}
	for _, test := range tests {
		got, err := ParseFacet(test.text)
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s was read as %+v, %v", test.text, got, err)
		}
		againFacet(t, test.text)
	}
}

func TestSpans(t *testing.T) {
	text := `not (a or b) and ( c + 1 ) * 2 in [1..2] and "é" = -d`
	want := []string{text, "not (a or b)", "a or b", "a", "b", "( c + 1 ) * 2 in [1..2]", "( c + 1 ) * 2",
		"c + 1", "c", "1", "2", "[1..2]", "1", "2", `"é" = -d`, `"é"`, "-d", "d"}
	e, err := ParseWhere(text)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	Walk(e, func(e Expr) bool {
		got = append(got, text[e.At().Start:e.At().End])
		return true
	})
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the nodes stand at %q,\nexpected %q", got, want)
	}
}

func TestWalkStops(t *testing.T) {
	e, err := ParseWhere("lower(a) = 'x' and b in (c, d) and e in [f TO *] and g is null and h like 'y' and 'z' in i")
	if err != nil {
		t.Fatal(err)
	}
	var names string
	Walk(e, func(e Expr) bool {
		if n, ok := e.(*Name); ok {
			names += n.Text
		}
		_, inside := e.(*Call)
		return !inside
	})
	if names != "bcdefghi" {
		t.Errorf("the walk met the names %q", names)
	}
	Walk(nil, func(Expr) bool { t.Error("nil was visited"); return true })
}
