package geojson

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/format"
	"parvis/internal/geo"
)

// The columns that hold the geometry; properties follow them in the order in which they are first met.
const (
	PointName = "geo_point_2d" // the point, or one that stands for the shape
	ShapeName = "geo_shape"
	pointAt   = 0
	shapeAt   = 1
)

// maxColumns is how many different properties a file may have.
const maxColumns = 2000

// Reader reads a FeatureCollection, Features one after the other (GeoJSON Lines, text sequences, a list) or bare
// geometries, without holding more than one feature. A "crs" member with an EPSG code, standing before the
// features, is heeded. A feature whose geometry is damaged is a *format.RowError that names the field geo_shape,
// beside its row without geometry.
type Reader struct {
	scan       *scanner
	fields     []format.Field
	columns    map[string]int // of properties
	inverse    func(x, y float64) (lon, lat float64)
	epsg       int
	within     byte   // what we stand in: 0 nothing, '{' members of an object, '[' features, 'l' a list at the top
	first      bool   // no element of it has been read yet
	collection bool   // the object has features
	from       int64  // the line where the object begins
	object     []byte // what has been read of the members of the object, as an object
	buffer     []byte
	values     []any
	rows       int64
	shapes     int64 // geometries that are no point
	points     int64
}

// Read begins to read a file. It fails with kind Invalid where there is no GeoJSON at its beginning.
func Read(r io.Reader, _ format.ReadOptions) (format.Reader, error) {
	g := &Reader{scan: newScanner(r), columns: map[string]int{}, fields: []format.Field{
		{Name: PointName, Type: dataset.GeoPoint},
		{Name: ShapeName, Type: dataset.GeoShape},
	}}
	b, err := g.scan.peek()
	switch {
	case errors.Is(err, io.EOF):
		return nil, fault.New(fault.Invalid, "The file is empty: it holds no GeoJSON.")
	case err != nil:
		return nil, fmt.Errorf("read geojson: %w", err)
	case b != '{' && b != '[':
		return nil, g.scan.unexpected("'{'")
	case b == '[':
		_ = g.scan.need('[')
		g.within, g.first = 'l', true
	}
	return g, nil
}

// Fields gives the columns met so far: geo_point_2d, geo_shape, then properties.
func (g *Reader) Fields() []format.Field { return g.fields }

// OnlyPoints tells, after the last row, whether every geometry was a single point, so that geo_shape says no
// more than geo_point_2d.
func (g *Reader) OnlyPoints() bool { return g.shapes == 0 && g.points > 0 }

// NoGeometry tells, after the last row, whether no feature had a geometry.
func (g *Reader) NoGeometry() bool { return g.shapes == 0 && g.points == 0 }

// Close gives nothing back: the bytes belong to whoever opened them.
func (g *Reader) Close() error { return nil }

// Next gives the next feature.
func (g *Reader) Next() (format.Row, error) {
	for {
		switch g.within {
		case 0: // between objects
			b, err := g.scan.peek()
			if err != nil {
				if errors.Is(err, io.EOF) && g.rows == 0 {
					return format.Row{}, io.EOF
				}
				return format.Row{}, err
			}
			if b != '{' {
				return format.Row{}, g.scan.unexpected("'{' of another feature, or the end of the file,")
			}
			_ = g.scan.need('{')
			g.from = g.scan.line
			g.within, g.first, g.collection = '{', true, false
			g.object = append(g.object[:0], '{')
		case '{':
			line := g.from
			ended, err := g.member()
			if err != nil {
				return format.Row{}, err
			}
			if !ended {
				continue
			}
			g.within = 0
			if row, ok, err := g.single(line); ok {
				return row, err
			}
		default: // '[' or 'l'
			ended, err := g.element()
			if err != nil {
				return format.Row{}, err
			}
			if ended {
				if g.within == 'l' {
					g.within = 0
				} else {
					g.within, g.first = '{', false
				}
				continue
			}
			_, _ = g.scan.peek() // blanks before the feature; value meets the same failure again
			line := g.scan.line
			if g.buffer, err = g.scan.value(g.buffer[:0]); err != nil {
				return format.Row{}, err
			}
			return g.feature(g.buffer, line)
		}
	}
}

