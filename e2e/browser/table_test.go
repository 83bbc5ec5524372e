package browser_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// opened opens a page of the demo portal in a tab of its own.
func opened(t *testing.T, address string) context.Context {
	t.Helper()
	tab, end := chromedp.NewContext(chromium(t), chromedp.WithNewBrowserContext())
	t.Cleanup(end)
	tab, end = context.WithTimeout(tab, 2*time.Minute)
	t.Cleanup(end)
	if err := chromedp.Do(tab, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
	return tab
}

// text gives what a script gives.
func text(t *testing.T, tab context.Context, script string) string {
	t.Helper()
	out, err := chromedp.Run(tab, chromedp.Evaluate[string](script))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestTable sorts without a new page, goes through cells by keyboard, and looks at a column beside the rows.
func TestTable(t *testing.T) {
	base := serveDemo(t)
	tab := opened(t, base+"/explore/dataset/communes-ile-de-france/table/?lang=en")
	faults := gather(t, tab)
	run(t, tab, `window.same = true; document.querySelector("parvis-table .pager a[rel=next]").focus(); document.querySelector("parvis-table .pager a[rel=next]").click()`)
	until(t, tab, "the second page", `location.search.includes("page=2") && document.querySelector("parvis-table .tools>.n").textContent.includes("101")`)
	if text(t, tab, `String(window.same && document.activeElement.rel)`) != "next" {
		t.Error("the focus is lost, or the page is another")
	}
	run(t, tab, `document.querySelector("parvis-table thead th:nth-child(2) a").click()`)
	until(t, tab, "the sorted rows", `location.search.includes("sort=") && !!document.querySelector("parvis-table th[aria-sort]")`)
	run(t, tab, `history.back()`)
	until(t, tab, "the page before", `location.search.includes("page=2") && !document.querySelector("parvis-table th[aria-sort]")`)

	run(t, tab, `document.querySelector("parvis-table .scroll").focus()`)
	if err := chromedp.Do(tab, chromedp.KeyEvent(kb.Enter)); err != nil {
		t.Fatal(err)
	}
	until(t, tab, "grid mode", `document.activeElement.matches("tbody th") && document.querySelector("parvis-table table").getAttribute("role") === "grid"`)
	if err := chromedp.Do(tab, chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.End)); err != nil {
		t.Fatal(err)
	}
	if at := text(t, tab, `document.activeElement.parentElement.rowIndex + "," + (document.activeElement.cellIndex === document.activeElement.parentElement.cells.length - 1)`); at != "2,true" {
		t.Errorf("the cell is at %s", at)
	}
	accessible(t, tab, "the grid")
	if err := chromedp.Do(tab, chromedp.KeyEvent(kb.Escape)); err != nil {
		t.Fatal(err)
	}
	until(t, tab, "the way out", `document.activeElement.matches(".scroll") && !document.querySelector("parvis-table [role=grid]")`)

	run(t, tab, `document.querySelector("parvis-table .about").click()`)
	until(t, tab, "the column beside the table", `!!document.querySelector("dialog.pop[open] .tops")`)
	accessible(t, tab, "a column")
	if err := chromedp.Do(tab, chromedp.KeyEvent(kb.Escape)); err != nil {
		t.Fatal(err)
	}
	until(t, tab, "the table again", `!document.querySelector("dialog") && document.activeElement.matches(".about")`)
	for _, f := range faults() {
		t.Errorf("on the console: %s", f)
	}
}

// TestFigure changes a figure without a new page, explores it, and sees it stand when the portal does not answer.
func TestFigure(t *testing.T) {
	base := serveDemo(t)
	tab := opened(t, base+"/explore/dataset/meteo-seattle/analyze/?lang=en")
	faults := gather(t, tab)
	before := text(t, tab, `document.querySelector("#finding").textContent`)
	run(t, tab, `window.same = true; document.querySelector(".kinds input[value=column]").focus(); document.querySelector(".kinds input[value=column]").click(); document.querySelector("#y").value = "temp_max"; document.querySelector("#y").dispatchEvent(new Event("change", {bubbles: true}))`)
	until(t, tab, "the other figure", `location.search.includes("y=temp_max") && document.querySelector("#finding").textContent.includes("°C")`)
	if text(t, tab, `String(window.same && document.activeElement.value)`) != "column" || before == text(t, tab, `document.querySelector("#finding").textContent`) {
		t.Error("the focus is lost, or the page is another, or the title the same")
	}
	run(t, tab, `document.querySelector(".view button:last-child").click()`)
	until(t, tab, "the figure to explore", `!!document.querySelector(".fig .live svg") && document.querySelector(".fig .draw.wide").hidden`)
	accessible(t, tab, "the figure to explore")
	for _, f := range faults() {
		t.Errorf("on the console: %s", f)
	}
	if _, err := chromedp.Call(tab, network.SetBlockedURLs, network.SetBlockedURLsParams{URLPatterns: []*network.BlockPattern{{URLPattern: "*://*:*/explore/dataset/*/analyze/*", Block: true}}}); err != nil {
		t.Fatal(err)
	}
	run(t, tab, `document.querySelector(".kinds input[value=pie]").click()`)
	until(t, tab, "the word that it failed", `!!document.querySelector(".shown .failed") && !!document.querySelector(".fig svg")`)
	if strings.Contains(text(t, tab, `location.search`), "pie") {
		t.Error("the address is that of a figure which is not there")
	}
}
