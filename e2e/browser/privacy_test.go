package browser_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// videoPage is the dataset whose description and rows hold media of other sites.
const videoPage = "/explore/dataset/media/information/"

// mediaFolder writes a dataset whose publisher puts media of other sites wherever they can.
func mediaFolder(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "media")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	description := `<p>Trois films <img src="http://tracker.invalid/p.gif"> et une image.</p>
<p>Voir https://youtu.be/dQw4w9WgXcQ ou:</p><iframe src="https://player.vimeo.com/video/76979871" title="Un film"></iframe>
<iframe src="https://www.dailymotion.com/embed/video/x7znrd0"></iframe><div style="background:url(http://tracker.invalid/b.png)">fond</div>
<svg><use href="http://tracker.invalid/s.svg#x"/><image href="http://tracker.invalid/i.png"/></svg><script src="http://tracker.invalid/x.js"></script>`
	text, err := json.Marshal(map[string]any{
		"dataset_id": "media", "has_records": true,
		"fields": []map[string]any{{"name": "film", "type": "text", "label": "Film", "description": description}},
		"metas":  map[string]any{"default": map[string]any{"title": "Des médias", "description": description}},
	})
	if err != nil {
		t.Fatal(err)
	}
	rows := `{"film":"https://www.youtube.com/watch?v=dQw4w9WgXcQ"}` + "\n" + `{"film":"<img src=http://tracker.invalid/r.gif><iframe src=https://player.vimeo.com/video/76979871></iframe>"}` + "\n"
	for name, content := range map[string]string{"dataset.json": string(text), "records.jsonl": rows} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// profile is a fresh browser profile that notes whom it asks.
type profile struct {
	*testing.T
	tab  context.Context
	base string

	mu    sync.Mutex
	hosts map[string]bool // other than the portal's
}

