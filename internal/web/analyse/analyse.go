package analyse

import (
	"cmp"
	"embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"parvis/internal/fault"
	"parvis/internal/server"
	"parvis/internal/web/data"
	"parvis/internal/web/figure"
	"parvis/internal/web/page"
)

//go:embed templates/*.html
var templateFiles embed.FS

type (
	choice = page.Choice
	pair   = page.Pair
)

// Analyses is the door of the figures.
type Analyses struct {
	*data.Frame
	pages map[string]*template.Template
}

// New makes the Analyses; a template that cannot be read is an error.
func New(frame *data.Frame) (*Analyses, error) {
	pages, err := data.Templates(templateFiles)
	return &Analyses{Frame: frame, pages: pages}, err
}

// Register adds the figures to a mux whose answers page.Frame guards.
func (s *Analyses) Register(mux *http.ServeMux) {
	page := func(pattern string, h server.Handler) { mux.Handle(pattern, s.Handle(h)) }

	page("GET /explore/dataset/{id}/analyze/{$}", server.Counted("analyze", s.page))
	page("GET /explore/embed/dataset/{id}/analyze/{$}", server.Counted("analyze", s.embed))
	page("GET /explore/dataset/{id}/analyze/values.csv", s.csv)
	page("GET /explore/dataset/{id}/analyze/values.json", s.json)
	page("GET /explore/dataset/{id}/analyze/figure.svg", s.svg)
}

// analysePage shows a figure and the form that changes it.
type analysePage struct {
	data.Page
	Spec                                                 spec
	Result                                               result
	Error                                                *data.Mistake
	Wrong                                                []string // parameters that mean nothing here
	Finding                                              string
	Below                                                string // what is measured, in words
	Notes                                                []string
	Kinds, Groups, Steps, Funcs, Measures, Splits, Sorts []choice
	Keep                                                 []pair // the filter
	Rows                                                 [][]string
	Heads                                                []string
	Empty                                                bool

	CSV, JSON, SVG string
	Combine        string // where it becomes a part of a chart of several datasets
	Sharing        data.Sharing
}

// Wide and Narrow draw the figure.
func (p *analysePage) Wide() template.HTML { return p.Result.Wide() }

// Narrow draws the figure for a phone.
func (p *analysePage) Narrow() template.HTML { return p.Result.Narrow() }

func (s *Analyses) open(w http.ResponseWriter, r *http.Request) (p *analysePage, status int, err error) {
	base, err := s.Open(w, r, "analyze")
	if err != nil {
		return nil, 0, err
	}
	p = &analysePage{Page: base}
	p.Style, p.Script = "analyse.css", "chart.js"
	if p.Hidden || p.NoRows {
		return p, http.StatusOK, nil
	}
	p.Spec, p.Wrong = read(p.Page, p.Params)
	p.Keep = page.Pairs(p.Filter.Values(), func(string) bool { return true })
	p.choices()
	p.Result, err = s.compute(r, p.Page, p.Spec)
	if err != nil && fault.KindOf(err) == fault.Invalid {
		p.Error = p.Explain(err)
		return p, http.StatusBadRequest, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("figure of %s: %w", p.ID, err)
	}
	p.Result.Number = p.figure
	p.Empty = len(p.Result.Labels) == 0 && len(p.Result.Points) == 0
	p.word()
	p.table()
	p.addresses()
	return p, http.StatusOK, nil
}

func (s *Analyses) page(w http.ResponseWriter, r *http.Request) error {
	p, status, err := s.open(w, r)
	if err != nil {
		return err
	}
	return s.Render(w, r, status, s.pages["analyse"], p)
}

func (s *Analyses) embed(w http.ResponseWriter, r *http.Request) error {
	p, status, err := s.open(w, r)
	if err != nil {
		return err
	}
	p.Embedded, p.Script = true, ""
	return s.Render(w, r, status, s.pages["analyse"], p)
}

// values opens a figure for one of its files; a figure of nothing is fault.NotFound.
func (s *Analyses) values(w http.ResponseWriter, r *http.Request) (*analysePage, error) {
	p, _, err := s.open(w, r)
	switch {
	case err != nil:
		return nil, err
	case p.Error != nil:
		return nil, fault.New(fault.Invalid, "%s", p.Error.Detail)
	case p.Hidden || p.NoRows || p.Empty:
		return nil, fault.New(fault.NotFound, "There are no values to draw.")
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	return p, nil
}

// csv gives the values of a figure as a file.
func (s *Analyses) csv(w http.ResponseWriter, r *http.Request) error {
	p, err := s.values(w, r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+p.file()+`.csv"`)
	out := csv.NewWriter(w)
	out.Comma = ';'
	if _, err := w.Write([]byte("\ufeff")); err != nil {
		return err
	}
	if err := out.Write(p.Heads); err != nil {
		return err
	}
	for _, row := range p.plain() {
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// file names the files of a figure.
func (p *analysePage) file() string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.' {
			return r
		}
		return '-'
	}, p.ID)
}

