package browser_test

import (
	"strings"
	"testing"
)

// TestProgress waits on the page of a file that is made beforehand: once it stands, it is fetched without a hand.
func TestProgress(t *testing.T) {
	base := serveDemo(t)
	tab := opened(t, base+"/explore/dataset/communes-gpseo/export/csv/?lang=en")
	faults := gather(t, tab)
	accessible(t, tab, "a file that is ready")
	run(t, tab, `(() => {
		window.same = true
		const coming = document.createElement("parvis-progress")
		coming.dataset.coming = ""
		coming.innerHTML = '<p role="status">not yet</p><progress max="100" value="30" aria-label="so far"></progress>'
		document.addEventListener("click", e => {
			window.fetched = e.target.closest("a[download]")?.getAttribute("href")
			e.preventDefault()
		}, true)
		const ask = window.fetch
		window.fetch = () => { window.fetch = ask; return Promise.reject(new Error("the line is down")) }
		document.querySelector("parvis-progress").replaceWith(coming)
	})()`)
	accessible(t, tab, "a file in the making")
	until(t, tab, "the file, though one question failed", `String(window.fetched).includes("/exports/csv")`)
	until(t, tab, "the news for who listens", `document.body.lastElementChild.textContent === "The file is ready."`)
	if got := text(t, tab, `String(window.same) + document.activeElement.getAttribute("href")`); !strings.HasPrefix(got, "true/api/explore/v2.1/catalog/datasets/communes-gpseo/exports/csv") {
		t.Errorf("the page is another, or the focus is elsewhere: %s", got)
	}
	for _, f := range faults() {
		t.Errorf("on the page of a file: %s", f)
	}
}
