package front

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"parvis/internal/locale"
	"parvis/internal/web/page/pagetest"
)

// tongue is the public pages in French, English and German.
func tongue(t *testing.T) http.Handler {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "de.po"), []byte("msgid \"Datasets\"\nmsgstr \"Datensätze\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return siteIn(t, fixtures()["full"], "Town", locale.Options{Fallback: "fr", Enabled: []string{"fr", "en", "de"}, Dir: dir})
}

// TestWhichLanguage is LANG-010, -012 and -013: the order of wishes, and what an answer says of it.
func TestWhichLanguage(t *testing.T) {
	h := tongue(t)
	for _, c := range []struct{ target, cookie, accept, want string }{
		{"/explore/", "en", "de", "en"}, {"/explore/", "", "de", "de"}, {"/explore/", "", "", "fr"},
		{"/explore/?lang=de", "en", "fr", "de"}, {"/explore/?flg=en-gb", "", "fr", "en"},
		{"/explore/", "sv", "", "fr"}, {"/explore/", "sv", "en", "en"}, {"/explore/", "ar", "de", "de"}, {"/explore/", `en"`, "", "fr"}, {"/explore/", "en-us", "", "en"},
		{"/nowhere/", "en", "", "en"}, {"/terms/cookies-policy/", "de", "", "de"},
	} {
		r := httptest.NewRequest(http.MethodGet, "http://portal.example"+c.target, nil)
		if c.cookie != "" {
			r.Header.Set("Cookie", "django_language="+c.cookie)
		}
		if c.accept != "" {
			r.Header.Set("Accept-Language", c.accept)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		vary := strings.Join(w.Header().Values("Vary"), ", ")
		if !strings.Contains(w.Body.String(), `<html lang="`+c.want+`"`) || w.Header().Get("Content-Language") != c.want {
			t.Errorf("%s with %q and %q: %s, want %s", c.target, c.cookie, c.accept, w.Header().Get("Content-Language"), c.want)
		}
		if !strings.Contains(vary, "Accept-Language") || !strings.Contains(vary, "Cookie") {
			t.Errorf("%s: Vary is %s", c.target, vary)
		}
		if len(w.Header()["Set-Cookie"]) > 0 {
			t.Errorf("%s with %q: a page that was only read stores %v", c.target, c.cookie, w.Header()["Set-Cookie"])
		}
		kept := strings.Contains(w.Body.String(), "lang="+c.want+`"`) // in a link of the page
		if named := strings.Contains(c.target, "?"); strings.Contains(w.Body.String(), `href="/explore/?lang=`) != named {
			t.Errorf("%s with %q: the language stands in the links of the page: %v", c.target, c.cookie, kept)
		}
	}
}

// TestNoAddressNamesAChoiceThatIsKept keeps lang out of the links of a page whose language the visitor chose anyway.
func TestNoAddressNamesAChoiceThatIsKept(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "http://portal.example/explore/?lang=de", nil)
	r.Header.Set("Cookie", "django_language=de")
	w := httptest.NewRecorder()
	tongue(t).ServeHTTP(w, r)
	if strings.Contains(w.Body.String(), `href="/explore/?lang=`) || strings.Contains(w.Body.String(), `name="lang"`) {
		t.Error("links and forms still name the language")
	}
}

// TestTheMenuOfLanguages is a plain form: buttons that call each language by its own name, marked as of that language.
func TestTheMenuOfLanguages(t *testing.T) {
	_, body, _ := pagetest.Get(t, tongue(t), "/explore/?q=sea&lang=en&page=2")
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	var next string
	for n := range root.Descendants() {
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
		}
		if n.Data == "input" && attr["name"] == "next" {
			next = attr["value"]
		}
		if n.Data == "button" && attr["name"] == "language" {
			if attr["lang"] != attr["value"] || (attr["aria-current"] == "true") != (attr["value"] == "en") {
				t.Errorf("a button has %v", attr)
			}
			names = append(names, n.FirstChild.Data)
		}
		if n.Data == "form" && attr["action"] == "/i18n/setlang/" && attr["method"] != "post" {
			t.Errorf("the form has %v", attr)
		}
	}
	if !slices.Equal(names, []string{"Français", "English", "Deutsch"}) || next != "/explore/?page=2&q=sea" {
		t.Errorf("the menu offers %q and leads to %q", names, next)
	}
	for _, want := range []string{`hreflang="fr" href="http://portal.example/explore/?lang=fr"`, `hreflang="x-default" href="http://portal.example/explore/"`} {
		if !strings.Contains(body, want) {
			t.Errorf("search engines are not told %s", want)
		}
	}
}
