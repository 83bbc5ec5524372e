package basemap

import (
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"math"
	"sync"

	"github.com/paulmach/orb"
)

// Attribution names the source of the built-in ground.
const Attribution = "Natural Earth"

//go:embed data/*.json.gz
var files embed.FS

// world is the ground at one scale.
type world struct {
	land    []land
	borders []line
	places  []place
}

// land is a piece of a country with its box.
type land struct {
	shape orb.Polygon
	box   orb.Bound
}

// line is a border between two countries with its box.
type line struct {
	path orb.LineString
	box  orb.Bound
}

// place is a country's name: its code as ISO 3166-1 numbers it, and where it is written.
type place struct {
	code string
	name string // English, where the code says nothing
	at   orb.Point
	size float64 // square degrees of its largest piece
}

// The scales: 1:50 million for the world and its continents, 1:10 million nearer.
var (
	far  = sync.OnceValues(func() (*world, error) { return read("data/countries-50m.json.gz") })
	near = sync.OnceValues(func() (*world, error) { return read("data/countries-10m.json.gz") })
)

// nearFrom is the zoom from which the nearer scale is drawn.
const nearFrom = 5

// at gives the ground for a zoom.
func at(zoom int) (*world, error) {
	if zoom >= nearFrom {
		return near()
	}
	return far()
}

// topology is a TopoJSON file of countries: rings are lists of arcs, which neighbours share.
type topology struct {
	Transform struct{ Scale, Translate [2]float64 }
	Arcs      [][][2]float64
	Objects   struct {
		Countries struct {
			Geometries []struct {
				Type       string
				ID         string
				Arcs       json.RawMessage
				Properties struct{ Name string }
			}
		}
	}
}

func read(name string) (*world, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var t topology
	if err := json.NewDecoder(z).Decode(&t); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	arcs := make([]orb.LineString, len(t.Arcs))
	for i, arc := range t.Arcs {
		x, y := 0.0, 0.0
		for _, step := range arc {
			x, y = x+step[0], y+step[1]
			arcs[i] = append(arcs[i], orb.Point{x*t.Transform.Scale[0] + t.Transform.Translate[0], y*t.Transform.Scale[1] + t.Transform.Translate[1]})
		}
	}
	w, used := &world{}, make([]int, len(arcs))
	for _, g := range t.Objects.Countries.Geometries {
		var pieces [][][]int
		switch g.Type {
		case "Polygon":
			pieces = make([][][]int, 1)
			err = json.Unmarshal(g.Arcs, &pieces[0])
		case "MultiPolygon":
			err = json.Unmarshal(g.Arcs, &pieces)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		p := place{code: g.ID, name: g.Properties.Name}
		for _, piece := range pieces {
			var shape orb.Polygon
			for _, ring := range piece {
				if r := join(arcs, used, ring); len(r) >= 4 && !crosses(r) {
					shape = append(shape, r)
				}
			}
			if len(shape) == 0 {
				continue
			}
			box := shape[0].Bound()
			w.land = append(w.land, land{shape, box})
			if size := area(shape[0]); size > p.size {
				p.size, p.at = size, orb.Point{(box.Min[0] + box.Max[0]) / 2, (box.Min[1] + box.Max[1]) / 2}
			}
		}
		if p.size > 0 {
			w.places = append(w.places, p)
		}
	}
	for i, n := range used {
		if n > 1 {
			w.borders = append(w.borders, line{arcs[i], arcs[i].Bound()})
		}
	}
	return w, nil
}

// join makes a ring of arcs; one written as its complement runs backwards.
func join(arcs []orb.LineString, used []int, ring []int) orb.Ring {
	var out orb.Ring
	for _, i := range ring {
		back := i < 0
		if back {
			i = ^i
		}
		if i >= len(arcs) {
			return nil
		}
		used[i]++
		arc := arcs[i]
		for j := range arc {
			point := arc[j]
			if back {
				point = arc[len(arc)-1-j]
			}
			if j == 0 && len(out) > 0 {
				continue // the end of the arc before
			}
			out = append(out, point)
		}
	}
	return out
}

// crosses tells whether a ring jumps over the line where longitudes end: drawn, it would be a bar across the world.
func crosses(r orb.Ring) bool {
	for i := 1; i < len(r); i++ {
		if math.Abs(r[i][0]-r[i-1][0]) > 180 {
			return true
		}
	}
	return false
}

// area gives the square degrees of a ring.
func area(r orb.Ring) float64 {
	sum := 0.0
	for i := 1; i < len(r); i++ {
		sum += r[i-1][0]*r[i][1] - r[i][0]*r[i-1][1]
	}
	return math.Abs(sum) / 2
}
