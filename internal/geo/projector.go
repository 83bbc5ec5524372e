package geo

import "math"

// projector turns longitude (from the central meridian) and latitude in radians on the system's own ellipsoid
// into metres from the false origin, and back. Formulas are those of IOGP guidance note 7-2; the transverse
// Mercator is Krüger's series to the fourth power of the third flattening, exact to a micrometre in a zone.
type projector interface {
	forward(lam, phi float64) (x, y float64)
	inverse(x, y float64) (lam, phi float64)
}

func (c crs) projector() projector {
	switch c.method {
	case transverseMercator:
		return newTransverse(c)
	case lambertConic:
		return newCone(c)
	case lambertArea:
		return newEqualArea(c)
	case stereographic, swissMercator:
		return newSphere(c)
	}
	return sphericalMercator{c.ellipsoid.a}
}

// isometric gives the isometric latitude on an ellipsoid of eccentricity e, and fromIsometric the way back.
func isometric(phi, e float64) float64 {
	s := math.Sin(phi)
	return math.Atanh(s) - e*math.Atanh(e*s)
}

func fromIsometric(psi, e float64) float64 {
	s := math.Tanh(psi)
	for range 8 { // each round gains more than two digits
		s = math.Tanh(psi + e*math.Atanh(e*s))
	}
	return math.Asin(s)
}

type sphericalMercator struct{ r float64 }

func (m sphericalMercator) forward(lam, phi float64) (float64, float64) {
	return m.r * lam, m.r * math.Asinh(math.Tan(phi))
}

func (m sphericalMercator) inverse(x, y float64) (float64, float64) {
	return x / m.r, math.Atan(math.Sinh(y / m.r))
}

type transverse struct {
	e, scale, origin float64
	to, back         [4]float64
}

func newTransverse(c crs) transverse {
	n := c.ellipsoid.f / (2 - c.ellipsoid.f)
	n2, n3, n4 := n*n, n*n*n, n*n*n*n
	t := transverse{
		e:     math.Sqrt(c.ellipsoid.e2()),
		scale: c.k * c.ellipsoid.a / (1 + n) * (1 + n2/4 + n4/64),
		to: [4]float64{
			n/2 - 2*n2/3 + 5*n3/16 + 41*n4/180,
			13*n2/48 - 3*n3/5 + 557*n4/1440,
			61*n3/240 - 103*n4/140,
			49561 * n4 / 161280,
		},
		back: [4]float64{
			n/2 - 2*n2/3 + 37*n3/96 - n4/360,
			n2/48 + n3/15 - 437*n4/1440,
			17*n3/480 - 37*n4/840,
			4397 * n4 / 161280,
		},
	}
	_, t.origin = t.forward(0, c.lat*radians)
	return t
}

func (t transverse) forward(lam, phi float64) (x, y float64) {
	s := math.Sinh(isometric(phi, t.e))
	xi0 := math.Atan2(s, math.Cos(lam))
	eta0 := math.Asinh(math.Sin(lam) / math.Hypot(s, math.Cos(lam)))
	xi, eta := xi0, eta0
	for i, a := range t.to {
		j := 2 * float64(i+1)
		xi += a * math.Sin(j*xi0) * math.Cosh(j*eta0)
		eta += a * math.Cos(j*xi0) * math.Sinh(j*eta0)
	}
	return t.scale * eta, t.scale*xi - t.origin
}

func (t transverse) inverse(x, y float64) (lam, phi float64) {
	xi0, eta0 := (y+t.origin)/t.scale, x/t.scale
	xi, eta := xi0, eta0
	for i, b := range t.back {
		j := 2 * float64(i+1)
		xi -= b * math.Sin(j*xi0) * math.Cosh(j*eta0)
		eta -= b * math.Cos(j*xi0) * math.Sinh(j*eta0)
	}
	lam = math.Atan2(math.Sinh(eta), math.Cos(xi))
	return lam, fromIsometric(math.Atanh(math.Sin(xi)/math.Cosh(eta)), t.e)
}

