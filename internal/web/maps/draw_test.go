package maps

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/maptile"
)

func TestTheWholeBoxIsDrawn(t *testing.T) {
	for _, box := range []orb.Bound{
		{Min: orb.Point{1.5, 48.8}, Max: orb.Point{2.2, 49.1}}, {Min: orb.Point{-180, -89}, Max: orb.Point{180, 83}}, {Min: orb.Point{2, 48}, Max: orb.Point{2, 48}},
	} {
		f := newFrame(box)
		for _, p := range []orb.Point{middle(box), {box.Left(), math.Max(box.Bottom(), -57)}, {box.Right(), math.Min(box.Top(), 78)}} {
			if x, y := f.at(p); x < 0 || x > wide || y < 0 || y > high || math.IsNaN(x+y) {
				t.Errorf("%v of %v lies at %.0f, %.0f", p, box, x, y)
			}
		}
	}
}

func TestCaptionsDodge(t *testing.T) {
	var shapes []shape
	for i := range 30 {
		shapes = append(shapes, shape{middle: orb.Point{100 + float64(i), 100}, size: 200, name: "Conflans-Sainte-Honorine"})
	}
	shapes = append(shapes, shape{middle: orb.Point{5, 5}, size: 200, name: "At the edge"}, shape{middle: orb.Point{400, 400}, size: 5, name: "Too small for its name"})
	if got := captions(shapes, 40); len(got) != 1 {
		t.Errorf("%d captions, want the one that has room", len(got))
	}
}

func TestRoundNumbersReadWell(t *testing.T) {
	for _, c := range []struct{ f, wide, want float64 }{{4361, 44_000, 4400}, {0, 10, 0}, {0.1234, 1, 0.12}, {-87.6, 200, -88}, {7, 0, 7}} {
		if got := round(c.f, c.wide); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%v becomes %v, want %v", c.f, got, c.want)
		}
	}
}

// TestTilesStaySmall encodes more than a tile can hold, and shapes that nobody can draw.
func TestTilesStaySmall(t *testing.T) {
	many := geojson.NewFeatureCollection()
	for i := range 4000 {
		var ring orb.Ring
		at := orb.Point{float64(i%60)*5 - 150, float64(i/60)*2 - 60}
		for k := range 40 {
			a := float64(k) / 40 * 2 * math.Pi
			ring = append(ring, orb.Point{at[0] + 2*math.Cos(a), at[1] + math.Sin(a*3)})
		}
		f := geojson.NewFeature(orb.Polygon{append(ring, ring[0])})
		f.Properties["id"], f.Properties["label"] = string(rune(i)), "a name that is not short at all"
		many.Append(f)
	}
	text, err := encode(many, maptile.New(0, 0, 0))
	if err != nil || len(text) == 0 || len(text) > mostBytes {
		t.Errorf("%d bytes, %v", len(text), err)
	}
	for _, g := range []orb.Geometry{orb.Polygon{}, orb.Polygon{{}}, orb.MultiPolygon{}, orb.LineString{}, orb.Polygon{{{0, 0}, {0, 0}}}, orb.Collection{}, orb.Ring{}, orb.Point{200, 95}} {
		one := geojson.NewFeatureCollection()
		one.Append(geojson.NewFeature(g))
		if _, err := encode(one, maptile.New(0, 0, 0)); err != nil {
			t.Errorf("%v: %v", g, err)
		}
		newFrame(orb.Bound{Min: orb.Point{-1, -1}, Max: orb.Point{1, 1}}).draw(g)
	}
}
