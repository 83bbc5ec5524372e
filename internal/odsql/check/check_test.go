package check_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/odsql"
	"parvis/internal/odsql/check"
)

// schema has a field of every type, and another name of one.
var schema = check.Schema{
	Fields: []dataset.Field{
		{Name: "name", Type: dataset.Text, Label: "Name of the town"},
		{Name: "people", Type: dataset.Int},
		{Name: "height", Type: dataset.Double},
		{Name: "port", Type: dataset.Boolean, Annotations: dataset.Annotations{Facet: true}},
		{Name: "since", Type: dataset.Date, Annotations: dataset.Annotations{Facet: true, Precision: "month"}},
		{Name: "seen", Type: dataset.DateTime},
		{Name: "spot", Type: dataset.GeoPoint},
		{Name: "area", Type: dataset.GeoShape},
		{Name: "tags", Type: dataset.Text, Annotations: dataset.Annotations{Multivalued: ","}},
		{Name: "path", Type: dataset.Text, Annotations: dataset.Annotations{Hierarchical: ">"}},
	},
	Aliases: map[string]string{"default.name": "name"},
	ID:      "towns",
}

var env = check.Env{Now: time.Date(2021, 5, 6, 12, 34, 55, 450500000, time.UTC)}

// TestErrors holds the words that users and clients see.
func TestErrors(t *testing.T) {
	const (
		malformed = "ODSQL query is malformed: "
		clauses   = ". Clause(s) containing the error(s): "
	)
	where := func(s string) odsql.Question { return odsql.Question{Where: []string{s}} }
	for _, c := range []struct {
		q       odsql.Question
		message string // a part of it
		clause  string
	}{
		{odsql.Question{OrderBy: "datetime"}, malformed + "Unknown field: datetime" + clauses + "order_by.", ""},
		{odsql.Question{Select: "nope"}, malformed + "Unknown field: nope" + clauses + "select.", ""},
		{odsql.Question{Select: "include(nope)"}, "Unknown field: nope", "select"},
		{odsql.Question{Select: "exclude(nope)"}, "Unknown field: nope", "select"},
		{odsql.Question{GroupBy: "nope"}, "Unknown field: nope", "group_by"},
		{where("nope = 1"), "Unknown field: nope", "where"},
		{odsql.Question{Refine: []string{"nope:x"}}, "Unknown field: nope", "refine"},
		{odsql.Question{Exclude: []string{"nope:x"}}, "Unknown field: nope", "exclude"},
		{odsql.Question{Facet: []string{"nope"}}, "Unknown field: nope", "facet"},
		{odsql.Question{Facet: []string{"spot"}}, "cannot be a facet", "facet"},
		{odsql.Question{Refine: []string{"area:x"}}, "cannot be refined on", "refine"},
		{odsql.Question{Select: "sum(name) as s"}, malformed + "StatAggregation only supports numeric or date expression" + clauses + "select.", ""},
		{odsql.Question{Select: "avg(tags)"}, "StatAggregation", "select"},
		{odsql.Question{Select: "sum(since)"}, "StatAggregation", "select"},
		{odsql.Question{GroupBy: "spot"}, "Aggregation on geo point field is not possible. Use the geo_cluster(field, int_precision) aggregation function instead", "group_by"},
		{odsql.Question{GroupBy: "year(since) as y", Select: "year(since) as y"}, "Alias 'y' is declared several times", "select"},
		{odsql.Question{Select: "name as y, people as y"}, "Alias 'y' is declared several times", "select"},
		{odsql.Question{GroupBy: "name as y, people as y"}, "Alias 'y' is declared several times", "group_by"},
		{odsql.Question{GroupBy: "name", Select: "people"}, "Field people must be in group_by or in an aggregation function", "select"},
		{odsql.Question{Select: "*, count(*)"}, "cannot stand beside an aggregation function", "select"},
		{odsql.Question{GroupBy: "name", OrderBy: "people"}, "must be in group_by", "order_by"},
		{odsql.Question{GroupBy: "name", OrderBy: "name, avg(people)"}, "come before fields", "order_by"},
		{odsql.Question{OrderBy: "count(*)"}, "cannot stand here", "order_by"},
		{odsql.Question{OrderBy: "spot"}, "cannot be sorted by geo_point_2d", "order_by"},
		{odsql.Question{OrderBy: "random('x')"}, "the seed of random() is a whole number", "order_by"},
		{odsql.Question{GroupBy: "range(since, 2 months)"}, "several weeks, months, quarters or years is not supported", "group_by"},
		{odsql.Question{GroupBy: "range(since, 2)"}, "has a unit", "group_by"},
		{odsql.Question{GroupBy: "range(people, 1 day)"}, "needs a date", "group_by"},
		{odsql.Question{GroupBy: "range(people, 5, 5)"}, "ascend", "group_by"},
		{odsql.Question{GroupBy: "range(people, 0)"}, "a number above 0", "group_by"},
		{odsql.Question{GroupBy: "range(name, 5)"}, "needs a number or a date", "group_by"},
		{odsql.Question{GroupBy: "geo_cluster(spot, 26)"}, "from 0 to 25", "group_by"},
		{odsql.Question{GroupBy: "geo_cluster(name, 6)"}, "geo_point_2d", "group_by"},
		{odsql.Question{GroupBy: "count(*)"}, "cannot stand here", "group_by"},
		{odsql.Question{GroupBy: "1"}, "a constant cannot be a key", "group_by"},
		{odsql.Question{Select: "range(people, 5)"}, "for group_by only", "select"},
		{where("range(people, 5) = 1"), "for group_by only", "where"},
		{where("since = '2024'"), "IncompatibleTypesInComparisonFilter: field since of type date cannot be compared with '2024' at position 8", "where"},
		{where("since > 2024"), "IncompatibleTypesInComparisonFilter", "where"},
		{where("since = date'2024-13'"), `"2024-13" is not a date`, "where"},
		{where("people = 'many'"), "IncompatibleTypesInComparisonFilter: field people of type int", "where"},
		{where("name = date'2020'"), "IncompatibleTypesInComparisonFilter", "where"},
		{where("name = people"), "IncompatibleTypesInComparisonFilter", "where"},
		{where("port = 1"), "IncompatibleTypesInComparisonFilter", "where"},
		{where("port > false"), "booleans are equal or not", "where"},
		{where("people = null"), "cannot be compared with NULL", "where"},
		{where("spot = 'x'"), "geo_point_2d cannot be compared", "where"},
		{where("people"), "a condition is expected, and this is a value of type int", "where"},
		{where("name is true"), "are for booleans", "where"},
		{where("name + 1 = 2"), "arithmetic needs numbers, and this is text at position 0", "where"},
		{where("lower(people) = 'x'"), "lower() needs a text", "where"},
		{where("year(name) = 1"), "year() needs a date", "where"},
		{where("length() = 1"), "takes 1 argument(s) and got 0", "where"},
		{where("count(*) > 1"), "cannot stand here", "where"},
		{where("date_format(since, 'YYYY-XX') = '1'"), "the letter X has no meaning", "where"},
		{where("date_format(since, \"'YYYY\") = '1'"), "a quote is not closed", "where"},
		{where("since > now(days='x')"), "whole numbers by name", "where"},
		{where("since > now(month=13)"), "month is a whole number from 1 to 12", "where"},
		{where("since > now(day=0)"), "day is a whole number from 1", "where"},
		{where("since = date'2001011'"), `"2001011" is not a date`, "where"},
		{where("within_distance(spot, geom'POINT(1 2)', 1M)"), "mi, yd, ft, m, cm, km, mm", "where"},
		{odsql.Question{Select: "sum(*)"}, "only count(*) takes *", "select"},
		{where("since > now(moons=1)"), `knows no parameter "moons"`, "where"},
		{where("within_distance(name, geom'POINT(1 2)', 1km)"), "needs a geo_point_2d or geo_shape", "where"},
		{where("within_distance(spot, geom'POLYGON((0 0,1 0,1 1,0 0))', 1km)"), "needs a point", "where"},
		{where("within_distance(spot, geom'POINT(1 2)', 1 day)"), "mi, yd, ft, m, cm, km, mm", "where"},
		{where("intersects(spot, geom'POLYGON(1')"), "the geometry cannot be read", "where"},
		{where("geometry(spot, geom'POINT(1 2)', NEAR)"), "INTERSECTS, DISJOINT or WITHIN", "where"},
		{where("search('" + strings.Repeat("a b c d e f g h i j k l ", 10) + "') and '" + words(100) + "'"), "searches for at most 100 words", "where"},
		{where("search(nope, 'x')"), "Unknown field: nope", "where"},
		{where("people like 'x' and since like 'x'"), "LIKE looks for words in a text field", "where"},
		{where("length(name) in (3, 4)"), "a list stands behind a field", "where"},
		{where("since in (date'2001-01-15')"), "a list takes no date", "where"},
		{where("name in ('a', people)"), "the elements of a list are constants", "where"},
		{odsql.Question{Select: "json_format(people)"}, "needs a text", "select"},
		{odsql.Question{Select: "ifnull(people, 'x')"}, "IncompatibleTypes", "select"},
		{odsql.Question{Select: "ifnull(people, name)"}, "no common type", "select"},
		{odsql.Question{Select: "percentile(people, 101)"}, "from 0 to 100", "select"},
		{odsql.Question{Select: "envelope(area)"}, "does not work on geo_shape", "select"},
		{odsql.Question{Select: "exclude(*)"}, "no field is left", "select"},
		{odsql.Question{Select: strings.Repeat("(1+", 150) + "1" + strings.Repeat(")", 150)}, "deep", "select"},
	} {
		_, err := check.Check(c.q, schema, env)
		if err == nil || !strings.Contains(err.Error(), c.message) || c.clause != "" && !strings.HasSuffix(err.Error(), clauses+c.clause+".") {
			t.Errorf("%+v: %v, want %q in clause %s", c.q, err, c.message, c.clause)
		} else if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v is no invalid request", c.q, err)
		}
	}
}

