package browser_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// stop is where the focus is.
type stop struct {
	Tag, Text, Href, Name string
	Seen                  bool // it lies in the window and is marked
	Path                  string
}

// walker goes through the pages with the keyboard alone and counts its presses.
type walker struct {
	*testing.T
	tab     context.Context
	presses int
}

// TestKeyboard goes from the first page over a search and a dataset to its CSV file without a mouse.
func TestKeyboard(t *testing.T) {
	browser := chromium(t)
	base := serveDemo(t)
	tab, end := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	defer end()
	tab, end = context.WithTimeout(tab, time.Minute)
	defer end()
	if err := chromedp.Do(tab, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(base+"/?lang=en")); err != nil {
		t.Fatal(err)
	}
	w := &walker{T: t, tab: tab}

	first := w.press(kb.Tab)
	if first.Href != "#main" || !first.Seen {
		t.Fatalf("the first stop is %+v, want the visible link that skips to the content", first)
	}
	w.press(kb.Enter)
	w.until("the search field", func(s stop) bool { return s.Name == "q" })
	if err := chromedp.Do(tab, chromedp.KeyEvent("seine oise")); err != nil {
		t.Fatal(err)
	}
	w.follow("/explore/")
	w.until("the link that skips to the results", func(s stop) bool { return s.Href == "#found" })
	w.press(kb.Enter)
	w.until("the dataset", func(s stop) bool { return strings.HasPrefix(s.Text, "Towns of Grand Paris Seine") })
	w.follow("/explore/dataset/communes-gpseo/information/")
	w.until("the link that skips to the content", func(s stop) bool { return s.Href == "#main" })
	w.press(kb.Enter)
	csv := w.until("the CSV file", func(s stop) bool { return strings.Contains(s.Href, "/exports/csv") })
	if w.presses > 25 {
		t.Errorf("%d presses to %s, want at most 25", w.presses, csv.Href)
	}

	if err := chromedp.Do(tab, chromedp.Navigate(base+"/explore/?lang=en")); err != nil {
		t.Fatal(err)
	}
	w.until("a facet", func(s stop) bool { return strings.Contains(s.Href, "refine.theme=") })
	w.follow("/explore/")
	w.until("the chip that takes the filter away", func(s stop) bool { return strings.Contains(s.Text, "Remove the filter") })
}

// press presses a key and tells where the focus is then.
func (w *walker) press(key string) stop {
	w.Helper()
	w.presses++
	if err := chromedp.Do(w.tab, chromedp.KeyEvent(key)); err != nil {
		w.Fatal(err)
	}
	return w.here()
}

// here tells where the focus is.
func (w *walker) here() stop {
	w.Helper()
	at, err := chromedp.Run(w.tab, chromedp.Evaluate[stop](`(() => {
		const e = document.activeElement;
		const marked = x => x && (getComputedStyle(x).outlineStyle !== "none" && parseFloat(getComputedStyle(x).outlineWidth) > 0 || marked(x.parentElement));
		e.getAnimations().forEach(a => a.finish());
		const now = e.getBoundingClientRect();
		return {Tag: e.tagName, Text: e.textContent.trim(), Href: e.getAttribute("href") || "", Name: e.getAttribute("name") || "", Path: location.pathname,
			Seen: now.width > 0 && now.bottom > 0 && now.top < innerHeight && !!marked(e)};
	})()`))
	if err != nil {
		w.Fatal(err)
	}
	return at
}

// until presses Tab until the focus is where it is wanted; it must be visible at every stop.
func (w *walker) until(what string, wanted func(stop) bool) stop {
	w.Helper()
	for range 80 {
		at := w.press(kb.Tab)
		if !at.Seen {
			w.Errorf("the focus cannot be seen at %+v", at)
		}
		if wanted(at) {
			return at
		}
	}
	w.Fatalf("%s is not reached by 80 stops", what)
	return stop{}
}

// follow presses Enter, which leads to a page at a path, and waits for it.
func (w *walker) follow(path string) {
	w.Helper()
	before, err := chromedp.Run(w.tab, chromedp.Evaluate[float64](`performance.timeOrigin`))
	if err != nil {
		w.Fatal(err)
	}
	w.presses++
	if err := chromedp.Do(w.tab, chromedp.KeyEvent(kb.Enter)); err != nil {
		w.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; {
		at, err := chromedp.Run(w.tab, chromedp.Evaluate[struct {
			Since float64
			Path  string
			Done  bool
		}](`({Since: performance.timeOrigin, Path: location.pathname, Done: document.readyState === "complete"})`))
		if err == nil && at.Since > before && at.Done && at.Path == path {
			return
		}
		if time.Now().After(deadline) {
			w.Fatalf("Enter leads to %+v (%v), want %s", at, err, path)
		}
		<-time.After(20 * time.Millisecond)
	}
}
