package geo

import (
	"strconv"
	"strings"

	"parvis/internal/fault"
)

// ParseWKT reads a geometry of a query from well-known text: "POINT(2.35 48.85)", "POLYGON((…))", with or
// without Z, M, ZM and a leading "SRID=4326;", in any case. Open rings are closed.
func ParseWKT(text string) (Geometry, error) {
	if len(text) > MaxLiteral {
		return Geometry{}, tooLong(len(text))
	}
	p := wkt{s: text, b: newBuilder(literals())}
	if rest, ok := strings.CutPrefix(strings.ToUpper(text[:min(len(text), 16)]), "SRID="); ok {
		n := strings.IndexByte(rest, ';')
		if n < 0 || rest[:n] != "4326" {
			return Geometry{}, fault.New(fault.Invalid, "Invalid WKT geometry: only SRID=4326 (longitude and latitude on WGS 84) is read.")
		}
		p.at = len("SRID=") + n + 1
	}
	if err := p.geometry(0, 0); err != nil {
		return Geometry{}, err
	}
	if p.space(); p.at < len(p.s) {
		return Geometry{}, p.expected("the end")
	}
	return p.b.geometry(), nil
}

// wkt is a parser of well-known text that writes well-known binary as it goes.
type wkt struct {
	s  string
	at int
	b  *builder
}

func (p *wkt) space() {
	for p.at < len(p.s) && (p.s[p.at] == ' ' || p.s[p.at] == '\t' || p.s[p.at] == '\n' || p.s[p.at] == '\r') {
		p.at++
	}
}

func (p *wkt) expected(what string) error {
	got := "the end of the text"
	if p.at < len(p.s) {
		rest := p.s[p.at:min(len(p.s), p.at+20)]
		if i := strings.IndexAny(rest, " \t\r\n"); i > 0 {
			rest = rest[:i]
		}
		got = strconv.Quote(strings.ToValidUTF8(rest, "\uFFFD"))
	}
	return fault.New(fault.Invalid, "Invalid WKT geometry: expected %s at position %d, found %s.", what, p.at, got)
}

// word reads letters, in upper case; "" where there are none.
func (p *wkt) word() string {
	p.space()
	from := p.at
	for p.at < len(p.s) && (p.s[p.at]|0x20 >= 'a' && p.s[p.at]|0x20 <= 'z') {
		p.at++
	}
	return strings.ToUpper(p.s[from:p.at])
}

// take reads one sign where it comes next.
func (p *wkt) take(sign byte) bool {
	p.space()
	if p.at < len(p.s) && p.s[p.at] == sign {
		p.at++
		return true
	}
	return false
}

func (p *wkt) number() (float64, bool) {
	p.space()
	from := p.at
	for p.at < len(p.s) && strings.IndexByte("+-.0123456789eE", p.s[p.at]) >= 0 {
		p.at++
	}
	f, err := strconv.ParseFloat(p.s[from:p.at], 64)
	if err != nil {
		p.at = from
	}
	return f, err == nil
}

// geometry reads a tagged geometry. Parent is the collection it stands in, 0 for none.
func (p *wkt) geometry(depth int, parent Kind) error {
	if depth > maxDepth {
		return fault.New(fault.Invalid, "Invalid WKT geometry: collections are nested more than %d deep, at position %d.", maxDepth, p.at)
	}
	p.space()
	from := p.at
	name := p.word()
	k := kindNamed(name)
	dim := ""
	if k == 0 { // POINTZ, PolygonZM
		for _, suffix := range []string{"ZM", "Z", "M"} {
			if base, ok := strings.CutSuffix(name, suffix); ok && kindNamed(base) != 0 {
				k, dim = kindNamed(base), suffix
				break
			}
		}
	}
	if k == 0 {
		p.at = from
		return p.expected("the name of a geometry, as in POINT(2.35 48.85),")
	}
	at := p.at
	word := p.word()
	if dim == "" && (word == "Z" || word == "M" || word == "ZM") {
		dim = word
		at = p.at
		word = p.word()
	}
	if word == "EMPTY" {
		return p.empty(k, parent)
	}
	if word != "" {
		p.at = at
		p.space()
		return p.expected("'('")
	}
	p.b.header(k)
	measured := dim == "M"
	switch k {
	case Point:
		if !p.take('(') {
			return p.expected("'('")
		}
		if err := p.position(measured); err != nil {
			return err
		}
		if !p.take(')') {
			return p.expected("')'")
		}
		return nil
	case LineString:
		return p.positions(measured, false)
	case Polygon:
		return p.rings(measured)
	}
	return p.list(func() error {
		switch k {
		case MultiPoint:
			p.b.header(Point)
			inner := p.take('(')
			if err := p.position(measured); err != nil {
				return err
			}
			if inner && !p.take(')') {
				return p.expected("')'")
			}
			return nil
		case MultiLineString:
			p.b.header(LineString)
			return p.positions(measured, false)
		case MultiPolygon:
			p.b.header(Polygon)
			return p.rings(measured)
		}
		return p.geometry(depth+1, k)
	})
}

func (p *wkt) empty(k, parent Kind) error {
	if k == Point && parent != 0 {
		return fault.New(fault.Invalid, "Invalid WKT geometry: an empty point within a collection, at position %d.", p.at)
	}
	p.b.header(k)
	if k == Point {
		p.b.emptyPoint()
	} else {
		p.b.count()
	}
	return nil
}

// list reads "(item, item …)" and writes how many there were before them.
func (p *wkt) list(item func() error) error {
	if !p.take('(') {
		return p.expected("'('")
	}
	at, n := p.b.count(), 0
	for {
		if err := item(); err != nil {
			return err
		}
		n++
		if p.take(')') {
			p.b.setCount(at, n)
			return nil
		}
		if !p.take(',') {
			return p.expected("',' or ')'")
		}
	}
}

func (p *wkt) rings(measured bool) error {
	return p.list(func() error { return p.positions(measured, true) })
}

func (p *wkt) positions(measured, ring bool) error {
	at := len(p.b.out)
	n := 0
	err := p.list(func() error { n++; return p.position(measured) })
	if err == nil && ring {
		n, err = p.b.closeRing(at+4, n)
		p.b.setCount(at, n)
	} else if err == nil && n < 2 {
		err = fault.New(fault.Invalid, "Invalid WKT geometry: a line needs at least 2 positions, before position %d.", p.at)
	}
	return err
}

// position reads two to four numbers; the third is a height unless the geometry is tagged M.
func (p *wkt) position(measured bool) error {
	var v [4]float64
	n := 0
	for n < 4 {
		f, ok := p.number()
		if !ok {
			break
		}
		v[n] = f
		n++
	}
	if n < 2 {
		return p.expected("a number")
	}
	return p.b.position(v[0], v[1], v[2], n > 2 && !measured)
}
