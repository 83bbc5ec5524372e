package portrait

import (
	"encoding/binary"
	"math"
)

// readWKB gives the rings, lines and points of a geometry in well-known binary, at most so many corners in all;
// what cannot be read is left out.
func readWKB(wkb []byte, most int) [][]point {
	r := reader{rest: wkb, left: most}
	r.geometry(0)
	return r.rings
}

type reader struct {
	rest  []byte
	left  int
	order binary.ByteOrder
	rings [][]point
	bad   bool
}

func (r *reader) take(n int) []byte {
	if r.bad || len(r.rest) < n {
		r.bad = true
		return make([]byte, n)
	}
	out := r.rest[:n]
	r.rest = r.rest[n:]
	return out
}

func (r *reader) count() int {
	n := int(r.order.Uint32(r.take(4)))
	if n > len(r.rest) { // every part takes more than a byte
		r.bad = true
		return 0
	}
	return n
}

func (r *reader) geometry(depth int) {
	if depth > 8 || r.bad {
		r.bad = true
		return
	}
	r.order = binary.LittleEndian
	if r.take(1)[0] == 0 {
		r.order = binary.BigEndian
	}
	code := r.order.Uint32(r.take(4))
	if code&0x20000000 != 0 { // a spatial reference of EWKB
		r.take(4)
	}
	dims := 2
	if code&0x80000000 != 0 {
		dims++
	}
	if code&0x40000000 != 0 {
		dims++
	}
	code &= 0x0fffffff
	switch code / 1000 {
	case 1, 2:
		dims = 3
	case 3:
		dims = 4
	}
	switch code % 1000 {
	case 1:
		r.run(1, dims)
	case 2:
		r.run(r.count(), dims)
	case 3:
		for range r.count() {
			r.run(r.count(), dims)
		}
	case 4, 5, 6, 7:
		for range r.count() {
			r.geometry(depth + 1)
			if r.bad {
				return
			}
		}
	default:
		r.bad = true
	}
}

// run reads n corners.
func (r *reader) run(n, dims int) {
	if r.bad || n > r.left || n*dims*8 > len(r.rest) {
		r.bad = true
		return
	}
	r.left -= n
	out := make([]point, 0, n)
	for range n {
		b := r.take(dims * 8)
		x := math.Float64frombits(r.order.Uint64(b))
		y := math.Float64frombits(r.order.Uint64(b[8:]))
		if math.Abs(x) <= 180 && math.Abs(y) <= 90 {
			out = append(out, point{x, y})
		}
	}
	if len(out) > 0 {
		r.rings = append(r.rings, out)
	}
}
