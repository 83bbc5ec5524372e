package ingest

import (
	"encoding/json"
	"math"
	"net/url"
	"path"
	"strconv"
	"strings"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/format"
	"parvis/internal/geo"
	"parvis/internal/media"
)

// target is a field of the dataset and where its values come from.
type target struct {
	field    dataset.Field
	from     int // the column of the source; -1: none
	lat, lon int // the two columns that make a point, where from is -1 and lat is not
	verdict
	files *media.Intake // files that came with the rows; nil: none
	last  string        // the text before, and what it became: many columns repeat themselves
	value any
	why   string
}

// convert gives the field's value in a row: nil where there is none, and what was given with a reason where that does
// not fit.
func (t *target) convert(values []any) (value any, given any, reason string) {
	switch {
	case t.from >= 0 && t.from < len(values):
		given = values[t.from]
	case t.from < 0 && t.lat >= 0 && t.lat < len(values) && t.lon < len(values):
		return t.point(values[t.lat], values[t.lon])
	}
	if given == nil {
		return nil, nil, ""
	}
	if text, ok := given.(string); ok {
		if text != t.last || t.last == "" {
			t.last = text
			t.value, t.why = t.make(given)
		}
		return t.value, given, t.why
	}
	value, reason = t.make(given)
	return value, given, reason
}

// point makes a point of two columns.
func (t *target) point(lat, lon any) (value, given any, reason string) {
	number := func(v any) (float64, bool) {
		f, ok, _ := toDouble(v, t.number)
		return f, ok
	}
	y, okY := number(lat)
	x, okX := number(lon)
	if !okY || !okX {
		return nil, nil, "" // the columns themselves report what is wrong
	}
	p := dataset.Point{Lon: x, Lat: y}
	if !inWorld(p) {
		return nil, textOf(lat) + ", " + textOf(lon), "this is no place: latitudes reach from -90 to 90, longitudes from -180 to 180"
	}
	return p, nil, ""
}

// make makes a value of the field's type.
func (t *target) make(given any) (any, string) {
	if t.list {
		return t.makeList(given)
	}
	return t.makeOne(given)
}

func (t *target) makeList(given any) (any, string) {
	var parts []any
	switch v := given.(type) {
	case []any:
		parts = v
	case string:
		if separator := t.field.Annotations.Multivalued; strings.Contains(v, separator) && separator != "" {
			for _, part := range strings.Split(v, separator) {
				if part = strings.TrimSpace(part); part != "" {
					parts = append(parts, part)
				}
			}
		} else if v != "" {
			parts = []any{v}
		}
	case json.RawMessage:
		if json.Unmarshal(v, &parts) != nil {
			return nil, "a list is expected"
		}
	default:
		parts = []any{given}
	}
	out := make([]any, 0, len(parts))
	for _, part := range parts {
		value, reason := t.makeOne(part)
		if reason != "" {
			return nil, reason
		}
		if value != nil {
			out = append(out, value)
		}
	}
	if len(out) == 0 {
		return nil, ""
	}
	return out, ""
}

func (t *target) makeOne(given any) (any, string) {
	if given == nil {
		return nil, ""
	}
	switch t.typ {
	case dataset.Text:
		if text := textOf(given); text != "" {
			return text, ""
		}
		return nil, "" // no text and no value are one, as in a delimited file
	case dataset.JSON:
		return toJSON(given)
	case dataset.File:
		return t.toFile(given)
	case dataset.GeoShape:
		return toShape(given)
	case dataset.GeoPoint:
		return toPoint(given)
	}
	if s, ok := given.(string); ok {
		s = trim(s)
		if absent(s) {
			return nil, ""
		}
		given = s
	}
	switch t.typ {
	case dataset.Int:
		n, ok := toInt(given, t.number)
		if !ok {
			return nil, "this is no whole number"
		}
		return n, ""
	case dataset.Double:
		f, ok, reason := toDouble(given, t.number)
		if !ok {
			return nil, reason
		}
		return f, ""
	case dataset.Boolean:
		b, ok := toBool(given)
		if !ok {
			return nil, "this is neither true nor false"
		}
		return b, ""
	case dataset.Date:
		d, ok := toDay(given, t.order)
		if !ok {
			return nil, "this is no date"
		}
		return d, ""
	case dataset.DateTime:
		i, ok := toInstant(given, t.order)
		if !ok {
			return nil, "this is no date with a time"
		}
		return i, ""
	}
	return nil, "the type " + string(t.typ) + " is not known"
}

