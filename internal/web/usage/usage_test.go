package usage

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/db/dbtest"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/privacy"
	"parvis/internal/privacy/privacytest"
	"parvis/internal/server"
	"parvis/internal/statistics"
	"parvis/internal/web/page"
	"parvis/internal/web/page/pagetest"
)

// used is the pages on use of a portal whose datasets were used n times on each of three days up to 18 November 2026.
func used(t *testing.T, entries []*catalog.Entry, level statistics.Level, n int) http.Handler {
	t.Helper()
	now := time.Date(2026, 11, 16, 12, 0, 0, 0, time.UTC)
	c, err := statistics.Open(t.Context(), statistics.Options{DB: dbtest.Open(t), Log: slog.New(slog.DiscardHandler), Level: level, Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("User-Agent", "Mozilla/5.0 Firefox/140.0")
	r.Header.Set("Referer", "https://www.example.org/")
	for range 3 {
		for i := range n {
			terms := "budget"
			if i%2 == 0 {
				terms = "=cmd|calc " + evil[:20]
			}
			for _, h := range []statistics.Hit{
				{Kind: statistics.View, Page: "catalogue", Searched: true, Terms: terms}, {Kind: statistics.View, Page: "table", Dataset: "da_abc123"},
				{Kind: statistics.Download, Format: "csv", Dataset: "da_abc123"}, {Kind: statistics.Call, Endpoint: "records", Dataset: "da_abc123"},
				{Kind: statistics.View, Page: "table", Dataset: "da_hidden"}, {Kind: statistics.Download, Format: "xlsx", Dataset: "da_hidden"},
			} {
				c.Note(r, http.StatusOK, &h)
			}
		}
		if err := c.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		now = now.AddDate(0, 0, 1)
	}
	return open(t, c, entries)
}

// open is the pages on use over a counter, of a portal that holds these datasets.
func open(t *testing.T, c *statistics.Counter, entries []*catalog.Entry) http.Handler {
	t.Helper()
	locales, err := locale.Load(locale.Options{Fallback: "en"})
	if err != nil {
		t.Fatal(err)
	}
	registry := privacytest.New(t, func(o *privacy.Options) { o.Languages = locales.Printers() })
	frame, err := page.New(page.Options{
		Locales: locales, Privacy: registry, Title: "Town",
		Server: server.New(server.Options{Strict: true, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)), Metrics: server.NewMetrics(), Privacy: registry}),
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Options{
		Frame: frame, Counter: c, Visible: func(account.Actor) []*catalog.Entry { return entries },
		Find: func(_ account.Actor, id string) (*catalog.Entry, error) {
			if len(entries) == 0 {
				return nil, fault.New(fault.NotFound, "The requested dataset %s does not exist.", id)
			}
			return entries[0], nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	s.Register(mux)
	return frame.Wrap(frame.Guard(mux))
}

const evil = `"><script>alert(1)</script><img src=x onerror=alert(1) style="color:red"> ' \ {{.}} ${x} ` + "`\u202e\u0000\n"

// fixtures are datasets of portals, by what is special of them.
func fixtures() map[string][]*catalog.Entry {
	called := func(title, language string) []*catalog.Entry {
		e := &catalog.Entry{Access: catalog.Access{Right: catalog.Download, Data: true}}
		e.ID, e.UID = "some.set", "da_abc123"
		if title != "" {
			e.Metas = dataset.Metas{"default": {"title": title, "language": language}}
		}
		return []*catalog.Entry{e}
	}
	return map[string][]*catalog.Entry{"no dataset": nil, "bare": called("", ""), "full": called("Marchés & fêtes", "fr"), "hostile": called(evil, `en" onload="x`)}
}

// usageAddresses are the pages and files on use, with every filter.
func usageAddresses() (out []string) {
	for _, path := range []string{"/stats/", "/stats/data.csv", "/stats/data.json", "/stats/dataset/some.set/", "/stats/dataset/some.set/data.csv", "/stats/dataset/some.set/data.json"} {
		for _, period := range []string{"", "2026", "2026-11"} {
			out = append(out, path+"?period="+period)
		}
	}
	return out
}

func TestPagesOnUseRender(t *testing.T) {
	for name, entries := range fixtures() {
		for n, h := range map[int]http.Handler{0: used(t, entries, statistics.Counts, 0), 3: used(t, entries, statistics.Uniques, 3), 400: used(t, entries, statistics.Counts, 400), -1: used(t, entries, statistics.Off, 1), -2: open(t, nil, entries)} {
			if name != "hostile" && name != "full" && n == 400 {
				continue
			}
			for _, target := range usageAddresses() {
				if n == 0 && !strings.HasSuffix(target, "=") {
					continue // nothing was counted then
				}
				for _, lang := range []string{"en", "fr", "ar"} {
					what := fmt.Sprintf("%s, %d uses, %s in %s", name, n, target, lang)
					status, body, header := pagetest.Get(t, h, target+"&lang="+lang)
					if status != http.StatusOK && (status != http.StatusNotFound || len(entries) > 0 && n >= 0) {
						t.Errorf("%s: %d", what, status)
					}
					if strings.HasPrefix(header.Get("Content-Type"), "text/html") {
						if c := pagetest.Check(t, what, body); c.Lang != lang {
							t.Errorf("%s: the page is in %q", what, c.Lang)
						}
					}
				}
			}
		}
	}
}

func TestPagesOnUseSayWhatTheyShow(t *testing.T) {
	h := used(t, fixtures()["full"], statistics.Counts, 40)
	for _, c := range []struct {
		target string
		status int
		has    []string
		lacks  []string
	}{
		{"/stats/", 200, []string{"<dd><bdi>360</bdi></dd>", "Marchés &amp; fêtes", "budget", "25 months", "/terms/cookies/"}, []string{"da_hidden", "Excel", "www.example.org" /* its week is not over */}},
		{"/stats/?period=2026-11", 200, []string{"Nov 16, 2026", "Page views by day"}, []string{"Nov 19, 2026"}},
		{"/stats/dataset/some.set/", 200, []string{"Use of this dataset", "<dd><bdi>120</bdi></dd>"}, nil},
		{"/stats/?period=1999", 400, []string{"Nothing was counted"}, nil},
		{"/stats/?period=2030-01", 400, []string{"Nothing was counted"}, nil},
		{"/stats/?period=yesterday", 400, []string{"neither a year nor a month"}, nil},
		{"/stats/data.csv?period=x", 400, []string{"neither a year nor a month"}, nil},
		{"/stats/data.csv", 200, []string{"dataset,some.set,2026-11/2026-11,downloads,120\n", "format,csv,2026-11/2026-11,downloads,120\n", "searched,\"'=cmd|calc"}, []string{"xlsx", "2026-11-15"}},
		{"/stats/data.json", 200, []string{`"datasets":[{"dataset_id":"some.set","views":120,"downloads":120,"api_calls":120}]`, `"searches_without_result":120`}, []string{"xlsx"}},
	} {
		status, body, _ := pagetest.Get(t, h, c.target)
		if status != c.status {
			t.Errorf("%s: %d", c.target, status)
		}
		for _, text := range c.has {
			if !strings.Contains(body, text) {
				t.Errorf("%s lacks %q: %s", c.target, text, body[max(0, strings.Index(body, "<main")):])
			}
		}
		for _, text := range c.lacks {
			if strings.Contains(body, text) {
				t.Errorf("%s holds %q", c.target, text)
			}
		}
	}
}

// TestNoSmallNumberLeavesThePortal reads every number of every page and file on use, whatever is asked.
func TestNoSmallNumberLeavesThePortal(t *testing.T) {
	cell := regexp.MustCompile(`(?:<td class="num">|<span class="n">|<bdi>|: )([0-9,]+)<`)
	read := 0
	for _, n := range []int{1, 2, 4, 7} {
		h := used(t, fixtures()["full"], statistics.Counts, n)
		small := func(what, text string) {
			read++
			if v, err := strconv.Atoi(strings.ReplaceAll(text, ",", "")); err == nil && v%5 != 0 {
				t.Errorf("%d uses a day: %s publishes %s", n, what, text)
			}
		}
		for _, target := range usageAddresses() {
			status, body, header := pagetest.Get(t, h, target+"&lang=en")
			if status != http.StatusOK {
				t.Fatalf("%s: %d", target, status)
			}
			switch kind := header.Get("Content-Type"); {
			case strings.HasPrefix(kind, "text/csv"):
				rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
				if err != nil {
					t.Fatal(err)
				}
				for _, row := range rows[1:] {
					small(target, row[4])
				}
			case strings.HasPrefix(kind, "application/json"):
				var all any
				if err := json.Unmarshal([]byte(body), &all); err != nil {
					t.Fatal(err)
				}
				numbers(all, func(v float64) { small(target, strconv.Itoa(int(v))) })
			default:
				for _, m := range cell.FindAllStringSubmatch(body, -1) {
					small(target, m[1])
				}
			}
		}
	}
	if read < 300 {
		t.Errorf("only %d numbers were read", read)
	}
}

func numbers(v any, found func(float64)) {
	switch v := v.(type) {
	case float64:
		found(v)
	case []any:
		for _, x := range v {
			numbers(x, found)
		}
	case map[string]any:
		for _, x := range v {
			numbers(x, found)
		}
	}
}
