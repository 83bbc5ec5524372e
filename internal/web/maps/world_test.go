package maps

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/maptile"
)

// TestWorld checks that the tiles of every zoom hold all rows of a world once, and that merged cells weigh their means.
func TestWorld(t *testing.T) {
	var w world
	var all int64
	for i := range 4000 {
		at := orb.Point{-170 + float64(i%61)*5.5, -70 + float64(i%47)*3}
		tile := maptile.At(at, finestZoom)
		w = append(w, placed{cell: cell{at: at, rows: int64(1 + i%7), value: float64(i % 5), valued: int64(i % 3)}, x: tile.X, y: tile.Y})
		all += int64(1 + i%7)
	}
	for zoom := maptile.Zoom(0); zoom <= 5; zoom++ {
		var sum int64
		for x := range uint32(1) << zoom {
			for y := range uint32(1) << zoom {
				tile := maptile.New(x, y, zoom)
				cells, rows := w.in(tile)
				sum += rows
				var inCells int64
				for _, c := range cells {
					inCells += c.rows
					if maptile.At(c.at, zoom) != tile {
						t.Fatalf("zoom %d: a cell at %v is not in its tile %v", zoom, c.at, tile)
					}
				}
				if inCells != rows {
					t.Fatalf("zoom %d: cells hold %d rows of %d", zoom, inCells, rows)
				}
			}
		}
		if sum != all {
			t.Errorf("zoom %d: %d rows of %d", zoom, sum, all)
		}
	}
	if _, rows := w.in(maptile.At(w[0].at, 16)); rows < w[0].rows {
		t.Errorf("a tile within a cell of %d rows may hold at most %d", w[0].rows, rows)
	}
	got := cell{at: orb.Point{0, 0}, rows: 1, value: 2, valued: 1}.and(cell{at: orb.Point{4, 8}, rows: 3, value: 6, valued: 3})
	if want := (cell{at: orb.Point{3, 6}, rows: 4, value: 5, valued: 4}); got != want {
		t.Errorf("merged: %+v, want %+v", got, want)
	}
}

// TestGathered checks that rows of one cell stand once, with their number and the mean of their values, and that others stay as
// they are.
func TestGathered(t *testing.T) {
	found := geojson.NewFeatureCollection()
	row := func(id string, lon, lat float64, v any) {
		f := geojson.NewFeature(orb.Point{lon, lat})
		f.Properties["id"], f.Properties["n"] = id, 1
		if v != nil {
			f.Properties["v"] = v
		}
		found.Append(f)
	}
	row("a", 2, 48, int64(4))
	row("alone", 30, 10, 7.5)
	row("b", 2.01, 48.01, 8.0)
	row("c", 2.02, 48.02, nil)
	out := gathered(found, 3)
	if len(out.Features) != 2 {
		t.Fatalf("%d features, want 2", len(out.Features))
	}
	if f := out.Features[0]; f.Properties["id"] != "alone" || f.Properties["v"] != 7.5 {
		t.Errorf("the row that is alone: %v", f.Properties)
	}
	f := out.Features[1]
	at := f.Geometry.(orb.Point)
	if f.Properties["n"] != int64(3) || f.Properties["v"] != 6.0 || f.Properties["id"] != nil || math.Abs(at[0]-2.01) > 1e-9 || math.Abs(at[1]-48.01) > 1e-9 {
		t.Errorf("the rows that lie together: %v at %v", f.Properties, at)
	}
	if out := gathered(found, 12); len(out.Features) != 4 {
		t.Errorf("from near: %d features, want 4", len(out.Features))
	}
}
