package sqlgen_test

import (
	"strconv"
	"strings"
	"testing"

	"parvis/internal/odsql"
	"parvis/internal/odsql/sqlgen"
)

// many gives n different words.
func many(n int) string {
	var out []string
	for i := range n {
		out = append(out, "w"+strconv.Itoa(i))
	}
	return strings.Join(out, " ")
}

// TestExtremes asks with values at the ends of what types hold: whatever the answer, the query does not fail.
func TestExtremes(t *testing.T) {
	p := towns(t)
	for _, q := range []odsql.Question{
		{GroupBy: "range(`12`, 9007199254740991) as a, range(`12`, 1) as b, range(`12`, 3, 9223372036854775807, *) as c"},
		{GroupBy: "range(seen, 1000000 days) as a, range(seen, 1000000000 hours) as b, range(since, 1 ms) as c"},
		{GroupBy: "range(seen, *, date'0001', date'9999-12-31T23:59:59.999999Z', *) as a", Timezone: "Asia/Tokyo"},
		{GroupBy: "range(height, 1e-300) as a, range(height, 1e300) as b"},
		{GroupBy: "geo_cluster(spot, 25, 0) as a, geo_cluster(spot, 0, 256) as b"},
		{Select: "`12` + `12` as a, -`12` - 2 as b, `12` * `12` as c, `12` / 1e-308 as d, height * 1e308 * 1e308 as e"},
		{Select: "sum(`12`) as a, avg(`12`) as b, percentile(`12`, 99.9) as c, sum(`12` * 1e300) as d, avg(seen) as e, percentile(since, 1) as f"},
		{Select: "now(year=9999, month=12, day=31, hour=23) as a, now(year=1, month=1, day=1) as b, hour(date'9999-12-31T23:59') as c, year(date'0001') as d", Timezone: "Pacific/Kiritimati"},
		{Select: "date_format(now(year=1), 'YYYY xxxx ww D') as a, date_format(date'9999-12-31', 'YYYY-MM-dd') as b"},
		{Where: []string{"seen > date'9999' or seen < date'0001-01-01T00:00:00+14:00' or since < date'0001-01-01T00:00:00+14:00'"}},
		{Where: []string{"`12` > 9223372036854775808 or `12` < -1e300 or people in [-9223372036854775808..1e308]"}},
		{Where: []string{"within_distance(spot, geom'POINT(180 90)', 99999999999999km) or within_distance(spot, geom'POINT(-180 -90)', 0)"}},
		{Where: []string{"in_bbox(spot, -1e308, -1e308, 1e308, 1e308) or in_bbox(area, -1e308, 0, 1e308, 1)"}},
		{Where: []string{"name in (" + strings.Repeat("'x', ", 999) + "'x')"}},
		{Where: []string{strings.Repeat("people = 1 or ", 2000) + "port"}},
		{Where: []string{strings.Repeat("not (", 90) + "port" + strings.Repeat(")", 90)}},
		{Select: strings.Repeat("(1+", 90) + "people" + strings.Repeat(")", 90) + " as a"},
		{Where: []string{`search("` + many(40) + `")`}},
		{Where: []string{`not ("` + strings.Join(strings.Fields(many(40)), `" or "`) + `")`}},
		{Where: []string{`"\uD7FF 𐍈 漢字 \U0010FFFF*"`, `suggest("漢")`}},
		{Refine: []string{"since:9999", "seen:9999/12/31", "seen:1"}, Timezone: "America/Lima"},
		{Refine: []string{"people:9223372036854775807", "height:1e308", "people:1e300"}},
	} {
		plan := p.plan(t, q)
		p.run(t, sqlgen.Rows(p.source, plan, 100, 0))
		p.run(t, sqlgen.Rows(p.source, plan, -1, 0))
		p.run(t, sqlgen.Count(p.source, plan))
		p.run(t, sqlgen.Facets(p.source, plan))
	}
}
