package geo

import (
	"math"
	"strconv"

	"parvis/internal/fault"
)

// AppendGeoJSON adds a shape as a bare geometry, {"coordinates":…,"type":…}, straight from its well-known
// binary. Numbers are the shortest that read back the same. Damaged bytes give kind Invalid and dst as it was.
func AppendGeoJSON(dst, wkb []byte) ([]byte, error) {
	return appendGeoJSON(dst, wkb, writer{})
}

// AppendGeoJSONProjected adds a shape in the projection of forward, with so many decimals: see Projection
// and Decimals.
func AppendGeoJSONProjected(dst, wkb []byte, forward func(lon, lat float64) (x, y float64), decimals int) ([]byte, error) {
	return appendGeoJSON(dst, wkb, writer{forward: forward, scale: math.Pow10(decimals)})
}

func appendGeoJSON(dst, wkb []byte, w writer) ([]byte, error) {
	c := cursor{b: wkb}
	out, err := w.geometry(dst, &c, 0)
	if err != nil {
		return dst, err
	}
	return out, nil
}

// AppendPosition adds [x,y] as AppendGeoJSONProjected writes positions.
func AppendPosition(dst []byte, lon, lat float64, forward func(lon, lat float64) (x, y float64), decimals int) []byte {
	w := writer{forward: forward, scale: math.Pow10(decimals)}
	return w.position(dst, lon, lat, 0, dims{size: 2})
}

// AppendNumber adds a number in the shortest form of JSON that reads back the same; f must be finite.
func AppendNumber(dst []byte, f float64) []byte {
	a := math.Abs(f)
	if a < 1e8 {
		// Most numbers of real data have a few decimals. Where m/10^7 gives f back, m holds its digits: below 2^53
		// no two of them give the same float64, so without its trailing zeros it is the shortest form.
		if m := math.Round(a * 1e7); m/1e7 == a {
			return appendDecimal(dst, int64(m), f < 0)
		}
	}
	if a < 1e-6 || a >= 1e21 {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	return strconv.AppendFloat(dst, f, 'f', -1, 64)
}

// appendDecimal adds m/10^7 without trailing zeros.
func appendDecimal(dst []byte, m int64, negative bool) []byte {
	if negative {
		dst = append(dst, '-')
	}
	whole, fraction := m/1e7, m%1e7
	dst = strconv.AppendInt(dst, whole, 10)
	if fraction == 0 {
		return dst
	}
	var digits [8]byte
	digits[0] = '.'
	for i := 7; i > 0; i-- {
		digits[i] = byte('0' + fraction%10)
		fraction /= 10
	}
	n := 8
	for digits[n-1] == '0' {
		n--
	}
	return append(dst, digits[:n]...)
}

type writer struct {
	forward func(lon, lat float64) (x, y float64)
	scale   float64
}

func (w writer) geometry(dst []byte, c *cursor, depth int) ([]byte, error) {
	k, d := c.header()
	if !c.ok() || depth > maxDepth {
		return dst, c.fail()
	}
	if k == Collection {
		dst = append(dst, `{"geometries":[`...)
		n := c.count(leastGeometry)
		for i := range n {
			if i > 0 {
				dst = append(dst, ',')
			}
			var err error
			if dst, err = w.geometry(dst, c, depth+1); err != nil {
				return dst, err
			}
		}
		dst = append(dst, ']')
	} else {
		dst = append(dst, `{"coordinates":`...)
		dst = w.coordinates(dst, c, k, d)
	}
	if !c.ok() {
		return dst, fault.New(fault.Invalid, "Invalid WKB geometry: damaged near byte %d of %d.", c.at, len(c.b))
	}
	dst = append(dst, `,"type":"`...)
	dst = append(dst, k.String()...)
	return append(dst, `"}`...), nil
}

func (w writer) coordinates(dst []byte, c *cursor, k Kind, d dims) []byte {
	switch k {
	case Point:
		x, y, z := c.position(d)
		if math.IsNaN(x) && math.IsNaN(y) {
			return append(dst, '[', ']')
		}
		c.bad = c.bad || !finite(x, y, z)
		return w.position(dst, x, y, z, d)
	case LineString:
		return w.positions(dst, c, d)
	}
	each := leastGeometry
	if k == Polygon {
		each = leastRing
	}
	dst = append(dst, '[')
	for i := range c.count(each) {
		if !c.ok() {
			break
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		if k == Polygon {
			dst = w.positions(dst, c, d)
			continue
		}
		member, d := c.header()
		if c.bad = c.bad || member != k-3; c.bad {
			break
		}
		dst = w.coordinates(dst, c, member, d)
	}
	return append(dst, ']')
}

func (w writer) positions(dst []byte, c *cursor, d dims) []byte {
	dst = append(dst, '[')
	for i := range c.count(8 * d.size) {
		if i > 0 {
			dst = append(dst, ',')
		}
		x, y, z := c.position(d)
		if !finite(x, y, z) {
			c.bad = true
			break
		}
		dst = w.position(dst, x, y, z, d)
	}
	return append(dst, ']')
}

func (w writer) position(dst []byte, x, y, z float64, d dims) []byte {
	if w.forward != nil {
		x, y = w.forward(x, y)
		x, y = math.Round(x*w.scale)/w.scale, math.Round(y*w.scale)/w.scale
	}
	if !finite(x, y, z) { // the projection does not reach there
		return append(dst, "[null,null]"...)
	}
	dst = append(dst, '[')
	dst = AppendNumber(dst, x)
	dst = append(dst, ',')
	dst = AppendNumber(dst, y)
	if d.z {
		dst = append(dst, ',')
		dst = AppendNumber(dst, z)
	}
	return append(dst, ']')
}

func finite(x, y, z float64) bool {
	return !math.IsNaN(x+y+z) && !math.IsInf(x, 0) && !math.IsInf(y, 0) && !math.IsInf(z, 0)
}
