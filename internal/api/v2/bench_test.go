package v2_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	v2 "parvis/internal/api/v2"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
)

// nowhere takes an answer and keeps nothing of it.
type nowhere struct {
	header http.Header
	status int
	bytes  int64
}

func (w *nowhere) Header() http.Header         { return w.header }
func (w *nowhere) WriteHeader(status int)      { w.status = status }
func (w *nowhere) Write(p []byte) (int, error) { w.bytes += int64(len(p)); return len(p), nil }

func benchmark(b *testing.B, d *door, path string, status int, headers ...string) {
	r := httptest.NewRequest(http.MethodGet, "http://localhost/api/explore/v2.1"+path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	b.ReportAllocs()
	b.ResetTimer() // opening the portal takes longer than asking it
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			w := nowhere{header: http.Header{}}
			d.handler.ServeHTTP(&w, r.Clone(b.Context()))
			if w.status != status {
				b.Errorf("status %d", w.status)
			}
		}
	})
}

const page = "/catalog/datasets/towns/records?where=people%3E1&order_by=people&limit=100"

func BenchmarkFromCache(b *testing.B) { benchmark(b, open(b), page, 200) }
func BenchmarkFromCacheZipped(b *testing.B) {
	benchmark(b, open(b), page, 200, "Accept-Encoding", "gzip")
}

func BenchmarkNotModified(b *testing.B) {
	d := open(b)
	tag := d.ask(http.MethodGet, page).Header().Get("ETag")
	benchmark(b, d, page, 304, "If-None-Match", tag)
}

func BenchmarkWithoutCache(b *testing.B) {
	benchmark(b, open(b, func(o *v2.Options) { o.CacheBytes = -1 }), page, 200)
}

// BenchmarkOverSockets is a repeated request by real connections, client and server on the same cores.
func BenchmarkOverSockets(b *testing.B) {
	d := open(b)
	ts := httptest.NewServer(d.handler)
	defer ts.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}}
	b.SetParallelism(8)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			answer, err := client.Get(ts.URL + "/api/explore/v2.1" + page)
			if err != nil {
				b.Error(err)
				return
			}
			if _, err := io.Copy(io.Discard, answer.Body); err != nil {
				b.Error(err)
			}
			answer.Body.Close()
		}
	})
}

// million publishes a dataset of a million rows.
func million(b *testing.B, d *door) {
	b.Helper()
	start := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	d.PublishRows(b, catalog.Publication{ID: "many", Fields: []dataset.Field{
		{Name: "n", Type: dataset.Int, Label: "n"}, {Name: "figure", Type: dataset.Double, Label: "f"}, {Name: "text", Type: dataset.Text, Label: "t"},
		{Name: "kind", Type: dataset.Text, Label: "k"}, {Name: "at", Type: dataset.DateTime, Label: "a"}, {Name: "place", Type: dataset.GeoPoint, Label: "p"},
	}}, 1_000_000, func(i int, values []any) {
		values[0], values[1], values[2] = int64(i), float64(i)/7, fmt.Sprintf("row number %d of many", i)
		values[3], values[4] = [...]string{"red", "green", "blue"}[i%3], dataset.Instant(start+int64(i*7919%1_000_000)*61_000_000)
		values[5] = dataset.Point{Lon: float64(i%36000)/100 - 180, Lat: float64(i%17000)/100 - 85}
	})
}

// BenchmarkAnswers asks a million rows, without the cache: what an answer costs beside the engine's own work.
func BenchmarkAnswers(b *testing.B) {
	d := open(b, func(o *v2.Options) { o.CacheBytes = -1 })
	million(b, d)
	for _, query := range []string{"limit=100", "limit=100&order_by=at&where=kind%3D%22red%22", "where=kind%3D%22red%22&limit=0", "group_by=kind&select=count(*)", "where=%22777777%22"} {
		b.Run(query, func(b *testing.B) {
			for b.Loop() {
				w := nowhere{header: http.Header{}}
				d.handler.ServeHTTP(&w, httptest.NewRequest(http.MethodGet, "http://localhost/api/explore/v2.1/catalog/datasets/many/records?"+query, nil))
				if w.status != 200 {
					b.Fatal(w.status)
				}
			}
		})
	}
}

// BenchmarkExportCSV exports a million rows. It prints rows a second and the growth of the Go heap; the engine's
// memory is bounded by its own limit.
func BenchmarkExportCSV(b *testing.B) {
	d := open(b)
	const rows = 1_000_000
	million(b, d)
	for _, query := range []string{"csv", "jsonl", "csv?order_by=text", "csv?where=figure>50000"} {
		b.Run(query, func(b *testing.B) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			var bytes int64
			for b.Loop() {
				w := nowhere{header: http.Header{}}
				d.handler.ServeHTTP(&w, httptest.NewRequest(http.MethodGet, "http://localhost/api/explore/v2.1/catalog/datasets/many/exports/"+query, nil))
				bytes = w.bytes
			}
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(bytes)*float64(b.N)/b.Elapsed().Seconds()/1e6, "MB/s")
			b.ReportMetric((float64(after.HeapSys)-float64(before.HeapSys))/1e6, "MB-heap")
		})
	}
}
