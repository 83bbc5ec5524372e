package portrait

import (
	"encoding/binary"
	"encoding/xml"
	"io"
	"math"
	"strings"
	"testing"

	"parvis/internal/dataset"
)

// texts makes a vector of texts; "" is null.
func texts(values ...string) dataset.Vector {
	v := dataset.Vector{Offsets: []int32{0}}
	for i, s := range values {
		v.Bytes = append(v.Bytes, s...)
		v.Offsets = append(v.Offsets, int32(len(v.Bytes)))
		if s == "" {
			v.SetNull(i, len(values))
		}
	}
	return v
}

func ints(values ...int64) dataset.Vector { return dataset.Vector{Ints: values} }

// taken is the portrait of one batch.
func taken(n int, columns []dataset.Column, vectors ...dataset.Vector) *Portrait {
	p := New(columns)
	p.Take(&dataset.Batch{Len: n, Vectors: vectors})
	p.Finish()
	return p
}

// square is a polygon of side 1 at a corner.
func square(x, y float64) string {
	b := []byte{1}
	b = binary.LittleEndian.AppendUint32(b, 3)
	b = binary.LittleEndian.AppendUint32(b, 1)
	b = binary.LittleEndian.AppendUint32(b, 5)
	for _, c := range [][2]float64{{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}} {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x+c[0]))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(y+c[1]))
	}
	return string(b)
}

func TestProfile(t *testing.T) {
	p := taken(4, []dataset.Column{{Name: "a", Type: dataset.Text}, {Name: "n", Type: dataset.Int}, {Name: "s", Type: dataset.Int}},
		texts("x", "y", "x", ""), ints(1, 2, 3, 4), ints(1, 100, 1000, 1_000_000))
	a, n, s := p.Fields[0], p.Fields[1], p.Fields[2]
	if p.Rows != 4 || p.Sampled || a.Filled != 3 || a.Different != 2 || a.Top[0] != (Count{"x", 2}) {
		t.Errorf("text: %+v of %d rows", a, p.Rows)
	}
	if n.Low != 1 || n.High != 4 || n.Log || n.Bins[0] != 1 || n.Bins[BinCount-1] != 1 {
		t.Errorf("numbers: %+v", n)
	}
	if !s.Log || s.Bins[0] != 1 || s.Bins[8] != 1 || s.Bins[12] != 1 {
		t.Errorf("sizes: %v", s.Bins)
	}
}

func TestPortraitStopsAtMost(t *testing.T) {
	p := New([]dataset.Column{{Name: "n", Type: dataset.Int}})
	b := &dataset.Batch{Len: 15_000, Vectors: []dataset.Vector{{Ints: make([]int64, 15_000)}}}
	p.Take(b)
	p.Take(b)
	p.Finish()
	if p.Rows != Most || !p.Sampled || p.Fields[0].Filled != Most {
		t.Errorf("%d rows, sampled %t", p.Rows, p.Sampled)
	}
}

func TestListsCountTheirElements(t *testing.T) {
	e := texts("a", "b", "a")
	p := taken(2, []dataset.Column{{Name: "l", Type: dataset.Text, List: true}}, dataset.Vector{Offsets: []int32{0, 2, 3}, Elements: &e})
	if f := p.Fields[0]; f.Filled != 2 || f.Different != 2 || f.Top[0] != (Count{"a", 2}) {
		t.Errorf("%+v", f)
	}
}

func TestImprintSuitsTheData(t *testing.T) {
	days := dataset.Column{Name: "d", Type: dataset.Date}
	numbers := dataset.Column{Name: "x", Type: dataset.Double}
	for name, c := range map[string]struct {
		p     *Portrait
		holds string
		marks int // at least
	}{
		"shapes":       {taken(2, []dataset.Column{{Name: "g", Type: dataset.GeoShape}, {Name: "n", Type: dataset.Int}}, texts(square(0, 0), square(3, 1)), ints(1, 9)), "<path fill", 2},
		"points":       {taken(3, []dataset.Column{{Name: "p", Type: dataset.GeoPoint}}, dataset.Vector{Floats: []float64{1, 2, 3}, Lats: []float64{1, 3, 2}}), "<circle", 1},
		"one point":    {taken(1, []dataset.Column{{Name: "p", Type: dataset.GeoPoint}}, dataset.Vector{Floats: []float64{1}, Lats: []float64{1}}), "<circle", 1},
		"curve":        {taken(5, []dataset.Column{days, numbers}, ints(1, 2, 3, 4, 5), dataset.Vector{Floats: []float64{1, 5, 2, 8, 3}}), "stroke-linecap", 2},
		"calendar":     {taken(3, []dataset.Column{days}, ints(0, 400, 800)), "<rect", 3},
		"histogram":    {taken(3, []dataset.Column{{Name: "n", Type: dataset.Int}}, ints(1, 5, 6)), "<rect", BinCount},
		"shares":       {taken(4, []dataset.Column{{Name: "a", Type: dataset.Text}}, texts("a", "b", "a", "c")), "<rect", 3},
		"nothing":      {taken(0, []dataset.Column{{Name: "a", Type: dataset.Text}}, texts()), "<rect", 24},
		"no column":    {taken(0, nil), "<rect", 24},
		"not a number": {taken(2, []dataset.Column{numbers}, dataset.Vector{Floats: []float64{math.NaN(), math.Inf(1)}}), "<rect", 24},
		"damaged":      {taken(1, []dataset.Column{{Name: "g", Type: dataset.GeoShape}}, texts("no shape")), "<rect", 24},
	} {
		light, dark := string(c.p.Imprint(false)), string(c.p.Imprint(true))
		if !strings.Contains(light, c.holds) || light == dark || strings.Contains(light, "NaN") || strings.Contains(light, "style") {
			t.Errorf("%s: %.300s", name, light)
		}
		marks := -1 // the svg itself
		d := xml.NewDecoder(strings.NewReader(light))
		for {
			tok, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if _, ok := tok.(xml.StartElement); ok {
				marks++
			}
		}
		if marks < c.marks {
			t.Errorf("%s: %d marks, want %d", name, marks, c.marks)
		}
		for _, f := range c.p.Fields {
			if s := f.Spark(c.p.Rows); !strings.Contains(s, "<rect") || strings.Contains(s, "NaN") {
				t.Errorf("%s: spark %q", name, s)
			}
		}
	}
}

