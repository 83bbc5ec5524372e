package reference

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"parvis/internal/locale"
	"parvis/internal/web/page/pagetest"
)

// site gives the page of the portal's own document.
func site(t *testing.T) (*Site, http.Handler) {
	t.Helper()
	text, err := os.ReadFile("../../api/v2/swagger.json")
	if err != nil {
		t.Fatal(err)
	}
	frame := pagetest.Frame(t, locale.Options{Fallback: "en"})
	s, err := New(frame, text)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	s.Register(mux)
	return s, frame.Wrap(frame.Guard(mux))
}

// TestEveryCallIsShown holds the page to its document, in each language.
func TestEveryCallIsShown(t *testing.T) {
	s, h := site(t)
	if len(s.paths) < 10 {
		t.Fatalf("%d paths: is the document still read?", len(s.paths))
	}
	for lang, says := range map[string]string{"en": "Query the catalogue", "fr": "Interroger le catalogue", "ar": "استعلام الفهرس"} {
		status, body, _ := pagetest.Get(t, h, Path+"?lang="+lang)
		if status != http.StatusOK || !strings.Contains(body, says) {
			t.Errorf("%s: %d, %q is missing", lang, status, says)
		}
		pagetest.Check(t, lang, body)
		for path, at := range s.doc.Paths {
			get := at.Get
			_, rest, found := strings.Cut(body, `id="`+get.OperationID+`"`)
			part, _, _ := strings.Cut(rest, "</details>")
			if !found || !strings.Contains(part, `<code dir="ltr">`+path+`</code>`) || get.OperationID == "" {
				t.Errorf("%s: %s is not shown", lang, path)
			}
			for _, r := range get.Parameters {
				x := s.doc.Components.Parameters[r.name()]
				if x.Name == "" || !strings.Contains(part, `<code dir="ltr">`+x.Name+`</code>`) {
					t.Errorf("%s: the parameter %s of %s is not shown", lang, r.name(), path)
				}
			}
			if open := strings.Contains(part, `href="/api/explore/v2.1`+path+`"`); open == strings.Contains(path, "{") {
				t.Errorf("%s: %s can be opened: %v", lang, path, open)
			}
		}
		for status, r := range s.doc.Components.Responses {
			if lang == "en" && !strings.Contains(body, "<dd>"+r.Description) {
				t.Errorf("the failure %s is not shown", status)
			}
		}
	}
	if status, _, header := pagetest.Get(t, h, Path+"/?lang=fr"); status != http.StatusFound || header.Get("Location") != Path+"?lang=fr" {
		t.Errorf("with a slash: %d %s", status, header.Get("Location"))
	}
}

func TestWrongDocuments(t *testing.T) {
	s, _ := site(t)
	for _, text := range []string{"", "{}", "[]", `{"servers": [{"url": "/x"}]}`, `{"servers": [{"url": "/x"}], "paths": 3}`} {
		if _, err := New(s.Frame, []byte(text)); err == nil {
			t.Errorf("%q is taken as a document", text)
		}
	}
}
