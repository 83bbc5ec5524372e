package sqlgen_test

import (
	"testing"

	"parvis/internal/odsql"
)

// TestWhere asks which towns meet a condition.
func TestWhere(t *testing.T) {
	p := towns(t)
	for _, c := range []struct{ where, ids string }{
		// comparisons
		{`people = 1200`, "t2 t3"},
		{`1200 = people`, "t2 t3"},
		{`people != 1200`, "t1 t4 t5 t6 t7"}, // null is neither equal nor different
		{`not people = 1200`, "t1 t4 t5 t6 t7"},
		{`people > -6 and people < 76`, "t5 t6 t7"},
		{`75 >= people`, "t5 t6 t7"},
		{`people: "75"`, "t6"},
		{`height = 250.25`, "t3"},
		{`height >= 161`, "t3 t4"},
		{`people = height`, "t7"},
		{`people > height`, "t1 t2 t3 t4 t6"},
		{"`12` = 9223372036854775807", "t7"},
		{`name = "Lima"`, "t4"},
		{`name = "lima"`, ""},
		{`name = 'Œuf\'s "place"'`, "t7"},
		{`lower(name) = "étretat"`, "t2"},
		{`length(name) = 7`, "t2"},
		{`name > "Lima"`, "t2 t3 t7"},
		{`region = ""`, "t7"},
		{`port`, "t1 t4 t6"},
		{`not port`, "t2 t3 t5"},
		{`port: FALSE`, "t2 t3 t5"},
		{`port is not true`, "t2 t3 t5 t7 t8"},
		{`port is false or port is null`, "t2 t3 t5 t7 t8"},
		{`ifnull(port, true) and people < 100`, "t6 t7"},
		{`region is null`, "t6 t8"},
		{`tags is null`, "t5 t8"},
		{`tags is not null and height is not null`, "t1 t2 t3 t4 t6 t7"},
		{`people / 0 is null`, "t1 t2 t3 t4 t5 t6 t7 t8"},
		{`true and not false and id = "t1"`, "t1"},
		// lists and multivalued fields
		{`region in ("North", "South")`, "t1 t2 t3"},
		{`people in (75, 0)`, "t6 t7"},
		{`people not in (75, 0, 1200)`, "t1 t4 t5"},
		{`tags = "sea"`, "t1 t2 t3 t4"},
		{`"sea" in tags`, "t1 t2 t3 t4"},
		{`tags != "sea"`, "t6 t7"},
		{`tags in ("odd", "hill")`, "t3 t6 t7"},
		{`marks > 10`, "t1"},
		{`marks in [7..9]`, "t2"},
		{`12 in marks`, "t1"},
		{`"t1" in id`, "t1"},
		// ranges
		{`people in [75..1200]`, "t2 t3 t6"},
		{`people in ]75 TO 1200]`, "t2 t3"},
		{`people in [75..1200[`, "t6"},
		{`people in [* TO 0]`, "t5 t7"},
		{`height : [161 TO *]`, "t3 t4"},
		// dates
		{`since = date'2002-01-10'`, "t3"},
		{`since < date'2002'`, "t1 t2"},
		{`since < date'2001-06'`, "t1"},
		{`since >= "2004-02-29"`, "t6 t7"},
		{`since in [date'2003'..date'2004-02-29']`, "t4 t5 t6"},
		{`since:['2003-02-01' TO '2003-02-28']`, "t4"},
		{`since:[20030201 TO 20040229]`, "t4 t5 t6"},
		{`since < date'2001-01-15T12:00'`, "t1"},
		{`since = date'2001-01-15T00:00:00.000Z'`, "t1"},
		{`since in ("2001-01-15", "2004-11-30")`, "t1 t7"},
		{`year(since) = 2003 and month(since) = 12 and day(since) = 31`, "t5"},
		{`seen = date'2007-11-20T01:23:45Z'`, "t4"},
		{`seen < date'1970'`, "t7"},
		{`seen >= date'2021-03-28T02:30:00+01:00'`, "t2 t3 t6"},
		{`seen >= date'2021-12-31'`, "t3 t6"},
		{`second(seen) = 59`, "t7"},
		{`date_format(seen, 'dd') = '31'`, "t3 t7"},
		{`seen > now(years=+1)`, "t6"},
		{`since <= now()`, "t1 t2 t3 t4 t5 t6 t7"},
		{`seen > since`, "t1 t2 t3 t4 t5 t6"},
		// full text
		{`"lima"`, "t4 t5"},
		{`"LIMA cusco"`, "t5"},
		{`"elan"`, "t3"},
		{`"oeuf"`, "t7"},
		{`"capital lima"`, "t4"}, // each word in a field of its own
		{`"75"`, "t6"},
		{`"1200"`, "t2 t3"},
		{`not "sea"`, "t5 t6 t7 t8"},
		{`"sea" and not "havre"`, "t2 t3 t4"},
		{`"etre*"`, "t2"},
		{`"etre"`, ""},
		{`""`, "t1 t2 t3 t4 t5 t6 t7 t8"},
		{`name like "HAVRE le"`, "t1"},
		{`tags like "sea"`, "t1 t2 t3 t4"},
		{`lower(name) like "Etretat"`, "t2"},
		{`name not like "lima"`, "t1 t2 t3 t6 t7 t8"},
		{`search("limo")`, "t4 t5"},
		{`search(name, "limo")`, "t4 t5"},
		{`search(name, "etretta")`, "t2"},
		{`search("capi")`, "t4"},
		{`search(tags, "lima")`, ""},
		{`suggest("ca")`, "t4"},
		{`suggest(name, "l hav")`, "t1"},
		{`suggest("limo")`, ""},
		{`suggest(*, "se")`, "t1 t2 t3 t4 t6"},
		{`startswith(name, "L")`, "t1 t4"},
		{`startswith(name, "l")`, ""},
		{`startswith("Cap")`, "t4"},
		{`not startswith(name, "L")`, "t2 t3 t5 t6 t7 t8"},
		// geography
		{`within_distance(spot, geom'POINT(0.1 49.5)', 1m)`, "t1 t7"},
		{`within_distance(spot, geom'POINT(0.1 49.5)', 30 km)`, "t1 t2 t7"},
		{`distance(spot, GEOM'POINT(0.1 49.5)', 20mi)`, "t1 t2 t7"},
		{`within_distance(spot, geom'POINT(0.1 49.5)', 20000km)`, "t1 t2 t3 t4 t5 t6 t7"},
		{`within_distance(area, geom'POINT(0 0)', 0)`, "t1"},
		{`in_bbox(spot, 50, 10, 40, 0)`, "t1 t2 t3 t7"},
		{`in_bbox(area, 2.5, 2.5, 4, 4)`, "t2"},
		{`intersects(area, geom'POLYGON((-1 -1,2.5 -1,2.5 2.5,-1 2.5,-1 -1))')`, "t1 t2 t3"},
		{`within(area, geom'POLYGON((-1 -1,2.5 -1,2.5 2.5,-1 2.5,-1 -1))')`, "t1 t3"},
		{`disjoint(area, geom'POLYGON((-1 -1,2.5 -1,2.5 2.5,-1 2.5,-1 -1))')`, "t4"},
		{`geometry(area, geom'POLYGON((-1 -1,2.5 -1,2.5 2.5,-1 2.5,-1 -1))', WITHIN)`, "t1 t3"},
		{`polygon(spot, geom'POLYGON((0 49,1 49,1 50,0 50,0 49))')`, "t1 t2 t7"},
		{`disjoint(spot, geom'POLYGON((0 49,1 49,1 50,0 50,0 49))')`, "t3 t4 t5 t6"},
		{`intersects(spot, geom'{"type":"Polygon","coordinates":[[[5,43],[6,43],[6,44],[5,44],[5,43]]]}')`, "t3"},
		// technical fields
		{`record_size > 106`, "t8"},
		{`recordid = "ab02000000000000000000000000000000000000"`, "t2"},
		{`recordid = "nope"`, ""},
		{`datasetid = "towns" and id = "t1"`, "t1"},
		{`record_timestamp < now()`, ""},
	} {
		if got := p.ids(t, "id", odsql.Question{Where: []string{c.where}}); got != c.ids {
			t.Errorf("%s: got %q, want %q", c.where, got, c.ids)
		}
	}
}

