package sqlgen

import (
	"fmt"
	"math"
	"strconv"

	"parvis/internal/dataset"
	"parvis/internal/engine"
	"parvis/internal/geo"
	"parvis/internal/odsql/check"
)

// earth is the mean radius of the Earth in metres.
const earth = 6371008.8

// degrees writes a coordinate.
func degrees(f float64) string { return double(f) }

// distance writes the metres to a position: the haversine formula for points, the engine's own function for shapes.
func (g gen) distance(x check.Distance) string {
	c := engine.Col(x.Field.Index)
	if x.Field.T.Base == dataset.GeoShape {
		return "parvis_distance(" + c + ", " + degrees(x.To.Lon) + ", " + degrees(x.To.Lat) + ")"
	}
	lat := engine.Lat(x.Field.Index)
	share := fmt.Sprintf("(pow(sin(radians(%s - %s) / 2), 2) + %s * cos(radians(%s)) * pow(sin(radians(%s - %s) / 2), 2))",
		lat, degrees(x.To.Lat), double(math.Cos(x.To.Lat*math.Pi/180)), lat, c, degrees(x.To.Lon))
	// abs keeps rounding errors at the other end of the world from a root of less than nothing.
	return "(" + double(2*earth) + " * atan2(sqrt(" + share + "), sqrt(abs(1 - " + share + "))))"
}

// within writes within_distance: a box first, then the exact distance.
func (g gen) within(x check.Within) string {
	exact := g.distance(check.Distance{Field: x.Field, To: x.From}) + " <= " + double(x.Metres)
	box := ""
	reach := x.Metres / earth * (1 + 1e-6) // radians, a little more than needed
	south, north := x.From.Lat-reach*180/math.Pi-1e-9, x.From.Lat+reach*180/math.Pi+1e-9
	west, east := -math.MaxFloat64, math.MaxFloat64
	if s := math.Sin(reach) / math.Cos(x.From.Lat*math.Pi/180); reach < math.Pi/2 && south > -90 && north < 90 && math.Abs(s) < 1 {
		wide := math.Asin(s)*180/math.Pi*(1+1e-6) + 1e-9
		if x.From.Lon-wide >= -180 && x.From.Lon+wide <= 180 { // else it crosses the line where longitudes jump
			west, east = x.From.Lon-wide, x.From.Lon+wide
		}
	}
	box = g.meetsBox(x.Field, west, south, east, north)
	return "(" + box + " AND " + exact + ")"
}

// meetsBox writes that a point lies in a box, or that the bounding box of a shape meets it.
func (g gen) meetsBox(f check.Field, west, south, east, north float64) string {
	w, s, e, n := g.bounds(f)
	sql := s + " <= " + degrees(north) + " AND " + n + " >= " + degrees(south)
	if west > -math.MaxFloat64 {
		sql = w + " <= " + degrees(east) + " AND " + e + " >= " + degrees(west) + " AND " + sql
	}
	return sql
}

// bounds names the columns of the bounding box of a geometry.
func (g gen) bounds(f check.Field) (west, south, east, north string) {
	if f.T.Base == dataset.GeoPoint {
		lon, lat := engine.Col(f.Index), engine.Lat(f.Index)
		return lon, lat, lon, lat
	}
	return engine.Box(f.Index)
}

// inBox writes in_bbox. A shape whose bounding box lies inside needs no closer look.
func (g gen) inBox(x check.InBox) string {
	meets := g.meetsBox(x.Field, x.West, x.South, x.East, x.North)
	if x.Field.T.Base == dataset.GeoPoint {
		return "(" + meets + ")"
	}
	box := geo.Box(x.West, x.South, x.East, x.North)
	return "(" + meets + " AND (" + g.inside(x.Field, x.West, x.South, x.East, x.North) + " OR parvis_intersects(" + engine.Col(x.Field.Index) + ", " + blob(box) + ")))"
}

// inside writes that the bounding box of a geometry lies within a box.
func (g gen) inside(f check.Field, west, south, east, north float64) string {
	w, s, e, n := g.bounds(f)
	return w + " >= " + degrees(west) + " AND " + e + " <= " + degrees(east) + " AND " + s + " >= " + degrees(south) + " AND " + n + " <= " + degrees(north)
}

// spatial writes intersects, within and disjoint: bounding boxes first, then the engine's functions of exact geometry.
func (g gen) spatial(x check.Spatial) string {
	c, shape := engine.Col(x.Field.Index), x.Shape
	meets := g.meetsBox(x.Field, shape.West, shape.South, shape.East, shape.North)
	if x.Field.T.Base == dataset.GeoPoint {
		in := "(" + meets + " AND parvis_point_in(" + c + ", " + engine.Lat(x.Field.Index) + ", " + blob(shape.WKB) + "))"
		if x.Mode == check.DisjointFrom {
			return "(" + c + " IS NOT NULL AND NOT " + in + ")"
		}
		return in
	}
	switch x.Mode {
	case check.InsideOf:
		return "(" + g.inside(x.Field, shape.West, shape.South, shape.East, shape.North) + " AND parvis_within(" + c + ", " + blob(shape.WKB) + "))"
	case check.DisjointFrom:
		return "(" + c + " IS NOT NULL AND (NOT (" + meets + ") OR parvis_disjoint(" + c + ", " + blob(shape.WKB) + ")))"
	}
	return "(" + meets + " AND parvis_intersects(" + c + ", " + blob(shape.WKB) + "))"
}

// cell writes the two keys of geo_cluster: column and row of a grid over the web mercator square.
func (g gen) cell(c check.Cluster) []string {
	lon, lat := engine.Col(c.Field.Index), engine.Lat(c.Field.Index)
	cells := strconv.FormatInt(c.Cells, 10)
	x := "(" + lon + " + 180) / 360"
	sine := "sin(radians(greatest(-85.05112878, least(85.05112878, " + lat + "))))"
	y := "(0.5 - ln((1 + " + sine + ") / (1 - " + sine + ")) / (4 * pi()))" // written once by the engine, and cheaper than tan and cos
	cut := func(share string) string {
		return "CASE WHEN " + lon + " IS NULL THEN NULL ELSE CAST(floor(least(greatest(" + share + ", 0), 0.9999999999) * " + cells + ") AS BIGINT) END"
	}
	return []string{cut(x), cut(y)}
}

// centroid writes the value of a cluster.
func centroid(lat, lon string) string {
	return `'{"cluster_centroid":{"lat":' || CAST(` + lat + ` AS VARCHAR) || ',"lon":' || CAST(` + lon + ` AS VARCHAR) || '}}'`
}
