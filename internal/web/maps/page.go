package maps

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"parvis/internal/basemap"
	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/server"
	"parvis/internal/web/data"
	"parvis/internal/web/page"
)

// mostDrawn is how many rows the drawing shows one by one; more positions are shown as cells.
const mostDrawn = 1500

// mostListed is how many rows stand in the list under the map.
const mostListed = 100

// mapPage shows the rows of a dataset on a map.
type mapPage struct {
	data.Page
	NoPlace bool // no field says where rows are
	Query   string
	Keep    []pair
	Error   *data.Mistake
	Total   int64 // rows that match
	Placed  int64 // of these, those with a place
	Shown   int   // shapes that are drawn, where not all are

	Land, Borders string
	Shapes        []shape
	Captions      []caption
	Cells         bool // positions are counted in cells

	Legend  Legend
	Colours []choice // by which the map may be coloured
	Listed  []choice // rows by name
	Near    near
	Says    string // what the map shows

	Table       string
	Sharing     data.Sharing
	Combine     string // where it becomes a layer of a map of several datasets
	Attribution string
	Island      island
}

// Legend says what colours stand for.
type Legend struct {
	Title, Lang, Unit string
	Classes           []class
	Numbers           bool
}

// near is the form that asks for rows around a position.
type near struct {
	Lat, Lon, Km string
	Wrong        bool
}

// island is what the page's script needs to draw the same with vector tiles.
type island struct {
	source
	More   []source   `json:"more,omitempty"` // layers over the first
	Ground string     `json:"ground"`
	Most   int        `json:"most"`           // the nearest zoom of the ground's tiles
	Kind   string     `json:"kind,omitempty"` // of the operator's ground: picture or vector; "" for the built-in one
	Credit string     `json:"credit"`
	Box    [4]float64 `json:"box"`
	Name   string     `json:"name"` // the property of a place's name on the ground
}

// source is the rows of a dataset as the script draws them.
type source struct {
	Tiles   string   `json:"tiles"`  // with {z}, {x} and {y}
	Record  string   `json:"record"` // address of a row with {id}
	Numbers bool     `json:"numbers"`
	Classes [][3]any `json:"classes"`         // of numbers: code, from, below; of values: code, value
	Plain   string   `json:"plain,omitempty"` // the code of the colour of rows without classes
}

// Data gives the island as JSON.
func (i island) Data() (string, error) {
	text, err := json.Marshal(i)
	return string(text), err
}

// Wide and High give the drawing's size.
func (p *mapPage) Wide() int { return int(wide) }

// High gives the drawing's height.
func (p *mapPage) High() int { return int(high) }

func (s *Maps) page(w http.ResponseWriter, r *http.Request) error {
	base, err := s.Open(w, r, "map")
	if err != nil {
		return err
	}
	p := &mapPage{Page: base}
	p.Style, p.Script = "map.css", "map.js"
	if to, ok := p.around(); ok {
		return server.Moved(to)(w, r)
	}
	status, err := s.fill(r, p)
	if err != nil {
		return err
	}
	return s.Render(w, r, status, s.pages["map"], p)
}

func (s *Maps) embed(w http.ResponseWriter, r *http.Request) error {
	base, err := s.Open(w, r, "map")
	if err != nil {
		return err
	}
	p := &mapPage{Page: base}
	p.Style, p.Script, p.Embedded = "map.css", "map.js", true
	status, err := s.fill(r, p)
	if err != nil {
		return err
	}
	return s.Render(w, r, status, s.pages["map"], p)
}

// around reads the form that asks for rows around a position, and gives the address that says the same as a filter.
func (p *mapPage) around() (to string, ok bool) {
	p.Near = near{Lat: strings.TrimSpace(p.Params.Get("lat")), Lon: strings.TrimSpace(p.Params.Get("lon")), Km: strings.TrimSpace(p.Params.Get("km"))}
	if p.Near.Lat == "" && p.Near.Lon == "" {
		return "", false
	}
	var n [3]float64
	for i, text := range []string{p.Near.Lat, p.Near.Lon, p.Near.Km} {
		v, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			p.Near.Wrong = true
			return "", false
		}
		n[i] = v
	}
	if math.Abs(n[0]) > 90 || math.Abs(n[1]) > 180 || n[2] <= 0 || n[2] > 20_000 {
		p.Near.Wrong = true
		return "", false
	}
	f := p.Filter
	f.Areas = append(slices.Clone(f.Areas), data.Area{Corners: []data.Corner{{Lat: n[0], Lon: n[1]}}, Metres: math.Round(n[2] * 1000)})
	v := f.Values()
	if color := p.Params.Get("color"); color != "" {
		v.Set("color", color)
	}
	return p.Link(data.Address(p.ID, "map"), v), true
}