// element goes to the next element of a list of features, and tells whether there is none.
func (g *Reader) element() (ended bool, err error) {
	if ok, err := g.scan.take(']'); err != nil || ok {
		return ok, g.scan.cut(err)
	}
	if !g.first {
		if err := g.scan.need(','); err != nil {
			return false, err
		}
	}
	g.first = false
	return false, nil
}

// member reads one member of an object at the top: it enters "features", heeds "crs" and keeps the others in
// g.object. It tells whether the object has ended.
func (g *Reader) member() (ended bool, err error) {
	if ok, err := g.scan.take('}'); err != nil || ok {
		g.object = append(g.object, '}')
		return ok, g.scan.cut(err)
	}
	if !g.first {
		if err := g.scan.need(','); err != nil {
			return false, err
		}
	}
	g.first = false
	if b, err := g.scan.peek(); err != nil || b != '"' {
		return false, g.scan.unexpected("the name of a member, in double quotes")
	}
	start := len(g.object)
	if start > 1 {
		g.object = append(g.object, ',')
	}
	keyAt := len(g.object)
	if g.object, err = g.scan.value(g.object); err != nil {
		return false, err
	}
	key := text(g.object[keyAt:])
	if err := g.scan.need(':'); err != nil {
		return false, err
	}
	if b, err := g.scan.peek(); key == "features" && err == nil && b == '[' {
		_ = g.scan.need('[')
		g.object = append(g.object, ":[]"...)
		g.within, g.first, g.collection = '[', true, true
		return false, nil
	}
	g.object = append(g.object, ':')
	valueAt := len(g.object)
	if g.object, err = g.scan.value(g.object); err != nil {
		return false, err
	}
	switch key {
	case "crs":
		return false, g.crs(g.object[valueAt:])
	case "type", "geometry", "properties", "coordinates", "geometries", "id":
	default:
		g.object = g.object[:start] // of no use, and perhaps long
	}
	if len(g.object) > maxFeature {
		return false, fault.New(fault.Invalid, "Line %d: a feature is larger than %d MB.", g.scan.line, maxFeature>>20)
	}
	return false, nil
}

// single reads an object at the top that is a feature or a geometry itself; ok is false for a collection, whose
// features have been read already.
func (g *Reader) single(line int64) (row format.Row, ok bool, err error) {
	kind := ""
	if json.Valid(g.object) {
		object(g.object, func(key string, v []byte) {
			if key == "type" {
				kind = text(v)
			}
		})
	}
	switch {
	case g.collection || kind == "FeatureCollection":
		return format.Row{}, false, nil
	case kind == "Topology":
		return format.Row{}, true, fault.New(fault.Invalid, "The file is TopoJSON: convert it to GeoJSON first.")
	case g.rows == 0 && kind == "":
		return format.Row{}, true, fault.New(fault.Invalid, "The file is no GeoJSON: the object at line %d has no \"type\" that names a FeatureCollection, a Feature or a geometry.", line)
	}
	row, err = g.feature(g.object, line)
	return row, true, err
}

