package server_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"parvis/internal/account"
	"parvis/internal/account/session"
	"parvis/internal/fault"
	"parvis/internal/server"
)

const (
	secret = "abcdefghijklmnopqrstuvwxyzABCDEF"
	masked = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbcdefghijklmnopqrstuvwxyzABCDEFG"
	other  = "Parvis0123456789Parvis0123456789"
)

func TestTokensAreDjangos(t *testing.T) {
	for token, want := range map[string]string{
		masked: secret,
		"9876543210ZYXWVUTSRQPONMLKJIHGFEO8ordmTTTTTTTTTTyS8bX6DDDDDDDDDD": other,
		secret: secret,
	} {
		if got, ok := server.Unmask(token); !ok || got != want {
			t.Errorf("%s is %q, %t", token, got, ok)
		}
	}
	for _, bad := range []string{"", secret[1:], secret + "a", masked[1:], masked + "a", secret[:31] + "-", secret[:31] + "\x00", secret[:30] + "é", secret[:29] + "٣a"} {
		if got, ok := server.Unmask(bad); ok {
			t.Errorf("%q is taken for %q", bad, got)
		}
	}
	seen := map[string]bool{}
	for range 1000 {
		token := server.Mask(secret)
		if got, ok := server.Unmask(token); !ok || got != secret || seen[token] {
			t.Fatalf("%s unmasks to %q, or came before", token, got)
		}
		seen[token] = true
	}
	if a, b := server.NewSecret(), server.NewSecret(); len(a) != 32 || a == b {
		t.Errorf("secrets %q, %q", a, b)
	}
}

// sessions are some by their identifiers; one that is rotated becomes the one of 43 n.
type sessions map[string]*session.Session

func (s sessions) Find(_ context.Context, id string) (*session.Session, bool, error) {
	return s[id], false, nil
}

func (s sessions) Rotate(context.Context, string) (string, error) {
	return strings.Repeat("n", 43), nil
}

// gate is a server that answers "done" to what gets through.
func gate(t *testing.T, o server.Options) http.Handler {
	t.Helper()
	o.Log, o.Metrics, o.Privacy = slog.New(slog.DiscardHandler), server.NewMetrics(), registry(t)
	if o.URL == "" {
		o.URL = "http://portal.example"
	}
	o.Sessions = sessions{strings.Repeat("s", 43): {Person: &account.Person{ID: 1}, Secret: secret}}
	o.Keys = func(_ context.Context, key string) (account.Actor, error) {
		if key != "k" {
			return account.Anonymous, fault.New(fault.Unauthenticated, "unknown")
		}
		return account.Actor{Key: 1, Everything: true}, nil
	}
	s := server.New(o)
	return s.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "done") }), func(w http.ResponseWriter, _ *http.Request, f server.Failure) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(f.Status)
	})
}

// form is a posted form with the token in its field.
func form(token string) (body io.Reader, kind string) {
	return strings.NewReader(url.Values{"csrfmiddlewaretoken": {token}, "a": {"b"}}.Encode()), "application/x-www-form-urlencoded"
}

func parts(token string) (body io.Reader, kind string) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	_ = m.WriteField("csrfmiddlewaretoken", token) // memory takes it all
	m.Close()
	return &b, m.FormDataContentType()
}

