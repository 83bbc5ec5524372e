package figure

import (
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// The kinds of figures.
const (
	Bar      = "bar"
	Column   = "column"
	Stacked  = "stacked"
	Share    = "share" // stacked, each to the same height
	Line     = "line"
	Area     = "area"
	Pie      = "pie"
	Scatter  = "scatter"
	Box      = "box"
	Treemap  = "treemap"
	Heat     = "heat"
	Range    = "range"    // from the least to the most
	Combined = "combined" // columns, and the last series as a line
)

// Kinds are all kinds, in the order in which they are offered.
var Kinds = []string{Bar, Column, Line, Area, Scatter, Pie, Box, Treemap, Stacked, Share, Range, Heat, Combined}

// Joint are the kinds in which figures of several datasets may be put together: series of values by labels.
var Joint = []string{Bar, Column, Line, Area, Stacked, Share, Combined}

// Figure is what is drawn: values of one or more series, by labels that all series share.
type Figure struct {
	Kind   string
	Labels []string
	Series []Series
	Points []Point              // of a scatter, which has no series
	Number func(float64) string // writes a value for the reader
	Title  string               // what it shows, for who does not see it
}

// Series is a row of values, one a label; NaN where there is none.
type Series struct {
	Name   string
	Values []float64
	Low    []float64    // of a range
	Boxes  [][5]float64 // of a box plot: least, lower quarter, middle, upper quarter, most
}

// Point is a row of a scatter.
type Point struct {
	X, Y float64
	Name string
}

// most is how many series have a colour of their own.
const most = 6

// size is a drawing's size in its own units.
type size struct {
	wide, high float64
	narrow     bool
}

// Wide draws for a screen, Narrow for a phone: labels above what they name.
func (f Figure) Wide() template.HTML { return f.draw(size{wide: 760}) }

// Narrow draws for a phone.
func (f Figure) Narrow() template.HTML { return f.draw(size{wide: 340, narrow: true}) }

// File draws the figure as a file of its own, with its colours.
func (f Figure) File() string {
	text := string(f.draw(size{wide: 760}))
	style := `<style>text{font:14px sans-serif;fill:#14212b}.tick,.n{fill:#475560}.in{fill:#ffffff;font-weight:600}.dark{fill:#14212b}rect{stroke:none}.slice,.tile{stroke:#fff;stroke-width:1.5}.mid{stroke:#fff;stroke-width:3}.dot{fill-opacity:.55}.grid{stroke:#dbe0dc}.base{stroke:#8b9691}.s1{fill:#2a7f7f;stroke:#2a7f7f}.s2{fill:#bf4d35;stroke:#bf4d35}.s3{fill:#d9a021;stroke:#d9a021}.s4{fill:#6a4c93;stroke:#6a4c93}.s5{fill:#4a7c2f;stroke:#4a7c2f}.s6{fill:#2f6bb0;stroke:#2f6bb0}.s0{fill:#8b9691;stroke:#8b9691}.line{fill:none;stroke-width:2.5}.wash{fill-opacity:.25;stroke:none}.h0{fill:#f3f5f3}.h1{fill:#cfe4df}.h2{fill:#a9d3cb}.h3{fill:#6cb3ad}.h4{fill:#2f8a8a}.h5{fill:#0a5961}</style>`
	return strings.Replace(text, ">", ">"+`<rect width="100%" height="100%" fill="#fff"/>`+style, 1)
}

// pen writes a drawing.
type pen struct {
	strings.Builder
	f Figure
	size
}

func (f Figure) draw(s size) template.HTML {
	p := &pen{f: f, size: s}
	var body func()
	switch f.Kind {
	case Bar:
		p.high, body = p.barHeight(), p.bars
	case Pie:
		p.high, body = 340, p.pie
		if s.narrow {
			p.high = 300
		}
	case Treemap:
		p.high, body = 420, p.treemap
	case Heat:
		p.high, body = 40+26*float64(max(len(f.Series), 1)), p.heat
	case Scatter:
		p.high, body = 420, p.scatter
	default:
		p.high, body = 420, p.columns
	}
	if s.narrow && p.high == 420 {
		p.high = 320
	}
	p.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ` + num(p.wide) + ` ` + num(p.high) + `" width="` + num(p.wide) + `" height="` + num(p.high) + `" direction="ltr" role="img" aria-label="` + html.EscapeString(f.Title) + `">`)
	body()
	p.WriteString("</svg>")
	return template.HTML(p.String())
}

func num(f float64) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		f = 0
	}
	return strconv.FormatFloat(math.Round(f*10)/10, 'f', -1, 64)
}

