package geo

import "math"

// flat is a shape taken apart: positions one after the other, and where each point, line and ring begins.
// It is kept and filled again, so that asking many rows allocates nothing.
type flat struct {
	xy     []float64 // x0, y0, x1, y1 …
	parts  []part
	bounds Bounds
}

// part is one point, line or ring: positions from ≤ i < to.
type part struct {
	role     role
	polygon  int32 // number of the polygon that a ring belongs to
	from, to int32
}

type role uint8

const (
	point role = iota
	line
	ring
)

func (f *flat) x(i int32) float64 { return f.xy[2*i] }
func (f *flat) y(i int32) float64 { return f.xy[2*i+1] }

// decode takes well-known binary apart; false for damaged bytes. An empty shape has no parts.
func (f *flat) decode(wkb []byte) bool {
	f.xy, f.parts, f.bounds = f.xy[:0], f.parts[:0], NoBounds()
	c := cursor{b: wkb}
	polygons := int32(0)
	f.geometry(&c, 0, &polygons)
	return c.ok()
}

func (f *flat) geometry(c *cursor, depth int, polygons *int32) {
	k, d := c.header()
	if depth > maxDepth {
		c.bad = true
	}
	if !c.ok() {
		return
	}
	switch k {
	case Point:
		f.run(c, 1, d, part{role: point})
	case LineString:
		f.run(c, c.count(8*d.size), d, part{role: line})
	case Polygon:
		for range c.count(leastRing) {
			f.run(c, c.count(8*d.size), d, part{role: ring, polygon: *polygons})
			if !c.ok() {
				return
			}
		}
		*polygons++
	default:
		for range c.count(leastGeometry) {
			f.geometry(c, depth+1, polygons)
			if !c.ok() {
				return
			}
		}
	}
}

// run takes in the positions of one part. Rings are closed; positions that are not finite mean damage.
func (f *flat) run(c *cursor, n int, d dims, p part) {
	p.from = int32(len(f.xy) / 2)
	for range n {
		x, y, _ := c.position(d)
		if p.role == point && math.IsNaN(x) && math.IsNaN(y) {
			return // an empty point
		}
		if !finite(x, y, 0) {
			c.bad = true
		}
		if c.bad {
			return
		}
		f.xy = append(f.xy, x, y)
		f.bounds.Extend(x, y)
	}
	p.to = int32(len(f.xy) / 2)
	if p.to == p.from {
		return
	}
	if p.role == ring && (f.x(p.from) != f.x(p.to-1) || f.y(p.from) != f.y(p.to-1)) {
		f.xy = append(f.xy, f.x(p.from), f.y(p.from))
		p.to++
	}
	if p.to-p.from == 1 {
		p.role = point // a line or ring of one position is that position
	}
	f.parts = append(f.parts, p)
}

// segments calls do for each segment until it gives false, and tells whether all were seen.
func (f *flat) segments(do func(s segment) bool) bool {
	for _, p := range f.parts {
		for i := p.from; i+1 < p.to; i++ {
			if !do(segment{f.x(i), f.y(i), f.x(i + 1), f.y(i + 1)}) {
				return false
			}
		}
	}
	return true
}

// place tells where a position is, looking at every segment: inside an area, on a border, line or point, or
// outside. Rings of one polygon are counted by the even-odd rule, which answers for crossed rings too.
func (f *flat) place(x, y float64) place {
	inside, odd, polygon := false, false, int32(-1)
	for _, p := range f.parts {
		if p.role == point {
			if math.Abs(f.x(p.from)-x) <= touch && math.Abs(f.y(p.from)-y) <= touch {
				return onEdge
			}
			continue
		}
		if p.role == ring && p.polygon != polygon {
			inside, odd, polygon = inside || odd, false, p.polygon
		}
		for i := p.from; i+1 < p.to; i++ {
			s := segment{f.x(i), f.y(i), f.x(i + 1), f.y(i + 1)}
			if s.holds(x, y) {
				return onEdge
			}
			if p.role == ring && s.crossedRightOf(x, y) {
				odd = !odd
			}
		}
	}
	if inside || odd {
		return within
	}
	return outside
}

