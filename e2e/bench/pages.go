package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// pages starts the binary over two thousand datasets beside the made rows, which are points, and asks for what people
// look at. Each question is another one than those before, so that no cache answers.
func pages(ctx context.Context, r *report, binary, dir, csvPath string) error {
	folder, data := filepath.Join(dir, "many"), filepath.Join(dir, "many-data")
	if err := writeMany(folder, 2000); err != nil {
		return err
	}
	for _, args := range [][]string{{"--data", data, folder}, {"--data", data, "--id", "rows", csvPath}} {
		if out, err := exec.CommandContext(ctx, binary, append([]string{"import"}, args...)...).CombinedOutput(); err != nil {
			return fmt.Errorf("import: %w\n%s", err, out)
		}
	}
	server, addr, err := serve(ctx, binary, data)
	if err != nil {
		return err
	}
	defer server.stop()
	site := "http://" + addr
	if err := tiles(r, site); err != nil {
		return err
	}
	n := 0 // makes each question a new one
	fresh := func(format string) func() error {
		return func() error {
			n++
			_, _, err := get(site + fmt.Sprintf(format, n))
			return err
		}
	}
	for _, page := range []struct {
		name, address string
		limit         float64
	}{
		{"catalogue page of 2,000 datasets", "/explore/?page=%d", 40},
		{"catalogue and the rows of 40 datasets searched", "/explore/?q=number+1%d", 300},
		{"table page 5,000 of a million rows", "/explore/dataset/rows/table/?page=%d&sort=-amount&where=id%%20is%%20not%%20null", 150},
	} {
		if page.limit == 150 {
			n = 5000
		}
		times, err := pairs(15, fresh(page.address))
		if err != nil {
			return err
		}
		r.figure(page.name, ms(times[0]), page.limit, "ms", true, "")
	}
	n = 0
	times, err := pairs(15,
		fresh("/explore/dataset/rows/analyze/?x=category&where=qty%%3C4%d"),
		fresh("/api/explore/v2.1/catalog/datasets/rows/records?select=count(*)&group_by=category&order_by=count(*)%%20desc&where=qty%%3C4%d"))
	if err != nil {
		return err
	}
	r.figure("chart beside its query, a million rows", ms(times[0]-times[1]), 10, "ms", true, fmt.Sprintf("%.0f ms against %.0f ms", ms(times[0]), ms(times[1])))
	n = 100
	times, err = pairs(15,
		fresh("/explore/dataset/d0%d/imprint.svg"),
		fresh("/api/explore/v2.1/catalog/datasets/d0%d/records?limit=100"))
	if err != nil {
		return err
	}
	r.figure("imprint beside its query", ms(times[0]-times[1]), 10, "ms", true, fmt.Sprintf("%.1f ms against %.1f ms", ms(times[0]), ms(times[1])))
	return nil
}

// tiles asks for tiles of the points as visitors do who filter them, look at the country and come closer in four steps:
// each has a filter of their own and sees five views of twelve tiles, of which only the first counts the rows anew.
func tiles(r *report, site string) error {
	dice := rand.New(rand.NewPCG(5, 3))
	var times []time.Duration
	largest := 0
	for visitor := range 8 {
		lat, lon := 43.5+dice.Float64()*6, -2.5+dice.Float64()*9
		for view := range 5 {
			zoom := 4 + visitor%3 + 3*view - view/4*2 // from 4, 5 or 6 to 14, 15 or 16
			side := float64(int(1) << zoom)
			x, y := int((lon+180)/360*side), int((1-math.Asinh(math.Tan(lat*math.Pi/180))/math.Pi)/2*side)
			for tile := range 12 {
				address := fmt.Sprintf("%s/explore/dataset/rows/tiles/%d/%d/%d.mvt?where=qty%%3E=0%%20and%%20amount%%3E=-%d", site, zoom, x+tile%4-1, y+tile/4-1, visitor)
				start := time.Now()
				_, body, err := get(address)
				if err != nil {
					return err
				}
				times, largest = append(times, time.Since(start)), max(largest, len(body))
			}
		}
	}
	slices.Sort(times)
	r.figure("tile of a million points, p95", ms(times[len(times)*95/100]), 25, "ms", true, fmt.Sprintf("median %.1f ms, the slowest %.1f ms, 5 views of 12 tiles at zooms 4 to 16 for each of 8 filters", ms(times[len(times)/2]), ms(times[len(times)-1])))
	r.figure("largest tile, gzip", float64(largest)/1000, 20, "kB", true, "")
	return nil
}