// toFile gives the value of a file: of one that came with the rows, or of one that lies elsewhere, as what was given tells of it.
func (t *target) toFile(given any) (any, string) {
	said := trim(textOf(given))
	if absent(said) {
		return nil, ""
	}
	if t.files != nil {
		switch value, reason, there := t.files.Value(said); {
		case reason != "":
			return nil, reason
		case there:
			return value, ""
		}
	}
	f, is := dataset.ReadFile(said)
	switch u, err := url.Parse(said); {
	case is && !f.Kept():
		return said, ""
	case is:
		return nil, "this file did not come with the rows"
	case err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http"):
		return dataset.FileValue{Filename: path.Base(u.Path), URL: said}.Text(), ""
	case t.files != nil:
		return nil, "no file of this name came with the rows"
	}
	return said, ""
}

// textOf writes any value as text.
func textOf(given any) string {
	switch v := given.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	case json.RawMessage:
		return string(v)
	case dataset.Day:
		return string(format.AppendDate(nil, int64(v), ""))
	case dataset.Instant:
		return string(format.NewTimes(nil).AppendDateTime(nil, int64(v), ""))
	case dataset.Point:
		return strconv.FormatFloat(v.Lat, 'f', -1, 64) + ", " + strconv.FormatFloat(v.Lon, 'f', -1, 64)
	case dataset.Shape:
		text, err := geo.AppendGeoJSON(nil, v.WKB)
		if err != nil {
			return ""
		}
		return string(text)
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = textOf(e)
		}
		return strings.Join(parts, ";")
	}
	return ""
}

func toInt(given any, form numberForm) (int64, bool) {
	switch v := given.(type) {
	case int64:
		return v, true
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<63 {
			return int64(v), true
		}
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case string:
		if n, ok := parseInt(v, form); ok {
			return n, true
		}
		if f, ok := parseDouble(v, form); ok && f == math.Trunc(f) && math.Abs(f) < 1<<53 {
			return int64(f), true // 12.0
		}
	}
	return 0, false
}

func toDouble(given any, form numberForm) (f float64, ok bool, reason string) {
	switch v := given.(type) {
	case int64:
		return float64(v), true, ""
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return 0, false, "this is no finite number"
		}
		return v, true, ""
	case string:
		if f, ok := parseDouble(v, form); ok {
			return f, true, ""
		}
	}
	return 0, false, "this is no number"
}

func toBool(given any) (value, ok bool) {
	switch v := given.(type) {
	case bool:
		return v, true
	case int64:
		return v == 1, v == 0 || v == 1
	case float64:
		return v == 1, v == 0 || v == 1
	case string:
		if v == "0" || v == "1" {
			return v == "1", true
		}
		return parseBool(v)
	}
	return false, false
}

// toDay reads a date: whole, as yyyymmdd, or as coarse as yyyy-mm and yyyy, which mean their first day. Of a moment it
// is the day in UTC, or that of the time as written where it names no offset.
func toDay(given any, order dateOrder) (dataset.Day, bool) {
	switch v := given.(type) {
	case dataset.Day:
		return v, true
	case dataset.Instant:
		return dataset.Day(floorDiv(int64(v), 86400e6)), true
	case int64:
		return toDay(strconv.FormatInt(v, 10), order)
	case string:
		if d, ok := parseCompact(v); ok {
			return d, true
		}
		if d, ok := parseCoarse(v); ok {
			return d, true
		}
		if m, ok := parseMoment(v); ok {
			return m.day(order)
		}
	}
	return 0, false
}

func toInstant(given any, order dateOrder) (dataset.Instant, bool) {
	switch v := given.(type) {
	case int64:
		if i, ok := sinceEpoch(v); ok {
			return i, true
		}
	case dataset.Instant:
		return v, true
	case string:
		if m, ok := parseMoment(v); ok {
			return m.instant(order)
		}
		if n, err := strconv.ParseInt(v, 10, 64); err == nil && v[0] != '+' {
			if i, ok := sinceEpoch(n); ok {
				return i, true
			}
		}
	}
	d, ok := toDay(given, order)
	return dataset.Instant(int64(d) * 86400e6), ok
}

