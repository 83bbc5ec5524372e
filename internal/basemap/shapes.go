package basemap

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	"github.com/paulmach/orb/simplify"
	"golang.org/x/text/language"
)

// Within gives the land and the borders within a box in degrees, simplified for a drawing of so many pixels across.
func Within(box orb.Bound, pixels int) (ground []orb.Polygon, borders []orb.LineString, err error) {
	wide := box.Right() - box.Left()
	w, err := at(zoomOf(wide, pixels))
	if err != nil {
		return nil, nil, err
	}
	fine := wide / float64(max(pixels, 1)) / 2
	for _, l := range w.land {
		if !l.box.Intersects(box) {
			continue
		}
		small := l.box.Right()-l.box.Left() < 2*fine && l.box.Top()-l.box.Bottom() < 2*fine
		if small {
			continue
		}
		if piece := clip.Polygon(box, orb.Clone(l.shape).(orb.Polygon)); len(piece) > 0 {
			if piece = simplify.DouglasPeucker(fine).Polygon(piece); len(piece) > 0 && len(piece[0]) >= 4 {
				ground = append(ground, piece)
			}
		}
	}
	for _, l := range w.borders {
		if !l.box.Intersects(box) {
			continue
		}
		for _, piece := range clip.LineString(box, orb.Clone(l.path).(orb.LineString)) {
			if piece = simplify.DouglasPeucker(fine).LineString(piece); len(piece) >= 2 {
				borders = append(borders, piece)
			}
		}
	}
	return ground, borders, nil
}

// Place is a name on the map.
type Place struct {
	Name string
	At   orb.Point
}

// Places gives the names of the largest countries whose middle lies in a box, in a language, at most so many.
func Places(box orb.Bound, most int, tongue string) ([]Place, error) {
	w, err := far()
	if err != nil {
		return nil, err
	}
	var found []place
	least := (box.Right() - box.Left()) * (box.Top() - box.Bottom()) / 2000
	for _, p := range w.places {
		if p.size >= least && box.Contains(p.at) {
			found = append(found, p)
		}
	}
	slices.SortFunc(found, func(a, b place) int { return cmp.Compare(b.size, a.size) })
	tag := language.Make(tongue)
	var out []Place
	for _, p := range found[:min(most, len(found))] {
		out = append(out, Place{p.called(tag), p.at})
	}
	return out, nil
}

// zoomOf gives the zoom at which so many degrees fill so many pixels.
func zoomOf(degrees float64, pixels int) int {
	zoom := 0
	for wide := 360.0 * float64(pixels) / 256; wide > degrees*1.5 && zoom < 20; wide /= 2 {
		zoom++
	}
	return zoom
}
