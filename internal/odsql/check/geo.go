package check

import (
	"strings"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/geo"
	"parvis/internal/odsql"
)

// geoField reads the field that a function of geometries is about.
func (c *checker) geoField(x *odsql.Call, arg odsql.Expr) (Field, error) {
	name, ok := arg.(*odsql.Name)
	if !ok {
		return Field{}, c.errorAt(x, "the first argument of %s() is a field", x.Name)
	}
	i := c.field(name.Text)
	if i < 0 {
		return Field{}, c.unknownField(name.Text)
	}
	f := c.at(i)
	if f.T.List || f.T.Base != dataset.GeoPoint && f.T.Base != dataset.GeoShape {
		return Field{}, c.errorAt(x, "%s() needs a geo_point_2d or geo_shape, and %s is %s", x.Name, name.Text, described(f.T))
	}
	return f, nil
}

// geometry reads a geometry literal; a plain text is read as one, too.
func (c *checker) geometry(x *odsql.Call, arg odsql.Expr) (geo.Geometry, error) {
	var text string
	switch g := arg.(type) {
	case *odsql.Geometry:
		text = g.Text
	case *odsql.String:
		text = g.Value
	default:
		return geo.Geometry{}, c.errorAt(arg, "%s() needs a geometry such as geom'POINT(2.35 48.85)'", x.Name)
	}
	g, err := geo.Parse(text)
	if err != nil {
		return geo.Geometry{}, c.errorAt(arg, "the geometry cannot be read: %s", strings.TrimSuffix(fault.Message(err), "."))
	}
	return g, nil
}

// position reads a geometry literal that is a point.
func (c *checker) position(x *odsql.Call, arg odsql.Expr) (dataset.Point, error) {
	g, err := c.geometry(x, arg)
	if err != nil {
		return dataset.Point{}, err
	}
	lon, lat, ok := g.Point()
	if !ok || lat < -90 || lat > 90 || lon < -360 || lon > 360 {
		return dataset.Point{}, c.errorAt(arg, "%s() needs a point on the globe, longitude first: geom'POINT(2.35 48.85)'", x.Name)
	}
	return dataset.Point{Lon: lon, Lat: lat}, nil
}

// distance types distance(g, geom'POINT').
func (c *checker) distance(x *odsql.Call, s scope) (Value, error) {
	if s.final {
		return nil, c.errorAt(x, "distance() cannot stand beside aggregation functions")
	}
	if err := c.count(x, 2, 2); err != nil {
		return nil, err
	}
	f, err := c.geoField(x, x.Args[0].Value)
	if err != nil {
		return nil, err
	}
	to, err := c.position(x, x.Args[1].Value)
	if err != nil {
		return nil, err
	}
	return Distance{f, to}, nil
}

// within types within_distance(g, geom'POINT', 1km).
func (c *checker) within(x *odsql.Call) (Predicate, error) {
	if err := c.count(x, 3, 3); err != nil {
		return nil, err
	}
	f, err := c.geoField(x, x.Args[0].Value)
	if err != nil {
		return nil, err
	}
	from, err := c.position(x, x.Args[1].Value)
	if err != nil {
		return nil, err
	}
	number, unit := "", "m"
	switch q := x.Args[2].Value.(type) {
	case *odsql.Number:
		number = q.Text
	case *odsql.Quantity:
		number, unit = q.Number, q.Unit
	}
	metres, ok := map[string]float64{"mi": 1609.344, "yd": 0.9144, "ft": 0.3048, "m": 1, "cm": 0.01, "km": 1000, "mm": 0.001}[strings.ToLower(unit)]
	if !ok || number == "" || unit == "M" {
		return nil, c.errorAt(x.Args[2].Value, "a distance is a number with one of the units mi, yd, ft, m, cm, km, mm, and this is none,")
	}
	v, err := c.number(x.Args[2].Value, number)
	if err != nil {
		return nil, err
	}
	n, _ := constNumber(v)
	if n < 0 {
		return nil, c.errorAt(x.Args[2].Value, "a distance is not negative")
	}
	return Within{f, from, min(n*metres, 1e9)}, nil
}

// inBox types in_bbox(g, lat1, lon1, lat2, lon2): any two opposite corners.
func (c *checker) inBox(x *odsql.Call) (Predicate, error) {
	if err := c.count(x, 5, 5); err != nil {
		return nil, err
	}
	f, err := c.geoField(x, x.Args[0].Value)
	if err != nil {
		return nil, err
	}
	var at [4]float64
	for i, a := range x.Args[1:] {
		v, err := c.value(a.Value, scope{})
		if err != nil {
			return nil, err
		}
		n, ok := constNumber(v)
		if !ok {
			return nil, c.errorAt(a.Value, "in_bbox() needs numbers: latitude and longitude of two corners; this is none,")
		}
		at[i] = n
	}
	return InBox{Field: f, West: min(at[1], at[3]), South: min(at[0], at[2]), East: max(at[1], at[3]), North: max(at[0], at[2])}, nil
}

// spatial types intersects, disjoint, within, polygon and geometry.
func (c *checker) spatial(x *odsql.Call) (Predicate, error) {
	most := 2
	if x.Name == "geometry" {
		most = 3
	}
	if err := c.count(x, 2, most); err != nil {
		return nil, err
	}
	f, err := c.geoField(x, x.Args[0].Value)
	if err != nil {
		return nil, err
	}
	g, err := c.geometry(x, x.Args[1].Value)
	if err != nil {
		return nil, err
	}
	mode := map[string]SpatialMode{"disjoint": DisjointFrom, "within": InsideOf}[x.Name]
	if len(x.Args) == 3 {
		word := ""
		switch w := x.Args[2].Value.(type) {
		case *odsql.Name:
			word = w.Text
		case *odsql.String:
			word = w.Value
		}
		switch strings.ToUpper(word) {
		case "INTERSECTS":
			mode = Intersects
		case "DISJOINT":
			mode = DisjointFrom
		case "WITHIN":
			mode = InsideOf
		default:
			return nil, c.errorAt(x.Args[2].Value, "geometry() takes INTERSECTS, DISJOINT or WITHIN, and this is none,")
		}
	}
	w, s, e, n, ok := g.Bounds()
	if !ok {
		if mode == DisjointFrom {
			return Not{IsNull{f}}, nil
		}
		return False{}, nil
	}
	return Spatial{f, mode, dataset.Shape{WKB: g.WKB(), West: w, South: s, East: e, North: n}}, nil
}
