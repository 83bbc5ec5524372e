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
