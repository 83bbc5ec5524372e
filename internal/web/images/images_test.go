package images

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/explore/exploretest"
	"parvis/internal/locale"
	"parvis/internal/locale/localetest"
	"parvis/internal/web/data"
	"parvis/internal/web/page/pagetest"
)

// id gives the identifier of the file of a row.
func id(i int) string { return fmt.Sprintf("%032x", i) }

// orchard is the galleries over a portal with two datasets: trees, each with a picture and some with a plan, and sheets, which hold documents.
func orchard(t *testing.T, o locale.Options, metas dataset.Metas) http.Handler {
	t.Helper()
	b := exploretest.Open(t)
	fields := []dataset.Field{
		{Name: "species", Type: dataset.Text, Label: "⟦Species⟧"}, {Name: "heights", Type: dataset.Int, Label: "⟦Heights⟧", Annotations: dataset.Annotations{Multivalued: ","}},
		{Name: "photo", Type: dataset.File, Label: "⟦Photo⟧"}, {Name: "plan", Type: dataset.File, Label: "⟦Plan⟧"},
	}
	trees := dataset.Metas{"default": {"title": "⟦Trees⟧"}}
	for room, values := range metas {
		trees[room] = values
	}
	e := b.PublishRows(t, catalog.Publication{ID: "trees", Fields: fields, Metas: trees}, 100, func(i int, values []any) {
		values[0], values[1] = fmt.Sprintf("⟦<oak> %d⟧", i), []any{int64(i), int64(i + 1)}
		values[2] = dataset.FileValue{ID: id(i), Filename: fmt.Sprintf("⟦oak %d.jpg⟧", i), Format: "JPEG", MIMEType: "image/jpeg", Thumbnail: true, Size: 9}.Text()
		values[3] = nil
		switch i {
		case 0:
			values[3] = dataset.FileValue{ID: id(1000), Filename: "⟦plan⟧.svg", Format: "SVG", MIMEType: "image/svg+xml", Size: 9}.Text()
		case 1:
			values[2] = nil
		case 2:
			values[2] = dataset.FileValue{Filename: "⟦far.jpg⟧", URL: "https://example.org/far.jpg", Thumbnail: true}.Text()
		case 5:
			values[2] = dataset.FileValue{Filename: "⟦script⟧", URL: "javascript:alert(1)"}.Text()
		case 3:
			values[2] = dataset.FileValue{ID: id(3), Filename: "⟦deed.pdf⟧", Format: "PDF", MIMEType: "application/pdf", Size: 2_500_000}.Text()
		}
	})
	b.PutFiles(t, e, map[string]string{id(0) + ".jpg": "small", id(0): "large", id(4): "small itself", id(1000): "<svg/>"})
	b.Publish(t, catalog.Publication{ID: "plain", Fields: fields[:1], Metas: dataset.Metas{"default": {"title": "⟦Plain⟧"}}}, []map[string]any{{"species": "⟦x⟧"}})
	frame := pagetest.Frame(t, o)
	s, err := New(data.New(frame, data.Explored{Explorer: b.Explorer, Catalog: b.Catalog}))
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	s.Register(mux)
	return frame.Wrap(frame.Guard(mux))
}

