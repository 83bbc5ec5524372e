package saved

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parvis/internal/account"
	"parvis/internal/fault"
	"parvis/internal/visual"
	"parvis/internal/web/analyse"
	"parvis/internal/web/data"
	"parvis/internal/web/maps"
	"parvis/internal/web/page"
)

// editPage is the form of a chart or a map. The form holds all of it: layers are added, moved and taken out without
// anything being saved, and without a script.
type editPage struct {
	page.View
	Form   page.Form
	Map    bool
	Kinds  []choice // of charts
	Layers []layerForm
	New    bool
	Base   string // where the form is sent
	Back   string
	Chart  *drawnChart // what it draws, nil for nothing yet
	Atlas  *drawnMap
	Notes  []string
	Most   struct{ Title, About, Label, Layers int }
	actor  account.Actor
}

// drawnChart is what the template "figure" shows.
type drawnChart struct {
	page.View
	*analyse.Combined
}

// drawnMap is what the template "map" shows.
type drawnMap struct {
	page.View
	*maps.Layered
}

// layerForm is a layer in the form.
type layerForm struct {
	visual.Layer
	N           int
	First, Last bool
}

// Number counts layers as people do.
func (l layerForm) Number() int { return l.N + 1 }

// At gives the number under which a field of the layer stands in the form.
func (l layerForm) At(field string) string { return field + "-" + strconv.Itoa(l.N) }

// edit opens the form to who may change the chart or map of the address, or, where there is none in it, make one. to is
// where a visitor must go first, "" for who is signed in.
func (s *Site) edit(w http.ResponseWriter, r *http.Request) (p *editPage, v *visual.Visual, to string, err error) {
	p = &editPage{View: s.View(w, r, nil, "charts"), New: r.PathValue("visual") == "", Map: kindOf(r) == "/maps/"}
	if !p.Visitor().SignedIn() {
		return p, nil, p.SignIn(), nil
	}
	p.actor = p.Visitor().Actor
	p.Base, p.Back = kindOf(r)+"new/", p.Href("/charts/")
	v = &visual.Visual{Draft: visual.Draft{Kind: "line", Language: p.Tag, Open: true}}
	if p.Map {
		v.Kind = visual.Map
	}
	if !p.New {
		if v, _, err = s.find(w, r); err != nil {
			return nil, nil, "", err
		}
		if !visual.MayEdit(p.actor, v) {
			return nil, nil, "", fault.New(fault.Forbidden, "This is somebody else's.")
		}
		p.Base, p.Back = pathOf(v)+"edit/", p.Href(pathOf(v))
	}
	switch {
	case p.New && p.Map:
		p.Title = p.T("New map")
	case p.New:
		p.Title = p.T("New chart")
	case p.Map:
		p.Title = p.T("Change the map")
	default:
		p.Title = p.T("Change the chart")
	}
	p.Style = "analyse.css map.css office.css editor.css"
	p.Most.Title, p.Most.About, p.Most.Label, p.Most.Layers = visual.LongestTitle, visual.LongestAbout, visual.LongestLabel, visual.MostLayers
	return p, v, "", nil
}

// show fills the form, draws what it says, and writes the page.
func (s *Site) show(w http.ResponseWriter, r *http.Request, p *editPage, d visual.Draft, status int) error {
	if p.Form.Values == nil {
		p.Form.Values = url.Values{}
	}
	p.Form.Values.Set("title", d.Title)
	p.Form.Values.Set("about", d.About)
	p.Form.Values.Del("open")
	if d.Open {
		p.Form.Values.Set("open", "yes")
	}
	for _, k := range visual.Kinds() {
		if k != visual.Map {
			p.Kinds = append(p.Kinds, choice{Label: analyse.KindName(p.View, k), Tag: k, On: k == d.Kind})
		}
	}
	var filled []visual.Layer
	for i, l := range d.Layers {
		p.Layers = append(p.Layers, layerForm{l, i, i == 0, i == len(d.Layers)-1})
		if l.Of != "" {
			filled = append(filled, l)
		}
	}
	if err := s.draw(w, r, p, d, filled); err != nil {
		return err
	}
	return s.Render(w, r, status, s.pages["edit"], p)
}

// draw computes what the layers show.
func (s *Site) draw(w http.ResponseWriter, r *http.Request, p *editPage, d visual.Draft, layers []visual.Layer) error {
	if p.Map {
		drawn, err := s.o.Maps.Layer(w, r, p.View, layersOf(layers))
		if err != nil {
			return err
		}
		if p.Notes = drawn.Notes; drawn.Placed > 0 {
			p.Atlas = &drawnMap{p.View, drawn}
		}
		return nil
	}
	drawn, err := s.o.Analyses.Combine(w, r, p.View, d.Title, d.Kind, layersOf(layers))
	if err != nil {
		return err
	}
	if p.Notes = drawn.Notes; !drawn.Empty {
		p.Chart = &drawnChart{p.View, drawn}
	}
	return nil
}

