package statistics

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"parvis/internal/db/dbtest"
)

// zipf draws from n things of which the k-th is drawn 1/k as often as the first.
type zipf struct{ sums []float64 }

func newZipf(n int) *zipf {
	z := &zipf{sums: make([]float64, n)}
	sum := 0.0
	for i := range n {
		sum += 1 / float64(i+1)
		z.sums[i] = sum
	}
	return z
}

func (z *zipf) draw(d *dice) int {
	at := float64(d.throw(1<<30)) / (1 << 30) * z.sums[len(z.sums)-1]
	low, high := 0, len(z.sums)-1
	for low < high {
		if mid := (low + high) / 2; z.sums[mid] < at {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// TestMillionHitsADay: a day of a million hits on 2,000 datasets, with what else comes with them, takes less than 1 MB.
func TestMillionHitsADay(t *testing.T) {
	if testing.Short() {
		t.Skip("a million hits take some seconds")
	}
	const days, hits = 2, 1_000_000
	b := open(t, Counts)
	var uids, sites []string
	for i := range 3000 {
		uids, sites = append(uids, fmt.Sprintf("da_%06d", i)), append(sites, fmt.Sprintf("https://site%d.example.org/", i))
	}
	d, sets, hosts := &dice{1}, newZipf(2000), newZipf(3000)
	agents := [...]string{firefox, "Mozilla/5.0 Chrome/1 Safari/1", "curl/8", "python-requests/2", google, "Mozilla/5.0 (iPhone) Mobile Safari/1"}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	empty := pages(t, b)
	var sizes []int64
	for range days {
		start := b.Today().Start()
		for i := range hits {
			b.clock.now = start.Add(time.Duration(i) * (24 * time.Hour / hits))
			uid := uids[sets.draw(d)]
			h := [...]Hit{
				{Kind: View, Page: "dataset", Dataset: uid},
				{Kind: View, Page: "catalogue", Searched: true, Terms: uid, Found: true},
				{Kind: Download, Format: "csv", Endpoint: "exports", Dataset: uid},
				{Kind: Download, Format: "json", Endpoint: "exports", Dataset: uid},
				{Kind: Call, Endpoint: "records", Dataset: uid},
				{Kind: Call, Endpoint: "facets", Dataset: uid},
			}[d.throw(6)]
			r.Header.Set("User-Agent", agents[d.throw(len(agents))])
			r.Header.Del("Referer")
			if d.throw(3) == 0 {
				r.Header.Set("Referer", sites[hosts.draw(d)])
			}
			b.Note(r, 200, &h)
			if i%50_000 == 0 {
				b.flush()
			}
		}
		b.flush()
		b.clock.now = start.AddDate(0, 0, 1) // the night after
		if err := b.Clean(t.Context()); err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, pages(t, b))
	}
	each := float64(sizes[days-1]-empty) / days / 1e6
	t.Logf("a day takes %.2f MB, %v rows of datasets", each, query(t, b.pool, `SELECT count(*) FROM usage_datasets`))
	if each > 1 {
		t.Errorf("a day takes %.2f MB, of a budget of 1 MB", each)
	}
}

// pages gives the bytes of the pages in use.
func pages(t *testing.T, b *bench) int64 {
	t.Helper()
	used := query(t, b.pool, `SELECT (p.page_count - f.freelist_count) * 4096 FROM pragma_page_count p, pragma_freelist_count f`)
	return used[0][0].(int64)
}

// BenchmarkNote is what a request pays for being counted.
func BenchmarkNote(b *testing.B) {
	c, err := Open(b.Context(), Options{DB: dbtest.Open(b), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("User-Agent", "curl/8.5.0")
	for name, h := range map[string]Hit{
		"call": {Kind: Call, Endpoint: "records", Dataset: "da_aaaaaa"},
		"view": {Kind: View, Page: "dataset", Dataset: "da_aaaaaa"},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Note(r, 200, &h)
			}
		})
	}
}