func TestGallery(t *testing.T) {
	h := orchard(t, locale.Options{Fallback: "en"}, nil)
	for _, c := range []struct {
		target string
		status int
		has    []string
		lacks  []string
	}{
		{"/explore/dataset/trees/images/", 200, []string{
			"&lt;oak&gt; 0⟧", `src="/explore/dataset/trees/files/` + id(0) + `/300/"`, "1 to 48 of 99", `rel="next"`, "PDF", "2.5", `href="/api/explore/v2.1/catalog/datasets/trees/files/` + id(3) + `"`,
			`href="https://example.org/far.jpg"`, `<option value="photo" selected>`,
		}, []string{`src="https://`, "javascript:", "&lt;oak&gt; 1⟧", "<oak>"}},
		{"/explore/dataset/trees/images/?page=3", 200, []string{"97 to 99 of 99", "&lt;oak&gt; 99⟧"}, []string{`rel="next"`}},
		{"/explore/dataset/trees/images/?page=99", 200, []string{"There are no images here"}, nil},
		{"/explore/dataset/trees/images/?field=plan", 200, []string{"1 to 1 of 1", `src="/api/explore/v2.1/catalog/datasets/trees/files/` + id(1000) + `"`, "field=plan"}, nil},
		{"/explore/dataset/trees/images/?q=77", 200, []string{"&lt;oak&gt; 77⟧", "1 to 2 of 2", "q=77"}, nil},
		{"/explore/dataset/trees/images/?q=nothing", 200, []string{"No row matches"}, nil},
		{"/explore/dataset/trees/images/?where=species+%3E", 400, []string{`role="alert"`}, []string{`class="gallery"`}},
		{"/explore/dataset/plain/images/", 200, []string{"hold no files"}, nil},
	} {
		status, body, _ := pagetest.Get(t, h, c.target)
		pagetest.Check(t, c.target, body)
		if status != c.status {
			t.Errorf("%s: %d", c.target, status)
		}
		for _, want := range c.has {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %s", c.target, want)
			}
		}
		for _, not := range c.lacks {
			if strings.Contains(body, not) {
				t.Errorf("%s has %s", c.target, not)
			}
		}
	}
	status, body, header := pagetest.Get(t, h, "/explore/embed/dataset/trees/images/?q=77")
	if status != 200 || !strings.Contains(body, "&lt;oak&gt; 77⟧") || strings.Contains(body, "<script") || header.Get("Set-Cookie") != "" {
		t.Errorf("within a page of somebody else: %d %v %s", status, header, body)
	}
}

func TestWhatThePublisherChose(t *testing.T) {
	h := orchard(t, locale.Options{Fallback: "en"}, dataset.Metas{"visualization": {"image_title": "heights", "image_fields": []any{"species", "photo", "nothing"}, "media_gallery_fields": []any{"plan"}}})
	_, body, _ := pagetest.Get(t, h, "/explore/dataset/trees/images/")
	if !strings.Contains(body, "1 to 1 of 1") || strings.Contains(body, "<select") || !strings.Contains(body, "<bdi>0, 1</bdi>") || !strings.Contains(body, `<p class="meta"><bdi>⟦&lt;oak&gt; 0⟧`) {
		t.Errorf("the gallery is %s", body)
	}
	for _, off := range []any{true, "true"} {
		h = orchard(t, locale.Options{Fallback: "en"}, dataset.Metas{"visualization": {"images_disabled": off}})
		_, body, _ = pagetest.Get(t, h, "/explore/dataset/trees/images/")
		if !strings.Contains(body, "hold no files") || strings.Contains(body, `href="/explore/dataset/trees/images/"`) {
			t.Errorf("a gallery that is not wanted is %s", body)
		}
	}
}

func TestSmallPictures(t *testing.T) {
	h := orchard(t, locale.Options{Fallback: "en"}, nil)
	for file, want := range map[string]string{id(0): "small", id(4): "small itself"} {
		status, body, header := pagetest.Get(t, h, "/explore/dataset/trees/files/"+file+"/300/")
		if status != 200 || body != want || header.Get("Content-Type") != "image/jpeg" || header.Get("ETag") == "" {
			t.Errorf("%s: %d %q %v", file, status, body, header)
		}
	}
	for _, file := range []string{id(3), id(1000), id(5000), "x", id(0) + ".jpg"} { // no pictures, or not there
		if status, _, _ := pagetest.Get(t, h, "/explore/dataset/trees/files/"+file+"/300/"); status != http.StatusNotFound {
			t.Errorf("%s: %d", file, status)
		}
	}
}

func TestNoTextIsHardCoded(t *testing.T) {
	h := orchard(t, locale.Options{Enabled: []string{locale.Pseudo, "fr"}, Fallback: locale.Pseudo}, nil)
	for _, target := range []string{
		"/explore/dataset/trees/images/", "/explore/dataset/trees/images/?q=nothing", "/explore/dataset/trees/images/?page=9", "/explore/dataset/plain/images/", "/explore/embed/dataset/trees/images/",
		"/explore/embed/dataset/trees/images/?page=9",
	} {
		_, body, _ := pagetest.Get(t, h, target)
		for _, text := range localetest.Untranslated(body, locale.Pseudo, "Parvis", "PDF") {
			t.Errorf("%s: %s", target, text)
		}
	}
}
