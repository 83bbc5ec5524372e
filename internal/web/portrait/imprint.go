package portrait

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"parvis/internal/dataset"
)

// The imprint's size in its own units, and the space left around the drawing.
const (
	width, height = 304.0, 216.0
	margin        = 22.0
)

// palette is five steps from faint to full.
type palette [5]string

func colours(dark bool) palette {
	if dark {
		return palette{"#1b3f45", "#225a60", "#2f8080", "#55aea9", "#9fe0d8"}
	}
	return palette{"#cfe4df", "#a9d3cb", "#6cb3ad", "#2f8a8a", "#0a5961"}
}

// Imprint draws the picture that suits the data as an SVG. Dark is for dark pages.
func (p *Portrait) Imprint(dark bool) []byte {
	var pen svg
	fmt.Fprintf(&pen, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g">`, width, height)
	p.Draw(&pen, dark)
	pen.WriteString(`</svg>`)
	return pen.Bytes()
}

// Draw draws the picture that suits the data, 304 units wide and 216 high: a map where there are shapes or points, a curve or
// a calendar over time, tiles, a cloud, a histogram, shares; an empty table where there is nothing to draw.
func (p *Portrait) Draw(pen Pen, dark bool) {
	c := colours(dark)
	drawn := p.outlines(pen, c, dark) || p.dots(pen, c) || p.curve(pen, c) || p.calendar(pen, c) ||
		p.pavement(pen, c) || p.cloud(pen, c) || p.columns(pen, c) || p.bars(pen, c)
	if !drawn {
		p.grid(pen, c)
	}
}

// plane gives the projection of degrees onto the picture: equirectangular, true to scale at the middle latitude,
// over the box that holds most points (a few strays would make the rest a speck).
func plane(points []point) func(point) point {
	xs, ys := make([]float64, len(points)), make([]float64, len(points))
	for i, q := range points {
		xs[i], ys[i] = q.x, q.y
	}
	slices.Sort(xs)
	slices.Sort(ys)
	cut := len(xs) / 200
	west, east, south, north := xs[cut], xs[len(xs)-1-cut], ys[cut], ys[len(ys)-1-cut]
	k := math.Max(0.2, math.Cos((south+north)/2*math.Pi/180))
	w, h := math.Max((east-west)*k, 1e-6), math.Max(north-south, 1e-6)
	s := math.Min((width-2*margin)/w, (height-2*margin)/h)
	return func(q point) point {
		return point{width/2 + (q.x-(west+east)/2)*k*s, height/2 - (q.y-(south+north)/2)*s}
	}
}

// outlines draws shapes, shaded in five equal groups by the first number of their rows.
func (p *Portrait) outlines(pen Pen, c palette, dark bool) bool {
	var all []point
	var values []float64
	for _, s := range p.shapes {
		for _, r := range s.rings {
			all = append(all, r...)
		}
		if !math.IsNaN(s.value) {
			values = append(values, s.value)
		}
	}
	if len(all) == 0 {
		return false
	}
	slices.Sort(values)
	onto := plane(all)
	var steps [5][][]At
	for _, s := range p.shapes {
		step := 2
		if len(values) > 1 && !math.IsNaN(s.value) {
			at, _ := slices.BinarySearch(values, s.value)
			step = min(4, at*5/len(values))
		}
		for _, ring := range s.rings {
			if drawn := simple(ring, onto); drawn != nil {
				steps[step] = append(steps[step], drawn)
			}
		}
	}
	edge := "#f3f5f3"
	if dark {
		edge = "#161f26"
	}
	for i, rings := range steps {
		if len(rings) > 0 {
			pen.Area(rings, c[i], edge)
		}
	}
	return true
}

// simple gives a ring in whole pixels of twice the shown size; corners that fall on the last are left out, and
// so is a ring that crosses the antimeridian, which would draw a bar over the whole world.
func simple(ring []point, onto func(point) point) []At {
	for i := 1; i < len(ring); i++ {
		if math.Abs(ring[i].x-ring[i-1].x) > 180 {
			return nil
		}
	}
	var out []At
	var last point
	for _, corner := range ring {
		q := onto(corner)
		q = point{math.Round(q.x*2) / 2, math.Round(q.y*2) / 2}
		if len(out) > 0 && math.Abs(q.x-last.x)+math.Abs(q.y-last.y) < 1.5 {
			continue
		}
		out = append(out, At{q.x, q.y})
		last = q
	}
	if len(out) < 3 {
		return nil
	}
	return out
}

// dots draws points on a fine grid, larger and fuller where more of them fall together.
func (p *Portrait) dots(pen Pen, c palette) bool {
	if len(p.points) == 0 {
		return false
	}
	const cell = 5.0
	onto := plane(p.points)
	cells := map[[2]int]int{}
	for _, q := range p.points {
		if at := onto(q); at.x > 4 && at.x < width-4 && at.y > 4 && at.y < height-4 {
			cells[[2]int{int(at.x / cell), int(at.y / cell)}]++
		}
	}
	keys := make([][2]int, 0, len(cells))
	most := 1
	for k, n := range cells {
		keys = append(keys, k)
		most = max(most, n)
	}
	slices.SortFunc(keys, func(a, b [2]int) int {
		return cmp.Or(cells[a]-cells[b], a[1]-b[1], a[0]-b[0])
	})
	for _, k := range keys {
		share := math.Log1p(float64(cells[k])) / math.Log1p(float64(most))
		if most == 1 {
			share = 0.8
		}
		step := min(4, 1+int(share*3.99))
		pen.Circle((float64(k[0])+.5)*cell, (float64(k[1])+.5)*cell, 2+2.6*share, c[step])
	}
	return true
}

// curve draws the mean of the first number over the first time, where rows have both.
func (p *Portrait) curve(pen Pen, c palette) bool {
	when, what := p.first(dataset.Date, dataset.DateTime), p.first(dataset.Double)
	if when == nil || what == nil || when.High <= when.Low || len(when.numbers) != len(what.numbers) {
		return false
	}
	const steps = 60
	var sum, n [steps]float64
	for i, t := range when.numbers {
		k := min(steps-1, int((t-when.Low)/(when.High-when.Low)*steps))
		sum[k] += what.numbers[i]
		n[k]++
	}
	var xs, ys []float64
	for k := range steps {
		if n[k] > 0 {
			xs, ys = append(xs, float64(k)/(steps-1)), append(ys, sum[k]/n[k])
		}
	}
	if len(xs) < 3 {
		return false
	}
	low, high := slices.Min(ys), slices.Max(ys)
	if low > 0 && low < high/2 {
		low = 0
	}
	line := make([]At, len(xs))
	for i := range xs {
		line[i] = At{margin + xs[i]*(width-2*margin), height - margin - (ys[i]-low)/math.Max(high-low, 1e-9)*(height-2*margin)}
	}
	pen.Area([][]At{append(slices.Clone(line), At{width - margin, height - margin}, At{margin, height - margin})}, c[0], "")
	pen.Line(line, c[4], 3.5)
	return true
}

// calendar draws how the rows fall on twelve months and the years of the first date.
func (p *Portrait) calendar(pen Pen, c palette) bool {
	when := p.first(dataset.Date, dataset.DateTime)
	if when == nil {
		return false
	}
	first, last := when.Time(when.Low).Year(), when.Time(when.High).Year()
	years := last - first + 1
	if years < 2 || years > 16 {
		return p.histogram(pen, c, when)
	}
	counts := make([]int, years*12)
	for _, s := range when.numbers {
		t := when.Time(s)
		counts[(t.Year()-first)*12+int(t.Month())-1]++
	}
	most := math.Max(1, float64(slices.Max(counts)))
	w, h := (width-2*margin)/12, (height-2*margin)/float64(years)
	for i, n := range counts {
		if n == 0 {
			continue
		}
		step := min(4, int(float64(n)/most*4.99))
		pen.Rect(margin+float64(i%12)*w, margin+float64(i/12)*h, w-2.5, math.Max(h-2.5, 1), 1.5, c[step])
	}
	return true
}

// columns draws the histogram of the first number that varies.
func (p *Portrait) columns(pen Pen, c palette) bool {
	for i := range p.Fields {
		t := p.Fields[i].Column.Type
		if (t == dataset.Int || t == dataset.Double) && p.Fields[i].High > p.Fields[i].Low {
			return p.histogram(pen, c, &p.Fields[i])
		}
	}
	return false
}

func (p *Portrait) histogram(pen Pen, c palette, of *Profile) bool {
	heights := of.Bins
	most := float64(slices.Max(heights))
	w := (width - 2*margin) / BinCount
	for i, n := range heights {
		h := math.Max(2, float64(n)/most*(height-2*margin))
		step := 2
		if float64(n) == most {
			step = 4
		}
		pen.Rect(margin+float64(i)*w, height-margin-h, w-2, h, 0, c[step])
	}
	return true
}

// bars draws the shares of the text that has the fewest different values from five up.
func (p *Portrait) bars(pen Pen, c palette) bool {
	var best *Profile
	for i := range p.Fields {
		x := &p.Fields[i]
		if x.Different > 1 && x.Top[0].Rows > 1 && (best == nil || x.Different >= 5 && (best.Different < 5 || x.Different < best.Different)) {
			best = x
		}
	}
	if best == nil {
		return false
	}
	n := len(best.Top)
	h := (height - 2*margin) / float64(n)
	for i, t := range best.Top {
		w := float64(t.Rows) / float64(best.Top[0].Rows) * (width - 2*margin)
		step := max(1, 4-i)
		pen.Rect(margin, margin+float64(i)*h, math.Max(w, 3), h-4, 0, c[step])
	}
	return true
}

// grid draws an empty table.
func (p *Portrait) grid(pen Pen, c palette) {
	for row := range 6 {
		for col := range 4 {
			step := 0
			if row == 0 {
				step = 1
			}
			pen.Rect(margin+float64(col)*66, margin+float64(row)*30, 58, 20, 0, c[step])
		}
	}
}

func (p *Portrait) first(types ...dataset.Type) *Profile {
	for i := range p.Fields {
		if !p.Fields[i].Column.List && slices.Contains(types, p.Fields[i].Column.Type) && len(p.Fields[i].numbers) > 0 {
			return &p.Fields[i]
		}
	}
	return nil
}
