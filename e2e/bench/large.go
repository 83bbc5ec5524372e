package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"

	"parvis/internal/catalog"
	"parvis/internal/engine"
)

// largeRows publishes 10 and 100 million near-copies of the rows and measures exports, pages and counts over them.
func largeRows(ctx context.Context, r *report, p *portal, dir string) error {
	for _, copies := range []int{10, 100} {
		id := fmt.Sprint("rows", copies)
		if err := multiply(ctx, p, id, copies); err != nil {
			return err
		}
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
