package geojson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/format"
	"parvis/internal/format/formattest"
)

// all reads a whole file: names, values as text, and damaged rows.
func all(t testing.TB, r io.Reader) (names []string, rows [][]any, damaged []*format.RowError, err error) {
	t.Helper()
	g, err := Read(r, format.ReadOptions{})
	if err != nil {
		return nil, nil, nil, err
	}
	for {
		row, err := g.Next()
		var bad *format.RowError
		switch {
		case errors.Is(err, io.EOF):
			for _, f := range g.Fields() {
				names = append(names, f.Name)
			}
			return names, rows, damaged, g.Close()
		case errors.As(err, &bad):
			damaged = append(damaged, bad)
			if bad.Field == "" {
				continue
			}
		case err != nil:
			return nil, rows, damaged, err
		}
		rows = append(rows, append([]any(nil), row.Values...))
	}
}

const collection = `{
  "type": "FeatureCollection", "name": "things", "bbox": [1,2,3,4],
  "features": [
    {"type":"Feature","id":7,"properties":{"name":"é \"A\"","n":1,"x":1.5,"big":12345678901234567890,"huge":1e999,"ok":true,"no":null,
     "tags":["a","b"],"deep":{"k":[1,{}]}},"geometry":{"type":"Point","coordinates":[2.5,48.5]}},
    {"type":"Feature","properties":{"later":"z","name":"B"},"geometry":null},
    {"type":"Feature","properties":null,"geometry":{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2]]]}}
  ]
}`

func TestReadCollection(t *testing.T) {
	for name, r := range map[string]io.Reader{
		"whole":       strings.NewReader(collection),
		"byte a byte": iotest.OneByteReader(strings.NewReader(collection)),
		"with a mark": strings.NewReader("\uFEFF" + collection + "\n"),
	} {
		names, rows, damaged, err := all(t, r)
		if err != nil || len(damaged) > 0 || len(rows) != 3 {
			t.Fatalf("%s: %v %v %d rows", name, err, damaged, len(rows))
		}
		if want := []string{"geo_point_2d", "geo_shape", "name", "n", "x", "big", "huge", "ok", "no", "tags", "deep", "id", "later"}; !reflect.DeepEqual(names, want) {
			t.Errorf("%s: columns %q", name, names)
		}
		first := rows[0]
		if first[0] != (dataset.Point{Lon: 2.5, Lat: 48.5}) {
			t.Errorf("%s: point %v", name, first[0])
		}
		want := []any{`é "A"`, int64(1), 1.5, 12345678901234567890.0, "1e999", true, nil, []any{"a", "b"}, json.RawMessage(`{"k":[1,{}]}`), int64(7)}
		if !reflect.DeepEqual(first[2:], want) {
			t.Errorf("%s: values %#v", name, first[2:])
		}
		if rows[1][0] != nil || rows[1][1] != nil || rows[1][2] != "B" || rows[1][12] != "z" {
			t.Errorf("%s: second row %#v", name, rows[1])
		}
		shape, ok := rows[2][1].(dataset.Shape)
		if !ok || shape.East != 2 || shape.North != 2 || rows[2][0] != (dataset.Point{Lon: 1, Lat: 1}) {
			t.Errorf("%s: third row %#v", name, rows[2])
		}
	}
}