// text writes words at a place; anchor is start, middle or end.
func (p *pen) text(x, y float64, anchor, class, words string) {
	p.WriteString(`<text x="` + num(x) + `" y="` + num(y) + `" text-anchor="` + anchor + `"`)
	if class != "" {
		p.WriteString(` class="` + class + `"`)
	}
	p.WriteString(">" + html.EscapeString(words) + "</text>")
}

func (p *pen) line(x1, y1, x2, y2 float64, class string) {
	p.WriteString(`<line x1="` + num(x1) + `" y1="` + num(y1) + `" x2="` + num(x2) + `" y2="` + num(y2) + `" class="` + class + `"/>`)
}

// rect writes a mark that says what it is.
func (p *pen) rect(x, y, w, h float64, class, title string) {
	if h < 0 {
		y, h = y+h, -h
	}
	if w < 0 {
		x, w = x+w, -w
	}
	p.WriteString(`<rect x="` + num(x) + `" y="` + num(y) + `" width="` + num(w) + `" height="` + num(h) + `" class="` + class + `">` + told(title) + `</rect>`)
}

func told(title string) string { return "<title>" + html.EscapeString(title) + "</title>" }

// class gives the colour of a series.
func class(i int) string {
	if i >= most {
		return "s0"
	}
	return "s" + strconv.Itoa(i+1)
}

// in gives the class of words within a mark of that colour: light ones, but for the two colours that are light themselves.
func in(i int) string {
	if c := class(i); c == "s3" || c == "s0" {
		return "in dark"
	}
	return "in"
}

// says names a mark: its label, its series where there are several, its value.
func (p *pen) says(series, label int, value float64) string {
	out := p.f.Labels[label]
	if len(p.f.Series) > 1 {
		out += ", " + p.f.Series[series].Name
	}
	return out + ": " + p.f.Number(value)
}

// cut shortens a text to so many characters.
func cut(text string, most int) string {
	r := []rune(text)
	if len(r) <= most {
		return text
	}
	return string(r[:max(most-1, 1)]) + "…"
}

// Step gives the least round number, 1, 2, 5 or 10 times a power of ten, of which n at most lie in a span.
func Step(span float64, n int) float64 {
	step := math.Pow(10, math.Floor(math.Log10(span/float64(n))))
	for _, m := range []float64{1, 2, 5, 10} {
		if span/(step*m) <= float64(n) {
			return step * m
		}
	}
	return step
}

// ticks gives round numbers from low to high, about n of them.
func ticks(low, high float64, n int) []float64 {
	if !(high > low) {
		high = low + 1
	}
	step := Step(high-low, n)
	var out []float64
	for v := math.Floor(low/step) * step; v <= high+step*0.999 && len(out) < 50; v += step {
		out = append(out, math.Round(v/step)*step)
	}
	return out
}

// extent gives the least and the most of all values, with zero where shapes stand on it.
func (f Figure) extent() (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	see := func(v float64) {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			low, high = math.Min(low, v), math.Max(high, v)
		}
	}
	if f.Kind == Stacked || f.Kind == Share {
		for i := range f.Labels {
			up, down := 0.0, 0.0
			for _, s := range f.Series {
				if v := s.Values[i]; v > 0 {
					up += v
				} else if v < 0 {
					down += v
				}
			}
			see(up)
			see(down)
		}
	} else {
		for _, s := range f.Series {
			for _, list := range [][]float64{s.Values, s.Low} {
				for _, v := range list {
					see(v)
				}
			}
			for _, b := range s.Boxes {
				for _, v := range b {
					see(v)
				}
			}
		}
	}
	if math.IsInf(low, 1) {
		return 0, 1
	}
	if f.Kind != Line && f.Kind != Box && f.Kind != Range && f.Kind != Scatter || low > 0 && low < (high-low)*0.5 {
		low, high = math.Min(low, 0), math.Max(high, 0)
	}
	if low == high {
		high = low + 1
	}
	return low, high
}