func TestAntimeridianDrawsNoBar(t *testing.T) {
	p := New([]dataset.Column{{Name: "g", Type: dataset.GeoShape}})
	p.shapes = []outline{{[][]point{{{179, 0}, {-179, 1}, {179, 2}}, {{0, 0}, {20, 0}, {20, 20}}}, math.NaN()}}
	if svg := string(p.Imprint(false)); strings.Count(svg, "M") != 1 {
		t.Errorf("%s", svg)
	}
}

func FuzzReadWKB(f *testing.F) {
	f.Add([]byte(square(1, 2)))
	f.Add([]byte{1, 7, 0, 0, 0, 2, 0, 0, 0, 1, 1, 0, 0, 0})
	f.Add([]byte{0, 0x20, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, wkb []byte) {
		n := 0
		for _, ring := range readWKB(wkb, 1000) {
			n += len(ring)
		}
		if n > 1000 {
			t.Errorf("%d corners", n)
		}
	})
}

func TestPave(t *testing.T) {
	room := rect{10, 10, 200, 100}
	tiles := pave([]float64{6, 6, 4, 3, 2, 2, 1}, room)
	if len(tiles) != 7 {
		t.Fatalf("%d tiles", len(tiles))
	}
	area := 0.0
	for i, a := range tiles {
		area += a.w * a.h
		if a.x < room.x-1e-6 || a.y < room.y-1e-6 || a.x+a.w > room.x+room.w+1e-6 || a.y+a.h > room.y+room.h+1e-6 {
			t.Errorf("tile %d lies outside: %+v", i, a)
		}
		if long := math.Max(a.w/a.h, a.h/a.w); long > 4 {
			t.Errorf("tile %d is a strip: %+v", i, a)
		}
		for _, b := range tiles[:i] {
			if a.x+1e-6 < b.x+b.w && b.x+1e-6 < a.x+a.w && a.y+1e-6 < b.y+b.h && b.y+1e-6 < a.y+a.h {
				t.Errorf("tiles overlap: %+v %+v", a, b)
			}
		}
	}
	if math.Abs(area-room.w*room.h) > 1e-6 {
		t.Errorf("the tiles cover %g of %g", area, room.w*room.h)
	}
	if first := tiles[0].w * tiles[0].h; math.Abs(first-5000) > 1e-6 {
		t.Errorf("a quarter of the whole is drawn as %g", first)
	}
}

func TestNumbersAreDrawnByWhatTheySay(t *testing.T) {
	var sizes, line, noise, count []int64
	for i := range int64(60) {
		sizes = append(sizes, i*i*i*i+3)
		count = append(count, i+1)
		line = append(line, i*7)
		noise = append(noise, i*7+(i*7919%97)*4)
	}
	of := func(vectors ...dataset.Vector) string {
		columns := make([]dataset.Column, len(vectors))
		for i := range columns {
			columns[i] = dataset.Column{Name: string(rune('a' + i)), Type: dataset.Int}
		}
		return string(taken(60, columns, vectors...).Imprint(false))
	}
	for _, c := range []struct {
		what, svg, mark string
		marks           int
	}{
		{"a few hold most: tiles", of(ints(sizes...)), "<rect", 60},
		{"two that go loosely together: a cloud", of(ints(line...), ints(noise...)), "<circle", 0},
		{"two that are one: a histogram", of(ints(line...), ints(line...)), "<rect", BinCount},
		{"the rows' own numbers are no measure", of(ints(count...), ints(sizes...)), "<rect", 60},
	} {
		if n := strings.Count(c.svg, c.mark); n == 0 || c.marks > 0 && n != c.marks {
			t.Errorf("%s: %d of %s", c.what, n, c.mark)
		}
	}
}
