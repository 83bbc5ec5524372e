package assets

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"parvis/internal/web/assets/assetstest"
)

func TestFilesAreServedForEver(t *testing.T) {
	a, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"parvis.css", "mark.svg", "hanken-grotesk-latin-wght-normal.woff2", "hanken-grotesk-OFL.txt"} {
		url := a.URL(name)
		if url == "" {
			t.Fatalf("%s is missing", name)
		}
		plain := httptest.NewRecorder()
		a.ServeHTTP(plain, httptest.NewRequest("GET", url, nil))
		if plain.Code != 200 || !strings.Contains(plain.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", url, plain.Code, plain.Header())
		}
		r := httptest.NewRequest("GET", url, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		small := httptest.NewRecorder()
		a.ServeHTTP(small, r)
		if small.Header().Get("Content-Encoding") == "gzip" {
			z, err := gzip.NewReader(small.Body)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(z)
			if err != nil || !bytes.Equal(text, plain.Body.Bytes()) {
				t.Errorf("%s differs when compressed (%v)", url, err)
			}
		}
	}
	missing := httptest.NewRecorder()
	a.ServeHTTP(missing, httptest.NewRequest("GET", "/assets/parvis.000000000000.css", nil))
	if missing.Code != 404 || a.URL("nothing") != "" {
		t.Errorf("an old address: %d", missing.Code)
	}
}

// TestSheet holds the style sheet to its budget and to the portal: nothing from elsewhere, and only fonts that exist.
func TestSheet(t *testing.T) {
	a, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	sheet := a.byURL[a.URL("parvis.css")]
	if n := len(sheet.small); n > 12_000 {
		t.Errorf("the sheet has %d bytes compressed, more than 12,000", n)
	}
	for _, m := range regexp.MustCompile(`url\(([^)]*)\)`).FindAllSubmatch(sheet.plain, -1) {
		if _, ok := a.byURL[string(m[1])]; !ok {
			t.Errorf("the sheet loads %s", m[1])
		}
	}
	if bytes.Contains(sheet.plain, []byte("@import")) || bytes.Count(sheet.plain, []byte("{")) != bytes.Count(sheet.plain, []byte("}")) {
		t.Error("the sheet imports another, or its braces do not match")
	}
}

// TestContrast computes what people must be able to read from the tokens, in both modes: 4.5 to 1 for text, 3 to 1 for
// the borders of fields.
func TestContrast(t *testing.T) {
	text, err := embedded.ReadFile("files/parvis.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, found := strings.Cut(string(text), "@media (prefers-color-scheme:dark)")
	if !found {
		t.Fatal("there is no dark mode")
	}
	dark, _, _ = strings.Cut(dark, "@layer base{")
	for mode, css := range map[string]string{"light": light, "dark": dark} {
		tokens := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z0-9-]+):(#[0-9a-f]{3,6})`).FindAllStringSubmatch(css, -1) {
			tokens[m[1]] = m[2]
		}
		for _, c := range []struct {
			on, of string
			least  float64
		}{
			{"ink", "paper", 7}, {"ink-2", "paper", 4.5}, {"ink-3", "paper", 4.5}, {"ink-3", "stone", 4.5}, {"ink-2", "stone", 4.5},
			{"accent", "paper", 4.5}, {"accent", "stone", 4.5}, {"on-accent", "accent", 4.5}, {"ink", "accent-soft", 4.5},
			{"ink-2", "accent-soft", 4.5}, {"ink", "bad-soft", 4.5}, {"line-2", "paper", 3}, {"bad", "paper", 3},
		} {
			if got := assetstest.Contrast(t, tokens[c.on], tokens[c.of]); got < c.least {
				t.Errorf("%s: %s on %s has %.2f to 1, less than %.1f", mode, c.on, c.of, got, c.least)
			}
		}
	}
}
