package analyse

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"parvis/internal/account"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/visual"
	"parvis/internal/web/data"
	"parvis/internal/web/figure"
	"parvis/internal/web/page"
)

// savedPage shows a chart that somebody saved. Its parts are named as those of analysePage, so that both fill one template.
type savedPage struct {
	page.View
	Result    result
	Finding   string
	Below     string
	Notes     []string
	Rows      [][]string
	Heads     []string
	Empty     bool
	CSV, JSON string
	SVG       string
	Sharing   data.Sharing
	Says      string
	Written   string // the language of the title
	Edit      string // where it is changed, "" for who may not
	Closed    bool   // its owner alone is shown it
	Sources   []choice
	actor     account.Actor
	citation  []string
	plainRows [][]string
}

// Wide and Narrow draw the chart.
func (p *savedPage) Wide() template.HTML { return p.Result.Wide() }

// Narrow draws the chart for a phone.
func (p *savedPage) Narrow() template.HTML { return p.Result.Narrow() }

// Swatch gives the colour of a series.
func (p *savedPage) Swatch(i int) int { return swatch(i) }

// Citation gives the datasets that the chart is made of.
func (p *savedPage) Citation() []string { return p.citation }

// savedPath gives the path of a saved chart.
func savedPath(id int64) string { return "/charts/" + strconv.FormatInt(id, 10) + "/" }

// findSaved gives the chart of the address.
func (s *Analyses) findSaved(w http.ResponseWriter, r *http.Request) (*visual.Visual, account.Actor, error) {
	actor, err := s.Server.Actor(w, r)
	if err != nil {
		return nil, actor, err
	}
	id, _ := strconv.ParseInt(r.PathValue("chart"), 10, 64) // what is no number is the number of none
	v, err := s.visuals.Find(r.Context(), actor, id)
	return v, actor, err
}

// openSaved opens the chart of the address with its values.
func (s *Analyses) openSaved(w http.ResponseWriter, r *http.Request) (*savedPage, error) {
	v, actor, err := s.findSaved(w, r)
	if err != nil {
		return nil, err
	}
	p := &savedPage{View: s.View(w, r, nil, "charts"), actor: actor, Closed: !v.Open, Written: v.Language}
	if err := s.compose(w, r, p, v.Draft); err != nil {
		return nil, err
	}
	path := savedPath(v.ID)
	p.CSV, p.JSON, p.SVG = p.Href(path+"values.csv"), p.Href(path+"values.json"), p.Href(path+"figure.svg")
	if visual.MayEdit(actor, v) && p.Visitor().SignedIn() {
		p.Edit = p.Href(path + "edit/")
	}
	query := "?" + url.Values{"lang": {p.Tag}}.Encode()
	p.Sharing = data.Sharing{Label: p.T("Address of this chart"), Address: p.Origin + path + query, Code: `<iframe src="` + template.HTMLEscapeString(p.Origin+path+"embed/"+query) +
		`" width="100%" height="560" loading="lazy" title="` + template.HTMLEscapeString(v.Title) + `"></iframe>`}
	if v.Open {
		p.About = cmp.Or(page.Cut(v.About, 300), v.Title)
	}
	return p, nil
}

