package sqlgen_test

import (
	"context"
	"testing"

	"parvis/internal/odsql"
	"parvis/internal/odsql/check"
	"parvis/internal/odsql/sqlgen"
)

// FuzzQuestion holds what package check promises: a question that it accepts becomes SQL that runs.
func FuzzQuestion(f *testing.F) {
	for _, q := range [][5]string{
		{"*", `people > 1 and "sea" or not port`, "", "-people, length(name)", "region:North"},
		{"people / 0 as a, date_format(seen, 'EEEE w') as b, now(days=-1)", `since in [date'2001'..date'2003'[`, "", "random(1)", "since:2003/2"},
		{"count(*) as n, sum(people)*2, envelope(spot)", `within_distance(spot, geom'POINT(0 49)', 10km)`, "tags, range(people, 10)", "n desc", "path:Europe/France"},
		{"median(height), count(distinct tags)", `search("limo") and suggest(name, "le")`, "range(seen, 1 week) as w, geo_cluster(spot, 3)", "w desc", "port:true"},
		{"include(p*), exclude(path)", `intersects(area, geom'POLYGON((0 0,1 0,1 1,0 0))') or marks in (1, 2)`, "", "distance(spot, geom'POINT(1 2)') desc", "people:1"},
		{"json_format(raw, null), ifnull(people, 2.5)", `tags like "sea" and in_bbox(area, 1, 2, 3, 4)`, "", "lower(name)", "tags:sea"},
		{"max(seen), min(since), avg(since), percentile(seen, 30)", `year(seen) = 2021 or record_size > 0`, "date_format(seen, 'YYYY'), ifnull(region, 'x')", "", "seen:2021"},
		{"12 as n, -`12`, `12` * `12`", "`12` = 9223372036854775807", "range(height, *, 1.5, 2, *), range(seen, date'2021', *)", "count(*)", "region:"},
		{"*", "`12` in [-9223372036854775808..1e300] or people = 1e308", "range(`12`, 7), range(height, 0.001)", "", `tags:"a'b"`},
		{"bbox(area), bbox(spot)", `geometry(spot, geom'LINESTRING(0 0,1 1)', DISJOINT) and startswith("L")`, "since", "since desc", "height:3.5"},
	} {
		f.Add(q[0], q[1], q[2], q[3], q[4], "Europe/Paris")
	}
	p := towns(f)
	f.Fuzz(func(t *testing.T, sel, where, group, order, refine, zone string) {
		q := odsql.Question{Select: sel, Where: []string{where}, GroupBy: group, OrderBy: order, Timezone: zone}
		if refine != "" {
			q.Refine = []string{refine}
		}
		plan, err := check.Check(q, p.schema, check.Env{Now: p.now})
		if err != nil {
			return
		}
		statements := []string{
			sqlgen.Rows(p.source, plan, 10, 1).SQL, sqlgen.Rows(p.source, plan, 60, 0).SQL, sqlgen.Rows(p.source, plan, -1, 0).SQL, sqlgen.Count(p.source, plan).SQL, sqlgen.Facets(p.source, plan).SQL,
		}
		if sqlgen.Sliceable(plan) {
			statements = append(statements, sqlgen.Window(p.source, plan, 0, 5).SQL, sqlgen.Record(p.source, plan, [20]byte{0xAB, 1}).SQL)
		}
		for i, sql := range statements {
			st := sqlgen.Count(p.source, plan) // for its columns
			if i != 3 {
				st.Columns = plan.Columns
			}
			if i == 4 {
				st = sqlgen.Facets(p.source, plan)
			}
			st.SQL = sql
			rows, err := p.engine.Query(context.Background(), st)
			if err != nil {
				t.Fatalf("%+v\n%s\n%v", q, sql, err)
			}
			for {
				b, err := rows.Next()
				if err != nil {
					t.Fatalf("%+v\n%s\n%v", q, sql, err)
				}
				if b == nil {
					break
				}
			}
			rows.Close()
		}
	})
}
