package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
)

func main() {
	rows := flag.Int("rows", 1_000_000, "rows of the made data")
	binary := flag.String("binary", "bin/parvis", "the built binary")
	only := flag.String("only", "", "a pattern of the groups to measure: import, answers, search, rowstores, exports, counting, serving, pages, table, flights")
	large := flag.Bool("large", false, "measure 100 million rows too, with the group table")
	flights := flag.String("flights", os.Getenv("PARVIS_FLIGHTS"), "a Parquet file of three million flights, measured where it is given")
	flag.Parse()
	missed, err := measure(context.Background(), *rows, *binary, *only, *flights, *large)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
	if missed > 0 {
		fmt.Printf("%d figures missed\n", missed)
		os.Exit(1)
	}
}

// measure runs the groups and gives how many figures missed their limits.
func measure(ctx context.Context, rows int, binary, only, flights string, large bool) (int, error) {
	pattern, err := regexp.Compile(only)
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "parvis-bench-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	r := &report{}
	fmt.Printf("%d cores, %s, %d rows\n", runtime.NumCPU(), runtime.Version(), rows)
	csvPath, data := filepath.Join(dir, "rows.csv"), filepath.Join(dir, "data")
	bytes, err := writeCSV(csvPath, rows)
	if err != nil {
		return 0, err
	}
	if err := importRows(ctx, r, binary, data, dir, csvPath, bytes); err != nil {
		return 0, err
	}
	p, err := openPortal(ctx, data, "4GB", -1)
	if err != nil {
		return 0, err
	}
	defer func() { p.close() }()
	groups := []struct {
		name string
		run  func() error
	}{
		{"exports", func() error { return exports(ctx, r, p, dir, "rows", 250) }},
		{"answers", func() error { return answers(ctx, r, p) }},
		{"search", func() error { return search(ctx, r, p) }},
		{"rowstores", func() error { return rowStores(ctx, r, p, dir, csvPath) }},
		{"counting", func() error { return counting(ctx, r, p, dir) }},
		{"serving", func() error { return serving(ctx, r, binary, dir) }},
		{"pages", func() error { return pages(ctx, r, binary, dir, csvPath) }},
		{"table", func() error { return tenMillion(ctx, r, p, binary, data) }},
		{"flights", func() error { return flightsOf(ctx, r, binary, dir, flights) }},
	}
	for _, g := range groups {
		if !pattern.MatchString(g.name) {
			continue
		}
		if err := g.run(); err != nil {
			return 0, fmt.Errorf("%s: %w", g.name, err)
		}
	}
	if large {
		if err := largeRows(ctx, r, p, dir); err != nil {
			return 0, fmt.Errorf("large: %w", err)
		}
	}
	return r.missed, nil
}
