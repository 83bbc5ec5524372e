package browser_test

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

//go:embed axe/axe.min.js
var axe string

// audit asks axe-core about the page that a tab shows: WCAG 2.0 to 2.2, A and AA, and what it calls best practice.
const audit = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r =>
	r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.html.slice(0, 200) + " — " + n.failureSummary.slice(0, 300))))`

// appearance is one way in which a page is looked at.
type appearance struct {
	lang  string
	width int64
	dark  bool
}

func (a appearance) String() string {
	return fmt.Sprintf("%s-%d-%s", a.lang, a.width, map[bool]string{false: "light", true: "dark"}[a.dark])
}

// appearances are those that every page is held to: each language, width and theme, in half of their combinations, or, where
// PARVIS_EVERY_LOOK is set, in all of them.
func appearances() (out []appearance) {
	if os.Getenv("PARVIS_EVERY_LOOK") != "" {
		for _, lang := range []string{"fr", "en", "ar"} {
			for _, width := range []int64{1280, 360} {
				out = append(out, appearance{lang, width, false}, appearance{lang, width, true})
			}
		}
		return out
	}
	return []appearance{{"fr", 1280, false}, {"fr", 360, true}, {"en", 1280, true}, {"en", 360, false}, {"ar", 1280, false}, {"ar", 360, true}}
}

// wear makes a tab look at pages in this way.
func (a appearance) wear(t *testing.T, tab context.Context) {
	t.Helper()
	scheme := "light"
	if a.dark {
		scheme = "dark"
	}
	if err := chromedp.Do(tab, chromedp.EmulateViewport(a.width, 900)); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}); err != nil {
		t.Fatal(err)
	}
}

// picture writes a picture of the page that a tab shows, as it looks in this way, where PARVIS_SHOTS names a folder.
func (a appearance) picture(t *testing.T, tab context.Context, path string) {
	t.Helper()
	dir := os.Getenv("PARVIS_SHOTS")
	if dir == "" {
		return
	}
	a.wear(t, tab)
	name := strings.NewReplacer("/", "_", "?", "_", "=", "_", "&", "_", "%", "_").Replace(path)
	shoot(t, tab, filepath.Join(dir, fmt.Sprintf("%s%.80s.png", a, name)))
}

// findings gives what axe-core finds wrong with the page that a tab shows.
func findings(t *testing.T, tab context.Context, what string) []string {
	t.Helper()
	if _, err := chromedp.Run(tab, chromedp.Evaluate[any](axe+";null")); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	found, err := chromedp.Run(tab, chromedp.Evaluate[[]string](audit, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	return found
}

// accessible holds the page that a tab shows to what axe-core finds, and to the window: nothing scrolls sideways.
func accessible(t *testing.T, tab context.Context, what string) {
	t.Helper()
	for _, f := range findings(t, tab, what) {
		t.Errorf("%s: %s", what, f)
	}
	if wide, err := sideways(tab); err != nil || wide {
		t.Errorf("%s scrolls sideways (%v)", what, err)
	}
}

// sideways tells whether the page that a tab shows is wider than the window; one as narrow as a phone is narrowed to 320 px
// for it, the width of a window of 1280 at four times the size.
func sideways(tab context.Context) (bool, error) {
	const wider = `document.documentElement.scrollWidth > innerWidth`
	width, err := chromedp.Run(tab, chromedp.Evaluate[int64](`innerWidth`))
	if err != nil || width > 360 {
		wide, wrong := chromedp.Run(tab, chromedp.Evaluate[bool](wider))
		return wide, errors.Join(err, wrong)
	}
	if err := chromedp.Do(tab, chromedp.EmulateViewport(320, 900)); err != nil {
		return false, err
	}
	wide, err := chromedp.Run(tab, chromedp.Evaluate[bool](wider))
	return wide, errors.Join(err, chromedp.Do(tab, chromedp.EmulateViewport(width, 900)))
}

func TestAuditsFindWhatIsWrong(t *testing.T) {
	tab, stop := chromedp.NewContext(chromium(t), chromedp.WithNewBrowserContext())
	defer stop()
	if err := chromedp.Do(tab, chromedp.Navigate(`data:text/html,<title>x</title><img src="data:,"><p style="color:%23ccc">pale</p>`)); err != nil {
		t.Fatal(err)
	}
	if found := findings(t, tab, "a bad page"); len(found) < 3 {
		t.Errorf("a page without language, alternative text and contrast has these faults only: %q", found)
	}
}