// words gives n different words.
func words(n int) string {
	var out []string
	for i := range n {
		out = append(out, "w"+strconv.Itoa(i))
	}
	return strings.Join(out, " ")
}

// TestPlace reads languages and time zones.
func TestPlace(t *testing.T) {
	for _, zone := range []string{"", "UTC", "Europe/Paris", "US/Eastern", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "GMT"} {
		if _, err := check.Check(odsql.Question{Timezone: zone}, schema, env); err != nil {
			t.Errorf("zone %q: %v", zone, err)
		}
	}
	for _, zone := range []string{"Nowhere/City", "Local", "posix/Europe/Paris", "../../etc/passwd", "/etc/localtime", "europe/paris", "zone.tab", "Europe/Paris'"} {
		if _, err := check.Check(odsql.Question{Timezone: zone}, schema, env); fault.KindOf(err) != fault.Invalid {
			t.Errorf("zone %q: %v", zone, err)
		}
	}
	for _, lang := range check.Languages {
		if _, err := check.Check(odsql.Question{Lang: lang}, schema, env); err != nil {
			t.Errorf("language %q: %v", lang, err)
		}
		for _, short := range []bool{false, true} {
			if days, months := check.DayNames(lang, short), check.MonthNames(lang, short); len(days) != 7 || len(months) != 12 || slices.Contains(days, "") || slices.Contains(months, "") {
				t.Errorf("language %q: %q %q", lang, days, months)
			}
		}
	}
	if _, err := check.Check(odsql.Question{Lang: "xx"}, schema, env); fault.KindOf(err) != fault.Invalid {
		t.Errorf("language xx: %v", err)
	}
	if got := check.DayNames("fr", true)[1] + check.DayNames("de", false)[0] + check.MonthNames("fr", false)[10]; got != "mar.Montagnovembre" {
		t.Errorf("names: %s", got)
	}
}

