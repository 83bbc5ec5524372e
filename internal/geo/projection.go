package geo

import (
	"math"
	"strconv"
	"strings"
)

// Projection gives the way from degrees on WGS 84 to the coordinates of an EPSG code and back; ok is false for a
// code that is not known. ETRS89 and its national realisations are taken as WGS 84 (they differ by less than a
// metre); older datums are moved by the three or seven parameters that EPSG gives, good to some metres.
// A position that the projection does not reach gives NaN or infinity.
func Projection(epsg int) (forward func(lon, lat float64) (x, y float64), inverse func(x, y float64) (lon, lat float64), ok bool) {
	d, ok := definition(epsg)
	if !ok {
		return nil, nil, false
	}
	if d.method == degrees {
		same := func(a, b float64) (float64, float64) { return a, b }
		return same, same, true
	}
	p := d.projector()
	return func(lon, lat float64) (float64, float64) {
			lam, phi := lon*radians, lat*radians
			if d.shift != (helmert{}) {
				lam, phi = d.shift.undo(lam, phi, d.ellipsoid)
			}
			x, y := p.forward(math.Remainder(lam-d.lon*radians, 2*math.Pi), phi)
			return x + d.x, y + d.y
		}, func(x, y float64) (float64, float64) {
			lam, phi := p.inverse(x-d.x, y-d.y)
			lam += d.lon * radians
			if d.shift != (helmert{}) {
				lam, phi = d.shift.apply(lam, phi, d.ellipsoid)
			}
			return lam / radians, phi / radians
		}, true
}

// Decimals gives how many decimals keep coordinates of an EPSG code to a millimetre or better.
func Decimals(epsg int) int {
	if d, ok := definition(epsg); ok && d.method != degrees {
		return 3
	}
	return 9
}

// Supported lists the EPSG codes that Projection knows, runs of them as "3942-3950", for messages.
func Supported() string {
	var b strings.Builder
	const last = 32760 // the largest code but 900913
	for code := 1; code <= last; code++ {
		if _, ok := definition(code); !ok {
			continue
		}
		from := code
		for code < last {
			if _, ok := definition(code + 1); !ok {
				break
			}
			code++
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(from))
		if code > from {
			b.WriteString("-" + strconv.Itoa(code))
		}
	}
	return b.String()
}

type method uint8

const (
	degrees method = iota
	webMercator
	transverseMercator
	lambertConic // one or two standard parallels
	lambertArea  // azimuthal, equal area
	stereographic
	swissMercator
)

// crs is a coordinate reference system: angles in degrees, lengths in metres.
type crs struct {
	method     method
	ellipsoid  ellipsoid
	shift      helmert
	lon, lat   float64 // origin
	lat1, lat2 float64 // standard parallels of a cone; both 0: the one at lat
	k          float64 // scale at the origin
	x, y       float64 // false easting and northing
}

type ellipsoid struct{ a, f float64 } // half the equator's diameter, metres; flattening

func (e ellipsoid) e2() float64 { return e.f * (2 - e.f) }

func utm(zone int, south bool, e ellipsoid, shift helmert) crs {
	c := crs{method: transverseMercator, ellipsoid: e, shift: shift, lon: float64(zone*6 - 183), k: 0.9996, x: 500000}
	if south {
		c.y = 10000000
	}
	return c
}