func (p *pen) barHeight() float64 {
	n := float64(len(p.f.Labels) * max(len(p.f.Series), 1))
	if p.narrow {
		return 16 + n*22 + float64(len(p.f.Labels))*24
	}
	return 34 + n*26 + float64(len(p.f.Labels))*6
}

// bars draws lying bars; on a phone their labels stand above them.
func (p *pen) bars() {
	low, high := p.f.extent()
	marks := ticks(low, high, 5)
	low, high = math.Min(low, marks[0]), math.Max(high, marks[len(marks)-1])
	left, right := 0.0, p.wide-86
	if !p.narrow {
		longest := 0
		for _, l := range p.f.Labels {
			longest = max(longest, min(len([]rune(l)), 30))
		}
		left = math.Min(float64(longest)*7.6+14, 250)
	} else {
		right = p.wide - 70
	}
	at := func(v float64) float64 { return left + (v-low)/(high-low)*(right-left) }
	if !p.narrow {
		for _, m := range marks {
			p.line(at(m), 4, at(m), p.high-26, "grid")
			p.text(at(m), p.high-8, "middle", "tick", p.f.Number(m))
		}
	}
	y := 8.0
	for i, label := range p.f.Labels {
		if p.narrow {
			p.text(0, y+14, "start", "", cut(label, 44))
			y += 20
		}
		for k, s := range p.f.Series {
			if !p.narrow && k == 0 {
				p.text(left-12, y+float64(len(p.f.Series))*13+4, "end", "", cut(label, 30))
			}
			if v := s.Values[i]; !math.IsNaN(v) {
				p.rect(at(0), y+2, at(v)-at(0), 20, class(k), p.says(k, i, v))
				p.text(math.Max(at(v), at(0))+8, y+17, "start", "n", p.f.Number(v))
			}
			if p.narrow {
				y += 22
			} else {
				y += 26
			}
		}
		if p.narrow {
			y += 4
		} else {
			y += 6
		}
	}
}

// columns draws all figures that stand on an axis of labels.
func (p *pen) columns() {
	low, high := p.f.extent()
	share := p.f.Kind == Share
	if share {
		low, high = 0, 100
	}
	marks := ticks(low, high, 5)
	low, high = marks[0], math.Max(high, marks[len(marks)-1])
	longest, words := 1, make([]string, len(marks))
	for i, m := range marks {
		words[i] = p.f.Number(m)
		if share {
			words[i] += "\u00a0%"
		}
		longest = max(longest, len([]rune(words[i])))
	}
	left, right, top, bottom := float64(longest)*8+10, p.wide-8, 10.0, p.high-34
	at := func(v float64) float64 { return bottom - (v-low)/(high-low)*(bottom-top) }
	for i, m := range marks {
		p.line(left, at(m), right, at(m), "grid")
		p.text(left-8, at(m)+5, "end", "tick", words[i])
	}
	n := len(p.f.Labels)
	if n == 0 {
		return
	}
	step := (right - left) / float64(n)
	middle := func(i int) float64 { return left + step*(float64(i)+0.5) }
	room, widest := step, 1
	for _, l := range p.f.Labels {
		widest = max(widest, min(len([]rune(l)), 16))
	}
	every := max(1, int(math.Ceil(float64(widest)*7.8/room)))
	for i, l := range p.f.Labels {
		if i%every == 0 && (i+every <= n || i == 0 || (n-1-i)*int(room) > widest*4) {
			p.text(middle(i), p.high-12, "middle", "tick", cut(l, 16))
		}
	}
	switch p.f.Kind {
	case Line, Area:
		for k, s := range p.f.Series {
			p.curve(k, s, middle, at, at(math.Max(low, math.Min(0, high))))
		}
	case Stacked, Share:
		p.stacks(middle, at, step)
	case Range:
		for k, s := range p.f.Series {
			for i := range p.f.Labels {
				if s.Low != nil && !math.IsNaN(s.Values[i]) && !math.IsNaN(s.Low[i]) {
					p.rect(middle(i)-step*0.3, at(s.Values[i]), step*0.6, math.Max(at(s.Low[i])-at(s.Values[i]), 1.5), class(k), p.f.Labels[i]+": "+p.f.Number(s.Low[i])+" – "+p.f.Number(s.Values[i]))
				}
			}
		}
	case Box:
		for k, s := range p.f.Series {
			p.boxes(k, s, middle, at, step)
		}
	default:
		last := len(p.f.Series)
		if p.f.Kind == Combined && last > 1 {
			last--
		}
		each := step * 0.76 / float64(max(last, 1))
		for k, s := range p.f.Series[:last] {
			for i, v := range s.Values {
				if !math.IsNaN(v) {
					p.rect(middle(i)-step*0.38+each*float64(k), at(v), math.Max(each-1, 0.5), at(math.Max(low, math.Min(0, high)))-at(v), class(k), p.says(k, i, v))
				}
			}
		}
		for k := last; k < len(p.f.Series); k++ {
			p.curve(k, p.f.Series[k], middle, at, 0)
		}
	}
	if low < 0 && high > 0 {
		p.line(left, at(0), right, at(0), "base")
	}
}

