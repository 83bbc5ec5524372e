package privacy

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzChoices looks for a cookie of choices that allows something though the portal never wrote it.
func FuzzChoices(f *testing.F) {
	f.Add("v1.00000000.20000.s1y1.abcdef")
	f.Add("v1.....")
	f.Add(strings.Repeat("v1.", 40))
	r := open(f, func(o *Options) { o.Services = []string{"youtube"} })
	w := httptest.NewRecorder()
	asked := httptest.NewRequest(http.MethodPost, "/", nil)
	if err := r.Choose(w, asked, Choice{Services: []string{"youtube"}, Statistics: true}); err != nil {
		f.Fatal(err)
	}
	good := w.Result().Cookies()[0].Value
	f.Add(good)
	f.Fuzz(func(t *testing.T, value string) {
		req := httptest.NewRequest(http.MethodGet, "/", nil)
		req.Header["Cookie"] = []string{r.Name(Preferences) + "=" + value}
		c := r.Choices(req)
		held, _ := r.Read(req, Preferences)
		if held != good && (c.Chosen() || len(c.Allowed()) > 0) {
			t.Errorf("%q is taken for a choice: %+v", value, c)
		}
		if held == good && !c.Allows("youtube") {
			t.Errorf("the portal's own cookie is not a choice: %+v", c)
		}
	})
}

// FuzzScreen looks for a header that stores something undeclared.
func FuzzScreen(f *testing.F) {
	r := open(f, nil)
	w := httptest.NewRecorder()
	if err := r.Set(w, Language, "fr"); err != nil {
		f.Fatal(err)
	}
	f.Add("Set-Cookie", w.Header().Get("Set-Cookie"))
	f.Add("set-cookie", "a=b")
	f.Add("Trailer:Set-Cookie", "sessionid=x; Path=/")
	f.Add("Set-Cookie", "__Host-django_language=fr; Path=/; Domain=evil.example")
	f.Fuzz(func(t *testing.T, name, line string) {
		h := http.Header{name: {line}}
		r.Screen(h)
		sent := httptest.NewRecorder()
		for n, lines := range h {
			for _, l := range lines {
				sent.Header().Add(n, l)
			}
		}
		for _, c := range sent.Result().Cookies() {
			switch item := r.item(byName(r, c.Name)); {
			case item == nil:
				t.Errorf("%q: %q stores %s", name, line, c.Name)
			case c.Domain != "" || c.Path != "/" || c.Value != "" && !item.Grammar.MatchString(c.Value) || c.SameSite != http.SameSiteLaxMode || c.HttpOnly == item.Readable:
				t.Errorf("%q: %q stores %+v", name, line, c)
			}
		}
	})
}

// byName gives the item that is sent under a name, "" for none.
func byName(r *Registry, name string) ID {
	for _, id := range []ID{Session, Language, CSRF, Preferences} {
		if r.Name(id) == name {
			return id
		}
	}
	return ""
}
