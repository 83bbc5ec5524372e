package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
)

// rowStores compares five facets with a filter against SQLite and, where it is installed, PostgreSQL.
func rowStores(ctx context.Context, r *report, p *portal, dir, csvPath string) error {
	q := url.Values{"where": {"day >= date'2010-01-01'"}}
	for _, f := range facets {
		q.Add("facet", f.name)
	}
	ours := func() error { return p.ask("rows", "facets", q) }
	compare := func(name string, db *sql.DB, limit float64) error {
		if err := runAll(ctx, db, facetStatements()); err != nil { // warm up
			return err
		}
		times, err := pairs(5, ours, func() error { return runAll(ctx, db, facetStatements()) })
		if err != nil {
			return err
		}
		r.figure("five facets with a filter: "+name+" / Parvis", ratio(times[1], times[0]), limit, "x", false,
			fmt.Sprintf("%.0f ms against %.1f ms", ms(times[1]), ms(times[0])))
		return nil
	}
	sqlite, err := openSQLite(ctx, dir, csvPath)
	if err != nil {
		return fmt.Errorf("SQLite: %w", err)
	}
	defer sqlite.Close()
	if err := compare("SQLite", sqlite, 40); err != nil {
		return fmt.Errorf("SQLite: %w", err)
	}
	pg, err := openPostgres(ctx, dir, csvPath)
	if err != nil {
		return fmt.Errorf("PostgreSQL: %w", err)
	}
	if pg == nil {
		r.note("five facets: PostgreSQL", "skipped: PostgreSQL is not installed")
		return nil
	}
	defer pg.stop()
	return compare("PostgreSQL", pg.db, 15)
}
