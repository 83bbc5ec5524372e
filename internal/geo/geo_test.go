package geo

import (
	"encoding/hex"
	"encoding/json"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/peterstace/simplefeatures/geom"

	"parvis/internal/fault"
)

func contains(s, part string) bool { return strings.Contains(s, part) }

func must(t testing.TB, wkt string) Geometry {
	t.Helper()
	g, err := ParseWKT(wkt)
	if err != nil {
		t.Fatalf("%s: %v", wkt, err)
	}
	return g
}

func TestParseToGeoJSON(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"POINT(2.3488 48.85341)", `{"coordinates":[2.3488,48.85341],"type":"Point"}`},
		{" point z (1 2 3) ", `{"coordinates":[1,2,3],"type":"Point"}`},
		{"POINTM(1 2 3)", `{"coordinates":[1,2],"type":"Point"}`},
		{"SRID=4326;POINT(1 2)", `{"coordinates":[1,2],"type":"Point"}`},
		{"POINT EMPTY", `{"coordinates":[],"type":"Point"}`},
		{"POLYGON EMPTY", `{"coordinates":[],"type":"Polygon"}`},
		{"LINESTRING(0 0, 1e-7 1)", `{"coordinates":[[0,0],[0.0000001,1]],"type":"LineString"}`},
		{"POLYGON((0 0,1 0,1 1))", `{"coordinates":[[[0,0],[1,0],[1,1],[0,0]]],"type":"Polygon"}`},
		{"MULTIPOINT(1 2,(3 4))", `{"coordinates":[[1,2],[3,4]],"type":"MultiPoint"}`},
		{"MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))", `{"coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[5,5],[6,5],[6,6],[5,5]]]],"type":"MultiPolygon"}`},
		{"GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1))", `{"geometries":[{"coordinates":[1,2],"type":"Point"},{"coordinates":[[0,0],[1,1]],"type":"LineString"}],"type":"GeometryCollection"}`},
		{`{"type":"Polygon","coordinates":[[[6, 40],[14, 40],[14, 46],[6, 46],[6, 40]]]}`, `{"coordinates":[[[6,40],[14,40],[14,46],[6,46],[6,40]]],"type":"Polygon"}`},
		{`{"coordinates":[1,2,30.5],"type":"Point","bbox":[1,{"a":"]\""}]}`, `{"coordinates":[1,2,30.5],"type":"Point"}`},
		{`{"type":"Feature","properties":{"x":[1,2]},"geometry":{"type":"LineString","coordinates":[[0,0],[1,1,5]]}}`, `{"coordinates":[[0,0],[1,1]],"type":"LineString"}`},
		{`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]}]}`, `{"geometries":[{"coordinates":[1,2],"type":"Point"}],"type":"GeometryCollection"}`},
		{"0101000000000000000000F03F0000000000000040", `{"coordinates":[1,2],"type":"Point"}`},
		{"00000000013FF00000000000004000000000000000", `{"coordinates":[1,2],"type":"Point"}`},
		{"01010000A0E6100000000000000000F03F00000000000000400000000000000840", `{"coordinates":[1,2,3],"type":"Point"}`},
	} {
		g, err := Parse(c.in)
		if err != nil {
			t.Errorf("%s: %v", c.in, err)
			continue
		}
		got, err := AppendGeoJSON(nil, g.WKB())
		if err != nil || string(got) != c.want {
			t.Errorf("%s\n got %s %v\nwant %s", c.in, got, err, c.want)
		}
		// What we write, we read back as the same bytes, in every notation.
		again, err := ParseGeoJSON(got)
		if err != nil || !again.Equal(g) {
			t.Errorf("%s: GeoJSON does not come back: %v", c.in, err)
		}
		if again, err = ParseWKBHex(hex.EncodeToString(g.WKB())); err != nil || !again.Equal(g) {
			t.Errorf("%s: WKB does not come back: %v", c.in, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ in, say string }{
		{"", "position 0"},
		{"POINT(1)", "expected a number at position 7"},
		{"POINT(1 2", "expected ')' at position 9, found the end"},
		{"POINT(1 2) x", "expected the end at position 11"},
		{"CIRCLE(1 2)", "name of a geometry"},
		{"POINT(1 200)", "outside of the world"},
		{"POINT(NaN 2)", "expected a number"},
		{"POINT(1e999 2)", "expected a number"},
		{"POLYGON((0 0,1 1))", "at least 4 positions"},
		{"SRID=2154;POINT(1 2)", "SRID"},
		{strings.Repeat("GEOMETRYCOLLECTION(", 100000), "nested"},
		{"LINESTRING(1 2)", "at least 2"},
		{`{"type":"Circle"}`, `type "Circle"`},
		{`{"type":"Point"}`, "coordinates"},
		{`{"type":"Point","coordinates":[1]}`, "two numbers"},
		{`{"type":"Point","coordinates":[1,"2"]}`, "expected a number"},
		{`{"type":"Point","coordinates":[1,2]`, "found the end"},
		{`{"type":"Point","coordinates":` + strings.Repeat("[", 100000), "nested"},
		{`{"type":"FeatureCollection","features":[]}`, "FeatureCollection"},
		{"0101", "damaged near byte"},
		{"01zz", "hexadecimal"},
		{"0102000000FFFFFFFF", "damaged near byte"},
		{"POINT(" + strings.Repeat("1", MaxLiteral) + " 2)", "too long"},
	} {
		_, err := Parse(c.in)
		if fault.KindOf(err) != fault.Invalid || !contains(fault.Message(err), c.say) {
			t.Errorf("%.60s: got %v, want %q", c.in, err, c.say)
		}
	}
}

func TestRowsMustLieInTheWorld(t *testing.T) {
	if _, _, err := FromGeoJSON([]byte(`{"type":"Point","coordinates":[652215,6861896]}`)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("projected coordinates were taken: %v", err)
	}
	_, inverse, _ := Projection(2154)
	wkb, b, err := FromGeoJSONProjected([]byte(`{"type":"Point","coordinates":[700000,6600000]}`), inverse)
	if err != nil || math.Abs(b.West-3) > 1e-9 || math.Abs(b.South-46.5) > 1e-9 || len(wkb) != 21 {
		t.Errorf("got %v %v", b, err)
	}
}

const square = "POLYGON((0 0,10 0,10 10,0 10,0 0))"

func TestRelations(t *testing.T) {
	// The first triangle-with-hole query is no rectangle, so the index answers.
	for _, c := range []struct {
		query, shape      string
		intersects, inner bool
	}{
		{square, "POINT(5 5)", true, true},
		{square, "POINT(10 5)", true, true},
		{square, "POINT(11 5)", false, false},
		{square, "POLYGON((1 1,2 1,2 2,1 1))", true, true},
		{square, "POLYGON((5 5,15 5,15 6,5 5))", true, false},
		{square, "POLYGON((-5 -5,20 -5,20 20,-5 20,-5 -5))", true, false},
		{square, "LINESTRING(-1 5,11 5)", true, false},
		{square, "POLYGON((11 11,12 11,12 12,11 11))", false, false},
		{"POLYGON((0 0,10 0,10 10,0 10,0 0),(4 4,6 4,6 6,4 6,4 4))", "POINT(5 5)", false, false},
		{"POLYGON((0 0,10 0,10 10,0 10,0 0),(4 4,6 4,6 6,4 6,4 4))", "POLYGON((1 1,9 1,9 9,1 9,1 1))", true, false},
		{"POLYGON((0 0,10 0,10 10,0 10,0 0),(4 4,6 4,6 6,4 6,4 4))", "POLYGON((4.5 4.5,5 4.5,5 5,4.5 4.5))", false, false},
		{"POLYGON((0 0,10 0,10 10,0 10,0 0),(4 4,6 4,6 6,4 6,4 4))", "LINESTRING(0 0,3 3)", true, true},
		{"POLYGON((0 0,10 0,5 10))", "POLYGON((0 0,10 0,5 10))", true, true},
		{"POLYGON((0 0,10 0,10 10,5 2,0 10))", "LINESTRING(0 9,10 9)", true, false},
		{"POLYGON((0 0,10 0,10 10,5 2,0 10))", "POLYGON((0 9,10 9,10 0,0 0))", true, false},
		// A bow-tie: the even-odd rule takes both halves.
		{"POLYGON((0 0,10 10,10 0,0 10))", "POINT(2 5)", true, true},
		{"POLYGON((0 0,10 10,10 0,0 10))", "POINT(5 2)", false, false},
		{"MULTIPOLYGON(((0 0,1 0,1 1,0 1)),((5 5,6 5,6 6,5 6)))", "POINT(5.5 5.5)", true, true},
		{"MULTIPOLYGON(((0 0,1 0,1 1,0 1)),((5 5,6 5,6 6,5 6)))", "LINESTRING(0.5 0.5,5.5 5.5)", true, false},
		{"LINESTRING(0 0,10 10)", "POINT(3 3)", true, true},
		{"LINESTRING(0 0,10 10)", "LINESTRING(1 1,2 2)", true, true},
		{"LINESTRING(0 0,10 10)", "LINESTRING(1 1,2 3)", true, false},
		{"POINT(5 5)", square, true, false},
		{"POINT(5 5)", "POINT(5 5)", true, true},
		{square, "POLYGON EMPTY", false, false},
		{"POLYGON EMPTY", "POINT(1 1)", false, false},
	} {
		p := Prepare(must(t, c.query))
		wkb := must(t, c.shape).WKB()
		if got := p.Intersects(wkb); got != c.intersects {
			t.Errorf("intersects(%s, %s) = %v", c.shape, c.query, got)
		}
		if got := p.Disjoint(wkb); got == c.intersects {
			t.Errorf("disjoint(%s, %s) = %v", c.shape, c.query, got)
		}
		if got := p.Within(wkb); got != c.inner {
			t.Errorf("within(%s, %s) = %v", c.shape, c.query, got)
		}
	}
}

// star makes a polygon without crossings around a centre.
func star(r *rand.Rand, n int, x, y, size float64) []float64 {
	xy := make([]float64, 0, 2*n+2)
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * (float64(i) + 0.8*r.Float64()) / float64(n))
		d := size * (0.3 + 0.7*r.Float64())
		xy = append(xy, x+d*cos, y+d*sin)
	}
	return append(xy, xy[0], xy[1])
}

