// Package exploretest opens a small real portal for tests: SQLite, DuckDB, a catalogue and three datasets.
//
//	towns    five records with a field of every type, facets, an attachment
//	hidden   one record whose rows only an actor who may see everything is shown
//	notes    a description without rows
//
// It serves tests only. Start at Open.
package exploretest

import (
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/db/dbtest"
	"parvis/internal/engine"
	"parvis/internal/engine/duckdb"
	"parvis/internal/explore"
	"parvis/internal/geo"
)

//go:embed portal
var folder embed.FS

// Portal is what Open gives: the parts of a running portal.
type Portal struct {
	DB       *sql.DB
	Engine   engine.Engine
	Catalog  *catalog.Catalog
	Explorer *explore.Explorer
	Temp     string // a directory where the engine may write
}

// Everything is an actor who may see everything.
func Everything() account.Actor { return account.Actor{Key: 1, Everything: true} }

// Open opens the portal, which is gone when the test ends.
func Open(t testing.TB) *Portal {
	t.Helper()
	sub, err := fs.Sub(folder, "portal")
	if err != nil {
		t.Fatal(err)
	}
	return OpenFolder(t, sub)
}

// OpenFolder opens a portal with the datasets of a folder: in each sub-folder dataset.json and records.jsonl.
func OpenFolder(t testing.TB, datasets fs.FS) *Portal {
	t.Helper()
	dir := t.TempDir()
	log := slog.New(slog.DiscardHandler)
	pool := dbtest.OpenAt(t, filepath.Join(dir, "parvis.db"))
	c, err := catalog.Open(t.Context(), catalog.Options{DB: pool, Dir: dir, Log: log, CheckFilter: explore.CheckFilter})
	if err != nil {
		t.Fatal(err)
	}
	temp := filepath.Join(dir, "tmp", "engine")
	e, err := duckdb.Open(duckdb.Options{Dir: dir, Temp: temp, MemoryLimit: "512MB"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	p := &Portal{DB: pool, Engine: e, Catalog: c, Temp: temp,
		Explorer: explore.New(explore.Options{Engine: e, Catalog: c, Log: log})}
	t.Cleanup(p.Explorer.Close)
	entries, err := fs.ReadDir(datasets, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		sub, err := fs.Sub(datasets, entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		p.publishFolder(t, sub)
	}
	if err := p.Explorer.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p
}

// described is dataset.json.
type described struct {
	ID          string               `json:"dataset_id"`
	Fields      []dataset.Field      `json:"fields"`
	Metas       dataset.Metas        `json:"metas"`
	Attachments []dataset.Attachment `json:"attachments"`

	Translations dataset.Translations `json:"translations"`

	Security struct {
		DataVisible *bool `json:"is_data_visible"`
	} `json:"security"`
}

func (p *Portal) publishFolder(t testing.TB, from fs.FS) {
	t.Helper()
	text, err := fs.ReadFile(from, "dataset.json")
	if err != nil {
		t.Fatal(err)
	}
	var d described
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	publication := catalog.Publication{ID: d.ID, Fields: d.Fields, Metas: d.Metas, Translations: d.Translations}
	if d.Security.DataVisible != nil {
		hidden := !*d.Security.DataVisible
		publication.DataHidden = &hidden
	}
	for _, a := range d.Attachments {
		publication.Attachments = append(publication.Attachments, catalog.Upload{Attachment: a, Open: func() (io.ReadCloser, error) { return from.Open(path.Clean(a.File)) }})
	}
	var rows []map[string]any
	if lines, err := fs.ReadFile(from, "records.jsonl"); err == nil {
		decoder := json.NewDecoder(bytes.NewReader(lines))
		decoder.UseNumber()
		for decoder.More() {
			var row map[string]any
			if err := decoder.Decode(&row); err != nil {
				t.Fatal(err)
			}
			rows = append(rows, row)
		}
		if rows == nil {
			rows = []map[string]any{}
		}
	}
	p.Publish(t, publication, rows)
}

// Publish publishes a dataset; rows are in the shapes of the API's JSON, nil for a description alone.
func (p *Portal) Publish(t testing.TB, publication catalog.Publication, rows []map[string]any) *catalog.Entry {
	t.Helper()
	if rows != nil {
		stage, err := p.Catalog.Stage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer stage.Close()
		publication.Rows = load(t, p.Engine, stage.Path("rows.db"), publication.Fields, rows)
	}
	e, err := p.Catalog.Publish(context.Background(), publication)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// PublishRows publishes a dataset of n made-up rows, whose values fill writes.
func (p *Portal) PublishRows(t testing.TB, publication catalog.Publication, n int, fill func(i int, values []any)) *catalog.Entry {
	t.Helper()
	stage, err := p.Catalog.Stage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stage.Close()
	file := stage.Path("rows.db")
	loader, err := p.Engine.Create(t.Context(), file, publication.Fields)
	if err != nil {
		t.Fatal(err)
	}
	r := dataset.Record{Values: make([]any, len(publication.Fields)), Size: 100}
	for i := range n {
		fill(i, r.Values)
		binary.BigEndian.PutUint64(r.ID[:], uint64(i))
		if err := loader.Append(r); err != nil {
			t.Fatal(err)
		}
	}
	count, err := loader.Finish(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	publication.Rows = &catalog.Rows{Path: file, Count: count, Hash: fmt.Sprint(n, " rows")}
	e, err := p.Catalog.Publish(context.Background(), publication)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// PutFiles lays files beside the rows of a dataset, by the names under which catalog.File opens them.
func (p *Portal) PutFiles(t testing.TB, e *catalog.Entry, files map[string]string) {
	t.Helper()
	dir := p.Catalog.Files(e)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o640); err != nil {
			t.Fatal(err)
		}
	}
}

func load(t testing.TB, e engine.Engine, file string, fields []dataset.Field, rows []map[string]any) *catalog.Rows {
	t.Helper()
	loader, err := e.Create(t.Context(), file, fields)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	for n, row := range rows {
		text, _ := json.Marshal(row)
		sum.Write(text)
		r := dataset.Record{ID: sha1.Sum(fmt.Append(text, n)), Size: len(text)}
		for _, f := range fields {
			v, err := value(f, row[f.Name], f.List())
			if err != nil {
				t.Fatalf("row %d, field %s: %v", n+1, f.Name, err)
			}
			r.Values = append(r.Values, v)
		}
		if err := loader.Append(r); err != nil {
			t.Fatal(err)
		}
	}
	count, err := loader.Finish(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return &catalog.Rows{Path: file, Count: count, Hash: hex.EncodeToString(sum.Sum(nil))}
}

// value reads a value of the API's JSON.
func value(f dataset.Field, v any, list bool) (any, error) {
	if v == nil {
		return nil, nil
	}
	if list {
		var out []any
		for _, x := range v.([]any) {
			one, err := value(f, x, false)
			if err != nil {
				return nil, err
			}
			out = append(out, one)
		}
		return out, nil
	}
	switch f.Type {
	case dataset.Int:
		return v.(json.Number).Int64()
	case dataset.Double:
		return v.(json.Number).Float64()
	case dataset.Date:
		text := v.(string)
		day, err := time.Parse("2006-01-02"[:len(text)], text)
		return dataset.Day(day.Unix() / 86400), err
	case dataset.DateTime:
		at, err := time.Parse(time.RFC3339Nano, v.(string))
		return dataset.Instant(at.UnixMicro()), err
	case dataset.GeoPoint:
		m := v.(map[string]any)
		lon, err := m["lon"].(json.Number).Float64()
		if err != nil {
			return nil, err
		}
		lat, err := m["lat"].(json.Number).Float64()
		return dataset.Point{Lon: lon, Lat: lat}, err
	case dataset.GeoShape:
		m := v.(map[string]any)
		if inner, feature := m["geometry"]; feature {
			v = inner
		}
		text, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		g, err := geo.ParseGeoJSON(text)
		if err != nil {
			return nil, err
		}
		s := dataset.Shape{WKB: g.WKB()}
		s.West, s.South, s.East, s.North, _ = g.Bounds()
		return s, nil
	}
	return v, nil
}
