package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"time"

	"parvis/internal/account"
	"parvis/internal/account/session"
	"parvis/internal/api/v2"
	"parvis/internal/db"
	"parvis/internal/explore"
	"parvis/internal/locale"
	"parvis/internal/privacy"
	"parvis/internal/server"
	"parvis/internal/statistics"
)

// counting measures what an anonymous API call pays for sessions, rights and counting, and what counts take on disk.
func counting(ctx context.Context, r *report, p *portal, dir string) error {
	pool, err := db.Open(ctx, filepath.Join(dir, "counting.db"))
	if err != nil {
		return err
	}
	defer pool.Close()
	quiet := slog.New(slog.DiscardHandler)
	locales, err := locale.Load(locale.Options{})
	if err != nil {
		return err
	}
	registry, err := privacy.New(privacy.Options{Operator: "Bench", Secret: make([]byte, 32), Languages: locales.Printers()[:1]})
	if err != nil {
		return err
	}
	people, err := account.OpenPeople(ctx, account.PeopleOptions{DB: pool})
	if err != nil {
		return err
	}
	sessions, err := session.Open(ctx, session.Options{DB: pool, People: people})
	if err != nil {
		return err
	}
	keys, err := account.OpenKeys(ctx, account.KeyOptions{DB: pool, People: people})
	if err != nil {
		return err
	}
	counter, err := statistics.Open(ctx, statistics.Options{DB: pool, Log: quiet, Objects: func(r *http.Request) bool { return registry.Choices(r).Objects() }})
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	go counter.Run(running)
	bare := server.Options{Log: quiet, Metrics: server.NewMetrics(), Privacy: registry}
	full := server.Options{
		Log: quiet, Metrics: server.NewMetrics(), Privacy: registry, Counter: counter, Keys: keys.Authenticate,
		Sessions: sessions,
	}
	x := explore.New(explore.Options{Engine: p.engine, Catalog: p.catalog, Log: quiet})
	defer x.Close()
	if err := x.Ready(ctx); err != nil {
		return err
	}
	var calls []func() error
	for _, o := range []server.Options{bare, full} {
		call, end, err := caller(p, x, o, dir)
		if err != nil {
			return err
		}
		defer end()
		calls = append(calls, call)
	}
	took, err := pairs(15, calls...)
	if err != nil {
		return err
	}
	r.figure("session, rights, counting on a cached call", ratio(took[1], took[0]), 1.05, "x", true,
		fmt.Sprintf("%.1f µs and %.1f µs a call over one connection", us(took[0]), us(took[1])))
	return millionHits(ctx, r, dir)
}

// callsARound is how many calls one measure takes.
const callsARound = 5000

func us(d time.Duration) float64 { return float64(d.Microseconds()) / callsARound }

// caller serves the API by a server with these parts and gives what asks it the same, again and again, over one connection.
func caller(p *portal, x *explore.Explorer, o server.Options, dir string) (call func() error, end func(), err error) {
	s := server.New(o)
	api := v2.New(v2.Options{Explorer: x, Catalog: p.catalog, Server: s, Temp: dir})
	mux := http.NewServeMux()
	api.Register(mux)
	web := httptest.NewServer(s.Wrap(mux, server.JSON))
	conn, err := net.Dial("tcp", web.Listener.Addr().String())
	if err != nil {
		return nil, nil, err
	}
	in := bufio.NewReader(conn)
	request := []byte("GET /api/explore/v2.1/catalog/datasets/rows/records?limit=10 HTTP/1.1\r\nHost: bench\r\nUser-Agent: python-requests/2.32\r\nAccept: */*\r\n\r\n")
	call = func() error {
		for range callsARound {
			if _, err := conn.Write(request); err != nil {
				return err
			}
			answer, err := http.ReadResponse(in, nil)
			if err != nil {
				return err
			}
			if answer.StatusCode != http.StatusOK {
				return fmt.Errorf("status %s", answer.Status)
			}
			if _, err := io.Copy(io.Discard, answer.Body); err != nil {
				return err
			}
			answer.Body.Close()
		}
		return nil
	}
	return call, func() { conn.Close(); web.Close(); api.Close() }, nil
}

// millionHits counts a day of a million hits on 2,000 datasets and tells what it takes on disk.
func millionHits(ctx context.Context, r *report, dir string) error {
	pool, err := db.Open(ctx, filepath.Join(dir, "hits.db"))
	if err != nil {
		return err
	}
	defer pool.Close()
	used := func() (bytes int64, err error) {
		err = pool.QueryRowContext(ctx, `SELECT (p.page_count - f.freelist_count) * 4096 FROM pragma_page_count p, pragma_freelist_count f`).Scan(&bytes)
		return bytes, err
	}
	empty, err := used()
	if err != nil {
		return err
	}
	now := time.Date(2026, 11, 18, 0, 0, 0, 0, time.UTC)
	c, err := statistics.Open(ctx, statistics.Options{DB: pool, Log: slog.New(slog.DiscardHandler), Clock: func() time.Time { return now }})
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(random, 1.01, 1, 1999)
	kinds := []statistics.Hit{
		{Kind: statistics.View, Page: "table"}, {Kind: statistics.View, Page: "information"}, {Kind: statistics.Download, Format: "csv", Endpoint: "export"},
		{Kind: statistics.Download, Format: "xlsx", Endpoint: "export"}, {Kind: statistics.Call, Endpoint: "records"}, {Kind: statistics.Call, Endpoint: "facets"},
	}
	agents := []string{"Mozilla/5.0 Firefox/140.0", "Mozilla/5.0 Chrome/140.0", "curl/8", "python-requests/2", "Googlebot/2.1"}
	request := httptest.NewRequest(http.MethodGet, "/", nil)
	const hits = 1_000_000
	start := time.Now()
	for i := range hits {
		h := kinds[random.IntN(len(kinds))]
		h.Dataset = fmt.Sprintf("da_%06d", zipf.Uint64())
		request.Header.Set("User-Agent", agents[random.IntN(len(agents))])
		request.Header.Set("Referer", fmt.Sprintf("https://site%d.example.org/", zipf.Uint64()))
		now = now.Add(24 * time.Hour / hits)
		c.Note(request, http.StatusOK, &h)
		if i%100_000 == 0 {
			if err := c.Flush(ctx); err != nil {
				return err
			}
		}
	}
	if err := c.Flush(ctx); err != nil {
		return err
	}
	took := time.Since(start)
	now = now.Add(24 * time.Hour)
	if err := c.Clean(ctx); err != nil {
		return err
	}
	bytes, err := used()
	if err != nil {
		return err
	}
	r.figure("a day of a million hits on disk", float64(bytes-empty)/1e6, 1, "MB", true, fmt.Sprintf("counted in %.1f s", took.Seconds()))
	return nil
}
