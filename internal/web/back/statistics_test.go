package back_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/db/dbtest"
	"parvis/internal/locale"
	"parvis/internal/statistics"
	"parvis/internal/web/back"
)

// use counts a day of use of a dataset, and the day before.
func use(t *testing.T, c *statistics.Counter, now *time.Time, uid string) {
	t.Helper()
	note := func(n int, status int, agent string, h statistics.Hit) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("User-Agent", agent)
		r.Header.Set("Referer", "https://www.example.org/")
		for range n {
			c.Note(r, status, &h)
		}
	}
	const firefox = "Mozilla/5.0 Firefox/140.0"
	for day := range 4 {
		if day > 0 {
			*now = now.AddDate(0, 0, 1)
		}
		note(20+day, 200, firefox, statistics.Hit{Kind: statistics.View, Page: "table", Dataset: uid})
		note(4, 200, firefox, statistics.Hit{Kind: statistics.View, Page: "catalogue", Searched: true, Terms: "swimming pool"})
		note(9, 200, "curl/8", statistics.Hit{Kind: statistics.Call, Endpoint: "records", Dataset: uid})
		note(1, 400, "curl/8", statistics.Hit{Kind: statistics.Call, Endpoint: "records", Dataset: uid})
		note(3, 200, "Googlebot/2.1", statistics.Hit{Kind: statistics.View, Page: "table", Dataset: uid})
		if err := c.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMonitoring(t *testing.T) {
	now := time.Date(2026, 11, 16, 12, 0, 0, 0, time.UTC)
	counter, err := statistics.Open(t.Context(), statistics.Options{DB: dbtest.Open(t), Log: slog.New(slog.DiscardHandler), Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	p := openIn(t, locale.Options{Fallback: "en"}, func(o *back.Options) { o.Counter = counter })
	publish := func(id, title string) *catalog.Entry {
		e, err := p.catalog.Publish(t.Context(), catalog.Publication{ID: id, Metas: dataset.Metas{"default": {"title": title}}})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	shown, secret := publish("open", `Towns <b>`), publish("secret", "Secret")
	if err := p.catalog.SetSecurity(t.Context(), account.Operator, "secret", catalog.Security{Restricted: true, Default: catalog.Rule{Right: catalog.Download}}); err != nil {
		t.Fatal(err)
	}
	use(t, counter, &now, shown.UID)
	counter.Note(httptest.NewRequest(http.MethodGet, "/", nil), 200, &statistics.Hit{Kind: statistics.View, Page: "table", Dataset: secret.UID})

	visitor := p.as(t, nil)
	if status := visitor.get("/backoffice/monitoring/"); status != http.StatusSeeOther {
		t.Errorf("a visitor: %d", status)
	}
	nobody := p.as(t, p.person(t, "nobody@example.org"))
	admin := p.as(t, p.admin)
	analyst := p.as(t, p.person(t, "analyst@example.org", account.ExploreMonitoring))
	const page, of = "/backoffice/monitoring/", "/backoffice/monitoring/dataset/open/"
	for _, path := range []string{page, page + "data.csv", of, of + "data.csv"} {
		if status := nobody.get(path); status != http.StatusForbidden {
			t.Errorf("who may not: %s gives %d", path, status)
		}
		for _, lang := range []string{"en", "fr", "ar"} {
			for _, days := range []string{"", "&days=7", "&days=365"} {
				if status := analyst.get(path + "?lang=" + lang + days); status != http.StatusOK || strings.Contains(analyst.page, "<b>") && !strings.HasSuffix(path, "csv") {
					t.Errorf("%s in %s: %d", path, lang, status)
				}
			}
		}
	}
	for _, path := range []string{page + "?days=0", page + "?days=x", page + "?days=100000"} {
		if status := analyst.get(path); status != http.StatusBadRequest {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status := analyst.get(page + "dataset/secret/"); status != http.StatusNotFound {
		t.Errorf("a dataset that the person may not see: %d", status)
	}
	analyst.get(page + "?days=2&lang=en")
	analyst.sees("Page views</dt><dd><bdi>53</bdi><small>&#43;8% against the time before", "Calls that failed</dt><dd><bdi>10.0%</bdi><small>10.0% in the time before",
		"swimming pool", `<td class="num">16</td><td class="num">16</td>`, "Towns &lt;b&gt;", "www.example.org", "api 400", "Crawlers</bdi>", "program curl")
	if strings.Contains(analyst.page, "Secret") {
		t.Error("a dataset that the person may not see is listed")
	}
	analyst.get(of + "?days=2&lang=en")
	analyst.sees("<bdi>45</bdi><small>&#43;10% against the time before", "call records", "Use of this dataset")
	analyst.get(page + "data.csv?days=2")
	analyst.sees("portal,,2026-11-19,views,27\n", "dataset,open,2026-11-18/2026-11-19,by_crawlers,6\n", "searched,swimming pool,2026-11-18/2026-11-19,searches_without_result,16\n")
	editor := p.person(t, "editor@example.org")
	grant := catalog.Grant{Person: editor.ID, Rule: catalog.Rule{Right: catalog.Edit}}
	if err := p.catalog.SetSecurity(t.Context(), account.Operator, "open", catalog.Security{Default: catalog.Rule{Right: catalog.Download}, Grants: []catalog.Grant{grant}}); err != nil {
		t.Fatal(err)
	}
	changes := p.as(t, editor)
	if one, all := changes.get(of), changes.get(page); one != http.StatusOK || all != http.StatusForbidden {
		t.Errorf("who may change the dataset: %d, and the portal's numbers: %d", one, all)
	}
	admin.get("/backoffice/")
	admin.sees(`href="/backoffice/monitoring/"`)

	without := open(t)
	if status := without.as(t, without.admin).get(page); status != http.StatusOK {
		t.Errorf("a portal that counts nothing: %d", status)
	}
}