func TestForgedRequestsAreRefused(t *testing.T) {
	const session = "sessionid=sssssssssssssssssssssssssssssssssssssssssss"
	type headers map[string]string
	for name, c := range map[string]struct {
		options server.Options
		method  string
		path    string
		headers headers
		form    func(string) (io.Reader, string)
		field   string
		want    int
	}{
		"nothing at all":            {want: 403},
		"same origin, no cookie":    {headers: headers{"Origin": "http://portal.example"}, want: 403},
		"reading":                   {method: "GET", headers: headers{"Origin": "http://evil.example"}, want: 200},
		"header, bare":              {headers: headers{"Cookie": "csrftoken=" + secret, "X-CSRFToken": secret}, want: 200},
		"header, masked":            {headers: headers{"Cookie": "csrftoken=" + secret, "X-CSRFToken": masked}, want: 200},
		"old cookie of 64":          {headers: headers{"Cookie": "csrftoken=" + masked, "X-CSRFToken": secret}, want: 200},
		"field":                     {headers: headers{"Cookie": "csrftoken=" + secret}, form: form, field: masked, want: 200},
		"field of parts":            {headers: headers{"Cookie": "csrftoken=" + secret}, form: parts, field: masked, want: 200},
		"wrong field, right header": {headers: headers{"Cookie": "csrftoken=" + secret, "X-CSRFToken": secret}, form: form, field: strings.Repeat("x", 64), want: 403},
		"empty field, right header": {headers: headers{"Cookie": "csrftoken=" + secret, "X-CSRFToken": secret}, form: form, want: 200},
		"PUT with header":           {method: "PUT", headers: headers{"Cookie": "csrftoken=" + secret, "X-CSRFToken": secret}, want: 200},
		"PUT with field only":       {method: "PUT", headers: headers{"Cookie": "csrftoken=" + secret}, form: form, field: masked, want: 403},
		"PATCH with field only":     {method: "PATCH", headers: headers{"Cookie": "csrftoken=" + secret}, form: form, field: masked, want: 403},
		"DELETE with header":        {method: "DELETE", headers: headers{"Cookie": "csrftoken=" + secret, "X-CSRFToken": masked}, want: 200},
		"wrong token":               {headers: headers{"Cookie": "csrftoken=" + secret, "X-CSRFToken": other}, want: 403},
		"short token":               {headers: headers{"Cookie": "csrftoken=" + secret, "X-CSRFToken": secret[1:]}, want: 403},
		"cookie twice":              {headers: headers{"Cookie": "csrftoken=" + secret + "; csrftoken=" + secret, "X-CSRFToken": secret}, want: 403},
		"foreign origin":            {headers: headers{"Cookie": "csrftoken=" + secret, "X-CSRFToken": secret, "Origin": "https://evil.example"}, want: 403},
		"no origin at all":          {headers: headers{"Cookie": "csrftoken=" + secret, "X-CSRFToken": secret, "Origin": "null"}, want: 403},
		"other port":                {headers: headers{"Cookie": "csrftoken=" + secret, "X-CSRFToken": secret, "Origin": "http://portal.example:81"}, want: 403},
		"other scheme":              {headers: headers{"Cookie": "csrftoken=" + secret, "X-CSRFToken": secret, "Origin": "https://portal.example"}, want: 403},
		"cross-site":                {headers: headers{"Cookie": "csrftoken=" + secret, "X-CSRFToken": secret, "Sec-Fetch-Site": "cross-site"}, want: 403},
		"same-site":                 {headers: headers{"Cookie": "csrftoken=" + secret, "X-CSRFToken": secret, "Sec-Fetch-Site": "same-site"}, want: 403},
		"typed by hand":             {headers: headers{"Cookie": "csrftoken=" + secret, "X-CSRFToken": secret, "Sec-Fetch-Site": "none"}, want: 200},
		"same-origin":               {headers: headers{"Cookie": "csrftoken=" + secret, "X-CSRFToken": secret, "Sec-Fetch-Site": "same-origin"}, want: 200},
		"signed in":                 {headers: headers{"Cookie": session + "; csrftoken=" + secret, "X-CSRFToken": secret}, want: 200},
		"signed in, planted":        {headers: headers{"Cookie": session + "; csrftoken=" + other, "X-CSRFToken": other}, want: 403},

		"https, nothing":         {options: server.Options{URL: "https://portal.example"}, headers: headers{"Cookie": "csrftoken=" + secret, "X-CSRFToken": secret}, want: 403},
		"https, http referer":    {options: server.Options{URL: "https://portal.example"}, headers: headers{"Cookie": "csrftoken=" + secret, "X-CSRFToken": secret, "Referer": "http://portal.example/"}, want: 403},
		"https, other referer":   {options: server.Options{URL: "https://portal.example"}, headers: headers{"Cookie": "csrftoken=" + secret, "X-CSRFToken": secret, "Referer": "https://evil.example/"}, want: 403},
		"https, damaged referer": {options: server.Options{URL: "https://portal.example"}, headers: headers{"Cookie": "csrftoken=" + secret, "X-CSRFToken": secret, "Referer": "https://[::1"}, want: 403},
		"https, own referer":     {options: server.Options{URL: "https://portal.example"}, headers: headers{"Cookie": "csrftoken=" + secret, "X-CSRFToken": secret, "Referer": "https://portal.example/x"}, want: 200},

		"lenient, same origin": {options: server.Options{Lenient: []string{"/form/"}}, headers: headers{"Origin": "http://portal.example"}, want: 200},
		"lenient, no proof":    {options: server.Options{Lenient: []string{"/form/"}}, want: 403},
		"lenient, cross-site":  {options: server.Options{Lenient: []string{"/form/"}}, headers: headers{"Sec-Fetch-Site": "cross-site"}, want: 403},
		"lenient, wrong token": {options: server.Options{Lenient: []string{"/form/"}}, headers: headers{"Origin": "http://portal.example", "Cookie": "csrftoken=" + secret, "X-CSRFToken": other}, want: 403},
		"lenient, with a key":  {options: server.Options{Lenient: []string{"/form/"}}, path: "/form/?apikey=k", headers: headers{"Sec-Fetch-Site": "cross-site"}, want: 403},
		"exempt":               {options: server.Options{Exempt: []string{"/form/"}}, want: 200},

		"API with a key":            {path: "/api/x", headers: headers{"Authorization": "Apikey k", "Origin": "https://evil.example"}, want: 200},
		"API with key and session":  {path: "/api/x", headers: headers{"Authorization": "Apikey k", "Cookie": session}, want: 200},
		"API with session, token":   {path: "/api/x", headers: headers{"Cookie": session + "; csrftoken=" + secret, "X-CSRFToken": secret}, want: 200},
		"API with session alone":    {path: "/api/x", headers: headers{"Cookie": session}, want: 403},
		"API with session, foreign": {path: "/api/x", headers: headers{"Cookie": session + "; csrftoken=" + secret, "X-CSRFToken": secret, "Sec-Fetch-Site": "cross-site"}, want: 403},
		"API of anybody":            {path: "/api/x", want: 200},
	} {
		h := gate(t, c.options)
		method, path := c.method, c.path
		if method == "" {
			method = http.MethodPost
		}
		if path == "" {
			path = "/form/"
		}
		r := httptest.NewRequest(method, "http://portal.example"+path, nil)
		if c.form != nil {
			body, kind := c.form(c.field)
			r = httptest.NewRequest(method, "http://portal.example"+path, body)
			r.Header.Set("Content-Type", kind)
		}
		for k, v := range c.headers {
			r.Header.Set(k, v)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: %d, want %d (%s)", name, w.Code, c.want, w.Body)
		}
		if c.want != 403 {
			continue
		}
		isAPI := strings.HasPrefix(path, "/api/")
		if kind := w.Header().Get("Content-Type"); isAPI != strings.HasPrefix(kind, "application/json") || isAPI && !strings.HasPrefix(w.Body.String(), `{"detail":`) {
			t.Errorf("%s: refused as %s %s", name, kind, w.Body)
		}
		if strings.Contains(w.Body.String(), secret) {
			t.Errorf("%s: the answer tells the secret", name)
		}
	}
}

