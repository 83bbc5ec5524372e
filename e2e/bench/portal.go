package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"time"

	"parvis/internal/api/v2"
	"parvis/internal/catalog"
	"parvis/internal/db"
	"parvis/internal/engine"
	"parvis/internal/engine/duckdb"
	"parvis/internal/explore"
	"parvis/internal/locale"
	"parvis/internal/privacy"
	"parvis/internal/server"
)

// portal is the product in this process, so that what it answers and what is asked by hand share one engine.
type portal struct {
	engine  *duckdb.Engine
	catalog *catalog.Catalog
	mux     *http.ServeMux
	close   func()
}

// openPortal opens the portal in dir as `parvis serve` does. cache is the bytes of answers kept; -1 keeps none.
func openPortal(ctx context.Context, dir, memory string, cache int64) (*portal, error) {
	var pool *sql.DB
	pool, err := db.Open(ctx, filepath.Join(dir, "parvis.db"))
	if err != nil {
		return nil, err
	}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	c, err := catalog.Open(ctx, catalog.Options{DB: pool, Dir: dir, Log: quiet})
	if err != nil {
		return nil, err
	}
	temp, err := c.Temp(ctx)
	if err != nil {
		return nil, err
	}
	e, err := duckdb.Open(duckdb.Options{Dir: dir, Temp: temp.Path("engine"), MemoryLimit: memory, Deadline: 10 * time.Minute})
	if err != nil {
		return nil, err
	}
	x := explore.New(explore.Options{Engine: e, Catalog: c, Log: quiet})
	if err := x.Ready(ctx); err != nil {
		return nil, err
	}
	locales, err := locale.Load(locale.Options{})
	if err != nil {
		return nil, err
	}
	registry, err := privacy.New(privacy.Options{Operator: "Bench", Secret: make([]byte, 32), Languages: locales.Printers()[:1]})
	if err != nil {
		return nil, err
	}
	api := v2.New(v2.Options{
		Explorer: x, Catalog: c, Temp: temp.Path("engine"), CacheBytes: cache,
		Server: server.New(server.Options{Log: quiet, Metrics: server.NewMetrics(), Privacy: registry}),
	})
	p := &portal{engine: e, catalog: c, mux: http.NewServeMux()}
	api.Register(p.mux)
	p.close = func() {
		api.Close()
		x.Close()
		e.Close()
		temp.Close()
		pool.Close()
	}
	return p, nil
}

// ask sends one API request to the portal and throws the body away.
func (p *portal) ask(dataset, what string, q url.Values) error {
	r, err := http.NewRequest("GET", "http://bench/api/explore/v2.1/catalog/datasets/"+dataset+"/"+what+"?"+q.Encode(), nil)
	if err != nil {
		return err
	}
	w := &discard{header: http.Header{}}
	p.mux.ServeHTTP(w, r)
	if w.status != http.StatusOK {
		return fmt.Errorf("%s: status %d: %s", r.URL, w.status, w.start)
	}
	return nil
}

// total gives the total_count of a question.
func (p *portal) total(dataset string, q url.Values) (int64, error) {
	r, err := http.NewRequest("GET", "http://bench/api/explore/v2.1/catalog/datasets/"+dataset+"/records?"+q.Encode(), nil)
	if err != nil {
		return 0, err
	}
	var body bytes.Buffer
	p.mux.ServeHTTP(&discard{header: http.Header{}, to: &body}, r)
	var answer struct {
		Total int64 `json:"total_count"`
	}
	return answer.Total, json.Unmarshal(body.Bytes(), &answer)
}

// discard is an http.ResponseWriter that keeps only the status and the start of the body.
type discard struct {
	header http.Header
	status int
	start  []byte
	to     io.Writer // nil: nowhere
}

func (d *discard) Header() http.Header { return d.header }

func (d *discard) WriteHeader(status int) {
	if d.status == 0 {
		d.status = status
	}
}

func (d *discard) Write(p []byte) (int, error) {
	d.WriteHeader(http.StatusOK)
	if len(d.start) < 200 {
		d.start = append(d.start, p[:min(len(p), 200)]...)
	}
	if d.to != nil {
		return d.to.Write(p)
	}
	return len(p), nil
}

// byHand runs SQL on the portal's own engine and reads every row.
func (p *portal) byHand(ctx context.Context, st engine.Statement) error {
	rows, err := p.engine.Query(ctx, st)
	if err != nil {
		return err
	}
	defer rows.Close()
	for {
		b, err := rows.Next()
		if err != nil || b == nil {
			return err
		}
	}
}
