package server_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"parvis/internal/server"
)

// FuzzSafeNext looks for an address that leads a browser away from the portal.
func FuzzSafeNext(f *testing.F) {
	for _, seed := range []string{"/", "/a?b=c#d", "//evil", `/\evil`, "https://evil", "http:evil", "javascript:alert(1)", "/%2f%2fevil", "/\t/evil", "http://portal.example/x", "/..//evil", "/%5cevil"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, next, referer string) {
		s := server.New(server.Options{Log: slog.New(slog.DiscardHandler), Metrics: server.NewMetrics(), Privacy: registry(t), URL: "http://portal.example"})
		r := httptest.NewRequest(http.MethodPost, "http://portal.example/x", strings.NewReader(url.Values{"next": {next}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header["Referer"] = []string{referer}
		to := s.SafeNext(r)
		// Browsers take a backslash for a slash, and drop tabs and line breaks.
		plain := strings.NewReplacer(`\`, "/", "\t", "", "\n", "", "\r", "").Replace(to)
		if !strings.HasPrefix(plain, "/") || strings.HasPrefix(plain, "//") || plain != to && strings.ContainsAny(to, "\t\r\n") {
			t.Errorf("%q, %q lead to %q", next, referer, to)
		}
		base, _ := url.Parse("http://portal.example/x")
		if at, err := base.Parse(plain); err != nil || at.Host != "portal.example" {
			t.Errorf("%q leads to %v (%v)", to, at, err)
		}
	})
}

// FuzzUnmask looks for a token that is read though no secret was masked so.
func FuzzUnmask(f *testing.F) {
	f.Add(secret)
	f.Add(masked)
	f.Fuzz(func(t *testing.T, token string) {
		got, ok := server.Unmask(token)
		if ok && (len(got) != 32 || len(token) != 32 && len(token) != 64) {
			t.Errorf("%q is %q", token, got)
		}
		if again, fine := server.Unmask(server.Mask(secret)); ok && (!fine || again != secret) {
			t.Error("masking is no longer undone")
		}
	})
}
