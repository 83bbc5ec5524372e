package front

import (
	"context"
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
	"parvis/internal/engine/duckdb"
	"parvis/internal/explore"
	"parvis/internal/ingest"
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
	"parvis/internal/web/images"
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
			if err := ingest.Folder(ctx, ingest.Options{Catalog: c, Engine: e, Path: filepath.Dir(f)}, nil); err != nil {
				t.Fatal(err)
			}
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
	pictures, err := images.New(onData)
	if err != nil {
		t.Fatal(err)
	}
	calendars.Register(mux)
	pictures.Register(mux)
	machine.New(machine.Options{Frame: onData, Versions: none}).Register(mux)
	legal.Register(mux)
	counts.Register(mux)
	return frame.Wrap(frame.Guard(mux))
}
