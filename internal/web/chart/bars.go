package chart

import (
	"fmt"
	"html/template"
	"strings"
)

// Bar is one step of time.
type Bar struct {
	Value int64
	Says  string // shown when a pointer rests on it, as in "November 2026: 120"
}

// Figure is bars with a title. Time runs from left to right in every language, as it does in the pictures of datasets.
type Figure struct {
	Title string
	Top   string // the greatest value, as the page writes numbers
	Says  string // the whole figure in a sentence
	First string // under the first bar
	Last  string // under the last
	Bars  []Bar
}

// The box in which bars are drawn; the page stretches it.
const (
	step   = 10
	height = 100
)

// HTML draws the figure.
func (f Figure) HTML() template.HTML {
	var b strings.Builder
	e := template.HTMLEscapeString
	fmt.Fprintf(&b, `<figure class="chart"><figcaption><span>%s</span> <bdi class="n">%s</bdi></figcaption>`, e(f.Title), e(f.Top))
	width := max(1, len(f.Bars)) * step
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d %d" preserveAspectRatio="none" role="img" aria-label="%s"><path class="grid" d="M0 .5h%dM0 50h%d"/>`, width, height, e(f.Says), width, width)
	most := int64(1)
	for _, bar := range f.Bars {
		most = max(most, bar.Value)
	}
	for i, bar := range f.Bars {
		tall := float64(bar.Value) / float64(most) * height
		if bar.Value > 0 {
			tall = max(tall, 1)
		}
		fmt.Fprintf(&b, `<g><title>%s</title><rect class="hit" x="%d" width="%d" height="%d"/><rect x="%d" y="%.2f" width="%d" height="%.2f"/></g>`,
			e(bar.Says), i*step, step, height, i*step+1, height-tall, step-2, tall)
	}
	fmt.Fprintf(&b, `</svg><p class="axis" dir="ltr" aria-hidden="true"><bdi>%s</bdi> <bdi>%s</bdi></p></figure>`, e(f.First), e(f.Last))
	return template.HTML(b.String()) // every text above is escaped
}
