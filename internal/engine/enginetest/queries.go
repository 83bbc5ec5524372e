package enginetest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"

	"parvis/internal/dataset"
	"parvis/internal/engine"
	"parvis/internal/fault"
)

// one is a version with a single row, and endless a statement over it that would run for hours.
func one(t *testing.T, e engine.Engine, dir string) (s engine.Source, endless engine.Statement) {
	s = source(dir, "v1")
	Load(t, e, s, []dataset.Field{{Name: "n", Type: dataset.Int}}, [][]any{{int64(1)}}, Numbered)
	return s, engine.Statement{Source: s,
		SQL: `SELECT count(*) FROM range(1000000) AS a(i), range(1000000) AS b(i), v1.main.records AS c
			WHERE (a.i * 31 + b.i * 17) % 1000003 = c.c0`,
		Columns: []dataset.Column{{Name: "n", Type: dataset.Int}}}
}

func answersStill(t *testing.T, e engine.Engine, s engine.Source) {
	t.Helper()
	got := All(t, e, engine.Statement{Source: s, SQL: "SELECT c0 FROM v1.main.records", Columns: []dataset.Column{{Type: dataset.Int}}})
	if !reflect.DeepEqual(got, [][]any{{int64(1)}}) {
		t.Errorf("afterwards the engine answers %v", got)
	}
}

func cancelling(t *testing.T, open Opener) {
	dir := t.TempDir()
	e := open(t, dir, 10, time.Minute)
	s, endless := one(t, e, dir)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := e.Query(ctx, endless)
	if fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a passed deadline gives %v", err)
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("the query stopped only after %s", took)
	}
	ctx, cancel = context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	if _, err = e.Query(ctx, endless); fault.KindOf(err) != fault.Canceled {
		t.Errorf("a cancelled query gives %v", err)
	}
	if _, err = e.Query(ctx, endless); fault.KindOf(err) != fault.Canceled {
		t.Errorf("a query cancelled before it starts gives %v", err)
	}
	answersStill(t, e, s)
}

func deadline(t *testing.T, open Opener) {
	dir := t.TempDir()
	e := open(t, dir, 10, time.Second)
	s, endless := one(t, e, dir)
	_, err := e.Query(t.Context(), endless)
	if fault.KindOf(err) != fault.Unavailable || fault.Message(err) == "" {
		t.Errorf("a query past the engine's deadline gives %v", err)
	}
	answersStill(t, e, s)

	// The deadline is for working the answer out, not for reading it.
	rows, err := e.Query(t.Context(), engine.Statement{Source: s, SQL: "SELECT i FROM range(10000) AS t(i)", Columns: []dataset.Column{{Type: dataset.Int}}})
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	<-time.After(1100 * time.Millisecond)
	n := 0
	for b, err := rows.Next(); b != nil || err != nil; b, err = rows.Next() {
		if err != nil {
			t.Fatal(err)
		}
		n += b.Len
	}
	if n != 10000 {
		t.Errorf("a slow reader gets %d rows, want 10000", n)
	}
}

func mistakes(t *testing.T, open Opener) {
	dir := t.TempDir()
	e := open(t, dir, 10, time.Minute)
	s, _ := one(t, e, dir)
	for _, st := range []engine.Statement{
		{Source: s, SQL: "SELECT nothing FROM v1.main.records", Columns: texts("a")},
		{Source: s, SQL: "SELECT 1, 2", Columns: texts("a")},
		{Source: engine.Source{Name: "v9", Path: filepath.Join(dir, "missing")}, SQL: "SELECT 1", Columns: texts("a")},
		{Source: engine.Source{Name: "v1", Path: filepath.Join(dir, "other")}, SQL: "SELECT 1", Columns: texts("a")},
		{Source: engine.Source{Name: "a; DROP", Path: s.Path}, SQL: "SELECT 1", Columns: texts("a")},
	} {
		rows, err := e.Query(t.Context(), st)
		if err == nil {
			rows.Close()
		}
		if err == nil || fault.KindOf(err) != fault.Internal {
			t.Errorf("%s gives %v, want an internal failure", st.SQL, err)
		}
	}
	rows, err := e.Query(t.Context(), engine.Statement{Source: s, SQL: "SELECT 1", Columns: texts("a")})
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if _, err := rows.Next(); fault.KindOf(err) != fault.Internal || err == nil {
		t.Errorf("an int told to be a text gives %v", err)
	}
	answersStill(t, e, s)
}

