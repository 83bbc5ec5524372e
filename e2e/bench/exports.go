package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"parvis/internal/engine"
)

// exports compares the CSV export of every row with the engine's own COPY to a file, and watches the memory of the process.
func exports(ctx context.Context, r *report, p *portal, dir, dataset string, growth float64) error {
	e, err := p.entry(dataset)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, "export.csv")
	export := func() error {
		f, err := os.Create(path)
		if err != nil {
			return err
		}
		defer f.Close()
		request, err := http.NewRequestWithContext(ctx, "GET", "http://bench/api/explore/v2.1/catalog/datasets/"+dataset+"/exports/csv", nil)
		if err != nil {
			return err
		}
		w := &discard{header: http.Header{}, to: f}
		p.mux.ServeHTTP(w, request)
		if w.status != http.StatusOK {
			return fmt.Errorf("export: status %d: %s", w.status, w.start)
		}
		return nil
	}
	before := resident()
	peak, stop := watchMemory()
	if err := export(); err != nil {
		return err
	}
	stop()
	r.figure("CSV export: memory growth, "+dataset, float64(*peak-before)/1e6, growth, "MB", true, "the engine's cache included")

	copied, err := newCopy(ctx, e.Source(), filepath.Join(dir, "copy.csv"))
	if err != nil {
		return err
	}
	defer copied.close()
	times, err := pairs(5, export, copied.run)
	if err != nil {
		return err
	}
	r.figure("CSV export / the engine's own COPY, "+dataset, ratio(times[0], times[1]), 1, "x", true,
		fmt.Sprintf("%.2f s against %.2f s, %.2f M rows/s", times[0].Seconds(), times[1].Seconds(), float64(e.Rows())/1e6/times[0].Seconds()))
	return nil
}

// copyStatement is the engine's own way to a CSV file of the same rows.
func copyStatement(src engine.Source, path string) string {
	return "COPY (SELECT " + rowList() + " FROM " + engine.Table(src.Name, engine.Records) + ") TO " + engine.Quote(path) + " (HEADER, DELIMITER ';')"
}

// watchMemory samples the resident memory of this process until it is stopped.
func watchMemory() (peak *int64, stop func()) {
	peak = new(int64)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			*peak = max(*peak, resident())
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	}()
	return peak, func() { close(done); <-ended }
}
