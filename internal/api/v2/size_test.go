package v2_test

import (
	"fmt"
	"math"
	"net/url"
	"testing"

	"parvis/internal/api/v2"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/explore/exploretest"
	"parvis/internal/export"
	"parvis/internal/fault"
)

// TestSizes compares what is told of files with the files themselves.
func TestSizes(t *testing.T) {
	d := open(t)
	const many = 30_000
	d.PublishRows(t, catalog.Publication{ID: "many", Fields: []dataset.Field{
		{Name: "n", Type: dataset.Int, Label: "Number"}, {Name: "name", Type: dataset.Text, Label: "What it is called"}, {Name: "place", Type: dataset.GeoPoint},
	}}, many, func(i int, values []any) {
		values[0], values[1] = int64(i), fmt.Sprintf("name %d of the rows, é", i*7919%many)
		values[2] = dataset.Point{Lon: float64(i*613%3600)/10 - 180, Lat: float64(i*271%1700)/10 - 85}
	})
	a := v2.New(v2.Options{Explorer: d.Explorer, Catalog: d.Catalog, Temp: d.Temp})
	t.Cleanup(a.Close)
	for _, c := range []struct {
		id     string
		query  url.Values
		rows   int64
		within float64 // of the true size; 0: the very size
	}{
		{"towns", nil, 5, 0},
		{"towns", url.Values{"use_labels": {"true"}, "where": {"people > 100000"}}, 2, 0},
		{"many", nil, many, 0.1},
		{"many", url.Values{"where": {"n < 20"}}, 20, 0},
		{"many", url.Values{"where": {"n >= 10000"}}, 20_000, 0.1},
	} {
		for _, kind := range []string{"csv", "json", "jsonl", "xlsx", "parquet", "geojson"} {
			path := "/catalog/datasets/" + c.id + "/exports/" + kind + "?" + c.query.Encode()
			w := d.ask("GET", path)
			if w.Code != 200 {
				t.Errorf("%s: %d %s", path, w.Code, w.Body)
				continue
			}
			size := int64(w.Body.Len())
			for range 2 { // the second is remembered
				said, exact, err := a.Size(t.Context(), exploretest.Everything(), export.Wish{Dataset: c.id, Kind: kind, Query: c.query, Base: "https://data.example.org"}, c.rows)
				if err != nil {
					t.Errorf("%s: %v", path, err)
					continue
				}
				if sure := c.within == 0 || kind == "parquet" && c.rows <= 20_000; exact != sure {
					t.Errorf("%s: exact is %v", path, exact)
				}
				within := c.within * float64(size)
				if kind == "xlsx" {
					within += 16 // the moment at which it was made stands in it, packed
				}
				if off := math.Abs(float64(said - size)); off > within {
					t.Errorf("%s: %d bytes, said to be %d", path, size, said)
				}
			}
		}
	}
	if _, _, err := a.Size(t.Context(), exploretest.Everything(), export.Wish{Dataset: "towns", Kind: "shp"}, 5); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a format that there is not: %v", err)
	}
}
