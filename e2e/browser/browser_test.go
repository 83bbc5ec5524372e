// Package browser_test opens the pages of the demo portal in headless Chromium, wide and at 360 px, and holds what a visitor may rely on:
// nothing is asked of another host, nothing is stored, nothing scrolls sideways, nothing is reported on the console, and
// axe-core finds nothing wrong.
package browser_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// pages are the addresses that are opened.
var pages = []string{
	"/", "/explore/", "/explore/?q=limay", "/explore/?q=communes", "/explore/?q=nothing-is-called-so", "/explore/?refine.theme=Territoire",
	"/explore/dataset/communes-gpseo/information/", "/explore/dataset/communes-gpseo/table/",
	"/explore/dataset/communes-gpseo/table/?where=population+%3E+10000", "/explore/dataset/communes-gpseo/table/?where=population+%3E",
	"/explore/dataset/communes-gpseo/export/", "/explore/dataset/communes-gpseo/export/csv/", "/explore/dataset/communes-gpseo/api/",
	"/explore/dataset/pays-du-monde/map/", "/explore/dataset/gares-allemagne/map/?lat=x&lon=1&km=2", "/explore/embed/dataset/seismes-une-semaine/map/?color=magnitude",
	"/explore/dataset/jours-feries/calendar/?month=2026-05", "/explore/embed/dataset/seismes-une-semaine/calendar/", "/explore/dataset/communes-gpseo/analyze/", "/explore/dataset/meteo-seattle/analyze/?by=temps&kind=stacked&fn=count", "/explore/embed/dataset/meteo-seattle/analyze/?kind=range",
	"/explore/dataset/communes-gpseo/versions/", "/explore/embed/dataset/communes-gpseo/table/", "/explore/dataset/communes-gpseo/table/column/population_municipale/?from=x", "/explore/dataset/communes-gpseo/table/?column=commune&column=tranche&view=cards",
	"/explore/dataset/globes/images/", "/explore/embed/dataset/globes/images/?q=africa", "/explore/dataset/globes/table/", "/explore/dataset/pays-du-monde/information/", "/explore/dataset/communes-ile-de-france/table/?page=3&sort=nom",
	"/explore/dataset/gares-allemagne/table/?where=population+%3E+1&q=hamburg", "/explore/dataset/does-not-exist/information/", "/terms/cookies-policy/", "/stats/", "/stats/dataset/communes-gpseo/", "/api/explore/v2.1/console", "/terms/cookies/", "/terms/audience-measurement",
}

func TestPages(t *testing.T) {
	browser := chromium(t)
	base := serveDemo(t)
	for _, look := range appearances() {
		t.Run(look.String(), func(t *testing.T) {
			t.Parallel()
			tab, stop := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
			defer stop()
			tab, stop = context.WithTimeout(tab, 10*time.Minute)
			defer stop()
			wrong := watch(t, tab, base)
			look.wear(t, tab)
			for _, path := range pages {
				t.Run(path, func(t *testing.T) {
					visit(t, tab, base+path, look)
					for _, w := range wrong() {
						t.Error(w)
					}
					look.picture(t, tab, path)
				})
			}
		})
	}
}

// chromium starts a browser, which ends with the test.
func chromium(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("skipped: there is no chromium on this machine (apt-get install chromium); CI installs it")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	browser, stop := chromedp.NewContext(allocator)
	t.Cleanup(stop)
	if err := chromedp.Do(browser); err != nil {
		t.Fatal(err)
	}
	return browser
}

// watch collects what a tab does that no page may do; the function gives what came since it was last called.
func watch(t *testing.T, tab context.Context, base string) func() []string {
	t.Helper()
	var mu sync.Mutex
	var wrong []string
	add := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		wrong = append(wrong, fmt.Sprintf(format, args...))
	}
	err := chromedp.Listen(tab, func(event any) {
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			if u := e.Request.URL; !strings.HasPrefix(u, base) && !strings.HasPrefix(u, "data:") {
				add("a request to another host: %s", u)
			}
		case *runtime.EventConsoleAPICalled:
			add("on the console: %s", e.Type)
		case *runtime.EventExceptionThrown:
			add("an exception: %s", e.ExceptionDetails.Text)
		case *network.EventLoadingFailed:
			if e.BlockedReason != "" {
				add("blocked by policy: %s", e.BlockedReason)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		out := wrong
		wrong = nil
		return out
	}
}

// visit opens a page and checks what it says of itself, that nothing is stored, and what axe-core says.
func visit(t *testing.T, tab context.Context, address string, look appearance) {
	t.Helper()
	if err := chromedp.Do(tab, chromedp.Navigate(inLanguage(t, address, look.lang))); err != nil {
		t.Fatal(err)
	}
	state, err := chromedp.Run(tab, chromedp.Evaluate[struct {
		Headings, Stored int
		Lang, Title      string
	}](`({Headings: document.querySelectorAll("h1").length, Stored: localStorage.length + sessionStorage.length,
		Lang: document.documentElement.lang, Title: document.title})`))
	if err != nil {
		t.Fatal(err)
	}
	cookies, err := chromedp.Call(tab, network.GetCookies, network.GetCookiesParams{})
	if err != nil {
		t.Fatal(err)
	}
	if state.Headings != 1 {
		t.Errorf("%d h1", state.Headings)
	}
	if state.Lang != look.lang {
		t.Errorf("lang is %q", state.Lang)
	}
	if state.Title == "" {
		t.Error("no title")
	}
	if state.Stored > 0 || len(cookies.Cookies) > 0 {
		t.Errorf("something is stored on the visitor's machine: %d items, cookies %v", state.Stored, cookies.Cookies)
	}
	accessible(t, tab, "the page")
}

// inLanguage gives an address that asks for a language.
func inLanguage(t *testing.T, address, lang string) string {
	t.Helper()
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := at.Query()
	q.Set("lang", lang)
	at.RawQuery = q.Encode()
	return at.String()
}

// shoot writes a picture of the whole page.
func shoot(t *testing.T, tab context.Context, path string) {
	t.Helper()
	picture, err := chromedp.Run(tab, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(path, picture, 0o644)
	}
	if err != nil {
		t.Error(err)
	}
}
