package browser_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// read is what a page shows of its language.
type read struct {
	Lang, Dir, Title, Address string
	Stored                    int
	BrandRight, Arabic        bool // the brand stands on the right; the Arabic typeface was loaded
	Figures                   string
}

func reading(t *testing.T, tab context.Context) read {
	t.Helper()
	out, err := chromedp.Run(tab, chromedp.Evaluate[read](`({Lang: document.documentElement.lang, Dir: document.documentElement.dir, Title: document.querySelector("h1").innerText,
		Address: location.pathname + location.search, Stored: localStorage.length + sessionStorage.length,
		BrandRight: document.querySelector(".brand").getBoundingClientRect().right > innerWidth / 2,
		Arabic: performance.getEntriesByType("resource").some(e => e.name.includes("noto-sans-arabic")),
		Figures: getComputedStyle(document.querySelector(".num") || document.body).textAlign})`))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestChoosingALanguage opens the menu and chooses: nothing is stored before, one cookie
// after, and every page follows the choice without an address that names it.
func TestChoosingALanguage(t *testing.T) {
	browser := chromium(t)
	base := serveDemo(t)
	tab, stop := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	defer stop()
	tab, stop = context.WithTimeout(tab, 60*time.Second)
	defer stop()
	cookies := func() (out []string) {
		got, err := chromedp.Call(tab, network.GetCookies, network.GetCookiesParams{})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range got.Cookies {
			out = append(out, c.Name+"="+c.Value)
		}
		return out
	}
	if err := chromedp.Do(tab, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(base+"/explore/dataset/communes-gpseo/table/?q=limay&lang=fr")); err != nil {
		t.Fatal(err)
	}
	if got := reading(t, tab); got.Lang != "fr" || got.Dir != "ltr" || got.BrandRight || got.Arabic || got.Stored > 0 || len(cookies()) > 0 || got.Figures != "right" {
		t.Fatalf("before the choice: %+v, cookies %v", got, cookies())
	}
	press := func(selector string) {
		t.Helper()
		if err := chromedp.Do(tab, chromedp.Click(chromedp.CSS(selector))); err != nil {
			t.Fatalf("%s: %v", selector, err)
		}
	}
	press("details.lang:not(.me, .burger) summary")
	press(`button[name=language][value=ar]`)
	if err := chromedp.Do(tab, chromedp.WaitVisible(chromedp.CSS(`html[lang=ar] h1`))); err != nil {
		t.Fatal(err)
	}
	got := reading(t, tab)
	if got.Address != "/explore/dataset/communes-gpseo/table/?q=limay" || got.Dir != "rtl" || !got.BrandRight || !got.Arabic || got.Figures != "right" || !strings.Contains(got.Title, "بلديات") {
		t.Errorf("after the choice: %+v", got)
	}
	if c := cookies(); len(c) != 1 || c[0] != "django_language=ar" || got.Stored > 0 {
		t.Errorf("after the choice these are stored: %v", c)
	}
	if err := chromedp.Do(tab, chromedp.Navigate(base+"/explore/")); err != nil {
		t.Fatal(err)
	}
	if got := reading(t, tab); got.Lang != "ar" || got.Address != "/explore/" {
		t.Errorf("another page: %+v", got)
	}
	accessible(t, tab, "the catalogue in Arabic")
	press("details.lang:not(.me, .burger) summary")
	press(`button[name=language][value=en]`)
	if err := chromedp.Do(tab, chromedp.WaitVisible(chromedp.CSS(`html[lang=en] h1`))); err != nil {
		t.Fatal(err)
	}
	if c := cookies(); len(c) != 1 || c[0] != "django_language=en" {
		t.Errorf("after another choice these are stored: %v", c)
	}
}
