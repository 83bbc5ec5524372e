package duckdb

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"parvis/internal/dataset"
	"parvis/internal/engine"
	"parvis/internal/engine/enginetest"
	"parvis/internal/fault"
)

// opened gives an engine and a version of it, named v, with the rows of the conformance suite.
func opened(t *testing.T) (*Engine, engine.Source) {
	t.Helper()
	e, err := Open(Options{Dir: filepath.Join(t.TempDir(), "data's"), Temp: filepath.Join(t.TempDir(), "temp"), MemoryLimit: "300MB"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	s := engine.Source{Name: "v", Path: filepath.Join(e.options.Dir, "v.duckdb")}
	enginetest.Load(t, e, s, enginetest.Fields(), enginetest.Rows(), enginetest.Numbered)
	return e, s
}

// ask runs a statement that answers one row of one column.
func ask(t *testing.T, e *Engine, s engine.Source, sql string, typ dataset.Type) any {
	t.Helper()
	all := enginetest.All(t, e, engine.Statement{Source: s, SQL: sql, Columns: []dataset.Column{{Name: "x", Type: typ}}})
	if len(all) != 1 {
		t.Fatalf("%s answers %d rows", sql, len(all))
	}
	return all[0][0]
}

func TestNothingOutsideItsDirectoriesIsRead(t *testing.T) {
	e, s := opened(t)
	outside := t.TempDir()
	secret := filepath.Join(outside, "secret.csv")
	if err := os.WriteFile(secret, []byte("a,b\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(e.options.Dir, "own.csv"), []byte("a,b\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	quoted := func(path string) string { return engine.Quote(path) }
	if got := ask(t, e, s, "SELECT count(*) FROM read_csv("+quoted(filepath.Join(e.options.Dir, "own.csv"))+")", dataset.Int); got != int64(1) {
		t.Errorf("a file of its own has %v rows", got)
	}
	for _, sql := range []string{
		"SELECT count(*) FROM read_csv('/etc/passwd')",
		"SELECT count(*) FROM read_text(" + quoted(secret) + ")",
		"SELECT count(*) FROM read_text(" + quoted(e.options.Dir+"/../../"+filepath.Base(outside)+"/secret.csv") + ")",
		"SELECT count(*) FROM glob('/etc/*')",
		"SELECT count(*) FROM 'https://example.com/x.parquet'",
		"ATTACH " + quoted(filepath.Join(outside, "new.duckdb")),
		"COPY (SELECT 1) TO " + quoted(filepath.Join(outside, "out.csv")),
		"SET enable_external_access = true",
		"SET memory_limit = '10GB'",
		"SET lock_configuration = false",
		"SET GLOBAL TimeZone = 'Asia/Tokyo'",
		"INSTALL httpfs",
		"LOAD httpfs",
	} {
		rows, err := e.Query(t.Context(), engine.Statement{Source: s, SQL: sql, Columns: []dataset.Column{{Name: "x", Type: dataset.Int}}})
		if err == nil {
			rows.Close()
			t.Errorf("%s is answered", sql)
		} else if fault.KindOf(err) != fault.Internal {
			t.Errorf("%s fails with %v", sql, err)
		}
	}
	if left, _ := os.ReadDir(outside); len(left) != 1 {
		t.Errorf("outside lie %v", left)
	}
	if rows, err := e.Query(t.Context(), engine.Statement{Source: s, SQL: "DELETE FROM v.main.records RETURNING _n", Columns: []dataset.Column{{Type: dataset.Int}}}); err == nil {
		rows.Close()
		t.Error("a version can be written to")
	}
}

func TestLinkedAndRelativeDirectories(t *testing.T) {
	home := t.TempDir()
	t.Chdir(home)
	if err := os.Mkdir("real", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real", "link"); err != nil {
		t.Fatal(err)
	}
	for i, dir := range []string{"link", filepath.Join(home, "link"), "real"} {
		e, err := Open(Options{Dir: dir, Temp: "temp"})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		s := engine.Source{Name: "v", Path: filepath.Join(dir, strconv.Itoa(i))}
		enginetest.Load(t, e, s, enginetest.Fields(), enginetest.Rows(), enginetest.Numbered)
		if got := ask(t, e, s, "SELECT count(*) FROM v.main.records", dataset.Int); got != int64(5) {
			t.Errorf("below %s stand %v records", dir, got)
		}
		if err := e.Parquet(t.Context(), enginetest.SelectAll(s, enginetest.Fields()), filepath.Join("temp", "x"), engine.ParquetOptions{Compression: "zstd"}); err != nil {
			t.Error(err)
		}
	}
}

func TestWhatDoesNotFitIntoMemoryGoesToDisk(t *testing.T) {
	e, err := Open(Options{Dir: t.TempDir(), Temp: t.TempDir(), MemoryLimit: "60MB", Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	s := engine.Source{Name: "v", Path: filepath.Join(e.options.Dir, "v")}
	enginetest.Load(t, e, s, enginetest.Fields(), enginetest.Rows(), enginetest.Numbered)
	sql := "SELECT max(r) FROM (SELECT row_number() OVER (ORDER BY hash(i)) AS r FROM range(5000000) AS t(i))"
	if got := ask(t, e, s, sql, dataset.Int); got != int64(5_000_000) {
		t.Errorf("got %v", got)
	}
}

func TestTimeZonesAndCollationsAreBuiltIn(t *testing.T) {
	e, s := opened(t)
	for sql, want := range map[string]string{
		"SELECT current_setting('TimeZone')": "UTC",
		"SELECT (TIMESTAMP '2024-07-01 12:00:00' AT TIME ZONE 'UTC' AT TIME ZONE 'US/Eastern')::VARCHAR": "2024-07-01 08:00:00",
		"SELECT (TIMESTAMPTZ '2024-07-01 12:00:00+00')::VARCHAR":                                         "2024-07-01 12:00:00+00",
		"SELECT string_agg(x, '' ORDER BY x COLLATE fr) FROM (VALUES ('z'), ('é'), ('a')) t(x)":          "aéz",
	} {
		if got := ask(t, e, s, sql, dataset.Text); got != want {
			t.Errorf("%s = %v, want %s", sql, got, want)
		}
	}
}

func TestWantOfMemoryIsUnavailable(t *testing.T) {
	e, s := opened(t)
	_, err := e.Query(t.Context(), engine.Statement{Source: s, Columns: []dataset.Column{{Type: dataset.Int}},
		SQL: "SELECT length(string_agg(repeat(i::VARCHAR, 50), ',')) FROM range(20000000) AS t(i)"})
	if fault.KindOf(err) != fault.Unavailable || !strings.Contains(fault.Message(err), "memory") {
		t.Errorf("got %v", err)
	}
	if got := ask(t, e, s, "SELECT count(*) FROM v.main.records", dataset.Int); got != int64(5) {
		t.Errorf("afterwards there are %v records", got)
	}
}

func TestFunctions(t *testing.T) {
	e, s := opened(t)
	const box, far = "parvis_box(0, 0, 10, 10)", "parvis_box(20, 20, 30, 30)"
	for _, c := range []struct {
		sql  string
		typ  dataset.Type
		want any
	}{
		{"parvis_intersects(parvis_point(5, 5), " + box + ")", dataset.Boolean, true},
		{"parvis_intersects(parvis_point(5, 5), " + far + ")", dataset.Boolean, false},
		{"parvis_within(parvis_box(1, 1, 2, 2), " + box + ")", dataset.Boolean, true},
		{"parvis_within(parvis_box(1, 1, 12, 2), " + box + ")", dataset.Boolean, false},
		{"parvis_disjoint(" + far + ", " + box + ")", dataset.Boolean, true},
		{"parvis_point_in(5, 5, " + box + ")", dataset.Boolean, true},
		{"parvis_point_in(15, 5, " + box + ")", dataset.Boolean, false},
		{"round(parvis_distance(parvis_point(0, 0), 0, 1) / 1000)", dataset.Double, 111.0},
		{"parvis_distance(parvis_point(2, 1), 2, 1)", dataset.Double, 0.0},
		{"parvis_within(parvis_point(1, 1), parvis_hull([0, 0, 3, 3], [0, 3, 3, 0]))", dataset.Boolean, true},
		{"parvis_intersects(parvis_point(9, 9), parvis_hull([0, 0, 3, 3], [0, 3, 3, 0]))", dataset.Boolean, false},
		// Nulls and rubbish give null or no, and never a failure.
		{"parvis_intersects(NULL, " + box + ")", dataset.Boolean, nil},
		{"parvis_intersects(parvis_point(1, 1), NULL)", dataset.Boolean, nil},
		{"parvis_point_in(NULL, 1, " + box + ")", dataset.Boolean, nil},
		{"parvis_distance(NULL, 1, 1)", dataset.Double, nil},
		{"parvis_hull(NULL, [1])", dataset.GeoShape, nil},
		{"parvis_box(NULL, 1, 2, 3)", dataset.GeoShape, nil},
		{"parvis_intersects(parvis_point(1, 1), 'rubbish'::BLOB)", dataset.Boolean, nil},
		{"parvis_intersects('rubbish'::BLOB, " + box + ")", dataset.Boolean, false},
		{"parvis_distance('rubbish'::BLOB, 1, 1)", dataset.Double, nil},
		{"parvis_hull([]::DOUBLE[], []::DOUBLE[])", dataset.GeoShape, nil},
		{"parvis_hull([1], [1, 2])", dataset.GeoShape, nil},
		{"count(*) FILTER (parvis_within(parvis_point(i % 20, 5), parvis_box(0, 0, 5 + i % 2, 10))) FROM range(10000) t(i)", dataset.Int, int64(3000)},
		{"count(parvis_point_in(i % 20, 5, " + box + ")) FILTER (parvis_point_in(i % 20, 5, " + box + ")) FROM range(10000) t(i)", dataset.Int, int64(5500)},
	} {
		if got := ask(t, e, s, "SELECT "+c.sql, c.typ); got != c.want {
			t.Errorf("%s = %v, want %v", c.sql, got, c.want)
		}
	}
}

func TestParquetHoldsNamesTypesAndGeometry(t *testing.T) {
	e, s := opened(t)
	path := filepath.Join(e.options.Temp, "x.parquet")
	st := enginetest.SelectAll(s, enginetest.Fields())
	st.Columns[1].Name = "TITLE"
	st.Columns[2].Name = `the "price"`
	if err := e.Parquet(t.Context(), st, path, engine.ParquetOptions{Compression: "zstd"}); err != nil {
		t.Fatal(err)
	}
	from := "read_parquet(" + engine.Quote(path) + ")"
	for sql, want := range map[string]string{
		"SELECT string_agg(column_name || ' ' || column_type, ', ') FROM (DESCRIBE FROM " + from + ")": `title VARCHAR, TITLE_2 BIGINT, the "price" DOUBLE, open BOOLEAN, day DATE, ` +
			`moment TIMESTAMP WITH TIME ZONE, place GEOMETRY('OGC:CRS84'), shape GEOMETRY('OGC:CRS84'), picture VARCHAR, extra VARCHAR, tags VARCHAR[], counts BIGINT[], prices DOUBLE[], flags BOOLEAN[]`,
		"SELECT ST_AsText(place) FROM " + from + " LIMIT 1":   "POINT (2.25 48.75)",
		"SELECT ST_AsText(shape) FROM " + from + " LIMIT 1":   "POINT (2 1)",
		"SELECT moment::VARCHAR FROM " + from + " LIMIT 1":    "2020-09-13 12:26:40.123456+00",
		"SELECT count(*) || ' ' || count(place) FROM " + from: "5 2",
		"SELECT decode(value) FROM parquet_kv_metadata(" + engine.Quote(path) + ") WHERE decode(key) = 'geo'": `{"version":"1.0.0","primary_column":"place","columns":{` +
			`"shape":{"encoding":"WKB","geometry_types":["Point"],"bbox":[2.0,1.0,2.0,1.0]},"place":{"encoding":"WKB","geometry_types":["Point"],"bbox":[-180.0,-90.0,2.25,48.75]}}}`,
	} {
		if got := ask(t, e, s, sql, dataset.Text); got != want {
			t.Errorf("%s\n got %v\nwant %s", sql, got, want)
		}
	}
}

func TestAnswersGiveTheirMemoryBack(t *testing.T) {
	e, s := opened(t)
	used := func() int64 {
		return ask(t, e, s, "SELECT sum(memory_usage_bytes)::BIGINT FROM duckdb_memory()", dataset.Int).(int64)
	}
	st := engine.Statement{Source: s, SQL: "SELECT i, repeat('x', 100) || i FROM range(10000) t(i)", Columns: []dataset.Column{{Type: dataset.Int}, {Type: dataset.Text}}}
	readAll(t, e, st)
	before, resident := used(), residentBytes(t)
	for range 1000 {
		readAll(t, e, st) // about 2 MB each
	}
	if after := used(); after > before+20e6 {
		t.Errorf("the engine holds %d MB after, %d MB before", after/1e6, before/1e6)
	}
	if after := residentBytes(t); after > resident+150e6 {
		t.Errorf("the process holds %d MB after, %d MB before", after/1e6, resident/1e6)
	}
}

// residentBytes gives the memory of this process, 0 where the system does not tell.
func residentBytes(t *testing.T) int64 {
	raw, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(raw))
	var pages int64
	for _, c := range fields[1] {
		pages = pages*10 + int64(c-'0')
	}
	return pages * int64(os.Getpagesize())
}
