package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"

	"parvis/internal/catalog"
	"parvis/internal/engine"
)

// tenMillion publishes 10 million near-copies of the rows and asks the binary for pages of their table: the first, one in the middle, the last but
// one, and one of them sorted.
func tenMillion(ctx context.Context, r *report, p *portal, binary, data string) error {
	if err := multiply(ctx, p, "rows10", 10); err != nil {
		return err
	}
	server, addr, err := serve(ctx, binary, data)
	if err != nil {
		return err
	}
	defer server.stop()
	table := "http://" + addr + "/explore/dataset/rows10/table/?"
	for _, c := range []struct {
		name  string
		first int // page; each question is for another one, so that no cache answers
		query string
		limit float64
	}{
		{"10 M rows: first pages of the table", 1, "", 80},
		{"10 M rows: pages 50,000 and on", 50_000, "", 150},
		{"10 M rows: the last pages", 99_980, "", 150},
		{"10 M rows: pages 500 and on, sorted", 500, "&sort=-amount", 1000},
	} {
		n := c.first
		t, err := median(7, func() error {
			_, _, err := get(fmt.Sprint(table, "page=", n, c.query))
			n++
			return err
		})
		if err != nil {
			return err
		}
		r.figure(c.name, ms(t), c.limit, "ms", true, "")
	}
	return nil
}

// largeRows publishes 100 million near-copies of the rows and measures exports, pages and counts over these and the ten million.
func largeRows(ctx context.Context, r *report, p *portal, dir string) error {
	if err := multiply(ctx, p, "rows100", 100); err != nil {
		return err
	}
	if err := exports(ctx, r, p, dir, "rows10", 250+4000); err != nil { // beyond the engine's own limit
		return err
	}
	for _, c := range []struct {
		name, what string
		q          url.Values
		limit      float64
	}{
		{"100 M rows: a page", "records", url.Values{"limit": {"100"}, "offset": {"9000"}}, 50},
		{"100 M rows: a filtered count", "records", url.Values{"where": {`region = "region 3" and amount > 500`}, "limit": {"0"}}, 1000},
	} {
		t, err := median(7, func() error { return p.ask("rows100", c.what, c.q) })
		if err != nil {
			return err
		}
		r.figure(c.name, ms(t), c.limit, "ms", true, "the engine may use 4 GB")
	}
	return nil
}

// multiply publishes copies of every row of "rows" under another id, by the engine's own SQL rather than by importing.
func multiply(ctx context.Context, p *portal, id string, copies int) error {
	e, err := p.entry("rows")
	if err != nil {
		return err
	}
	stage, err := p.catalog.Stage(ctx)
	if err != nil {
		return err
	}
	defer stage.Close()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return err
	}
	defer db.Close()
	path, one := stage.Path("rows.duckdb"), e.Source().Name
	rows := e.Rows()
	for _, s := range []string{
		"SET memory_limit = '4GB'",
		"SET temp_directory = " + engine.Quote(stage.Path("spill")),
		"ATTACH " + engine.Quote(e.Source().Path) + " AS " + one + " (READ_ONLY)",
		"ATTACH " + engine.Quote(path) + " AS many",
		"CREATE TABLE many.records AS FROM " + one + ".records LIMIT 0",
	} {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%.60s: %w", s, err)
		}
	}
	for k := range copies {
		s := fmt.Sprintf("INSERT INTO many.records SELECT _n + %d, unhex(sha1(hex(_id) || '%d')), * EXCLUDE (_n, _id) FROM %s.records ORDER BY _n", int64(k)*rows, k, one)
		if _, err := db.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	for _, s := range []string{
		"CREATE TABLE many.terms AS FROM " + one + ".terms LIMIT 0",
		"CREATE TABLE many.vocab AS FROM " + one + ".vocab LIMIT 0",
		"DETACH many",
	} {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	_, err = p.catalog.Publish(ctx, catalog.Publication{ID: id, Fields: e.Fields, Rows: &catalog.Rows{Path: path, Count: rows * int64(copies), Hash: id}})
	return err
}
