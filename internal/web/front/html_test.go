package front

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// get asks for a page as a browser would.
func get(t *testing.T, h http.Handler, target string) (status int, body string, header http.Header) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "http://portal.example"+target, nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, w.Body.String(), w.Header()
}

// checked is what a page says of itself.
type checked struct {
	links, drawings []string
	lang            string
}

// check holds a page to what every page must be: no script, no style attribute, no handler, nothing from elsewhere,
// one h1, a main, labels for every field, no id twice.
func check(t *testing.T, what, page string) checked {
	t.Helper()
	var out checked
	ids, labelled, fields := map[string]int{}, map[string]bool{}, []string{}
	counts := map[string]int{}
	inLabel := 0
	if strings.Contains(page, "ZgotmplZ") {
		t.Errorf("%s: the template refused a value", what)
	}
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			for _, tag := range []string{"html", "main", "h1", "header", "footer"} {
				if counts[tag] != 1 {
					t.Errorf("%s: %d <%s>", what, counts[tag], tag)
				}
			}
			for id, n := range ids {
				if n > 1 {
					t.Errorf("%s: the id %q stands %d times", what, id, n)
				}
			}
			for _, f := range fields {
				if !labelled[f] {
					t.Errorf("%s: the field %q has no label", what, f)
				}
			}
			return out
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) == "label" {
				inLabel--
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			counts[tok.Data]++
			attr := map[string]string{}
			for _, a := range tok.Attr {
				attr[a.Key] = a.Val
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
					t.Errorf("%s: <%s %s=%q>", what, tok.Data, a.Key, a.Val)
				}
			}
			switch tok.Data {
			case "script", "style", "iframe", "object", "embed", "base":
				t.Errorf("%s holds <%s>", what, tok.Data)
			case "html":
				out.lang = attr["lang"]
			case "a":
				if u, err := url.Parse(attr["href"]); err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "mailto" {
					t.Errorf("%s links to %q", what, attr["href"])
				}
				out.links = append(out.links, attr["href"])
			case "label":
				inLabel++
				labelled[attr["for"]] = true
			case "input", "select":
				if attr["type"] != "hidden" && inLabel == 0 {
					fields = append(fields, attr["id"])
				}
			}
			for _, name := range []string{"src", "srcset", "action"} {
				if v := attr[name]; v != "" && (!strings.HasPrefix(v, "/") || strings.HasPrefix(v, "//")) {
					t.Errorf("%s loads %q", what, v)
				}
			}
			if tok.Data == "img" {
				out.drawings = append(out.drawings, attr["src"])
			}
			if id := attr["id"]; id != "" {
				ids[id]++
			}
		}
	}
}
