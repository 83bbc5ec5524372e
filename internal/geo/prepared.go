package geo

import (
	"math"
	"slices"
	"sync"
)

// Prepared is the geometry of a query made ready to be compared with many rows. It may be used by many
// goroutines at once. Shapes of rows are well-known binary; damaged ones answer false to every question.
//
// Geometry is plane geometry on degrees. Borders belong to shapes: a point on the border of a polygon meets it
// and lies within it. Polygons that cross themselves are read by the even-odd rule.
type Prepared struct {
	shape     flat
	bounds    Bounds
	areas     bool // has polygons
	rectangle bool // is one polygon, equal to its bounding box
	bands     bands
	rows      sync.Pool // of *row
}

// row is the working memory for one shape.
type row struct {
	flat
	cuts []float64
}

// Prepare makes a geometry ready.
func Prepare(g Geometry) *Prepared {
	p := &Prepared{rows: sync.Pool{New: func() any { return new(row) }}}
	p.shape.decode(g.WKB())
	p.bounds = p.shape.bounds
	for _, part := range p.shape.parts {
		p.areas = p.areas || part.role == ring
	}
	p.rectangle = p.shape.isRectangle()
	p.bands = index(&p.shape)
	return p
}

// Bounds gives the bounding box of the query's geometry, empty where it is.
func (p *Prepared) Bounds() Bounds { return p.bounds }

// isRectangle tells whether a shape is a single ring along its bounding box.
func (f *flat) isRectangle() bool {
	if len(f.parts) != 1 || f.parts[0].role != ring || f.parts[0].to-f.parts[0].from != 5 {
		return false
	}
	for i := range int32(4) {
		if f.x(i) != f.bounds.West && f.x(i) != f.bounds.East || f.y(i) != f.bounds.South && f.y(i) != f.bounds.North {
			return false
		}
		if (f.x(i) == f.x(i+1)) == (f.y(i) == f.y(i+1)) {
			return false
		}
	}
	return true
}

// PointIn tells whether a position lies in the query's geometry or on it.
func (p *Prepared) PointIn(lon, lat float64) bool { return p.place(lon, lat) != outside }

func (p *Prepared) place(x, y float64) place {
	if !p.bounds.holdsPoint(x, y) {
		return outside
	}
	if p.rectangle && x > p.bounds.West && x < p.bounds.East && y > p.bounds.South && y < p.bounds.North {
		return within
	}
	if at := p.bands.place(x, y); at != outside {
		return at
	}
	for _, part := range p.shape.parts {
		if part.role == point && math.Abs(p.shape.x(part.from)-x) <= touch && math.Abs(p.shape.y(part.from)-y) <= touch {
			return onEdge
		}
	}
	return outside
}

// Intersects tells whether the shape and the query's geometry have a point in common.
func (p *Prepared) Intersects(wkb []byte) bool {
	r := p.rows.Get().(*row)
	defer p.rows.Put(r)
	return r.decode(wkb) && p.meets(r)
}

// Disjoint tells whether they have none; an empty shape is disjoint from everything.
func (p *Prepared) Disjoint(wkb []byte) bool {
	r := p.rows.Get().(*row)
	defer p.rows.Put(r)
	return r.decode(wkb) && !p.meets(r)
}

func (p *Prepared) meets(r *row) bool {
	if len(r.parts) == 0 || !p.bounds.Meets(r.bounds) {
		return false
	}
	if p.rectangle && p.bounds.Holds(r.bounds) {
		return true
	}
	for _, part := range r.parts {
		if p.PointIn(r.x(part.from), r.y(part.from)) {
			return true
		}
	}
	if !r.segments(func(s segment) bool {
		return p.bands.near(s, func(t segment) bool { return !s.meets(t) })
	}) {
		return true
	}
	// No borders meet: what is left is that a part of the query lies wholly within the shape.
	for _, part := range p.shape.parts {
		x, y := p.shape.x(part.from), p.shape.y(part.from)
		if r.bounds.holdsPoint(x, y) && r.place(x, y) != outside {
			return true
		}
	}
	return false
}

// Within tells whether no point of the shape lies outside of the query's geometry. An empty shape lies nowhere.
func (p *Prepared) Within(wkb []byte) bool {
	r := p.rows.Get().(*row)
	defer p.rows.Put(r)
	if !r.decode(wkb) || len(r.parts) == 0 || !p.bounds.Holds(r.bounds) {
		return false
	}
	if p.rectangle {
		return true
	}
	area := false
	for _, part := range r.parts {
		area = area || part.role == ring
		for i := part.from; i < part.to; i++ {
			if !p.PointIn(r.x(i), r.y(i)) {
				return false
			}
		}
	}
	if area && !p.areas {
		return false
	}
	if !r.segments(func(s segment) bool { return p.covers(s, r) }) {
		return false
	}
	// The border of the shape is in. A border of the query that runs through its inside has an outside.
	return !area || p.shape.segments(func(s segment) bool {
		if !r.bounds.Meets(Bounds{min(s.x1, s.x2), min(s.y1, s.y2), max(s.x1, s.x2), max(s.y1, s.y2)}) {
			return true
		}
		r.cuts = append(r.cuts[:0], 0, 1)
		r.segments(func(t segment) bool { r.cuts = s.cuts(t, r.cuts); return true })
		return s.middles(r.cuts, func(x, y float64) bool { return r.place(x, y) != within })
	})
}