func parallel(t *testing.T, open Opener) {
	dir := t.TempDir()
	e := open(t, dir, 2, time.Minute) // fewer than are asked at once
	const versions, askers, questions = 8, 8, 60
	for v := range versions {
		Load(t, e, source(dir, fmt.Sprintf("v%d", v)), []dataset.Field{{Name: "n", Type: dataset.Int}},
			[][]any{{int64(v)}, {int64(v)}, {int64(v)}}, Numbered)
	}
	var wait sync.WaitGroup
	for a := range askers {
		wait.Go(func() {
			for q := range questions {
				v := (a*7 + q*3) % versions
				s := source(dir, fmt.Sprintf("v%d", v))
				rows, err := e.Query(t.Context(), engine.Statement{Source: s,
					SQL: "SELECT sum(c0)::BIGINT FROM " + engine.Table(s.Name, engine.Records), Columns: []dataset.Column{{Type: dataset.Int}}})
				if err != nil {
					t.Errorf("version %d: %v", v, err)
					return
				}
				b, err := rows.Next()
				if err != nil || b == nil || b.Vectors[0].Ints[0] != int64(3*v) {
					t.Errorf("version %d answers %v, %v", v, b, err)
				}
				rows.Close()
			}
		})
	}
	wait.Wait()
}

func closing(t *testing.T, open Opener) {
	dir := t.TempDir()
	e := open(t, dir, 10, time.Minute)
	s, _ := one(t, e, dir)
	rows, err := e.Query(t.Context(), engine.Statement{Source: s, SQL: "SELECT i FROM range(100000) AS t(i)", Columns: []dataset.Column{{Type: dataset.Int}}})
	if err != nil {
		t.Fatal(err)
	}
	if b, err := rows.Next(); err != nil || b == nil {
		t.Fatalf("got %v, %v", b, err)
	}
	rows.Close()
	rows.Close()
	if b, err := rows.Next(); b != nil || err != nil {
		t.Errorf("a closed answer goes on with %v, %v", b, err)
	}
	answersStill(t, e, s)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Query(t.Context(), engine.Statement{Source: s, SQL: "SELECT 1", Columns: texts("a")}); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a closed engine gives %v", err)
	}
}

func parquet(t *testing.T, open Opener) {
	dir := t.TempDir()
	e := open(t, dir, 10, time.Minute)
	s := source(dir, "v1")
	Load(t, e, s, Fields(), Rows(), Numbered)
	for _, compression := range []string{"snappy", "zstd"} {
		path := filepath.Join(dir, compression+".parquet")
		st := SelectAll(s, Fields())
		st.Columns[1].Name = `TITLE` // SQL takes it for title
		st.Columns[2].Name = `say "price"`
		if err := e.Parquet(t.Context(), st, path, engine.ParquetOptions{Compression: compression}); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(raw, []byte("PAR1")) || !bytes.HasSuffix(raw, []byte("PAR1")) {
			t.Errorf("%s is no Parquet file", path)
		}
	}
	path := filepath.Join(dir, "x.parquet")
	if err := e.Parquet(t.Context(), SelectAll(s, Fields()), path, engine.ParquetOptions{Compression: "none'"}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("an unknown compression gives %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := e.Parquet(ctx, SelectAll(s, Fields()), path, engine.ParquetOptions{Compression: "zstd"}); fault.KindOf(err) != fault.Canceled {
		t.Errorf("a cancelled export gives %v", err)
	}
}
