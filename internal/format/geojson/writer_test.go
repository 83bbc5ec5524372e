package geojson

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/format"
	"parvis/internal/format/formattest"
)

func written(t *testing.T, columns []dataset.Column, b *dataset.Batch, o format.Options) string {
	t.Helper()
	var out bytes.Buffer
	w, err := New(&out, columns, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(out.Bytes()) {
		t.Fatalf("no JSON: %s", out.String())
	}
	return out.String()
}

func TestWriterShape(t *testing.T) {
	lines := strings.Split(written(t, formattest.Columns(), formattest.Rows(), format.Options{}), "\n")
	want := `{"type":"Feature","geometry":{"coordinates":[[[0,0],[1,0],[1,1.5],[0,1.5],[0,0]]],"type":"Polygon"},"properties":` +
		`{"name":"Paris","tags":["Lutèce","Paname"],"n":2138551,"x":53550.0,"ok":true,"day":"2019-03-26","year":"1988",` +
		`"at":"2021-03-05T08:00:00+00:00","place":{"lon":2.3488,"lat":48.85341},"more":{"a": [1, 2]}}},`
	if lines[0] != `{"type":"FeatureCollection","features":[` || lines[1] != want {
		t.Errorf("got\n%s\n%s\nwant\n%s", lines[0], lines[1], want)
	}
	for _, line := range lines[2:4] { // a damaged shape and none
		if !strings.HasPrefix(line, `{"type":"Feature","geometry":null,"properties":{"name":`) {
			t.Errorf("got %s", line)
		}
	}
}

func TestWriterPoint(t *testing.T) {
	at := func(epsg int) string {
		columns, rows := formattest.Columns()[8:9], formattest.Rows()
		rows.Vectors = rows.Vectors[8:9]
		return written(t, columns, rows, format.Options{EPSG: epsg})
	}
	if got := at(0); !strings.Contains(got, `{"type":"Feature","geometry":{"coordinates":[2.3488,48.85341],"type":"Point"},"properties":{}}`) {
		t.Errorf("got %s", got)
	}
	if got := at(3857); !strings.Contains(got, `[261467.22,6250024.643]`) {
		t.Errorf("projected: %s", got)
	}
	if got := at(4326); got != at(0) {
		t.Errorf("4326: %s", got)
	}
}

func TestWriterRefuses(t *testing.T) {
	if _, err := New(&bytes.Buffer{}, formattest.Columns()[:3], format.Options{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("no geometry: %v", err)
	}
	if _, err := New(&bytes.Buffer{}, formattest.Columns(), format.Options{EPSG: 1}); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "2154") {
		t.Errorf("unknown projection: %v", err)
	}
}

func BenchmarkWriter(b *testing.B) {
	columns, rows := formattest.Columns(), formattest.Rows()
	var out bytes.Buffer
	w, _ := New(&out, columns, format.Options{})
	b.ReportAllocs()
	for b.Loop() {
		_ = w.Write(rows)
		out.Reset()
	}
}