// A geometry library of long standing gives the same answers for thousands of pairs.
func TestRelationsAgainstLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	counts := map[[2]bool]int{}
	for range 3000 {
		q := polygonWKB(star(r, 3+r.IntN(60), 0, 0, 10))
		g, err := ParseWKB(q)
		if err != nil {
			t.Fatal(err)
		}
		p := Prepare(g)
		shape := polygonWKB(star(r, 3+r.IntN(20), 24*r.Float64()-12, 24*r.Float64()-12, 6*r.Float64()))
		a, errA := geom.UnmarshalWKB(shape)
		b, errB := geom.UnmarshalWKB(q)
		if errA != nil || errB != nil {
			continue
		}
		meets := geom.Intersects(a, b)
		inner, err := geom.CoveredBy(a, b)
		if err != nil {
			continue
		}
		counts[[2]bool{meets, inner}]++
		if got := p.Intersects(shape); got != meets {
			t.Errorf("intersects %s %s: got %v", a.AsText(), b.AsText(), got)
		}
		if got := p.Within(shape); got != inner {
			t.Errorf("within %s %s: got %v", a.AsText(), b.AsText(), got)
		}
		x, y := 24*r.Float64()-12, 24*r.Float64()-12
		at := geom.XY{X: x, Y: y}.AsPoint().AsGeometry()
		if got := p.PointIn(x, y); got != geom.Intersects(at, b) {
			t.Errorf("point %v %v in %s: got %v", x, y, b.AsText(), got)
		}
		if c, d, ok := Centroid(shape); !ok || !geom.Intersects(geom.XY{X: c, Y: d}.AsPoint().AsGeometry(), a) {
			t.Errorf("centroid %v %v is not in %s", c, d, a.AsText())
		}
	}
	if counts[[2]bool{true, true}] < 100 || counts[[2]bool{true, false}] < 100 || counts[[2]bool{false, false}] < 100 {
		t.Errorf("the pairs are one-sided: %v", counts)
	}
}

