package sqlgen_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"parvis/internal/dataset"
	"parvis/internal/engine"
	"parvis/internal/engine/duckdb"
	"parvis/internal/odsql"
	"parvis/internal/odsql/check"
	"parvis/internal/odsql/sqlgen"
)

// portal is an engine with one loaded version and its schema.
type portal struct {
	engine *duckdb.Engine
	source engine.Source
	schema check.Schema
	now    time.Time
	rows   int64
}

// load starts an engine over rows of a schema.
func load(t testing.TB, fields []dataset.Field, rows []dataset.Record) *portal {
	t.Helper()
	dir := t.TempDir()
	e, err := duckdb.Open(duckdb.Options{Dir: dir, Temp: filepath.Join(dir, "temp")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	path := filepath.Join(dir, "v1.duckdb")
	l, err := e.Create(context.Background(), path, fields)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := l.Append(r); err != nil {
			t.Fatal(err)
		}
	}
	n, err := l.Finish(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return &portal{
		engine: e,
		source: engine.Source{Name: "v1", Path: path},
		schema: check.Schema{Fields: fields, Time: time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC), ID: "towns"},
		now:    time.Date(2021, 5, 6, 12, 34, 55, 450500000, time.UTC),
		rows:   n,
	}
}

// plan checks a question.
func (p *portal) plan(t testing.TB, q odsql.Question) *check.Plan {
	t.Helper()
	plan, err := check.Check(q, p.schema, check.Env{Now: p.now})
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	return plan
}

// run answers a statement as rows of JSON objects, keys in the order of the columns.
func (p *portal) run(t testing.TB, st engine.Statement) []string {
	t.Helper()
	rows, err := p.engine.Query(context.Background(), st)
	if err != nil {
		t.Fatalf("%s\n%v", st.SQL, err)
	}
	defer rows.Close()
	var out []string
	for {
		b, err := rows.Next()
		if err != nil {
			t.Fatalf("%s\n%v", st.SQL, err)
		}
		if b == nil {
			return out
		}
		for i := range b.Len {
			var s strings.Builder
			s.WriteByte('{')
			for j, c := range st.Columns {
				if j > 0 {
					s.WriteByte(',')
				}
				fmt.Fprintf(&s, "%s:%s", quote(c.Name), cell(&b.Vectors[j], i, c))
			}
			s.WriteByte('}')
			out = append(out, s.String())
		}
	}
}

func quote(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s)
	return strings.TrimSpace(b.String())
}

// cell writes one value as JSON.
func cell(v *dataset.Vector, i int, c dataset.Column) string {
	if v.Null(i) {
		return "null"
	}
	if c.List {
		from, to := v.Span(i)
		var out []string
		for k := from; k < to; k++ {
			out = append(out, cell(v.Elements, k, dataset.Column{Type: c.Type}))
		}
		return "[" + strings.Join(out, ",") + "]"
	}
	switch c.Type {
	case dataset.Int:
		return fmt.Sprint(v.Ints[i])
	case dataset.Boolean:
		return fmt.Sprint(v.Ints[i] == 1)
	case dataset.Double:
		return fmt.Sprint(v.Floats[i])
	case dataset.Date:
		return quote(time.Unix(v.Ints[i]*86400, 0).UTC().Format("2006-01-02"))
	case dataset.DateTime:
		return quote(time.UnixMicro(v.Ints[i]).UTC().Format("2006-01-02T15:04:05.999999Z"))
	case dataset.GeoPoint:
		return fmt.Sprintf("[%v,%v]", v.Floats[i], v.Lats[i])
	case dataset.GeoShape:
		return quote(hex.EncodeToString(v.Text(i)))
	case dataset.JSON:
		return string(v.Text(i))
	}
	return quote(string(v.Text(i)))
}

// ask answers a question, of which all rows are wanted.
func (p *portal) ask(t testing.TB, q odsql.Question) []string {
	t.Helper()
	limit := -1
	if q.Limit != nil {
		limit = *q.Limit
	}
	return p.run(t, sqlgen.Rows(p.source, p.plan(t, q), limit, q.Offset))
}

// ids gives the values of a field of the records that meet a question, sorted, joined by blanks.
func (p *portal) ids(t testing.TB, field string, q odsql.Question) string {
	t.Helper()
	q.Select = field + " as id"
	var out []string
	for _, row := range p.ask(t, q) {
		var r struct{ ID string }
		if err := json.Unmarshal([]byte(row), &r); err != nil {
			t.Fatal(err)
		}
		out = append(out, r.ID)
	}
	if q.OrderBy == "" {
		sort.Strings(out)
	}
	return strings.Join(out, " ")
}