// compose computes the layers of a chart, each with the rights of who looks, and puts them together.
func (s *Analyses) compose(w http.ResponseWriter, r *http.Request, p *savedPage, d visual.Draft) error {
	p.Title, p.Finding, p.Says = d.Title, d.Title, d.About
	p.Style, p.Script = "analyse.css", "chart.js"
	p.Result.Kind, p.Result.Title, p.Result.Number = d.Kind, d.Title, (&analysePage{Page: data.Page{View: p.View}}).figure
	var layers []result
	first := ""
	for _, l := range d.Layers {
		one, err := s.layer(w, r, p, l)
		switch kind := fault.KindOf(err); {
		case err == nil:
		case kind == fault.NotFound || kind == fault.Forbidden || kind == fault.Invalid || kind == fault.Unavailable:
			p.Notes = append(p.Notes, p.T("One of its datasets cannot be shown here."))
			continue
		default:
			return fmt.Errorf("layer of a chart: %w", err)
		}
		if one.Empty {
			p.Notes = append(p.Notes, p.T("{name} has nothing to draw: no row matches.", "name", cmp.Or(l.Label, one.Name)))
			continue
		}
		for i := range one.Result.Series {
			name := one.Result.Series[i].Name
			switch {
			case l.Label != "" && len(one.Result.Series) > 1:
				name = l.Label + " – " + name
			case l.Label != "":
				name = l.Label
			default:
				name = one.Name + " – " + name
			}
			one.Result.Series[i].Name = name
		}
		layers = append(layers, one.Result)
		first = cmp.Or(first, one.Heads[0])
		p.Notes = append(p.Notes, one.Notes...)
		source := one.Name
		if l.Label != "" {
			source = l.Label + " – " + source
		}
		p.Sources = append(p.Sources, choice{Label: source, Tag: one.Lang, Href: p.Link(data.Address(one.ID, "analyze"), one.Spec.values())})
		if !slices.Contains(p.citation, one.Name) {
			p.citation = append(p.citation, one.Name)
		}
	}
	p.Result.Labels, p.Result.Series = together(layers)
	p.Empty = len(p.Result.Labels) == 0
	p.Notes = slices.Compact(p.Notes)
	p.Heads = []string{first}
	for _, one := range p.Result.Series {
		p.Heads = append(p.Heads, one.Name)
	}
	for i, label := range p.Result.Labels {
		shown, plain := []string{label}, []string{label}
		for _, one := range p.Result.Series {
			if v := one.Values[i]; math.IsNaN(v) {
				shown, plain = append(shown, "–"), append(plain, "")
			} else {
				shown, plain = append(shown, p.Result.Number(v)), append(plain, strconv.FormatFloat(v, 'f', -1, 64))
			}
		}
		p.Rows, p.plainRows = append(p.Rows, shown), append(p.plainRows, plain)
	}
	return nil
}

// layer computes one layer: the figure of its address, as if who looks had asked for it.
func (s *Analyses) layer(w http.ResponseWriter, r *http.Request, p *savedPage, l visual.Layer) (*analysePage, error) {
	id, tab, query, ok := data.ViewOf(l.Of)
	if !ok || tab != "analyze" {
		return nil, fault.New(fault.Invalid, "This is no address of a figure of a dataset: %.200s", l.Of)
	}
	switch query.Get("kind") {
	case "", figure.Line, figure.Area, figure.Column, figure.Bar, figure.Stacked, figure.Share:
	default: // what has no series of values by labels
		query.Set("kind", figure.Column)
	}
	query.Set("lang", p.Tag)
	asked := r.Clone(r.Context())
	asked.URL = &url.URL{Path: data.Address(id, tab), RawQuery: query.Encode()}
	asked.SetPathValue("id", id)
	one, _, err := s.open(w, asked)
	switch {
	case err != nil:
		return nil, err
	case one.Error != nil:
		return nil, fault.New(fault.Invalid, "%s", one.Error.Detail)
	case one.Hidden || one.NoRows:
		return nil, fault.New(fault.Forbidden, "The rows of the dataset are not shown.")
	}
	return one, nil
}

// together puts figures side by side: all their labels, each once and in the order in which they follow one another, and
// all their series.
func together(layers []result) (labels []string, series []figure.Series) {
	for _, l := range layers {
		labels = merged(labels, l.Labels)
	}
	at := map[string]int{}
	for i, l := range labels {
		at[l] = i
	}
	for _, l := range layers {
		for _, one := range l.Series {
			values := make([]float64, len(labels))
			for i := range values {
				values[i] = math.NaN()
			}
			for i, label := range l.Labels {
				values[at[label]] = one.Values[i]
			}
			series = append(series, figure.Series{Name: one.Name, Values: values})
		}
	}
	return labels, series
}

