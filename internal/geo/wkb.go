package geo

import (
	"encoding/binary"
	"math"

	"parvis/internal/fault"
)

// builder writes well-known binary position by position. Whether there are heights is decided by the first
// position; headers written before it are mended at the end.
type builder struct {
	out     []byte
	bounds  Bounds
	limits  limits
	unmap   func(x, y float64) (lon, lat float64) // from the file's projection; nil for degrees
	heads   []int                                 // where type codes stand
	heights bool
	decided bool
}

func newBuilder(l limits) *builder { return &builder{bounds: NoBounds(), limits: l} }

// header begins a geometry.
func (b *builder) header(k Kind) {
	b.out = append(b.out, 1)
	b.heads = append(b.heads, len(b.out))
	b.out = binary.LittleEndian.AppendUint32(b.out, uint32(k))
}

// count leaves room for a number of parts, which setCount fills in.
func (b *builder) count() int {
	b.out = append(b.out, 0, 0, 0, 0)
	return len(b.out) - 4
}

func (b *builder) setCount(at, n int) { binary.LittleEndian.PutUint32(b.out[at:], uint32(n)) }

func (b *builder) float(f float64) {
	b.out = binary.LittleEndian.AppendUint64(b.out, math.Float64bits(f))
}

// position adds a position, checked to lie in the world.
func (b *builder) position(x, y, z float64, hasZ bool) error {
	if b.unmap != nil {
		x, y = b.unmap(x, y)
	}
	// Written so that NaN fails too.
	if !(math.Abs(x) <= b.limits.lon && math.Abs(y) <= b.limits.lat) {
		return fault.New(fault.Invalid, "The position %v, %v (longitude, latitude) lies outside of the world: "+
			"coordinates must be degrees on WGS 84, longitude first.", x, y)
	}
	if !b.decided {
		b.decided, b.heights = true, hasZ
	}
	b.bounds.Extend(x, y)
	b.float(x)
	b.float(y)
	if b.heights {
		if !hasZ || math.IsNaN(z) || math.IsInf(z, 0) {
			z = 0
		}
		b.float(z)
	}
	return nil
}

// emptyPoint writes a point without a position; nothing may follow it.
func (b *builder) emptyPoint() {
	b.float(math.NaN())
	b.float(math.NaN())
}

// size is how many bytes a position takes.
func (b *builder) size() int {
	if b.heights {
		return 24
	}
	return 16
}

// closeRing repeats the first of n positions that begin at the offset from, where the last is another, and
// gives the number of positions. A ring of fewer than four bounds no area.
func (b *builder) closeRing(from, n int) (int, error) {
	if n == 0 {
		return 0, nil
	}
	size := b.size()
	first, last := b.out[from:from+size], b.out[len(b.out)-size:]
	if string(first[:16]) != string(last[:16]) {
		b.out = append(b.out, first...)
		n++
	}
	if n < 4 {
		return n, fault.New(fault.Invalid, "A ring of a polygon needs at least 4 positions, the last equal to the first; it has %d.", n)
	}
	return n, nil
}

func (b *builder) geometry() Geometry {
	if b.heights {
		for _, at := range b.heads {
			code := binary.LittleEndian.Uint32(b.out[at:])
			binary.LittleEndian.PutUint32(b.out[at:], code+1000)
		}
	}
	g := Geometry{wkb: b.out, bounds: b.bounds}
	if len(b.out) >= 5 {
		g.kind = Kind(binary.LittleEndian.Uint32(b.out[1:]) % 1000)
	}
	return g
}

// cursor reads well-known binary. After any failure ok() is false and every read gives zero.
type cursor struct {
	b   []byte
	at  int
	big bool
	bad bool
}

func (c *cursor) ok() bool { return !c.bad }

func (c *cursor) uint32() uint32 {
	if c.bad || len(c.b)-c.at < 4 {
		c.bad = true
		return 0
	}
	p := c.b[c.at:]
	c.at += 4
	if c.big {
		return binary.BigEndian.Uint32(p)
	}
	return binary.LittleEndian.Uint32(p)
}

func (c *cursor) float() float64 {
	if c.bad || len(c.b)-c.at < 8 {
		c.bad = true
		return 0
	}
	p := c.b[c.at:]
	c.at += 8
	if c.big {
		return math.Float64frombits(binary.BigEndian.Uint64(p))
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(p))
}

