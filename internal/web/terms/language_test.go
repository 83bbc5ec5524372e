package terms

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parvis/internal/locale"
	"parvis/internal/web/page/pagetest"
)

// tongue is the pages in French, English and German.
func tongue(t *testing.T) http.Handler {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "de.po"), []byte("msgid \"Datasets\"\nmsgstr \"Datensätze\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return openIn(t, locale.Options{Fallback: "fr", Enabled: []string{"fr", "en", "de"}, Dir: dir}, nil)
}

// choose sends a choice as the menu of a page does. Headers come in pairs, and may take the place of the browser's.
func choose(t *testing.T, h http.Handler, form url.Values, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://portal.example/i18n/setlang/", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "http://portal.example")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

func to(r *http.Response) string { return r.Header.Get("Location") }

// TestAChoiceIsKept is LANG-001.
func TestAChoiceIsKept(t *testing.T) {
	got := choose(t, tongue(t), form("language", "en", "next", "/explore/"))
	if got.StatusCode != http.StatusFound || to(got) != "/explore/" || len(got.Cookies()) != 1 {
		t.Fatalf("%d to %q, cookies %v", got.StatusCode, to(got), got.Cookies())
	}
	c := got.Cookies()[0]
	if c.Name != "django_language" || c.Value != "en" || c.Path != "/" || c.SameSite != http.SameSiteLaxMode || c.MaxAge != 31_536_000 || !c.HttpOnly || c.Domain != "" {
		t.Errorf("the cookie is %s", c)
	}
}

// TestOnlyAChoiceIsKept is LANG-002, -004 and -009: what is no choice of a language that is spoken stores nothing.
func TestOnlyAChoiceIsKept(t *testing.T) {
	h := tongue(t)
	for _, c := range []struct {
		language string
		headers  []string
		status   int
	}{
		{"xx", nil, 302}, {"", nil, 302}, {"ar", nil, 302}, {"sv", nil, 302}, {"en-gb", nil, 302},
		{"fr\r\nSet-Cookie: x=1", nil, 302}, {"fr; Domain=evil", nil, 302}, {"fr%0d%0aSet-Cookie:%20x=1", nil, 302}, {strings.Repeat("fr", 5000), nil, 302},
		{"en", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, 403},
		{"en", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"en", []string{"Origin", "null"}, 403},
		{"en", []string{"X-CSRFToken", strings.Repeat("a", 64)}, 403},
	} {
		got := choose(t, h, form("language", c.language, "next", "/explore/"), c.headers...)
		if got.StatusCode != c.status || len(got.Header["Set-Cookie"]) > 0 {
			t.Errorf("%.40q %v: %d, %v", c.language, c.headers, got.StatusCode, got.Header["Set-Cookie"])
		}
		if c.status == 302 && to(got) != "/explore/" {
			t.Errorf("%.40q leads to %q", c.language, to(got))
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://portal.example/i18n/setlang/?language=en&next=/explore/", nil))
	if w.Code != http.StatusFound || w.Header().Get("Location") != "/explore/" || len(w.Header()["Set-Cookie"]) > 0 {
		t.Errorf("GET: %d %v", w.Code, w.Header())
	}
}

// TestOneLanguageIsNoChoice offers no menu where the portal speaks one language, and stores nothing.
func TestOneLanguageIsNoChoice(t *testing.T) {
	h := openIn(t, locale.Options{Enabled: []string{"fr"}}, nil)
	_, body, _ := pagetest.Get(t, h, "/explore/")
	if strings.Contains(body, "/i18n/setlang/") || strings.Contains(body, `class="lang"`) {
		t.Error("there is a menu of one language")
	}
	if got := choose(t, h, form("language", "fr", "next", "/explore/")); got.StatusCode != http.StatusFound || len(got.Cookies()) > 0 {
		t.Errorf("%d, cookies %v", got.StatusCode, got.Cookies())
	}
}

// TestWhereAChoiceLeads is LANG-005, -006 and -007.
func TestWhereAChoiceLeads(t *testing.T) {
	h := tongue(t)
	for _, c := range []struct{ next, referer, want string }{
		{"/a?b=c#d", "", "/a?b=c#d"}, {"http://portal.example/a?b=c#d", "", "/a?b=c#d"}, {"//portal.example/a", "", "/a"},
		{"/explore/?q=%C3%A9&lang=fr", "", "/explore/?q=%C3%A9"}, {"/explore/?flg=fr", "", "/explore/"},
		{"", "http://portal.example/x", "/x"}, {"", "https://evil.example/", "/"}, {"", "", "/"}, {"", "http://portal.example/x?lang=fr&page=2", "/x?page=2"},
		{"//evil.example", "http://portal.example/x", "/x"},
	} {
		got := choose(t, h, form("language", "en", "next", c.next), "Referer", c.referer)
		if got.StatusCode != http.StatusFound || to(got) != c.want {
			t.Errorf("next %q from %q: %d to %q, want %q", c.next, c.referer, got.StatusCode, to(got), c.want)
		}
	}
	for _, next := range []string{
		"//evil", "///evil", `/\evil`, `\\evil`, `/\\evil`, `\\\\evil`, "https://evil", "http:evil", "https:///evil", "javascript:alert(1)", "data:text/html,x", " //evil", "\t//evil",
		"\x01//evil", "/%0d%0aSet-Cookie:a=1", "/\r\nSet-Cookie: a=1", "//user@evil", "https://portal.example@evil", "https://portal.example.evil", "//portal.example:81",
		"ftp://portal.example", "[::1", "http://[::1", "", "evil", "//evil%2f@portal.example", "/\t/evil",
	} {
		got := choose(t, h, form("language", "en", "next", next))
		u, err := url.Parse(to(got))
		if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(to(got), "/") || strings.HasPrefix(to(got), "//") || strings.HasPrefix(to(got), `/\`) || strings.ContainsAny(to(got), "\r\n\t") {
			t.Errorf("next %q leads to %q", next, to(got))
		}
		if len(got.Cookies()) != 1 || got.Cookies()[0].Name != "django_language" {
			t.Errorf("next %q: %v", next, got.Header["Set-Cookie"])
		}
	}
}

// TestAChoiceWithoutAPage is LANG-008.
func TestAChoiceWithoutAPage(t *testing.T) {
	h := tongue(t)
	for _, c := range []struct {
		accept, next string
		status       int
	}{
		{"application/json", "", 204}, {"application/json", "/explore/", 302}, {"application/json", "//evil", 302}, {"", "", 302},
		{"text/html", "", 302}, {"image/png, */*;q=0.1", "", 302}, {"application/json;q=1, text/plain", "", 204},
	} {
		got := choose(t, h, form("language", "en", "next", c.next), "Accept", c.accept)
		if got.StatusCode != c.status || len(got.Cookies()) != 1 {
			t.Errorf("Accept %q next %q: %d, cookies %v", c.accept, c.next, got.StatusCode, got.Cookies())
		}
	}
}
