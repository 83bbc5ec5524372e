package server_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"parvis/internal/account"
	"parvis/internal/fault"
	"parvis/internal/privacy"
	"parvis/internal/privacy/privacytest"
	"parvis/internal/server"
)

// site makes a server around one handler, and gives what it logs.
func site(t *testing.T, h server.Handler) (*httptest.Server, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	s := server.New(server.Options{Log: slog.New(slog.NewTextHandler(&log, nil)), Metrics: server.NewMetrics(), Privacy: registry(t)})
	ts := httptest.NewServer(s.Wrap(s.Security(server.APIPolicy, s.Handle(h, server.JSON)), server.JSON))
	t.Cleanup(ts.Close)
	return ts, &log
}

func registry(t *testing.T) *privacy.Registry { return privacytest.New(t, nil) }

// get asks without the client's own decompression.
func get(t *testing.T, url string, headers ...string) (reply, []byte) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	t.Cleanup(client.CloseIdleConnections)
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{answer.StatusCode, answer.Header}, body
}

// reply is what came back beside the body.
type reply struct {
	StatusCode int
	Header     http.Header
}

// coded is an error that knows its own code, as those of the query language do.
type coded struct{}

func (coded) Error() string         { return "ODSQL query is malformed: x" }
func (coded) Code() string          { return "ODSQLError" }
func (coded) FaultKind() fault.Kind { return fault.Invalid }

func TestFailuresAsAnswers(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		want   string
	}{
		{fault.New(fault.NotFound, "The requested dataset %s does not exist.", "x"), 404, `{"error_code":"NotFoundResource","message":"The requested dataset x does not exist."}`},
		{fmt.Errorf("records of da_1: %w", coded{}), 400, `{"error_code":"ODSQLError","message":"ODSQL query is malformed: x"}`},
		{fault.New(fault.Forbidden, "no"), 403, `{"error_code":"ForbiddenAccess","message":"no"}`},
		{context.DeadlineExceeded, 503, `{"error_code":"ServiceUnavailable",`},
		{errors.New("/secret/path"), 500, `{"error_code":"InternalServerError","message":"Something went wrong`},
		{fault.Wrap(errors.New("x"), fault.Internal, "the engine failed"), 500, `{"error_code":"InternalServerError","message":"Something went wrong`},
	} {
		ts, log := site(t, func(http.ResponseWriter, *http.Request) error { return c.err })
		answer, body := get(t, ts.URL)
		if answer.StatusCode != c.status || !strings.HasPrefix(string(body), c.want) {
			t.Errorf("%v is answered with %d %s", c.err, answer.StatusCode, body)
		}
		if got := answer.Header.Get("Content-Type"); got != "application/json; charset=utf-8" {
			t.Errorf("%v: content type %q", c.err, got)
		}
		if logged := strings.Count(log.String(), "request failed"); (c.status == 500) != (logged == 1) {
			t.Errorf("%v is logged %d times", c.err, logged)
		}
	}
}

func TestPanicIsAnsweredAndLoggedOnce(t *testing.T) {
	ts, log := site(t, func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("ETag", `"x"`)
		panic("boom")
	})
	answer, body := get(t, ts.URL, "Accept-Encoding", "gzip")
	if answer.StatusCode != http.StatusInternalServerError || !strings.Contains(string(body), "InternalServerError") {
		t.Errorf("%d %s", answer.StatusCode, body)
	}
	if answer.Header.Get("ETag") != "" {
		t.Error("the tag of the answer that failed is kept")
	}
	if strings.Count(log.String(), "msg=panic") != 1 {
		t.Errorf("log: %s", log)
	}
}

func TestFailureAfterTheFirstByteBreaksOff(t *testing.T) {
	for _, encoding := range []string{"", "gzip", "zstd"} {
		ts, _ := site(t, func(w http.ResponseWriter, _ *http.Request) error {
			w.Header().Set("Content-Type", "text/csv")
			if _, err := io.WriteString(w, strings.Repeat("a;b\n", 100_000)); err != nil {
				return err
			}
			return fault.New(fault.Unavailable, "too slow")
		})
		r, _ := http.NewRequest(http.MethodGet, ts.URL, nil)
		r.Header.Set("Accept-Encoding", encoding)
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err == nil {
			_, err = io.ReadAll(answer.Body)
			answer.Body.Close()
		}
		if err == nil {
			t.Errorf("%q: half an answer ends as a whole one does", encoding)
		}
	}
}

func TestCookiesAreRefused(t *testing.T) {
	ts, log := site(t, func(w http.ResponseWriter, _ *http.Request) error {
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		_, err := io.WriteString(w, "x")
		return err
	})
	answer, _ := get(t, ts.URL)
	if answer.Header.Get("Set-Cookie") != "" {
		t.Error("a cookie was set")
	}
	if !strings.Contains(log.String(), "cookie refused") {
		t.Error("nobody is told")
	}
}

