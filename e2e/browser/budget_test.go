package browser_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// budget is what the first view of a page may weigh on the wire, in kB, headers included. Tiles and pictures count in
// the whole alone.
type budget struct {
	path                            string
	html, css, script, fonts, whole float64
}

// TestBudgets weighs what a browser with an empty cache receives for the first view of each kind of page.
func TestBudgets(t *testing.T) {
	browser := chromium(t)
	base := serveDemo(t)
	for _, b := range []budget{
		{"/", 12, 12, 4, 36, 110},
		{"/explore/", 12, 12, 4, 36, 110},
		{"/explore/dataset/communes-gpseo/information/", 12, 12, 4, 54, 90},
		{"/explore/dataset/communes-ile-de-france/table/", 20, 14, 14, 36, 90},
		{"/explore/dataset/communes-ile-de-france/table/?page=7", 20, 14, 14, 36, 90},
		{"/explore/dataset/communes-gpseo/map/", 30, 14, 130, 36, 220},
		{"/explore/dataset/communes-gpseo/analyze/", 20, 14, 14, 36, 90},
		{"/explore/dataset/communes-gpseo/export/", 12, 12, 4, 54, 90},
		{"/explore/dataset/communes-gpseo/api/", 20, 12, 14, 54, 110},
		{"/explore/embed/dataset/communes-gpseo/map/", 30, 14, 100, 36, 200},
		{"/explore/embed/dataset/meteo-seattle/analyze/", 20, 14, 100, 36, 130},
	} {
		t.Run(b.path, func(t *testing.T) { weigh(t, browser, base, b) })
	}
}

// weigh opens a page in a fresh profile and adds up what came over the wire, by kind, until nothing has come for a while.
func weigh(t *testing.T, browser context.Context, base string, b budget) {
	tab, stop := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	defer stop()
	tab, stop = context.WithTimeout(tab, 30*time.Second)
	defer stop()
	var mu sync.Mutex
	kinds := map[network.RequestID]string{}
	weights := map[string]float64{}
	var said []string
	last := time.Now()
	if err := chromedp.Listen(tab, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			last = time.Now()
		case *network.EventResponseReceived:
			kinds[e.RequestID] = kindOf(e.Type, e.Response.URL)
			said = append(said, fmt.Sprintf("%s %s", kinds[e.RequestID], strings.TrimPrefix(e.Response.URL, base)))
		case *network.EventLoadingFinished:
			last = time.Now()
			weights[kinds[e.RequestID]] += e.EncodedDataLength / 1000
			weights["whole"] += e.EncodedDataLength / 1000
		}
	}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(tab, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(base+b.path)); err != nil {
		t.Fatal(err)
	}
	for start := time.Now(); time.Since(start) < 10*time.Second; {
		<-time.After(50 * time.Millisecond)
		mu.Lock()
		quiet := time.Since(last) > 1500*time.Millisecond
		mu.Unlock()
		if quiet {
			break
		}
	}
	mu.Lock()
	defer mu.Unlock()
	for _, part := range []struct {
		kind string
		most float64
	}{{"html", b.html}, {"css", b.css}, {"script", b.script}, {"font", b.fonts}, {"whole", b.whole}} {
		switch w := weights[part.kind]; {
		case w == 0 && (part.kind == "html" || part.kind == "css"):
			t.Errorf("no %s came", part.kind)
		case w > part.most:
			t.Errorf("%s weighs %.1f kB, at most %.0f kB are allowed: %s", part.kind, w, part.most, strings.Join(said, ", "))
		}
	}
	t.Logf("html %.1f, css %.1f, script %.1f, fonts %.1f, whole %.1f kB", weights["html"], weights["css"], weights["script"], weights["font"], weights["whole"])
}

// kindOf tells the kind of an answer; scripts that a script imports are scripts too.
func kindOf(kind network.ResourceType, address string) string {
	at, err := url.Parse(address)
	switch {
	case kind == network.ResourceTypeDocument:
		return "html"
	case kind == network.ResourceTypeStylesheet:
		return "css"
	case kind == network.ResourceTypeScript, err == nil && strings.HasSuffix(at.Path, ".js"):
		return "script"
	case kind == network.ResourceTypeFont:
		return "font"
	}
	return "other"
}