func (s *Site) form(w http.ResponseWriter, r *http.Request) error {
	p, v, to, err := s.edit(w, r)
	if err != nil {
		return err
	}
	if to != "" {
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	}
	d := v.Draft
	if p.New {
		d.Layers = append(d.Layers, visual.Layer{Of: p.Params.Get("add")})
		if _, _, query, ok := data.ViewOf(p.Params.Get("add")); ok && !p.Map && drawable(query.Get("kind")) {
			d.Kind = query.Get("kind")
		}
	}
	return s.show(w, r, p, d, http.StatusOK)
}

// post does what the pressed button says.
func (s *Site) post(w http.ResponseWriter, r *http.Request) error {
	p, v, to, err := s.edit(w, r)
	if err != nil {
		return err
	}
	if to != "" {
		return fault.New(fault.Unauthenticated, "This needs to be signed in.")
	}
	if p.Form, err = page.Posted(r); err != nil {
		return err
	}
	d := p.read(v)
	status := http.StatusOK
	switch act, which, _ := strings.Cut(p.Form.Of("act"), ":"); act {
	case "save":
		id := v.ID
		p.check(d)
		if p.Form.Sound() {
			id, err = s.keep(r, p.actor, id, d)
			switch fault.KindOf(err) {
			case fault.Invalid, fault.Limited:
				p.Form.Wrong("", p.T("This cannot be taken as it is: {reason}", "reason", fault.Message(err)))
			default:
				if err != nil {
					return err
				}
				http.Redirect(w, r, p.Href(pathOf(&visual.Visual{ID: id, Draft: d})), http.StatusSeeOther)
				return nil
			}
		}
		status = http.StatusUnprocessableEntity
	case "remove":
		if p.New {
			break
		}
		if err := s.o.Visuals.Remove(r.Context(), p.actor, v.ID); err != nil {
			return err
		}
		http.Redirect(w, r, p.Href("/charts/"), http.StatusSeeOther)
		return nil
	case "add":
		if len(d.Layers) < visual.MostLayers {
			d.Layers = append(d.Layers, visual.Layer{})
		}
	default:
		d.Layers = page.Arranged(d.Layers, act, which)
	}
	return s.show(w, r, p, d, status)
}

// read reads the form.
func (p *editPage) read(v *visual.Visual) visual.Draft {
	d := visual.Draft{Title: p.Form.Of("title"), About: p.Form.Of("about"), Kind: p.Form.Of("kind"), Language: v.Language, Open: p.Form.Holds("open", "yes")}
	switch {
	case p.Map:
		d.Kind = visual.Map
	case !drawable(d.Kind):
		d.Kind = "line"
	}
	for i, of := range p.Form.Values["of"] {
		l := visual.Layer{Of: strings.TrimSpace(of)}
		if labels := p.Form.Values["label"]; i < len(labels) {
			l.Label = strings.TrimSpace(labels[i])
		}
		if len(d.Layers) < visual.MostLayers {
			d.Layers = append(d.Layers, l)
		}
	}
	return d
}

// drawable tells whether a chart may be of a kind.
func drawable(kind string) bool { return kind != visual.Map && slices.Contains(visual.Kinds(), kind) }

// keep saves a chart or a map, a new one where it has no number yet.
func (s *Site) keep(r *http.Request, by account.Actor, id int64, d visual.Draft) (int64, error) {
	if id == 0 {
		return s.o.Visuals.Save(r.Context(), by, d)
	}
	return id, s.o.Visuals.Change(r.Context(), by, id, d)
}

// check notes what must be mended.
func (p *editPage) check(d visual.Draft) {
	if d.Title == "" {
		p.Form.Wrong("title", p.T("Give it a title"))
	}
	if visual.Alone(d.Kind) && len(d.Layers) > 1 {
		p.Form.Wrong("kind", p.T("This kind shows one figure: take the other series out, or choose another kind."))
	}
	if len(d.Layers) == 0 {
		p.Form.Wrong("", p.T("There is nothing in it yet: add something to draw"))
	}
	for i, l := range d.Layers {
		_, tab, _, ok := data.ViewOf(l.Of)
		switch at := "of-" + strconv.Itoa(i); {
		case p.Map && (!ok || tab != "map"):
			p.Form.Wrong(at, p.T("Give the address of a map of a dataset"))
		case !p.Map && (!ok || tab != "analyze"):
			p.Form.Wrong(at, p.T("Give the address of a figure of a dataset"))
		}
	}
}