// curve draws a line through the values of a series, broken where there are none.
func (p *pen) curve(k int, s Series, middle func(int) float64, at func(float64) float64, ground float64) {
	var path, wash strings.Builder
	open, from := false, 0
	closeWash := func(to int) {
		if p.f.Kind == Area && open {
			wash.WriteString("L" + num(middle(to)) + " " + num(ground) + "L" + num(middle(from)) + " " + num(ground) + "z")
		}
	}
	for i, v := range s.Values {
		if math.IsNaN(v) {
			if open {
				closeWash(i - 1)
			}
			open = false
			continue
		}
		move := "L"
		if !open {
			move, open, from = "M", true, i
		}
		path.WriteString(move + num(middle(i)) + " " + num(at(v)))
		wash.WriteString(move + num(middle(i)) + " " + num(at(v)))
	}
	closeWash(len(s.Values) - 1)
	if p.f.Kind == Area {
		p.WriteString(`<path class="wash ` + class(k) + `" d="` + wash.String() + `"/>`)
	}
	dash := ""
	if k > 0 { // never by colour alone
		dash = ` stroke-dasharray="` + []string{"7 3", "2 3", "9 3 2 3", "4 4", "12 4"}[(k-1)%5] + `"`
	}
	p.WriteString(`<path class="line ` + class(k) + `" d="` + path.String() + `"` + dash + `/>`)
	if len(s.Values) <= 400 {
		radius := "3.2"
		if len(s.Values) > 60 {
			radius = "1.2"
		}
		for i, v := range s.Values {
			if !math.IsNaN(v) {
				p.WriteString(`<circle cx="` + num(middle(i)) + `" cy="` + num(at(v)) + `" r="` + radius + `" class="` + class(k) + `">` + told(p.says(k, i, v)) + `</circle>`)
			}
		}
	}
}

func (p *pen) stacks(middle func(int) float64, at func(float64) float64, step float64) {
	for i := range p.f.Labels {
		all := 0.0
		for _, s := range p.f.Series {
			if v := s.Values[i]; v > 0 {
				all += v
			}
		}
		up, down := 0.0, 0.0
		for k, s := range p.f.Series {
			v := s.Values[i]
			if math.IsNaN(v) || v == 0 {
				continue
			}
			drawn := v
			if p.f.Kind == Share {
				if v < 0 || all == 0 {
					continue
				}
				drawn = v / all * 100
			}
			if drawn > 0 {
				p.rect(middle(i)-step*0.38, at(up+drawn), step*0.76, at(up)-at(up+drawn), class(k), p.says(k, i, v))
				up += drawn
			} else {
				p.rect(middle(i)-step*0.38, at(down), step*0.76, at(down+drawn)-at(down), class(k), p.says(k, i, v))
				down += drawn
			}
		}
	}
}