// definition gives the parameters that EPSG publishes for a code.
func definition(epsg int) (crs, bool) {
	var (
		wgs84    = ellipsoid{6378137, 1 / 298.257223563}
		grs80    = ellipsoid{6378137, 1 / 298.257222101}
		airy     = ellipsoid{6377563.396, 1 / 299.3249646}
		bessel   = ellipsoid{6377397.155, 1 / 299.1528128}
		hayford  = ellipsoid{6378388, 1 / 297.0}
		clarke80 = ellipsoid{6378249.2, 1 / 293.4660212936269} // IGN

		none  = helmert{}
		osgb  = helmert{446.448, -125.157, 542.06, 0.15, 0.247, 0.842, -20.489}
		dhdn  = helmert{598.1, 73.7, 418.2, 0.202, 0.045, -2.455, 6.7}
		mgi   = helmert{577.326, 90.129, 463.919, 5.137, 1.474, 5.297, 2.4232}
		ntf   = helmert{-168, -60, 320, 0, 0, 0, 0}
		swiss = helmert{674.374, 15.056, 405.346, 0, 0, 0, 0}
		dutch = helmert{565.4171, 50.3319, 465.5524, -0.398957388243134, 0.343987817378283, -1.87740163998045, 4.0725}
		bd72  = helmert{-106.8686, 52.2978, -103.7239, 0.3366, -0.457, 1.8422, -1.2747}
		ed50  = helmert{-87, -98, -121, 0, 0, 0, 0}
		ggrs  = helmert{-199.87, 74.79, 246.62, 0, 0, 0, 0}
	)
	const paris = 2.33722917 // the meridian of Paris
	tm := func(e ellipsoid, shift helmert, lon, lat, k, x, y float64) crs {
		return crs{method: transverseMercator, ellipsoid: e, shift: shift, lon: lon, lat: lat, k: k, x: x, y: y}
	}
	cone := func(lon, lat, lat1, lat2, x, y float64) crs {
		return crs{method: lambertConic, ellipsoid: grs80, lon: lon, lat: lat, lat1: lat1, lat2: lat2, x: x, y: y}
	}
	lambertNTF := func(lat, k, x, y float64) crs {
		return crs{method: lambertConic, ellipsoid: clarke80, shift: ntf, lon: paris, lat: lat, k: k, x: x, y: y}
	}
	switch {
	case epsg >= 32601 && epsg <= 32660:
		return utm(epsg-32600, false, wgs84, none), true
	case epsg >= 32701 && epsg <= 32760:
		return utm(epsg-32700, true, wgs84, none), true
	case epsg >= 25828 && epsg <= 25838:
		return utm(epsg-25800, false, grs80, none), true
	case epsg >= 23028 && epsg <= 23038:
		return utm(epsg-23000, false, hayford, ed50), true
	case epsg >= 3942 && epsg <= 3950: // RGF93 / CC42 … CC50
		lat := float64(epsg - 3900)
		return cone(3, lat, lat-0.75, lat+0.75, 1700000, (lat-41)*1000000+200000), true
	case epsg >= 31466 && epsg <= 31469: // DHDN / 3-degree Gauss-Krüger
		zone := float64(epsg - 31464)
		return tm(bessel, dhdn, zone*3, 0, 1, zone*1000000+500000, 0), true
	}
	switch epsg {
	case 4326, 4258, 4171, 4269: // WGS 84, ETRS89, RGF93, NAD83
		return crs{}, true
	case 3857, 900913:
		return crs{method: webMercator, ellipsoid: wgs84}, true
	case 2154, 9793, 9794: // RGF93 / Lambert-93
		return cone(3, 46.5, 49, 44, 700000, 6600000), true
	case 27561: // NTF (Paris) / Lambert Nord France, Centre, Sud, Corse
		return lambertNTF(49.5, 0.999877341, 600000, 200000), true
	case 27562:
		return lambertNTF(46.8, 0.99987742, 600000, 200000), true
	case 27563:
		return lambertNTF(44.1, 0.999877499, 600000, 200000), true
	case 27564:
		return lambertNTF(42.165, 0.99994471, 234.358, 185861.369), true
	case 27571: // NTF (Paris) / Lambert zone I to IV
		return lambertNTF(49.5, 0.999877341, 600000, 1200000), true
	case 27572:
		return lambertNTF(46.8, 0.99987742, 600000, 2200000), true
	case 27573:
		return lambertNTF(44.1, 0.999877499, 600000, 3200000), true
	case 27574:
		return lambertNTF(42.165, 0.99994471, 234.358, 4185861.369), true
	case 4559, 5490: // French Antilles, UTM 20N
		return utm(20, false, grs80, none), true
	case 2972: // French Guiana
		return utm(22, false, grs80, none), true
	case 2975: // Reunion
		return utm(40, true, grs80, none), true
	case 4471: // Mayotte
		return utm(38, true, grs80, none), true
	case 4467: // Saint-Pierre-et-Miquelon
		return utm(21, false, grs80, none), true
	case 27700: // British National Grid
		return tm(airy, osgb, -2, 49, 0.9996012717, 400000, -100000), true
	case 2157: // Irish Transverse Mercator
		return tm(grs80, none, -8, 53.5, 0.99982, 600000, 750000), true
	case 28992: // Amersfoort / RD New
		return crs{method: stereographic, ellipsoid: bessel, shift: dutch, lon: 5.38763888888889, lat: 52.1561605555556,
			k: 0.9999079, x: 155000, y: 463000}, true
	case 31370: // BD72 / Belgian Lambert 72
		c := cone(4.36748666666667, 90, 51.1666672333333, 49.8333339, 150000.013, 5400088.438)
		c.ellipsoid, c.shift = hayford, bd72
		return c, true
	case 3812: // ETRS89 / Belgian Lambert 2008
		return cone(4.35921583333333, 50.797815, 49.8333333333333, 51.1666666666667, 649328, 665262), true
	case 2169: // Luxembourg TM
		return tm(hayford, helmert{-189.6806, 18.3463, -42.7695, -0.33746, -3.09264, 2.53861, 0.4598}, 6.16666666666667, 49.8333333333333, 1, 80000, 100000), true
	case 21781, 2056: // CH1903 / LV03, CH1903+ / LV95
		c := crs{method: swissMercator, ellipsoid: bessel, shift: swiss, lon: 7.43958333333333, lat: 46.9524055555556, k: 1,
			x: 600000, y: 200000}
		if epsg == 2056 {
			c.x, c.y = 2600000, 1200000
		}
		return c, true
	case 31284: // MGI / Austria M28, M31, M34
		return tm(bessel, mgi, 10.3333333333333, 0, 1, 150000, 0), true
	case 31285:
		return tm(bessel, mgi, 13.3333333333333, 0, 1, 450000, 0), true
	case 31286:
		return tm(bessel, mgi, 16.3333333333333, 0, 1, 750000, 0), true
	case 31254: // MGI / Austria GK West, Central, East
		return tm(bessel, mgi, 10.3333333333333, 0, 1, 0, -5000000), true
	case 31255:
		return tm(bessel, mgi, 13.3333333333333, 0, 1, 0, -5000000), true
	case 31256:
		return tm(bessel, mgi, 16.3333333333333, 0, 1, 0, -5000000), true
	case 31287: // MGI / Austria Lambert
		c := cone(13.3333333333333, 47.5, 49, 46, 400000, 400000)
		c.ellipsoid, c.shift = bessel, mgi
		return c, true
	case 3416: // ETRS89 / Austria Lambert
		return cone(13.3333333333333, 47.5, 49, 46, 400000, 400000), true
	case 3035: // ETRS89-extended / LAEA Europe
		return crs{method: lambertArea, ellipsoid: grs80, lon: 10, lat: 52, x: 4321000, y: 3210000}, true
	case 3034: // ETRS89-extended / LCC Europe
		return cone(10, 52, 35, 65, 4000000, 2800000), true
	case 2100: // GGRS87 / Greek Grid
		return tm(grs80, ggrs, 24, 0, 0.9996, 500000, 0), true
	case 2180: // ETRF2000-PL / CS92
		return tm(grs80, none, 19, 0, 0.9993, 500000, -5300000), true
	case 3763: // ETRS89 / Portugal TM06
		return tm(grs80, none, -8.13310833333333, 39.6682583333333, 1, 0, 0), true
	case 3006: // SWEREF99 TM
		return utm(33, false, grs80, none), true
	case 3067: // ETRS89 / TM35FIN
		return utm(35, false, grs80, none), true
	}
	return crs{}, false
}
