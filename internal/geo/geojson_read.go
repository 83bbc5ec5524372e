package geo

import (
	"bytes"
	"strconv"

	"parvis/internal/fault"
)

// ParseGeoJSON reads a geometry of a query from GeoJSON: a geometry, or a Feature that has one.
func ParseGeoJSON(raw []byte) (Geometry, error) {
	if len(raw) > MaxLiteral {
		return Geometry{}, tooLong(len(raw))
	}
	return parseGeoJSON(raw, newBuilder(literals()))
}

// FromGeoJSON reads a shape of a file from GeoJSON: a geometry, or a Feature that has one. Heights are kept
// and open rings closed.
func FromGeoJSON(raw []byte) (wkb []byte, b Bounds, err error) {
	return FromGeoJSONProjected(raw, nil)
}

// FromGeoJSONProjected reads a shape whose coordinates are in a projection that inverse undoes.
func FromGeoJSONProjected(raw []byte, inverse func(x, y float64) (lon, lat float64)) (wkb []byte, b Bounds, err error) {
	builder := newBuilder(rows())
	builder.unmap = inverse
	g, err := parseGeoJSON(raw, builder)
	return g.wkb, g.bounds, err
}

func parseGeoJSON(raw []byte, b *builder) (Geometry, error) {
	p := geojson{s: raw, b: b}
	if err := p.geometry(0, 0); err != nil {
		return Geometry{}, err
	}
	if p.space(); p.at < len(p.s) {
		return Geometry{}, p.expected("the end")
	}
	return b.geometry(), nil
}

// geojson is a parser of GeoJSON that writes well-known binary as it goes, without a tree in between.
type geojson struct {
	s  []byte
	at int
	b  *builder
}

// maxNesting is how deep members that are skipped may be nested.
const maxNesting = 200