// TestColumns tells the columns of answers: name, label, type, precision.
func TestColumns(t *testing.T) {
	for _, c := range []struct {
		q    odsql.Question
		want string
	}{
		{odsql.Question{Select: "name, name as n, default.name"}, "name/Name of the town/text/ n/n/text/ default.name/Name of the town/text/"},
		{odsql.Question{Select: "people*2, people / 2 as h"}, "people*2/people*2/int/ h/h/double/"},
		{odsql.Question{Select: "since, min(since) as m", GroupBy: "since"}, "since/since/date/month m/m/date/month"},
		{odsql.Question{Select: "COUNT( * ), avg(people)", GroupBy: "tags"}, "tags/tags/text/ COUNT( * )/COUNT( * )/int/ avg(people)/avg(people)/double/"},
		{odsql.Question{GroupBy: "name as n", Select: "*"}, "n/n/text/"},
		{odsql.Question{Select: "name, max(since) as m, people / sum(people) as p"}, "name/Name of the town/text/ m/m/date/month p/p/double/"},
		{odsql.Question{Select: "exclude(s*), people + 1 as p, exclude(p*)"}, "name/Name of the town/text/ height/height/double/ area/area/geo_shape/ tags/tags/text/ p/p/int/"},
		{odsql.Question{Select: "recordid, record_timestamp, now() as n"}, "recordid/recordid/text/ record_timestamp/record_timestamp/datetime/ n/n/datetime/"},
	} {
		p, err := check.Check(c.q, schema, env)
		if err != nil {
			t.Errorf("%+v: %v", c.q, err)
			continue
		}
		var got []string
		for _, col := range p.Columns {
			got = append(got, strings.Join([]string{col.Name, col.Label, string(col.Type), col.Precision}, "/"))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%+v: got %s, want %s", c.q, s, c.want)
		}
		if p.Volatile != strings.Contains(c.q.Select, "now") {
			t.Errorf("%+v: volatile is %v", c.q, p.Volatile)
		}
	}
}

