// Package browser_test opens the pages of the demo portal in headless Chromium, wide and at 360 px, and holds what a visitor may rely on:
// nothing is asked of another host, nothing is stored, nothing scrolls sideways, nothing is reported on the console.
package browser_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
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
	"/explore/dataset/communes-gpseo/export/", "/explore/dataset/communes-gpseo/api/",
	"/explore/dataset/pays-du-monde/map/", "/explore/dataset/gares-allemagne/map/?lat=x&lon=1&km=2", "/explore/embed/dataset/seismes-une-semaine/map/?color=magnitude",
	"/explore/dataset/communes-gpseo/analyze/", "/explore/dataset/meteo-seattle/analyze/?by=temps&kind=stacked&fn=count", "/explore/embed/dataset/meteo-seattle/analyze/?kind=range",
	"/explore/dataset/communes-gpseo/versions/", "/explore/embed/dataset/communes-gpseo/table/", "/explore/dataset/communes-gpseo/table/column/population_municipale/?from=x", "/explore/dataset/communes-gpseo/table/?column=commune&column=tranche&view=cards",
	"/explore/dataset/pays-du-monde/information/", "/explore/dataset/communes-ile-de-france/table/?page=3&sort=nom",
	"/explore/dataset/gares-allemagne/table/?where=population+%3E+1&q=hamburg", "/explore/dataset/does-not-exist/information/", "/terms/cookies-policy/", "/stats/", "/stats/dataset/communes-gpseo/", "/terms/cookies/", "/terms/audience-measurement",
}

func TestPages(t *testing.T) {
	browser := chromium(t)
	base := serveDemo(t)
	for _, lang := range []string{"fr", "en", "ar"} {
		for _, width := range []int64{1280, 360} {
			for _, path := range pages {
				t.Run(fmt.Sprintf("%s/%d%s", lang, width, path), func(t *testing.T) { visit(t, browser, base, path, lang, width) })
			}
		}
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

// visit opens one page in a fresh profile of its own and checks what it did.
func visit(t *testing.T, browser context.Context, base, path, lang string, width int64) {
	tab, stop := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	defer stop()
	tab, stop = context.WithTimeout(tab, 20*time.Second)
	defer stop()

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
	if err := chromedp.Do(tab, chromedp.EmulateViewport(width, 900), chromedp.Navigate(inLanguage(t, base+path, lang))); err != nil {
		t.Fatal(err)
	}
	state, err := chromedp.Run(tab, chromedp.Evaluate[struct {
		Headings, Stored int
		Overflow         bool
		Lang, Title      string
	}](`({Headings: document.querySelectorAll("h1").length, Stored: localStorage.length + sessionStorage.length,
		Overflow: document.documentElement.scrollWidth > innerWidth, Lang: document.documentElement.lang, Title: document.title})`))
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
	if state.Overflow {
		t.Errorf("the page scrolls sideways at %d px", width)
	}
	if state.Lang != lang {
		t.Errorf("lang is %q", state.Lang)
	}
	if state.Title == "" {
		t.Error("no title")
	}
	if state.Stored > 0 || len(cookies.Cookies) > 0 {
		t.Errorf("something is stored on the visitor's machine: %d items, cookies %v", state.Stored, cookies.Cookies)
	}
	for _, w := range wrong {
		t.Error(w)
	}
	if dir := os.Getenv("PARVIS_SHOTS"); dir != "" {
		shoot(t, tab, filepath.Join(dir, fmt.Sprintf("%s-%d%s.png", lang, width, strings.NewReplacer("/", "_", "?", "_", "%", "_").Replace(path))))
	}
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
	picture, err := chromedp.Run(tab, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(path, picture, 0o644)
	}
	if err != nil {
		t.Error(err)
	}
}

// serveDemo serves the demo portal in French until the test ends; it gives the address.
func serveDemo(t *testing.T) string {
	t.Helper()
	return servePortal(t, []string{"demo"}, "--language", "fr")
}

// servePortal builds the binary, imports folders and serves them with some more flags until the test ends; it gives
// the address.
func servePortal(t *testing.T, folders []string, flags ...string) string {
	t.Helper()
	base, _ := startPortal(t, folders, flags...)
	return base
}

// startPortal is servePortal; it also gives the file of what the server writes to standard output.
func startPortal(t *testing.T, folders []string, flags ...string) (base, output string) {
	t.Helper()
	dir := t.TempDir()
	binary := filepath.Join(dir, "parvis")
	run := func(name string, args ...string) {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir = "../.."
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
	}
	run("go", "build", "-o", binary, "./cmd/parvis")
	for _, folder := range folders {
		run(binary, "import", "--data", dir+"/data", folder)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	listener.Close()
	server := exec.Command(binary, "serve", "--data", dir+"/data", "--addr", addr, "--metrics-addr", "off")
	server.Args = append(server.Args, flags...)
	server.Stderr = os.Stderr
	said, err := os.Create(filepath.Join(dir, "output"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { said.Close() })
	server.Stdout = said
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Signal(os.Interrupt)
		server.Wait()
	})
	for deadline := time.Now().Add(20 * time.Second); ; {
		if answer, err := http.Get("http://" + addr + "/explore/"); err == nil {
			answer.Body.Close()
			return "http://" + addr, said.Name()
		}
		if time.Now().After(deadline) {
			t.Fatal("the server does not answer within 20 s")
		}
		<-time.After(50 * time.Millisecond)
	}
}
