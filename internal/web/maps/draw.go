package maps

import (
	"math"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/simplify"

	"parvis/internal/basemap"
)

// The drawing's size in its own units, which are pixels where it has room.
const (
	wide = 792.0
	high = 520.0
	edge = 24.0
)

// frame places degrees on the drawing, in web mercator.
type frame struct {
	box   orb.Bound // what the drawing shows, in degrees
	left  float64   // of the box, in mercator
	top   float64
	scale float64 // drawing units a unit of mercator
}

// mercator gives a position in a square from 0 to 1.
func mercator(p orb.Point) (x, y float64) {
	lat := math.Max(-85.05, math.Min(85.05, p[1])) * math.Pi / 180
	return (p[0] + 180) / 360, 0.5 - math.Log(math.Tan(lat)+1/math.Cos(lat))/(2*math.Pi)
}

// newFrame fits a box into the drawing, with some room around it.
func newFrame(box orb.Bound) frame {
	if box.Right()-box.Left() > 300 { // the whole world: without the ice, which this projection makes larger than all else
		box.Min[1], box.Max[1] = math.Max(box.Min[1], -57), math.Min(box.Max[1], 78)
	}
	x1, y1 := mercator(orb.Point{box.Left(), box.Top()})
	x2, y2 := mercator(orb.Point{box.Right(), box.Bottom()})
	const least = 2e-5 // about a kilometre: a single point has no size
	f := frame{scale: math.Min((wide-2*edge)/math.Max(x2-x1, least), (high-2*edge)/math.Max(y2-y1, least))}
	f.left, f.top = (x1+x2)/2-wide/2/f.scale, (y1+y2)/2-high/2/f.scale
	back := func(x, y float64) orb.Point {
		return orb.Point{x*360 - 180, math.Atan(math.Sinh((0.5-y)*2*math.Pi)) * 180 / math.Pi}
	}
	a, b := back(f.left, f.top+high/f.scale), back(f.left+wide/f.scale, f.top)
	f.box = orb.Bound{Min: orb.Point{math.Max(a[0], -180), math.Max(a[1], -85)}, Max: orb.Point{math.Min(b[0], 180), math.Min(b[1], 85)}}
	return f
}

// zoom gives the zoom of tiles of 256 pixels that comes nearest to the drawing's scale.
func (f frame) zoom() int { return max(0, min(mostZoom, int(math.Floor(math.Log2(f.scale/256))))) }

// at gives a position on the drawing.
func (f frame) at(p orb.Point) (x, y float64) {
	x, y = mercator(p)
	return (x - f.left) * f.scale, (y - f.top) * f.scale
}

// shape is a row or a cell as it is drawn.
type shape struct {
	Path   string    // of an area or a line
	Line   bool      // it has no inside
	X, Y   string    // of a point
	Radius string    // "" for a path
	Class  string    // of its colour
	Title  string    // what it is
	Href   string    // of the row, "" for a cell
	middle orb.Point // on the drawing
	size   float64   // across, in drawing units
	name   string
}

// caption is a word on the drawing.
type caption struct {
	X, Y, Text string
	Ground     bool // it belongs to the ground
}

// round1 writes a length with one decimal at most.
func round1(f float64) string {
	return strconv.FormatFloat(math.Round(f*10)/10, 'f', -1, 64)
}

// path writes rings or lines, simplified to what can be seen.
func (f frame) path(parts []orb.LineString, closed bool) string {
	var b strings.Builder
	for _, part := range parts {
		line := make(orb.LineString, len(part))
		for i, p := range part {
			x, y := f.at(p)
			line[i] = orb.Point{x, y}
		}
		if closed && line.Bound().Right()-line.Bound().Left() < 0.7 && line.Bound().Top()-line.Bound().Bottom() < 0.7 {
			continue
		}
		line = simplify.DouglasPeucker(0.5).LineString(line)
		if closed && len(line) < 4 || len(line) < 2 {
			continue
		}
		for i, p := range line {
			if closed && i == len(line)-1 {
				break
			}
			if i == 0 {
				b.WriteByte('M')
			} else if i == 1 {
				b.WriteByte('L')
			} else {
				b.WriteByte(' ')
			}
			b.WriteString(round1(p[0]))
			b.WriteByte(' ')
			b.WriteString(round1(p[1]))
		}
		if closed {
			b.WriteByte('z')
		}
	}
	return b.String()
}