func TestFormsAreBounded(t *testing.T) {
	h := gate(t, server.Options{})
	r := httptest.NewRequest(http.MethodPost, "http://portal.example/form/", strings.NewReader("csrfmiddlewaretoken="+strings.Repeat("x", 2<<20)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("2 MB of a form: %d", w.Code)
	}
}

func TestUnsoundCookiesAreRefused(t *testing.T) {
	h := gate(t, server.Options{})
	for name, c := range map[string]struct {
		cookie, path string
		want         int
	}{
		"3,500 cookies":                          {strings.Repeat("a=1; ", 3500), "/", 400},
		"100 kB":                                 {"a=" + strings.Repeat("x", 100_000), "/", 400},
		"name with accents":                      {"sessionidé=1", "/", 400},
		"a space that is none before the prefix": {"\u2000__Host-sessionid=1", "/", 400},
		"value with accents":                     {"town=été", "/", 200},
		"the page that takes them away":          {strings.Repeat("a=1; ", 3500), server.ResetPath, 200},
		"a browser's":                            {"csrftoken=" + secret + "; other=1", "/", 200},
	} {
		r := httptest.NewRequest(http.MethodGet, "http://portal.example"+c.path, nil)
		r.Header.Set("Cookie", c.cookie)
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != c.want {
			t.Errorf("%s: %d, want %d", name, w.Code, c.want)
		}
	}
}

func TestSessionsSayWhoAsks(t *testing.T) {
	good := strings.Repeat("s", 43)
	for name, c := range map[string]struct {
		cookie string
		person bool
	}{
		"none":            {"", false},
		"a session":       {"sessionid=" + good, true},
		"unknown":         {"sessionid=" + strings.Repeat("t", 43), false},
		"twice":           {"sessionid=" + good + "; sessionid=" + good, false},
		"one of another":  {"sessionid=" + strings.Repeat("t", 43) + "; sessionid=" + good, false},
		"no session's id": {"sessionid=a b", false},
	} {
		s := server.New(server.Options{Log: slog.New(slog.DiscardHandler), Metrics: server.NewMetrics(), Privacy: registry(t),
			Sessions: sessions{good: {Person: &account.Person{ID: 9}, Secret: secret}}})
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Cookie", c.cookie)
		v, err := s.Visitor(httptest.NewRecorder(), r)
		if err != nil || v.SignedIn() != c.person || (v.Actor.Person != nil) != c.person {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
	}
}

// TestFormsOutliveAnotherIdentifier sends the form of a page that was open while the session got another identifier,
// since its person's rights had changed: it counts, once, and csrftoken follows.
func TestFormsOutliveAnotherIdentifier(t *testing.T) {
	id, newer, third := strings.Repeat("s", 43), strings.Repeat("n", 43), strings.Repeat("z", 32)
	s := server.New(server.Options{Log: slog.New(slog.DiscardHandler), Metrics: server.NewMetrics(), Privacy: registry(t),
		Sessions: sessions{id: {Person: &account.Person{ID: 9}, Secret: secret, Changed: true}, newer: {Person: &account.Person{ID: 9}, Secret: other}}})
	h := s.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), server.JSON)
	for _, c := range []struct {
		id, token string
		want      int
	}{{id, secret, 200}, {id, other, 200}, {id, third, 403}, {newer, secret, 403}, {newer, other, 200}} {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		r.Header.Set("Cookie", "sessionid="+c.id+"; csrftoken="+c.token)
		r.Header.Set("X-CSRFToken", c.token)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%.1s with %.1s: %d, want %d", c.id, c.token, w.Code, c.want)
		}
		set := strings.Join(w.Header()["Set-Cookie"], "\n")
		if c.id == id && (!strings.Contains(set, "csrftoken="+other) || !strings.Contains(set, "sessionid="+newer)) {
			t.Errorf("the cookies set are %q", set)
		}
	}
}