// fresh opens a new profile.
func fresh(t *testing.T, browser context.Context, base string) *profile {
	t.Helper()
	tab, stop := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(stop)
	tab, stop = context.WithTimeout(tab, 3*time.Minute)
	t.Cleanup(stop)
	p := &profile{T: t, tab: tab, base: base, hosts: map[string]bool{}}
	err := chromedp.Listen(tab, func(event any) {
		if e, ok := event.(*network.EventRequestWillBeSent); ok && !strings.HasPrefix(e.Request.URL, base) && !strings.HasPrefix(e.Request.URL, "data:") {
			u, err := url.Parse(e.Request.URL)
			if err == nil {
				p.mu.Lock()
				p.hosts[u.Scheme+"://"+u.Host] = true
				p.mu.Unlock()
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	p.do(chromedp.EmulateViewport(1280, 900))
	return p
}

func (p *profile) do(actions ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	if err := chromedp.Do(p.tab, actions...); err != nil {
		p.Fatal(err)
	}
}

func (p *profile) open(path string) { p.Helper(); p.do(chromedp.Navigate(p.base + path)) }

// ask evaluates an expression in the page.
func ask[T any](p *profile, expression string) T {
	p.Helper()
	v, err := chromedp.Run(p.tab, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatalf("%s: %v", expression, err)
	}
	return v
}

// press clicks what a selector names and waits for the page that follows.
func (p *profile) press(selector string) {
	p.Helper()
	mark := fmt.Sprint(time.Now().UnixNano())
	ask[bool](p, fmt.Sprintf(`(document.documentElement.dataset.old=%q, document.querySelector(%q).click(), true)`, mark, selector))
	for range 200 {
		ready, err := chromedp.Run(p.tab, chromedp.Evaluate[bool](fmt.Sprintf(`document.readyState=="complete" && document.documentElement.dataset.old!=%q`, mark)))
		if err == nil && ready {
			return
		}
		<-time.After(25 * time.Millisecond)
	}
	p.Fatalf("%s leads nowhere", selector)
}

// jar gives the cookies that the profile has for the portal, by name.
func (p *profile) jar() map[string]*network.Cookie {
	p.Helper()
	got, err := chromedp.Call(p.tab, network.GetCookies, network.GetCookiesParams{})
	if err != nil {
		p.Fatal(err)
	}
	out := map[string]*network.Cookie{}
	for _, c := range got.Cookies {
		out[c.Name] = c
	}
	return out
}

// asked gives the other hosts that were asked.
func (p *profile) asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for h := range p.hosts {
		out = append(out, h)
	}
	slices.Sort(out)
	return out
}

// storages gives everything that the page could have stored beside cookies.
func (p *profile) storages() []string {
	p.Helper()
	return ask[[]string](p, `(async () => { const out = [];
		for (const s of ["localStorage", "sessionStorage"]) for (let i = 0; i < window[s].length; i++) out.push(s + " " + window[s].key(i));
		for (const d of await indexedDB.databases()) out.push("indexedDB " + d.name);
		if (window.caches) for (const k of await caches.keys()) out.push("cache " + k);
		if (navigator.serviceWorker) for (const r of await navigator.serviceWorker.getRegistrations()) out.push("serviceWorker " + r.scope);
		if (window.name) out.push("window.name"); return out })()`)
}

// stored is an item of the policy's twin.
type stored struct {
	Name, Kind, Service string
	Attributes          []string
	MaxAge              int64 `json:"max_age_seconds"`
}

// declared reads the policy's twin.
func declared(t *testing.T, base string) map[string]stored {
	t.Helper()
	answer, err := http.Get(base + "/terms/cookies-policy.json")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	var twin struct{ Items []stored }
	if err := json.Unmarshal(body, &twin); err != nil {
		t.Fatal(err)
	}
	out := map[string]stored{}
	for _, it := range twin.Items {
		out[it.Name] = it
	}
	return out
}

// TestAFirstVisitStoresNothing follows the links of the portal three steps deep, in a fresh profile, in every language.
// Pages with a form that somebody sends are left out, and the one to sign in is left to the end: they need csrftoken,
// and that alone.
func TestAFirstVisitStoresNothing(t *testing.T) {
	browser := chromium(t)
	base := servePortal(t, []string{"demo", mediaFolder(t)}, "--language", "fr").base
	p := fresh(t, browser, base)
	seen := map[string]bool{}
	kinds := map[string]int{}
	level := []string{"/explore/?lang=fr", "/explore/?lang=en", "/explore/?lang=ar", videoPage, "/explore/dataset/media/table/", "/nowhere/", "/terms/cookies/reset"}
	for range 3 {
		var next []string
		for _, path := range level {
			kind := regexp.MustCompile(`[0-9a-f]{40}|=[^&]*|/dataset/[^/]*`).ReplaceAllString(path, "~")
			if seen[path] || kinds[kind] >= 2 || len(seen) >= 120 {
				continue
			}
			seen[path], kinds[kind] = true, kinds[kind]+1
			p.open(path)
			if ask[bool](p, `!!document.querySelector("[data-consent-banner]")`) {
				t.Errorf("%s asks for consent to nothing", path)
			}
			if found := p.storages(); len(found) > 0 {
				t.Errorf("%s stores %q", path, found)
			}
			next = append(next, ask[[]string](p, `[...document.querySelectorAll("a[href]:not([download])")].map(a => new URL(a.href)).filter(u => u.host == location.host && !/^\/(api|login|password|backoffice|account|access-request|reuses\/new|charts\/new)\/|\/report\/$/.test(u.pathname) && !/\.(json|svg|csv|atom)$/.test(u.pathname)).map(u => u.pathname + u.search)`)...)
		}
		level = next
	}
	if len(seen) < 25 {
		t.Errorf("only %d pages were met", len(seen))
	}
	if jar := p.jar(); len(jar) > 0 {
		t.Errorf("the jar holds %v", jar)
	}
	p.open("/login/")
	if jar := p.jar(); len(jar) != 1 || jar["csrftoken"] == nil {
		t.Errorf("after the page to sign in the jar holds %v", jar)
	}
	if asked := p.asked(); len(asked) > 0 {
		t.Errorf("other hosts were asked: %q", asked)
	}
}

// TestOptionalServices holds a portal with video players to what was promised of them.
func TestOptionalServices(t *testing.T) {
	browser := chromium(t)
	portal := servePortal(t, []string{"demo", mediaFolder(t)}, "--services", "youtube,vimeo", "--language", "fr")
	base, output := portal.base, portal.output
	for name, test := range map[string]func(*testing.T, context.Context, string){
		"silence is no consent":             silenceIsNoConsent,
		"consent lets in what was declared": consentLetsInWhatWasDeclared, "a click plays one video once": aClickPlaysOneVideoOnce,
		"the policy blocks what is not declared": thePolicyBlocksWhatIsNotDeclared, "the terms are accessible": termsAreAccessible,
		"the banner by keyboard": bannerByKeyboard, "the terms reflow": termsReflow,
	} {
		t.Run(name, func(t *testing.T) { test(t, browser, base) })
	}
	t.Run("each cookie is as declared", func(t *testing.T) { eachCookieIsAsDeclared(t, browser, base, output) })
}

// eachCookieIsAsDeclared makes the acts that store something, and compares the jar with the policy both ways.
func eachCookieIsAsDeclared(t *testing.T, browser context.Context, base, output string) {
	p := fresh(t, browser, base)
	p.open("/explore/")
	p.press(`form[action="/i18n/setlang/"] button[value="en"]`)
	p.press(`[data-consent-banner] button[value="refuse"]`)
	said, err := os.ReadFile(output)
	if err != nil {
		t.Fatal(err)
	}
	welcome := regexp.MustCompile(`/welcome/\S+`).FindString(string(said))
	if welcome == "" {
		t.Fatalf("no link for the first administrator: %s", said)
	}
	p.open(welcome)
	ask[bool](p, `(document.querySelector("[name=email]").value = "ada@example.org", document.querySelector("[name=password]").value = "four words come to mind", true)`)
	p.press(`main form button`)
	items := declared(t, base)
	jar := p.jar()
	for name, c := range jar {
		it, ok := items[name]
		if !ok || it.Service != "" {
			t.Errorf("the cookie %s is in the jar and not in the policy", name)
			continue
		}
		left := c.Expires - float64(time.Now().UnixMilli())/1000
		if math.Abs(left-float64(it.MaxAge)) > 10 {
			t.Errorf("%s lives %.0f s more, declared are %d", name, left, it.MaxAge)
		}
		attributes := []string{"Path=" + c.Path}
		if c.HTTPOnly {
			attributes = append(attributes, "HttpOnly")
		}
		if c.Secure {
			attributes = append(attributes, "Secure")
		}
		attributes = append(attributes, "SameSite="+string(c.SameSite))
		if fmt.Sprint(attributes) != fmt.Sprint(it.Attributes) {
			t.Errorf("%s has %q, declared are %q", name, attributes, it.Attributes)
		}
	}
	for name, it := range items {
		if it.Service == "" && jar[name] == nil {
			t.Errorf("%s was not stored by the act that stores it: the jar holds %v, the page is %s", name, jar, ask[string](p, `document.title`))
		}
	}
	if asked := p.asked(); len(asked) > 0 {
		t.Errorf("other hosts were asked: %q", asked)
	}
}

// silenceIsNoConsent does what is no answer, and waits.
func silenceIsNoConsent(t *testing.T, browser context.Context, base string) {
	p := fresh(t, browser, base)
	for _, path := range []string{"/explore/", videoPage, "/explore/dataset/media/table/", "/explore/dataset/communes-gpseo/information/", "/terms/cookies-policy/"} {
		p.open(path)
		ask[bool](p, `(scrollTo(0, 99999), true)`)
		p.do(chromedp.KeyEvent(kb.Escape))
	}
	<-time.After(3 * time.Second)
	p.open(videoPage)
	if !ask[bool](p, `!!document.querySelector("[data-consent-banner]")`) {
		t.Error("the question is no longer asked")
	}
	if n := ask[int](p, `document.querySelectorAll("iframe, video, object, embed").length + [...document.querySelectorAll("img, script[src]")].filter(e => new URL(e.src).host !== location.host).length`); n > 0 {
		t.Errorf("the page holds %d things of other sites", n)
	}
	if jar := p.jar(); len(jar) > 0 {
		t.Errorf("the jar holds %v", jar)
	}
	if asked := p.asked(); len(asked) > 0 {
		t.Errorf("other hosts were asked: %q", asked)
	}
}

// consentLetsInWhatWasDeclared accepts in two profiles: the values are the same, and only declared hosts are asked.
func consentLetsInWhatWasDeclared(t *testing.T, browser context.Context, base string) {
	var values []string
	for range 2 {
		p := fresh(t, browser, base)
		p.open(videoPage)
		p.press(`[data-consent-banner] button[value="accept"]`)
		if ask[bool](p, `!!document.querySelector("[data-consent-banner]")`) {
			t.Error("the question is asked again")
		}
		if focus := ask[string](p, `document.activeElement.id`); focus != "said" {
			t.Errorf("the focus is at %q, not at what was done", focus)
		}
		frames := ask[[]string](p, `[...document.querySelectorAll("iframe")].map(f => new URL(f.src).origin)`)
		if fmt.Sprint(frames) != "[https://www.youtube-nocookie.com https://player.vimeo.com]" {
			t.Errorf("frames of %q", frames)
		}
		<-time.After(500 * time.Millisecond)
		if asked := fmt.Sprint(p.asked()); asked != "[https://player.vimeo.com https://www.youtube-nocookie.com]" {
			t.Errorf("asked were %s", asked)
		}
		if c := p.jar()["cookies_preferences"]; c != nil {
			values = append(values, c.Value)
		}
		p.open("/terms/cookies/")
		p.press(`button[value="refuse"]`)
		p.open(videoPage)
		if n := ask[int](p, `document.querySelectorAll("iframe").length`); n > 0 {
			t.Errorf("%d frames after the consent was withdrawn", n)
		}
		if jar := p.jar(); len(jar) != 1 {
			t.Errorf("the jar holds %v", jar)
		}
	}
	if len(values) != 2 || values[0] != values[1] {
		t.Errorf("the values of two visitors differ: %q", values)
	}
}

// aClickPlaysOneVideoOnce clicks on one placeholder.
func aClickPlaysOneVideoOnce(t *testing.T, browser context.Context, base string) {
	p := fresh(t, browser, base)
	p.open(videoPage)
	if n := ask[int](p, `document.querySelectorAll(".media").length`); n != 4 {
		t.Errorf("%d placeholders", n)
	}
	p.press(`.media a.btn[href*="play="]`)
	if frames := ask[[]string](p, `[...document.querySelectorAll("iframe")].map(f => f.src)`); len(frames) != 1 || !strings.HasPrefix(frames[0], "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ") {
		t.Errorf("a click plays %q", frames)
	}
	clicked := ask[string](p, `location.pathname + location.search`)
	if jar := p.jar(); len(jar) > 0 {
		t.Errorf("a click stores %v", jar)
	}
	another := fresh(t, browser, base)
	another.open(clicked)
	if n := ask[int](another, `document.querySelectorAll("iframe").length`); n > 0 || len(another.asked()) > 0 {
		t.Errorf("the address of a click, opened by somebody else, plays %d videos and asks %q", n, another.asked())
	}
}

// thePolicyBlocksWhatIsNotDeclared plants a picture in a page as if every other guard had failed.
func thePolicyBlocksWhatIsNotDeclared(t *testing.T, browser context.Context, base string) {
	var mu sync.Mutex
	var came []string
	tracker := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		came = append(came, r.URL.Path)
	}))
	defer tracker.Close()
	p := fresh(t, browser, base)
	p.open(videoPage)
	blocked := ask[[]string](p, fmt.Sprintf(`new Promise(done => { const seen = []; addEventListener("securitypolicyviolation", e => seen.push(e.effectiveDirective));
		const at = %q; document.body.insertAdjacentHTML("beforeend", '<img src="'+at+'/p.gif"><iframe src="'+at+'/f"></iframe><link rel="stylesheet" href="'+at+'/s.css"><p style="color:red">x</p>');
		const s = document.createElement("script"); s.src = at + "/x.js"; document.body.append(s); fetch(at + "/c").catch(() => {}); setTimeout(() => done(seen), 800) })`, tracker.URL))
	slices.Sort(blocked)
	if got := strings.Join(slices.Compact(blocked), " "); got != "connect-src frame-src img-src script-src-elem style-src-attr style-src-elem" {
		t.Errorf("blocked were %s", got)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(came) > 0 {
		t.Errorf("the other host was asked for %q", came)
	}
}

// termsAreAccessible holds the policy, the choices, the banner and placeholders to what axe-core finds, in every
// appearance.
func termsAreAccessible(t *testing.T, browser context.Context, base string) {
	for _, look := range appearances() {
		t.Run(look.String(), func(t *testing.T) {
			p := fresh(t, browser, base)
			look.wear(t, p.tab)
			for _, path := range []string{videoPage, "/terms/cookies/", "/terms/cookies-policy/", "/terms/audience-measurement", "/terms/cookies/reset", "/explore/"} {
				p.do(chromedp.Navigate(inLanguage(t, base+path, look.lang)))
				accessible(t, p.tab, path)
				look.picture(t, p.tab, path)
			}
		})
	}
}

// bannerByKeyboard answers the banner without a mouse.
func bannerByKeyboard(t *testing.T, browser context.Context, base string) {
	p := fresh(t, browser, base)
	where := func() string {
		return ask[string](p, `(e => e.matches(".skip") ? "skip" : e.closest("[data-consent-banner]") ? e.value || "link" : "beyond")(document.activeElement)`)
	}
	for _, key := range []string{kb.Enter, " "} {
		p.open("/terms/cookies/")
		p.press(`button[value="clear"]`)
		p.open("/terms/cookies-policy/")
		var stops []string
		for len(stops) < 12 && !slices.Contains(stops, "beyond") {
			p.do(chromedp.KeyEvent(kb.Tab))
			stops = append(stops, where())
		}
		if got := strings.Join(stops, " "); got != "skip link link refuse accept choose beyond" {
			t.Fatalf("the stops are %s", got)
		}
		for range 3 {
			p.do(chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift))) // back, by Shift
		}
		if got := where(); got != "refuse" {
			t.Fatalf("three stops back is %s", got)
		}
		p.do(chromedp.KeyEvent(key))
		answered := false
		for range 500 {
			if answered = p.jar()["cookies_preferences"] != nil; answered { // between two pages there is none
				break
			}
			<-time.After(20 * time.Millisecond)
		}
		if !answered {
			t.Errorf("the key %q does not answer", key)
		}
	}
}

// termsReflow shows them in a window of 320 px with the text spaced as WCAG 1.4.12 wants it to be possible.
func termsReflow(t *testing.T, browser context.Context, base string) {
	p := fresh(t, browser, base)
	p.do(chromedp.EmulateViewport(320, 256))
	for _, path := range []string{"/explore/", "/terms/cookies/", "/terms/cookies-policy/", videoPage} {
		p.open(path)
		wide := ask[int](p, `(() => { for (const e of document.querySelectorAll("body *")) { e.style.setProperty("line-height", "1.5", "important"); e.style.setProperty("letter-spacing", ".12em", "important"); e.style.setProperty("word-spacing", ".16em", "important") }
			return document.documentElement.scrollWidth })()`)
		if wide > 320 {
			t.Errorf("%s is %d px wide", path, wide)
		}
		hidden := ask[[]string](p, `[...document.querySelectorAll("main button, .consent button")].filter(b => { const r = b.getBoundingClientRect(); return r.left < 0 || r.right > innerWidth || r.height < 24 }).map(b => b.textContent)`)
		if len(hidden) > 0 {
			t.Errorf("%s: the buttons %q are cut", path, hidden)
		}
	}
}
