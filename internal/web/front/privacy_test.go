package front

import (
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/db/dbtest"
	"parvis/internal/locale"
	"parvis/internal/privacy"
	"parvis/internal/privacy/privacytest"
	"parvis/internal/server"
	"parvis/internal/web/data"
	"parvis/internal/web/page"
	"parvis/internal/web/page/pagetest"
	"parvis/internal/web/tabs"
	"parvis/internal/web/terms"
)

// counting is a measurement of visits as a portal may have it.
var counting = privacy.Measurement{On: true, RetentionMonths: 25, Threshold: 5, HourlyDays: 90}

// visited is the pages over a small portal whose registry is of the test's making.
type visited struct {
	pagetest.Browser
	registry *privacy.Registry
	portal   data.Portal
	now      time.Time
}

const video = "dQw4w9WgXcQ"

func openTerms(t *testing.T, change func(*privacy.Options)) *visited {
	t.Helper()
	out := &visited{now: time.Now()}
	out.registry = privacytest.New(t, func(o *privacy.Options) {
		o.Operator = "Mairie de Test"
		o.Clock = func() time.Time { return out.now }
		if change != nil {
			change(o)
		}
	})
	locales, err := locale.Load(locale.Options{Fallback: "fr"})
	if err != nil {
		t.Fatal(err)
	}
	ledger, err := privacy.OpenLedger(t.Context(), dbtest.Open(t), out.registry)
	if err != nil {
		t.Fatal(err)
	}
	frame, err := page.New(page.Options{
		Locales: locales, Privacy: out.registry, Title: "Portail de test", URL: "http://portal.example",
		Server: server.New(server.Options{Strict: true,
			Log: slog.New(slog.NewTextHandler(os.Stderr, nil)), Metrics: server.NewMetrics(), Privacy: out.registry, URL: "http://portal.example",
			Lenient: []string{page.ChoicesPath, server.ResetPath},
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	e := &catalog.Entry{}
	e.ID, e.UID = "some.set", "da_abc123"
	e.Metas = dataset.Metas{"default": {"title": "Un jeu", "description": `<p>Premier <img src="https://tracker.example/p.gif"> paragraphe.</p><p>Voir https://youtu.be/` + video +
		` et</p><iframe src="https://player.vimeo.com/video/76979871" title="Un film"></iframe><iframe src="https://www.dailymotion.com/embed/video/x7znrd0"></iframe>`}}
	out.portal = fixture{entries: []*catalog.Entry{e}, total: 1, rows: &data.Rows{}}
	onData := data.New(frame, out.portal)
	site, err := New(Options{Frame: onData})
	if err != nil {
		t.Fatal(err)
	}
	datasets, err := tabs.New(tabs.Options{Frame: onData, API: http.NotFoundHandler()})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	site.Register(mux)
	datasets.Register(mux)
	legal, err := terms.New(terms.Options{Frame: frame, Ledger: ledger})
	if err != nil {
		t.Fatal(err)
	}
	legal.Register(mux)
	out.Browser = pagetest.Browser{Handler: frame.Wrap(frame.Guard(mux))}
	return out
}

func services(names ...string) func(*privacy.Options) {
	return func(o *privacy.Options) { o.Services = names }
}

func TestEveryPageLinksToTheTerms(t *testing.T) {
	s := openTerms(t, services("youtube"))
	for _, target := range []string{"/explore/", "/explore/?q=x", "/explore/dataset/some.set/information/", "/explore/dataset/some.set/table/", "/explore/dataset/some.set/export/",
		"/explore/dataset/some.set/api/", "/terms/cookies-policy/", "/terms/cookies/", "/terms/cookies/reset", "/terms/audience-measurement", "/nowhere/", "/explore/dataset/x/record/0a/"} {
		answer, text := s.Ask("GET", target, "")
		if again, _ := s.Ask("GET", target, ""); again.Header.Get("ETag") != answer.Header.Get("ETag") || again.Header.Get("Last-Modified") != "" {
			t.Errorf("%s tells two visitors apart: %q, %q", target, answer.Header.Get("ETag"), again.Header.Get("ETag"))
		}
		if csp := answer.Header.Get("Content-Security-Policy"); csp != s.registry.CSP() {
			t.Errorf("%s has the policy %q", target, csp)
		}
		_, foot, _ := strings.Cut(text, "<footer")
		for _, to := range []string{`href="/terms/cookies/"`, `href="/terms/cookies-policy/"`} {
			if !strings.Contains(foot, to) {
				t.Errorf("%s (%d) has no %s in its footer", target, answer.StatusCode, to)
			}
		}
		if answer.Header["Set-Cookie"] != nil {
			t.Errorf("%s stores %q", target, answer.Header["Set-Cookie"])
		}
		if strings.Contains(text, " ping=") {
			t.Errorf("%s has a ping attribute", target)
		}
	}
	answer, text := s.Ask("POST", "/terms/cookies/", "choice=accept", "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")
	if answer.StatusCode != 403 || answer.Header["Set-Cookie"] != nil || !strings.Contains(text, `href="/terms/cookies/"`) {
		t.Errorf("a choice from another site: %d, %q", answer.StatusCode, answer.Header["Set-Cookie"])
	}
}

func TestBannerWithoutScript(t *testing.T) {
	if _, text := openTerms(t, nil).Ask("GET", "/explore/?lang=en", ""); strings.Contains(text, "data-consent-banner") {
		t.Error("a banner without anything to ask")
	}
	s := openTerms(t, services("youtube", "vimeo"))
	_, text := s.Ask("GET", "/explore/?q=x&lang=en", "")
	skip, banner, header := strings.Index(text, `class="skip"`), strings.Index(text, "data-consent-banner"), strings.Index(text, "<header")
	if skip < 0 || banner < skip || header < banner {
		t.Errorf("the banner stands at %d, the skip link at %d, the header at %d", banner, skip, header)
	}
	for _, want := range []string{`name="next" value="/explore/?lang=en&amp;q=x"`, `class="btn alt" name="choice" value="refuse"`, `class="btn alt" name="choice" value="accept"`, `class="btn alt" name="choice" value="choose"`, "Google Ireland Limited", "Vimeo.com"} {
		if !strings.Contains(text[banner:header], want) {
			t.Errorf("the banner lacks %s", want)
		}
	}
	for _, choice := range []string{"refuse", "accept"} {
		answer := s.Send("/terms/cookies/", url.Values{"choice": {choice}, "next": {"/explore/?lang=en&q=x"}}.Encode())
		if answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != "/explore/?choices=kept&lang=en&q=x#said" {
			t.Errorf("%s: %d, %s", choice, answer.StatusCode, answer.Header.Get("Location"))
		}
		c := pagetest.Cookie(t, answer, "cookies_preferences")
		if c.Path != "/" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.MaxAge != 15552000 || c.Secure || len(c.Value) >= 100 {
			t.Errorf("%s: %s", choice, c)
		}
		if cc := answer.Header.Get("Cache-Control"); !strings.Contains(cc, "no-store") {
			t.Errorf("%s: Cache-Control %q", choice, cc)
		}
		for _, days := range []int{0, 30, 90, 150} {
			later := s.now
			s.now = s.now.AddDate(0, 0, days)
			again, text := s.Ask("GET", "/explore/?choices=kept&lang=en&q=x", "", "Cookie", c.Name+"="+c.Value)
			if strings.Contains(text, "data-consent-banner") || again.Header["Set-Cookie"] != nil || !strings.Contains(text, `id="said"`) || !strings.Contains(text, "Your choices are kept until") {
				t.Errorf("%s, %d days later: %q", choice, days, again.Header["Set-Cookie"])
			}
			if strings.Contains(text, "choices=kept") {
				t.Errorf("%s: what was told is told again by the links of the page", choice)
			}
			s.now = later
		}
	}
	if answer := s.Send("/terms/cookies/", "choice=choose&next=%2Fexplore%2F&lang=en"); answer.StatusCode != 303 || answer.Header.Get("Location") != "/terms/cookies/?lang=en&next=%2Fexplore%2F" || answer.Header["Set-Cookie"] != nil {
		t.Errorf("choose: %d %s", answer.StatusCode, answer.Header.Get("Location"))
	}
	if answer := s.Send("/terms/cookies/", "choice=accept&next=%2F%2Fevil.example%2F"); strings.Contains(answer.Header.Get("Location"), "evil") {
		t.Errorf("a choice leads to %s", answer.Header.Get("Location"))
	}
	if answer := s.Send("/terms/cookies/", "choice=maybe"); answer.StatusCode != 400 || answer.Header["Set-Cookie"] != nil {
		t.Errorf("no choice: %d", answer.StatusCode)
	}
	for _, bad := range []string{"v1.x", "1", strings.Repeat("a", 4000), "v1.00000000.20000.s1g0.0123456789012345678901"} {
		if answer, text := s.Ask("GET", "/explore/", "", "Cookie", "cookies_preferences="+bad); answer.StatusCode != 200 || !strings.Contains(text, "data-consent-banner") {
			t.Errorf("a planted choice %.40s: %d", bad, answer.StatusCode)
		}
	}
}

func TestSignalsAreHonoured(t *testing.T) {
	s := openTerms(t, func(o *privacy.Options) { o.Services = []string{"youtube"}; o.Measurement = counting })
	for _, c := range []struct {
		headers []string
		signal  bool
	}{{[]string{"Sec-GPC", "1"}, true}, {[]string{"Sec-GPC", "0"}, false}, {[]string{"Sec-GPC", "true"}, false}, {[]string{"Sec-GPC", "1,1"}, true}, {[]string{"DNT", "1"}, true}} {
		for _, target := range []string{"/explore/?lang=en", "/explore/dataset/some.set/information/?lang=en"} {
			answer, text := s.Ask("GET", target, "", c.headers...)
			told := strings.Contains(text, "Your browser asks not to be followed")
			if banner := strings.Contains(text, "data-consent-banner"); banner == c.signal || told != c.signal || strings.Contains(text, "<iframe") {
				t.Errorf("%q %s: banner %v, told %v", c.headers, target, banner, told)
			}
			if vary := strings.Join(answer.Header["Vary"], ","); !strings.Contains(vary, "Sec-GPC") || !strings.Contains(vary, "Cookie") {
				t.Errorf("%s varies by %s", target, vary)
			}
		}
	}
}

func TestMediaWaitForTheVisitor(t *testing.T) {
	s := openTerms(t, services("youtube", "vimeo"))
	const at = "/explore/dataset/some.set/information/"
	csp := func(a *http.Response) string { return a.Header.Get("Content-Security-Policy") }
	answer, text := s.Ask("GET", at+"?lang=en", "")
	if strings.Contains(text, "<iframe") || strings.Contains(text, "<img") || csp(answer) != s.registry.CSP() || strings.Contains(csp(answer), "http") {
		t.Errorf("something would be loaded: %s", csp(answer))
	}
	for _, want := range []string{"Picture on tracker.example", "Video on YouTube", "Video on Vimeo", "Un film", "Video on Dailymotion", `href="https://youtu.be/` + video + `"`, "Premier paragraphe."} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if n := strings.Count(text, "Play here, this once"); n != 2 {
		t.Errorf("%d media can be played: YouTube and Vimeo are on", n)
	}
	play := regexp.MustCompile(`href="([^"]*play=[0-9a-f]{8}[^"]*)#media`).FindStringSubmatch(text)
	if play == nil {
		t.Fatal("nothing to click on")
	}
	target := strings.ReplaceAll(play[1], "&amp;", "&")
	for _, from := range [][]string{nil, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "none"}, {"Sec-Fetch-Site", "same-site"}} {
		if answer, text := s.Ask("GET", target, "", from...); strings.Contains(text, "<iframe") || csp(answer) != s.registry.CSP() {
			t.Errorf("a link from elsewhere (%q) plays", from)
		}
	}
	answer, text = s.Ask("GET", target, "", "Sec-Fetch-Site", "same-origin")
	if !strings.Contains(text, `<iframe src="https://www.youtube-nocookie.com/embed/`+video+`"`) || strings.Count(text, "<iframe") != 1 || csp(answer) != s.registry.CSP("youtube") || answer.Header["Set-Cookie"] != nil {
		t.Errorf("a click plays %d media under %s", strings.Count(text, "<iframe"), csp(answer))
	}
	c := pagetest.Cookie(t, s.Send("/terms/cookies/", "choice=save&service-vimeo=yes"), "cookies_preferences")
	answer, text = s.Ask("GET", at, "", "Cookie", c.Name+"="+c.Value)
	if !strings.Contains(text, `<iframe src="https://player.vimeo.com/video/76979871?dnt=1" title="Un film"`) || strings.Count(text, "<iframe") != 1 || csp(answer) != s.registry.CSP("vimeo") {
		t.Errorf("Vimeo is allowed: %d media under %s", strings.Count(text, "<iframe"), csp(answer))
	}
	if answer, _ := s.Ask("GET", "/explore/", "", "Cookie", c.Name+"="+c.Value); csp(answer) != s.registry.CSP() {
		t.Errorf("a page without media lets in %s", csp(answer))
	}
	off := openTerms(t, nil)
	if _, text := off.Ask("GET", at+"?lang=en", ""); strings.Contains(text, "Play here") || !strings.Contains(text, "Video on YouTube") || !strings.Contains(text, "Open on YouTube") {
		t.Error("without any service there is more or less than a link")
	}
}

func TestHostileMediaStayInert(t *testing.T) {
	s := openTerms(t, services("youtube"))
	e, _, err := s.portal.Dataset(t.Context(), account.Anonymous, "x")
	if err != nil {
		t.Fatal(err)
	}
	for _, description := range []string{
		`<p>x</p><iframe src="https://youtu.be/` + video + `" title="&quot;><script>alert(1)</script>"></iframe>`,
		`<p>x</p><a href="javascript:alert(1)"><img src="https://a.example/" alt="<b>'&quot;"></a>`,
		`<p>x</p>&#xe0f0;0&#xe0f1;<img src="https://a.example/?&quot;onload=alert(1)">`,
		`<p>x</p><svg><use href="https://a.example/#x"/><image href="https://a.example/x.png"/></svg><p style="background:url(https://a.example/)">y</p>`,
		`<iframe src="https://a.example/"></iframe>`, strings.Repeat("<div>", 600) + "deep",
	} {
		e.Metas["default"]["description"] = description
		for _, header := range []string{"same-origin", "none"} {
			answer, text := s.Ask("GET", "/explore/dataset/some.set/information/?lang=en", "", "Sec-Fetch-Site", header)
			if answer.StatusCode != 200 {
				t.Errorf("%.60s: %d", description, answer.StatusCode)
			}
			pagetest.Check(t, description, text)
			if strings.Contains(text, "<script>alert") || strings.Contains(text, "<iframe") || strings.Contains(text, "<img") || strings.Contains(text, "url(") {
				t.Errorf("%.60s: the page is not inert", description)
			}
		}
	}
}
