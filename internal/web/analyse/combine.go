package analyse

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"net/http"
	"slices"
	"strconv"

	"parvis/internal/fault"
	"parvis/internal/web/data"
	"parvis/internal/web/figure"
	"parvis/internal/web/page"
)

// Parts are the templates that other rooms may use: "figure" shows a Combined.
var Parts = templateFiles

// Combined is figures of several datasets put together. Its parts are named as those of analysePage, so that both fill
// one template.
type Combined struct {
	Result  result
	Finding string
	Below   string
	Notes   []string
	Rows    [][]string
	Heads   []string
	Plain   [][]string // Rows as files hold them
	Empty   bool
	JSON    string // address of the same for the page's script
	Sources []page.Choice

	citation []string
}

// Wide and Narrow draw the chart.
func (p *Combined) Wide() template.HTML { return p.Result.Wide() }

// Narrow draws the chart for a phone.
func (p *Combined) Narrow() template.HTML { return p.Result.Narrow() }

// File draws it as a file.
func (p *Combined) File() string { return p.Result.File() }

// Values gives it as the page's script reads it.
func (p *Combined) Values() any { return valuesOf(p.Result.Figure, p.Finding) }

// Swatch gives the colour of a series.
func (p *Combined) Swatch(i int) int { return swatch(i) }

// Citation gives the datasets that the chart is made of.
func (p *Combined) Citation() []string { return p.citation }

// Combine computes the figures of some addresses, each with the rights of who looks, and puts them together under a title; a
// single one may be of any kind. What cannot be shown to them is left out, and said in Notes.
func (s *Analyses) Combine(w http.ResponseWriter, r *http.Request, v page.View, title, kind string, of []data.Layer) (*Combined, error) {
	p := &Combined{Finding: title}
	p.Result.Kind, p.Result.Title, p.Result.Number = kind, title, (&analysePage{Page: data.Page{View: v}}).figure
	if !slices.Contains(figure.Joint, kind) {
		if len(of) == 1 {
			return p, s.alone(w, r, v, p, of[0], kind)
		}
		p.Result.Kind = figure.Column
		if len(of) > 1 {
			p.Notes = append(p.Notes, v.T("This kind shows one figure: take the other series out, or choose another kind."))
		}
	}
	var layers []result
	first := ""
	for _, l := range of {
		one, err := s.shown(w, r, v, p, l, "")
		if err != nil {
			return nil, err
		}
		if one == nil {
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
	}
	p.Notes = slices.Compact(p.Notes)
	p.Result.Labels, p.Result.Series = together(layers)
	p.Empty = len(p.Result.Labels) == 0
	p.Heads = []string{first}
	for _, one := range p.Result.Series {
		p.Heads = append(p.Heads, one.Name)
	}
	for i, label := range p.Result.Labels {
		shown, plain := []string{label}, []string{label}
		for _, one := range p.Result.Series {
			if value := one.Values[i]; math.IsNaN(value) {
				shown, plain = append(shown, "–"), append(plain, "")
			} else {
				shown, plain = append(shown, p.Result.Number(value)), append(plain, strconv.FormatFloat(value, 'f', -1, 64))
			}
		}
		p.Rows, p.Plain = append(p.Rows, shown), append(p.Plain, plain)
	}
	return p, nil
}

// shown computes one layer and notes where it comes from; nil is one that cannot be shown or has nothing to draw, which is
// noted too.
func (s *Analyses) shown(w http.ResponseWriter, r *http.Request, v page.View, p *Combined, l data.Layer, as string) (*analysePage, error) {
	one, err := s.layer(w, r, v, l, as)
	switch {
	case err == nil:
	case data.Withheld(err):
		p.Notes = append(p.Notes, v.T("One of its datasets cannot be shown here."))
		return nil, nil
	default:
		return nil, fmt.Errorf("layer of a chart: %w", err)
	}
	if one.Empty {
		p.Notes = append(p.Notes, v.T("{name} has nothing to draw: no row matches.", "name", cmp.Or(l.Label, one.Name)))
		return nil, nil
	}
	p.Notes = append(p.Notes, one.Notes...)
	source := one.Name
	if l.Label != "" {
		source = l.Label + " – " + source
	}
	p.Sources = append(p.Sources, choice{Label: source, Tag: one.Lang, Href: v.Link(data.Address(one.ID, "analyze"), one.Spec.values())})
	if !slices.Contains(p.citation, one.Name) {
		p.citation = append(p.citation, one.Name)
	}
	return one, nil
}

// alone takes a single figure as it is drawn on its dataset's page, under the title of the chart.
func (s *Analyses) alone(w http.ResponseWriter, r *http.Request, v page.View, p *Combined, l data.Layer, kind string) error {
	one, err := s.shown(w, r, v, p, l, kind)
	if err != nil {
		return err
	}
	if p.Empty = one == nil; p.Empty {
		return nil
	}
	title := p.Result.Title
	p.Result, p.Below, p.Rows, p.Heads, p.Plain = one.Result, one.Below, one.Rows, one.Heads, one.plain()
	p.Result.Title = title
	return nil
}

// layer computes one layer: the figure of its address, as if who looks had asked for it. As is its kind, "" for one that can
// be put together with others.
func (s *Analyses) layer(w http.ResponseWriter, r *http.Request, v page.View, l data.Layer, as string) (*analysePage, error) {
	asked, err := l.Asked(r, v, "analyze")
	if err != nil {
		return nil, err
	}
	query := asked.URL.Query()
	if kind := query.Get("kind"); as == "" && kind != "" && (kind == figure.Combined || !slices.Contains(figure.Joint, kind)) {
		as = figure.Column // what has no series of values by labels
	}
	if as != "" {
		query.Set("kind", as)
		asked.URL.RawQuery = query.Encode()
	}
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