// place is where a position is relative to a shape.
type place uint8

const (
	outside place = iota
	onEdge
	within
)

// touch is how near, in degrees, a position must be to lie on a line: a tenth of a millimetre.
const touch = 1e-9

// segment is a straight line between two positions.
type segment struct{ x1, y1, x2, y2 float64 }

// holds tells whether the position lies on the segment.
func (s segment) holds(x, y float64) bool {
	if x < min(s.x1, s.x2)-touch || x > max(s.x1, s.x2)+touch || y < min(s.y1, s.y2)-touch || y > max(s.y1, s.y2)+touch {
		return false
	}
	dx, dy := s.x2-s.x1, s.y2-s.y1
	cross := dx*(y-s.y1) - dy*(x-s.x1)
	return cross*cross <= touch*touch*(dx*dx+dy*dy)
}

// crossedRightOf tells whether a ray from the position towards greater x crosses the segment. Each end
// belongs to the segment above it, so that a ring is crossed an even number of times from outside.
func (s segment) crossedRightOf(x, y float64) bool {
	if (s.y1 > y) == (s.y2 > y) {
		return false
	}
	return x < s.x1+(y-s.y1)/(s.y2-s.y1)*(s.x2-s.x1)
}

func side(ax, ay, bx, by, px, py float64) float64 { return (bx-ax)*(py-ay) - (by-ay)*(px-ax) }

// near tells whether the bounding boxes of two segments touch.
func (s segment) near(t segment) bool {
	return max(s.x1, s.x2)+touch >= min(t.x1, t.x2) && max(t.x1, t.x2)+touch >= min(s.x1, s.x2) &&
		max(s.y1, s.y2)+touch >= min(t.y1, t.y2) && max(t.y1, t.y2)+touch >= min(s.y1, s.y2)
}

// meets tells whether two segments have a point in common.
func (s segment) meets(t segment) bool {
	if !s.near(t) {
		return false
	}
	a := side(s.x1, s.y1, s.x2, s.y2, t.x1, t.y1)
	b := side(s.x1, s.y1, s.x2, s.y2, t.x2, t.y2)
	c := side(t.x1, t.y1, t.x2, t.y2, s.x1, s.y1)
	d := side(t.x1, t.y1, t.x2, t.y2, s.x2, s.y2)
	if (a > 0) != (b > 0) && (c > 0) != (d > 0) && a != 0 && b != 0 && c != 0 && d != 0 {
		return true
	}
	return s.holds(t.x1, t.y1) || s.holds(t.x2, t.y2) || t.holds(s.x1, s.y1) || t.holds(s.x2, s.y2)
}

// cuts adds the places, as fractions 0 … 1 along s, where t crosses s or ends on it.
func (s segment) cuts(t segment, at []float64) []float64 {
	dx, dy := s.x2-s.x1, s.y2-s.y1
	length := dx*dx + dy*dy
	if length == 0 || !s.near(t) {
		return at
	}
	for _, p := range [2][2]float64{{t.x1, t.y1}, {t.x2, t.y2}} {
		if s.holds(p[0], p[1]) {
			at = append(at, min(1, max(0, ((p[0]-s.x1)*dx+(p[1]-s.y1)*dy)/length)))
		}
	}
	ex, ey := t.x2-t.x1, t.y2-t.y1
	if det := dx*ey - dy*ex; det != 0 {
		u := ((t.x1-s.x1)*ey - (t.y1-s.y1)*ex) / det
		v := ((t.x1-s.x1)*dy - (t.y1-s.y1)*dx) / det
		if u >= 0 && u <= 1 && v >= 0 && v <= 1 {
			at = append(at, u)
		}
	}
	return at
}
