package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"parvis/internal/db"
)

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

// safeBuffer is a log that is written and read at once.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// towns makes a portal with one dataset of three rows and gives its data directory.
func towns(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	csv := filepath.Join(dir, "towns.csv")
	if err := os.WriteFile(csv, []byte("name;n\nAachen;1\nBonn;2\nCelle;3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	if status, _, errout := runLine(t, "import", "--data", data, csv); status != 0 {
		t.Fatal(errout)
	}
	return data
}

// counting runs a portal while work asks it, and gives what it logged.
func counting(t *testing.T, data string, work func(base string), args ...string) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	reader, writer := io.Pipe()
	log := &safeBuffer{}
	ended := make(chan int, 1)
	p := process{args: append([]string{"serve", "--data", data, "--addr", "127.0.0.1:0", "--metrics-addr", "off", "--log-level", "debug"}, args...), env: environment(nil), out: writer, err: log}
	go func() {
		ended <- p.run(ctx)
		writer.Close()
	}()
	out := bufio.NewReader(reader)
	base := ""
	for base == "" {
		line, err := out.ReadString('\n')
		if err != nil {
			t.Fatalf("%v, it ends with %d: %s", err, <-ended, log)
		}
		_, base, _ = strings.Cut(strings.TrimSpace(line), "listens on ")
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	work(base)
	stop()
	if status := <-ended; status != 0 {
		t.Fatalf("the server ended with status %d: %s", status, log)
	}
	return log.String()
}

// ask asks and gives the status; headers are pairs, the browser is Firefox unless they say otherwise.
func ask(t *testing.T, method, address string, headers ...string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", firefox)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		t.Fatal(err)
	}
	return answer
}

// rows gives the rows of a table of counts, as texts in the order of their keys.
func rows(t *testing.T, data, query string) string {
	t.Helper()
	pool, err := db.Open(t.Context(), filepath.Join(data, "parvis.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	found, err := pool.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	var out []string
	columns, _ := found.Columns()
	for found.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := found.Scan(into...); err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.TrimSuffix(fmt.Sprintln(values...), "\n"))
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, "; ")
}

// TestWhatThePortalCounts goes through a portal as people, programs and crawlers do.
func TestWhatThePortalCounts(t *testing.T) {
	t.Chdir(t.TempDir())
	data := towns(t)
	counting(t, data, func(base string) {
		api := base + "/api/explore/v2.1/catalog/datasets"
		page := base + "/explore/dataset/towns/table/"
		for range 10 {
			ask(t, "GET", page)
		}
		ask(t, "GET", page, "User-Agent", "curl/8.5.0")
		ask(t, "GET", page, "User-Agent", "Mozilla/5.0 (compatible; Googlebot/2.1)")
		tag := ask(t, "GET", page).Header.Get("ETag")
		ask(t, "GET", page, "If-None-Match", tag)
		ask(t, "HEAD", page)
		ask(t, "GET", page, "Sec-Purpose", "prefetch;prerender")
		ask(t, "GET", page, "Purpose", "prefetch")
		ask(t, "GET", page, "Sec-GPC", "1")
		ask(t, "GET", page, "DNT", "1")
		ask(t, "GET", base+"/explore/?q=towns", "Referer", "https://sub.example.org/path?utm_source=x")
		ask(t, "GET", base+"/explore/?q=nothing", "Referer", base+"/explore/")
		ask(t, "GET", base+"/explore/dataset/towns/")         // sends on
		ask(t, "GET", base+"/explore/dataset/nothere/table/") // is not there
		ask(t, "GET", base+"/favicon.ico")
		for _, path := range []string{"", "/towns/records", "/towns/records?where=nonsense(", "/towns/facets", "/towns/exports", "/towns/exports/csv", "/towns/exports/json", "/towns/exports/parquet"} {
			ask(t, "GET", api+path, "User-Agent", "python-requests/2", "ODS-API-Analytics-App", "my-app")
		}
		ask(t, "GET", api+"/towns/exports/parquet", "Range", "bytes=10-20") // goes on with the one before

		// Who chooses on the portal not to be counted is not, whatever their browser says.
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/terms/cookies/", strings.NewReader(url.Values{"choice": {"save"}, "statistics": {"no"}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		cookies := answer.Cookies()
		if len(cookies) != 1 {
			t.Fatalf("%d, cookies %v", answer.StatusCode, cookies)
		}
		ask(t, "GET", page, "Cookie", cookies[0].Name+"="+cookies[0].Value)
	})
	for query, want := range map[string]string{
		`SELECT what, n FROM usage_today ORDER BY what`:               "bot 1; call exports 1; call facets 1; call records 1; download csv 1; download json 1; download parquet 1; script 1; view 12",
		`SELECT page, class, n FROM usage_pages ORDER BY page, class`: "catalogue h 2; table b 1; table h 12; table p 1",
		`SELECT endpoint, status, n FROM usage_calls ORDER BY 1, 2`:   "datasets 2 1; export 2 4; exports 2 1; facets 2 1; records 2 1; records 4 1",
		`SELECT door, code, n FROM usage_errors ORDER BY 1, 2`:        "api 400 1; page 404 1",
		`SELECT found, n FROM usage_searches ORDER BY found`:          "0 1; 1 1",
		`SELECT host, n FROM usage_referrers`:                         "sub.example.org 1",
		`SELECT app, n FROM usage_apps`:                               "my-app 7",
		`SELECT class, family, n FROM usage_clients ORDER BY 1, 2`:    "b crawler 1; h firefox 14; p curl 1; p python 7",
		`SELECT kind, n FROM usage_days ORDER BY kind`:                "bot 1; call 4; download 3; script 1; view 14",
		`SELECT sum(n) > 30 FROM usage_served`:                        "1",
		`SELECT count(*) FROM usage_terms`:                            "0",
		`SELECT count(*) FROM usage_uniques`:                          "0",
	} {
		if got := rows(t, data, query); got != want {
			t.Errorf("%s\n%s, want\n%s", query, got, want)
		}
	}
}

