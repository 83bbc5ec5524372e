package front

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/db"
	"parvis/internal/db/dbtest"
	"parvis/internal/engine"
	"parvis/internal/engine/duckdb"
	"parvis/internal/explore"
	"parvis/internal/geo"
	"parvis/internal/locale"
	"parvis/internal/odsql"
	"parvis/internal/privacy"
	"parvis/internal/privacy/privacytest"
	"parvis/internal/reuse"
	"parvis/internal/server"
	"parvis/internal/visual"
	"parvis/internal/web/analyse"
	"parvis/internal/web/calendar"
	"parvis/internal/web/data"
	"parvis/internal/web/machine"
	"parvis/internal/web/maps"
	"parvis/internal/web/page"
	"parvis/internal/web/reuses"
	"parvis/internal/web/saved"
	"parvis/internal/web/tabs"
	"parvis/internal/web/terms"
	"parvis/internal/web/usage"
)

// demoSite is the pages over a real portal that holds the datasets of demo/, all of them or those named.
func demoSite(t *testing.T, only ...string) http.Handler {
	t.Helper()
	ctx := t.Context()
	dir := t.TempDir()
	conn, err := db.Open(ctx, filepath.Join(dir, "parvis.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	c, err := catalog.Open(ctx, catalog.Options{DB: conn, Dir: dir, Language: "fr", Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	e, err := duckdb.Open(duckdb.Options{Dir: dir, Temp: filepath.Join(dir, "spill"), MemoryLimit: "500MB", Threads: 2, Deadline: time.Minute, MaxOpen: 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	folders, err := filepath.Glob("../../../demo/*/dataset.json")
	if err != nil || len(folders) < 8 {
		t.Fatalf("demo holds %d datasets (%v)", len(folders), err)
	}
	for _, f := range folders {
		id := filepath.Base(filepath.Dir(f))
		wanted := len(only) == 0
		for _, o := range only {
			wanted = wanted || o == id
		}
		if wanted {
			publishDemo(t, c, e, filepath.Dir(f))
		}
	}
	x := explore.New(explore.Options{Engine: e, Catalog: c, Log: quiet})
	t.Cleanup(x.Close)
	return siteOver(t, data.Explored{Explorer: x, Catalog: c}, "Données ouvertes — Grand Paris Seine & Oise (démonstration)")
}

// siteOver is the pages over any portal.
func siteOver(t *testing.T, p data.Portal, title string) http.Handler {
	t.Helper()
	return siteIn(t, p, title, locale.Options{Fallback: "fr"})
}

// siteIn is siteOver in other languages, beside the rooms that its pages link to, and with what change says otherwise.
func siteIn(t *testing.T, p data.Portal, title string, o locale.Options, change ...func(*privacy.Options, *tabs.Options, *usage.Options)) http.Handler {
	t.Helper()
	locales, err := locale.Load(o)
	if err != nil {
		t.Fatal(err)
	}
	none := func(context.Context, string) ([]dataset.Version, error) {
		return []dataset.Version{{Number: 1, Rows: 3}}, nil
	}
	doors, use := tabs.Options{Versions: none, Files: long{}}, usage.Options{Find: func(a account.Actor, id string) (*catalog.Entry, error) {
		e, _, err := p.Dataset(t.Context(), a, id)
		return e, err
	}}
	registry := privacytest.New(t, func(o *privacy.Options) {
		o.Operator, o.Languages = title, locales.Printers()
		for _, c := range change {
			c(o, &doors, &use)
		}
	})
	frame, err := page.New(page.Options{
		Locales: locales, Privacy: registry, Title: title,
		Server: server.New(server.Options{Strict: true, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)), Metrics: server.NewMetrics(), Privacy: registry, Lenient: []string{"/i18n/setlang/"}}),
	})
	if err != nil {
		t.Fatal(err)
	}
	onData := data.New(frame, p)
	doors.Frame, use.Frame = onData, frame
	doors.API = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"asked":%q}`, r.URL.Path)
	})
	made := reuse.New(reuse.Options{DB: dbtest.Open(t)})
	if _, err := made.Submit(t.Context(), account.Anonymous, reuse.Draft{Title: "⟦Walks⟧", Kind: "article", Address: "https://example.org/", Author: "⟦Ada⟧"}); err != nil {
		t.Fatal(err)
	}
	if err := made.Publish(t.Context(), account.Operator, 1); err != nil {
		t.Fatal(err)
	}
	gallery, err := reuses.New(reuses.Options{Frame: onData, Reuses: made, Visible: func(a account.Actor) []*catalog.Entry {
		found, _, _ := p.Datasets(context.Background(), a, odsql.Question{})
		return found
	}})
	if err != nil {
		t.Fatal(err)
	}
	doors.Reuses = gallery
	s, err := New(Options{Frame: onData, Reuses: gallery})
	if err != nil {
		t.Fatal(err)
	}
	datasets, err := tabs.New(doors)
	if err != nil {
		t.Fatal(err)
	}
	legal, err := terms.New(terms.Options{Frame: frame})
	if err != nil {
		t.Fatal(err)
	}
	counts, err := usage.New(use)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	s.Register(mux)
	gallery.Register(mux)
	datasets.Register(mux)
	atlas, err := maps.New(maps.Options{Frame: onData})
	if err != nil {
		t.Fatal(err)
	}
	atlas.Register(mux)
	analyses, err := analyse.New(onData)
	if err != nil {
		t.Fatal(err)
	}
	analyses.Register(mux)
	combined, err := saved.New(saved.Options{Frame: onData, Visuals: visual.New(dbtest.Open(t), nil), Analyses: analyses, Maps: atlas})
	if err != nil {
		t.Fatal(err)
	}
	combined.Register(mux)
	calendars, err := calendar.New(onData, nil)
	if err != nil {
		t.Fatal(err)
	}
	calendars.Register(mux)
	machine.New(machine.Options{Frame: onData, Versions: none}).Register(mux)
	legal.Register(mux)
	counts.Register(mux)
	return frame.Wrap(frame.Guard(mux))
}

// publishDemo publishes one folder.
func publishDemo(t *testing.T, c *catalog.Catalog, e engine.Engine, folder string) {
	t.Helper()
	ctx := t.Context()
	text, err := os.ReadFile(filepath.Join(folder, "dataset.json"))
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		ID     string          `json:"dataset_id"`
		UID    string          `json:"dataset_uid"`
		Fields []dataset.Field `json:"fields"`
		Metas  dataset.Metas   `json:"metas"`

		Translations dataset.Translations `json:"translations"`
	}
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatalf("%s: %v", folder, err)
	}
	stage, err := c.Stage(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer stage.Close()
	file := stage.Path("rows")
	load, err := e.Create(ctx, file, d.Fields)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := os.Open(filepath.Join(folder, "records.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer lines.Close()
	scan := bufio.NewScanner(lines)
	scan.Buffer(nil, 8<<20)
	for scan.Scan() {
		var raw map[string]json.RawMessage
		if err := json.Unmarshal(scan.Bytes(), &raw); err != nil {
			t.Fatalf("%s: %v", folder, err)
		}
		r := dataset.Record{ID: sha1.Sum(scan.Bytes()), Size: len(scan.Bytes())}
		for _, f := range d.Fields {
			r.Values = append(r.Values, demoValue(t, f, raw[f.Name]))
		}
		if err := load.Append(r); err != nil {
			t.Fatalf("%s: %v", folder, err)
		}
	}
	n, err := load.Finish(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Publish(ctx, catalog.Publication{ID: d.ID, UID: d.UID, Fields: d.Fields, Metas: d.Metas, Translations: d.Translations,
		Rows: &catalog.Rows{Path: file, Count: n, Hash: "00"}}); err != nil {
		t.Fatalf("%s: %v", folder, err)
	}
}

// demoValue reads a value of a demo row; one that does not fit its field's type fails the test.
func demoValue(t *testing.T, f dataset.Field, raw json.RawMessage) any {
	t.Helper()
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	into := func(v any) {
		if err := json.Unmarshal(raw, v); err != nil {
			t.Fatalf("field %s: %s does not fit %s", f.Name, raw, f.Type)
		}
	}
	if f.List() {
		var list []string
		into(&list)
		out := make([]any, len(list))
		for i, s := range list {
			out[i] = s
		}
		return out
	}
	switch f.Type {
	case dataset.Int:
		var n int64
		into(&n)
		return n
	case dataset.Double:
		var x float64
		into(&x)
		return x
	case dataset.Boolean:
		var b bool
		into(&b)
		return b
	case dataset.GeoPoint:
		var p dataset.Point
		into(&p)
		return p
	case dataset.GeoShape:
		wkb, box, err := geo.FromGeoJSON(raw)
		if err != nil {
			t.Fatal(err)
		}
		return dataset.Shape{WKB: wkb, West: box.West, South: box.South, East: box.East, North: box.North}
	}
	var s string
	into(&s)
	switch f.Type {
	case dataset.Date, dataset.DateTime:
		layout := time.DateOnly
		if f.Type == dataset.DateTime {
			layout = time.RFC3339Nano
		}
		at, err := time.Parse(layout, s)
		if err != nil {
			t.Fatalf("field %s: %v", f.Name, err)
		}
		if f.Type == dataset.Date {
			return dataset.Day(at.Unix() / 86400)
		}
		return dataset.Instant(at.UnixMicro())
	}
	return s
}
