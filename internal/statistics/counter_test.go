package statistics

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parvis/internal/db/dbtest"
	"parvis/internal/fault"
)

const (
	firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
	google  = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
)

// clock is a time that tests move.
type clock struct{ now time.Time }

func (c *clock) time() time.Time { return c.now }

// bench is a counter over a real database, whose time stands still.
type bench struct {
	*Counter
	t     *testing.T
	clock *clock
	pool  *sql.DB
	log   *bytes.Buffer
}

func open(t *testing.T, level Level) *bench {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "parvis.db"), level, time.Date(2026, 11, 18, 10, 30, 0, 0, time.UTC))
}

func openAt(t *testing.T, path string, level Level, now time.Time) *bench {
	t.Helper()
	b := &bench{t: t, clock: &clock{now}, pool: dbtest.OpenAt(t, path), log: &bytes.Buffer{}}
	c, err := Open(t.Context(), Options{
		DB: b.pool, Log: slog.New(slog.NewTextHandler(b.log, nil)), Level: level, Clock: b.clock.time,
		Objects: func(r *http.Request) bool { return Signal(r) || r.Header.Get("Cookie") == "choice=no" },
	})
	if err != nil {
		t.Fatal(err)
	}
	b.Counter = c
	return b
}

// ask notes a GET with headers.
func (b *bench) ask(h Hit, status int, headers ...string) {
	r := httptest.NewRequest(http.MethodGet, "http://data.example.org/canary-path?q=secret", nil)
	r.Header.Set("User-Agent", firefox)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	b.Note(r, status, &h)
}

func (b *bench) flush() {
	b.t.Helper()
	if err := b.Flush(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
}

// today gives the use of a dataset today.
func (b *bench) today(dataset string) Use {
	b.t.Helper()
	b.flush()
	use, err := b.Dataset(b.t.Context(), dataset, Period{b.Today(), b.Today()})
	if err != nil {
		b.t.Fatal(err)
	}
	return use.Total
}

// dump gives every row of every table of counts, in the order of its columns.
func dump(t *testing.T, pool *sql.DB) string {
	t.Helper()
	var out strings.Builder
	tables := query(t, pool, `SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'usage_%' ORDER BY name`)
	for _, table := range tables {
		fmt.Fprintln(&out, "--", table[0])
		for _, row := range query(t, pool, fmt.Sprintf("SELECT * FROM %s ORDER BY %s", table[0], key(t, pool, table[0]))) {
			fmt.Fprintln(&out, row...)
		}
	}
	return out.String()
}

// key gives the columns of a table's key.
func key(t *testing.T, pool *sql.DB, table any) string {
	t.Helper()
	var names []string
	for _, row := range query(t, pool, fmt.Sprintf("SELECT name FROM pragma_table_info('%s') WHERE pk > 0 ORDER BY pk", table)) {
		names = append(names, fmt.Sprint(row[0]))
	}
	return strings.Join(names, ", ")
}

func query(t *testing.T, pool *sql.DB, text string) (out [][]any) {
	t.Helper()
	rows, err := pool.Query(text) //nolint:rowserrcheck // a short answer fails the test that asks
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, _ := rows.Columns()
	for rows.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		out = append(out, row)
	}
	return out
}

func TestViewsAreCountedByDayAndDataset(t *testing.T) {
	b := open(t, Counts)
	for range 10 {
		b.ask(Hit{Kind: View, Page: "dataset", Dataset: "da_aaaaaa"}, 200)
	}
	b.ask(Hit{Kind: View, Page: "dataset", Dataset: "da_bbbbbb"}, 304)
	b.ask(Hit{Kind: View, Page: "catalogue"}, 200)
	if got := b.today("da_aaaaaa"); got.Views != 10 {
		t.Errorf("%+v, want 10 views", got)
	}
	b.clock.now = b.clock.now.AddDate(0, 0, 1)
	b.ask(Hit{Kind: View, Page: "dataset", Dataset: "da_aaaaaa"}, 200)
	if got := b.today("da_aaaaaa"); got.Views != 1 {
		t.Errorf("%+v, want the one of the new day", got)
	}
	days, err := b.Traffic(t.Context(), Period{b.Today() - 1, b.Today()})
	if err != nil || days[0].Views != 12 || days[1].Views != 1 {
		t.Errorf("%+v, %v", days, err)
	}
	pages, _ := b.Pages(t.Context(), Period{b.Today() - 1, b.Today()})
	if fmt.Sprint(pages) != "[{dataset 12} {catalogue 1}]" {
		t.Errorf("%v", pages)
	}
}

