package sqlgen_test

import (
	"testing"
	"time"

	"parvis/internal/dataset"
	"parvis/internal/engine"
	"parvis/internal/odsql"
	"parvis/internal/odsql/check"
	"parvis/internal/odsql/sqlgen"
)

// TestSQL holds the shape of the statements whose speed was measured.
func TestSQL(t *testing.T) {
	schema := check.Schema{Fields: []dataset.Field{
		{Name: "name", Type: dataset.Text}, {Name: "n", Type: dataset.Int}, {Name: "d", Type: dataset.DateTime}, {Name: "g", Type: dataset.GeoPoint},
	}}
	src := engine.Source{Name: "v1"}
	for _, c := range []struct {
		name          string
		q             odsql.Question
		limit, offset int
		want          string
	}{
		{"a page without a filter is a range of row numbers", odsql.Question{}, 10, 20,
			"SELECT c0, c1, c2, c3, c3_lat FROM v1.main.records WHERE _n >= 20 AND _n < 30 ORDER BY _n"},
		{"a filtered page", odsql.Question{Select: "n", Where: []string{"n > 5 and name = 'it\\'s'", "d < date'2020'"}}, 10, 0,
			"SELECT c1 FROM v1.main.records WHERE (c1 > 5) AND (c0 = 'it''s') AND (c2 < TIMESTAMP '2020-01-01 00:00:00') ORDER BY _n LIMIT 10"},
		{"a short ordered page reads places first", odsql.Question{Select: "n", Where: []string{"n > 5"}, OrderBy: "d desc"}, 50, 10,
			"SELECT c1 FROM v1.main.records WHERE rowid IN (SELECT rowid FROM v1.main.records WHERE (c1 > 5) ORDER BY c2 DESC NULLS LAST, _n LIMIT 50 OFFSET 10) ORDER BY c2 DESC NULLS LAST, _n"},
		{"a longer one in pieces", odsql.Question{Select: "n", OrderBy: "d"}, 100, 0,
			"WITH page AS MATERIALIZED (SELECT rowid, row_number() OVER () AS place FROM (SELECT rowid FROM v1.main.records ORDER BY c2 NULLS LAST, _n LIMIT 100)) " +
				"SELECT c1 FROM (SELECT * FROM v1.main.records WHERE rowid IN (SELECT rowid FROM page WHERE place > 0 AND place <= 50) UNION ALL " +
				"SELECT * FROM v1.main.records WHERE rowid IN (SELECT rowid FROM page WHERE place > 50 AND place <= 100)) ORDER BY c2 NULLS LAST, _n"},
		{"all rows in an order", odsql.Question{Select: "n", OrderBy: "name"}, -1, 0,
			"SELECT c1 FROM v1.main.records ORDER BY strip_accents(lower(c0)) NULLS LAST, c0 NULLS LAST, _n"},
		{"a search is answered by the index", odsql.Question{Select: "n", Where: []string{`"Été 75"`}}, 10, 0,
			"SELECT c1 FROM v1.main.records WHERE _n IN (SELECT DISTINCT n FROM (SELECT n FROM v1.main.terms WHERE term = 'ete') " +
				"WHERE n IN (SELECT n FROM v1.main.terms WHERE term = '75' UNION ALL SELECT _n AS n FROM v1.main.records WHERE c1 = 75) ORDER BY n LIMIT 10) ORDER BY _n"},
		{"a prefix is a range", odsql.Question{Select: "n", Where: []string{`suggest(name, "camo") and n = 1`}}, 10, 0,
			"SELECT c1 FROM v1.main.records WHERE _n IN (SELECT n FROM v1.main.terms WHERE term >= 'camo' AND term < 'camp' AND field IN (0)) AND (c1 = 1) ORDER BY _n LIMIT 10"},
		{"a box before a distance", odsql.Question{Select: "n", Where: []string{"in_bbox(g, 1, 2, 3, 4)"}}, 10, 0,
			"SELECT c1 FROM v1.main.records WHERE (c3 <= 4e+00 AND c3 >= 2e+00 AND c3_lat <= 3e+00 AND c3_lat >= 1e+00) ORDER BY _n LIMIT 10"},
		{"groups", odsql.Question{GroupBy: "year(d) as y", Select: "sum(n) / count(*) as a", OrderBy: "a desc"}, 5, 0,
			"SELECT g0, (CAST(a0 AS DOUBLE) / nullif(CAST(a1 AS DOUBLE), 0)) FROM (SELECT year(c2) AS g0, TRY_CAST(sum(c1) AS BIGINT) AS a0, count(*) AS a1 FROM v1.main.records GROUP BY 1) " +
				"ORDER BY (CAST(a0 AS DOUBLE) / nullif(CAST(a1 AS DOUBLE), 0)) DESC NULLS LAST, g0 NULLS LAST LIMIT 5"},
	} {
		p, err := check.Check(c.q, schema, check.Env{Now: time.Unix(0, 0)})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := sqlgen.Rows(src, p, c.limit, c.offset).SQL; got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
	p, err := check.Check(odsql.Question{Where: []string{`"a"`, `"b"`}}, schema, check.Env{})
	if err != nil {
		t.Fatal(err)
	}
	want := "SELECT count(*) AS count FROM (SELECT DISTINCT n FROM (SELECT n FROM v1.main.terms WHERE term = 'a') WHERE n IN (SELECT n FROM v1.main.terms WHERE term = 'b'))"
	if got := sqlgen.Count(src, p).SQL; got != want {
		t.Errorf("count of two words: got\n%s\nwant\n%s", got, want)
	}
	p, err = check.Check(odsql.Question{Facet: []string{"name"}, Where: []string{"n = 1"}}, schema, check.Env{})
	if err != nil {
		t.Fatal(err)
	}
	want = "SELECT facet, level, value, count FROM (SELECT CAST(0 AS BIGINT) AS facet, CAST(1 AS BIGINT) AS level, 0 AS branch, CAST(v AS VARCHAR) AS value, n AS count, " +
		"row_number() OVER (ORDER BY n DESC, v) AS pos FROM (SELECT v, count(*) AS n FROM (SELECT c0 AS v FROM v1.main.records WHERE (c1 = 1)) " +
		"WHERE v IS NOT NULL GROUP BY v ORDER BY n DESC, v LIMIT 100)) ORDER BY facet, level, branch, pos"
	if got := sqlgen.Facets(src, p).SQL; got != want {
		t.Errorf("a facet: got\n%s\nwant\n%s", got, want)
	}
}