// draw places a geometry on the drawing; ok is false for one that cannot be seen.
func (f frame) draw(g orb.Geometry) (s shape, ok bool) {
	var lines []orb.LineString
	closed := false
	switch g := g.(type) {
	case orb.Point:
		return f.point(g), true
	case orb.MultiPoint:
		if len(g) == 0 {
			return shape{}, false
		}
		return f.point(g[0]), true
	case orb.LineString:
		lines = append(lines, g)
	case orb.MultiLineString:
		lines = append(lines, g...)
	case orb.Polygon:
		closed = true
		for _, r := range g {
			lines = append(lines, orb.LineString(r))
		}
	case orb.MultiPolygon:
		closed = true
		for _, poly := range g {
			for _, r := range poly {
				lines = append(lines, orb.LineString(r))
			}
		}
	case orb.Collection:
		for _, one := range g {
			if s, ok = f.draw(one); ok {
				return s, true
			}
		}
		return shape{}, false
	default:
		return shape{}, false
	}
	largest, size := g.Bound(), 0.0
	for _, line := range lines { // the name stands on the largest piece
		b := line.Bound()
		if n := (b.Right() - b.Left()) * (b.Top() - b.Bottom()); n > size {
			size, largest = n, b
		}
	}
	s = shape{Path: f.path(lines, closed), Line: !closed}
	x, y := f.at(middle(largest))
	x1, _ := f.at(largest.Min)
	x2, _ := f.at(largest.Max)
	s.middle, s.size = orb.Point{x, y}, x2-x1
	if s.Path == "" { // too small to have a shape: a dot
		s = f.point(middle(g.Bound()))
	}
	return s, true
}

func (f frame) point(p orb.Point) shape {
	x, y := f.at(p)
	return shape{X: round1(x), Y: round1(y), Radius: "4.5", middle: orb.Point{x, y}, size: 9}
}

// middle gives the middle of a box.
func middle(b orb.Bound) orb.Point {
	return orb.Point{(b.Min[0] + b.Max[0]) / 2, (b.Min[1] + b.Max[1]) / 2}
}

// captions chooses the names that fit: the largest shapes first, none over another or over the edge.
func captions(shapes []shape, most int) []caption {
	type taken struct{ x1, y1, x2, y2 float64 }
	var out []caption
	var used []taken
	for _, s := range shapes {
		if len(out) == most {
			break
		}
		half := 3.4 * float64(len([]rune(s.name)))
		if s.name == "" || s.Radius == "" && s.size < half {
			continue
		}
		x, y := s.middle[0], s.middle[1]
		if s.Radius != "" {
			y -= 9
		}
		t := taken{x - half - 3, y - 10, x + half + 3, y + 5}
		free := t.x1 > 2 && t.x2 < wide-2 && t.y1 > 2 && t.y2 < high-2
		for _, u := range used {
			free = free && (t.x2 < u.x1 || u.x2 < t.x1 || t.y2 < u.y1 || u.y2 < t.y1)
		}
		if free {
			used = append(used, t)
			out = append(out, caption{X: round1(x), Y: round1(y + 4), Text: s.name})
		}
	}
	return out
}

// ground draws land and borders as two paths, and the names of countries.
func (f frame) ground(tongue string) (land, borders string, names []caption, err error) {
	shapes, lines, err := basemap.Within(f.box, wide)
	if err != nil {
		return "", "", nil, err
	}
	var rings []orb.LineString
	for _, s := range shapes {
		for _, r := range s {
			rings = append(rings, orb.LineString(r))
		}
	}
	places, err := basemap.Places(f.box, 12, tongue)
	for _, p := range places {
		x, y := f.at(p.At)
		names = append(names, caption{X: round1(x), Y: round1(y), Text: p.Name, Ground: true})
	}
	return f.path(rings, true), f.path(lines, false), names, err
}