func TestSecurityHeaders(t *testing.T) {
	ts, _ := site(t, func(http.ResponseWriter, *http.Request) error { return coded{} })
	answer, _ := get(t, ts.URL)
	for name, want := range map[string]string{
		"Content-Security-Policy": server.APIPolicy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Resource-Policy": "cross-origin",
		"Strict-Transport-Security": "",
	} {
		if got := answer.Header.Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	if !strings.Contains(answer.Header.Get("Permissions-Policy"), "geolocation=()") {
		t.Error("no permissions policy")
	}
}

func TestCompression(t *testing.T) {
	long := strings.Repeat("words and more words ", 1000)
	ts, _ := site(t, func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("ETag", `"tag"`)
		w.Header().Set("Content-Type", r.URL.Query().Get("type"))
		if r.URL.Query().Has("kept") {
			server.Serve(w, r, &server.Body{Type: "text/plain", Tag: `"tag"`, Plain: []byte(long)})
			return nil
		}
		if _, err := io.WriteString(w, long[:len(long)/2]); err != nil {
			return err
		}
		if err := http.NewResponseController(w).Flush(); err != nil {
			return err
		}
		_, err := io.WriteString(w, long[len(long)/2:])
		return err
	})
	for _, c := range []struct{ query, accept, coding, tag string }{
		{"?type=text/csv", "gzip", "gzip", `"tag-gzip"`},
		{"?type=text/csv", "gzip, zstd", "zstd", `"tag-zstd"`},
		{"?type=text/csv", "gzip;q=1.0, zstd;q=0.5", "gzip", `"tag-gzip"`},
		{"?type=text/csv", "zstd;q=0, br", "", `"tag"`},
		{"?type=text/csv", "", "", `"tag"`},
		{"?type=application/gzip", "gzip", "", `"tag"`},
		{"?type=application/vnd.apache.parquet", "gzip", "", `"tag"`},
		{"?kept", "zstd", "zstd", `"tag-zstd"`},
		{"?kept", "gzip", "gzip", `"tag-gzip"`},
		{"?kept", "", "", `"tag"`},
	} {
		answer, body := get(t, ts.URL+c.query, "Accept-Encoding", c.accept)
		if got := answer.Header.Get("Content-Encoding"); got != c.coding {
			t.Errorf("%+v: coding %q", c, got)
			continue
		}
		if got := answer.Header.Get("ETag"); got != c.tag {
			t.Errorf("%+v: tag %q", c, got)
		}
		if got := plain(t, c.coding, body); got != long {
			t.Errorf("%+v: %d bytes come back", c, len(got))
		}
		again, _ := get(t, ts.URL+"?kept", "Accept-Encoding", c.accept, "If-None-Match", `W/"other", `+c.tag)
		if again.StatusCode != http.StatusNotModified || again.Header.Get("ETag") != c.tag {
			t.Errorf("%+v: asked again with its tag: %d %s", c, again.StatusCode, again.Header.Get("ETag"))
		}
	}
	if answer, _ := get(t, ts.URL+"?kept", "If-None-Match", `"other"`); answer.StatusCode != http.StatusOK {
		t.Errorf("another tag is answered with %d", answer.StatusCode)
	}
}