func (p *geojson) space() {
	for p.at < len(p.s) {
		switch p.s[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

func (p *geojson) expected(what string) error {
	got := "the end of the text"
	if p.at < len(p.s) {
		got = strconv.Quote(string(bytes.ToValidUTF8(p.s[p.at:min(len(p.s), p.at+12)], []byte("\uFFFD"))))
	}
	return fault.New(fault.Invalid, "Invalid GeoJSON geometry: expected %s at position %d, found %s.", what, p.at, got)
}

func (p *geojson) take(sign byte) bool {
	p.space()
	if p.at < len(p.s) && p.s[p.at] == sign {
		p.at++
		return true
	}
	return false
}

func (p *geojson) need(sign byte) error {
	if !p.take(sign) {
		return p.expected("'" + string(rune(sign)) + "'")
	}
	return nil
}

// text reads a string and gives what stands between its quotes, escapes as they are.
func (p *geojson) text() ([]byte, error) {
	if err := p.need('"'); err != nil {
		return nil, err
	}
	from := p.at
	for p.at < len(p.s) {
		switch p.s[p.at] {
		case '\\':
			p.at++
		case '"':
			p.at++
			return p.s[from : p.at-1], nil
		}
		p.at++
	}
	p.at = len(p.s)
	return nil, p.expected("'\"'")
}

// skip passes over one value of any kind.
func (p *geojson) skip() error {
	depth := 0
	for {
		p.space()
		if p.at >= len(p.s) {
			return p.expected("a value")
		}
		switch ch := p.s[p.at]; ch {
		case '{', '[':
			depth++
			p.at++
			if depth > maxNesting {
				return fault.New(fault.Invalid, "Invalid GeoJSON geometry: nested more than %d deep at position %d.", maxNesting, p.at)
			}
			continue
		case '}', ']':
			depth--
			p.at++
			if depth < 0 {
				p.at--
				return p.expected("a value")
			}
		case ',', ':':
			if depth == 0 {
				return p.expected("a value")
			}
			p.at++
			continue
		case '"':
			if _, err := p.text(); err != nil {
				return err
			}
		default:
			from := p.at
			for p.at < len(p.s) && !delimits(p.s[p.at]) {
				p.at++
			}
			if p.at == from {
				p.at++
			}
		}
		if depth == 0 {
			return nil
		}
	}
}

// delimits tells whether a byte ends a number or a word of JSON.
func delimits(b byte) bool {
	switch b {
	case ' ', '\t', '\n', '\r', ',', ':', '{', '}', '[', ']', '"':
		return true
	}
	return false
}

// geometry reads a geometry object. Members may come in any order, so their places are noted first. Parent
// is the collection that it stands in, 0 for none.
func (p *geojson) geometry(depth int, parent Kind) error {
	if depth > maxDepth {
		return fault.New(fault.Invalid, "Invalid GeoJSON geometry: collections are nested more than %d deep, at position %d.", maxDepth, p.at)
	}
	p.space()
	start := p.at
	if err := p.need('{'); err != nil {
		return err
	}
	var name []byte
	coordinates, geometries, geometry := -1, -1, -1
	for first := true; !p.take('}'); first = false {
		if !first {
			if err := p.need(','); err != nil {
				return err
			}
		}
		key, err := p.text()
		if err != nil {
			return err
		}
		if err := p.need(':'); err != nil {
			return err
		}
		p.space()
		switch string(key) {
		case "type":
			if name, err = p.text(); err != nil {
				return err
			}
			continue
		case "coordinates":
			coordinates = p.at
		case "geometries":
			geometries = p.at
		case "geometry":
			geometry = p.at
		}
		if err := p.skip(); err != nil {
			return err
		}
	}
	end := p.at
	if err := p.body(name, start, coordinates, geometries, geometry, depth, parent); err != nil {
		return err
	}
	p.at = end
	return nil
}

// body reads what a geometry object holds, its members being at the given places, -1 where there is none.
func (p *geojson) body(name []byte, start, coordinates, geometries, geometry, depth int, parent Kind) error {
	k := kindNamed(string(name))
	switch {
	case string(name) == "Feature" && depth == 0 && parent == 0:
		if geometry < 0 {
			return fault.New(fault.Invalid, "Invalid GeoJSON geometry: the Feature has no \"geometry\".")
		}
		p.at = geometry
		return p.geometry(depth+1, 0)
	case k == 0 || k.String() != string(name):
		return fault.New(fault.Invalid, "Invalid GeoJSON geometry: the object at position %d has type %q; expected Point, "+
			"MultiPoint, LineString, MultiLineString, Polygon, MultiPolygon or GeometryCollection.", start, clip(name))
	case k == Collection && geometries < 0:
		return fault.New(fault.Invalid, "Invalid GeoJSON geometry: the GeometryCollection at position %d has no \"geometries\".", start)
	case k != Collection && coordinates < 0:
		return fault.New(fault.Invalid, "Invalid GeoJSON geometry: the %s at position %d has no \"coordinates\".", k, start)
	}
	if k == Collection {
		p.at = geometries
		p.b.header(k)
		_, err := p.list(func() error { return p.geometry(depth+1, k) })
		return err
	}
	p.at = coordinates
	return p.coordinates(k, parent)
}

func clip(b []byte) string { return string(bytes.ToValidUTF8(b[:min(len(b), 40)], []byte("\uFFFD"))) }

// coordinates reads the coordinates of a geometry of kind k.
func (p *geojson) coordinates(k, parent Kind) error {
	p.b.header(k)
	switch k {
	case Point:
		at := p.at
		if p.take('[') && p.take(']') {
			if parent != 0 {
				return fault.New(fault.Invalid, "Invalid GeoJSON geometry: an empty point within a collection, at position %d.", at)
			}
			p.b.emptyPoint()
			return nil
		}
		p.at = at
		return p.position()
	case LineString:
		return p.line()
	case Polygon:
		return p.polygon()
	}
	_, err := p.list(func() error { return p.coordinates(k-3, k) })
	return err
}

func (p *geojson) line() error {
	n, err := p.list(p.position)
	if err == nil && n == 1 {
		return fault.New(fault.Invalid, "Invalid GeoJSON geometry: a line needs at least 2 positions, before position %d.", p.at)
	}
	return err
}

func (p *geojson) polygon() error {
	_, err := p.list(func() error {
		at := len(p.b.out)
		n, err := p.list(p.position)
		if err != nil {
			return err
		}
		n, err = p.b.closeRing(at+4, n)
		p.b.setCount(at, n)
		return err
	})
	return err
}

// list reads "[item, item …]" and writes how many there were before them.
func (p *geojson) list(item func() error) (n int, err error) {
	if err := p.need('['); err != nil {
		return 0, err
	}
	at := p.b.count()
	if p.take(']') {
		return 0, nil
	}
	for {
		if err := item(); err != nil {
			return n, err
		}
		n++
		if p.take(']') {
			p.b.setCount(at, n)
			return n, nil
		}
		if !p.take(',') {
			return n, p.expected("',' or ']'")
		}
	}
}

// position reads [x, y] or [x, y, z]; further numbers are passed over.
func (p *geojson) position() error {
	if err := p.need('['); err != nil {
		return err
	}
	var v [3]float64
	n := 0
	for {
		f, err := p.number()
		if err != nil {
			return err
		}
		if n < 3 {
			v[n] = f
		}
		n++
		if p.take(']') {
			break
		}
		if !p.take(',') {
			return p.expected("',' or ']'")
		}
	}
	if n < 2 {
		return fault.New(fault.Invalid, "Invalid GeoJSON geometry: a position needs two numbers, before position %d.", p.at)
	}
	return p.b.position(v[0], v[1], v[2], n > 2)
}

func (p *geojson) number() (float64, error) {
	p.space()
	from := p.at
	for p.at < len(p.s) && !delimits(p.s[p.at]) && p.at-from < 400 {
		p.at++
	}
	token := p.s[from:p.at]
	if len(token) == 0 || token[0] != '-' && (token[0] < '0' || token[0] > '9') || bytes.ContainsAny(token, "xX_pPnN") {
		// A null height stands in files of some tools; it is no position.
		p.at = from
		return 0, p.expected("a number")
	}
	f, err := strconv.ParseFloat(string(token), 64)
	if err != nil {
		p.at = from
		return 0, p.expected("a number")
	}
	return f, nil
}
