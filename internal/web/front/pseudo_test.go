package front

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/db/dbtest"
	"parvis/internal/locale"
	"parvis/internal/locale/localetest"
	"parvis/internal/privacy"
	"parvis/internal/statistics"
	"parvis/internal/web/data"
	"parvis/internal/web/page/pagetest"
	"parvis/internal/web/tabs"
	"parvis/internal/web/usage"
)

// busy is a counter with something of every kind of use, in months that are over.
func busy(t *testing.T) *statistics.Counter {
	t.Helper()
	now := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
	o := statistics.Options{DB: dbtest.Open(t), Log: slog.New(slog.DiscardHandler), Level: statistics.Uniques, Clock: func() time.Time { return now }}
	c, err := statistics.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	uid := fixtures()["pseudo"].entries[0].UID
	for day := range 80 {
		now = time.Date(2026, 9, 1+day, 12, 0, 0, 0, time.UTC)
		for n := range 12 {
			r := httptest.NewRequest(http.MethodGet, "http://portal.example/explore/", nil)
			r.Header.Set("User-Agent", []string{"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "curl/8.5", "Googlebot/2.1"}[n%3])
			r.Header.Set("Referer", "https://elsewhere.example/page")
			for _, h := range []statistics.Hit{
				{Kind: statistics.View, Page: []string{"catalogue", "information", "table", "export", "api", "record", "legal", "statistics"}[n%8], Dataset: uid},
				{Kind: statistics.Download, Format: "csv", Dataset: uid}, {Kind: statistics.Call, Endpoint: "records", Dataset: uid}, {Kind: statistics.Attachment, Dataset: uid},
			} {
				c.Note(r, []int{200, 200, 404}[n%3], &h)
			}
		}
	}
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestNoTextIsHardCoded walks from the catalogue to every kind of page in the pseudo-language, over data whose
// every text stands in brackets, and finds what stands in none. A new page joins as soon as another one links to it.
func TestNoTextIsHardCoded(t *testing.T) {
	f := fixtures()["pseudo"]
	for _, e := range f.entries {
		e.Metas["default"]["description"] = "<p>⟦First⟧</p><p>⟦More⟧</p>"
		e.Metas["default"]["references"] = "⟦Elsewhere⟧"
	}
	h := siteIn(t, f, "⟦Town⟧ — ⟦Open data⟧", locale.Options{Enabled: []string{locale.Pseudo, "fr"}, Fallback: locale.Pseudo}, func(o *privacy.Options, doors *tabs.Options, use *usage.Options) {
		o.Services = []string{"youtube", "vimeo"}
		o.Measurement = privacy.Measurement{On: true, Uniques: true, UniqueHours: 24, RetentionMonths: 25, HourlyDays: 90, Threshold: 5, ReferrerHosts: true, Families: true, TermTimes: 10, TermDays: 3}
		doors.Counts, use.Counter, use.Visible = true, busy(t), func(account.Actor) []*catalog.Entry { return f.entries[:1] }
	})
	seen, kinds := map[string]bool{}, map[string]bool{}
	queue := []string{"/explore/", "/explore/?q=zzz&sort=title", "/nowhere/", "/stats/", "/stats/dataset/some.set/", "/terms/cookies/", "/terms/cookies/?lang=en-xa&saved=1", "/terms/audience-measurement", "/explore/?q=" + strings.Repeat("x", 600),
		data.Address("some.set", "table") + "?where=n+%3E", data.Address("some.set", "information") + "?refine.d=2026"}
	for len(queue) > 0 && len(seen) < 120 {
		target := queue[0]
		queue = queue[1:]
		if seen[target] {
			continue
		}
		seen[target] = true
		status, body, header := pagetest.Get(t, h, target)
		if status >= 500 {
			t.Errorf("%s: %d", target, status)
		}
		if !strings.HasPrefix(header.Get("Content-Type"), "text/html") || status >= 300 && status < 400 {
			continue
		}
		for _, text := range localetest.Untranslated(body, locale.Pseudo, "YouTube", "Vimeo", "Google Ireland Limited", "Vimeo.com, Inc.", "cookie", "localStorage", "elsewhere.example", "example.org") {
			t.Errorf("%s: %s", target, text)
		}
		for _, link := range pagetest.Check(t, target, body).Links {
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
	for _, page := range []string{"/information/", "/table/", "/export/", "/api/", "/record/", "/terms/cookies-policy/", "/terms/cookies/", "/terms/audience-measurement", "/stats/"} {
		met := false
		for target := range seen {
			met = met || strings.Contains(target, page)
		}
		if !met {
			t.Errorf("the walk did not come to %s", page)
		}
	}
}
