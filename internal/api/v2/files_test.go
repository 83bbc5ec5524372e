package v2_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"parvis/internal/catalog"
	"parvis/internal/dataset"
)

// Files that rows of the dataset "trees" hold.
const (
	heldFile    = "00112233445566778899aabbccddeeff"
	heldDrawing = "10112233445566778899aabbccddeeff"
	heldPage    = "20112233445566778899aabbccddeeff"
	heldNowhere = "30112233445566778899aabbccddeeff" // no row holds it, though it lies there
)

// hold publishes a dataset whose rows hold files.
func (d *door) hold(t testing.TB) {
	t.Helper()
	fields := []dataset.Field{{Name: "tree", Type: dataset.Text, Label: "Tree"}, {Name: "picture", Type: dataset.File, Label: "Picture"}}
	values := []any{
		dataset.FileValue{ID: heldFile, Filename: `é "oak".png`, Format: "PNG", MIMEType: "image/png", Thumbnail: true}.Text(),
		dataset.FileValue{ID: heldDrawing, Filename: "elm.svg", Format: "SVG", MIMEType: "image/svg+xml"}.Text(),
		dataset.FileValue{ID: heldPage, Filename: "fir.html", Format: "HTML", MIMEType: "text/html"}.Text(),
		dataset.FileValue{Filename: "ash.png", URL: "https://example.org/ash.png"}.Text(),
		nil,
	}
	e := d.PublishRows(t, catalog.Publication{ID: "trees", Fields: fields}, len(values), func(i int, row []any) {
		row[0], row[1] = []string{"oak", "elm", "fir", "ash", "ivy"}[i], values[i]
	})
	d.PutFiles(t, e, map[string]string{heldFile: "a picture", heldDrawing: "<svg/>", heldPage: "<script>", heldNowhere: "x"})
}

const filesAt = "https://data.example.org/api/explore/v2.1/catalog/datasets/trees/files/"

func TestFiles(t *testing.T) {
	d := open(t)
	d.hold(t)
	for _, c := range []struct{ id, body, kind, disposition, policy string }{
		{heldFile, "a picture", "image/png", `inline; filename*=utf-8''%C3%A9%20%22oak%22.png`, "sandbox"},
		{heldDrawing, "<svg/>", "image/svg+xml", "inline; filename=elm.svg", "style-src 'unsafe-inline'; sandbox"},
		{heldPage, "<script>", "text/html", "attachment; filename=fir.html", "sandbox"},
	} {
		w := d.ask(http.MethodGet, "/catalog/datasets/trees/files/"+c.id)
		h := w.Header()
		if w.Code != 200 || w.Body.String() != c.body || h.Get("Content-Type") != c.kind || h.Get("Content-Disposition") != c.disposition || !strings.HasSuffix(h.Get("Content-Security-Policy"), c.policy) ||
			h.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(h.Get("Cache-Control"), "public") {
			t.Errorf("%s: %d %q %v", c.id, w.Code, w.Body, h)
		}
		if again := d.ask(http.MethodGet, "/catalog/datasets/trees/files/"+c.id+"/", "If-None-Match", h.Get("ETag")); again.Code != http.StatusNotModified {
			t.Errorf("%s: asked again, %d", c.id, again.Code)
		}
	}
	if w := d.ask(http.MethodGet, "/catalog/datasets/trees/files/"+heldFile, "Range", "bytes=2-4"); w.Code != http.StatusPartialContent || w.Body.String() != "pic" {
		t.Errorf("a part: %d %q", w.Code, w.Body)
	}
	if w := d.ask(http.MethodGet, "/catalog/datasets/trees/files/"+heldFile+"?apikey=sesame"); !strings.HasPrefix(w.Header().Get("Cache-Control"), "private") {
		t.Errorf("with a key: %v", w.Header())
	}
	for _, id := range []string{heldNowhere, strings.Repeat("4", 32), "x", strings.ToUpper(heldFile), heldFile + ".jpg", "..%2F1.duckdb", "%2e%2e"} {
		if w := d.ask(http.MethodGet, "/catalog/datasets/trees/files/"+id); w.Code != 404 {
			t.Errorf("%s: %d %q", id, w.Code, w.Body)
		}
	}
}

// Answers and files say where a file is to be had.
func TestFilesInAnswers(t *testing.T) {
	d := open(t)
	d.hold(t)
	kept := `"url":"` + filesAt + heldDrawing + `"}`
	for path, wants := range map[string][]string{
		"records?where=tree='elm'": {`"picture":{"id":"` + heldDrawing + `","filename":"elm.svg"`, kept},
		"records?where=tree='ash'": {`"url":"https://example.org/ash.png"}`},
		"records?select=tree,picture as p&include_links=true&where=tree='elm'": {`"p":{"id":"` + heldDrawing, kept},
		"records?where=tree='ivy'":            {`"picture":null`},
		"exports/json":                        {kept, filesAt + heldFile, `"url":"https://example.org/ash.png"`},
		"exports/jsonl":                       {kept},
		"exports/csv?with_bom=false":          {"tree;picture\noak;" + filesAt + heldFile + "\nelm;" + filesAt + heldDrawing + "\nfir;" + filesAt + heldPage + "\nash;https://example.org/ash.png\nivy;\n"},
		"exports/csv?quote_all=true":          {`"` + filesAt + heldFile + `"`},
		"exports/csv?delimiter=,&select=tree": {"oak\nelm"},
	} {
		body := d.ask(http.MethodGet, "/catalog/datasets/trees/"+path).Body.String()
		for _, want := range wants {
			if !strings.Contains(body, want) {
				t.Errorf("%s: %s lacks %s", path, body, want)
			}
		}
	}
	whole := d.ask(http.MethodGet, "/catalog/datasets/trees/exports/parquet").Body.Bytes()
	type row struct {
		Tree    string  `parquet:"tree"`
		Picture *string `parquet:"picture,optional"`
	}
	rows, err := parquet.Read[row](bytes.NewReader(whole), int64(len(whole)))
	if err != nil || len(rows) != 5 {
		t.Fatalf("parquet: %d rows, %v", len(rows), err)
	}
	if rows[0].Picture == nil || *rows[0].Picture != filesAt+heldFile || rows[4].Picture != nil || !strings.Contains(*rows[3].Picture, "https://example.org/ash.png") {
		t.Errorf("parquet: %+v", rows)
	}
}