// TestWhereIsAnded asks with several where parameters, and pages of their hits.
func TestWhereIsAnded(t *testing.T) {
	p := towns(t)
	if got := p.ids(t, "id", odsql.Question{Where: []string{`"sea"`, `"havre"`}}); got != "t1" {
		t.Errorf("two searches: got %q", got)
	}
	if got := p.ids(t, "id", odsql.Question{Where: []string{`"sea"`, `port`}}); got != "t1 t4" {
		t.Errorf("a search and a condition: got %q", got)
	}
	two := 2
	if got := p.ids(t, "id", odsql.Question{Where: []string{`"sea"`}, Limit: &two, Offset: 1}); got != "t2 t3" {
		t.Errorf("a page of hits: got %q", got)
	}
}

// TestZone asks by the clock of a zone, on both sides of a change of the hour.
func TestZone(t *testing.T) {
	p := towns(t)
	for _, c := range []struct{ where, zone, ids string }{
		{`hour(seen) = 1`, "Europe/Paris", "t1 t5"},
		{`hour(seen) = 3`, "Europe/Paris", "t2"},
		{`year(seen) = 2022`, "Europe/Paris", "t3"},
		{`seen >= date'2022-01-01'`, "Europe/Paris", "t3 t6"},
		{`seen >= date'2021-12-31T18:30'`, "US/Eastern", "t3 t6"},
		{`year(since) = 2001 and day(since) = 15`, "Asia/Tokyo", "t1"},
	} {
		if got := p.ids(t, "id", odsql.Question{Where: []string{c.where}, Timezone: c.zone}); got != c.ids {
			t.Errorf("%s in %s: got %q, want %q", c.where, c.zone, got, c.ids)
		}
	}
}