func TestKindsAndFormatsApart(t *testing.T) {
	b := open(t, Counts)
	b.ask(Hit{Kind: Call, Endpoint: "datasets"}, 200)
	for _, h := range []Hit{{Kind: Call, Endpoint: "records"}, {Kind: Call, Endpoint: "facets"}, {Kind: Attachment, Endpoint: "attachment"},
		{Kind: Download, Format: "csv", Endpoint: "exports"}, {Kind: Download, Format: "json", Endpoint: "exports"}, {Kind: Download, Format: "parquet", Endpoint: "exports"}} {
		h.Dataset = "da_aaaaaa"
		b.ask(h, 200)
	}
	b.ask(Hit{Kind: Call, Endpoint: "records", Dataset: "da_aaaaaa"}, 400)
	b.ask(Hit{Kind: Call, Endpoint: "records", Dataset: "da_aaaaaa"}, 499) // who asked went away
	b.flush()
	use, err := b.Dataset(t.Context(), "da_aaaaaa", Period{b.Today(), b.Today()})
	want := "[{attachment 1} {call facets 1} {call records 1} {download csv 1} {download json 1} {download parquet 1}]"
	if err != nil || fmt.Sprint(use.Whats) != want {
		t.Errorf("%v, %v, want %s", use.Whats, err, want)
	}
	ends, _ := b.Endpoints(t.Context(), Period{b.Today(), b.Today()})
	if fmt.Sprint(ends) != "[{exports 3} {attachment 1} {datasets 1} {facets 1} {records 1}]" {
		t.Errorf("%v", ends)
	}
	if all, _ := b.Statuses(t.Context(), Period{b.Today(), b.Today()}); fmt.Sprint(all) != "[{2 7} {4 1}]" {
		t.Errorf("%v", all)
	}
	bad, _ := b.Errors(t.Context(), Period{b.Today(), b.Today()})
	if fmt.Sprint(bad) != "[{api 400 1}]" {
		t.Errorf("%v", bad)
	}
}

func TestWhatCounts(t *testing.T) {
	view := Hit{Kind: View, Page: "dataset", Dataset: "da_aaaaaa"}
	for _, c := range []struct {
		name, method string
		status       int
		headers      []string
		want         bool
	}{
		{"whole", "GET", 200, nil, true},
		{"still good", "GET", 304, nil, true},
		{"first part", "GET", 206, []string{"Range", "bytes=0-99"}, true},
		{"a later part", "GET", 206, []string{"Range", "bytes=100-"}, false},
		{"the last part", "GET", 206, []string{"Range", "bytes=-100"}, false},
		{"head", "HEAD", 200, nil, false},
		{"options", "OPTIONS", 200, nil, false},
		{"a form", "POST", 200, nil, false},
		{"elsewhere", "GET", 302, nil, false},
		{"missing", "GET", 404, nil, false},
		{"broken off", "GET", 499, nil, false},
		{"prefetch", "GET", 200, []string{"Sec-Purpose", "prefetch"}, false},
		{"prerender", "GET", 200, []string{"Sec-Purpose", "prefetch;prerender"}, false},
		{"old prefetch", "GET", 200, []string{"Purpose", "prefetch"}, false},
		{"old Firefox", "GET", 200, []string{"X-Moz", "prefetch"}, false},
		{"GPC", "GET", 200, []string{"Sec-GPC", "1"}, false},
		{"DNT", "GET", 200, []string{"DNT", "1"}, false},
		{"GPC twice", "GET", 200, []string{"Sec-GPC", "1,1"}, false},
		{"no GPC", "GET", 200, []string{"Sec-GPC", "0"}, true},
		{"GPC of another value", "GET", 200, []string{"Sec-GPC", "true"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := open(t, Counts)
			r := httptest.NewRequest(c.method, "/", nil)
			r.Header.Set("User-Agent", firefox)
			for i := 0; i < len(c.headers); i += 2 {
				r.Header.Set(c.headers[i], c.headers[i+1])
			}
			b.Note(r, c.status, &view)
			if got := b.today("da_aaaaaa").Views == 1; got != c.want {
				t.Errorf("counted: %v", got)
			}
			if n, _ := b.Served(t.Context(), Period{b.Today(), b.Today()}); n != 1 {
				t.Errorf("%d requests served", n)
			}
		})
	}
}