// TestFacets tells what the facets of a plan know of their refinements.
func TestFacets(t *testing.T) {
	p, err := check.Check(odsql.Question{
		Refine:  []string{"since:2003-2", "path:a>b>*", "port:TRUE", "people:12"},
		Exclude: []string{"since:2004", "people:013"},
		Facet:   []string{"since", "path", `facet(name="port", limit=5, sort="alphanum")`, "people", "people"},
	}, schema, env)
	if err != nil {
		t.Fatal(err)
	}
	want := []check.Facet{
		{Name: "since", Field: 4, Kind: check.FacetDate, Depth: 2, Sort: "-count", Limit: 100, Refined: []string{"2003/02"}, Excluded: []string{"2004"}},
		{Name: "path", Field: 9, Kind: check.FacetPath, Separator: ">", Sort: "-count", Limit: 100, Refined: []string{"a>b"}},
		{Name: "port", Field: 3, Sort: "alphanum", Limit: 5, Refined: []string{"true"}},
		{Name: "people", Field: 1, Sort: "-count", Limit: 100, Refined: []string{"12"}, Excluded: []string{"13"}},
	}
	if len(p.Facets) != len(want) {
		t.Fatalf("got %+v", p.Facets)
	}
	for i, f := range p.Facets {
		if got, want := strings.Join(append(f.Refined, f.Excluded...), ","), strings.Join(append(want[i].Refined, want[i].Excluded...), ","); got != want || f.Name != p.Facets[i].Name {
			t.Errorf("%s: got %s, want %s", f.Name, got, want)
		}
		f.Refined, f.Excluded, want[i].Refined, want[i].Excluded = nil, nil, nil, nil
		if f.Kind != want[i].Kind || f.Depth != want[i].Depth || f.Separator != want[i].Separator || f.Sort != want[i].Sort || f.Limit != want[i].Limit || f.Field != want[i].Field {
			t.Errorf("got %+v, want %+v", f, want[i])
		}
	}
	if p, err = check.Check(odsql.Question{}, schema, env); err != nil || len(p.Facets) != 2 {
		t.Errorf("without a facet all annotated ones are meant: %v, %v", p.Facets, err)
	}
	if p, err = check.Check(odsql.Question{GroupBy: "name", Select: "count(*) as c", OrderBy: "c desc"}, schema, env); err != nil || !p.AggregateOrder {
		t.Errorf("an order by an aggregate is told: %v", err)
	}
}

// FuzzDateFormat reads any pattern without failing hard.
func FuzzDateFormat(f *testing.F) {
	for _, s := range []string{"yyyy-MM-dd", "'The date is '''dd/MM/YYYY''", "EEEE d MMMM", "'", "''''", "é'x", "%Y", "XX", "YYYYYYYYYYYY"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		q := odsql.Question{Select: `date_format(since, "` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(pattern) + `")`}
		if _, err := check.Check(q, schema, env); err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", pattern, err)
		}
	})
}

// FuzzDate reads any date without failing hard.
func FuzzDate(f *testing.F) {
	for _, s := range []string{"2017", "2017-04", "2017/04/03", "2017-04-03T08:02", "1970-01-01T00:00:00.000Z", "2017-04-03 08:02:01.5+02:00", "2017-02-30", "9999-12-31T23:59:59-12:00", "0001-01-01"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(text, `'\`) {
			return
		}
		for _, field := range []string{"since", "seen"} {
			q := odsql.Question{Where: []string{field + " = date'" + text + "'"}, Timezone: "Europe/Paris"}
			if _, err := check.Check(q, schema, env); err != nil && fault.KindOf(err) != fault.Invalid {
				t.Errorf("%q: %v", text, err)
			}
		}
	})
}
