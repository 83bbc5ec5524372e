package sqlgen_test

import (
	"strings"
	"testing"

	"parvis/internal/odsql"
	"parvis/internal/odsql/sqlgen"
)

// TestGroups asks for groups; rows are joined by a blank.
func TestGroups(t *testing.T) {
	p := towns(t)
	for _, c := range []struct {
		name string
		q    odsql.Question
		want string
	}{
		{"null last", odsql.Question{GroupBy: "region", Select: "count(*) as n"},
			`{"region":"","n":1} {"region":"North","n":2} {"region":"South","n":1} {"region":"West","n":2} {"region":null,"n":2}`},
		{"key again under a name of its own", odsql.Question{GroupBy: "region as r", Select: "region as again", Where: []string{`people = 1200`}},
			`{"r":"North","again":"North"} {"r":"South","again":"South"}`},
		{"key selected", odsql.Question{GroupBy: "region", Select: "region, max(people)", Where: []string{`people = 1200`}},
			`{"region":"North","max(people)":1200} {"region":"South","max(people)":1200}`},
		{"elements", odsql.Question{GroupBy: "tags", Select: "count(*) as n", OrderBy: "n desc"},
			`{"tags":"sea","n":4} {"tags":"hill","n":2} {"tags":null,"n":2} {"tags":"Capital","n":1} {"tags":"odd","n":1} {"tags":"Port","n":1}`},
		{"two keys, one of elements", odsql.Question{GroupBy: "tags, port", Select: "sum(people) as s", Where: []string{`region = "North"`}},
			`{"tags":"Port","port":true,"s":165830} {"tags":"sea","port":false,"s":1200} {"tags":"sea","port":true,"s":165830}`},
		{"two lists", odsql.Question{GroupBy: "tags, marks", Where: []string{`id = "t1"`}},
			`{"tags":"Port","marks":10} {"tags":"Port","marks":12} {"tags":"sea","marks":10} {"tags":"sea","marks":12}`},
		{"function and alias", odsql.Question{GroupBy: "year(since) as year", Select: "count(*) as n", OrderBy: "year desc", Where: []string{"since is not null"}},
			`{"year":2004,"n":2} {"year":2003,"n":2} {"year":2002,"n":1} {"year":2001,"n":2}`},
		{"expression over keys", odsql.Question{GroupBy: "year(since) as y", Select: "y + 1 as z, count(*) * 10 as n", Where: []string{"year(since) = 2003"}},
			`{"y":2003,"z":2004,"n":20}`},
		{"date key", odsql.Question{GroupBy: "since", Where: []string{`id = "t1"`}}, `{"since":"2001-01-15"}`},
		{"date format", odsql.Question{GroupBy: "date_format(since, 'YYYY-MM')", Where: []string{`people = 1200`}},
			`{"date_format(since, 'YYYY-MM')":"2001-06"} {"date_format(since, 'YYYY-MM')":"2002-01"}`},
		{"arithmetic", odsql.Question{GroupBy: "people + people as p", Where: []string{`people = 1200`}}, `{"p":2400}`},
		{"order by an aggregate not selected", odsql.Question{GroupBy: "region", OrderBy: "sum(people) desc, region", Where: []string{"region is not null"}},
			`{"region":"West"} {"region":"North"} {"region":"South"} {"region":""}`},
		{"static whole numbers", odsql.Question{GroupBy: "range(people, *, 0, 1000, *) as r", Select: "count(*) as n"},
			`{"r":"[*, -1]","n":1} {"r":"[0, 999]","n":2} {"r":"[1000, *]","n":4} {"r":null,"n":1}`},
		{"static, closed ends", odsql.Question{GroupBy: "range(people, 0, 75, 1000) as r", Select: "count(*) as n", Where: []string{"people is not null"}},
			`{"r":"[0, 74]","n":1} {"r":"[75, 999]","n":1}`},
		{"static doubles", odsql.Question{GroupBy: "range(height, 3.5, 100, *) as r", Select: "count(*) as n", Where: []string{"height is not null"}},
			`{"r":"[3.5, 100[","n":3} {"r":"[100, *[","n":2}`},
		{"widths of whole numbers", odsql.Question{GroupBy: "range(people, 1000) as r", Select: "count(*) as n", Where: []string{"people < 2000"}},
			`{"r":"[-1000, -1]","n":1} {"r":"[0, 999]","n":2} {"r":"[1000, 1999]","n":2}`},
		{"widths of doubles", odsql.Question{GroupBy: "range(height, 2.5) as r", Select: "count(*) as n", Where: []string{"height < 10"}},
			`{"r":"[-2.5, 0[","n":1} {"r":"[0, 2.5[","n":1} {"r":"[2.5, 5[","n":1} {"r":"[5, 7.5[","n":1}`},
		{"old form", odsql.Question{GroupBy: "equi(people, 1000) as r", Where: []string{"people = 75"}}, `{"r":"[0, 999]"}`},
		{"years", odsql.Question{GroupBy: "range(since, 1 year) as r", Select: "count(*) as n", Where: []string{"since < date'2002'"}},
			`{"r":"[2001-01-01T00:00:00.000Z, 2002-01-01T00:00:00.000Z[","n":2}`},
		{"quarters", odsql.Question{GroupBy: "range(since, 1q) as r", Where: []string{`id = "t2"`}}, `{"r":"[2001-04-01T00:00:00.000Z, 2001-07-01T00:00:00.000Z["}`},
		{"weeks begin on Monday", odsql.Question{GroupBy: "range(since, 1 week) as r", Where: []string{`id = "t1"`}}, `{"r":"[2001-01-15T00:00:00.000Z, 2001-01-22T00:00:00.000Z["}`},
		{"hours", odsql.Question{GroupBy: "range(seen, 12 hours) as r", Select: "count(*) as n", Where: []string{"seen >= date'2021-03' and seen < date'2021-04'"}},
			`{"r":"[2021-03-28T00:00:00.000Z, 2021-03-28T12:00:00.000Z[","n":3}`},
		{"before 1970", odsql.Question{GroupBy: "range(seen, 1 day) as r", Where: []string{`id = "t7"`}}, `{"r":"[1969-12-31T00:00:00.000Z, 1970-01-01T00:00:00.000Z["}`},
		{"a day in a zone that loses an hour", odsql.Question{GroupBy: "range(seen, 1 day) as r", Timezone: "Europe/Paris", Where: []string{`id = "t1"`}},
			`{"r":"[2021-03-28T00:00:00+01:00, 2021-03-29T00:00:00+02:00["}`},
		{"an hour in a zone", odsql.Question{GroupBy: "range(seen, 1 hour) as r", Timezone: "Europe/Paris", Where: []string{`id = "t2"`}},
			`{"r":"[2021-03-28T03:00:00+02:00, 2021-03-28T04:00:00+02:00["}`},
		{"a month west of Greenwich", odsql.Question{GroupBy: "range(seen, 1 month) as r", Timezone: "America/St_Johns", Where: []string{`id = "t3"`}},
			`{"r":"[2021-12-01T00:00:00-03:30, 2022-01-01T00:00:00-03:30["}`},
		{"static dates", odsql.Question{GroupBy: "range(since, *, date'2002', date'2004-01-01') as r", Select: "count(*) as n", Where: []string{"since is not null"}},
			`{"r":"[*, 2002-01-01T00:00:00.000Z[","n":2} {"r":"[2002-01-01T00:00:00.000Z, 2004-01-01T00:00:00.000Z[","n":3}`},
		{"static datetimes in a zone", odsql.Question{GroupBy: "range(seen, date'2021-06-01', *) as r", Timezone: "Europe/Paris", Select: "count(*) as n", Where: []string{"seen is not null"}},
			`{"r":"[2021-06-01T00:00:00+02:00, *[","n":2}`},
		{"clusters", odsql.Question{GroupBy: "geo_cluster(spot, 3) as c", Select: "count(*) as n", Where: []string{`id in ("t1", "t3", "t7")`}},
			`{"c":{"cluster_centroid":{"lat":49.5,"lon":0.1}},"n":2} {"c":{"cluster_centroid":{"lat":43.3,"lon":5.4}},"n":1}`},
		{"no cluster", odsql.Question{GroupBy: "geo_cluster(spot, 3)", Where: []string{`id = "t8"`}}, `{"geo_cluster(spot, 3)":null}`},
	} {
		if got := strings.Join(p.ask(t, c.q), " "); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
	if a, b := p.ask(t, odsql.Question{GroupBy: "region", OrderBy: "random(3)"}), p.ask(t, odsql.Question{GroupBy: "region", OrderBy: "random(3)"}); strings.Join(a, "") != strings.Join(b, "") {
		t.Errorf("random order of groups changes: %s, %s", a, b)
	}
}

// TestFacets counts values of facets: facet, level, value and count of each, joined.
func TestFacets(t *testing.T) {
	p := towns(t)
	for _, c := range []struct {
		name string
		q    odsql.Question
		want string
	}{
		{"flat", odsql.Question{Facet: []string{"region"}}, "0 1 North 2, 0 1 West 2, 0 1  1, 0 1 South 1"},
		{"where", odsql.Question{Facet: []string{"region"}, Where: []string{"people = 1200"}}, "0 1 North 1, 0 1 South 1"},
		{"a list counts each value once", odsql.Question{Facet: []string{"tags"}}, "0 1 sea 4, 0 1 hill 2, 0 1 Capital 1, 0 1 Port 1, 0 1 odd 1"},
		{"boolean and number", odsql.Question{Facet: []string{"port", `facet(name="people", sort="num", limit=3)`}}, "0 1 false 3, 0 1 true 3, 1 1 -5 1, 1 1 0 1, 1 1 75 1"},
		{"alphabet", odsql.Question{Facet: []string{`facet(name="name", sort="alphanum", limit=3)`}}, "0 1 Cusco Lima 1, 0 1 Dakar 75 1, 0 1 élan ville 1"},
		{"backwards", odsql.Question{Facet: []string{`facet(name="region", sort="-alphanum", limit=2)`}}, "0 1 West 2, 0 1 South 1"},
		{"path", odsql.Question{Facet: []string{"path"}}, "0 1 Europe 3, 0 1 Africa 2, 0 1 America 2"},
		{"opened path", odsql.Question{Facet: []string{"path"}, Refine: []string{"path:Europe"}}, "0 1 Europe 3, 0 2 Europe/France 3"},
		{"path opened twice", odsql.Question{Facet: []string{"path"}, Refine: []string{"path:Europe/France"}}, "0 1 Europe 3, 0 2 Europe/France 3, 0 3 Europe/France/Le Havre 1, 0 3 Europe/France/Étretat 1"},
		{"path as flat", odsql.Question{Facet: []string{`facet(name="path", hierarchical=false, limit=1, sort="alphanum")`}}, "0 1 Africa 1"},
		{"search", odsql.Question{Facet: []string{"since", "tags", "path"}, Where: []string{`"hill" and port is not null`}}, "0 1 2002 1, 0 1 2004 1, 1 1 hill 2, 1 1 sea 1, 2 1 Africa 1, 2 1 Europe 1"},
		{"search and opened path", odsql.Question{Facet: []string{"since", "path"}, Where: []string{`"lima"`}, Refine: []string{"since:2003/12"}}, "0 1 2003 1, 0 2 2003/12 1, 0 3 2003/12/31 1, 1 1 America 1"},
		{"years", odsql.Question{Facet: []string{"since"}}, "0 1 2001 2, 0 1 2003 2, 0 1 2004 2, 0 1 2002 1"},
		{"months of a year", odsql.Question{Facet: []string{"since"}, Refine: []string{"since:2003"}}, "0 1 2003 2, 0 2 2003/02 1, 0 2 2003/12 1"},
		{"days of a month", odsql.Question{Facet: []string{"since"}, Refine: []string{"since:2003/2"}}, "0 1 2003 1, 0 2 2003/02 1, 0 3 2003/02/28 1"},
		{"years in a zone", odsql.Question{Facet: []string{`facet(name="seen", sort="-alphanum", limit=2)`}, Timezone: "Europe/Paris"}, "0 1 2024 1, 0 1 2022 1"},
		{"disjunctive keeps the others", odsql.Question{Facet: []string{"region", "port"}, Refine: []string{"region:South"}}, "0 1 North 2, 0 1 West 2, 0 1  1, 0 1 South 1, 1 1 false 1"},
		{"refined stays within the limit", odsql.Question{Facet: []string{`facet(name="region", limit=1)`}, Refine: []string{"region:South"}}, "0 1 South 1"},
		{"other facets count", odsql.Question{Facet: []string{"region"}, Refine: []string{"region:South", "port:true"}}, "0 1 North 1, 0 1 West 1"},
		{"excluded", odsql.Question{Facet: []string{"region"}, Exclude: []string{"region:North", "region:West"}}, "0 1  1, 0 1 South 1"},
		{"all", odsql.Question{Where: []string{`id = "t1"`}}, "0 1 Port 1, 0 1 sea 1, 1 1 North 1, 2 1 Europe 1, 3 1 true 1, 4 1 2001 1"},
	} {
		rows := p.run(t, sqlgen.Facets(p.source, p.plan(t, c.q)))
		for i, r := range rows {
			r = strings.NewReplacer(`{"facet":`, "", `,"level":`, " ", `,"value":"`, " ", `","count":`, " ", "}", "").Replace(r)
			rows[i] = r
		}
		if got := strings.Join(rows, ", "); got != c.want {
			t.Errorf("%s: got  %s\nwant %s", c.name, got, c.want)
		}
	}
}
