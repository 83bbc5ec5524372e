package front

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/db/dbtest"
	"parvis/internal/locale"
	"parvis/internal/privacy"
	"parvis/internal/privacy/privacytest"
	"parvis/internal/server"
	"parvis/internal/web/page"
)

// counting is a measurement of visits as a portal may have it.
var counting = privacy.Measurement{On: true, RetentionMonths: 25, Threshold: 5, HourlyDays: 90}

// terms is the pages over a small portal whose registry is of the test's making.
type terms struct {
	http.Handler
	registry *privacy.Registry
	site     *Site
	now      time.Time
}

const video = "dQw4w9WgXcQ"

func openTerms(t *testing.T, change func(*privacy.Options)) *terms {
	t.Helper()
	out := &terms{now: time.Now()}
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
	if out.site, err = New(Options{Frame: frame, Portal: fixture{entries: []*catalog.Entry{e}, total: 1, rows: &Rows{}}, Ledger: ledger, API: http.NotFoundHandler()}); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	out.site.Register(mux)
	out.Handler = frame.Wrap(frame.Guard(mux))
	return out
}

func services(names ...string) func(*privacy.Options) {
	return func(o *privacy.Options) { o.Services = names }
}

// ask sends a request with pairs of headers and gives the answer and its body.
func (s *terms) ask(method, target, form string, headers ...string) (*http.Response, string) {
	req := httptest.NewRequest(method, target, strings.NewReader(form))
	req.Host = "portal.example"
	if form != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, req)
	return w.Result(), w.Body.String()
}

// send posts a form as a page of the portal does.
func (s *terms) send(target, form string, headers ...string) *http.Response {
	answer, _ := s.ask(http.MethodPost, target, form, append([]string{"Origin", "http://portal.example", "Sec-Fetch-Site", "same-origin"}, headers...)...)
	return answer
}

