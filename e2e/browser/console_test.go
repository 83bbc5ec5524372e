package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestConsole writes a query with what is offered, by keyboard, and gets its answer on the same page.
func TestConsole(t *testing.T) {
	base := serveDemo(t)
	tab := opened(t, base+"/explore/dataset/communes-gpseo/api/?lang=en")
	faults := gather(t, tab)
	run(t, tab, `window.same = true; document.getElementById("p-order_by").focus()`)
	if err := chromedp.Do(tab, chromedp.KeyEvent("popul")); err != nil {
		t.Fatal(err)
	}
	until(t, tab, "what is offered", `document.getElementById("p-order_by").getAttribute("aria-expanded") === "true" && document.querySelectorAll("#p-order_by-offers li").length > 0`)
	accessible(t, tab, "the offers")
	if err := chromedp.Do(tab, chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.Enter)); err != nil {
		t.Fatal(err)
	}
	until(t, tab, "the name in the field", `document.getElementById("p-order_by").value === "population_municipale" && document.getElementById("p-order_by-offers").hidden`)
	if err := chromedp.Do(tab, chromedp.KeyEvent(" des"), chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.Enter), chromedp.KeyEvent(kb.Enter)); err != nil {
		t.Fatal(err)
	}
	until(t, tab, "the answer", `document.querySelector("[data-request] code").textContent.includes("order_by=population_municipale+desc") && location.search.includes("order_by=") && document.querySelector("[data-answer] .answer").textContent.includes("results")`)
	if got := text(t, tab, `String(window.same) + document.activeElement.id`); got != "truep-order_by" {
		t.Errorf("the page is another, or the focus is lost: %s", got)
	}
	run(t, tab, `document.getElementById("p-where").focus()`)
	if err := chromedp.Do(tab, chromedp.KeyEvent("commune = 'pop")); err != nil {
		t.Fatal(err)
	}
	until(t, tab, "nothing inside a quoted text", `document.getElementById("p-where").getAttribute("aria-expanded") === "false"`)
	if err := chromedp.Do(tab, chromedp.KeyEvent(kb.Enter)); err != nil {
		t.Fatal(err)
	}
	until(t, tab, "the mistake in words", `document.querySelector("[data-answer] .stat b")?.textContent === "400"`)
	run(t, tab, `navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve() }; document.querySelector("[data-request] parvis-copy button").click()`)
	until(t, tab, "the copied request", `window.copied === location.origin + document.querySelector("[data-request] code").textContent && document.querySelector("[data-request] parvis-copy button").textContent === "Copied"`)
	run(t, tab, `document.querySelectorAll(".snippet summary")[1].click(); document.querySelectorAll(".snippet button")[1].click()`)
	until(t, tab, "the copied program", `window.copied.startsWith("import requests") && document.querySelectorAll(".snippet[open]").length === 1`)
	for _, f := range faults() {
		t.Errorf("on the console: %s", f)
	}
}