// sinceEpoch reads a number of 9 to 11 figures as seconds since 1970, one of 12 to 14 as milliseconds: the years from 1973 on.
// Shorter ones are years and days (20240305), or cannot be told from them.
func sinceEpoch(n int64) (dataset.Instant, bool) {
	switch {
	case n >= 1e8 && n < 1e11:
		return dataset.Instant(n * 1e6), true
	case n >= 1e11 && n < 1e14:
		return dataset.Instant(n * 1e3), true
	}
	return 0, false
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// toJSON gives JSON text: a text that is JSON already is taken as it is.
func toJSON(given any) (any, string) {
	switch v := given.(type) {
	case json.RawMessage:
		return string(v), ""
	case string:
		if json.Valid([]byte(v)) {
			return v, ""
		}
	}
	return string(appendJSON(nil, given)), ""
}

// toPoint reads the forms in which portals write points: "48.85, 2.35", [48.85, 2.35], {"lon": 2.35, "lat": 48.85}
// and a GeoJSON point.
func toPoint(given any) (any, string) {
	const reason = `this is no point: "48.85, 2.35" is one, latitude first`
	switch v := given.(type) {
	case dataset.Point:
		return v, ""
	case []any:
		if len(v) == 2 {
			lat, okLat, _ := toDouble(v[0], dotNumber)
			lon, okLon, _ := toDouble(v[1], dotNumber)
			if p := (dataset.Point{Lon: lon, Lat: lat}); okLat && okLon && inWorld(p) {
				return p, ""
			}
		}
	case json.RawMessage:
		if p, ok := pointOf(v); ok {
			return p, ""
		}
		if g, err := geo.ParseGeoJSON(v); err == nil {
			if lon, lat, ok := g.Point(); ok && inWorld(dataset.Point{Lon: lon, Lat: lat}) {
				return dataset.Point{Lon: lon, Lat: lat}, ""
			}
		}
	case string:
		if absent(trim(v)) {
			return nil, ""
		}
		if lon, lat, ok := parsePoint(v); ok {
			return dataset.Point{Lon: lon, Lat: lat}, ""
		}
		first, second, found := strings.Cut(v, ",") // declared: whole degrees will do
		lat, okLat := parseDouble(strings.TrimSpace(first), dotNumber)
		lon, okLon := parseDouble(strings.TrimSpace(second), dotNumber)
		if p := (dataset.Point{Lon: lon, Lat: lat}); found && okLat && okLon && inWorld(p) {
			return p, ""
		}
		if s := strings.TrimSpace(v); strings.HasPrefix(s, "{") {
			return toPoint(json.RawMessage(s))
		}
	}
	return nil, reason
}

// toShape reads a GeoJSON geometry or feature, or well-known text.
func toShape(given any) (any, string) {
	var raw []byte
	switch v := given.(type) {
	case dataset.Shape:
		return v, ""
	case dataset.Point:
		return dataset.Shape{WKB: geo.PointWKB(v.Lon, v.Lat), West: v.Lon, East: v.Lon, South: v.Lat, North: v.Lat}, ""
	case json.RawMessage:
		raw = v
	case string:
		v = strings.TrimSpace(v)
		if absent(v) {
			return nil, ""
		}
		if v[0] != '{' {
			g, err := geo.ParseWKT(v)
			if err != nil {
				return nil, "this is no geometry: GeoJSON is expected"
			}
			return shapeOf(g)
		}
		raw = []byte(v)
	default:
		return nil, "this is no geometry: GeoJSON is expected"
	}
	wkb, box, err := geo.FromGeoJSON(raw)
	switch {
	case err != nil:
		if reason := fault.Message(err); reason != "" {
			return nil, reason
		}
		return nil, "this is no GeoJSON geometry"
	case wkb == nil || box.Empty():
		return nil, ""
	}
	return dataset.Shape{WKB: wkb, West: box.West, South: box.South, East: box.East, North: box.North}, ""
}

func shapeOf(g geo.Geometry) (any, string) {
	west, south, east, north, ok := g.Bounds()
	if !ok {
		return nil, ""
	}
	return dataset.Shape{WKB: g.WKB(), West: west, South: south, East: east, North: north}, ""
}