// TestObjectorsLeaveOneNumber: of who does not want to be counted nothing is known but that requests were served.
func TestObjectorsLeaveOneNumber(t *testing.T) {
	b := open(t, Uniques)
	rich := Hit{Kind: View, Page: "dataset", Dataset: "da_aaaaaa", Searched: true, Terms: "budget", Endpoint: "records", Address: netip.MustParseAddr("203.0.113.77")}
	for _, status := range []int{200, 404, 500} {
		b.ask(rich, status, "Sec-GPC", "1", "Referer", "https://example.org/", "ODS-API-Analytics-App", "x")
		b.ask(rich, status, "DNT", "1", "Referer", "https://example.org/")
		b.ask(rich, status, "Cookie", "choice=no", "Referer", "https://example.org/")
		h := rich
		h.Staff = true
		b.ask(h, status)
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := "-- usage_served\n20775 12\n"
	got := ""
	for part := range strings.SplitSeq(dump(t, b.pool), "-- ") {
		if strings.Count(part, "\n") > 1 {
			got += "-- " + part
		}
	}
	if got != want {
		t.Errorf("the database holds\n%swant\n%s", got, want)
	}
}

func TestBotsApart(t *testing.T) {
	b := open(t, Counts)
	for _, name := range []string{google, "curl/8.5.0", "python-requests/2.31", "Mozilla/5.0 QGIS/33404", "", firefox} {
		b.ask(Hit{Kind: View, Page: "dataset", Dataset: "da_aaaaaa"}, 200, "User-Agent", name)
	}
	got := b.today("da_aaaaaa")
	if got.Views != 1 || got.Scripts != 3 || got.Bots != 2 {
		t.Errorf("%+v, want one person, three programs and two crawlers", got)
	}
	for range 10 {
		b.ask(Hit{Kind: Call, Endpoint: "records", Dataset: "da_aaaaaa"}, 200, "User-Agent", "curl/8.5.0")
	}
	if got := b.today("da_aaaaaa"); got.Calls != 10 {
		t.Errorf("%+v, want the calls of a program", got)
	}
}

func TestReferrersAreHosts(t *testing.T) {
	f := referrers{readSpam()}
	for text, want := range map[string]string{
		"https://sub.example.org/path?utm_source=x&email=a@b": "sub.example.org",
		"http://Example.ORG:8080/#x":                          "example.org",
		"https://data.example.org/explore/":                   "", // our own
		"https://semalt.com/":                                 "",
		"https://www.semalt.com/x":                            "",
		"https://203.0.113.77/":                               "",
		"https://[2001:db8::1]/":                              "",
		"https://jean@example.org/":                           "",
		"https://laptop-of-jean/":                             "",
		"https://nas.local/":                                  "",
		"https://" + strings.Repeat("a", 101) + ".org/":       "",
		"https://exa mple.org/":                               "",
		"https://example.org'; DROP TABLE usage_days; --/":    "",
		"android-app://org.example/":                          "",
		"":                                                    "",
		"https://":                                            "",
		"https://.org":                                        "",
		"https://exemple.xn--fr-pka.example":                  "exemple.xn--fr-pka.example",
	} {
		if got := f.host(text, "data.example.org:8080"); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	b := open(t, Counts)
	for range 9 {
		b.ask(Hit{Kind: View, Page: "home"}, 200, "Referer", "https://sub.example.org/path?utm_source=canary")
	}
	for i := range 6 {
		b.ask(Hit{Kind: View, Page: "home"}, 200, "Referer", fmt.Sprintf("https://rare%d.example.org/", i))
	}
	b.flush()
	p := Period{b.Today(), b.Today()}
	if got, _ := b.Referrers(t.Context(), p); fmt.Sprint(got) != "[{sub.example.org 9} {other 6}]" {
		t.Errorf("%v", got)
	}
	b.clock.now = b.clock.now.AddDate(0, 0, 7)
	if err := b.Clean(t.Context()); err != nil {
		t.Fatal(err)
	}
	if all := dump(t, b.pool); strings.Contains(all, "rare") || strings.Contains(all, "canary") || !strings.Contains(all, "other 6") {
		t.Errorf("after its week the database holds\n%s", all)
	}
}

func TestApps(t *testing.T) {
	for text, want := range map[string]string{
		"my-app": "my-app", " my app/1.2 ": "my app/1.2", strings.Repeat("a", 500): "", "<script>": "", "jean@example.org": "", "user 123456789": "", "": "", "app\x00": "", "é": "",
	} {
		h := http.Header{}
		h.Set("ODS-API-Analytics-App", text)
		if got := appOf(h); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	b := open(t, Counts)
	for range 7 {
		b.ask(Hit{Kind: Call, Endpoint: "records"}, 200, "ODS-API-Analytics-App", "my-app", "User-Agent", "curl/8")
	}
	b.flush()
	if got, _ := b.Apps(t.Context(), Period{b.Today(), b.Today()}); fmt.Sprint(got) != "[{my-app 7}]" {
		t.Errorf("%v", got)
	}
}

func TestTermsThatManySearchFor(t *testing.T) {
	b := open(t, Counts)
	b.clock.now = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	search := func(n int, terms string, found bool) {
		for range n {
			b.ask(Hit{Kind: View, Page: "catalogue", Searched: true, Terms: terms, Found: found}, 200)
		}
	}
	for range 4 {
		search(3, " Budget ", true)
		search(5, "jean.dupont@x.fr", true)
		search(5, "0612345678", true)
		search(5, "06 12 34 56 78", true)
		search(5, "203.0.113.77", true)
		search(5, "2001:db8::1", true)
		search(5, "https://example.org", true)
		search(3, "cantine", false)
		search(3, "budget 2019-2020", true)
		b.flush()
		b.clock.now = b.clock.now.AddDate(0, 0, 1)
	}
	search(2, "rare", true)
	search(20, "one day only", true)
	b.flush()
	got, err := b.Terms(t.Context(), Period{b.Today(), b.Today()})
	if err != nil || fmt.Sprint(got) != "[{budget 12 0} {budget 2019-2020 12 0} {cantine 12 12}]" {
		t.Errorf("%v, %v", got, err)
	}
	for row := range strings.Lines(dump(t, b.pool)) {
		for _, never := range []string{"dupont", "0612", "06 12", "203.0", "rare", "one day"} {
			if strings.Contains(row, never) {
				t.Errorf("the database knows %q", row)
			}
		}
	}
	all, empty, _ := b.Searches(t.Context(), Period{b.Today() - 10, b.Today()})
	if all != 4*(3+5*6+3+3)+22 || empty != 12 {
		t.Errorf("%d searches, %d without result", all, empty)
	}
	// A restart forgets the rare ones and goes on with the others.
	again, err := Open(t.Context(), Options{DB: b.pool, Log: slog.New(slog.DiscardHandler), Clock: b.clock.time})
	if err != nil {
		t.Fatal(err)
	}
	b.Counter = again
	search(1, "budget", false)
	b.flush()
	if got, _ := b.Terms(t.Context(), Period{b.Today(), b.Today()}); fmt.Sprint(got[0]) != "{budget 13 1}" {
		t.Errorf("%v", got)
	}
}

func TestRetention(t *testing.T) {
	for _, months := range []int{26, -1, 1000} {
		_, err := Open(t.Context(), Options{DB: dbtest.Open(t), Log: slog.New(slog.DiscardHandler), Months: months})
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%d months: %v", months, err)
		}
	}
	b := open(t, Uniques)
	first := b.Today()
	everything := func() {
		for range 12 {
			b.ask(Hit{Kind: View, Page: "dataset", Dataset: "da_aaaaaa", Searched: true, Terms: "budget", Address: netip.MustParseAddr("203.0.113.77")}, 200, "Referer", "https://example.org/")
			b.ask(Hit{Kind: Call, Endpoint: "records"}, 404, "ODS-API-Analytics-App", "my-app")
			b.ask(Hit{Kind: Call, Endpoint: "records"}, 200, "ODS-API-Analytics-App", "my-app")
		}
		b.flush()
	}
	for range 3 { // until the term is written
		everything()
		b.clock.now = b.clock.now.AddDate(0, 0, 1)
		if err := b.Clean(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	everything()
	before := dump(t, b.pool)
	for _, table := range strings.Split(before, "-- ")[1:] {
		if strings.Count(table, "\n") < 2 {
			t.Errorf("the test does not fill %s", table)
		}
	}
	b.clock.now = first.Start().AddDate(0, 0, HourlyFor+5)
	if err := b.Clean(t.Context()); err != nil {
		t.Fatal(err)
	}
	if rows := query(t, b.pool, `SELECT count(*) FROM usage_hours`); fmt.Sprint(rows) != "[[0]]" {
		t.Errorf("hours are kept for ever: %v", rows)
	}
	if days, _ := b.Traffic(t.Context(), Period{first, first + 3}); Sum(days).Views != 48 || Sum(days).Calls != 48 {
		t.Errorf("what was folded is lost: %+v", days)
	}
	b.clock.now = first.Start().AddDate(0, Retention, 40)
	b.log.Reset()
	if err := b.Clean(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := dump(t, b.pool); strings.Contains(left, "20") || strings.Contains(left, "budget") || strings.Contains(left, "example") {
		t.Errorf("after %d months there is still\n%s", Retention, left)
	}
	if !strings.Contains(b.log.String(), "deleted=") || strings.Contains(b.log.String(), "deleted=0") {
		t.Errorf("the log does not tell the number: %s", b.log)
	}
}

func TestNothingIsKeptForLongerThanItMay(t *testing.T) {
	b := open(t, Counts)
	b.ask(Hit{Kind: View, Page: "home"}, 200, "Referer", "https://example.org/")
	b.flush()
	day := b.Today()
	for after := range 1000 {
		b.clock.now = (day + Day(after)).Start()
		if err := b.Clean(t.Context()); err != nil {
			t.Fatal(err)
		}
		left := strings.Contains(dump(t, b.pool), "20775") || len(query(t, b.pool, `SELECT * FROM usage_referrers`)) > 0
		old := day < DayOf(b.clock.now.AddDate(0, -Retention, 0))
		if left && old {
			t.Fatalf("still there on %s", b.Today())
		}
		if !left {
			if after < 700 {
				t.Errorf("gone after %d days already", after)
			}
			return
		}
	}
	t.Error("it never goes")
}

func TestLostDatabaseIsNoLostCount(t *testing.T) {
	b := open(t, Counts)
	b.ask(Hit{Kind: View, Page: "dataset", Dataset: "da_aaaaaa"}, 200)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Flush(ended); err == nil {
		t.Fatal("a context that ended did not stop the writing")
	}
	b.ask(Hit{Kind: View, Page: "dataset", Dataset: "da_aaaaaa"}, 200)
	if got := b.today("da_aaaaaa"); got.Views != 2 {
		t.Errorf("%+v, want both", got)
	}
}

func TestRunWritesWithinASecondAndAtTheEnd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parvis.db")
	b := openAt(t, path, Counts, time.Now())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { b.Run(ctx); close(done) }()
	b.ask(Hit{Kind: View, Page: "home"}, 200)
	wait := time.Now().Add(5 * BatchEvery)
	for len(query(t, b.pool, `SELECT * FROM usage_days`)) == 0 {
		if time.Now().After(wait) {
			t.Fatal("nothing is written")
		}
		time.Sleep(20 * time.Millisecond)
	}
	cancel()
	<-done
	b.ask(Hit{Kind: View, Page: "home"}, 200)
	if err := b.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if rows := query(t, b.pool, `SELECT n FROM usage_days`); fmt.Sprint(rows) != "[[2]]" {
		t.Errorf("%v", rows)
	}
}

func TestOffCountsNothing(t *testing.T) {
	b := open(t, Off)
	b.ask(Hit{Kind: View, Page: "home"}, 200)
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if rows := query(t, b.pool, `SELECT * FROM usage_served`); len(rows) > 0 {
		t.Errorf("%v", rows)
	}
}

// TestPackingKeepsEveryUse: what is read of a day is the same before its night and after, also where a batch comes late.
func TestPackingKeepsEveryUse(t *testing.T) {
	b := open(t, Counts)
	day := b.Today()
	uses := func() string {
		b.flush()
		all, err := b.Datasets(t.Context(), Period{day, day})
		if err != nil {
			t.Fatal(err)
		}
		one, err := b.Dataset(t.Context(), "da_aaaaaa", Period{day - 1, day + 1})
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(all, one)
	}
	some := func() {
		b.ask(Hit{Kind: View, Page: "dataset", Dataset: "da_aaaaaa"}, 200)
		b.ask(Hit{Kind: Download, Format: "csv", Dataset: "da_aaaaaa"}, 200, "User-Agent", "curl/8")
		b.ask(Hit{Kind: Download, Format: "odd, one", Dataset: "da_aaaaaa"}, 200)
		b.ask(Hit{Kind: View, Page: "dataset", Dataset: "da_bbbbbb"}, 200, "User-Agent", google)
	}
	some()
	before := uses()
	night := b.clock.now.AddDate(0, 0, 1)
	b.clock.now = night
	if err := b.Clean(t.Context()); err != nil {
		t.Fatal(err)
	}
	if rows := query(t, b.pool, `SELECT * FROM usage_today`); len(rows) > 0 {
		t.Errorf("still of today: %v", rows)
	}
	if after := uses(); after != before {
		t.Errorf("%s becomes %s", before, after)
	}
	b.clock.now = b.clock.now.AddDate(0, 0, -1)
	some()
	twice := uses()
	b.clock.now = night
	if err := b.Clean(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := uses(); after != twice || twice == before {
		t.Errorf("%s becomes %s", twice, after)
	}
}

// TestRowsDoNotTellTheirOrder: the place of a row in the file tells neither within a batch nor, once its day is over, at all
// which dataset was asked for first.
func TestRowsDoNotTellTheirOrder(t *testing.T) {
	places := func(order []string) string {
		b := open(t, Counts)
		for _, one := range order {
			b.ask(Hit{Kind: View, Page: "dataset", Dataset: one}, 200)
			b.flush() // the worst case: a batch a hit
		}
		b.clock.now = b.clock.now.AddDate(0, 0, 1)
		if err := b.Clean(t.Context()); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(query(t, b.pool, `SELECT dataset FROM usage_datasets ORDER BY rowid`))
	}
	if one, other := places([]string{"da_c", "da_a", "da_b"}), places([]string{"da_b", "da_c", "da_a"}); one != other {
		t.Errorf("%s and %s", one, other)
	}
}

func TestCanariesLeaveNoTrace(t *testing.T) {
	dir := t.TempDir()
	b := openAt(t, filepath.Join(dir, "parvis.db"), Uniques, time.Now())
	for i := range 40 {
		b.ask(Hit{Kind: View, Page: "catalogue", Searched: true, Terms: "canary-q", Address: netip.MustParseAddr("203.0.113.77")}, 200,
			"User-Agent", "Mozilla/5.0 CANARY-UA-9f3 Firefox/1", "Referer", "https://host.example.org/canary-ref?canary-q", "X-Forwarded-For", "203.0.113.77",
			"Cookie", "sessionid=canary-cookie", "Authorization", "Apikey canary-key", "Accept-Language", "canary-lang")
		if i == 20 {
			b.flush()
		}
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	found := false
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		content = append(content, b.log.Bytes()...)
		for _, never := range []string{"canary", "CANARY", "203.0.113", "\xcb\x00\x71\x4d", "\xcb\x00\x71\x00"} {
			if bytes.Contains(content, []byte(never)) {
				t.Errorf("%s holds %q", filepath.Base(name), never)
			}
		}
		found = found || bytes.Contains(content, []byte("host.example.org"))
	}
	if !found {
		t.Error("the host is not there: did the test write anything?")
	}
}
