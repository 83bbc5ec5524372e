package geo

import (
	"bytes"
	"encoding/hex"
	"math"
	"strings"

	"parvis/internal/fault"
)

// MaxLiteral is the longest geometry, in bytes of its text or binary form, that a Parse function takes.
const MaxLiteral = 10 << 20

// maxDepth is how deep collections may stand in one another.
const maxDepth = 16

// Kind is the kind of a geometry, by the number it has in well-known binary.
type Kind uint32

// The kinds of geometries.
const (
	Point Kind = iota + 1
	LineString
	Polygon
	MultiPoint
	MultiLineString
	MultiPolygon
	Collection
)

// String gives the name of the kind as GeoJSON spells it.
func (k Kind) String() string {
	switch k {
	case Point:
		return "Point"
	case LineString:
		return "LineString"
	case Polygon:
		return "Polygon"
	case MultiPoint:
		return "MultiPoint"
	case MultiLineString:
		return "MultiLineString"
	case MultiPolygon:
		return "MultiPolygon"
	case Collection:
		return "GeometryCollection"
	}
	return "unknown"
}

// kindNamed gives the kind that a name stands for, in any case; 0 where there is none.
func kindNamed(name string) Kind {
	for k := Point; k <= Collection; k++ {
		if strings.EqualFold(k.String(), name) {
			return k
		}
	}
	return 0
}

// Bounds is a bounding box in degrees. It is empty where West > East.
type Bounds struct{ West, South, East, North float64 }

// NoBounds is the empty box: the start for Extend.
func NoBounds() Bounds {
	return Bounds{West: math.Inf(1), South: math.Inf(1), East: math.Inf(-1), North: math.Inf(-1)}
}

// Extend grows the box so that it holds the position.
func (b *Bounds) Extend(lon, lat float64) {
	b.West, b.East = min(b.West, lon), max(b.East, lon)
	b.South, b.North = min(b.South, lat), max(b.North, lat)
}

// Empty tells whether the box holds nothing.
func (b Bounds) Empty() bool { return !(b.West <= b.East) }

// Meets tells whether the boxes have a point in common.
func (b Bounds) Meets(c Bounds) bool {
	return b.West <= c.East && c.West <= b.East && b.South <= c.North && c.South <= b.North
}

// Holds tells whether c lies wholly in b, borders included.
func (b Bounds) Holds(c Bounds) bool {
	return b.West <= c.West && c.East <= b.East && b.South <= c.South && c.North <= b.North
}

func (b Bounds) holdsPoint(lon, lat float64) bool {
	return b.West <= lon && lon <= b.East && b.South <= lat && lat <= b.North
}

// Geometry is a checked shape. The zero value is an empty geometry of no kind.
type Geometry struct {
	wkb    []byte
	bounds Bounds
	kind   Kind
}

// WKB gives the shape as well-known binary, which the caller must not change.
func (g Geometry) WKB() []byte { return g.wkb }

// Kind gives the kind of the geometry.
func (g Geometry) Kind() Kind { return g.kind }

// Type gives the name of its kind as GeoJSON spells it.
func (g Geometry) Type() string { return g.kind.String() }

// IsEmpty tells whether it holds no position.
func (g Geometry) IsEmpty() bool { return g.wkb == nil || g.bounds.Empty() }

// Bounds gives the bounding box in degrees; ok is false for an empty geometry.
func (g Geometry) Bounds() (west, south, east, north float64, ok bool) {
	b := g.bounds
	return b.West, b.South, b.East, b.North, !g.IsEmpty()
}

// Point gives the position of a geometry that is a single point.
func (g Geometry) Point() (lon, lat float64, ok bool) {
	if g.kind != Point || g.IsEmpty() {
		return 0, 0, false
	}
	return g.bounds.West, g.bounds.South, true
}

// NewPoint gives the geometry of a single position.
func NewPoint(lon, lat float64) (Geometry, error) {
	b := newBuilder(literals())
	b.header(Point)
	if err := b.position(lon, lat, 0, false); err != nil {
		return Geometry{}, err
	}
	return b.geometry(), nil
}

// Parse reads a geometry literal of a query in any of its notations: WKT, GeoJSON, or WKB as hexadecimal.
func Parse(text string) (Geometry, error) {
	s := strings.TrimSpace(text)
	switch {
	case strings.HasPrefix(s, "{"):
		return ParseGeoJSON([]byte(s))
	case strings.HasPrefix(s, "00") || strings.HasPrefix(s, "01"):
		return ParseWKBHex(s)
	}
	return ParseWKT(text)
}

// ParseWKBHex reads a geometry of a query from well-known binary written in hexadecimal.
func ParseWKBHex(text string) (Geometry, error) {
	if len(text) > 2*MaxLiteral {
		return Geometry{}, tooLong(len(text) / 2)
	}
	raw, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return Geometry{}, fault.New(fault.Invalid, "Invalid WKB geometry: %v; write it as hexadecimal digits.", err)
	}
	return ParseWKB(raw)
}

// ParseWKB reads a geometry of a query from well-known binary: ISO or extended (EWKB), either byte order.
func ParseWKB(raw []byte) (Geometry, error) { return parseWKB(raw, literals()) }

// FromWKB checks a shape of a file, in any dialect of well-known binary, and gives it in ours.
func FromWKB(raw []byte) (wkb []byte, b Bounds, err error) {
	g, err := parseWKB(raw, rows())
	return g.wkb, g.bounds, err
}

func parseWKB(raw []byte, l limits) (Geometry, error) {
	if len(raw) > l.bytes {
		return Geometry{}, tooLong(len(raw))
	}
	b := newBuilder(l)
	c := cursor{b: raw}
	if err := b.copyWKB(&c, 0); err != nil {
		return Geometry{}, err
	}
	return b.geometry(), nil
}

func tooLong(n int) error {
	return fault.New(fault.Invalid, "The geometry is too long: %d bytes, and at most %d are read.", n, MaxLiteral)
}

// limits says which coordinates are taken. Queries may reach over the edges of the world, as maps that wrap do.
type limits struct {
	lon, lat float64 // largest absolute values, degrees
	bytes    int
}

func literals() limits { return limits{lon: 1080, lat: 100, bytes: MaxLiteral} }

func rows() limits { return limits{lon: 360, lat: 90.000001, bytes: 1 << 30} }

// Equal tells whether two shapes have the same bytes.
func (g Geometry) Equal(h Geometry) bool { return g.kind == h.kind && bytes.Equal(g.wkb, h.wkb) }