func plain(t *testing.T, coding string, body []byte) string {
	t.Helper()
	var r io.Reader = bytes.NewReader(body)
	var err error
	switch coding {
	case "gzip":
		r, err = gzip.NewReader(r)
	case "zstd":
		r, err = zstd.NewReader(r)
	}
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestActor(t *testing.T) {
	find := func(good string, key int64) server.KeyFinder {
		return func(_ context.Context, secret string) (account.Actor, error) {
			if secret != good {
				return account.Anonymous, fault.New(fault.Unauthenticated, "unknown key")
			}
			return account.Actor{Key: key, Everything: true}, nil
		}
	}
	s := server.New(server.Options{Log: slog.New(slog.DiscardHandler), Metrics: server.NewMetrics(), Privacy: registry(t),
		Keys: find("s3cret", 7), Tokens: find("t0ken", 8)})
	for _, c := range []struct {
		header, query string
		key           int64
		refused       bool
	}{
		{"", "", 0, false},
		{"Apikey s3cret", "", 7, false},
		{"ApiKey s3cret", "", 7, false},
		{"apikey  s3cret ", "", 7, false},
		{"", "?limit=1&apikey=s3cret", 7, false},
		{"", "?apikey=", 0, false},
		{"", "?apikey=wrong", 0, true},
		{"Apikey wrong", "", 0, true},
		{"Apikey", "", 0, true},
		{"Bearer abc", "?apikey=s3cret", 0, true},
		{"Bearer t0ken", "", 8, false},
		{"", "?access_token=t0ken", 8, false},
		{"Digest abc", "", 0, true},
		{"Basic abc", "?apikey=s3cret", 7, false},
		{"Basic abc", "", 0, false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/"+c.query, nil)
		if c.header != "" {
			r.Header.Set("Authorization", c.header)
		}
		a, err := s.Actor(httptest.NewRecorder(), r)
		if a.Key != c.key || (err != nil) != c.refused {
			t.Errorf("%+v: %+v, %v", c, a, err)
		}
		if err != nil && fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("%+v: kind of %v", c, err)
		}
	}
}

func TestInnerListener(t *testing.T) {
	m := server.NewMetrics()
	s := server.New(server.Options{Log: slog.New(slog.DiscardHandler), Metrics: m, Privacy: registry(t)})
	mux := http.NewServeMux()
	mux.Handle("GET /a/{id}", s.Handle(func(http.ResponseWriter, *http.Request) error { return nil }, server.JSON))
	s.Wrap(mux, server.JSON).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/a/someone@example.org", nil))
	ready := errors.New("not yet")
	ts := httptest.NewServer(m.Handler(func() error { return ready }))
	defer ts.Close()
	if answer, _ := get(t, ts.URL+"/readyz"); answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("readyz: %d", answer.StatusCode)
	}
	ready = nil
	if answer, _ := get(t, ts.URL+"/readyz"); answer.StatusCode != http.StatusOK {
		t.Errorf("readyz: %d", answer.StatusCode)
	}
	if answer, _ := get(t, ts.URL+"/healthz"); answer.StatusCode != http.StatusOK {
		t.Errorf("healthz: %d", answer.StatusCode)
	}
	_, body := get(t, ts.URL+"/metrics")
	if !strings.Contains(string(body), `parvis_http_requests_total{method="GET",route="GET /a/{id}",status="200"} 1`) {
		t.Errorf("the request is not counted: %s", body)
	}
	if strings.Contains(string(body), "someone") {
		t.Error("what was asked for is in the metrics")
	}
}

// TestLateCookiesAreRefused sets cookies where a look at the header before the answer would not find them.
func TestLateCookiesAreRefused(t *testing.T) {
	for name, h := range map[string]server.Handler{
		"beside an early hint": func(w http.ResponseWriter, _ *http.Request) error {
			w.Header().Set("Set-Cookie", "a=b")
			w.WriteHeader(http.StatusEarlyHints)
			return nil
		},
		"as a trailer": func(w http.ResponseWriter, _ *http.Request) error {
			_, err := io.WriteString(w, "x")
			w.Header().Set(http.TrailerPrefix+"Set-Cookie", "a=b")
			return err
		},
		"after a flush": func(w http.ResponseWriter, _ *http.Request) error {
			if _, err := io.WriteString(w, "x"); err != nil {
				return err
			}
			err := http.NewResponseController(w).Flush()
			w.Header().Add("set-cookie", "a=b")
			return err
		},
	} {
		ts, log := site(t, h)
		r, err := http.NewRequest(http.MethodGet, ts.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		hints := ""
		trace := &httptrace.ClientTrace{Got1xxResponse: func(_ int, h textproto.MIMEHeader) error { hints += h.Get("Set-Cookie"); return nil }}
		answer, err := http.DefaultClient.Do(r.WithContext(httptrace.WithClientTrace(t.Context(), trace)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, answer.Body); err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if hints != "" || answer.Header.Get("Set-Cookie") != "" || answer.Trailer.Get("Set-Cookie") != "" {
			t.Errorf("%s: a cookie gets through", name)
		}
		if !strings.Contains(log.String(), "cookie refused") {
			t.Errorf("%s: nobody is told", name)
		}
	}
}

func TestStrictServersPanicOverCookies(t *testing.T) {
	s := server.New(server.Options{Strict: true, Log: slog.New(slog.DiscardHandler), Metrics: server.NewMetrics(), Privacy: registry(t)})
	w := httptest.NewRecorder()
	s.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		_, _ = io.WriteString(w, "x")
	}), server.JSON).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != http.StatusInternalServerError || w.Header().Get("Set-Cookie") != "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

// LOG-002: what a visitor sent is neither in the log of a panic nor in its answer.
func TestPanicsTellNothingOfTheVisitor(t *testing.T) {
	ts, log := site(t, func(_ http.ResponseWriter, r *http.Request) error {
		if err := r.ParseForm(); err != nil {
			return err
		}
		var nothing *account.Person
		_ = nothing.Email + r.PostFormValue("email")
		return nil
	})
	r, err := http.NewRequest(http.MethodPost, ts.URL+"/api/x?q=canary", strings.NewReader("email=canary@example.org&password=canary"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Cookie", "sessionid=canary; csrftoken=canary")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	if answer.StatusCode != http.StatusInternalServerError || !strings.Contains(log.String(), "msg=panic") {
		t.Fatalf("%d, log %s", answer.StatusCode, log)
	}
	if strings.Contains(log.String(), "canary") || strings.Contains(string(body), "canary") {
		t.Errorf("log: %s\nanswer: %s", log, body)
	}
}