// credit says whose work the ground is: that of the drawing, and of the operator's where there is one.
func (s *Maps) credit() string {
	if s.ground == nil || s.ground.Credit == "" {
		return basemap.Attribution
	}
	return s.ground.Credit + ", " + basemap.Attribution
}

// fill asks for what the map shows.
func (s *Maps) fill(r *http.Request, p *mapPage) (status int, err error) {
	p.Query = p.Filter.Words
	p.Keep = page.Pairs(p.Params, func(name string) bool { return name != "q" && name != "lang" && name != "flg" })
	p.Table = p.Link(data.Address(p.ID, "table"), p.Filter.Values())
	p.Attribution = s.credit()
	place := p.Place()
	if place == nil {
		p.NoPlace = true
		return http.StatusOK, nil
	}
	if p.Hidden || p.NoRows {
		return http.StatusOK, nil
	}
	none := 0
	q := p.Filter.Question()
	q.Limit = &none
	all, err := s.Portal.Records(r.Context(), p.Actor, p.ID, q)
	if err != nil && fault.KindOf(err) == fault.Invalid {
		p.Error = p.Explain(err)
		return http.StatusBadRequest, nil
	}
	if err != nil {
		return 0, fmt.Errorf("map of %s: %w", p.ID, err)
	}
	p.Total = all.Total
	box, placed, err := s.extent(r, p, place)
	if err != nil {
		return 0, fmt.Errorf("map of %s: %w", p.ID, err)
	}
	p.Placed = placed
	colours, err := s.rule(r, p.Page, place)
	if err != nil {
		return 0, fmt.Errorf("colours of %s: %w", p.ID, err)
	}
	p.legend(colours)
	if placed > 0 {
		if err := s.draw(r, p, place, colours, box); err != nil {
			return 0, fmt.Errorf("map of %s: %w", p.ID, err)
		}
	}
	p.island(s.ground, place, colours, box)
	p.shared()
	return http.StatusOK, nil
}

// extent gives the box around the rows of a page's filter, and how many have a place.
func (s *Maps) extent(r *http.Request, p *mapPage, place *dataset.Field) (orb.Bound, int64, error) {
	q := p.Filter.Question()
	q.Select = fmt.Sprintf("bbox(%s) as b, count(%s) as n", data.FieldName(place.Name), data.FieldName(place.Name))
	found, err := s.Portal.Records(r.Context(), p.Actor, p.ID, q)
	if err != nil || len(found.Values) == 0 {
		return orb.Bound{}, 0, err
	}
	var box orb.Bound
	n, seen := int64(0), false
	for _, value := range found.Values[0] {
		switch v := value.(type) {
		case int64:
			n = v
		case dataset.Shape, dataset.Point:
			if g := geometry(v); g != nil {
				box, seen = g.Bound(), true
			}
		}
	}
	if !seen {
		return orb.Bound{}, 0, nil
	}
	return box, n, nil
}

// legend puts the rule into words.
func (p *mapPage) legend(u rule) {
	for _, f := range p.Entry.Fields {
		if !f.Numeric() && !kind(f) || f.Annotations.ID {
			continue
		}
		v := p.Filter.Values()
		v.Set("color", f.Name)
		p.Colours = append(p.Colours, choice{Tag: f.Name, Label: p.LabelOf(f).Text, Href: p.Link(data.Address(p.ID, "map"), v), On: u.Field != nil && f.Name == u.Field.Name})
	}
	if u.Field == nil {
		return
	}
	label := p.LabelOf(*u.Field)
	p.Legend = Legend{Title: label.Text, Lang: label.Lang, Unit: u.Field.Annotations.Unit, Classes: u.Classes, Numbers: u.Numbers}
}

