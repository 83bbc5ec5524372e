package statistics

import (
	"regexp"
	"strings"
	"testing"
)

func TestClients(t *testing.T) {
	a, err := newAgents()
	if err != nil {
		t.Fatal(err)
	}
	if len(a.known) > 255 {
		t.Fatalf("%d clients do not fit into a byte", len(a.known))
	}
	for name, want := range map[string]client{
		"": {bot, "unnamed"},
		"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)": {bot, "crawler"},
		"Mozilla/5.0 (compatible; SomethingNew/1.0; spider)":                       {bot, "crawler"},
		"curl/8.5.0":                    {program, "curl"},
		"python-requests/2.31":          {program, "python"},
		"Mozilla/5.0 QGIS/33404/Ubuntu": {program, "qgis"},
		"Wget/1.21":                     {program, "wget"},
		"my-own-script 1.0":             {program, "other"},
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                                   {human, "firefox"},
		"Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0":                                                                     {human, "firefox mobile"},
		"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0":                                {human, "edge"},
		"Mozilla/5.0 (Linux; Android 15; CUBOT X50) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36":                      {human, "chrome mobile"},
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1":     {human, "safari mobile"},
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0 Safari/537.36":                                {bot, "crawler"},
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 \u00e9\x80 strange": {human, "chrome"},
	} {
		for range 2 { // once judged, once remembered
			if got := a.known[a.find(name)]; got != want {
				t.Errorf("%q is %c %s, want %c %s", name, got.class, got.family, want.class, want.family)
			}
		}
	}
}

// TestCrawlersAgreeWithTheirPatterns holds the finder to the regular expressions that it was made of.
func TestCrawlersAgreeWithTheirPatterns(t *testing.T) {
	c, err := readCrawlers()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(crawlerList) {
		pattern, kind, _ := strings.Cut(strings.TrimSpace(line), "\t")
		n++
		text := sample(pattern)
		if !regexp.MustCompile(strings.ReplaceAll(pattern, `\/`, "/")).MatchString(text) {
			t.Fatalf("the sample %q does not match %s", text, pattern)
		}
		if got := c.find(text); got == human || kind == "bot" && got != bot {
			t.Errorf("%s: %q is found to be %c", pattern, text, got)
		}
	}
	if n < 1500 {
		t.Errorf("the list holds %d patterns", n)
	}
	for _, plain := range []string{"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Opera/9.80 (J2ME/MIDP; Opera Mini/7.1; U; fr) Presto/2.8"} {
		if got := c.find(plain); got != human {
			t.Errorf("%q is found to be %c", plain, got)
		}
	}
}

// sample writes a text that a pattern of the list matches.
func sample(pattern string) string {
	pairs := []string{`([^-]|$)`, "", `[wW]`, "W", `(sistrix|SISTRIX)`, "sistrix", `(Bot|SiteAudit)`, "Bot", `(^| )`, "", `[\s\S]*`, " x ", `\d\.\d+`, "1.20",
		"Automaton|", "", "Chirp|", "", "Netumo|", "", "^", "", "$", ""}
	text := strings.NewReplacer(pairs...).Replace(pattern)
	text = regexp.MustCompile(`\[(.)(.)\]`).ReplaceAllString(text, "$2")
	return strings.ReplaceAll(text, `\`, "")
}

func BenchmarkFind(b *testing.B) {
	a, err := newAgents()
	if err != nil {
		b.Fatal(err)
	}
	name := "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
	b.Run("remembered", func(b *testing.B) {
		for b.Loop() {
			a.find(name)
		}
	})
	b.Run("judged", func(b *testing.B) {
		for b.Loop() {
			a.judge(name)
		}
	})
}