// One prepared geometry serves many goroutines; the race detector watches.
func TestPreparedAtOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	g, err := ParseWKB(polygonWKB(star(r, 200, 0, 0, 10)))
	if err != nil {
		t.Fatal(err)
	}
	p := Prepare(g)
	shapes := make([][]byte, 200)
	want := make([]bool, len(shapes))
	for i := range shapes {
		shapes[i] = polygonWKB(star(r, 3+r.IntN(20), 24*r.Float64()-12, 24*r.Float64()-12, 3))
		want[i] = p.Within(shapes[i])
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for i, shape := range shapes {
				if p.Within(shape) != want[i] {
					t.Errorf("shape %d: the answer changes", i)
				}
			}
		})
	}
	wait.Wait()
}

func TestSharedBorders(t *testing.T) {
	// A shape along the border of the query lies within it, also where its vertices stand between the query's.
	p := Prepare(must(t, "POLYGON((0 0,3 1,7 0,10 5,7 10,2 9,0 4,0 0))"))
	for shape, want := range map[string]bool{
		"POLYGON((0 0,3 1,7 0,5 5,0 4,0 0))":      true,
		"POLYGON((1.5 0.5,3 1,5 0.5,4 4,1.5 .5))": true,
		"POLYGON((1.5 0.5,3 1,5 0.4,4 4,1.5 .5))": false,
		"LINESTRING(0 0,7 0)":                     false,
	} {
		if got := p.Within(must(t, shape).WKB()); got != want {
			t.Errorf("within %s: %v", shape, got)
		}
	}
}

