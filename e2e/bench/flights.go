package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// flightsOf imports three million real flights (date, delay, distance, origin, destination) and asks what a journalist would.
func flightsOf(ctx context.Context, r *report, binary, dir, path string) error {
	if _, err := os.Stat(path); err != nil {
		r.note("three million flights", "skipped: PARVIS_FLIGHTS does not name the Parquet file")
		return nil
	}
	data := filepath.Join(dir, "flights")
	start := time.Now()
	if out, err := exec.CommandContext(ctx, binary, "import", "--data", data, "--id", "flights", path).CombinedOutput(); err != nil {
		return fmt.Errorf("import: %w\n%s", err, out)
	}
	r.note("three million flights: import", fmt.Sprintf("%.1f s", time.Since(start).Seconds()))
	p, err := openPortal(ctx, data, "4GB", -1)
	if err != nil {
		return err
	}
	defer p.close()
	for _, c := range []struct {
		name, what string
		q          url.Values
	}{
		{"airports by mean delay", "records", url.Values{"group_by": {"origin"}, "select": {"count(*) as n, avg(delay) as d"}, "order_by": {"d desc"}}},
		{"a page of the longest delays", "records", url.Values{"order_by": {"delay desc"}, "limit": {"100"}}},
		{"facets of origin and destination", "facets", url.Values{"facet": {"origin", "destination"}, "where": {"delay > 60"}}},
	} {
		t, err := median(7, func() error { return p.ask("flights", c.what, c.q) })
		if err != nil {
			return err
		}
		r.note("three million flights: "+c.name, fmt.Sprintf("%.1f ms", ms(t)))
	}
	return nil
}
