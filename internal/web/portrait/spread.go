package portrait

import (
	"cmp"
	"math"
	"slices"

	"parvis/internal/dataset"
)

// mostTiles is how many rows a pavement shows: beyond, its tiles would be dust.
const mostTiles = 300

// rect is a box of the picture.
type rect struct{ x, y, w, h float64 }

// measured tells whether a field is a number that says something: it varies and does not just number the rows.
func measured(f *Profile) bool {
	if f.Column.List || f.Column.Type != dataset.Int && f.Column.Type != dataset.Double || f.High <= f.Low {
		return false
	}
	for i := 1; i < len(f.numbers); i++ {
		if f.numbers[i]-f.numbers[i-1] != 1 {
			return true
		}
	}
	return false
}

// pavement draws each row as a tile as large as its first number, where a few rows hold most of the whole: towns and
// their inhabitants, countries and their wealth.
func (p *Portrait) pavement(pen Pen, c palette) bool {
	at := slices.IndexFunc(p.Fields, func(f Profile) bool { return measured(&f) })
	if at < 0 {
		return false
	}
	sizes := slices.Clone(p.Fields[at].numbers)
	if !p.Fields[at].Log || p.Sampled || len(sizes) < 8 || len(sizes) > mostTiles {
		return false
	}
	slices.SortFunc(sizes, func(a, b float64) int { return cmp.Compare(b, a) })
	tiles := pave(sizes, rect{margin / 2, margin / 2, width - margin, height - margin})
	whole, before := 0.0, 0.0
	for _, x := range sizes {
		whole += x
	}
	for i, t := range tiles { // each shade covers about a fifth of the picture
		step := max(0, 4-int(before/whole*5))
		before += sizes[i]
		pen.Rect(t.x, t.y, math.Max(t.w-1.5, 0.6), math.Max(t.h-1.5, 0.6), 0, c[step])
	}
	return true
}

// pave divides a box into tiles of the given sizes, the largest first, as nearly square as can be: rows of tiles
// are laid along the shorter side, each as long as its tiles grow squarer by it.
func pave(sizes []float64, room rect) []rect {
	total := 0.0
	for _, s := range sizes {
		total += s
	}
	scale := room.w * room.h / total
	var out []rect
	for len(sizes) > 0 {
		side := math.Min(room.w, room.h)
		n, sum, worst := 0, 0.0, math.Inf(1)
		for n < len(sizes) {
			next := (sum + sizes[n]) * scale
			first, last := sizes[0]*scale, sizes[n]*scale
			w := math.Max(side*side*first/(next*next), next*next/(side*side*last))
			if w > worst {
				break
			}
			worst, sum = w, sum+sizes[n]
			n++
		}
		thick, along := sum*scale/side, 0.0
		for _, s := range sizes[:n] {
			long := s * scale / thick
			if room.w >= room.h {
				out = append(out, rect{room.x, room.y + along, thick, long})
			} else {
				out = append(out, rect{room.x + along, room.y, long, thick})
			}
			along += long
		}
		if room.w >= room.h {
			room.x, room.w = room.x+thick, math.Max(room.w-thick, 1e-9)
		} else {
			room.y, room.h = room.y+thick, math.Max(room.h-thick, 1e-9)
		}
		sizes = sizes[n:]
	}
	return out
}

// cloud draws one number against another where every row has both and neither follows from the other.
func (p *Portrait) cloud(pen Pen, c palette) bool {
	var axes []*Profile
	for i := range p.Fields {
		if f := &p.Fields[i]; measured(f) && len(f.numbers) == p.Rows && p.Rows >= 30 {
			axes = append(axes, f)
		}
	}
	for i, x := range axes {
		for _, y := range axes[i+1:] {
			if r := correlation(onScale(x), onScale(y)); math.Abs(r) > 0.25 && math.Abs(r) < 0.97 {
				scatter(pen, c, onScale(x), onScale(y))
				return true
			}
		}
	}
	return false
}

// onScale gives the numbers of a field between 0 and 1, by orders of magnitude where they span several.
func onScale(f *Profile) []float64 {
	low, high := f.Low, f.High
	if f.Log {
		low, high = math.Log(low), math.Log(high)
	}
	out := make([]float64, len(f.numbers))
	for i, x := range f.numbers {
		if f.Log {
			x = math.Log(x)
		}
		out[i] = (x - low) / (high - low)
	}
	return out
}

// scatter draws points on a fine grid, larger and fuller where more of them fall together.
func scatter(pen Pen, c palette, xs, ys []float64) {
	const cell = 7.0
	cells := map[[2]int]int{}
	most := 1
	for i := range xs {
		k := [2]int{int((margin + xs[i]*(width-2*margin)) / cell), int((height - margin - ys[i]*(height-2*margin)) / cell)}
		cells[k]++
		most = max(most, cells[k])
	}
	keys := make([][2]int, 0, len(cells))
	for k := range cells {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b [2]int) int { return cmp.Or(cells[a]-cells[b], a[1]-b[1], a[0]-b[0]) })
	for _, k := range keys {
		share := math.Log1p(float64(cells[k])) / math.Log1p(float64(most))
		pen.Circle((float64(k[0])+.5)*cell, (float64(k[1])+.5)*cell, 1.8+2.6*share, c[min(4, 1+int(share*3.99))])
	}
}

// correlation gives how far two series lie on one line, between -1 and 1; 0 where one does not vary.
func correlation(xs, ys []float64) float64 {
	var mx, my float64
	for i := range xs {
		mx, my = mx+xs[i]/float64(len(xs)), my+ys[i]/float64(len(ys))
	}
	var xy, xx, yy float64
	for i := range xs {
		dx, dy := xs[i]-mx, ys[i]-my
		xy, xx, yy = xy+dx*dy, xx+dx*dx, yy+dy*dy
	}
	if xx == 0 || yy == 0 {
		return 0
	}
	return xy / math.Sqrt(xx*yy)
}