func TestDistance(t *testing.T) {
	// Paris to London, a well-known 343.5 km on this sphere.
	if d := Distance(2.3522, 48.8566, -0.1276, 51.5072); math.Abs(d-343.5e3) > 500 {
		t.Errorf("Paris to London is %v m", d)
	}
	for _, c := range []struct {
		wkt      string
		lon, lat float64
		want     float64
	}{
		{square, 5, 5, 0},
		{square, 11, 0, 111195.08},
		{square, 5, -1, 111195.08},
		{"POINT(2 0)", 1, 0, 111195.08},
		{"LINESTRING(0 1,10 1)", 5, 0, 111195.08},
		{"POINT(179.5 0)", -179.5, 0, 111195.08},
	} {
		d, ok := DistanceTo(must(t, c.wkt).WKB(), c.lon, c.lat)
		if !ok || math.Abs(d-c.want) > 1+c.want*1e-4 {
			t.Errorf("from %v %v to %s: %v %v, want %v", c.lon, c.lat, c.wkt, d, ok, c.want)
		}
	}
}

func TestHullAndBox(t *testing.T) {
	for _, c := range []struct {
		lons, lats []float64
		want       string
	}{
		{[]float64{0, 4, 4, 0, 2, 2, math.NaN()}, []float64{0, 0, 4, 4, 2, 0, 1}, `{"coordinates":[[[0,0],[4,0],[4,4],[0,4],[0,0]]],"type":"Polygon"}`},
		{[]float64{1, 2, 3}, []float64{1, 2, 3}, `{"coordinates":[[1,1],[3,3]],"type":"LineString"}`},
		{[]float64{1, 1}, []float64{2, 2}, `{"coordinates":[1,2],"type":"Point"}`},
	} {
		if got, err := AppendGeoJSON(nil, Hull(c.lons, c.lats)); err != nil || string(got) != c.want {
			t.Errorf("hull of %v %v: %s %v", c.lons, c.lats, got, err)
		}
	}
	if Hull(nil, nil) != nil {
		t.Error("nothing has a hull")
	}
	if got, err := AppendGeoJSON(nil, Box(1, 2, 3, 4)); err != nil || string(got) != `{"coordinates":[[[1,2],[3,2],[3,4],[1,4],[1,2]]],"type":"Polygon"}` {
		t.Errorf("box: %s %v", got, err)
	}
}

