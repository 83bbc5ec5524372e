package front

import (
	"encoding/xml"
	"html"
	"image/png"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"parvis/internal/web/page/pagetest"
)

// TestFeedsAreAtom reads the feeds as a reader would: what RFC 4287 asks for is there, and the same feed is not sent twice.
func TestFeedsAreAtom(t *testing.T) {
	h := demoSite(t, "communes-gpseo", "meteo-seattle")
	for _, target := range []string{"/explore/feed.atom", "/explore/feed.atom?q=communes&lang=ar", "/explore/dataset/communes-gpseo/feed.atom?lang=en"} {
		status, body, header := pagetest.Get(t, h, target)
		if status != 200 || !strings.HasPrefix(header.Get("Content-Type"), "application/atom+xml") || header.Get("ETag") == "" {
			t.Fatalf("%s: %d %v", target, status, header)
		}
		var f struct {
			XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
			ID      string   `xml:"id"`
			Title   string   `xml:"title"`
			Updated string   `xml:"updated"`
			Author  struct {
				Name string `xml:"name"`
			} `xml:"author"`
			Entries []struct {
				ID      string `xml:"id"`
				Title   string `xml:"title"`
				Updated string `xml:"updated"`
				Link    struct {
					Href string `xml:"href,attr"`
				} `xml:"link"`
			} `xml:"entry"`
		}
		if err := xml.Unmarshal([]byte(body), &f); err != nil {
			t.Fatalf("%s: %v", target, err)
		}
		if f.ID == "" || f.Title == "" || f.Author.Name == "" || len(f.Entries) == 0 {
			t.Errorf("%s lacks something: %+v", target, f)
		}
		seen := map[string]bool{}
		for _, e := range f.Entries {
			if _, err := time.Parse(time.RFC3339, e.Updated); err != nil || e.Title == "" || seen[e.ID] || !strings.HasPrefix(e.Link.Href, "http") {
				t.Errorf("%s holds %+v (%v)", target, e, err)
			}
			seen[e.ID] = true
		}
	}
}

// TestSiteMap lists public pages in all languages.
func TestSiteMap(t *testing.T) {
	h := demoSite(t, "communes-gpseo")
	_, body, header := pagetest.Get(t, h, "/sitemap.xml")
	var m struct {
		URLs []struct {
			Loc string `xml:"loc"`
		} `xml:"url"`
	}
	if err := xml.Unmarshal([]byte(body), &m); err != nil || len(m.URLs) != 4 || !strings.HasPrefix(header.Get("Content-Type"), "application/xml") {
		t.Errorf("%v, %+v", err, m)
	}
	if !strings.Contains(body, `hreflang="ar"`) || !strings.Contains(body, "/explore/dataset/communes-gpseo/information/") {
		t.Error(body)
	}
}

// TestOldAddresses follows the addresses that portals had before.
func TestOldAddresses(t *testing.T) {
	h := demoSite(t, "communes-gpseo")
	for from, to := range map[string]string{
		"/explore/dataset/communes-gpseo/analyse/?x=commune":                     "/explore/dataset/communes-gpseo/analyze/?x=commune",
		"/explore/dataset/communes-gpseo/custom/":                                "/explore/dataset/communes-gpseo/information/",
		"/explore/embed/dataset/communes-gpseo/?static=false":                    "/explore/embed/dataset/communes-gpseo/table/?static=false",
		"/explore/dataset/communes-gpseo/download/?format=xlsx&refine.tranche=x": "/api/explore/v2.1/catalog/datasets/communes-gpseo/exports/xlsx?refine=tranche%3A%22x%22",
		"/explore/dataset/communes-gpseo/download/?use_labels_for_header=true":   "/api/explore/v2.1/catalog/datasets/communes-gpseo/exports/csv?use_labels=true",
		"/explore/dataset/communes-gpseo/files/abc/download/":                    "/api/explore/v2.1/catalog/datasets/communes-gpseo/attachments/abc",
	} {
		status, _, header := pagetest.Get(t, h, from)
		if status != 301 && status != 302 || header.Get("Location") != to {
			t.Errorf("%s: %d %s, want %s", from, status, header.Get("Location"), to)
		}
	}
}

// TestSpelling finds datasets whose name was mistyped.
func TestSpelling(t *testing.T) {
	known := map[string]int{"population": 3, "commune": 2, "communes": 5, "meteo": 1, "eau": 1}
	for word, want := range map[string]string{"popula" + "iton": "population", "pop" + "lation": "population", "comunes": "communes", "metoe": "meteo", "eua": "", "population": "", "xyzzyx": "", "popul": ""} {
		if got := nearest(known, word); got != want {
			t.Errorf("%s becomes %q, want %q", word, got, want)
		}
	}
	h := demoSite(t, "communes-gpseo", "meteo-seattle")
	_, body, _ := pagetest.Get(t, h, "/explore/?q=vernouillet&lang=en")
	if !strings.Contains(body, "Found in the data") || !strings.Contains(body, "/explore/dataset/communes-gpseo/table/?lang=en&amp;q=vernouillet") {
		t.Error("a word of the rows is not found in them")
	}
	if strings.Contains(body, "<li class=\"ds\"") {
		t.Error("a dataset is called Vernouillet")
	}
}

// TestPosters asks for the pictures that pages name for where they are shared.
func TestPosters(t *testing.T) {
	h := demoSite(t, "communes-gpseo")
	form := regexp.MustCompile(`<meta property="og:image" content="http://portal.example([^"]+)">`)
	for _, target := range []string{"/", "/explore/", "/explore/dataset/communes-gpseo/information/", "/explore/dataset/communes-gpseo/map/?lang=ar", "/explore/dataset/communes-gpseo/table/?lang=fr"} {
		_, body, _ := pagetest.Get(t, h, target)
		named := form.FindStringSubmatch(body)
		if named == nil {
			t.Errorf("%s names no picture", target)
			continue
		}
		status, picture, header := pagetest.Get(t, h, html.UnescapeString(named[1]))
		told, err := png.DecodeConfig(strings.NewReader(picture))
		if status != http.StatusOK || err != nil || told.Width != 1200 || told.Height != 630 || header.Get("Content-Type") != "image/png" {
			t.Errorf("%s: %d %+v (%v)", named[1], status, told, err)
		}
	}
}
