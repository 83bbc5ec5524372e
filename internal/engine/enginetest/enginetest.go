package enginetest

import (
	"context"
	"crypto/sha1"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"parvis/internal/dataset"
	"parvis/internal/engine"
	"parvis/internal/fault"
)

// Opener opens an engine of the driver under test for version files under dir. It keeps at most maxOpen of
// them open while nobody asks them, and stops a query after the deadline. It arranges for its closing.
type Opener func(t *testing.T, dir string, maxOpen int, deadline time.Duration) engine.Engine

// Run runs the whole suite.
func Run(t *testing.T, open Opener) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, open Opener)
	}{
		{"values of every type come back", everyType},
		{"the index holds each word once", index},
		{"record ids are unique", recordIDs},
		{"large versions come back in order", large},
		{"an empty version answers", empty},
		{"loads fail cleanly", loadFailures},
		{"queries can be cancelled", cancelling},
		{"queries have a deadline", deadline},
		{"mistakes in SQL are internal", mistakes},
		{"versions come and go under parallel queries", parallel},
		{"answers may be closed early and twice", closing},
		{"parquet files are written", parquet},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open) })
	}
}

// Fields has a field of every type, single and multivalued.
func Fields() []dataset.Field {
	many := dataset.Annotations{Multivalued: ","}
	return []dataset.Field{
		{Name: "title", Type: dataset.Text},
		{Name: "count", Type: dataset.Int},
		{Name: "price", Type: dataset.Double},
		{Name: "open", Type: dataset.Boolean},
		{Name: "day", Type: dataset.Date},
		{Name: "moment", Type: dataset.DateTime},
		{Name: "place", Type: dataset.GeoPoint},
		{Name: "shape", Type: dataset.GeoShape},
		{Name: "picture", Type: dataset.File},
		{Name: "extra", Type: dataset.JSON},
		{Name: "tags", Type: dataset.Text, Annotations: many},
		{Name: "counts", Type: dataset.Int, Annotations: many},
		{Name: "prices", Type: dataset.Double, Annotations: many},
		{Name: "flags", Type: dataset.Boolean, Annotations: many},
	}
}

// pointWKB is the point 2 1 as well-known binary, little endian.
var pointWKB = []byte("\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x40\x00\x00\x00\x00\x00\x00\xf0\x3f")

// Rows gives rows for Fields: full ones, empty ones and hostile ones.
func Rows() [][]any {
	hostile := "a'b\"c\\ \x00 ;--\n\r\t %s ${x} \u202e 東京 é \U0001F600"
	none := make([]any, len(Fields()))
	rows := [][]any{
		{"Île-de-France", int64(42), 1.5, true, dataset.Day(18000), dataset.Instant(1600000000123456), dataset.Point{Lon: 2.25, Lat: 48.75},
			dataset.Shape{WKB: pointWKB, West: 2, South: 1, East: 2, North: 1}, `{"id":"1"}`, `{"a":[1,null]}`,
			[]any{"rouge", "vert"}, []any{int64(1), int64(2)}, []any{0.5}, []any{true, false}},
		none,
		{hostile, int64(-1 << 63), math.Copysign(0, -1), false, dataset.Day(-100000), dataset.Instant(-1), dataset.Point{Lon: -180, Lat: -90},
			nil, hostile, `"` + "x" + `"`, []any{hostile, "", nil}, []any{}, []any{nil, 1e300}, nil},
		{"", int64(1<<63 - 1), 1e-300, nil, dataset.Day(0), dataset.Instant(0), nil, nil, "", "null",
			nil, []any{int64(-7)}, nil, []any{nil}},
		{strings.Repeat("mot ", 100_000), nil, nil, nil, nil, nil, nil, nil, nil, nil, []any{"rouge"}, nil, nil, nil},
	}
	return rows
}

// Columns gives the columns of Fields as an answer.
func Columns(fields []dataset.Field) []dataset.Column {
	var columns []dataset.Column
	for _, f := range fields {
		columns = append(columns, dataset.Column{Name: f.Name, Label: f.Label, Type: f.Type, List: f.List()})
	}
	return columns
}

// SelectAll gives the statement for all records in order.
func SelectAll(s engine.Source, fields []dataset.Field) engine.Statement {
	var names []string
	for i, f := range fields {
		names = append(names, engine.Col(i))
		if f.Type == dataset.GeoPoint {
			names = append(names, engine.Lat(i))
		}
	}
	sql := "SELECT " + strings.Join(names, ", ") + " FROM " + engine.Table(s.Name, engine.Records) + " ORDER BY " + engine.RowNumber
	return engine.Statement{Source: s, SQL: sql, Columns: Columns(fields)}
}

