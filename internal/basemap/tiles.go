package basemap

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/maptile"
	"github.com/paulmach/orb/simplify"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// MostZoom is the nearest zoom that has tiles of its own: nearer, the same lines are drawn larger.
const MostZoom = 8

// tongues are the languages in which countries are named: the pages' own.
var tongues = []language.Tag{language.English, language.French, language.Arabic}

var kept, _ = lru.New[maptile.Tile, []byte](2048)

// Edition names what the tiles show: it is part of their address.
var Edition = sync.OnceValue(func() string {
	sum := sha256.New()
	for _, name := range []string{"countries-10m.json.gz", "countries-50m.json.gz"} {
		text, _ := files.ReadFile("data/" + name) // which is embedded
		sum.Write(text)
	}
	return "1" + hex.EncodeToString(sum.Sum(nil)[:4])
})

// Tile gives a vector tile of the ground, gzipped: the layers land, borders and places, whose features bear name,
// name_fr and name_ar. Nil is a tile of nothing but sea.
func Tile(z, x, y int) ([]byte, error) {
	tile := maptile.New(uint32(x), uint32(y), maptile.Zoom(z))
	if text, ok := kept.Get(tile); ok {
		return text, nil
	}
	w, err := at(z)
	if err != nil {
		return nil, err
	}
	box := tile.Bound(0.1)
	ground, borders, places := geojson.NewFeatureCollection(), geojson.NewFeatureCollection(), geojson.NewFeatureCollection()
	for _, l := range w.land {
		if l.box.Intersects(box) {
			ground.Append(geojson.NewFeature(orb.Clone(l.shape)))
		}
	}
	for _, l := range w.borders {
		if l.box.Intersects(box) {
			borders.Append(geojson.NewFeature(orb.Clone(l.path)))
		}
	}
	for _, p := range w.places {
		if p.size >= visible(z) && box.Contains(p.at) {
			f := geojson.NewFeature(p.at)
			f.Properties = geojson.Properties{"name": p.called(tongues[0]), "name_fr": p.called(tongues[1]), "name_ar": p.called(tongues[2])}
			places.Append(f)
		}
	}
	layers := mvt.Layers{mvt.NewLayer("land", ground), mvt.NewLayer("borders", borders), mvt.NewLayer("places", places)}
	layers.Clip(box)
	layers.ProjectToTile(tile)
	layers.Clip(mvt.MapboxGLDefaultExtentBound)
	layers.Simplify(simplify.DouglasPeucker(4))
	layers.RemoveEmpty(2, 2)
	var text []byte
	if len(ground.Features)+len(borders.Features)+len(places.Features) > 0 {
		if text, err = mvt.MarshalGzipped(layers); err != nil {
			return nil, err
		}
	}
	kept.Add(tile, text)
	return text, nil
}

// visible gives the square degrees that a country needs at least to be named at a zoom.
func visible(z int) float64 { return 400 / float64(int(1)<<(2*min(z, 10))) }

// called names a country in a language.
func (p place) called(tag language.Tag) string {
	if n, err := strconv.Atoi(p.code); err == nil {
		if region, err := language.EncodeM49(n); err == nil {
			if name := display.Regions(tag).Name(region); name != "" {
				return name
			}
		}
	}
	return p.name
}