// TestNothingOfAVisitorIsKept looks for marks of a visitor in all that the portal writes: files, log, the temporary folder.
func TestNothingOfAVisitorIsKept(t *testing.T) {
	t.Chdir(t.TempDir())
	data, temp := towns(t), t.TempDir()
	t.Setenv("TMPDIR", temp)
	log := counting(t, data, func(base string) {
		for _, path := range []string{"/explore/?q=canary-q", "/explore/dataset/towns/table/?q=canary-q", "/explore/dataset/towns/information/", "/explore/dataset/towns/api/?where=name%3D%22canary-q%22",
			"/api/explore/v2.1/catalog/datasets/towns/records?where=name%3D%22canary-q%22", "/api/explore/v2.1/catalog/datasets/towns/exports/csv?refine=name:canary-q",
			"/canary-q", "/stats/?canary-q=1", "/api/explore/v2.1/canary-q", "/api/explore/v2.1/catalog/datasets/towns/records?where=canary-q(("} {
			for range 15 {
				ask(t, "GET", base+path, "User-Agent", "Mozilla/5.0 CANARY-UA-9f3 Firefox/1.0", "Referer", "https://host.example.org/canary-ref?canary-q", "X-Forwarded-For", "203.0.113.77",
					"Cookie", "sessionid=canarycookiecanarycookiecanarycookie; cookies_preferences=canary", "Accept-Language", "canary-lang, en")
			}
		}
		time.Sleep(1500 * time.Millisecond) // a batch is written
	}, "--statistics", "uniques", "--trusted-proxies", "127.0.0.1")
	if got := rows(t, data, `SELECT dataset = '', n, approximate FROM usage_uniques ORDER BY dataset`); got != "1 1 1; 0 1 1" {
		t.Errorf("the visitor behind the proxy is not counted: %q", got)
	}
	held := map[string][]byte{"the log": []byte(log)}
	for _, dir := range []string{data, temp} {
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			held[path], err = os.ReadFile(path)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Contains(held[filepath.Join(data, "parvis.db")], []byte("host.example.org")) {
		t.Error("the host is not there: did the test write anything?")
	}
	if !strings.Contains(log, "answered") {
		t.Error("the log says nothing")
	}
	for name, content := range held {
		for _, never := range []string{"canary", "CANARY", "203.0.113", "\xcb\x00\x71\x4d"} {
			if bytes.Contains(content, []byte(never)) {
				t.Errorf("%s holds %q", name, never)
			}
		}
	}
}

// TestPortalsCannotTellVisitorsApart replays the same requests with other addresses, browsers of another version and other
// cookies: the counts are equal, byte for byte.
func TestPortalsCannotTellVisitorsApart(t *testing.T) {
	t.Chdir(t.TempDir())
	data := towns(t)
	for _, level := range []string{"counts", "uniques"} {
		replay := func(agent, network, cookie string) string {
			copied := filepath.Join(t.TempDir(), "data")
			if err := os.CopyFS(copied, os.DirFS(data)); err != nil {
				t.Fatal(err)
			}
			counting(t, copied, func(base string) {
				for i := range 60 {
					path := []string{"/explore/?q=x", "/explore/dataset/towns/table/", "/api/explore/v2.1/catalog/datasets/towns/records", "/api/explore/v2.1/catalog/datasets/towns/exports/csv", "/nowhere"}[i%5]
					ask(t, "GET", base+path, "User-Agent", fmt.Sprintf(agent, i%7), "X-Forwarded-For", fmt.Sprintf(network, i%11), "Cookie", fmt.Sprintf(cookie, i))
				}
			}, "--statistics", level, "--trusted-proxies", "127.0.0.0/8,::1")
			var out strings.Builder
			for _, table := range strings.Split(rows(t, copied, `SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'usage_%' ORDER BY name`), "; ") {
				fmt.Fprintln(&out, table, rows(t, copied, "SELECT * FROM "+table+" ORDER BY 1, 2"))
			}
			return out.String()
		}
		for attempt := range 2 {
			hour := time.Now().Unix() / 3600
			one := replay("Mozilla/5.0 (X11; rv:%d) Firefox/100", "203.0.%d.7", "sessionid=%d")
			other := replay("Mozilla/5.0 (Windows NT 10.0; rv:%d.1) Gecko Firefox/140.0", "2001:db8:%d::9", "csrftoken=%d; x=y")
			if time.Now().Unix()/3600 != hour && attempt == 0 {
				continue // the clock struck
			}
			if one != other || len(one) < 500 {
				t.Errorf("%s: who asked can be seen\n%s\n%s", level, one, other)
			}
			break
		}
	}
}