// draw makes the drawing and the list of rows under it.
func (s *Maps) draw(r *http.Request, p *mapPage, place *dataset.Field, u rule, box orb.Bound) (err error) {
	f := newFrame(box)
	var names []caption
	if p.Land, p.Borders, names, err = f.ground(p.Rules); err != nil {
		return err
	}
	found, err := s.rows(r, p.Page, place, u.Field, box.Pad(1e-6), mostDrawn)
	if err != nil {
		return err
	}
	p.Cells = place.Type == dataset.GeoPoint && p.Placed > mostDrawn
	for _, row := range found.Features {
		id, _ := row.Properties["id"].(string)
		label, _ := row.Properties["label"].(string)
		href := p.Link(data.Address(p.ID, "record/"+id), p.Filter.Values())
		if label == "" {
			label = p.T("Row {id}", "id", id[:min(len(id), 8)])
		}
		value := ""
		if v := row.Properties["v"]; v != nil && u.Field != nil {
			value = data.Show(p.Printer, dataset.Column{Type: u.Field.Type, Name: u.Field.Name}, u.Field.Annotations.Decimals, v, false).Text
			if u.Field.Annotations.Unit != "" && u.Numbers {
				value += "\u00a0" + u.Field.Annotations.Unit
			}
		}
		if len(p.Listed) < mostListed {
			p.Listed = append(p.Listed, choice{Label: label, Href: href, Tag: value})
		}
		if p.Cells {
			continue
		}
		one, ok := f.draw(row.Geometry)
		if !ok {
			continue
		}
		one.Class, one.Href, one.name = u.of(row.Properties["v"]), href, label
		one.Title = label
		if value != "" {
			one.Title += ": " + value
		}
		p.Shapes = append(p.Shapes, one)
	}
	if p.Cells {
		cells, _, err := s.cells(r.Context(), p.Page, place, u.Field, box.Pad(1e-6), f.zoom())
		if err != nil {
			return err
		}
		for _, c := range cells {
			one := f.point(c.at)
			one.Radius = round1(math.Min(2.5+1.9*math.Log10(float64(c.rows)+1)*1.6, 16))
			one.Title = p.N("{n} row", "{n} rows", c.rows)
			if u.Field == nil || c.valued > 0 {
				one.Class = u.of(c.value)
			}
			p.Shapes = append(p.Shapes, one)
		}
	} else if p.Placed > int64(len(found.Features)) {
		p.Shown = len(found.Features)
	}
	slices.SortStableFunc(p.Shapes, func(a, b shape) int { return cmp.Compare(b.size, a.size) })
	if !p.Cells && len(p.Shapes) <= 300 {
		p.Captions = captions(p.Shapes, 40)
	}
	if len(p.Captions) == 0 {
		p.Captions = names
	}
	p.Says = p.N("{n} row with a place", "{n} rows with a place", p.Placed)
	return nil
}

// island gives the page's script what it needs.
func (p *mapPage) island(g *Ground, place *dataset.Field, u rule, box orb.Bound) {
	v := p.Filter.Values()
	if u.Field != nil {
		v.Set("color", u.Field.Name)
	}
	v.Set("v", data.Edition(p.Entry))
	p.Island = island{
		source: source{Tiles: data.FileAddress(p.ID, "tiles/{z}/{x}/{y}.mvt") + "?" + v.Encode(), Record: p.Href(data.Address(p.ID, "record/{id}")), Numbers: u.Numbers, Plain: u.plain}, Ground: "/basemap/{z}/{x}/{y}.mvt?v=" + basemap.Edition(),
		Most: basemap.MostZoom, Credit: p.Attribution,
		Box: [4]float64{box.Left(), box.Bottom(), box.Right(), box.Top()}, Name: "name",
	}
	p.Island.Record = strings.ReplaceAll(p.Island.Record, "%7Bid%7D", "{id}")
	if g != nil {
		p.Island.Kind, p.Island.Ground, p.Island.Most = "picture", "/basemap/own/{z}/{x}/{y}", g.nearest()
		if g.vector() {
			p.Island.Kind = "vector"
		}
	}
	if p.Rules == "fr" || p.Rules == "ar" {
		p.Island.Name = "name_" + p.Rules
	}
	for _, c := range u.Classes {
		switch {
		case u.Numbers && c.Code != "x":
			from, below := any(nil), any(nil)
			if !math.IsInf(c.from, 0) {
				from = c.from
			}
			if !math.IsInf(c.below, 0) {
				below = c.below
			}
			p.Island.Classes = append(p.Island.Classes, [3]any{c.Code, from, below})
		case !u.Numbers && c.value != "":
			p.Island.Classes = append(p.Island.Classes, [3]any{c.Code, c.value, nil})
		}
	}
}

// shared gives the address of this very map, and the code that shows it in another page.
func (p *mapPage) shared() {
	v := p.Filter.Values()
	if color := p.Params.Get("color"); color != "" {
		v.Set("color", color)
	}
	p.Sharing = p.Share("map", p.T("Address of this map"), p.Name, 560, v)
	p.Combine = p.Link("/maps/new/", url.Values{"add": {p.Sharing.Address}})
}

// Unplaced gives the number of rows that match and have no place.
func (p *mapPage) Unplaced() int64 { return p.Total - p.Placed }