// json gives a figure to the page's script.
func (s *Analyses) json(w http.ResponseWriter, r *http.Request) error {
	p, err := s.values(w, r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(valuesOf(p.Result.Figure, p.Finding))
}

// valuesOf gives a figure as the page's script reads it: kind, labels, series of values, points.
func valuesOf(f figure.Figure, title string) any {
	type series struct {
		Name   string       `json:"name"`
		Values []*float64   `json:"values"`
		Low    []*float64   `json:"low,omitempty"`
		Boxes  [][]*float64 `json:"boxes,omitempty"`
	}
	list := func(values []float64) []*float64 {
		out := make([]*float64, len(values))
		for i, v := range values {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				out[i] = &values[i]
			}
		}
		return out
	}
	answer := struct {
		Kind   string   `json:"kind"`
		Title  string   `json:"title"`
		Labels []string `json:"labels"`
		Series []series `json:"series"`
		Points [][3]any `json:"points,omitempty"`
	}{Kind: f.Kind, Title: title, Labels: f.Labels}
	for _, one := range f.Series {
		out := series{Name: one.Name, Values: list(one.Values), Low: list(one.Low)}
		for _, b := range one.Boxes {
			out.Boxes = append(out.Boxes, list(b[:]))
		}
		answer.Series = append(answer.Series, out)
	}
	for _, point := range f.Points {
		answer.Points = append(answer.Points, [3]any{point.X, point.Y, point.Name})
	}
	return answer
}

