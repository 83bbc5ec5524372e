package data

import (
	"net/url"
	"strings"
	"testing"

	"parvis/internal/locale"
)

func TestShareHoldsNoMarkupOfOthers(t *testing.T) {
	p := Page{}
	p.Printer = &locale.Printer{Language: locale.Language{Tag: "fr"}}
	p.ID, p.Origin = "a", "https://x.example"
	s := p.Share("table", "", `"><script>&`, 620, url.Values{"where": {`a = "b" and c < 3`}})
	want := `<iframe src="https://x.example/explore/embed/dataset/a/table/?lang=fr&amp;where=a+%3D+%22b%22+and+c+%3C+3" width="100%" height="620" loading="lazy" title="&#34;&gt;&lt;script&gt;&amp;"></iframe>`
	if s.Code != want {
		t.Errorf("got\n%s\nwant\n%s", s.Code, want)
	}
	if !strings.HasPrefix(s.Address, "https://x.example/explore/dataset/a/table/?lang=fr&where=") {
		t.Error(s.Address)
	}
}

func TestViewOf(t *testing.T) {
	for address, want := range map[string]string{
		"https://data.example.org/explore/dataset/trees/map/?q=oak": "trees map q=oak", "/explore/embed/dataset/a%2Fb/analyze/": "a/b analyze ", "/explore/dataset/x/table": "x table ",
		"/explore/dataset/x/": "", "/explore/dataset/x/export/": "", "https://example.org/": "", "javascript:alert(1)": "", "/explore/dataset/x/record/map/": "", "%": "",
	} {
		id, tab, query, ok := ViewOf(address)
		got := ""
		if ok {
			got = id + " " + tab + " " + query.Encode()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}