func TestReadForms(t *testing.T) {
	const point = `{"type":"Point","coordinates":[1,2]}`
	const feature = `{"type":"Feature","geometry":` + point + `,"properties":{"a":1}}`
	for _, c := range []struct {
		name, in string
		rows     int
		points   bool
	}{
		{"one feature", feature, 1, true},
		{"bare geometry", point, 1, true},
		{"lines", feature + "\n" + feature + "\r\n\n" + feature + "\n", 3, true},
		{"text sequence", "\x1e" + feature + "\n\x1e" + feature + "\n", 2, true},
		{"list of features", "[" + feature + "," + feature + "]", 2, true},
		{"two collections", `{"type":"FeatureCollection","features":[` + feature + `]}` + "\n" + `{"features":[` + feature + `],"type":"FeatureCollection"}`, 2, true},
		{"empty collection", `{"type":"FeatureCollection","features":[]}`, 0, false},
		{"a line among points", feature + "\n" + `{"type":"LineString","coordinates":[[1,2],[3,4]]}`, 2, false},
		{"geometries", `{"type":"GeometryCollection","geometries":[` + point + `]}`, 1, false},
	} {
		g, err := Read(strings.NewReader(c.in), format.ReadOptions{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		n := 0
		for err == nil {
			if _, err = g.Next(); err == nil {
				n++
			}
		}
		if !errors.Is(err, io.EOF) || n != c.rows || g.(format.Geographic).OnlyPoints() != c.points {
			t.Errorf("%s: %d rows, %v, only points: %v", c.name, n, err, g.(format.Geographic).OnlyPoints())
		}
	}
}

func TestReadProjected(t *testing.T) {
	for _, crs := range []string{
		`{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::2154"}}`, `{"type":"name","properties":{"name":"EPSG:2154"}}`,
		`{"type":"EPSG","properties":{"code":2154}}`,
	} {
		_, rows, damaged, err := all(t, strings.NewReader(`{"type":"FeatureCollection","crs":`+crs+`,"features":[{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[652216.635,6861682.612]}}]}`))
		if err != nil || len(damaged) > 0 {
			t.Errorf("%s: %v %v", crs, err, damaged)
			continue
		}
		p := rows[0][0].(dataset.Point)
		if math.Abs(p.Lon-2.3488) > 1e-7 || math.Abs(p.Lat-48.85341) > 1e-7 {
			t.Errorf("%s: %v", crs, p)
		}
	}
	_, _, _, err := all(t, strings.NewReader(`{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:1"}},"features":[]}`))
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "EPSG:1,") {
		t.Errorf("unknown projection: %v", err)
	}
	_, rows, _, err := all(t, strings.NewReader(`{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"features":[{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1,2]}}]}`))
	if err != nil || rows[0][0] != (dataset.Point{Lon: 1, Lat: 2}) {
		t.Errorf("CRS84: %v %v", rows, err)
	}
}

func TestReadDamagedFeatures(t *testing.T) {
	in := `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[652216,6861682]}},
{"type":"Feature","properties":{"a":2,},"geometry":null},
{"type":"Feature","properties":{"a":3},"geometry":{"type":"Circle"}},
17,
{"type":"Thing"},
{"type":"Feature","properties":{"a":4},"geometry":{"type":"Point","coordinates":[1,2]}}]}`
	_, rows, damaged, err := all(t, strings.NewReader(in))
	if err != nil || len(rows) != 3 || len(damaged) != 5 {
		t.Fatalf("%v: %d rows, %v", err, len(rows), damaged)
	}
	for i, want := range []struct {
		line  int64
		field string
		say   string
	}{{2, ShapeName, "outside of the world"}, {3, "", "no valid JSON"}, {4, ShapeName, "Circle"}, {5, "", "object"}, {6, "", "Thing"}} {
		if d := damaged[i]; d.Line != want.line || d.Field != want.field || !strings.Contains(d.Reason, want.say) || d.Value == "" {
			t.Errorf("damage %d: %+v", i, d)
		}
	}
	// A feature with a damaged geometry keeps its properties.
	if rows[0][2] != int64(1) || rows[0][0] != nil || rows[1][2] != int64(3) || rows[2][0] == nil {
		t.Errorf("rows %v", rows)
	}
}

func TestReadRefuses(t *testing.T) {
	for name, c := range map[string]struct{ in, say string }{
		"nothing":     {"", "empty"},
		"csv":         {"a;b\n1;2\n", "expected '{'"},
		"cut":         {collection[:300], "incomplete"},
		"deep":        {`{"type":"FeatureCollection","features":[` + strings.Repeat("[", 1<<20), "nested more than"},
		"topology":    {`{"type":"Topology","objects":{}}`, "TopoJSON"},
		"other json":  {`{"results":[{"a":1}],"total_count":1}`, "no GeoJSON"},
		"no commas":   {`{"type":"FeatureCollection","features":[{} {}]}`, "expected ','"},
		"tail":        {`{"type":"FeatureCollection","features":[]} x`, "another feature"},
		"binary":      {"\x00\x01\x02", "expected '{'"},
		"bare member": {`{type:"FeatureCollection"}`, "double quotes"},
	} {
		_, _, _, err := all(t, strings.NewReader(c.in))
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: %v, want %q", name, err, c.say)
		}
	}
	if _, _, _, err := all(t, iotest.ErrReader(errors.New("disk gone"))); fault.KindOf(err) != fault.Internal {
		t.Errorf("a failing disk is the user's fault: %v", err)
	}
}