func TestCentroid(t *testing.T) {
	for wkt, want := range map[string][2]float64{
		square:                 {5, 5},
		"MULTIPOINT(0 0,4 2)":  {2, 1},
		"LINESTRING(0 0,10 0)": {5, 0},
		"POLYGON((0 0,10 0,10 10,0 10,0 0),(9 0,10 0,10 10,9 10,9 0))": {4.5, 5},
		"MULTIPOLYGON(((0 0,1 0,1 1,0 1)),((8 0,9 0,9 3,8 3)))":        {8.5, 1.25}, // the centre lies between them
	} {
		lon, lat, ok := Centroid(must(t, wkt).WKB())
		if !ok || math.Abs(lon-want[0]) > 1e-9 || math.Abs(lat-want[1]) > 1e-9 {
			t.Errorf("%s: %v %v", wkt, lon, lat)
		}
	}
}

func TestDamagedBytes(t *testing.T) {
	p := Prepare(must(t, "POLYGON((0 0,10 0,5 10))"))
	whole := must(t, "GEOMETRYCOLLECTION(POINT(1 1),POLYGON((1 1,2 1,2 2,1 1)))").WKB()
	for cut := range whole {
		part := whole[:cut]
		if p.Intersects(part) || p.Within(part) || p.Disjoint(part) {
			t.Errorf("a shape cut at %d has a relation", cut)
		}
		if dst, err := AppendGeoJSON([]byte("x"), part); err == nil || string(dst) != "x" {
			t.Errorf("a shape cut at %d is written as %s", cut, dst)
		}
		if _, _, ok := Centroid(part); ok {
			t.Errorf("a shape cut at %d has a centroid", cut)
		}
	}
}

func TestAppendNumber(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 200000 {
		f := math.Float64frombits(r.Uint64())
		switch i % 4 {
		case 1:
			f = math.Round(r.NormFloat64()*1e7) / math.Pow10(r.IntN(9))
		case 2:
			f = 360*r.Float64() - 180
		case 3:
			f = math.Round(1e6*r.Float64()) / 1e7 * float64(r.IntN(1000))
		}
		if math.IsNaN(f) || math.IsInf(f, 0) {
			continue
		}
		got := string(AppendNumber(nil, f))
		want := strconv.FormatFloat(f, 'f', -1, 64)
		if a := math.Abs(f); a != 0 && a < 1e-6 || a >= 1e21 {
			want = strconv.FormatFloat(f, 'e', -1, 64)
		}
		if a := math.Abs(f); a == 0 || a < 1e-6 && a*1e7 == math.Round(a*1e7) {
			want = strconv.FormatFloat(a, 'f', -1, 64) // no minus before 0, no exponent for so few decimals
			if f < 0 {
				want = "-" + want
			}
		}
		if got != want {
			t.Fatalf("%v is written %s, want %s", f, got, want)
		}
	}
}