// merged puts the labels of b among those of a: behind the one that they follow in b, or before the first that both have.
func merged(a, b []string) []string {
	known := map[string]bool{}
	for _, l := range a {
		known[l] = true
	}
	var out []string
	taken := map[string]bool{}
	var wait []string // of b, until the next label that both have
	next := 0
	take := func(l string) {
		if !taken[l] {
			taken[l] = true
			out = append(out, l)
		}
	}
	for _, l := range b {
		if !known[l] {
			wait = append(wait, l)
			continue
		}
		if at := slices.Index(a[next:], l); at >= 0 {
			for _, before := range a[next : next+at] {
				take(before)
			}
			next += at + 1
		}
		for _, one := range wait {
			take(one)
		}
		wait = nil
		take(l)
	}
	for _, l := range a[next:] {
		take(l)
	}
	for _, l := range wait {
		take(l)
	}
	return out
}

func (s *Analyses) saved(w http.ResponseWriter, r *http.Request) error {
	p, err := s.openSaved(w, r)
	if err != nil {
		return err
	}
	return s.Render(w, r, http.StatusOK, s.pages["saved"], p)
}

func (s *Analyses) savedEmbed(w http.ResponseWriter, r *http.Request) error {
	p, err := s.openSaved(w, r)
	if err != nil {
		return err
	}
	p.Embedded, p.Script = true, ""
	return s.Render(w, r, http.StatusOK, s.pages["saved"], p)
}

// savedValues opens a chart for one of its files. Kind NotFound: it has no values for who asks.
func (s *Analyses) savedValues(w http.ResponseWriter, r *http.Request) (*savedPage, error) {
	p, err := s.openSaved(w, r)
	if err == nil && p.Empty {
		err = fault.New(fault.NotFound, "There are no values to draw.")
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	return p, err
}

func (s *Analyses) savedCSV(w http.ResponseWriter, r *http.Request) error {
	p, err := s.savedValues(w, r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="chart-`+r.PathValue("chart")+`.csv"`)
	out := csv.NewWriter(w)
	out.Comma = ';'
	if _, err := w.Write([]byte("\ufeff")); err != nil {
		return err
	}
	if err := out.WriteAll(append([][]string{p.Heads}, p.plainRows...)); err != nil {
		return err
	}
	return out.Error()
}

func (s *Analyses) savedJSON(w http.ResponseWriter, r *http.Request) error {
	p, err := s.savedValues(w, r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(valuesOf(p.Result.Figure, p.Finding))
}

func (s *Analyses) savedSVG(w http.ResponseWriter, r *http.Request) error {
	p, err := s.savedValues(w, r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Content-Disposition", `attachment; filename="chart-`+r.PathValue("chart")+`.svg"`)
	_, err = w.Write([]byte(p.Result.File()))
	return err
}

// savedList lists the charts that somebody is shown.
type savedList struct {
	page.View
	Charts []savedLine
	New    string
}

type savedLine struct {
	*visual.Visual
	Lang  template.HTMLAttr
	Href  string
	Mine  bool
	Count int64 // of its layers
}

func (s *Analyses) savedList(w http.ResponseWriter, r *http.Request) error {
	actor, err := s.Server.Actor(w, r)
	if err != nil {
		return err
	}
	p := &savedList{View: s.View(w, r, func(l *locale.Printer) string { return l.T("Charts") }, "charts")}
	p.About = p.T("Charts that people have made of one dataset or several.")
	if p.Person() != nil {
		p.New = p.Href("/charts/new/")
	}
	found, err := s.visuals.Shown(r.Context(), actor)
	if err != nil {
		return err
	}
	for _, v := range found {
		p.Charts = append(p.Charts, savedLine{v, p.In(v.Language), p.Href(savedPath(v.ID)), p.Person() != nil && p.Person().ID == v.Owner, int64(len(v.Layers))})
	}
	return s.Render(w, r, http.StatusOK, s.pages["savedlist"], p)
}