// cookieOf gives the value that an answer sets.
func cookieOf(t *testing.T, answer *http.Response, name string) *http.Cookie {
	t.Helper()
	for _, c := range answer.Cookies() {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("%d: no cookie %s among %q", answer.StatusCode, name, answer.Header["Set-Cookie"])
	return nil
}

// tables reads the rows of all tables of a page, cells as texts.
func tables(t *testing.T, text string) (rows [][]string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "tr" && n.Parent.Data == "tbody" {
			var row []string
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				var b strings.Builder
				for d := range c.Descendants() {
					if d.Type == html.TextNode {
						b.WriteString(d.Data)
					}
				}
				row = append(row, strings.TrimSpace(b.String()))
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func TestPolicyAndTwinSayTheSame(t *testing.T) {
	for name, change := range map[string]func(*privacy.Options){"plain": nil, "services": services("youtube", "vimeo"), "three days": func(o *privacy.Options) { o.SessionIdle = 72 * time.Hour }} {
		for _, lang := range []string{"fr", "en", "ar"} {
			s := openTerms(t, change)
			answer, text := s.ask("GET", "/terms/cookies-policy/?lang="+lang, "")
			if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "text/html; charset=utf-8" || answer.Header.Get("Content-Language") != lang {
				t.Errorf("%s %s: %d %v", name, lang, answer.StatusCode, answer.Header)
			}
			twinAnswer, body := s.ask("GET", "/terms/cookies-policy.json?lang="+lang, "")
			var twin privacy.Document
			if err := json.Unmarshal([]byte(body), &twin); err != nil || twin.Language != lang || twinAnswer.Header.Get("Content-Language") != lang {
				t.Fatalf("%s %s: %v, %s", name, lang, err, body)
			}
			if !strings.Contains(text, `data-policy-hash="`+twin.Hash+`"`) || twin.Hash != s.registry.Hash() || twin.Portal != "http://portal.example" || twin.Updated == "" {
				t.Errorf("%s %s: the twin is %s of %s, %s", name, lang, twin.Hash, twin.Portal, twin.Updated)
			}
			var rows [][]string
			for _, row := range tables(t, text) {
				if len(row) == 5 {
					rows = append(rows, row)
				}
			}
			if len(rows) != len(twin.Items) || len(rows) < 4 {
				t.Fatalf("%s %s: %d rows and %d items", name, lang, len(rows), len(twin.Items))
			}
			for i, it := range twin.Items {
				want := []string{it.Provider, map[string]string{"ar": it.Function + "، " + it.Location}[lang], it.Name, it.Purpose, it.Duration}
				if lang != "ar" {
					want[1] = it.Function + ", " + it.Location
				}
				if fmt.Sprint(rows[i]) != fmt.Sprint(want) {
					t.Errorf("%s %s: the page has %q, the twin %q", name, lang, rows[i], want)
				}
				if i < 4 && it.Provider != "Mairie de Test" || strings.Contains(text, "Opendatasoft") {
					t.Errorf("%s %s: provider %s", name, lang, it.Provider)
				}
			}
			if name == "three days" && lang == "en" && (!strings.HasPrefix(rows[0][4], "3 days") || twin.Items[0].MaxAge != 3*86400) {
				t.Errorf("the session lives %s, %d s", rows[0][4], twin.Items[0].MaxAge)
			}
			if dir := map[string]string{"ar": "rtl"}[lang]; dir != "" && (!strings.Contains(text, `<html lang="ar" dir="rtl">`) || strings.Count(text, `<code dir="ltr">`) < 4) {
				t.Errorf("%s is not written from right to left, names from left to right", lang)
			}
		}
	}
}

func TestPolicyExplains(t *testing.T) {
	s := openTerms(t, nil)
	_, text := s.ask("GET", "/terms/cookies-policy/?lang=en", "")
	before, _, _ := strings.Cut(text, "<table")
	for _, want := range []string{"necessary", "Statistical cookies", "first-party", "Third-party", "No consent is needed when they are anonymised", `id="what-is-a-cookie"`} {
		if !strings.Contains(before, want) {
			t.Errorf("before the first table there is no %q", want)
		}
	}
	if !regexp.MustCompile(`<h2>[^<]*<bdi>http://portal\.example</bdi></h2>`).MatchString(text) {
		t.Error("no heading names the portal's public address")
	}
	for _, want := range []string{`href="/terms/cookies/?lang=en"`, "Manage cookies", "<caption", `<th scope="col" role="columnheader">Service provider</th><th scope="col" role="columnheader">Function and location</th><th scope="col" role="columnheader">Name</th><th scope="col" role="columnheader">Purpose</th><th scope="col" role="columnheader">Duration</th>`, `<th scope="row" role="rowheader"><code dir="ltr">sessionid`, "Last changed on "} {
		if !strings.Contains(text, want) {
			t.Errorf("the policy lacks %q", want)
		}
	}
	if answer, _ := s.ask("GET", "/terms/cookies-information", ""); answer.StatusCode != http.StatusMovedPermanently || answer.Header.Get("Location") != "/terms/cookies-policy/" {
		t.Errorf("the other address: %d, %s", answer.StatusCode, answer.Header.Get("Location"))
	}
	if answer, text := s.ask("GET", "/terms/cookies-policy/?flg=en-gb", ""); answer.Header.Get("Content-Language") != "en" || answer.Header["Set-Cookie"] != nil || !strings.Contains(text, "Service provider") {
		t.Errorf("flg=en-gb: %v", answer.Header)
	}
}

func TestThirdPartiesStandInThePolicyOnlyWhenOn(t *testing.T) {
	_, off := openTerms(t, nil).ask("GET", "/terms/cookies-policy/?lang=en", "")
	if strings.Contains(off, "YouTube") || strings.Contains(off, "Other sites that may be contacted") {
		t.Error("a service that is off stands in the policy")
	}
	_, on := openTerms(t, services("youtube")).ask("GET", "/terms/cookies-policy/?lang=en", "")
	for _, want := range []string{"YouTube (Google Ireland Limited)", "VISITOR_INFO1_LIVE", "180 days", "https://policies.google.com/privacy", "www.youtube-nocookie.com", "Videos in descriptions"} {
		if !strings.Contains(on, want) {
			t.Errorf("the policy lacks %q", want)
		}
	}
}

func TestEveryPageLinksToTheTerms(t *testing.T) {
	s := openTerms(t, services("youtube"))
	for _, target := range []string{"/explore/", "/explore/?q=x", "/explore/dataset/some.set/information/", "/explore/dataset/some.set/table/", "/explore/dataset/some.set/export/",
		"/explore/dataset/some.set/api/", "/terms/cookies-policy/", "/terms/cookies/", "/terms/cookies/reset", "/terms/audience-measurement", "/nowhere/", "/explore/dataset/x/record/0a/"} {
		answer, text := s.ask("GET", target, "")
		if again, _ := s.ask("GET", target, ""); again.Header.Get("ETag") != answer.Header.Get("ETag") || again.Header.Get("Last-Modified") != "" {
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
	answer, text := s.ask("POST", "/terms/cookies/", "choice=accept", "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")
	if answer.StatusCode != 403 || answer.Header["Set-Cookie"] != nil || !strings.Contains(text, `href="/terms/cookies/"`) {
		t.Errorf("a choice from another site: %d, %q", answer.StatusCode, answer.Header["Set-Cookie"])
	}
}

func TestBannerWithoutScript(t *testing.T) {
	if _, text := openTerms(t, nil).ask("GET", "/explore/?lang=en", ""); strings.Contains(text, "data-consent-banner") {
		t.Error("a banner without anything to ask")
	}
	s := openTerms(t, services("youtube", "vimeo"))
	_, text := s.ask("GET", "/explore/?q=x&lang=en", "")
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
		answer := s.send("/terms/cookies/", url.Values{"choice": {choice}, "next": {"/explore/?lang=en&q=x"}}.Encode())
		if answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != "/explore/?choices=kept&lang=en&q=x#said" {
			t.Errorf("%s: %d, %s", choice, answer.StatusCode, answer.Header.Get("Location"))
		}
		c := cookieOf(t, answer, "cookies_preferences")
		if c.Path != "/" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.MaxAge != 15552000 || c.Secure || len(c.Value) >= 100 {
			t.Errorf("%s: %s", choice, c)
		}
		if cc := answer.Header.Get("Cache-Control"); !strings.Contains(cc, "no-store") {
			t.Errorf("%s: Cache-Control %q", choice, cc)
		}
		for _, days := range []int{0, 30, 90, 150} {
			later := s.now
			s.now = s.now.AddDate(0, 0, days)
			again, text := s.ask("GET", "/explore/?choices=kept&lang=en&q=x", "", "Cookie", c.Name+"="+c.Value)
			if strings.Contains(text, "data-consent-banner") || again.Header["Set-Cookie"] != nil || !strings.Contains(text, `id="said"`) || !strings.Contains(text, "Your choices are kept until") {
				t.Errorf("%s, %d days later: %q", choice, days, again.Header["Set-Cookie"])
			}
			if strings.Contains(text, "choices=kept") {
				t.Errorf("%s: what was told is told again by the links of the page", choice)
			}
			s.now = later
		}
	}
	if answer := s.send("/terms/cookies/", "choice=choose&next=%2Fexplore%2F&lang=en"); answer.StatusCode != 303 || answer.Header.Get("Location") != "/terms/cookies/?lang=en&next=%2Fexplore%2F" || answer.Header["Set-Cookie"] != nil {
		t.Errorf("choose: %d %s", answer.StatusCode, answer.Header.Get("Location"))
	}
	if answer := s.send("/terms/cookies/", "choice=accept&next=%2F%2Fevil.example%2F"); strings.Contains(answer.Header.Get("Location"), "evil") {
		t.Errorf("a choice leads to %s", answer.Header.Get("Location"))
	}
	if answer := s.send("/terms/cookies/", "choice=maybe"); answer.StatusCode != 400 || answer.Header["Set-Cookie"] != nil {
		t.Errorf("no choice: %d", answer.StatusCode)
	}
	for _, bad := range []string{"v1.x", "1", strings.Repeat("a", 4000), "v1.00000000.20000.s1g0.0123456789012345678901"} {
		if answer, text := s.ask("GET", "/explore/", "", "Cookie", "cookies_preferences="+bad); answer.StatusCode != 200 || !strings.Contains(text, "data-consent-banner") {
			t.Errorf("a planted choice %.40s: %d", bad, answer.StatusCode)
		}
	}
}

func TestChoicesBySecureCookie(t *testing.T) {
	s := openTerms(t, func(o *privacy.Options) {
		o.Services = []string{"youtube"}
		o.Secure = true
		o.Prefix = privacy.PrefixHost
	})
	c := cookieOf(t, s.send("/terms/cookies/", "choice=accept"), "__Host-cookies_preferences")
	if !c.Secure || c.Path != "/" || c.Domain != "" {
		t.Errorf("%s", c)
	}
	_, text := s.ask("GET", "/terms/cookies-policy/", "")
	for _, name := range []string{"__Host-sessionid", "__Host-csrftoken", "__Host-django_language", "__Host-cookies_preferences"} {
		if !strings.Contains(text, ">"+name+"<") {
			t.Errorf("the policy lacks %s", name)
		}
	}
}

func TestCentre(t *testing.T) {
	plain := openTerms(t, nil)
	if _, text := plain.ask("GET", "/terms/cookies/?lang=en", ""); !strings.Contains(text, "This portal sets no optional cookie") || strings.Contains(text, `value="accept"`) {
		t.Error("a centre without anything to choose does not say so")
	}
	s := openTerms(t, func(o *privacy.Options) { o.Services = []string{"youtube", "vimeo"}; o.Measurement = counting })
	_, text := s.ask("GET", "/terms/cookies/?lang=en", "")
	for _, want := range []string{`name="service-youtube" value="no" checked`, `name="service-vimeo" value="no" checked`, `name="statistics" value="yes" checked`, "You have made no choice yet", `value="refuse"`, `value="accept"`, `value="save"`, "csrftoken</code>"} {
		if !strings.Contains(text, want) {
			t.Errorf("the centre lacks %s", want)
		}
	}
	if strings.Contains(text, "csrfmiddlewaretoken") || strings.Contains(text, "data-consent-banner") {
		t.Error("the centre sets csrftoken, or asks twice")
	}
	c := cookieOf(t, s.send("/terms/cookies/", "choice=save&service-vimeo=yes&service-youtube=no&statistics=no&lang=en"), "cookies_preferences")
	_, text = s.ask("GET", "/terms/cookies/?lang=en", "", "Cookie", c.Name+"="+c.Value)
	for _, want := range []string{`name="service-youtube" value="no" checked`, `name="service-vimeo" value="yes" checked`, `name="statistics" value="no" checked`, "Your choices of "} {
		if !strings.Contains(text, want) {
			t.Errorf("after choosing, the centre lacks %s", want)
		}
	}
	req := httptest.NewRequest("GET", "/", nil)
	req.Header.Set("Cookie", c.Name+"="+c.Value)
	if got := s.registry.Choices(req); !got.Objects() || !got.Allows("vimeo") || got.Allows("youtube") {
		t.Errorf("%+v", got)
	}
	// All at once, by the form of the centre and by that of the banner, which says nothing of statistics.
	for form, want := range map[string]string{"choice=accept&statistics=no": "youtube vimeo counted", "choice=refuse&statistics=yes": "objects", "choice=accept": "youtube vimeo counted", "choice=refuse": "counted"} {
		c := cookieOf(t, s.send("/terms/cookies/", form), "cookies_preferences")
		req := httptest.NewRequest("GET", "/", nil)
		req.Header.Set("Cookie", c.Name+"="+c.Value)
		got := s.registry.Choices(req)
		words := append(got.Allowed(), map[bool]string{true: "objects", false: "counted"}[got.Objects()])
		if strings.Join(words, " ") != want {
			t.Errorf("%s: %q, want %s", form, words, want)
		}
	}
	cleared := s.send("/terms/cookies/", "choice=clear&lang=en", "Cookie", c.Name+"="+c.Value)
	if got := cookieOf(t, cleared, "cookies_preferences"); got.MaxAge >= 0 || got.Value != "" || cleared.StatusCode != 303 {
		t.Errorf("clearing gives %s", got)
	}
	if _, text := s.ask("GET", strings.TrimSuffix(cleared.Header.Get("Location"), "#said"), ""); !strings.Contains(text, "have been cleared") {
		t.Error("clearing is not told")
	}
}

func TestSignalsAreHonoured(t *testing.T) {
	s := openTerms(t, func(o *privacy.Options) { o.Services = []string{"youtube"}; o.Measurement = counting })
	for _, c := range []struct {
		headers []string
		signal  bool
	}{{[]string{"Sec-GPC", "1"}, true}, {[]string{"Sec-GPC", "0"}, false}, {[]string{"Sec-GPC", "true"}, false}, {[]string{"Sec-GPC", "1,1"}, true}, {[]string{"DNT", "1"}, true}} {
		for _, target := range []string{"/explore/?lang=en", "/explore/dataset/some.set/information/?lang=en"} {
			answer, text := s.ask("GET", target, "", c.headers...)
			told := strings.Contains(text, "Your browser asks not to be followed")
			if banner := strings.Contains(text, "data-consent-banner"); banner == c.signal || told != c.signal || strings.Contains(text, "<iframe") {
				t.Errorf("%q %s: banner %v, told %v", c.headers, target, banner, told)
			}
			if vary := strings.Join(answer.Header["Vary"], ","); !strings.Contains(vary, "Sec-GPC") || !strings.Contains(vary, "Cookie") {
				t.Errorf("%s varies by %s", target, vary)
			}
		}
	}
	answer, text := s.ask("GET", "/.well-known/gpc.json", "")
	var support struct {
		GPC        bool
		LastUpdate string
	}
	if err := json.Unmarshal([]byte(text), &support); err != nil || !support.GPC || len(support.LastUpdate) != 10 || answer.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s %v", text, err)
	}
}

func TestMediaWaitForTheVisitor(t *testing.T) {
	s := openTerms(t, services("youtube", "vimeo"))
	const at = "/explore/dataset/some.set/information/"
	csp := func(a *http.Response) string { return a.Header.Get("Content-Security-Policy") }
	answer, text := s.ask("GET", at+"?lang=en", "")
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
		if answer, text := s.ask("GET", target, "", from...); strings.Contains(text, "<iframe") || csp(answer) != s.registry.CSP() {
			t.Errorf("a link from elsewhere (%q) plays", from)
		}
	}
	answer, text = s.ask("GET", target, "", "Sec-Fetch-Site", "same-origin")
	if !strings.Contains(text, `<iframe src="https://www.youtube-nocookie.com/embed/`+video+`"`) || strings.Count(text, "<iframe") != 1 || csp(answer) != s.registry.CSP("youtube") || answer.Header["Set-Cookie"] != nil {
		t.Errorf("a click plays %d media under %s", strings.Count(text, "<iframe"), csp(answer))
	}
	c := cookieOf(t, s.send("/terms/cookies/", "choice=save&service-vimeo=yes"), "cookies_preferences")
	answer, text = s.ask("GET", at, "", "Cookie", c.Name+"="+c.Value)
	if !strings.Contains(text, `<iframe src="https://player.vimeo.com/video/76979871?dnt=1" title="Un film"`) || strings.Count(text, "<iframe") != 1 || csp(answer) != s.registry.CSP("vimeo") {
		t.Errorf("Vimeo is allowed: %d media under %s", strings.Count(text, "<iframe"), csp(answer))
	}
	if answer, _ := s.ask("GET", "/explore/", "", "Cookie", c.Name+"="+c.Value); csp(answer) != s.registry.CSP() {
		t.Errorf("a page without media lets in %s", csp(answer))
	}
	off := openTerms(t, nil)
	if _, text := off.ask("GET", at+"?lang=en", ""); strings.Contains(text, "Play here") || !strings.Contains(text, "Video on YouTube") || !strings.Contains(text, "Open on YouTube") {
		t.Error("without any service there is more or less than a link")
	}
}

func TestHostileMediaStayInert(t *testing.T) {
	s := openTerms(t, services("youtube"))
	e, _, err := s.site.portal.Dataset(t.Context(), account.Anonymous, "x")
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
			answer, text := s.ask("GET", "/explore/dataset/some.set/information/?lang=en", "", "Sec-Fetch-Site", header)
			if answer.StatusCode != 200 {
				t.Errorf("%.60s: %d", description, answer.StatusCode)
			}
			check(t, description, text)
			if strings.Contains(text, "<script>alert") || strings.Contains(text, "<iframe") || strings.Contains(text, "<img") || strings.Contains(text, "url(") {
				t.Errorf("%.60s: the page is not inert", description)
			}
		}
	}
}