// crs heeds the coordinate reference system of files older than RFC 7946.
func (g *Reader) crs(raw []byte) error {
	var v struct {
		Type       string `json:"type"`
		Properties struct {
			Name string          `json:"name"`
			Code json.RawMessage `json:"code"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return fault.New(fault.Invalid, "Line %d: the member \"crs\" cannot be read: %v.", g.scan.line, err)
	}
	name := strings.ToUpper(v.Properties.Name)
	if v.Type == "EPSG" {
		name = "EPSG:" + strings.Trim(string(v.Properties.Code), `"`)
	}
	if name == "" || strings.Contains(name, "CRS84") || !strings.Contains(name, "EPSG") {
		g.inverse = nil
		return nil
	}
	code := name[strings.LastIndexAny(name, ":/")+1:]
	epsg, err := strconv.Atoi(code)
	if err != nil {
		return fault.New(fault.Invalid, "Line %d: the coordinate reference system %q is not known. Known EPSG codes are: %s.", g.scan.line, v.Properties.Name, geo.Supported())
	}
	_, inverse, ok := geo.Projection(epsg)
	if !ok {
		return fault.New(fault.Invalid, "Line %d: the coordinates are in EPSG:%d, which is not known. Known are: %s.", g.scan.line, epsg, geo.Supported())
	}
	g.epsg, g.inverse = epsg, inverse
	if geo.Decimals(epsg) == 9 { // degrees
		g.inverse = nil
	}
	return nil
}

// feature turns the text of a feature or a bare geometry into a row.
func (g *Reader) feature(raw []byte, line int64) (format.Row, error) {
	g.rows++
	if !json.Valid(raw) {
		var v any
		err := json.Unmarshal(raw, &v)
		return format.Row{}, &format.RowError{Line: line, Value: clip(raw), Reason: fmt.Sprintf("The feature is no valid JSON: %v.", err)}
	}
	if raw[0] != '{' {
		return format.Row{}, &format.RowError{Line: line, Value: clip(raw), Reason: "A feature is an object; this is none."}
	}
	var kind string
	var geometry, properties, id []byte
	object(raw, func(key string, v []byte) {
		switch key {
		case "type":
			kind = text(v)
		case "geometry":
			geometry = v
		case "properties":
			properties = v
		case "id":
			id = v
		}
	})
	switch kind {
	case "Feature":
	case "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection":
		geometry, properties, id = raw, nil, nil
	default:
		return format.Row{}, &format.RowError{Line: line, Value: clip(raw), Reason: fmt.Sprintf("The object has type %q; a Feature or a geometry was expected.", clip([]byte(kind)))}
	}
	clear(g.values)
	g.values = append(g.values[:0], nil, nil)
	var fail error
	if err := g.properties(properties, id); err != nil {
		return format.Row{}, err
	}
	if geometry != nil && geometry[0] != 'n' {
		if err := g.geometry(geometry); err != nil {
			g.values[pointAt], g.values[shapeAt] = nil, nil
			fail = &format.RowError{Line: line, Field: ShapeName, Value: clip(geometry), Reason: fault.Message(err)}
		}
	}
	return format.Row{Line: line, Values: g.values}, fail
}

func (g *Reader) geometry(raw []byte) error {
	wkb, b, err := geo.FromGeoJSONProjected(raw, g.inverse)
	if err != nil || b.Empty() {
		return err
	}
	if lon, lat, ok := geo.PointOf(wkb); ok {
		g.points++
		g.values[pointAt] = dataset.Point{Lon: lon, Lat: lat}
	} else {
		g.shapes++
		if g.values[pointAt] == nil {
			if lon, lat, ok := geo.Centroid(wkb); ok {
				g.values[pointAt] = dataset.Point{Lon: lon, Lat: lat}
			}
		}
	}
	g.values[shapeAt] = dataset.Shape{WKB: wkb, West: b.West, South: b.South, East: b.East, North: b.North}
	return nil
}

// properties takes in the properties of a feature, and its id where no property is called so.
func (g *Reader) properties(raw, id []byte) error {
	hasID := false
	var fail error
	if raw != nil && raw[0] == '{' {
		object(raw, func(key string, v []byte) {
			hasID = hasID || key == "id"
			if key == PointName {
				if p, ok := position(v); ok {
					g.values[pointAt] = p
					return
				}
			}
			if err := g.set(key, v); err != nil {
				fail = err
			}
		})
	}
	if fail == nil && !hasID && id != nil {
		fail = g.set("id", id)
	}
	return fail
}

func (g *Reader) set(key string, raw []byte) error {
	at, ok := g.columns[key]
	if !ok {
		if len(g.fields) >= maxColumns {
			return fault.New(fault.Invalid, "The file has more than %d different properties.", maxColumns)
		}
		at = len(g.fields)
		name := key
		for n := 1; name == PointName || name == ShapeName || g.taken(name); n++ {
			name = key + "_" + strconv.Itoa(n)
		}
		g.columns[key] = at
		g.fields = append(g.fields, format.Field{Name: name})
	}
	for len(g.values) <= at {
		g.values = append(g.values, nil)
	}
	g.values[at] = cell(raw)
	return nil
}

// taken tells whether a column that was renamed has the name of this property.
func (g *Reader) taken(name string) bool {
	if !strings.HasPrefix(name, "geo_") {
		return false
	}
	for _, f := range g.fields {
		if f.Name == name {
			return true
		}
	}
	return false
}

// clip cuts text to a length that can be read in a report.
func clip(b []byte) string {
	const longest = 200
	if len(b) <= longest {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	n := longest
	for n > 0 && !utf8.RuneStart(b[n]) {
		n--
	}
	return strings.ToValidUTF8(string(b[:n]), "\uFFFD") + "…"
}