// TestRefine refines and excludes.
func TestRefine(t *testing.T) {
	p := towns(t)
	for _, c := range []struct {
		name string
		q    odsql.Question
		ids  string
	}{
		{"flat", odsql.Question{Refine: []string{"region:North"}}, "t1 t2"},
		{"disjunctive", odsql.Question{Refine: []string{"region:North", "region:South"}}, "t1 t2 t3"},
		{"two facets", odsql.Question{Refine: []string{"region:North", "port:true"}}, "t1"},
		{"conjunctive over a list", odsql.Question{Refine: []string{"tags:sea", "tags:hill"}}, "t3"},
		{"disjunctive by facet()", odsql.Question{Refine: []string{"tags:odd", "tags:hill"}, Facet: []string{`facet(name="tags", disjunctive=true)`}}, "t3 t6 t7"},
		{"conjunctive by facet()", odsql.Question{Refine: []string{"region:North", "region:South"}, Facet: []string{`facet(name="region", disjunctive=false)`}}, ""},
		{"path", odsql.Question{Refine: []string{"path:Europe"}}, "t1 t2 t3"},
		{"path not half a step", odsql.Question{Refine: []string{"path:Afr"}}, ""},
		{"deeper path", odsql.Question{Refine: []string{`path:"Europe/France"`}}, "t1 t2 t3"},
		{"path with star", odsql.Question{Refine: []string{`path:Africa/*`}}, "t6 t7"},
		{"year", odsql.Question{Refine: []string{"since:2003"}}, "t4 t5"},
		{"month", odsql.Question{Refine: []string{"since:2003/2"}}, "t4"},
		{"day", odsql.Question{Refine: []string{`since:"2003/12/31"`}}, "t5"},
		{"datetime in a zone", odsql.Question{Refine: []string{"seen:2022"}, Timezone: "Europe/Paris"}, "t3"},
		{"no date", odsql.Question{Refine: []string{"since:20x"}}, ""},
		{"number", odsql.Question{Refine: []string{"people:1200"}}, "t2 t3"},
		{"no number", odsql.Question{Refine: []string{"people:many"}}, ""},
		{"boolean", odsql.Question{Refine: []string{"port:False"}}, "t2 t3 t5"},
		{"exclude keeps nulls", odsql.Question{Exclude: []string{"region:North", "region:South"}}, "t4 t5 t6 t7 t8"},
		{"exclude an element", odsql.Question{Exclude: []string{"tags:sea"}}, "t5 t6 t7 t8"},
		{"exclude a year", odsql.Question{Exclude: []string{"since:2001"}, Where: []string{"port is not null"}}, "t3 t4 t5 t6"},
		{"exclude a path", odsql.Question{Exclude: []string{"path:Europe/France"}}, "t4 t5 t6 t7 t8"},
	} {
		if got := p.ids(t, "id", c.q); got != c.ids {
			t.Errorf("%s: got %q, want %q", c.name, got, c.ids)
		}
	}
}
