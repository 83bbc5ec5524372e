package locale

import (
	"slices"
	"strings"
	"testing"
)

func TestNegotiate(t *testing.T) {
	more := folder(t, map[string]string{"de.po": "", "pt-br.po": "", "zh-hans.po": "", "sv.po": ""})
	french := load(t, Options{Fallback: "fr", Dir: more, Enabled: []string{"fr", "en", "ar", "de", "pt-br", "zh-hans"}})
	for _, c := range []struct{ asked, cookie, accept, want string }{
		// LANG-010
		{"", "en", "de", "en"}, {"", "", "de", "de"}, {"", "", "", "fr"},
		{"ar", "en", "de", "ar"}, {"en-gb", "de", "de", "en"}, {"EN", "", "", "en"},
		// LANG-013: what is off is as if it had not been said
		{"", "sv", "", "fr"}, {"", "sv", "en", "en"}, {"sv", "de", "", "de"},
		{"", "fr-CA", "", "fr"}, {"", "pt", "", "pt-br"}, {"", "en; Domain=evil", "", "fr"}, {"'; drop", "", "en", "en"},
		// Accept-Language
		{"", "", "fr-FR,fr;q=0.9,en;q=0.8", "fr"}, {"", "", "es,en;q=0.5", "en"}, {"", "", "zh", "zh-hans"}, {"", "", "zh-cn", "zh-hans"}, {"", "", "zh-tw,en;q=0.1", "zh-hans"},
		{"", "", "en;q=0.5,de;q=0.5", "en"}, {"", "", "en;q=0.5,de;q=0.7,ar", "ar"}, {"", "", "en;q=0,*;q=0.5", "fr"}, {"", "", "en;q=0", "en"},
		{"", "", "*,en", "fr"}, {"", "", "pt-PT", "pt-br"}, {"", "", "DE-at-1996", "de"}, {"", "", "en,", "en"}, {"", "", "en , de", "en"},
		// one wrong piece, and none of it counts
		{"", "", "en;q=2", "fr"}, {"", "", "en;q=0.1234", "fr"}, {"", "", "en,,de", "fr"}, {"", "", " en", "fr"}, {"", "", "en de", "fr"}, {"", "", "en;q=1.1", "fr"},
		{"", "", "en_us", "fr"}, {"", "", "en;level=1", "fr"}, {"", "", "abcdefghi,en", "fr"}, {"", "", "en\r\nX: y", "fr"}, {"", "", "e\u0301n", "fr"},
		// length: cut at the last comma before the 500th byte
		{"", "", strings.Repeat("xx,", 160) + "en," + strings.Repeat("yy,", 100), "en"},
		{"", "", strings.Repeat("xx,", 166) + "x" + ",en", "fr"},
		{"", "", "en," + strings.Repeat("!", 600), "en"},
		{"", "", "de-" + strings.Repeat("a", 600), "fr"}, {strings.Repeat("en-", 60), strings.Repeat("en-", 60), "", "fr"},
	} {
		if got := french.Negotiate(c.asked, c.cookie, c.accept).Tag; got != c.want {
			t.Errorf("Negotiate(%.30q, %.30q, %.30q) = %s, want %s", c.asked, c.cookie, c.accept, got, c.want)
		}
	}
	if p := french.Wish("xx"); p != nil {
		t.Errorf("xx is %s", p.Tag)
	}
}

func FuzzNegotiate(f *testing.F) {
	l := load(f, Options{Fallback: "fr"})
	f.Add("", "", "fr-FR,fr;q=0.9,en;q=0.8,*;q=0.1")
	f.Add("en-gb", "ar", "zh-cn;q=0")
	f.Fuzz(func(t *testing.T, asked, cookie, accept string) {
		p := l.Negotiate(asked, cookie, accept)
		if p == nil || !slices.Contains(l.printers, p) {
			t.Fatal("an answer that is no language of the portal")
		}
		if own := l.Wish(asked); own != nil && p != own {
			t.Errorf("the address asks for %s and gets %s", own.Tag, p.Tag)
		}
		if tags := acceptable(accept); len(tags) > 251 {
			t.Errorf("%d languages", len(tags))
		}
	})
}
