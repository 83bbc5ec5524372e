// Package pagetest holds pages to what every page must be, and asks for them as a browser does, for tests.
package pagetest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Get asks for a page as a browser would.
func Get(t *testing.T, h http.Handler, target string) (status int, body string, header http.Header) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://portal.example"+target, nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, w.Body.String(), w.Header()
}

// Checked is what a page says of itself.
type Checked struct {
	Links, Drawings []string
	Lang            string
}

// Check holds a page to what every page must be: no script but the portal's own, no style attribute, no handler, nothing from elsewhere,
// one h1, a main, labels for every field, no id twice.
func Check(t *testing.T, what, page string) Checked {
	t.Helper()
	var out Checked
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
			case "script":
				ours := attr["type"] == "module" && strings.HasPrefix(attr["src"], "/assets/")
				if !ours && attr["type"] != "application/ld+json" { // which is data that nothing runs
					t.Errorf("%s holds %s", what, tok)
				}
			case "style", "iframe", "object", "embed", "base":
				t.Errorf("%s holds <%s>", what, tok.Data)
			case "html":
				out.Lang = attr["lang"]
			case "a":
				if u, err := url.Parse(attr["href"]); err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "mailto" {
					t.Errorf("%s links to %q", what, attr["href"])
				}
				out.Links = append(out.Links, attr["href"])
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
				out.Drawings = append(out.Drawings, attr["src"])
			}
			if id := attr["id"]; id != "" {
				ids[id]++
			}
		}
	}
}

// Browser asks a portal at portal.example.
type Browser struct{ http.Handler }

// Ask sends a request with pairs of headers and gives the answer and its body.
func (b Browser) Ask(method, target, form string, headers ...string) (*http.Response, string) {
	r := httptest.NewRequestWithContext(context.Background(), method, target, strings.NewReader(form))
	r.Host = "portal.example"
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return w.Result(), w.Body.String()
}

// Send posts a form as a page of the portal does.
func (b Browser) Send(target, form string, headers ...string) *http.Response {
	answer, _ := b.Ask(http.MethodPost, target, form, append([]string{"Origin", "http://portal.example", "Sec-Fetch-Site", "same-origin"}, headers...)...)
	return answer
}

// Cookie gives the cookie of a name that an answer sets.
func Cookie(t *testing.T, answer *http.Response, name string) *http.Cookie {
	t.Helper()
	for _, c := range answer.Cookies() {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("%d: no cookie %s among %q", answer.StatusCode, name, answer.Header["Set-Cookie"])
	return nil
}