func TestSafeNext(t *testing.T) {
	s := server.New(server.Options{Log: slog.New(slog.DiscardHandler), Metrics: server.NewMetrics(), Privacy: registry(t), URL: "http://portal.example"})
	ask := func(next, referer string) string {
		r := httptest.NewRequest(http.MethodPost, "http://portal.example/i18n/setlang/", strings.NewReader(url.Values{"next": {next}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Referer", referer)
		return s.SafeNext(r)
	}
	for _, next := range []string{"//evil", "///evil", `/\evil`, `\\evil`, "https://evil", "http:evil", "https:///evil", "javascript:alert(1)", "data:text/html,x",
		" //evil", "\t//evil", "\x01//evil", "/\r\nSet-Cookie:a=1", "/%0d%0aSet-Cookie:a=1", "//user@evil", "https://portal.example@evil", "https://portal.example.evil",
		"//portal.example:81", "ftp://portal.example", "[::1", "", "explore/", `/x\..\\evil`, "/" + strings.Repeat("x", 3000)} {
		if got := ask(next, ""); got != "/" {
			t.Errorf("%q leads to %q", next, got)
		}
		if got := ask(next, "http://portal.example/from?a=b"); got != "/from?a=b" {
			t.Errorf("%q from a page leads to %q", next, got)
		}
		if got := ask(next, "https://evil.example/from"); got != "/" {
			t.Errorf("%q from elsewhere leads to %q", next, got)
		}
	}
	for next, want := range map[string]string{"/a?b=c#d": "/a?b=c#d", "http://portal.example/a?b": "/a?b", "/explore/?q=%C3%A9t%C3%A9": "/explore/?q=%C3%A9t%C3%A9", " /a": "/a"} {
		if got := ask(next, ""); got != want {
			t.Errorf("%q leads to %q", next, got)
		}
	}
}
