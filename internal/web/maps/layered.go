package maps

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"

	"github.com/paulmach/orb"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/web/data"
	"parvis/internal/web/page"
)

// Parts are the templates that other rooms may use: "map" and, for each of its Layers, "legend" show a Layered.
var Parts = templateFiles

// Layered is maps of several datasets put over one another. Its parts are named as those of mapPage, so that both fill one
// template.
type Layered struct {
	Layers []*mapPage
	Notes  []string

	Land, Borders string
	Shapes        []shape
	Captions      []caption
	Cells         bool
	Placed        int64
	Says          string
	Clear         string
	Attribution   string
	Island        island
	Sources       []page.Choice
}

// Wide and High give the drawing's size.
func (p *Layered) Wide() int { return int(wide) }

// High gives the drawing's height.
func (p *Layered) High() int { return int(high) }

// placedLayer is a layer with what is known of it before anything is drawn.
type placedLayer struct {
	*mapPage
	place *dataset.Field
	rule  rule
	box   orb.Bound
}

// plainColours are the codes of the colours of layers whose rows are all alike, in their order.
var plainColours = []string{"a", "b", "c", "d", "e", "f"}

// Layer puts the maps of some addresses over one another, the first below, each with the rights of who looks. What cannot
// be shown to them is left out, and said in Notes.
func (s *Maps) Layer(w http.ResponseWriter, r *http.Request, v page.View, of []data.Layer) (*Layered, error) {
	p := &Layered{Attribution: s.credit()}
	var layers []placedLayer
	var box orb.Bound
	for _, l := range of {
		one, err := s.layer(w, r, v, l, plainColours[len(layers)%len(plainColours)])
		switch {
		case err == nil:
		case data.Withheld(err):
			p.Notes = append(p.Notes, v.T("One of its datasets cannot be shown here."))
			continue
		default:
			return nil, fmt.Errorf("layer of a map: %w", err)
		}
		if one.Placed == 0 {
			p.Notes = append(p.Notes, v.T("{name} has nothing to draw: no row matches.", "name", cmp.Or(l.Label, one.Name)))
			continue
		}
		if len(layers) == 0 {
			box = one.box
		}
		box = box.Union(one.box)
		layers = append(layers, one)
	}
	p.Notes = slices.Compact(p.Notes)
	for i, one := range layers {
		if err := s.draw(r, one.mapPage, one.place, one.rule, box); err != nil {
			return nil, fmt.Errorf("layer of a map: %w", err)
		}
		one.island(s.ground, one.place, one.rule, box)
		if p.Layers = append(p.Layers, one.mapPage); i == 0 {
			p.Island, p.Land, p.Borders, p.Captions = one.Island, one.Land, one.Borders, one.Captions
		} else {
			p.Island.More = append(p.Island.More, one.Island.source)
		}
		p.Placed += one.Placed
		p.Shapes = append(p.Shapes, one.Shapes...)
		p.Cells = p.Cells || one.Cells
		p.Sources = append(p.Sources, page.Choice{Label: one.Name, Tag: one.Lang, Href: v.Link(data.Address(one.ID, "map"), one.Filter.Values())})
	}
	p.Says = v.N("{n} row with a place", "{n} rows with a place", p.Placed)
	return p, nil
}

// layer opens one layer: the map of its address, as if who looks had asked for it.
func (s *Maps) layer(w http.ResponseWriter, r *http.Request, v page.View, l data.Layer, plain string) (out placedLayer, err error) {
	asked, err := l.Asked(r, v, "map")
	if err != nil {
		return out, err
	}
	base, err := s.Open(w, asked, "map")
	if err != nil {
		return out, err
	}
	out.mapPage = &mapPage{Page: base}
	if out.place = base.Place(); out.place == nil || base.Hidden || base.NoRows {
		return out, fault.New(fault.Forbidden, "The rows of the dataset are not shown, or have no place.")
	}
	if out.box, out.Placed, err = s.extent(asked, out.mapPage, out.place); err != nil {
		return out, err
	}
	out.Total = out.Placed
	if out.rule, err = s.rule(asked, base, out.place); err != nil {
		return out, err
	}
	out.rule.plain = plain
	out.legend(out.rule)
	name := cmp.Or(l.Label, base.Name)
	if out.Legend.Title != "" {
		out.Legend.Title = name + " – " + out.Legend.Title
	} else {
		out.Legend = Legend{Title: name, Lang: base.Lang, Classes: []class{{Label: v.T("All rows"), Code: plain, Rows: out.Placed}}}
	}
	if l.Label != "" {
		out.Legend.Lang = ""
	}
	return out, nil
}
