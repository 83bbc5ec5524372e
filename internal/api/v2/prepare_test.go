package v2_test

import (
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"parvis/internal/api/v2"
	"parvis/internal/explore/exploretest"
	"parvis/internal/export"
	"parvis/internal/fault"
)

// TestPreparedFilesAreTheSame compares files made beforehand with those that are streamed, and reads them in pieces.
func TestPreparedFilesAreTheSame(t *testing.T) {
	for _, c := range []struct{ kind, query string }{
		{"csv", ""}, {"csv", "use_labels=true&lang=fr&where=people>100"}, {"csv", "compressed=true"}, {"json", ""}, {"jsonl", "refine=port:true"},
		{"geojson", ""}, {"xlsx", ""}, {"parquet", ""}, {"parquet", "parquet_compression=zstd"},
	} {
		t.Run(c.kind+" "+c.query, func(t *testing.T) {
			d := open(t)
			path := "/catalog/datasets/towns/exports/" + c.kind + "?" + (&url.URL{RawQuery: c.query}).Query().Encode()
			streamed := d.ask(http.MethodGet, path)
			if streamed.Code != http.StatusOK {
				t.Fatalf("%d %s", streamed.Code, streamed.Body)
			}
			query, err := url.ParseQuery(c.query)
			if err != nil {
				t.Fatal(err)
			}
			var so export.Progress
			for so.State != export.Ready {
				if so, err = d.api.Prepare(t.Context(), exploretest.Everything(), export.Wish{Dataset: "towns", Kind: c.kind, Query: query, Base: "https://data.example.org"}); err != nil {
					t.Fatal(err)
				}
			}
			whole := d.ask(http.MethodGet, path)
			if c.kind != "xlsx" && whole.Body.String() != streamed.Body.String() || int64(whole.Body.Len()) != so.Bytes {
				t.Errorf("prepared: %d bytes, said to be %d; streamed: %d", whole.Body.Len(), so.Bytes, streamed.Body.Len())
			}
			for _, name := range []string{"Content-Type", "Content-Disposition", "ETag", "Cache-Control"} {
				if a, b := streamed.Header().Get(name), whole.Header().Get(name); a != b || a == "" {
					t.Errorf("%s is %q, and was %q", name, b, a)
				}
			}
			part := d.ask(http.MethodGet, path, "Range", "bytes=3-6", "If-Range", whole.Header().Get("ETag"))
			if part.Code != http.StatusPartialContent || part.Body.String() != whole.Body.String()[3:7] {
				t.Errorf("a piece: %d %q", part.Code, part.Body)
			}
			if got := d.ask(http.MethodHead, path).Header().Get("Content-Length"); got != strconv.FormatInt(so.Bytes, 10) {
				t.Errorf("HEAD says %q bytes", got)
			}
		})
	}
}

// TestPrepareRefuses what no file can be made of.
func TestPrepareRefuses(t *testing.T) {
	d := open(t)
	refused := func(what string, kind fault.Kind, id, format string, query url.Values) {
		t.Helper()
		if _, err := d.api.Prepare(t.Context(), exploretest.Everything(), export.Wish{Dataset: id, Kind: format, Query: query}); fault.KindOf(err) != kind {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused("no dataset", fault.NotFound, "nothing", "csv", nil)
	refused("no format", fault.Invalid, "towns", "shp", nil)
	refused("a mistake", fault.Invalid, "towns", "csv", url.Values{"where": {"nothing = 1"}})
	refused("the moment", fault.Invalid, "towns", "csv", url.Values{"where": {"founded < now()"}})
	refused("no rows", fault.NotFound, "notes", "parquet", nil)
	small := v2.New(v2.Options{Explorer: d.Explorer, Catalog: d.Catalog, Temp: d.Temp, FileBytes: 10})
	t.Cleanup(small.Close)
	if _, err := small.Prepare(t.Context(), exploretest.Everything(), export.Wish{Dataset: "towns", Kind: "csv"}); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("a small desk: %v", err)
	}
}