func FuzzWKT(f *testing.F) {
	for _, s := range []string{"POINT(1 2)", "POLYGON Z((0 0 1,1 0 1,1 1 1))", "GEOMETRYCOLLECTION(MULTIPOINT(1 2,(3 4)),POINT EMPTY)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { check(t, s, ParseWKT) })
}

func FuzzGeoJSON(f *testing.F) {
	for _, s := range []string{`{"type":"Point","coordinates":[1,2]}`, `{"geometry":{"geometries":[{"type":"Point","coordinates":[1,2,3]}],"type":"GeometryCollection"},"type":"Feature"}`,
		`{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1]]]]}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		check(t, s, func(s string) (Geometry, error) { return ParseGeoJSON([]byte(s)) })
	})
}

func FuzzWKB(f *testing.F) {
	for _, s := range []string{"POINT(1 2)", square, "GEOMETRYCOLLECTION(MULTIPOINT(1 2,(3 4)))", "MULTIPOLYGON(((0 0,1 0,1 1,0 1)),((5 5,6 5,6 6,5 6)))"} {
		f.Add(must(f, s).WKB())
	}
	query := Prepare(must(f, "POLYGON((0 0,10 0,10 10,5 2,0 10))"))
	f.Fuzz(func(t *testing.T, b []byte) {
		// Bytes that nobody has checked: no question may panic.
		query.Intersects(b)
		query.Within(b)
		query.Disjoint(b)
		DistanceTo(b, 1, 1)
		Centroid(b)
		if text, err := AppendGeoJSON(nil, b); err == nil && !json.Valid(text) {
			t.Fatalf("not JSON: %s", text)
		}
		check(t, string(b), func(s string) (Geometry, error) { return ParseWKB([]byte(s)) })
	})
}

// check holds a parser to its word: a kind of failure, or a shape that every other part can read.
func check(t *testing.T, s string, parse func(string) (Geometry, error)) {
	g, err := parse(s)
	if err != nil {
		if fault.KindOf(err) != fault.Invalid {
			t.Fatalf("%q: %v", s, err)
		}
		return
	}
	text, err := AppendGeoJSON(nil, g.WKB())
	if err != nil || !json.Valid(text) {
		t.Fatalf("%q: %s %v", s, text, err)
	}
	again, err := ParseWKB(g.WKB())
	if err != nil || !again.Equal(g) {
		t.Fatalf("%q: WKB does not come back: %v", s, err)
	}
	p := Prepare(g)
	p.Within(g.WKB())
	_, _, _, _, ok := g.Bounds()
	if got := p.Intersects(g.WKB()); got != ok {
		t.Fatalf("%q: meets itself: %v, has bounds: %v", s, got, ok)
	}
	if _, _, ok2 := Centroid(g.WKB()); ok2 != ok {
		t.Fatalf("%q: centroid: %v", s, ok2)
	}
}

func BenchmarkPointIn(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	g, _ := ParseWKB(polygonWKB(star(r, 5000, 2, 48, 3)))
	p := Prepare(g)
	n := 0
	for i := 0; b.Loop(); i++ {
		if p.PointIn(2+3*math.Sin(float64(i)), 48+3*math.Cos(float64(i)*1.7)) {
			n++
		}
	}
}

func BenchmarkIntersects(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	g, _ := ParseWKB(polygonWKB(star(r, 5000, 2, 48, 3)))
	p := Prepare(g)
	shapes := make([][]byte, 256)
	for i := range shapes {
		shapes[i] = polygonWKB(star(r, 200, 6*r.Float64()-1, 45+6*r.Float64(), 0.1))
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p.Intersects(shapes[i&255])
	}
}

func BenchmarkWithin(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	g, _ := ParseWKB(polygonWKB(star(r, 5000, 2, 48, 3)))
	p := Prepare(g)
	shapes := make([][]byte, 256)
	for i := range shapes {
		shapes[i] = polygonWKB(star(r, 200, 6*r.Float64()-1, 45+6*r.Float64(), 0.1))
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p.Within(shapes[i&255])
	}
}