type conic struct{ e, n, af, origin float64 }

func newCone(c crs) conic {
	e2 := c.ellipsoid.e2()
	p := conic{e: math.Sqrt(e2)}
	m := func(phi float64) float64 {
		return math.Cos(phi) / math.Sqrt(1-e2*math.Sin(phi)*math.Sin(phi))
	}
	phi1, k := c.lat*radians, c.k
	p.n = math.Sin(phi1)
	if c.lat1 != 0 || c.lat2 != 0 {
		phi2 := c.lat2 * radians
		phi1, k = c.lat1*radians, 1
		p.n = math.Log(m(phi1)/m(phi2)) / (isometric(phi2, p.e) - isometric(phi1, p.e))
	}
	p.af = c.ellipsoid.a * k * m(phi1) * math.Exp(p.n*isometric(phi1, p.e)) / p.n
	p.origin = p.radius(c.lat * radians)
	return p
}

func (p conic) radius(phi float64) float64 { return p.af * math.Exp(-p.n*isometric(phi, p.e)) }

func (p conic) forward(lam, phi float64) (x, y float64) {
	r := p.radius(phi)
	return r * math.Sin(p.n*lam), p.origin - r*math.Cos(p.n*lam)
}

func (p conic) inverse(x, y float64) (lam, phi float64) {
	r := math.Hypot(x, p.origin-y)
	return math.Atan2(x, p.origin-y) / p.n, fromIsometric(-math.Log(r/p.af)/p.n, p.e)
}

type equalArea struct{ e, e2, qp, rq, d, sin0, cos0 float64 }

func newEqualArea(c crs) equalArea {
	p := equalArea{e2: c.ellipsoid.e2()}
	p.e = math.Sqrt(p.e2)
	p.qp = p.q(1)
	p.rq = c.ellipsoid.a * math.Sqrt(p.qp/2)
	s := math.Sin(c.lat * radians)
	p.sin0 = p.q(s) / p.qp
	p.cos0 = math.Sqrt(1 - p.sin0*p.sin0)
	p.d = c.ellipsoid.a * math.Cos(c.lat*radians) / math.Sqrt(1-p.e2*s*s) / (p.rq * p.cos0)
	return p
}

func (p equalArea) q(s float64) float64 {
	return (1 - p.e2) * (s/(1-p.e2*s*s) + math.Atanh(p.e*s)/p.e)
}

func (p equalArea) forward(lam, phi float64) (x, y float64) {
	sin := p.q(math.Sin(phi)) / p.qp
	cos := math.Sqrt(max(0, 1-sin*sin))
	b := p.rq * math.Sqrt(2/(1+p.sin0*sin+p.cos0*cos*math.Cos(lam)))
	return b * p.d * cos * math.Sin(lam), b / p.d * (p.cos0*sin - p.sin0*cos*math.Cos(lam))
}

func (p equalArea) inverse(x, y float64) (lam, phi float64) {
	x, y = x/p.d, y*p.d
	r := math.Hypot(x, y)
	sin := p.sin0
	if r > 0 {
		c := 2 * math.Asin(r/(2*p.rq))
		sin = math.Cos(c)*p.sin0 + y*math.Sin(c)*p.cos0/r
		lam = math.Atan2(x*math.Sin(c), r*p.cos0*math.Cos(c)-y*p.sin0*math.Sin(c))
	}
	phi = math.Asin(sin)
	for range 6 { // Newton, from the authalic latitude
		s := math.Sin(phi)
		w := 1 - p.e2*s*s
		phi += w * w / (2 * math.Cos(phi)) * (sin*p.qp/(1-p.e2) - s/w - math.Atanh(p.e*s)/p.e)
	}
	return lam, phi
}

// sphere is a double projection: conformally to Gauss's sphere, from there to the plane by the stereographic
// projection (the Netherlands) or a Mercator whose equator runs east through the origin (Switzerland).
type sphere struct {
	e, alpha, k, r, sin0, cos0 float64
	mercator                   bool
}

