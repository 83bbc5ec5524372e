package front

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"parvis/internal/locale"
	"parvis/internal/locale/localetest"
)

// TestNoTextIsHardCoded walks from the catalogue to every kind of page in the pseudo-language, over data whose
// every text stands in brackets, and finds what stands in none. A new page joins as soon as another one links to it.
func TestNoTextIsHardCoded(t *testing.T) {
	f := fixtures()["pseudo"]
	for _, e := range f.entries {
		e.Metas["default"]["description"] = "<p>⟦First⟧</p><p>⟦More⟧</p>"
		e.Metas["default"]["references"] = "⟦Elsewhere⟧"
	}
	h := siteIn(t, f, "⟦Town⟧ — ⟦Open data⟧", locale.Options{Enabled: []string{locale.Pseudo, "fr"}, Fallback: locale.Pseudo})
	seen, kinds := map[string]bool{}, map[string]bool{}
	queue := []string{"/explore/", "/explore/?q=zzz&sort=title", "/nowhere/", "/explore/?q=" + strings.Repeat("x", 600),
		tab("some.set", "table") + "?where=n+%3E", tab("some.set", "information") + "?refine.d=2026"}
	for len(queue) > 0 && len(seen) < 120 {
		target := queue[0]
		queue = queue[1:]
		if seen[target] {
			continue
		}
		seen[target] = true
		status, body, header := get(t, h, target)
		if status >= 500 {
			t.Errorf("%s: %d", target, status)
		}
		if !strings.HasPrefix(header.Get("Content-Type"), "text/html") || status >= 300 && status < 400 {
			continue
		}
		for _, text := range localetest.Untranslated(body, locale.Pseudo) {
			t.Errorf("%s: %s", target, text)
		}
		for _, link := range check(t, target, body).links {
			u, err := url.Parse(link)
			if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "/api/") {
				continue
			}
			u.Fragment = ""
			if q := u.Query(); q.Get("lang") != "" && q.Get("lang") != locale.Pseudo {
				continue
			}
			kind := regexp.MustCompile(`[0-9a-f]{40}|=[^&]*`).ReplaceAllString(u.String(), "~")
			if !kinds[kind] {
				kinds[kind] = true
				queue = append(queue, u.String())
			}
		}
	}
	for _, page := range []string{"/information/", "/table/", "/export/", "/api/", "/record/", "/terms/cookies-policy/"} {
		met := false
		for target := range seen {
			met = met || strings.Contains(target, page)
		}
		if !met {
			t.Errorf("the walk did not come to %s", page)
		}
	}
}
