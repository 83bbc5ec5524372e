package privacy

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"parvis/internal/fault"
)

var (
	someSession = strings.Repeat("Ab0_-", 8) + "xyz"
	someToken   = "abcdefghijklmnopqrstuvwxyzABCDEF"
)

func TestSetWritesWhatIsDeclared(t *testing.T) {
	for _, c := range []struct {
		change func(*Options)
		id     ID
		value  string
		want   string
	}{
		{nil, Session, someSession, "sessionid=" + someSession + "; Path=/; HttpOnly; Secure; SameSite=Lax; Expires=Wed, 09 Dec 2026 12:00:00 GMT; Max-Age=1209600"},
		{func(o *Options) { o.Secure = false }, CSRF, someToken, "csrftoken=" + someToken + "; Path=/; SameSite=Lax; Expires=Wed, 24 Nov 2027 12:00:00 GMT; Max-Age=31449600"},
		{func(o *Options) { o.Prefix = PrefixHost }, Language, "pt-br", "__Host-django_language=pt-br; Path=/; HttpOnly; Secure; SameSite=Lax; Expires=Thu, 25 Nov 2027 12:00:00 GMT; Max-Age=31536000"},
	} {
		r, w := open(t, c.change), httptest.NewRecorder()
		if err := r.Set(w, c.id, c.value); err != nil {
			t.Fatal(err)
		}
		if got := w.Header().Values("Set-Cookie"); len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: %q\nwant %q", c.id, got, c.want)
		}
		if removed := r.Screen(w.Header()); removed != nil {
			t.Errorf("what was set is screened out: %s", removed)
		}
		if got := w.Header().Get("Cache-Control"); got != "private, no-store" {
			t.Errorf("an answer with a cookie has Cache-Control %q", got)
		}
	}
}

func TestSetRefusesWhatIsOutsideTheGrammar(t *testing.T) {
	r := open(t, nil)
	for id, values := range map[ID][]string{
		Language:    {"fr;x", "fr\r\nA:b", "fr\n", "\nfr", "FR", "", "fr_FR", strings.Repeat("f", 5000)},
		Session:     {"", "short", someSession + "=", someSession + someSession, "é" + someSession},
		CSRF:        {someToken[1:], someToken + "a", strings.Repeat("-", 32)},
		Preferences: {"v1", "v2.00000000.20000.s0g0.0123456789012345678901", "v1.00000000.20000.s0g0.0123456789012345678901\n"},
	} {
		for _, v := range values {
			w := httptest.NewRecorder()
			err := r.Set(w, id, v)
			if fault.KindOf(err) != fault.Invalid || len(w.Header()) > 0 {
				t.Errorf("%s=%.20q: %v, %v", id, v, err, w.Header())
			}
			if len(v) > 2 && strings.Contains(err.Error(), v) {
				t.Errorf("the message holds the value: %v", err)
			}
		}
	}
	one := open(t, func(o *Options) { o.Languages = o.Languages[:1] })
	w := httptest.NewRecorder()
	if err := one.Set(w, Language, "fr"); fault.KindOf(err) != fault.Internal || len(w.Header()) > 0 {
		t.Errorf("a cookie that is not declared: %v, %v", err, w.Header())
	}
}

func TestTheLastSetCounts(t *testing.T) {
	r, w := open(t, nil), httptest.NewRecorder()
	r.Delete(w, Session)
	if err := r.Set(w, CSRF, someToken); err != nil {
		t.Fatal(err)
	}
	if err := r.Set(w, Session, someSession); err != nil {
		t.Fatal(err)
	}
	got := w.Header().Values("Set-Cookie")
	if len(got) != 2 || !strings.HasPrefix(got[1], "sessionid="+someSession) {
		t.Errorf("%q", got)
	}
}

func TestDelete(t *testing.T) {
	r, w := open(t, nil), httptest.NewRecorder()
	r.Delete(w, Session)
	want := "sessionid=; Path=/; HttpOnly; Secure; SameSite=Lax; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0"
	if got := w.Header().Get("Set-Cookie"); got != want {
		t.Errorf("%q", got)
	}
	if removed := r.Screen(w.Header()); removed != nil || w.Header().Get("Set-Cookie") != want {
		t.Errorf("a deletion is screened out: %s", removed)
	}
}

