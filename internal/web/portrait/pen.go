package portrait

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
)

// At is a place in a drawing: from the left, from the top.
type At = [2]float64

// Pen draws. Colours are written as in #0a5961.
type Pen interface {
	Rect(x, y, w, h, round float64, fill string)
	Circle(x, y, r float64, fill string)
	Area(rings [][]At, fill, edge string) // what one ring more encloses within another is left out; edge "" is none
	Line(points []At, colour string, wide float64)
}

// svg is the Pen of SVGs.
type svg struct{ bytes.Buffer }

// f writes a coordinate in tenths.
func f(x float64) string { return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64) }

func (s *svg) Rect(x, y, w, h, round float64, fill string) {
	corner := ""
	if round > 0 {
		corner = ` rx="` + f(round) + `"`
	}
	fmt.Fprintf(s, `<rect x="%s" y="%s" width="%s" height="%s"%s fill="%s"/>`, f(x), f(y), f(w), f(h), corner, fill)
}

func (s *svg) Circle(x, y, r float64, fill string) {
	fmt.Fprintf(s, `<circle cx="%s" cy="%s" r="%s" fill="%s"/>`, f(x), f(y), f(r), fill)
}

func (s *svg) Area(rings [][]At, fill, edge string) {
	stroke := ""
	if edge != "" {
		stroke = ` stroke="` + edge + `" stroke-width="1" stroke-linejoin="round" fill-rule="evenodd"`
	}
	fmt.Fprintf(s, `<path fill="%s"%s d="`, fill, stroke)
	for _, ring := range rings {
		s.run(ring)
		s.WriteByte('Z')
	}
	s.WriteString(`"/>`)
}

func (s *svg) Line(points []At, colour string, wide float64) {
	fmt.Fprintf(s, `<path fill="none" stroke="%s" stroke-width="%s" stroke-linejoin="round" stroke-linecap="round" d="`, colour, f(wide))
	s.run(points)
	s.WriteString(`"/>`)
}

// run writes places that a line joins.
func (s *svg) run(points []At) {
	letter := byte('M')
	for _, at := range points {
		s.WriteByte(letter)
		s.WriteString(f(at[0]) + " " + f(at[1]))
		letter = 'L'
	}
}