// Load makes a version of rows. The id of a record is id(i).
func Load(t testing.TB, e engine.Engine, s engine.Source, fields []dataset.Field, rows [][]any, id func(i int) [20]byte) {
	t.Helper()
	l, err := e.Create(t.Context(), s.Path, fields)
	if err != nil {
		t.Fatal(err)
	}
	for i, values := range rows {
		if err := l.Append(dataset.Record{ID: id(i), Size: 100 + i, Values: values}); err != nil {
			t.Fatal(err)
		}
	}
	n, err := l.Finish(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if n != int64(len(rows)) {
		t.Fatalf("the loader tells %d rows, want %d", n, len(rows))
	}
}

// Numbered gives different ids.
func Numbered(i int) [20]byte { return sha1.Sum(fmt.Append(nil, i)) }

// All reads a whole answer: each row's values as in dataset.Record, but shapes as their WKB.
func All(t testing.TB, e engine.Engine, st engine.Statement) [][]any {
	t.Helper()
	rows, err := e.Query(t.Context(), st)
	if err != nil {
		t.Fatalf("%v\n%s", err, st.SQL)
	}
	defer rows.Close()
	var all [][]any
	for {
		b, err := rows.Next()
		if err != nil {
			t.Fatal(err)
		}
		if b == nil {
			return all
		}
		for i := range b.Len {
			row := make([]any, len(st.Columns))
			for k, c := range st.Columns {
				row[k] = value(&b.Vectors[k], i, c.Type, c.List)
			}
			all = append(all, row)
		}
	}
}

func value(v *dataset.Vector, i int, t dataset.Type, list bool) any {
	if v.Null(i) {
		return nil
	}
	if list {
		elements := []any{}
		from, to := v.Span(i)
		for k := from; k < to; k++ {
			elements = append(elements, value(v.Elements, k, t, false))
		}
		return elements
	}
	switch t {
	case dataset.Int:
		return v.Ints[i]
	case dataset.Double:
		return v.Floats[i]
	case dataset.Boolean:
		return v.Ints[i] == 1
	case dataset.Date:
		return dataset.Day(v.Ints[i])
	case dataset.DateTime:
		return dataset.Instant(v.Ints[i])
	case dataset.GeoPoint:
		return dataset.Point{Lon: v.Floats[i], Lat: v.Lats[i]}
	case dataset.GeoShape:
		return slices.Clone(v.Text(i))
	}
	return string(v.Text(i))
}

// source gives a version of its own in the test's directory.
func source(dir, name string) engine.Source {
	return engine.Source{Name: name, Path: filepath.Join(dir, name+".version")}
}

func texts(names ...string) []dataset.Column {
	var columns []dataset.Column
	for _, n := range names {
		columns = append(columns, dataset.Column{Name: n, Type: dataset.Text})
	}
	return columns
}

func everyType(t *testing.T, open Opener) {
	dir := t.TempDir()
	e := open(t, dir, 10, time.Minute)
	s := source(dir, "v1")
	rows := Rows()
	Load(t, e, s, Fields(), rows, Numbered)
	got := All(t, e, SelectAll(s, Fields()))
	if len(got) != len(rows) {
		t.Fatalf("%d rows come back, want %d", len(got), len(rows))
	}
	for i, want := range rows {
		for k, f := range Fields() {
			w := want[k]
			if shape, ok := w.(dataset.Shape); ok {
				w = shape.WKB
			}
			if !reflect.DeepEqual(got[i][k], w) {
				t.Errorf("row %d, %s: %.200v, want %.200v", i, f.Name, got[i][k], w)
			}
		}
	}
	technical := All(t, e, engine.Statement{Source: s,
		SQL: "SELECT _n, _size, c7_w, c7_s, c7_e, c7_n, hex(_id) FROM v1.main.records ORDER BY _n LIMIT 1",
		Columns: append([]dataset.Column{{Name: "n", Type: dataset.Int}, {Name: "size", Type: dataset.Int},
			{Type: dataset.Double}, {Type: dataset.Double}, {Type: dataset.Double}, {Type: dataset.Double}}, texts("id")...)})
	id := Numbered(0)
	want := []any{int64(0), int64(100), 2.0, 1.0, 2.0, 1.0, fmt.Sprintf("%X", id[:])}
	if !reflect.DeepEqual(technical[0], want) {
		t.Errorf("technical columns %v, want %v", technical[0], want)
	}
	nan := source(dir, "v2")
	Load(t, e, nan, []dataset.Field{{Name: "t", Type: dataset.Text}, {Name: "l", Type: dataset.Text, Annotations: dataset.Annotations{Multivalued: ","}}},
		[][]any{{"bad\xffbytes", []any{"\xff", "ok"}}}, Numbered)
	bad := All(t, e, engine.Statement{Source: nan, SQL: "SELECT c0, c1[1] FROM v2.main.records", Columns: texts("t", "l")})
	if want := []any{"bad\uFFFDbytes", "\uFFFD"}; !reflect.DeepEqual(bad[0], want) {
		t.Errorf("bytes that are no text come back as %q, want %q", bad[0], want)
	}
}

func index(t *testing.T, open Opener) {
	dir := t.TempDir()
	e := open(t, dir, 10, time.Minute)
	s := source(dir, "v1")
	fields := []dataset.Field{
		{Name: "n", Type: dataset.Int}, {Name: "title", Type: dataset.Text},
		{Name: "tags", Type: dataset.Text, Annotations: dataset.Annotations{Multivalued: ","}}, {Name: "json", Type: dataset.JSON},
	}
	Load(t, e, s, fields, [][]any{
		{int64(7), "L'École, l'école du Cœur", []any{"Rouge vif", "rouge"}, `{"unseen":1}`},
		{nil, nil, nil, nil},
		{nil, "coeur --", []any{}, nil},
		{nil, "!", []any{nil, "東", "京"}, nil},
	}, Numbered)
	columns := append(texts("term"), dataset.Column{Type: dataset.Int}, dataset.Column{Type: dataset.Int})
	terms := All(t, e, engine.Statement{Source: s, SQL: "SELECT term, field, n FROM v1.main.terms", Columns: columns})
	want := [][]any{
		{"coeur", int64(1), int64(0)}, {"coeur", int64(1), int64(2)}, {"du", int64(1), int64(0)}, {"ecole", int64(1), int64(0)},
		{"l", int64(1), int64(0)}, {"rouge", int64(2), int64(0)}, {"vif", int64(2), int64(0)},
		{"京", int64(2), int64(3)}, {"東", int64(2), int64(3)},
	}
	if !reflect.DeepEqual(terms, want) {
		t.Errorf("terms %v, want %v", terms, want)
	}
	vocab := All(t, e, engine.Statement{Source: s, SQL: "SELECT term, field, rows FROM v1.main.vocab", Columns: columns})
	want = [][]any{
		{"coeur", int64(1), int64(2)}, {"du", int64(1), int64(1)}, {"ecole", int64(1), int64(1)}, {"l", int64(1), int64(1)},
		{"rouge", int64(2), int64(1)}, {"vif", int64(2), int64(1)}, {"京", int64(2), int64(1)}, {"東", int64(2), int64(1)},
	}
	if !reflect.DeepEqual(vocab, want) {
		t.Errorf("vocab %v, want %v", vocab, want)
	}
}

func recordIDs(t *testing.T, open Opener) {
	dir := t.TempDir()
	e := open(t, dir, 10, time.Minute)
	fields := []dataset.Field{{Name: "n", Type: dataset.Int}}
	for _, size := range []int{6, 25_000} { // a small version and one beyond
		s := source(dir, fmt.Sprintf("v%d", size))
		var rows [][]any
		for i := range size {
			rows = append(rows, []any{int64(i)})
		}
		// Rows 2 and 4 share the id of row 0, the last one that of row 1.
		like := map[int]int{2: 0, 4: 0, size - 1: 1}
		id := func(i int) [20]byte {
			if j, ok := like[i]; ok {
				i = j
			}
			return Numbered(i)
		}
		Load(t, e, s, fields, rows, id)
		got := All(t, e, engine.Statement{Source: s, SQL: "SELECT hex(_id) FROM " + engine.Table(s.Name, engine.Records) + " ORDER BY _n", Columns: texts("id")})
		seen := map[any]bool{}
		for i, row := range got {
			want := id(i)
			switch i {
			case 2:
				want = sha1.Sum(append(want[:], '1'))
			case 4:
				want = sha1.Sum(append(want[:], '2'))
			case size - 1:
				want = sha1.Sum(append(want[:], '1'))
			}
			if row[0] != fmt.Sprintf("%X", want[:]) {
				t.Errorf("row %d of %d has the id %v, want %X", i, size, row[0], want)
			}
			seen[row[0]] = true
		}
		if len(seen) != size {
			t.Errorf("%d ids for %d rows", len(seen), size)
		}
	}
}

func large(t *testing.T, open Opener) {
	dir := t.TempDir()
	e := open(t, dir, 10, time.Minute)
	fields := []dataset.Field{{Name: "n", Type: dataset.Int}, {Name: "t", Type: dataset.Text}}
	for _, size := range []int{9_999, 10_000, 10_001, 300_000} {
		s := source(dir, fmt.Sprintf("v%d", size))
		l, err := e.Create(t.Context(), s.Path, fields)
		if err != nil {
			t.Fatal(err)
		}
		values := make([]any, 2) // used again, as callers may
		for i := range size {
			values[0], values[1] = int64(i), nil
			if i%3 == 0 {
				values[1] = "mot " + fmt.Sprint(i)
			}
			if err := l.Append(dataset.Record{ID: Numbered(i), Values: values}); err != nil {
				t.Fatal(err)
			}
		}
		var steps []string
		n, err := l.Finish(t.Context(), func(step string) { steps = append(steps, step) })
		if err != nil || n != int64(size) || len(steps) == 0 {
			t.Fatalf("Finish gives %d, %v after the steps %q", n, err, steps)
		}
		if err := l.Abort(); err != nil { // as a deferred Abort does
			t.Fatal(err)
		}
		rows, err := e.Query(t.Context(), engine.Statement{Source: s,
			SQL:     "SELECT _n, c0, c1 FROM " + engine.Table(s.Name, engine.Records),
			Columns: []dataset.Column{{Type: dataset.Int}, {Type: dataset.Int}, {Type: dataset.Text}}})
		if err != nil {
			t.Fatal(err)
		}
		at := int64(0)
		for b, err := rows.Next(); b != nil || err != nil; b, err = rows.Next() {
			if err != nil {
				t.Fatal(err)
			}
			for i := range b.Len {
				null := at%3 != 0
				if b.Vectors[0].Ints[i] != at || b.Vectors[1].Ints[i] != at || b.Vectors[2].Null(i) != null ||
					!null && string(b.Vectors[2].Text(i)) != "mot "+fmt.Sprint(at) {
					t.Fatalf("row %d of %d comes back wrong", at, size)
				}
				at++
			}
		}
		rows.Close()
		if at != int64(size) {
			t.Errorf("%d rows come back, want %d", at, size)
		}
		left, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil || slices.ContainsFunc(left, func(p string) bool { return !strings.HasSuffix(p, ".version") }) {
			t.Errorf("the load leaves %q, %v", left, err)
		}
	}
}

func empty(t *testing.T, open Opener) {
	dir := t.TempDir()
	e := open(t, dir, 10, time.Minute)
	s := source(dir, "v1")
	Load(t, e, s, Fields(), nil, Numbered)
	if got := All(t, e, SelectAll(s, Fields())); len(got) != 0 {
		t.Errorf("an empty version answers %v", got)
	}
	got := All(t, e, engine.Statement{Source: s, SQL: "SELECT count(*), NULL, NULL, NULL FROM v1.main.vocab",
		Columns: []dataset.Column{{Type: dataset.Int}, {Type: dataset.Text}, {Type: dataset.GeoPoint}}})
	if !reflect.DeepEqual(got, [][]any{{int64(0), nil, nil}}) {
		t.Errorf("got %v", got)
	}
}

func loadFailures(t *testing.T, open Opener) {
	dir := t.TempDir()
	e := open(t, dir, 10, time.Minute)
	s := source(dir, "v1")
	l, err := e.Create(t.Context(), s.Path, Fields())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 12_000 { // beyond what is gathered before there is a file
		if err := l.Append(dataset.Record{ID: Numbered(i), Values: Rows()[0]}); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Abort(); err != nil {
		t.Fatal(err)
	}
	left, _ := os.ReadDir(dir)
	if len(left) != 0 {
		t.Errorf("an aborted load leaves %v", left)
	}

	l, err = e.Create(t.Context(), s.Path, Fields())
	if err != nil {
		t.Fatal(err)
	}
	wrong := slices.Clone(Rows()[0])
	wrong[1] = "no number"
	if err := l.Append(dataset.Record{Values: wrong}); err == nil {
		t.Error("a text is taken for an int")
	}
	if _, err := l.Finish(t.Context(), nil); err == nil {
		t.Error("a broken load can be finished")
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("a failed load leaves %v", left)
	}

	l, err = e.Create(t.Context(), s.Path, Fields())
	if err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Finish(gone, nil); fault.KindOf(err) != fault.Canceled {
		t.Errorf("a cancelled Finish gives %v", err)
	}

	Load(t, e, s, Fields(), Rows(), Numbered)
	if _, err := e.Create(t.Context(), s.Path, Fields()); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a second load into the same file gives %v, want a conflict", err)
	}
	if got := All(t, e, SelectAll(s, Fields())); len(got) != len(Rows()) {
		t.Errorf("after a refused load %d rows come back", len(got))
	}
}
