package analyse

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parvis/internal/account"
	"parvis/internal/fault"
	"parvis/internal/server"
	"parvis/internal/visual"
	"parvis/internal/web/data"
	"parvis/internal/web/page"
)

// savedEdit is the form of a saved chart, with what it draws below. The form holds all of it: layers are added, moved and
// taken out without anything being saved, and without a script.
type savedEdit struct {
	savedPage
	Form   page.Form
	Kinds  []choice
	Layers []layerForm
	New    bool
	Base   string // where the form is sent
	Back   string
	Drawn  bool
	Most   struct{ Title, About, Label, Layers int }
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

// editSaved opens the form to who may change the chart of the address, or, where there is none in it, make one. to is
// where a visitor must go first, "" for who is signed in.
func (s *Analyses) editSaved(w http.ResponseWriter, r *http.Request) (p *savedEdit, v *visual.Visual, to string, err error) {
	p = &savedEdit{savedPage: savedPage{View: s.View(w, r, nil, "charts")}, New: r.PathValue("chart") == ""}
	if !p.Visitor().SignedIn() {
		return p, nil, p.SignIn(), nil
	}
	p.actor = p.Visitor().Actor
	p.Base, p.Back = "/charts/new/", p.Href("/charts/")
	v = &visual.Visual{Draft: visual.Draft{Kind: "line", Language: p.Tag, Open: true}}
	if !p.New {
		if v, _, err = s.findSaved(w, r); err != nil {
			return nil, nil, "", err
		}
		if !visual.MayEdit(p.actor, v) {
			return nil, nil, "", fault.New(fault.Forbidden, "This chart is somebody else's.")
		}
		p.Base = savedPath(v.ID) + "edit/"
		p.Back = p.Href(savedPath(v.ID))
	}
	p.Most.Title, p.Most.About, p.Most.Label, p.Most.Layers = visual.LongestTitle, visual.LongestAbout, visual.LongestLabel, visual.MostLayers
	return p, v, "", nil
}

// show fills the form, draws what it says, and writes the page.
func (s *Analyses) show(w http.ResponseWriter, r *http.Request, p *savedEdit, d visual.Draft, status int) error {
	if p.Form.Values == nil {
		p.Form.Values = url.Values{}
	}
	p.Form.Values.Set("title", d.Title)
	p.Form.Values.Set("about", d.About)
	p.Form.Values.Del("open")
	if d.Open {
		p.Form.Values.Set("open", "yes")
	}
	names := map[string]string{"line": p.T("Line"), "area": p.T("Area"), "column": p.T("Columns"), "bar": p.T("Bars"), "stacked": p.T("Stacked"), "combined": p.T("Combined")}
	for _, k := range visual.Kinds() {
		p.Kinds = append(p.Kinds, choice{Label: names[k], Tag: k, On: k == d.Kind})
	}
	shown := d
	shown.Layers = nil
	for i, l := range d.Layers {
		p.Layers = append(p.Layers, layerForm{l, i, i == 0, i == len(d.Layers)-1})
		if l.Of != "" {
			shown.Layers = append(shown.Layers, l)
		}
	}
	title := p.T("Change the chart")
	if p.New {
		title = p.T("New chart")
	}
	if err := s.compose(w, r, &p.savedPage, shown); err != nil {
		return err
	}
	p.Title, p.Drawn = title, !p.Empty
	p.Style, p.Script, p.JSON = "analyse.css office.css editor.css", "", ""
	return s.Render(w, r, status, s.pages["savededit"], p)
}

func (s *Analyses) savedForm(w http.ResponseWriter, r *http.Request) error {
	p, v, to, err := s.editSaved(w, r)
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
	}
	return s.show(w, r, p, d, http.StatusOK)
}

// postSaved does what the pressed button says.
func (s *Analyses) postSaved(w http.ResponseWriter, r *http.Request) error {
	p, v, to, err := s.editSaved(w, r)
	if err != nil {
		return err
	}
	if to != "" {
		return fault.New(fault.Unauthenticated, "This needs to be signed in.")
	}
	if err := server.ParseForm(r); err != nil {
		return err
	}
	p.Form.Values = r.PostForm
	d := visual.Draft{Title: p.Form.Of("title"), About: p.Form.Of("about"), Kind: p.Form.Of("kind"), Language: v.Language, Open: p.Form.Holds("open", "yes")}
	if !slices.Contains(visual.Kinds(), d.Kind) {
		d.Kind = "line"
	}
	for i, of := range r.PostForm["of"] {
		l := visual.Layer{Of: strings.TrimSpace(of)}
		if labels := r.PostForm["label"]; i < len(labels) {
			l.Label = strings.TrimSpace(labels[i])
		}
		if len(d.Layers) < visual.MostLayers {
			d.Layers = append(d.Layers, l)
		}
	}
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
				http.Redirect(w, r, p.Href(savedPath(id)), http.StatusSeeOther)
				return nil
			}
		}
		status = http.StatusUnprocessableEntity
	case "remove":
		if p.New {
			break
		}
		if err := s.visuals.Remove(r.Context(), p.actor, v.ID); err != nil {
			return err
		}
		http.Redirect(w, r, p.Href("/charts/"), http.StatusSeeOther)
		return nil
	default:
		d.Layers = arranged(d.Layers, act, which)
	}
	return s.show(w, r, p, d, status)
}

// keep saves a chart, a new one where it has no number yet.
func (s *Analyses) keep(r *http.Request, by account.Actor, id int64, d visual.Draft) (int64, error) {
	if id == 0 {
		return s.visuals.Save(r.Context(), by, d)
	}
	return id, s.visuals.Change(r.Context(), by, id, d)
}

// check notes what must be mended.
func (p *savedEdit) check(d visual.Draft) {
	if d.Title == "" {
		p.Form.Wrong("title", p.T("Give it a title"))
	}
	if len(d.Layers) == 0 {
		p.Form.Wrong("", p.T("Add a series"))
	}
	for i, l := range d.Layers {
		if _, tab, _, ok := data.ViewOf(l.Of); !ok || tab != "analyze" {
			p.Form.Wrong("of-"+strconv.Itoa(i), p.T("Give the address of a figure of a dataset"))
		}
	}
}

// arranged adds a layer, moves one or takes one out.
func arranged(layers []visual.Layer, act, which string) []visual.Layer {
	if act == "add" && len(layers) < visual.MostLayers {
		return append(layers, visual.Layer{})
	}
	i, err := strconv.Atoi(which)
	if err != nil || i < 0 || i >= len(layers) {
		return layers
	}
	switch {
	case act == "up" && i > 0:
		layers[i-1], layers[i] = layers[i], layers[i-1]
	case act == "down" && i+1 < len(layers):
		layers[i], layers[i+1] = layers[i+1], layers[i]
	case act == "out":
		return slices.Delete(layers, i, i+1)
	}
	return layers
}
