package figure

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"parvis/internal/locale"
	"parvis/internal/web/assets/assetstest"
)

var update = flag.Bool("update", false, "write the drawings in testdata anew; look at them before they are committed")

// sample is a figure of a kind with one series or several, in the words of a language.
func sample(kind string, many bool, p *locale.Printer) Figure {
	labels := map[string][]string{
		"fr": {"Mantes-la-Jolie", "Limay", "Conflans-Sainte-Honorine", "L’Île-aux-Moines & Œuilly", "2024"},
		"ar": {"مانت لا جولي", "ليماي", "كونفلان سانت أونورين", "بلدية ذات اسم طويل جدًا & غيره", "2024"},
	}[p.Tag]
	names := map[string][]string{"fr": {"Population", "Logements", "Emplois"}, "ar": {"السكان", "المساكن", "الوظائف"}}[p.Tag]
	f := Figure{Kind: kind, Title: names[0], Labels: labels, Number: func(v float64) string { return p.Number(v, -1) }}
	if kind == Scatter {
		for i := range 12 {
			f.Points = append(f.Points, Point{X: float64(i * i), Y: 1000 - 70.5*float64(i), Name: labels[i%len(labels)]})
		}
		return f
	}
	count := 1
	if many {
		count = len(names)
	}
	for k := range count {
		s := Series{Name: names[k]}
		for i := range labels {
			v := float64((i*7+k*5)%11)*1234.5 + 100
			switch {
			case many && i == 3 && k == 1:
				v = math.NaN()
			case many && i == 2 && kind != Pie && kind != Treemap:
				v = -v / 3
			}
			v = math.Round(v)
			s.Values = append(s.Values, v)
			switch kind {
			case Range:
				s.Low = append(s.Low, v-900)
			case Box:
				s.Boxes = append(s.Boxes, [5]float64{v - 800, v - 300, v, v + 500, v + 1900})
			}
		}
		f.Series = append(f.Series, s)
	}
	return f
}

// TestDrawingsStay compares every kind, with one series and with several, in French and Arabic, wide and narrow, with the drawing that was looked at.
func TestDrawingsStay(t *testing.T) {
	all, err := locale.Load(locale.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range Kinds {
		for _, many := range []bool{false, true} {
			if many && (kind == Scatter || kind == Pie || kind == Treemap) {
				continue // they show one series
			}
			for _, tag := range []string{"fr", "ar"} {
				f := sample(kind, many, all.Printer(tag))
				for look, drawn := range map[string]string{"file": f.File(), "narrow": string(f.Narrow())} {
					series := "one"
					if many {
						series = "many"
					}
					name := filepath.Join("testdata", fmt.Sprintf("%s-%s-%s-%s.svg", kind, series, tag, look))
					drawn = strings.ReplaceAll(drawn, "><", ">\n<") + "\n"
					if *update {
						if err := os.WriteFile(name, []byte(drawn), 0o644); err != nil {
							t.Fatal(err)
						}
						continue
					}
					kept, err := os.ReadFile(name)
					if err != nil {
						t.Fatal(err)
					}
					if at := differs(string(kept), drawn); at != "" {
						t.Errorf("%s is drawn otherwise: %s\nlook at it, then go test ./internal/web/figure -update", name, at)
					}
				}
			}
		}
	}
}

var numbers = regexp.MustCompile(`[0-9]+(\.[0-9]+)?`)

// differs gives the first line in which two drawings differ by more than the last figure of a place; "" where none does.
func differs(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range max(len(as), len(bs)) {
		if i >= len(as) || i >= len(bs) {
			return fmt.Sprintf("%d lines, and were %d", len(bs), len(as))
		}
		m, n := numbers.FindAllString(as[i], -1), numbers.FindAllString(bs[i], -1)
		same := len(m) == len(n) && numbers.ReplaceAllString(as[i], "0") == numbers.ReplaceAllString(bs[i], "0")
		for j := 0; same && j < len(m); j++ {
			x, errX := strconv.ParseFloat(m[j], 64)
			y, errY := strconv.ParseFloat(n[j], 64)
			same = errX == nil && errY == nil && math.Abs(x-y) < 0.15
		}
		if !same {
			return as[i] + "\nbecame " + bs[i]
		}
	}
	return ""
}

var fills = regexp.MustCompile(`\.(s[0-9]|in|dark)\{fill:(#[0-9a-f]+)`)

// TestWordsWithinMarksAreLegible holds the colours of the file, as the style sheet's, to a contrast of 4.5 between a mark and the words in it.
func TestWordsWithinMarksAreLegible(t *testing.T) {
	colours := map[string]string{}
	for _, m := range fills.FindAllStringSubmatch(Figure{Kind: Pie}.File(), -1) {
		colours[m[1]] = m[2]
	}
	for i := range most + 1 {
		words := colours["in"]
		if in(i) == "in dark" {
			words = colours["dark"]
		}
		if ratio := assetstest.Contrast(t, words, colours[class(i)]); ratio < 4.5 {
			t.Errorf("%s on %s, %s: %.2f", words, class(i), colours[class(i)], ratio)
		}
	}
}

// TestDifferencesAreSeen proves that a drawing that is another one is found out.
func TestDifferencesAreSeen(t *testing.T) {
	const kept = "<a x=\"10.1\"/>\n<b/>\n"
	for _, other := range []string{"<a x=\"10.4\"/>\n<b/>\n", "<a x=\"-10.1\"/>\n<b/>\n", "<a x=\"10.1\"/>\n", "<a x=\"10.1\"/>\n<c/>\n"} {
		if differs(kept, other) == "" {
			t.Errorf("%q is taken for %q", other, kept)
		}
	}
	if at := differs(kept, "<a x=\"10.2\"/>\n<b/>\n"); at != "" {
		t.Errorf("the last figure of a place counts: %s", at)
	}
}
