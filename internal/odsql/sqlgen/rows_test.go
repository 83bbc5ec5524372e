package sqlgen_test

import (
	"strings"
	"testing"

	"parvis/internal/odsql"
	"parvis/internal/odsql/sqlgen"
)

// TestSelect asks for columns of one record.
func TestSelect(t *testing.T) {
	p := towns(t)
	for _, c := range []struct {
		name string
		q    odsql.Question
		want string
	}{
		{"fields", odsql.Question{Select: "name, people"}, `{"name":"Le Havre","people":165830}`},
		{"alias", odsql.Question{Select: "name as `The name`"}, `{"The name":"Le Havre"}`},
		{"arithmetic", odsql.Question{Select: "people + 1 as a, people * 2 - 1 as b, people / 4 as c, people / 0 as d, -people as e, people + 0.5 as f"},
			`{"a":165831,"b":331659,"c":41457.5,"d":null,"e":-165830,"f":165830.5}`},
		{"too large", odsql.Question{Select: "people * 9223372036854775807 as a"}, `{"a":null}`},
		{"constants", odsql.Question{Select: "2 as a, 2.5 as b, 'x' as c, true as d, date'2020-02' as e, 9223372036854775808 as f"},
			`{"a":2,"b":2.5,"c":"x","d":true,"e":"2020-02-01","f":9.223372036854776e+18}`},
		{"text", odsql.Question{Select: "length(name) as a, lower(name) as b, lower('ÀB') as c"}, `{"a":8,"b":"le havre","c":"àb"}`},
		{"geometry", odsql.Question{Select: "spot, distance(spot, geom'POINT(0.1 49.5)') as a, distance(area, geom'POINT(1 1)') as b"}, `{"spot":[0.1,49.5],"a":0,"b":0}`},
		{"json", odsql.Question{Select: "json_format(raw) as a, json_format(name) as b, json_format(name, 'n\"o') as c, json_format(name, null) as d"},
			`{"a":{"a":1},"b":"Le Havre","c":"n\"o","d":null}`},
		{"technical", odsql.Question{Select: "datasetid, recordid, record_size, record_timestamp"},
			`{"datasetid":"towns","recordid":"ab01000000000000000000000000000000000000","record_size":100,"record_timestamp":"2024-05-06T07:08:09Z"}`},
		{"lists", odsql.Question{Select: "tags, marks"}, `{"tags":["sea","Port"],"marks":[10,12]}`},
		{"include", odsql.Question{Select: "include(pe*), include(name)"}, `{"people":165830,"name":"Le Havre"}`},
		{"twice", odsql.Question{Select: "name, name"}, `{"name":"Le Havre"}`},
		{"quoted", odsql.Question{Select: "`12`, 12"}, ""},
		{"date parts", odsql.Question{Select: "year(seen) as y, month(seen) as m, day(seen) as d, hour(seen) as h, minute(seen) as i, second(seen) as s, hour(since) as z"},
			`{"y":2021,"m":3,"d":28,"h":0,"i":30,"s":0,"z":0}`},
		{"date parts in a zone", odsql.Question{Select: "hour(seen) as h, day(seen) as d", Timezone: "US/Eastern"}, `{"h":20,"d":27}`},
		{"date formats", odsql.Question{Select: `date_format(seen, "yy YYYY xx xxxx w ww e E EEEE D DDD M MM MMM MMMM d dd H HH m mm s ss") as a`, Lang: "fr"},
			`{"a":"21 2021 21 2021 12 12 7 dim. dimanche 87 087 3 03 mars mars 28 28 0 00 30 30 0 00"}`},
		{"date format quoting", odsql.Question{Select: `date_format(since, "'le '''dd/MM''' 100%'") as a, date_format(date'2017-04-03', 'd') as b`}, `{"a":"le '15/01' 100%","b":"3"}`},
		{"now", odsql.Question{Select: "now() as a, now(year=2001, months=-1) as b, now(day=31, month=2) as c, now(weekday=0) as d, now(mondays=-1) as e, now(hour=0, minute=0, second=0, microsecond=0, days=+1) as f"},
			`{"a":"2021-05-06T12:34:55.4505Z","b":"2001-04-06T12:34:55.4505Z","c":"2021-02-28T12:34:55.4505Z","d":"2021-05-10T12:34:55.4505Z","e":"2021-05-03T12:34:55.4505Z","f":"2021-05-07T00:00:00Z"}`},
		{"now in a zone", odsql.Question{Select: "now(hour=0, minute=0, second=0, microsecond=0) as a", Timezone: "Europe/Paris"}, `{"a":"2021-05-05T22:00:00Z"}`},
		{"now held to the month", odsql.Question{Select: "now(month=2, day=45) as a"}, `{"a":"2021-02-28T12:34:55.4505Z"}`},
		{"short names that a language lacks", odsql.Question{Select: "date_format(since, 'E') as a, date_format(since, 'MMM') as b", Lang: "ar"}, `{"a":"الاثنين","b":"يناير"}`},
		{"ifnull", odsql.Question{Select: "ifnull(raw, 'x') as a, ifnull(people, 0.5) as b, ifnull(since, '2020-01-01') as c", Where: []string{`id = "t8"`}}, `{"a":"x","b":0.5,"c":"2020-01-01"}`},
		{"nulls", odsql.Question{Select: "people + 1 as a, lower(name) as b, spot, year(since) as c, distance(spot, geom'POINT(0 0)') as d", Where: []string{`id = "t8"`}}, `{"a":null,"b":null,"spot":null,"c":null,"d":null}`},
	} {
		if len(c.q.Where) == 0 {
			c.q.Where = []string{`id = "t1"`}
		}
		if c.want == "" {
			c.want = `{"12":1}`
			c.q.Select = "`12`"
		}
		if got := strings.Join(p.ask(t, c.q), ""); got != c.want {
			t.Errorf("%s: got  %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestOrder asks for all towns in an order.
func TestOrder(t *testing.T) {
	p := towns(t)
	for _, c := range []struct{ order, ids string }{
		{"", "t1 t2 t3 t4 t5 t6 t7 t8"},
		{"people", "t5 t7 t6 t2 t3 t1 t4 t8"},
		{"people desc", "t4 t1 t2 t3 t6 t7 t5 t8"},
		{"-people", "t4 t1 t2 t3 t6 t7 t5 t8"},
		{"name", "t5 t6 t3 t2 t1 t4 t7 t8"}, // without accents and case
		{"region desc, people", "t5 t4 t3 t2 t1 t7 t6 t8"},
		{"length(name) desc, id", "t7 t3 t5 t1 t6 t2 t4 t8"},
		{"distance(spot, geom'POINT(5 43)')", "t3 t1 t7 t2 t6 t5 t4 t8"},
		{"port, id", "t2 t3 t5 t1 t4 t6 t7 t8"},
		{"recordid desc", "t8 t7 t6 t5 t4 t3 t2 t1"},
		{"record_timestamp", "t1 t2 t3 t4 t5 t6 t7 t8"},
		{"year(since) desc, people * 2", "t7 t6 t5 t4 t3 t2 t1 t8"},
		{"tags, id", "t4 t3 t6 t7 t1 t2 t5 t8"}, // the first of several values
		{"tags desc, id", "t1 t2 t3 t4 t7 t6 t5 t8"},
	} {
		if c.order == "" {
			if got := p.ids(t, "id", odsql.Question{}); got != c.ids {
				t.Errorf("no order: got %s", got)
			}
			continue
		}
		// Whole, as one page, and page by page.
		if got := p.ids(t, "id", odsql.Question{OrderBy: c.order}); got != c.ids {
			t.Errorf("%s: got %s, want %s", c.order, got, c.ids)
		}
		for _, limit := range []int{3, 60, 100} {
			var got []string
			for offset := 0; offset < 8; offset += limit {
				got = append(got, p.ids(t, "id", odsql.Question{OrderBy: c.order, Limit: &limit, Offset: offset}))
			}
			if all := strings.Join(got, " "); all != c.ids {
				t.Errorf("%s in pages of %d: got %s, want %s", c.order, limit, all, c.ids)
			}
		}
	}
	one, again, other := p.ids(t, "id", odsql.Question{OrderBy: "random(1)"}), p.ids(t, "id", odsql.Question{OrderBy: "random(1)"}), p.ids(t, "id", odsql.Question{OrderBy: "random(2)"})
	if one != again || one == other {
		t.Errorf("random: %s, %s, %s", one, again, other)
	}
}

// TestAggregates asks for one row over all towns.
func TestAggregates(t *testing.T) {
	p := towns(t)
	for _, c := range []struct{ sel, where, want string }{
		{"count(*) as a, count(people) as b, count(distinct region) as c, count(tags) as d, count(distinct tags) as e, count(spot) as f, count(distinct spot) as g", "",
			`{"a":8,"b":7,"c":4,"d":6,"e":5,"f":7,"g":6}`},
		{"sum(people) as a, avg(people) as b, min(people) as c, max(people) as d, median(people) as e, percentile(people, 0) as f", `people in [0..2000]`,
			`{"a":2475,"b":618.75,"c":0,"d":1200,"e":637.5,"f":0}`},
		{"sum(height) as a, min(height) as b, max(height) as c", "", `{"a":439.25,"b":-2.5,"c":250.25}`},
		{"min(since) as a, max(seen) as b, avg(since) as c", `id in ("t1", "t2")`, `{"a":"2001-01-15","b":"2021-03-28T01:30:00Z","c":"2001-04-03T00:00:00Z"}`},
		{"sum(people)/count(*) as a, (sum(people) + 1) * 2 as b", `people = 1200`, `{"a":1200,"b":4802}`},
		{"sum(people * 2) as a", `people = 1200`, `{"a":4800}`},
		{"count(distinct ifnull(region, 'none')) as a", "", `{"a":5}`},
		{"sum(people) as a, count(*) as n, envelope(spot) as e, bbox(area) as b", `id = "none"`, `{"a":null,"n":0,"e":null,"b":null}`},
		{"count(*)", "", `{"count(*)":8}`},
		{"count(distinct *) as a, datasetid", "", `{"a":8,"datasetid":"towns"}`},
		{"sum(`12`) as a", "", `{"a":null}`}, // too large
	} {
		q := odsql.Question{Select: c.sel}
		if c.where != "" {
			q.Where = []string{c.where}
		}
		if got := strings.Join(p.ask(t, q), ""); got != c.want {
			t.Errorf("%s: got  %s\nwant %s", c.sel, got, c.want)
		}
	}
	for _, sel := range []string{"envelope(spot) as g", "bbox(spot) as g", "bbox(area) as g"} {
		if got := strings.Join(p.ask(t, odsql.Question{Select: sel}), ""); !strings.HasPrefix(got, `{"g":"0103`) {
			t.Errorf("%s is no polygon: %s", sel, got)
		}
	}
}

// TestMixed asks for records beside aggregates over all records that meet the filters.
func TestMixed(t *testing.T) {
	p := towns(t)
	all, page := 60, 2
	for _, c := range []struct {
		q    odsql.Question
		want string
	}{
		{odsql.Question{Select: "id, count(*) as n", Where: []string{`id in ("t1", "t2")`}}, `{"id":"t1","n":2}{"id":"t2","n":2}`},
		{odsql.Question{Select: "id, count(*) as n", Limit: &page, Offset: 6}, `{"id":"t7","n":8}{"id":"t8","n":8}`},
		{odsql.Question{Select: "max(people) as m, id", Where: []string{"people in [0..2000]"}, OrderBy: "id desc", Limit: &page}, `{"m":1200,"id":"t7"}{"m":1200,"id":"t6"}`},
		{odsql.Question{Select: "id, 100 * people / sum(people) as share", Where: []string{"people > 100000"}, OrderBy: "share", Limit: &all}, `{"id":"t1","share":2.0983617012230553}{"id":"t4","share":97.90163829877694}`},
		{odsql.Question{Select: "id, count(*) as n", OrderBy: "n, id", Where: []string{`id in ("t1", "t2")`}}, `{"id":"t1","n":2}{"id":"t2","n":2}`},
		{odsql.Question{Select: "id, count(*) as n", Where: []string{`search("sea")`}, Limit: &page}, `{"id":"t1","n":4}{"id":"t2","n":4}`},
	} {
		if got := strings.Join(p.ask(t, c.q), ""); got != c.want {
			t.Errorf("%+v: got  %s\nwant %s", c.q, got, c.want)
		}
	}
	if sqlgen.Sliceable(p.plan(t, odsql.Question{Select: "id, count(*)"})) {
		t.Error("aggregates over all records are cut into windows")
	}
}

// TestCount counts records and groups.
func TestCount(t *testing.T) {
	p := towns(t)
	for _, c := range []struct {
		q    odsql.Question
		want string
	}{
		{odsql.Question{}, "8"},
		{odsql.Question{Where: []string{"people > 100"}}, "4"},
		{odsql.Question{Where: []string{`"sea"`}}, "4"},
		{odsql.Question{Where: []string{`"sea port"`}}, "1"},
		{odsql.Question{Where: []string{`"1200"`, `"elan"`}}, "1"},
		{odsql.Question{Where: []string{`search(people, "1200")`}}, "2"},
		{odsql.Question{Where: []string{`search(height, "x")`}}, "0"},
		{odsql.Question{Select: "count(*)", Where: []string{"port"}}, "3"},
		{odsql.Question{GroupBy: "region"}, "5"},
		{odsql.Question{GroupBy: "tags"}, "6"},
		{odsql.Question{GroupBy: "range(people, 0, 100) as r"}, "2"},
	} {
		got := strings.Join(p.run(t, sqlgen.Count(p.source, p.plan(t, c.q))), "")
		if got != `{"count":`+c.want+`}` {
			t.Errorf("%+v: got %s, want %s", c.q, got, c.want)
		}
	}
}

// TestWindows reads a version in slices, and one record by its identifier.
func TestWindows(t *testing.T) {
	p := towns(t)
	plan := p.plan(t, odsql.Question{Select: "id", Where: []string{"people is not null"}})
	if !sqlgen.Sliceable(plan) || sqlgen.Sliceable(p.plan(t, odsql.Question{OrderBy: "id"})) || sqlgen.Sliceable(p.plan(t, odsql.Question{Select: "count(*)"})) {
		t.Error("only records without an order can be cut")
	}
	var got []string
	slices := 0
	for st := range sqlgen.Windows(p.source, plan, p.rows, 3) {
		slices++
		got = append(got, p.run(t, st)...)
	}
	if want := `{"id":"t1"}{"id":"t2"}{"id":"t3"}{"id":"t4"}{"id":"t5"}{"id":"t6"}{"id":"t7"}`; slices != 3 || strings.Join(got, "") != want {
		t.Errorf("%d slices: %s", slices, got)
	}
	if got := p.run(t, sqlgen.Record(p.source, plan, [20]byte{0xAB, 3})); strings.Join(got, "") != `{"id":"t3"}` {
		t.Errorf("record t3: %s", got)
	}
	if got := p.run(t, sqlgen.Record(p.source, plan, [20]byte{1})); len(got) != 0 {
		t.Errorf("no record: %s", got)
	}
}

// TestHostileText asks with texts that would end an SQL literal.
func TestHostileText(t *testing.T) {
	p := towns(t)
	for _, q := range []odsql.Question{
		{Where: []string{`name = "'; DROP TABLE x --"`}},
		{Where: []string{`startswith(name, "a' OR '1'='1")`}},
		{Where: []string{`tags in ("'", "\\")`}},
		{Refine: []string{`path:"a'/b"`}},
		{Refine: []string{`region:x'`}},
		{Where: []string{`"it's"`}},
		{Where: []string{`date_format(since, "'''%s'''") = "'"`}},
	} {
		if got := p.ask(t, q); len(got) != 0 {
			t.Errorf("%+v: %s", q, got)
		}
	}
	if got := strings.Join(p.ask(t, odsql.Question{Select: `"it's" as a`, Where: []string{"id='t1'"}}), ""); got != `{"a":"it's"}` {
		t.Error(got)
	}
}