func newSphere(c crs) sphere {
	e2 := c.ellipsoid.e2()
	sin, cos := math.Sincos(c.lat * radians)
	p := sphere{e: math.Sqrt(e2), mercator: c.method == swissMercator}
	p.alpha = math.Sqrt(1 + e2*cos*cos*cos*cos/(1-e2))
	p.sin0 = sin / p.alpha
	p.cos0 = math.Sqrt(1 - p.sin0*p.sin0)
	p.k = math.Atanh(p.sin0) - p.alpha*isometric(c.lat*radians, p.e)
	p.r = c.k * c.ellipsoid.a * math.Sqrt(1-e2) / (1 - e2*sin*sin)
	return p
}

func (p sphere) forward(lam, phi float64) (x, y float64) {
	sin := math.Tanh(p.alpha*isometric(phi, p.e) + p.k)
	cos := math.Sqrt(1 - sin*sin)
	sinL, cosL := math.Sincos(p.alpha * lam)
	along := p.sin0*sin + p.cos0*cos*cosL
	up := p.cos0*sin - p.sin0*cos*cosL
	if p.mercator {
		return p.r * math.Atan2(cos*sinL, along), p.r * math.Atanh(up)
	}
	return 2 * p.r * cos * sinL / (1 + along), 2 * p.r * up / (1 + along)
}

func (p sphere) inverse(x, y float64) (lam, phi float64) {
	// The position as a unit vector: along the origin, to the east, up.
	var along, east, up float64
	if p.mercator {
		sinL, cosL := math.Sincos(x / p.r)
		up = math.Tanh(y / p.r)
		cos := math.Sqrt(1 - up*up)
		along, east = cos*cosL, cos*sinL
	} else {
		x, y = x/(2*p.r), y/(2*p.r)
		d := 1 + x*x + y*y
		along, east, up = (2-d)/d, 2*x/d, 2*y/d
	}
	sin := p.sin0*along + p.cos0*up
	lam = math.Atan2(east, p.cos0*along-p.sin0*up) / p.alpha
	return lam, fromIsometric((math.Atanh(sin)-p.k)/p.alpha, p.e)
}

// helmert moves positions from a datum to WGS 84: metres, arc seconds (position vector), parts per million.
type helmert struct{ tx, ty, tz, rx, ry, rz, ppm float64 }

// apply goes from the ellipsoid of the datum to WGS 84, undo the other way; both in radians, at height 0.
func (h helmert) apply(lam, phi float64, e ellipsoid) (float64, float64) {
	return h.move(lam, phi, e, ellipsoid{6378137, 1 / 298.257223563})
}

func (h helmert) undo(lam, phi float64, e ellipsoid) (float64, float64) {
	back := helmert{-h.tx, -h.ty, -h.tz, -h.rx, -h.ry, -h.rz, -h.ppm}
	return back.move(lam, phi, ellipsoid{6378137, 1 / 298.257223563}, e)
}

func (h helmert) move(lam, phi float64, from, to ellipsoid) (float64, float64) {
	e2 := from.e2()
	sin, cos := math.Sincos(phi)
	nu := from.a / math.Sqrt(1-e2*sin*sin)
	x, y, z := nu*cos*math.Cos(lam), nu*cos*math.Sin(lam), nu*(1-e2)*sin
	const second = radians / 3600
	rx, ry, rz, m := h.rx*second, h.ry*second, h.rz*second, 1+h.ppm*1e-6
	x, y, z = m*(x-rz*y+ry*z)+h.tx, m*(rz*x+y-rx*z)+h.ty, m*(-ry*x+rx*y+z)+h.tz
	// Bowring's formula: exact to a fraction of a micrometre near the ground.
	e2 = to.e2()
	p := math.Hypot(x, y)
	b := to.a * (1 - to.f)
	s, c := math.Sincos(math.Atan2(z*to.a, p*b))
	return math.Atan2(y, x), math.Atan2(z+e2/(1-e2)*b*s*s*s, p-e2*to.a*c*c*c)
}