// svg gives the drawing as a file.
func (s *Analyses) svg(w http.ResponseWriter, r *http.Request) error {
	p, err := s.values(w, r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Content-Disposition", `attachment; filename="`+p.file()+`.svg"`)
	_, err = w.Write([]byte(p.Result.File()))
	return err
}

// figure writes a number with as many digits as say something.
func (p *analysePage) figure(v float64) string {
	switch size := math.Abs(v); {
	case v == math.Trunc(v) && size < 1e15, size >= 100:
		return p.Number(v, 0)
	case size >= 1:
		return p.Number(math.Round(v*10)/10, -1)
	}
	return p.Number(v, 3)
}

// functionName names a function of values.
func functionName(p data.Page, name string) string {
	switch name {
	case "sum":
		return p.T("Sum")
	case "avg":
		return p.T("Average")
	case "min":
		return p.T("Least")
	case "max":
		return p.T("Most")
	case "median":
		return p.T("Median")
	}
	return p.T("Number of rows")
}

// KindName names a kind of figure.
func KindName(v page.View, kind string) string {
	switch kind {
	case figure.Bar:
		return v.T("Bars")
	case figure.Column:
		return v.T("Columns")
	case figure.Line:
		return v.T("Line")
	case figure.Area:
		return v.T("Area")
	case figure.Scatter:
		return v.T("Points")
	case figure.Pie:
		return v.T("Pie")
	case figure.Box:
		return v.T("Boxes")
	case figure.Treemap:
		return v.T("Tiles")
	case figure.Stacked:
		return v.T("Stacked")
	case figure.Share:
		return v.T("Shares")
	case figure.Range:
		return v.T("Range")
	case figure.Heat:
		return v.T("Heat map")
	case figure.Combined:
		return v.T("Combined")
	}
	return kind
}

// choices fills the form.
func (p *analysePage) choices() {
	for _, k := range figure.Kinds {
		p.Kinds = append(p.Kinds, choice{Tag: k, Label: KindName(p.View, k), On: k == p.Spec.Kind})
	}
	for _, f := range p.Entry.Fields {
		label := p.LabelOf(f).Text
		if dated(&f) || measure(&f) || named(&f) {
			p.Groups = append(p.Groups, choice{Tag: f.Name, Label: label, On: f.Name == p.Spec.X})
		}
		if measure(&f) {
			p.Measures = append(p.Measures, choice{Tag: f.Name, Label: label, On: f.Name == p.Spec.Y})
		}
		if named(&f) && f.Annotations.Facet {
			p.Splits = append(p.Splits, choice{Tag: f.Name, Label: label, On: f.Name == p.Spec.By})
		}
	}
	x := p.Field(p.Spec.X)
	if dated(x) {
		words := map[string]string{"year": p.T("Year"), "quarter": p.T("Quarter"), "month": p.T("Month"), "day": p.T("Day"), "hour": p.T("Hour of the day"), "weekday": p.T("Day of the week")}
		for _, step := range steps {
			p.Steps = append(p.Steps, choice{Tag: step, Label: words[step], On: step == p.Spec.Step})
		}
	}
	for _, f := range funcs {
		if f == "count" || len(p.Measures) > 0 {
			p.Funcs = append(p.Funcs, choice{Tag: f, Label: functionName(p.Page, f), On: f == p.Spec.Func})
		}
	}
	p.Sorts = []choice{{Tag: "value", Label: p.T("Largest value first"), On: p.Spec.Sort == "value"}, {Tag: "label", Label: p.T("Name"), On: p.Spec.Sort == "label"}}
}

// addresses gives the files of the figure, and where it stands.
func (p *analysePage) addresses() {
	v := p.Spec.values()
	for name, values := range p.Filter.Values() {
		v[name] = values
	}
	base := data.Address(p.ID, "analyze")
	p.Sharing = p.Share("analyze", p.T("Address of this figure"), p.Finding, 520, v)
	file := func(name string) string { return base + name + "?" + v.Encode() }
	p.Combine = p.Link("/charts/new/", url.Values{"add": {p.Sharing.Address}})
	p.CSV, p.JSON, p.SVG = file("values.csv"), file("values.json"), file("figure.svg")
}

// table gives the figure's values as rows.
func (p *analysePage) table() {
	x := p.Field(p.Spec.X)
	first := p.Spec.X
	if x != nil {
		first = p.LabelOf(*x).Text
	}
	p.Heads = []string{first}
	if len(p.Result.Points) > 0 {
		p.Heads = []string{p.T("Row"), p.Result.Series[0].Name, p.Result.Series[1].Name}
		for _, point := range p.Result.Points[:min(len(p.Result.Points), 200)] {
			p.Rows = append(p.Rows, []string{point.Name, p.figure(point.X), p.figure(point.Y)})
		}
		return
	}
	switch p.Result.Kind {
	case figure.Box:
		p.Heads = append(p.Heads, p.T("Least"), p.T("Lower quarter"), p.T("Median"), p.T("Upper quarter"), p.T("Most"))
	case figure.Range:
		p.Heads = append(p.Heads, p.T("Least"), p.T("Most"))
	default:
		for _, s := range p.Result.Series {
			p.Heads = append(p.Heads, s.Name)
		}
	}
	for _, row := range p.plainValues() {
		words := []string{row.label}
		for _, v := range row.values {
			if math.IsNaN(v) {
				words = append(words, "–")
			} else {
				words = append(words, p.figure(v))
			}
		}
		p.Rows = append(p.Rows, words)
	}
}

// valueRow is a label with its values.
type valueRow struct {
	label  string
	values []float64
}

func (p *analysePage) plainValues() []valueRow {
	var out []valueRow
	for i, label := range p.Result.Labels {
		row := valueRow{label: label}
		for _, s := range p.Result.Series {
			switch {
			case p.Result.Kind == figure.Box && i < len(s.Boxes):
				row.values = append(row.values, s.Boxes[i][:]...)
			case p.Result.Kind == figure.Range && i < len(s.Low):
				row.values = append(row.values, s.Low[i], s.Values[i])
			default:
				row.values = append(row.values, s.Values[i])
			}
		}
		out = append(out, row)
	}
	return out
}

// plain gives the values as files hold them.
func (p *analysePage) plain() [][]string {
	text := func(v float64) string {
		if math.IsNaN(v) {
			return ""
		}
		return fmt.Sprint(v)
	}
	var out [][]string
	for _, point := range p.Result.Points {
		out = append(out, []string{point.Name, text(point.X), text(point.Y)})
	}
	for _, row := range p.plainValues() {
		words := []string{row.label}
		for _, v := range row.values {
			words = append(words, text(v))
		}
		out = append(out, words)
	}
	return out
}

// word states the finding, and says what is measured and what is left out.
func (p *analysePage) word() {
	p.Below = measured(p.Page, p.Spec)
	x := p.Field(p.Spec.X)
	if x != nil && p.Spec.Kind != figure.Scatter {
		p.Below = p.T("{what} by {field}", "what", p.Below, "field", p.LabelOf(*x).Text)
	}
	if !p.Filter.Empty() {
		p.Below += " · " + p.N("{n} row", "{n} rows", p.Result.Rows)
	}
	p.Finding = p.Spec.Title
	if p.Finding == "" && !p.Empty {
		p.Finding = p.found(x != nil && dated(x))
	}
	if p.Finding == "" {
		p.Finding = p.Below
	}
	p.Result.Title = p.Finding
	p.About = cmp.Or(p.About, p.Finding)
	if p.Result.Cut {
		switch {
		case len(p.Result.Points) > 0:
			p.Notes = append(p.Notes, p.T("The figure shows {n} rows of {all}.", "n", len(p.Result.Points), "all", p.Result.All))
		case x != nil && dated(x):
			p.Notes = append(p.Notes, p.T("There are more than {n} moments: choose a coarser step.", "n", mostMoments))
		default:
			p.Notes = append(p.Notes, p.T("The figure shows {n} of {all}.", "n", len(p.Result.Labels), "all", p.Result.All))
		}
	}
	if len(p.Wrong) > 0 {
		p.Notes = append(p.Notes, p.T("Parameters that mean nothing here were left out: {names}.", "names", p.List(p.Wrong...)))
	}
}

// found words what a figure shows, from its numbers.
func (p *analysePage) found(time bool) string {
	if len(p.Result.Points) > 0 {
		return p.T("{a} and {b}", "a", p.Result.Series[0].Name, "b", p.Result.Series[1].Name)
	}
	if len(p.Result.Series) == 0 || p.Result.Kind == figure.Box || p.Result.Kind == figure.Range || p.Result.Kind == figure.Heat {
		return ""
	}
	sums := make([]float64, len(p.Result.Labels))
	for _, s := range p.Result.Series {
		if p.Result.Kind == figure.Combined && len(p.Result.Series) > 1 && s.Name == p.Result.Series[1].Name {
			continue
		}
		for i, v := range s.Values {
			sums[i] += zero(v)
		}
	}
	most := 0
	for i, v := range sums {
		if v > sums[most] {
			most = i
		}
	}
	unit := ""
	if f := p.Field(p.Spec.Y); f != nil && f.Annotations.Unit != "" && p.Spec.Func != "count" {
		unit = "\u00a0" + f.Annotations.Unit
	}
	label, value := p.Result.Labels[most], p.figure(sums[most])+unit
	first, last := 0, len(sums)-1
	if time && len(sums) > 2 && (p.Spec.Step == "year" || p.Spec.Step == "quarter" || p.Spec.Step == "month" || p.Spec.Step == "day") && len(p.Result.Series) == 1 && !math.IsNaN(p.Result.Series[0].Values[first]) && !math.IsNaN(p.Result.Series[0].Values[last]) {
		return p.T("{what}: from {low} ({first}) to {high} ({last}), the highest in {label}", "what", measured(p.Page, p.Spec), "low", p.figure(sums[first])+unit, "first", p.Result.Labels[first], "high", p.figure(sums[last])+unit, "last", p.Result.Labels[last], "label", label)
	}
	if !time && p.Result.Totals > 0 && sums[most] <= p.Result.Totals && len(sums) > 1 {
		share := 0.0
		for _, v := range sums {
			share += v
		}
		if p.Result.Cut && share < p.Result.Totals {
			return p.T("{label} comes first with {value}; those shown hold {share} of the whole", "label", label, "value", value, "share", p.Percent(share/p.Result.Totals*100, 0))
		}
	}
	return p.T("{label} comes first with {value}", "label", label, "value", value)
}

// measured names what a spec measures.
func measured(p data.Page, s spec) string {
	f := p.Field(s.Y)
	if s.Func == "count" || f == nil {
		return p.T("Number of rows")
	}
	label := p.LabelOf(*f).Text
	if f.Annotations.Unit != "" {
		label += " (" + f.Annotations.Unit + ")"
	}
	if s.Kind == figure.Box || s.Kind == figure.Range || s.Kind == figure.Scatter {
		return label
	}
	return p.T("{function} of {field}", "function", functionName(p, s.Func), "field", label)
}

// Hides gives the parts of the address that the form keeps.
func (p *analysePage) Hides() []pair {
	return slices.DeleteFunc(page.Pairs(url.Values{"title": {p.Spec.Title}}, func(string) bool { return true }), func(x pair) bool { return x.Value == "" })
}

// Swatch gives the colour of a series.
func (p *analysePage) Swatch(i int) int { return swatch(i) }

// swatch gives the number of a series' colour; 0 is that of those that have none of their own.
func swatch(i int) int {
	if i >= 6 {
		return 0
	}
	return i + 1
}