// covers tells whether a segment whose ends lie in the query's geometry does so along its whole length: it is
// cut wherever it meets a border, and the middle of every piece is looked at.
func (p *Prepared) covers(s segment, r *row) bool {
	r.cuts = append(r.cuts[:0], 0, 1)
	p.bands.near(s, func(t segment) bool { r.cuts = s.cuts(t, r.cuts); return true })
	if len(r.cuts) == 2 && p.areas {
		return true
	}
	return s.middles(r.cuts, p.PointIn)
}

// middles calls ok with the middle of every piece into which the cuts part s, until it gives false.
func (s segment) middles(cuts []float64, ok func(x, y float64) bool) bool {
	slices.Sort(cuts)
	for i := 1; i < len(cuts); i++ {
		m := (cuts[i-1] + cuts[i]) / 2
		if cuts[i] > cuts[i-1] && !ok(s.x1+m*(s.x2-s.x1), s.y1+m*(s.y2-s.y1)) {
			return false
		}
	}
	return true
}

// bands is an index of the segments of a shape: the range of y is parted into bands of equal height, each
// with the segments that run through it, in the order of the shape.
type bands struct {
	shape   *flat
	south   float64
	perUnit float64 // bands per degree
	starts  []int32 // where each band begins in entries
	entries []entry
}

type entry struct {
	at      int32 // the segment is from this position to the next
	polygon int32 // -1: a line
}

// index makes the bands of a shape, about four segments to a band and never more than four entries a segment.
func index(f *flat) bands {
	b := bands{shape: f, south: f.bounds.South}
	height := f.bounds.North - f.bounds.South
	n, sum := 0, 0.0
	f.segments(func(s segment) bool { n++; sum += math.Abs(s.y2 - s.y1); return true })
	count := 1
	if n > 8 && height > 1000*touch {
		count = n / 4
		if sum > 0 {
			count = min(count, int(3*float64(n)*height/sum))
		}
		count = max(1, count)
		b.perUnit = float64(count) / height
	}
	each := func(do func(band int, e entry)) {
		for _, p := range f.parts {
			polygon := int32(-1)
			if p.role == ring {
				polygon = p.polygon
			}
			for i := p.from; i+1 < p.to; i++ {
				lo, hi := b.span(min(f.y(i), f.y(i+1)), max(f.y(i), f.y(i+1)), count)
				for band := lo; band <= hi; band++ {
					do(band, entry{i, polygon})
				}
			}
		}
	}
	b.starts = make([]int32, count+1)
	each(func(band int, _ entry) { b.starts[band+1]++ })
	for i := range count {
		b.starts[i+1] += b.starts[i]
	}
	b.entries = make([]entry, b.starts[count])
	fill := slices.Clone(b.starts)
	each(func(band int, e entry) { b.entries[fill[band]] = e; fill[band]++ })
	return b
}

// span gives the bands from lo to hi that a range of y touches.
func (b *bands) span(y1, y2 float64, count int) (lo, hi int) {
	lo = int((y1 - touch - b.south) * b.perUnit)
	hi = int((y2 + touch - b.south) * b.perUnit)
	return max(0, min(lo, count-1)), max(0, min(hi, count-1))
}

func (b *bands) segment(e entry) segment {
	f := b.shape
	return segment{f.x(e.at), f.y(e.at), f.x(e.at + 1), f.y(e.at + 1)}
}

// near calls do for the segments that may meet s, until it gives false; some may come twice.
func (b *bands) near(s segment, do func(t segment) bool) bool {
	lo, hi := b.span(min(s.y1, s.y2), max(s.y1, s.y2), len(b.starts)-1)
	west, east := min(s.x1, s.x2)-touch, max(s.x1, s.x2)+touch
	for _, e := range b.entries[b.starts[lo]:b.starts[hi+1]] {
		t := b.segment(e)
		if max(t.x1, t.x2) >= west && min(t.x1, t.x2) <= east && !do(t) {
			return false
		}
	}
	return true
}

// place is flat.place, through the index.
func (b *bands) place(x, y float64) place {
	band, _ := b.span(y+touch, y, len(b.starts)-1)
	inside, odd, polygon := false, false, int32(-1)
	for _, e := range b.entries[b.starts[band]:b.starts[band+1]] {
		s := b.segment(e)
		if s.holds(x, y) {
			return onEdge
		}
		if e.polygon < 0 {
			continue
		}
		if e.polygon != polygon {
			inside, odd, polygon = inside || odd, false, e.polygon
		}
		if s.crossedRightOf(x, y) {
			odd = !odd
		}
	}
	if inside || odd {
		return within
	}
	return outside
}