func (p *pen) boxes(k int, s Series, middle func(int) float64, at func(float64) float64, step float64) {
	half := math.Min(step*0.3, 40)
	for i, b := range s.Boxes {
		if math.IsNaN(b[2]) {
			continue
		}
		x := middle(i)
		p.line(x, at(b[0]), x, at(b[1]), "base")
		p.line(x, at(b[3]), x, at(b[4]), "base")
		p.line(x-half/2, at(b[0]), x+half/2, at(b[0]), "base")
		p.line(x-half/2, at(b[4]), x+half/2, at(b[4]), "base")
		words := make([]string, 5)
		for j, v := range b {
			words[j] = p.f.Number(v)
		}
		p.rect(x-half, at(b[3]), half*2, math.Max(at(b[1])-at(b[3]), 1), class(k), p.f.Labels[i]+": "+strings.Join(words, " · "))
		p.line(x-half, at(b[2]), x+half, at(b[2]), "mid")
	}
}

// pie draws shares of a whole as a ring.
func (p *pen) pie() {
	if len(p.f.Series) == 0 {
		return
	}
	values, all := p.f.Series[0].Values, 0.0
	for _, v := range values {
		if v > 0 {
			all += v
		}
	}
	if all == 0 {
		return
	}
	cx, cy, outer, inner := 170.0, p.high/2, 140.0, 78.0
	if p.narrow {
		cx, outer, inner = p.wide/2, 120, 66
	}
	angle := -math.Pi / 2
	for i, v := range values {
		if !(v > 0) {
			continue
		}
		turn := v / all * 2 * math.Pi
		words := p.says(0, i, v) + " (" + p.f.Number(math.Round(v/all*1000)/10) + "\u00a0%)"
		if turn > 2*math.Pi-1e-6 {
			p.WriteString(`<circle cx="` + num(cx) + `" cy="` + num(cy) + `" r="` + num((outer+inner)/2) + `" class="line ` + class(i) + `" stroke-width="` + num(outer-inner) + `">` + told(words) + `</circle>`)
		} else {
			large := "0"
			if turn > math.Pi {
				large = "1"
			}
			at := func(r, a float64) string { return num(cx+r*math.Cos(a)) + " " + num(cy+r*math.Sin(a)) }
			p.WriteString(`<path class="slice ` + class(i) + `" d="M` + at(outer, angle) + "A" + num(outer) + " " + num(outer) + " 0 " + large + " 1 " + at(outer, angle+turn) +
				"L" + at(inner, angle+turn) + "A" + num(inner) + " " + num(inner) + " 0 " + large + " 0 " + at(inner, angle) + `z">` + told(words) + `</path>`)
		}
		if turn > 0.3 {
			x, y := cx+(outer+inner)/2*math.Cos(angle+turn/2), cy+(outer+inner)/2*math.Sin(angle+turn/2)
			p.text(x, y+5, "middle", in(i), p.f.Number(math.Round(v/all*100))+"\u00a0%")
		}
		if !p.narrow {
			y := cy - float64(len(values))*12 + float64(i)*24
			p.WriteString(`<rect x="350" y="` + num(y) + `" width="16" height="16" class="` + class(i) + `"/>`)
			p.text(376, y+13, "start", "", cut(p.f.Labels[i], 32)+" – "+p.f.Number(v))
		}
		angle += turn
	}
}