// shape of the positions that follow a header.
type dims struct {
	z    bool
	size int // numbers in a position
}

// header reads byte order and type code, ISO (1001) or extended (flags and perhaps a SRID).
func (c *cursor) header() (Kind, dims) {
	if c.bad || c.at >= len(c.b) || c.b[c.at] > 1 {
		c.bad = true
		return 0, dims{}
	}
	c.big = c.b[c.at] == 0
	c.at++
	code := c.uint32()
	d := dims{size: 2}
	m := false
	const flagZ, flagM, flagSRID = 0x80000000, 0x40000000, 0x20000000
	d.z, m = code&flagZ != 0, code&flagM != 0
	if code&flagSRID != 0 {
		c.uint32()
	}
	code &^= flagZ | flagM | flagSRID
	switch code / 1000 {
	case 0:
	case 1:
		d.z = true
	case 2:
		m = true
	case 3:
		d.z, m = true, true
	default:
		c.bad = true
	}
	k := Kind(code % 1000)
	if k < Point || k > Collection {
		c.bad = true
	}
	if d.z {
		d.size++
	}
	if m {
		d.size++
	}
	return k, d
}

// count reads a number of parts of at least each bytes, which must be there.
func (c *cursor) count(each int) int {
	n := int(c.uint32())
	if c.bad || n > (len(c.b)-c.at)/each {
		c.bad = true
		return 0
	}
	return n
}

// position reads a position; z is 0 where there is none.
func (c *cursor) position(d dims) (x, y, z float64) {
	x, y = c.float(), c.float()
	if d.z {
		z = c.float()
	}
	for i := 2 + btoi(d.z); i < d.size; i++ {
		c.float()
	}
	return x, y, z
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// The fewest bytes of a part: a geometry's header and count, and a ring's count.
const (
	leastGeometry = 9
	leastRing     = 4
)

// memberOf tells whether a geometry of kind k may stand in one of kind parent.
func memberOf(parent, k Kind) bool { return parent == Collection || k == parent-3 }

func (c *cursor) fail() error {
	return fault.New(fault.Invalid, "Invalid WKB geometry: damaged near byte %d of %d.", c.at, len(c.b))
}

// copyWKB reads a geometry in any dialect and writes it in ours.
func (b *builder) copyWKB(c *cursor, depth int) error {
	if depth > maxDepth {
		return fault.New(fault.Invalid, "Invalid WKB geometry: collections are nested more than %d deep.", maxDepth)
	}
	k, d := c.header()
	if !c.ok() {
		return c.fail()
	}
	b.header(k)
	switch k {
	case Point:
		x, y, z := c.position(d)
		if !c.ok() {
			return c.fail()
		}
		if math.IsNaN(x) && math.IsNaN(y) {
			if depth > 0 {
				return fault.New(fault.Invalid, "Invalid WKB geometry: an empty point stands within another geometry.")
			}
			b.emptyPoint()
			return nil
		}
		return b.position(x, y, z, d.z)
	case LineString:
		_, err := b.copyPositions(c, d)
		return err
	case Polygon:
		at, n := b.count(), c.count(leastRing)
		b.setCount(at, n)
		for range n {
			if !c.ok() {
				break
			}
			ring := len(b.out)
			n, err := b.copyPositions(c, d)
			if err != nil {
				return err
			}
			// A ring too short to bound an area is kept as it came: others have published it so.
			n, _ = b.closeRing(ring+4, n)
			b.setCount(ring, n)
		}
	default:
		at, n := b.count(), c.count(leastGeometry)
		b.setCount(at, n)
		for range n {
			if !c.ok() {
				break
			}
			peek := *c
			if member, _ := peek.header(); peek.ok() && !memberOf(k, member) {
				return fault.New(fault.Invalid, "Invalid WKB geometry: a %s stands within a %s.", member, k)
			}
			if err := b.copyWKB(c, depth+1); err != nil {
				return err
			}
		}
	}
	if !c.ok() {
		return c.fail()
	}
	return nil
}

func (b *builder) copyPositions(c *cursor, d dims) (int, error) {
	at, n := b.count(), c.count(8*d.size)
	if !c.ok() {
		return 0, c.fail()
	}
	b.setCount(at, n)
	for range n {
		x, y, z := c.position(d)
		if err := b.position(x, y, z, d.z); err != nil {
			return n, err
		}
	}
	return n, nil
}
