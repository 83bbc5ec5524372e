package duckdb

import (
	"context"
	"crypto/sha1"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"parvis/internal/dataset"
	"parvis/internal/engine"
)

// benchFields and benchRecord make about 300 bytes a row of eight mixed columns.
var benchFields = []dataset.Field{
	{Name: "id", Type: dataset.Int}, {Name: "title", Type: dataset.Text}, {Name: "description", Type: dataset.Text},
	{Name: "day", Type: dataset.Date}, {Name: "amount", Type: dataset.Double}, {Name: "region", Type: dataset.Text},
	{Name: "place", Type: dataset.GeoPoint}, {Name: "open", Type: dataset.Boolean},
}

type benchWords struct {
	words []string
	zipf  *rand.Zipf
	r     *rand.Rand
}

func newBenchWords() *benchWords {
	w := &benchWords{r: rand.New(rand.NewPCG(1, 2))}
	for i := range 18_700 {
		w.words = append(w.words, fmt.Sprintf("%s%s%d", []string{"é", "la", "For", "châ", "pres"}[i%5], []string{"tre", "mont", "est", "ville"}[i%4], i))
	}
	w.zipf = rand.NewZipf(w.r, 1.1, 4, uint64(len(w.words)-1))
	return w
}

func (w *benchWords) text(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w.words[w.zipf.Uint64()])
	}
	return b.String()
}

func (w *benchWords) record(i int, values []any) {
	values[0] = int64(i)
	values[1] = w.text(5)
	values[2] = w.text(18)
	values[3] = dataset.Day(10000 + i%9000)
	values[4] = w.r.Float64() * 1000
	values[5] = "région " + strconv.Itoa(i%13)
	values[6] = dataset.Point{Lon: w.r.Float64()*8 - 2, Lat: w.r.Float64()*8 + 43}
	values[7] = i%3 == 0
}