func TestReadOneGoodCookieOrNone(t *testing.T) {
	r := open(t, nil)
	hosted := open(t, func(o *Options) { o.Prefix = PrefixHost })
	for _, c := range []struct {
		r       *Registry
		cookies []string
		ok, two bool
	}{
		{r, nil, false, false},
		{r, []string{"sessionid=" + someSession}, true, false},
		{r, []string{"a=b", "sessionid=" + someSession, "csrftoken=x"}, true, false},
		{r, []string{"sessionid=" + someSession, "sessionid=" + someSession}, false, true},
		{r, []string{"sessionid=planted", "sessionid=" + someSession}, false, true},
		{r, []string{"sessionid=" + someSession[1:] + "!"}, false, false},
		{r, []string{"sessionid="}, false, false},
		{r, []string{"__Host-sessionid=" + someSession}, false, false},
		{hosted, []string{"sessionid=" + someSession}, false, false},
		{hosted, []string{"__Host-sessionid=" + someSession, "sessionid=x"}, true, false},
		{hosted, []string{"\u2000__Host-sessionid=" + someSession}, false, false},
	} {
		value, ok := c.r.Read(asking(c.cookies...), Session)
		if ok != c.ok || ok && value != someSession || c.r.Repeated(asking(c.cookies...), Session) != c.two {
			t.Errorf("%q: %q, %v", c.cookies, value, ok)
		}
	}
	bomb := make([]string, 3500)
	for i := range bomb {
		bomb[i] = "a=b"
	}
	if _, ok := r.Read(asking(append(bomb, "sessionid="+someSession)...), Session); ok {
		t.Error("a cookie among more than 3,000 is read")
	}
}

func TestScreenTakesAwayWhatIsNotDeclared(t *testing.T) {
	r := open(t, nil)
	good := "sessionid=" + someSession + "; Path=/; HttpOnly; Secure; SameSite=Lax; Expires=Wed, 09 Dec 2026 12:00:00 GMT; Max-Age=1209600"
	for name, line := range map[string]string{
		"no HttpOnly":      strings.Replace(good, "HttpOnly; ", "", 1),
		"no Secure":        strings.Replace(good, "Secure; ", "", 1),
		"SameSite=None":    strings.Replace(good, "Lax", "None", 1),
		"a domain":         good + "; Domain=example.org",
		"another path":     strings.Replace(good, "Path=/", "Path=/x", 1),
		"partitioned":      good + "; Partitioned",
		"a longer life":    strings.Replace(good, "1209600", "1209601", 1),
		"another end":      strings.Replace(good, "09 Dec", "10 Dec", 1),
		"no end":           strings.Replace(good, "Expires=Wed, 09 Dec 2026 12:00:00 GMT; ", "", 1),
		"two ends":         good + "; Expires=Wed, 09 Dec 2026 12:00:00 GMT",
		"no age":           strings.Replace(good, "; Max-Age=1209600", "", 1),
		"two ages":         good + "; Max-Age=1209600",
		"outside grammar":  strings.Replace(good, someSession, "short", 1),
		"too long":         strings.Replace(good, someSession, strings.Repeat("a", 65), 1),
		"undeclared":       strings.Replace(good, "sessionid", "tracker", 1),
		"another case":     strings.Replace(good, "sessionid", "SessionID", 1),
		"a space":          " " + good,
		"no name":          "=" + good,
		"nothing":          "",
		"a line break":     good + "\r\nX: y",
		"a deletion apart": "sessionid=; Path=/; HttpOnly; Secure; SameSite=Lax; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=1",
	} {
		h := http.Header{"Set-Cookie": {line}, "Cache-Control": {"public"}}
		if removed := r.Screen(h); len(removed) != 1 || h["Set-Cookie"] != nil || h.Get("Cache-Control") != "public" {
			t.Errorf("%s: removed %q, stays %q", name, removed, h)
		}
	}
	shuffled := "sessionid=" + someSession + "; samesite=lax; max-age=1209600; SECURE; httponly; path=/; expires=Wed, 09 Dec 2026 12:00:30 GMT"
	h := http.Header{"Set-Cookie": {"tracker=1", shuffled, good, "evil\n=" + someSession}, "set-cookie": {good}, "Trailer:Set-Cookie": {good}, "Set-Cookie2": {good}, "Cache-Control": {"public, max-age=60"}}
	removed := r.Screen(h)
	slices.Sort(removed)
	if got := strings.Join(removed, " "); got != "evil sessionid sessionid sessionid sessionid tracker" || len(h["Set-Cookie"]) != 1 || len(h) != 2 || h.Get("Cache-Control") != "private, no-store" {
		t.Errorf("removed %s, stays %q", got, h)
	}
	for _, name := range removed {
		if strings.Contains(name, someSession) {
			t.Errorf("a value is told: %s", name)
		}
	}
}

func TestScreenCostsNothingWithoutCookies(t *testing.T) {
	r := open(t, nil)
	h := http.Header{"Content-Type": {"text/plain"}, "Etag": {"x"}, "Cache-Control": {"public"}}
	if n := testing.AllocsPerRun(100, func() { r.Screen(h) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
