package basemap

import (
	"bytes"
	"compress/gzip"
	"io"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
)

func TestTilesAreSmallAndNamed(t *testing.T) {
	for _, at := range [][3]int{{0, 0, 0}, {1, 1, 0}, {4, 8, 5}, {6, 32, 22}, {8, 129, 88}, {3, 2, 2}} {
		text, err := Tile(at[0], at[1], at[2])
		if err != nil || len(text) == 0 {
			t.Fatalf("%v: %d bytes, %v", at, len(text), err)
		}
		if len(text) > 40_000 {
			t.Errorf("%v has %d bytes", at, len(text))
		}
		z, err := gzip.NewReader(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		layers, err := mvt.Unmarshal(raw)
		if err != nil || len(layers) != 3 || layers[0].Name != "land" {
			t.Errorf("%v: %d layers, %v", at, len(layers), err)
		}
	}
	if text, err := Tile(8, 20, 120); err != nil || text != nil {
		t.Errorf("the middle of the Pacific: %d bytes, %v", len(text), err)
	}
}

func TestShapesWithinABox(t *testing.T) {
	france := orb.Bound{Min: orb.Point{-5, 42}, Max: orb.Point{9, 51}}
	ground, borders, err := Within(france, 700)
	if err != nil || len(ground) == 0 || len(borders) == 0 {
		t.Fatalf("%d pieces of land, %d borders, %v", len(ground), len(borders), err)
	}
	for _, piece := range ground {
		if b := piece.Bound(); !france.Contains(b.Min) || !france.Contains(b.Max) {
			t.Errorf("%v stands out of the box", b)
		}
	}
	places, err := Places(france, 5, "ar")
	if err != nil || len(places) == 0 || places[0].Name != "فرنسا" {
		t.Errorf("places are %v, %v", places, err)
	}
}
