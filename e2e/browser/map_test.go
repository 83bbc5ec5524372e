package browser_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// until waits for a condition of the page, in JavaScript.
func until(t *testing.T, tab context.Context, what, condition string) {
	t.Helper()
	for range 100 {
		if ok, err := chromedp.Run(tab, chromedp.Evaluate[bool](condition)); err == nil && ok {
			return
		}
		<-time.After(100 * time.Millisecond)
	}
	t.Fatalf("%s: it never came to %s", what, condition)
}

// run runs a script in the page.
func run(t *testing.T, tab context.Context, script string) {
	t.Helper()
	if _, err := chromedp.Run(tab, chromedp.Evaluate[any](script)); err != nil {
		t.Fatal(err)
	}
}

// gather keeps what a page reports on the console, from now on.
func gather(t *testing.T, tab context.Context) func() []string {
	t.Helper()
	if _, err := chromedp.Run(tab, chromedp.Evaluate[any](`window.faults=[];addEventListener("error",e=>faults.push(e.message));addEventListener("unhandledrejection",e=>faults.push(String(e.reason)));console.error=console.warn=(...a)=>faults.push(a.join(" "));null`)); err != nil {
		t.Fatal(err)
	}
	return func() []string {
		found, err := chromedp.Run(tab, chromedp.Evaluate[[]string](`faults`))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
}

// TestMap starts the interactive map, moves it by keyboard, opens a row, and sees it stay a drawing when tiles fail.
func TestMap(t *testing.T) {
	browser := chromium(t)
	base := serveDemo(t)
	tab, end := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	defer end()
	tab, end = context.WithTimeout(tab, 2*time.Minute)
	defer end()
	address := base + "/explore/dataset/pays-du-monde/map/?lang=en"
	if err := chromedp.Do(tab, chromedp.EmulateViewport(1280, 1000), chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
	faults := gather(t, tab)
	until(t, tab, "the button that starts the map", `!!document.querySelector("parvis-map .start")`)
	run(t, tab, `document.querySelector("parvis-map .start").click();null`)
	until(t, tab, "the map", `!!document.querySelector("parvis-map .view canvas") && document.activeElement.className.includes("view")`)
	until(t, tab, "tiles of rows", `performance.getEntriesByType("resource").filter(e => e.name.includes("/tiles/") && e.responseEnd > 0).length >= 2`)
	until(t, tab, "tiles of the ground", `performance.getEntriesByType("resource").filter(e => e.name.includes("/basemap/") && e.responseEnd > 0).length >= 2`)
	<-time.After(500 * time.Millisecond)
	if err := chromedp.Do(tab, chromedp.KeyEvent(kb.ArrowUp), chromedp.KeyEvent("+"), chromedp.KeyEvent("+"), chromedp.KeyEvent("-")); err != nil {
		t.Fatal(err)
	}
	<-time.After(800 * time.Millisecond)
	if err := chromedp.Do(tab, chromedp.KeyEvent(kb.Enter)); err != nil {
		t.Fatal(err)
	}
	until(t, tab, "the row's panel", `!!document.querySelector("parvis-map .panel-row dl") && document.querySelector("parvis-map .panel-row").contains(document.activeElement)`)
	accessible(t, tab, "the map with a row")
	if err := chromedp.Do(tab, chromedp.KeyEvent(kb.Escape)); err != nil {
		t.Fatal(err)
	}
	until(t, tab, "the panel closed", `!document.querySelector("parvis-map .panel-row") && document.activeElement.className.includes("view")`)
	for _, f := range faults() {
		t.Errorf("on the console: %s", f)
	}
	if dir := os.Getenv("PARVIS_SHOTS"); dir != "" {
		shoot(t, tab, filepath.Join(dir, "map-island.png"))
	}

	// The tiles fail: the drawing stays.
	if _, err := chromedp.Call(tab, network.SetBlockedURLs, network.SetBlockedURLsParams{URLPatterns: []*network.BlockPattern{{URLPattern: "*://*:*/explore/dataset/*/tiles/*", Block: true}}}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(tab, chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
	until(t, tab, "the button again", `!!document.querySelector("parvis-map .start")`)
	run(t, tab, `document.querySelector("parvis-map .start").click();null`)
	until(t, tab, "the drawing and a word", `!document.querySelector("parvis-map .view") && !!document.querySelector("parvis-map .told") && !!document.querySelector("parvis-map svg.drawing")`)
}

// TestDrawnShape draws a rectangle: it becomes a filter of the page, and of all tabs.
func TestDrawnShape(t *testing.T) {
	browser := chromium(t)
	base := serveDemo(t)
	tab, end := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	defer end()
	tab, end = context.WithTimeout(tab, time.Minute)
	defer end()
	if err := chromedp.Do(tab, chromedp.EmulateViewport(1280, 1000), chromedp.Navigate(base+"/explore/dataset/gares-allemagne/map/?lang=en")); err != nil {
		t.Fatal(err)
	}
	until(t, tab, "the button that starts the map", `!!document.querySelector("parvis-map .start")`)
	run(t, tab, `document.querySelector("parvis-map .start").click();null`)
	until(t, tab, "the tools", `!!document.querySelector("parvis-map .draw button")`)
	run(t, tab, `document.querySelectorAll("parvis-map .draw button")[1].click();document.querySelector("parvis-map").scrollIntoView();null`)
	at, err := chromedp.Run(tab, chromedp.Evaluate[struct{ X, Y float64 }](`(b=>({X:b.x+b.width/2,Y:b.y+b.height/2}))(document.querySelector("parvis-map .view").getBoundingClientRect())`))
	if err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(tab, chromedp.MouseClickXY(at.X-60, at.Y-60)); err != nil {
		t.Fatal(err)
	}
	<-time.After(400 * time.Millisecond)
	if err := chromedp.Do(tab, chromedp.MouseClickXY(at.X+60, at.Y+60)); err != nil {
		t.Fatal(err)
	}
	until(t, tab, "the filtered page", `location.search.includes("geofilter.polygon") && document.readyState === "complete"`)
	table, err := chromedp.Run(tab, chromedp.Evaluate[string](`[...document.querySelectorAll(".tabs a")][1].href`))
	if err != nil || !strings.Contains(table, "geofilter.polygon") {
		t.Errorf("the table's address is %s (%v)", table, err)
	}
}