// treemap draws shares of a whole as areas: the longer side of what is left is cut again and again.
func (p *pen) treemap() {
	if len(p.f.Series) == 0 {
		return
	}
	values := p.f.Series[0].Values
	var cutUp func(from, to int, all, x, y, w, h float64)
	cutUp = func(from, to int, all, x, y, w, h float64) {
		if from >= to || all <= 0 {
			return
		}
		if to-from == 1 {
			v := values[from]
			p.rect(x+1, y+1, math.Max(w-2, 0.5), math.Max(h-2, 0.5), "tile "+class(from), p.says(0, from, v))
			if w > 60 && h > 24 {
				p.text(x+8, y+20, "start", in(from), cut(p.f.Labels[from], int(w/8.5)))
			}
			if w > 60 && h > 44 {
				p.text(x+8, y+38, "start", in(from), p.f.Number(v))
			}
			return
		}
		part, at := 0.0, from
		for at < to-1 && (part == 0 || part+positive(values[at])/2 < all/2) {
			part += positive(values[at])
			at++
		}
		if w >= h {
			first := w * part / all
			cutUp(from, at, part, x, y, first, h)
			cutUp(at, to, all-part, x+first, y, w-first, h)
		} else {
			first := h * part / all
			cutUp(from, at, part, x, y, w, first)
			cutUp(at, to, all-part, x, y+first, w, h-first)
		}
	}
	all := 0.0
	for _, v := range values {
		all += positive(v)
	}
	cutUp(0, len(values), all, 0, 0, p.wide, p.high)
}

func positive(v float64) float64 {
	if v > 0 {
		return v
	}
	return 0
}

// heat draws values as shades: labels across, series down.
func (p *pen) heat() {
	low, high := math.Inf(1), math.Inf(-1)
	longest := 0
	for _, s := range p.f.Series {
		longest = max(longest, min(len([]rune(s.Name)), 20))
		for _, v := range s.Values {
			if !math.IsNaN(v) {
				low, high = math.Min(low, v), math.Max(high, v)
			}
		}
	}
	left := float64(longest)*7.6 + 12
	if p.narrow {
		left = math.Min(left, 110)
	}
	n := len(p.f.Labels)
	if n == 0 {
		return
	}
	step := (p.wide - left) / float64(n)
	for k, s := range p.f.Series {
		y := 4 + float64(k)*26
		p.text(left-8, y+17, "end", "", cut(s.Name, int(left/7.6)))
		for i, v := range s.Values {
			shade := 0
			if !math.IsNaN(v) {
				shade = 1 + int(math.Min(4, math.Floor((v-low)/math.Max(high-low, 1e-12)*5)))
				p.rect(left+step*float64(i), y, math.Max(step-1, 0.5), 24, "h"+strconv.Itoa(shade), p.says(k, i, v))
			}
		}
	}
	every := max(1, int(math.Ceil(70/step)))
	for i, l := range p.f.Labels {
		if i%every == 0 {
			p.text(left+step*(float64(i)+0.5), p.high-8, "middle", "tick", cut(l, 12))
		}
	}
}

// scatter draws points between two axes of numbers.
func (p *pen) scatter() {
	x1, x2, y1, y2 := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, q := range p.f.Points {
		x1, x2, y1, y2 = math.Min(x1, q.X), math.Max(x2, q.X), math.Min(y1, q.Y), math.Max(y2, q.Y)
	}
	if math.IsInf(x1, 1) {
		return
	}
	xs, ys := ticks(x1, x2, 6), ticks(y1, y2, 5)
	x1, x2, y1, y2 = xs[0], xs[len(xs)-1], ys[0], ys[len(ys)-1]
	longest := 1
	for _, m := range ys {
		longest = max(longest, len([]rune(p.f.Number(m))))
	}
	left, right, top, bottom := float64(longest)*8+10, p.wide-12, 10.0, p.high-34
	atX := func(v float64) float64 { return left + (v-x1)/(x2-x1)*(right-left) }
	atY := func(v float64) float64 { return bottom - (v-y1)/(y2-y1)*(bottom-top) }
	for _, m := range ys {
		p.line(left, atY(m), right, atY(m), "grid")
		p.text(left-8, atY(m)+5, "end", "tick", p.f.Number(m))
	}
	for i, m := range xs {
		p.line(atX(m), top, atX(m), bottom, "grid")
		if !p.narrow || i%2 == 0 {
			p.text(atX(m), p.high-12, "middle", "tick", p.f.Number(m))
		}
	}
	for _, q := range p.f.Points {
		p.WriteString(`<circle cx="` + num(atX(q.X)) + `" cy="` + num(atY(q.Y)) + `" r="4" class="dot s1">` + told(q.Name+": "+p.f.Number(q.X)+" · "+p.f.Number(q.Y)) + `</circle>`)
	}
}