func openBench(b testing.TB) *Engine {
	e, err := Open(Options{Dir: b.TempDir(), Temp: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { e.Close() })
	return e
}

// loadBench loads n rows and tells how long Append and Finish took.
func loadBench(b testing.TB, e *Engine, path string, n int) (appending, finishing time.Duration) {
	words := newBenchWords()
	const made = 50_000
	records := make([][]any, min(n, made))
	for i := range records {
		records[i] = make([]any, len(benchFields))
		words.record(i, records[i])
	}
	l, err := e.Create(b.Context(), path, benchFields)
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	id := sha1.Sum(nil)
	for i := range n {
		id[0], id[1], id[2], id[3] = byte(i), byte(i>>8), byte(i>>16), byte(i>>24)
		if err := l.Append(dataset.Record{ID: id, Size: 300, Values: records[i%made]}); err != nil {
			b.Fatal(err)
		}
	}
	appending = time.Since(start)
	start = time.Now()
	if _, err := l.Finish(b.Context(), func(s string) { b.Log(time.Since(start), s) }); err != nil {
		b.Fatal(err)
	}
	return appending, time.Since(start)
}

// BenchmarkLoad loads 1 M rows with their index, and does the same in pure SQL from a CSV file of these rows.
// Metric "ratio" is the time of the first by that of the second.
func BenchmarkLoad(b *testing.B) {
	const n = 1_000_000
	for b.Loop() {
		e := openBench(b)
		path := filepath.Join(e.options.Dir, "v.duckdb")
		appending, finishing := loadBench(b, e, path, n)
		csv := filepath.Join(e.options.Dir, "v.csv")
		ours := engine.Source{Name: "v", Path: path}
		l, err := e.begin(b.Context(), ours)
		if err != nil {
			b.Fatal(err)
		}
		if err := (&loader{conn: l.session.conn}).run(b.Context(), "COPY (SELECT c0, c1, c2, c3, c4, c5, c6, c6_lat, c7 FROM v.main.records) TO "+engine.Quote(csv)); err != nil {
			b.Fatal(err)
		}
		l.end()
		reading, indexing := loadPureSQL(b, e, csv)
		report := func(name string, d time.Duration) { b.ReportMetric(d.Seconds(), name) }
		report("append-s", appending)
		report("finish-s", finishing)
		report("sql-read-s", reading)
		report("sql-index-s", indexing)
		b.ReportMetric(n/appending.Seconds()/1e6, "Mrows/s")
		b.ReportMetric((appending+finishing).Seconds()/(reading+indexing).Seconds(), "ratio")
		for _, p := range []string{path, filepath.Join(e.options.Dir, "sql.duckdb"), csv} {
			if info, err := os.Stat(p); err == nil {
				b.Log(filepath.Base(p), info.Size()/1e6, "MB")
			}
		}
	}
}

// loadPureSQL reads a CSV file and builds the index with what DuckDB has, as well as that can fold words. It
// gets four times the memory of a load, for it fails with as much as a load has.
func loadPureSQL(b *testing.B, e *Engine, csv string) (reading, indexing time.Duration) {
	connector, err := connect("4GB", b.TempDir(), e.options.Threads)
	if err != nil {
		b.Fatal(err)
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	run := func(statement string) time.Duration {
		start := time.Now()
		if _, err := db.ExecContext(b.Context(), statement); err != nil {
			b.Fatal(err)
		}
		return time.Since(start)
	}
	run("ATTACH " + engine.Quote(filepath.Join(e.options.Dir, "sql.duckdb")) + " AS s")
	reading = run("CREATE TABLE s.main.records AS SELECT row_number() OVER () - 1 AS _n, * FROM read_csv(" + engine.Quote(csv) + ")")
	reading += run("CHECKPOINT s")
	var parts []string
	for _, c := range []string{"c1", "c2", "c5"} {
		parts = append(parts, "SELECT DISTINCT unnest(regexp_extract_all(strip_accents(lower("+c+")), '[\\p{L}\\p{N}]+')) AS term, "+c[1:]+" AS field, _n AS n FROM s.main.records")
	}
	indexing = run("CREATE TABLE s.main.terms AS " + strings.Join(parts, " UNION ALL ") + " ORDER BY term, field, n")
	indexing += run("CREATE TABLE s.main.vocab AS SELECT term, field, count(*) AS rows FROM s.main.terms GROUP BY ALL ORDER BY ALL")
	indexing += run("CHECKPOINT s")
	return reading, indexing
}

// BenchmarkQuery compares a page of ten rows with the same statement on a bare connection of the driver.
func BenchmarkQuery(b *testing.B) {
	e := openBench(b)
	s := engine.Source{Name: "v", Path: filepath.Join(e.options.Dir, "v.duckdb")}
	loadBench(b, e, s.Path, 100_000)
	var names []string
	var columns []dataset.Column
	for i, f := range benchFields {
		names = append(names, engine.Col(i))
		if f.Type == dataset.GeoPoint {
			names = append(names, engine.Lat(i))
		}
		columns = append(columns, dataset.Column{Name: f.Name, Type: f.Type})
	}
	page := "SELECT " + strings.Join(names, ", ") + " FROM v.main.records WHERE c5 = 'région 3' ORDER BY _n LIMIT 10"
	st := engine.Statement{Source: s, SQL: page, Columns: columns}
	b.Run("engine", func(b *testing.B) {
		for b.Loop() {
			readAll(b, e, st)
		}
	})
	b.Run("bare", func(b *testing.B) {
		l, err := e.begin(b.Context(), s)
		if err != nil {
			b.Fatal(err)
		}
		defer l.end()
		dest := make([]driver.Value, len(names))
		for b.Loop() {
			rows, err := l.session.conn.QueryContext(context.Background(), page, nil)
			if err != nil {
				b.Fatal(err)
			}
			for rows.Next(dest) == nil {
			}
			rows.Close()
		}
	})
}

func readAll(b testing.TB, e *Engine, st engine.Statement) (n int) {
	rows, err := e.Query(b.Context(), st)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	for batch, err := rows.Next(); batch != nil || err != nil; batch, err = rows.Next() {
		if err != nil {
			b.Fatal(err)
		}
		n += batch.Len
	}
	return n
}

// BenchmarkWindows reads 1 M rows in windows of 122,880, as exports do.
func BenchmarkWindows(b *testing.B) {
	e := openBench(b)
	s := engine.Source{Name: "v", Path: filepath.Join(e.options.Dir, "v.duckdb")}
	const n, window = 1_000_000, 122_880
	loadBench(b, e, s.Path, n)
	var columns []dataset.Column
	for _, f := range benchFields {
		columns = append(columns, dataset.Column{Name: f.Name, Type: f.Type})
	}
	for b.Loop() {
		read := 0
		for from := 0; from < n; from += window {
			read += readAll(b, e, engine.Statement{Source: s, Columns: columns,
				SQL: fmt.Sprintf("SELECT c0, c1, c2, c3, c4, c5, c6, c6_lat, c7 FROM v.main.records WHERE _n >= %d AND _n < %d ORDER BY _n", from, from+window)})
		}
		if read != n {
			b.Fatalf("%d rows read", read)
		}
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}
