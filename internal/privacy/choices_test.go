package privacy

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// chosen makes a choice with some headers and gives the cookie that a browser sends back.
func chosen(t *testing.T, r *Registry, c Choice, headers ...string) string {
	t.Helper()
	req := asking()
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	if err := r.Choose(w, req, c); err != nil {
		t.Fatal(err)
	}
	pair, _, _ := strings.Cut(w.Header().Get("Set-Cookie"), ";")
	return pair
}

func TestAChoiceIsKept(t *testing.T) {
	r := open(t, with("youtube", "vimeo"))
	for _, c := range []Choice{{}, {Statistics: true}, {Services: []string{"vimeo"}}, {Statistics: true, Services: []string{"vimeo", "youtube"}}} {
		cookie := chosen(t, r, c)
		_, value, _ := strings.Cut(cookie, "=")
		if len(value) >= 100 || cookie != chosen(t, r, c) {
			t.Errorf("%q is too long or says who chose", value)
		}
		got := r.Choices(asking(cookie))
		if !got.Chosen() || got.Objects() == c.Statistics || got.Allows("vimeo") != slices.Contains(c.Services, "vimeo") || got.Allows("youtube") != slices.Contains(c.Services, "youtube") || r.BannerDue(got) {
			t.Errorf("%+v came back as %+v", c, got)
		}
		if !got.Made.Equal(time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)) || !got.Until().Equal(got.Made.AddDate(0, 0, 180)) {
			t.Errorf("made %s, until %s", got.Made, got.Until())
		}
	}
	if err := r.Choose(httptest.NewRecorder(), asking(), Choice{Services: []string{"dailymotion"}}); err == nil {
		t.Error("a service that is off could be allowed")
	}
	many := open(t, with("youtube", "vimeo", "dailymotion"))
	if cookie := chosen(t, many, many.AcceptAll()); len(cookie) > 99+len("cookies_preferences=") {
		t.Errorf("%q is too long", cookie)
	}
}

func TestWhatIsNoChoice(t *testing.T) {
	r := open(t, with("youtube"))
	good := chosen(t, r, r.AcceptAll())
	at := func(when time.Time) *Registry {
		return open(t, func(o *Options) { o.Services = []string{"youtube"}; o.Clock = func() time.Time { return when } })
	}
	refused := func(name string, r *Registry, cookies ...string) {
		t.Helper()
		if c := r.Choices(asking(cookies...)); c.Chosen() || c.Allows("youtube") || c.Objects() || !r.BannerDue(c) {
			t.Errorf("%s: %+v", name, c)
		}
	}
	refused("nothing", r)
	refused("two", r, good, good)
	refused("another secret", open(t, func(o *Options) { o.Services = []string{"youtube"}; o.Secret = []byte(strings.Repeat("k", 32)) }), good)
	for i := len("cookies_preferences="); i < len(good); i++ {
		c := byte('0')
		if good[i] == c {
			c = '1'
		}
		refused("one character flipped", r, good[:i]+string(c)+good[i+1:])
	}
	for _, value := range []string{"", "1", "v1....", "accept", strings.Repeat("a", 4000), "v1.00000000.99999.s1g0.AAAAAAAAAAAAAAAAAAAAAA", `"v1"`, "v1.\x00"} {
		refused(value, r, "cookies_preferences="+value)
	}
	refused("too old", at(noon.Add(181*day)), good)
	refused("of a day to come", at(noon.Add(-day)), good)
	for _, days := range []int{0, 30, 90, 150, 180} {
		later := at(noon.AddDate(0, 0, days))
		if c := later.Choices(asking(good)); !c.Allows("youtube") {
			t.Errorf("after %d days: %+v", days, c)
		}
	}
}

