package browser_test

import (
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// slowest is the longest that a page may take from an input to the next picture, in ms, on a machine four times slower
// (Interaction to Next Paint).
const slowest = 200

// drawn tells whether a map has its first tiles, and has had time to draw them.
const drawn = `(t => t.length >= 4 && t.every(e => e.responseEnd > 0 && performance.now() - e.responseEnd > 1500))(performance.getEntriesByType("resource").filter(e => /tiles|basemap/.test(e.name)))`

// TestAnswersToInput presses and types as people do while the processor is slowed four times, and reads from the browser
// how long each page took to show an answer.
func TestAnswersToInput(t *testing.T) {
	base := serveDemo(t)
	press := func(selector string) chromedp.Action[chromedp.Void] { return chromedp.Click(selector) }
	for _, page := range []struct {
		path, ready string
		settled     string // what is waited for after the first input; "" for nothing
		inputs      []chromedp.Action[chromedp.Void]
	}{
		{"/explore/", `!!document.querySelector(".lang")`, "", []chromedp.Action[chromedp.Void]{press("header .lang:last-of-type summary"), press(".facets details:nth-of-type(2) > summary"), press("#q"), chromedp.KeyEvent("gare"), chromedp.KeyEvent(kb.Tab)}},
		{"/explore/dataset/communes-ile-de-france/table/", `!!document.querySelector("parvis-table .about")`, "", []chromedp.Action[chromedp.Void]{
			press("parvis-table thead th:nth-child(2) > a:first-child"), press(".tools .filter > summary"), press(".tools .filter > summary"), press("parvis-table .scroll"), chromedp.KeyEvent(kb.Enter), chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.Escape)}},
		{"/explore/dataset/pays-du-monde/map/", `!!document.querySelector("parvis-map .start")`, drawn, []chromedp.Action[chromedp.Void]{press("parvis-map .start"), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent("+")}},
		{"/explore/dataset/meteo-seattle/analyze/", `!!document.querySelector(".view button")`, "", []chromedp.Action[chromedp.Void]{press(".kinds label:nth-of-type(2)"), press(".kinds label:nth-of-type(3)"), press(".view button:last-child")}},
		{"/explore/dataset/communes-gpseo/api/", `!!document.querySelector("main form")`, "", []chromedp.Action[chromedp.Void]{press("main form input:not([type=hidden])"), chromedp.KeyEvent("po")}},
	} {
		t.Run(page.path, func(t *testing.T) {
			// What else the machine does at the moment slows a page too, for a minute or more: the best of eight counts, a while apart.
			best, said := 1<<30, ""
			for try := 0; try < 8 && best > slowest; try++ {
				if try > 0 {
					<-time.After(15 * time.Second)
				}
				if late, what := slowestAnswer(t, base+page.path, page.ready, page.settled, page.inputs); late < best {
					best, said = late, what
				}
			}
			t.Logf("the slowest answer takes %d ms: %s", best, said)
			if best > slowest {
				t.Errorf("the slowest answer takes more than %d ms", slowest)
			}
		})
	}
}

// slowestAnswer opens a page, slows the processor, and gives the longest time from an input to the next picture, in ms,
// and to what.
func slowestAnswer(t *testing.T, address, ready, settled string, inputs []chromedp.Action[chromedp.Void]) (int, string) {
	t.Helper()
	tab := opened(t, address)
	until(t, tab, "the page's scripts", ready)
	run(t, tab, `window.slow = []; new PerformanceObserver(l => { for (const e of l.getEntries()) if (e.interactionId) slow.push([Math.round(e.duration), e.name + " " + (e.target?.outerHTML ?? "").slice(0, 60)]) }).observe({type: "event", durationThreshold: 16});null`)
	if _, err := chromedp.Call(tab, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: 4}); err != nil {
		t.Fatal(err)
	}
	for i, input := range inputs {
		if err := chromedp.Do(tab, input); err != nil {
			t.Fatal(err)
		}
		if i == 0 && settled != "" {
			until(t, tab, "what the first input asks for", settled)
		}
		<-time.After(300 * time.Millisecond)
	}
	<-time.After(500 * time.Millisecond)
	late, err := chromedp.Run(tab, chromedp.Evaluate[int](`slow.sort((a, b) => b[0] - a[0]), slow.length ? slow[0][0] : 0`))
	if err != nil {
		t.Fatal(err)
	}
	return late, text(t, tab, `slow.length ? slow[0][1] : "nothing took 16 ms"`)
}
