package terms

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"parvis/internal/db/dbtest"
	"parvis/internal/locale"
	"parvis/internal/privacy"
	"parvis/internal/privacy/privacytest"
	"parvis/internal/server"
	"parvis/internal/web/page"
	"parvis/internal/web/page/pagetest"
)

// counting is a measurement of visits as a portal may have it.
var counting = privacy.Measurement{On: true, RetentionMonths: 25, Threshold: 5, HourlyDays: 90}

// portal is the pages on privacy over a registry of the test's making, and one page beside them, at /explore/.
type portal struct {
	pagetest.Browser
	registry *privacy.Registry
	site     *Site
}

func openTerms(t *testing.T, change func(*privacy.Options)) *portal {
	t.Helper()
	return openIn(t, locale.Options{Fallback: "fr"}, change)
}

func openIn(t *testing.T, o locale.Options, change func(*privacy.Options)) *portal {
	t.Helper()
	locales, err := locale.Load(o)
	if err != nil {
		t.Fatal(err)
	}
	out := &portal{registry: privacytest.New(t, func(o *privacy.Options) {
		o.Operator, o.Languages = "Mairie de Test", locales.Printers()
		if change != nil {
			change(o)
		}
	})}
	ledger, err := privacy.OpenLedger(t.Context(), dbtest.Open(t), out.registry)
	if err != nil {
		t.Fatal(err)
	}
	frame, err := page.New(page.Options{
		Locales: locales, Privacy: out.registry, Title: "Portail de test", URL: "http://portal.example",
		Server: server.New(server.Options{Strict: true,
			Log: slog.New(slog.NewTextHandler(os.Stderr, nil)), Metrics: server.NewMetrics(), Privacy: out.registry, URL: "http://portal.example",
			Lenient: []string{"/i18n/setlang/", page.ChoicesPath, server.ResetPath},
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if out.site, err = New(Options{Frame: frame, Ledger: ledger}); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	out.site.Register(mux)
	mux.Handle("GET /explore/{$}", frame.Handle(out.site.audience))
	out.Browser = pagetest.Browser{Handler: frame.Wrap(frame.Guard(mux))}
	return out
}

func services(names ...string) func(*privacy.Options) {
	return func(o *privacy.Options) { o.Services = names }
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
			answer, text := s.Ask("GET", "/terms/cookies-policy/?lang="+lang, "")
			if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "text/html; charset=utf-8" || answer.Header.Get("Content-Language") != lang {
				t.Errorf("%s %s: %d %v", name, lang, answer.StatusCode, answer.Header)
			}
			twinAnswer, body := s.Ask("GET", "/terms/cookies-policy.json?lang="+lang, "")
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
	_, text := s.Ask("GET", "/terms/cookies-policy/?lang=en", "")
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
	if answer, _ := s.Ask("GET", "/terms/cookies-information", ""); answer.StatusCode != http.StatusMovedPermanently || answer.Header.Get("Location") != "/terms/cookies-policy/" {
		t.Errorf("the other address: %d, %s", answer.StatusCode, answer.Header.Get("Location"))
	}
	if answer, text := s.Ask("GET", "/terms/cookies-policy/?flg=en-gb", ""); answer.Header.Get("Content-Language") != "en" || answer.Header["Set-Cookie"] != nil || !strings.Contains(text, "Service provider") {
		t.Errorf("flg=en-gb: %v", answer.Header)
	}
}

func TestThirdPartiesStandInThePolicyOnlyWhenOn(t *testing.T) {
	_, off := openTerms(t, nil).Ask("GET", "/terms/cookies-policy/?lang=en", "")
	if strings.Contains(off, "YouTube") || strings.Contains(off, "Other sites that may be contacted") {
		t.Error("a service that is off stands in the policy")
	}
	_, on := openTerms(t, services("youtube")).Ask("GET", "/terms/cookies-policy/?lang=en", "")
	for _, want := range []string{"YouTube (Google Ireland Limited)", "VISITOR_INFO1_LIVE", "180 days", "https://policies.google.com/privacy", "www.youtube-nocookie.com", "Videos in descriptions"} {
		if !strings.Contains(on, want) {
			t.Errorf("the policy lacks %q", want)
		}
	}
}

func TestChoicesBySecureCookie(t *testing.T) {
	s := openTerms(t, func(o *privacy.Options) {
		o.Services = []string{"youtube"}
		o.Secure = true
		o.Prefix = privacy.PrefixHost
	})
	c := pagetest.Cookie(t, s.Send("/terms/cookies/", "choice=accept"), "__Host-cookies_preferences")
	if !c.Secure || c.Path != "/" || c.Domain != "" {
		t.Errorf("%s", c)
	}
	_, text := s.Ask("GET", "/terms/cookies-policy/", "")
	for _, name := range []string{"__Host-sessionid", "__Host-csrftoken", "__Host-django_language", "__Host-cookies_preferences"} {
		if !strings.Contains(text, ">"+name+"<") {
			t.Errorf("the policy lacks %s", name)
		}
	}
}

func TestCentre(t *testing.T) {
	plain := openTerms(t, nil)
	if _, text := plain.Ask("GET", "/terms/cookies/?lang=en", ""); !strings.Contains(text, "This portal sets no optional cookie") || strings.Contains(text, `value="accept"`) {
		t.Error("a centre without anything to choose does not say so")
	}
	s := openTerms(t, func(o *privacy.Options) { o.Services = []string{"youtube", "vimeo"}; o.Measurement = counting })
	_, text := s.Ask("GET", "/terms/cookies/?lang=en", "")
	for _, want := range []string{`name="service-youtube" value="no" checked`, `name="service-vimeo" value="no" checked`, `name="statistics" value="yes" checked`, "You have made no choice yet", `value="refuse"`, `value="accept"`, `value="save"`, "csrftoken</code>"} {
		if !strings.Contains(text, want) {
			t.Errorf("the centre lacks %s", want)
		}
	}
	if strings.Contains(text, "csrfmiddlewaretoken") || strings.Contains(text, "data-consent-banner") {
		t.Error("the centre sets csrftoken, or asks twice")
	}
	c := pagetest.Cookie(t, s.Send("/terms/cookies/", "choice=save&service-vimeo=yes&service-youtube=no&statistics=no&lang=en"), "cookies_preferences")
	_, text = s.Ask("GET", "/terms/cookies/?lang=en", "", "Cookie", c.Name+"="+c.Value)
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
		c := pagetest.Cookie(t, s.Send("/terms/cookies/", form), "cookies_preferences")
		req := httptest.NewRequest("GET", "/", nil)
		req.Header.Set("Cookie", c.Name+"="+c.Value)
		got := s.registry.Choices(req)
		words := append(got.Allowed(), map[bool]string{true: "objects", false: "counted"}[got.Objects()])
		if strings.Join(words, " ") != want {
			t.Errorf("%s: %q, want %s", form, words, want)
		}
	}
	cleared := s.Send("/terms/cookies/", "choice=clear&lang=en", "Cookie", c.Name+"="+c.Value)
	if got := pagetest.Cookie(t, cleared, "cookies_preferences"); got.MaxAge >= 0 || got.Value != "" || cleared.StatusCode != 303 {
		t.Errorf("clearing gives %s", got)
	}
	if _, text := s.Ask("GET", strings.TrimSuffix(cleared.Header.Get("Location"), "#said"), ""); !strings.Contains(text, "have been cleared") {
		t.Error("clearing is not told")
	}
}

func TestAudiencePage(t *testing.T) {
	s := openTerms(t, func(o *privacy.Options) { o.Measurement = counting })
	_, text := s.Ask("GET", "/terms/audience-measurement?lang=en", "")
	if rows := tables(t, text); len(rows) != 10 {
		t.Errorf("%d conditions", len(rows))
	}
	for _, want := range []string{`data-policy-hash="` + s.registry.Hash() + `"`, "25 months", "below 5", "90 days", "13 months", `href="/terms/cookies/?lang=en"`} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	_, text = openTerms(t, nil).Ask("GET", "/terms/audience-measurement?lang=en", "")
	if !strings.Contains(text, "This portal counts no visits.") || len(tables(t, text)) > 0 {
		t.Error("a portal that counts nothing does not say so")
	}
}

func TestReset(t *testing.T) {
	s := openTerms(t, nil)
	if answer, text := s.Ask("GET", "/terms/cookies/reset", ""); answer.StatusCode != 200 || answer.Header["Set-Cookie"] != nil || !strings.Contains(text, `method="post" action="/terms/cookies/reset"`) {
		t.Errorf("%d %q", answer.StatusCode, answer.Header["Set-Cookie"])
	}
	answer := s.Send("/terms/cookies/reset", "", "Cookie", "sessionid=x; sessionid=y; "+strings.Repeat("a=b; ", 500))
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
		_, page := s.Ask("GET", map[string]string{"policy": "/terms/cookies-policy/", "centre": "/terms/cookies/", "banner": "/explore/"}[w.What]+"?lang="+w.Language, "")
		if !strings.Contains(page, strings.TrimSpace(w.Text)) {
			t.Errorf("what is archived of the %s in %s is not what a visitor sees", w.What, w.Language)
		}
	}
}

func TestTheSignalIsSaidToBeHonoured(t *testing.T) {
	answer, text := openTerms(t, nil).Ask("GET", "/.well-known/gpc.json", "")
	var support struct {
		GPC        bool
		LastUpdate string
	}
	if err := json.Unmarshal([]byte(text), &support); err != nil || !support.GPC || len(support.LastUpdate) != 10 || answer.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s %v", text, err)
	}
}