func TestNewPurposesAskAgain(t *testing.T) {
	before := open(t, with("youtube"))
	after := open(t, with("youtube", "vimeo"))
	if c := after.Choices(asking(chosen(t, before, before.AcceptAll()))); !c.Allows("youtube") || c.Allows("vimeo") || !after.BannerDue(c) {
		t.Errorf("a yes before there was Vimeo: %+v", c)
	}
	if c := after.Choices(asking(chosen(t, before, Choice{}))); c.Allows("youtube") || c.Allows("vimeo") || after.BannerDue(c) {
		t.Errorf("a no before there was Vimeo: %+v, asked: %v", c, after.BannerDue(c))
	}
	// The same service, with more that it stores.
	changed := open(t, with("youtube"))
	changed.services[0].Stored = append(changed.services[0].Stored, Stored{Cookie, "new", day})
	if c := changed.Choices(asking(chosen(t, before, before.AcceptAll()))); c.Allows("youtube") || !changed.BannerDue(c) {
		t.Errorf("a yes to what YouTube stored before: %+v", c)
	}
	if c := changed.Choices(asking(chosen(t, before, Choice{}))); c.Allows("youtube") || changed.BannerDue(c) {
		t.Errorf("a no to what YouTube stored before: %+v", c)
	}
	if c := open(t, nil).Choices(asking(chosen(t, before, before.AcceptAll()))); c.Allows("youtube") {
		t.Errorf("a yes to a service that is off now: %+v", c)
	}
}

func TestSignals(t *testing.T) {
	r := open(t, with("youtube"))
	ask := func(cookie string, headers ...string) Choices {
		req := asking()
		if cookie != "" {
			req.Header.Set("Cookie", cookie)
		}
		for i := 0; i+1 < len(headers); i += 2 {
			req.Header.Add(headers[i], headers[i+1])
		}
		return r.Choices(req)
	}
	for _, c := range []struct {
		headers []string
		signal  bool
	}{
		{[]string{"Sec-GPC", "1"}, true}, {[]string{"Sec-GPC", "0"}, false}, {[]string{"Sec-GPC", "true"}, false},
		{[]string{"Sec-GPC", "1,1"}, true}, {[]string{"Sec-GPC", "1", "Sec-GPC", "1"}, true}, {[]string{"Sec-GPC", "11"}, false},
		{[]string{"DNT", "1"}, true}, {[]string{"DNT", "0"}, false}, {[]string{"DNT", "unspecified"}, false}, {nil, false},
	} {
		got := ask("", c.headers...)
		if got.Signal != c.signal || got.Objects() != c.signal || r.BannerDue(got) == c.signal || got.Allows("youtube") {
			t.Errorf("%q: %+v", c.headers, got)
		}
	}
	yes := chosen(t, r, r.AcceptAll())
	if c := ask(yes, "Sec-GPC", "1"); c.Chosen() || c.Allows("youtube") || !c.Objects() || r.BannerDue(c) {
		t.Errorf("a yes before the signal: %+v", c)
	}
	knowing := chosen(t, r, r.AcceptAll(), "Sec-GPC", "1")
	if c := ask(knowing, "Sec-GPC", "1"); !c.Allows("youtube") || c.Objects() || !c.Signal {
		t.Errorf("a yes in spite of the signal: %+v", c)
	}
	if c := ask(knowing); !c.Allows("youtube") {
		t.Errorf("and without it later: %+v", c)
	}
}

func TestBannerOnlyWhereThereIsSomethingToAsk(t *testing.T) {
	r := open(t, nil)
	if r.BannerDue(r.Choices(asking())) {
		t.Error("a banner without any optional service")
	}
}

func TestClasses(t *testing.T) {
	r := open(t, with("youtube", "vimeo"))
	for want, c := range map[string]Choice{
		"accept": r.AcceptAll(), "refuse": r.RefuseAll(Choices{}), "some": {Statistics: true, Services: []string{"vimeo"}},
		"refuse-uncounted": r.RefuseAll(Choices{Signal: true}), "accept-uncounted": {Services: []string{"vimeo", "youtube"}},
	} {
		if got := r.Class(c); got != want {
			t.Errorf("%+v: %s, want %s", c, got, want)
		}
	}
}

func TestReadingChoicesCostsNothingWithoutCookie(t *testing.T) {
	r := open(t, with("youtube"))
	req := asking()
	req.Header = http.Header{"Accept": {"*/*"}, "User-Agent": {"x"}}
	if n := testing.AllocsPerRun(100, func() { r.Choices(req) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
