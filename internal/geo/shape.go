package geo

import (
	"cmp"
	"math"
	"slices"
)

// Box gives the shape of a bounding box: a polygon, counter-clockwise.
func Box(west, south, east, north float64) []byte {
	return polygonWKB([]float64{west, south, east, south, east, north, west, north, west, south})
}

func polygonWKB(xy []float64) []byte {
	b := newBuilder(rows())
	b.header(Polygon)
	b.setCount(b.count(), 1)
	b.setCount(b.count(), len(xy)/2)
	for _, v := range xy {
		b.float(v)
	}
	return b.out
}

// PointWKB gives the shape of a single position.
func PointWKB(lon, lat float64) []byte {
	b := newBuilder(rows())
	b.header(Point)
	b.float(lon)
	b.float(lat)
	return b.out
}

// Hull gives the convex hull of positions: a polygon, or a line or a point where they bound no area; nil where
// there are none. Positions that are not finite are left out.
func Hull(lons, lats []float64) []byte {
	type xy struct{ x, y float64 }
	points := make([]xy, 0, min(len(lons), len(lats)))
	for i := range min(len(lons), len(lats)) {
		if finite(lons[i], lats[i], 0) {
			points = append(points, xy{lons[i], lats[i]})
		}
	}
	slices.SortFunc(points, func(a, b xy) int { return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y)) })
	points = slices.Compact(points)
	switch len(points) {
	case 0:
		return nil
	case 1:
		return PointWKB(points[0].x, points[0].y)
	}
	// Andrew's monotone chain: the lower border from west to east, then the upper one back.
	hull := make([]xy, 0, len(points)+1)
	grow := func(p xy, least int) {
		for len(hull) >= least+2 {
			a, b := hull[len(hull)-2], hull[len(hull)-1]
			if side(a.x, a.y, b.x, b.y, p.x, p.y) > 0 {
				break
			}
			hull = hull[:len(hull)-1]
		}
		hull = append(hull, p)
	}
	for _, p := range points {
		grow(p, 0)
	}
	least := len(hull) - 1
	for i := len(points) - 2; i >= 0; i-- {
		grow(points[i], least)
	}
	if len(hull) < 4 {
		b := newBuilder(rows())
		b.header(LineString)
		b.setCount(b.count(), 2)
		for _, p := range []xy{points[0], points[len(points)-1]} {
			b.float(p.x)
			b.float(p.y)
		}
		return b.out
	}
	flat := make([]float64, 0, 2*len(hull))
	for _, p := range hull {
		flat = append(flat, p.x, p.y)
	}
	return polygonWKB(flat)
}

// Centroid gives a position that stands for a shape: the centre of its areas where that lies inside of them,
// else a point inside; the middle of lines and points where there are no areas. ok is false for an empty or
// damaged shape.
func Centroid(wkb []byte) (lon, lat float64, ok bool) {
	var f flat
	if !f.decode(wkb) || len(f.parts) == 0 {
		return 0, 0, false
	}
	if lon, lat, ok = f.areaCentre(); ok {
		if f.place(lon, lat) == outside {
			lon, lat = f.inside(lon, lat)
		}
		return lon, lat, true
	}
	if lon, lat, ok = f.lineCentre(); ok {
		return lon, lat, true
	}
	n := float64(len(f.xy) / 2)
	for i := range int32(len(f.xy) / 2) {
		lon += f.x(i) / n
		lat += f.y(i) / n
	}
	return lon, lat, true
}

// areaCentre gives the centre of gravity of the polygons, holes taken off. The first ring of each polygon is
// its border whichever way it runs.
func (f *flat) areaCentre() (x, y float64, ok bool) {
	// Relative to the first position, so that small areas far from 0, 0 keep their digits.
	ox, oy := f.x(0), f.y(0)
	total, polygon := 0.0, int32(-1)
	for _, p := range f.parts {
		if p.role != ring {
			continue
		}
		area, cx, cy := 0.0, 0.0, 0.0
		for i := p.from; i+1 < p.to; i++ {
			x1, y1, x2, y2 := f.x(i)-ox, f.y(i)-oy, f.x(i+1)-ox, f.y(i+1)-oy
			cross := x1*y2 - x2*y1
			area += cross
			cx += (x1 + x2) * cross
			cy += (y1 + y2) * cross
		}
		hole := p.polygon == polygon
		polygon = p.polygon
		if (area < 0) != hole {
			area, cx, cy = -area, -cx, -cy
		}
		total += area
		x += cx
		y += cy
	}
	if !(total > 0) {
		return 0, 0, false
	}
	x, y = ox+x/(3*total), oy+y/(3*total)
	return x, y, f.bounds.holdsPoint(x, y)
}

// lineCentre gives the centre of gravity of all segments by their length.
func (f *flat) lineCentre() (x, y float64, ok bool) {
	total := 0.0
	f.segments(func(s segment) bool {
		length := math.Hypot(s.x2-s.x1, s.y2-s.y1)
		total += length
		x += length * (s.x1 + s.x2) / 2
		y += length * (s.y1 + s.y2) / 2
		return true
	})
	return x / total, y / total, total > 0
}

// inside gives a position inside the areas: the middle of the widest stretch along the parallel through y,
// moved a little where that meets none. Where all fails it is a position of the border.
func (f *flat) inside(x, y float64) (float64, float64) {
	height := f.bounds.North - f.bounds.South
	for _, level := range [...]float64{y, f.bounds.South + 0.5*height, f.bounds.South + 0.381966*height, f.bounds.South + 0.723607*height} {
		var crossings []float64
		for _, p := range f.parts {
			for i := p.from; p.role == ring && i+1 < p.to; i++ {
				if (f.y(i) > level) != (f.y(i+1) > level) {
					crossings = append(crossings, f.x(i)+(level-f.y(i))/(f.y(i+1)-f.y(i))*(f.x(i+1)-f.x(i)))
				}
			}
		}
		slices.Sort(crossings)
		widest := 0.0
		for i := 1; i < len(crossings); i++ {
			middle := (crossings[i-1] + crossings[i]) / 2
			if width := crossings[i] - crossings[i-1]; width > widest && f.place(middle, level) == within {
				widest, x = width, middle
			}
		}
		if widest > 0 {
			return x, level
		}
	}
	return f.x(0), f.y(0)
}

// PointOf gives the position of a shape that is a single point.
func PointOf(wkb []byte) (lon, lat float64, ok bool) {
	c := cursor{b: wkb}
	k, d := c.header()
	if k != Point {
		return 0, 0, false
	}
	lon, lat, _ = c.position(d)
	return lon, lat, c.ok() && finite(lon, lat, 0)
}