func TestAudiencePage(t *testing.T) {
	s := openTerms(t, func(o *privacy.Options) { o.Measurement = counting })
	_, text := s.ask("GET", "/terms/audience-measurement?lang=en", "")
	if rows := tables(t, text); len(rows) != 10 {
		t.Errorf("%d conditions", len(rows))
	}
	for _, want := range []string{`data-policy-hash="` + s.registry.Hash() + `"`, "25 months", "below 5", "90 days", "13 months", `href="/terms/cookies/?lang=en"`} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	_, text = openTerms(t, nil).ask("GET", "/terms/audience-measurement?lang=en", "")
	if !strings.Contains(text, "This portal counts no visits.") || len(tables(t, text)) > 0 {
		t.Error("a portal that counts nothing does not say so")
	}
}

func TestReset(t *testing.T) {
	s := openTerms(t, nil)
	if answer, text := s.ask("GET", "/terms/cookies/reset", ""); answer.StatusCode != 200 || answer.Header["Set-Cookie"] != nil || !strings.Contains(text, `method="post" action="/terms/cookies/reset"`) {
		t.Errorf("%d %q", answer.StatusCode, answer.Header["Set-Cookie"])
	}
	answer := s.send("/terms/cookies/reset", "", "Cookie", "sessionid=x; sessionid=y; "+strings.Repeat("a=b; ", 500))
	if answer.StatusCode != 303 || answer.Header.Get("Location") != "/terms/cookies-policy/" {
		t.Errorf("%d %s", answer.StatusCode, answer.Header.Get("Location"))
	}
	got := strings.Join(answer.Header["Set-Cookie"], "\n")
	for _, name := range []string{"sessionid", "django_language", "csrftoken", "cookies_preferences"} {
		if strings.Count(got, name+"=; ") != 2 || !regexp.MustCompile(name+`=; Path=/;.*Max-Age=0(\n|$)`).MatchString(got) || !regexp.MustCompile(name+`=; .*Max-Age=0; Domain=portal\.example`).MatchString(got) {
			t.Errorf("%s is not taken away: %s", name, got)
		}
	}
}

func TestWhatIsShownIsArchived(t *testing.T) {
	s := openTerms(t, services("youtube"))
	for range 2 {
		if err := s.site.Archive(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	list, err := s.site.ledger.Wordings(t.Context(), s.registry.Hash())
	if err != nil || len(list) != 9 {
		t.Fatalf("%d wordings, %v", len(list), err)
	}
	for _, w := range list {
		_, page := s.ask("GET", map[string]string{"policy": "/terms/cookies-policy/", "centre": "/terms/cookies/", "banner": "/explore/"}[w.What]+"?lang="+w.Language, "")
		if !strings.Contains(page, strings.TrimSpace(w.Text)) {
			t.Errorf("what is archived of the %s in %s is not what a visitor sees", w.What, w.Language)
		}
	}
}
