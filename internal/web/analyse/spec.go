package analyse

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parvis/internal/dataset"
	"parvis/internal/web/data"
	"parvis/internal/web/figure"
	"parvis/internal/web/page"
)

// spec says what a figure shows; it stands in the address.
type spec struct {
	Kind  string // of package figure
	X     string // the field by which rows are grouped
	Step  string // of dates: year, quarter, month, day, hour, weekday; of numbers: how many classes
	Func  string // count, sum, avg, min, max, median
	Y     string // the field of Func; "" for count
	By    string // the field that splits each group, "" for none
	Sort  string // value, label
	Most  int    // groups that are shown
	Title string // instead of the finding
}

var (
	funcs = []string{"count", "sum", "avg", "min", "max", "median"}
	steps = []string{"year", "quarter", "month", "day", "hour", "weekday"}
)

// Bounds of a figure.
const (
	mostGroups  = 100 // of names
	mostMoments = 800 // of dates
	mostSplit   = 6
	mostTitle   = 200
)

func dated(f *dataset.Field) bool {
	return f != nil && f.Dated()
}

func measure(f *dataset.Field) bool {
	return f != nil && f.Numeric()
}

func named(f *dataset.Field) bool {
	return f != nil && !f.Geo() && (f.Type == dataset.Text || f.Type == dataset.Boolean)
}

// read reads a spec from an address; wrong are the names of parameters that mean nothing here, which are left out.
func read(p data.Page, q url.Values) (s spec, wrong []string) {
	s = spec{Kind: q.Get("kind"), X: q.Get("x"), Step: q.Get("step"), Func: q.Get("fn"), Y: q.Get("y"), By: q.Get("by"), Sort: q.Get("sort"), Title: page.Cut(strings.TrimSpace(q.Get("title")), mostTitle)}
	refuse := func(bad bool, name string, value *string) {
		if *value != "" && bad {
			wrong = append(wrong, name)
			*value = ""
		}
	}
	refuse(!slices.Contains(figure.Kinds, s.Kind), "kind", &s.Kind)
	x := p.Field(s.X)
	refuse(!dated(x) && !measure(x) && !named(x), "x", &s.X)
	refuse(!slices.Contains(funcs, s.Func), "fn", &s.Func)
	refuse(!measure(p.Field(s.Y)), "y", &s.Y)
	refuse(!named(p.Field(s.By)) || s.By == s.X, "by", &s.By)
	refuse(s.Sort != "value" && s.Sort != "label", "sort", &s.Sort)
	if n := q.Get("n"); n != "" {
		most, err := strconv.Atoi(n)
		if err != nil || most < 1 || most > mostGroups {
			wrong = append(wrong, "n")
		} else {
			s.Most = most
		}
	}
	s.complete(p)
	return s, wrong
}

// complete chooses what the address leaves open, by the types of the columns.
func (s *spec) complete(p data.Page) {
	if s.Y == "" && s.Func != "count" {
		// A number without a unit may be a code: nobody is offered its sum unless they ask.
		if y := bestMeasure(p, s.X); y != nil && (s.Func != "" || y.Annotations.Unit != "") {
			s.Y = y.Name
		}
	}
	if s.X == "" {
		s.X = bestGroup(p, s.Kind, s.By, s.Y != "")
	}
	x := p.Field(s.X)
	if s.Func == "" {
		switch {
		case s.Y == "":
			s.Func = "count"
		case dated(x):
			s.Func = "avg"
			if f := p.Field(s.Y); f.Type == dataset.Int {
				s.Func = "sum"
			}
		default:
			s.Func = "sum"
			if f := p.Field(s.Y); f.Type == dataset.Double && x != nil && x.Annotations.Facet {
				s.Func = "avg"
			}
		}
	}
	if s.Func != "count" && s.Y == "" {
		s.Func = "count"
	}
	if s.Func == "count" {
		s.Y = ""
	}
	switch {
	case dated(x):
		if !slices.Contains(steps, s.Step) || s.Step == "hour" && x.Type == dataset.Date {
			s.Step = "month"
			if x.Annotations.Precision == "year" {
				s.Step = "year"
			}
		}
		s.Sort = "label"
	case measure(x):
		if n, err := strconv.Atoi(s.Step); err != nil || n < 2 || n > 100 {
			s.Step = "12"
		}
		s.Sort = "label"
	default:
		s.Step = ""
	}
	if s.Sort == "" {
		s.Sort = "value"
	}
	if s.Kind == "" {
		s.Kind = figure.Bar
		if dated(x) {
			s.Kind = figure.Line
		} else if measure(x) {
			s.Kind = figure.Column
		}
	}
	if s.Most == 0 {
		s.Most = 15
		if s.Kind == figure.Pie {
			s.Most = 6
		}
	}
	if needsSplit := s.Kind == figure.Stacked || s.Kind == figure.Share || s.Kind == figure.Heat; needsSplit && s.By == "" {
		for _, f := range p.Entry.Fields {
			if named(&f) && f.Name != s.X && f.Annotations.Facet {
				s.By = f.Name
				break
			}
		}
	}
}

// bestMeasure gives the number that most likely says something: one with a unit first, never part of a row's identity.
func bestMeasure(p data.Page, but string) *dataset.Field {
	var first *dataset.Field
	for i, f := range p.Entry.Fields {
		if !measure(&f) || f.Annotations.ID || f.Name == but {
			continue
		}
		if f.Annotations.Unit != "" {
			return &p.Entry.Fields[i]
		}
		if first == nil {
			first = &p.Entry.Fields[i]
		}
	}
	return first
}

// bestGroup gives the field by which rows are best grouped: time, else the row's name where there is a measure, else a
// facet.
func bestGroup(p data.Page, kind, by string, hasMeasure bool) string {
	time, facet := "", ""
	for _, f := range p.Entry.Fields {
		if dated(&f) && time == "" {
			time = f.Name
		}
		if named(&f) && f.Annotations.Facet && facet == "" && f.Name != by {
			facet = f.Name
		}
	}
	name := p.NameField()
	split := kind == figure.Stacked || kind == figure.Share || kind == figure.Heat
	short := kind == figure.Pie || kind == figure.Box || split
	switch {
	case split && time != "":
		return time
	case time != "" && (kind == "" || kind == figure.Line || kind == figure.Area || kind == figure.Range):
		return time
	case short && facet != "":
		return facet
	case hasMeasure && name != nil:
		return name.Name
	case facet != "":
		return facet
	case name != nil:
		return name.Name
	}
	for _, f := range p.Entry.Fields {
		if dated(&f) || measure(&f) || named(&f) {
			return f.Name
		}
	}
	return ""
}

// values writes the spec as a query.
func (s spec) values() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{"kind": s.Kind, "x": s.X, "step": s.Step, "fn": s.Func, "y": s.Y, "by": s.By, "sort": s.Sort, "title": s.Title} {
		if value != "" {
			v.Set(name, value)
		}
	}
	v.Set("n", strconv.Itoa(s.Most))
	return v
}