// endless gives one string without end: it must be refused before memory is.
func TestReadEndlessFeature(t *testing.T) {
	r := io.MultiReader(strings.NewReader(`{"type":"FeatureCollection","features":[{"a":"`), io.LimitReader(endless{}, 10*maxFeature))
	if _, _, _, err := all(t, r); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("got %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// What we write, we read: the geometry and the position that stands beside it.
func TestRoundTrip(t *testing.T) {
	text := written(t, formattest.Columns(), formattest.Rows(), format.Options{})
	text = strings.Replace(text, `"place":`, `"geo_point_2d":`, 1)
	names, rows, damaged, err := all(t, strings.NewReader(text))
	if err != nil || len(damaged) > 0 || len(rows) != 3 {
		t.Fatalf("%v %v", err, damaged)
	}
	if rows[0][0] != (dataset.Point{Lon: 2.3488, Lat: 48.85341}) {
		t.Errorf("the written position is not kept: %v", rows[0][0])
	}
	b := formattest.Rows()
	if shape := rows[0][1].(dataset.Shape); !bytes.Equal(shape.WKB, b.Vectors[9].Text(0)) || shape.North != 1.5 {
		t.Errorf("shape %v", shape)
	}
	if names[2] != "name" || rows[0][2] != "Paris" {
		t.Errorf("columns %q %v", names, rows[0])
	}
}

func TestClashingNames(t *testing.T) {
	names, rows, _, err := all(t, strings.NewReader(`{"type":"Feature","geometry":null,"properties":{"geo_shape":"a","geo_shape_1":"b","geo_point_2d":"c"}}`))
	if want := []string{"geo_point_2d", "geo_shape", "geo_shape_1", "geo_shape_1_1", "geo_point_2d_1"}; err != nil || !reflect.DeepEqual(names, want) {
		t.Errorf("columns %q %v", names, err)
	}
	if !reflect.DeepEqual(rows[0][2:], []any{"a", "b", "c"}) {
		t.Errorf("values %v", rows[0])
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(collection))
	f.Add([]byte(`{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2,3]},"properties":{"a\u00e9":[1,"x"]}}` + "\n{}"))
	f.Add([]byte(`{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:3857"}},"features":[{"type":"Feature","properties":{"geo_point_2d":[1,2]},"geometry":{"type":"LineString","coordinates":[[1,2],[3,4]]}}]}`))
	f.Add([]byte("[{\"type\":\"Point\",\"coordinates\":[]}]"))
	f.Fuzz(func(t *testing.T, b []byte) {
		names, rows, _, err := all(t, bytes.NewReader(b))
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("%q: %v", b, err)
			}
			return
		}
		seen := map[string]bool{}
		for _, name := range names {
			if seen[name] {
				t.Fatalf("%q: two columns are called %q", b, name)
			}
			seen[name] = true
		}
		for _, row := range rows {
			if len(row) > len(names) {
				t.Fatalf("%q: %d values in %d columns", b, len(row), len(names))
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	var text bytes.Buffer
	text.WriteString(`{"type":"FeatureCollection","features":[`)
	for i := range 10000 {
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, `{"type":"Feature","properties":{"name":"thing %d","n":%d,"x":%d.5},"geometry":{"type":"Point","coordinates":[2.%d,48.5]}}`, i, i, i, i)
	}
	text.WriteString("]}")
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, rows, _, err := all(b, bytes.NewReader(text.Bytes())); err != nil || len(rows) != 10000 {
			b.Fatal(err)
		}
	}
}
