package maps

import (
	"fmt"
	"math"
	"net/http"
	"slices"

	"parvis/internal/dataset"
	"parvis/internal/web/data"
	"parvis/internal/web/page"
)

// class is a colour of the map with what it stands for.
type class struct {
	Label string
	Rows  int64
	Code  string // of the colour: "1" to "5" from pale to full, "a" to "g" for values, "x" for none

	from, below float64 // of numbers, from is part of it
	value       string  // of values
}

// rule is how rows are coloured.
type rule struct {
	Field   *dataset.Field // nil: all alike
	Numbers bool
	Classes []class

	plain string // the code of the colour of rows that are all alike; "": the usual one
}

// mostValues is how many values have a colour of their own.
const mostValues = 6

// kind tells whether a field sorts rows into kinds.
func kind(f dataset.Field) bool {
	return !f.Geo() && f.Type != dataset.JSON && f.Type != dataset.File && (f.Annotations.Facet || f.Type == dataset.Boolean) && f.Type != dataset.Date && f.Type != dataset.DateTime && !f.List()
}

// rule chooses the colours of a page's rows: by the field that the address names; where it names none, by the first
// measure of a dataset of shapes.
func (s *Maps) rule(r *http.Request, p data.Page, place *dataset.Field) (rule, error) {
	asked := p.Params.Get("color")
	field := p.Field(asked)
	if asked == "" && place.Type == dataset.GeoShape {
		for i, f := range p.Entry.Fields {
			if f.Numeric() && !f.Annotations.ID {
				field = &p.Entry.Fields[i]
				break
			}
		}
	}
	switch {
	case field == nil:
		return rule{}, nil
	case field.Numeric():
		return s.numbers(r, p, field)
	case kind(*field):
		return s.values(r, p, field)
	}
	return rule{}, nil
}

// numbers makes five classes of about as many rows each, between round numbers.
func (s *Maps) numbers(r *http.Request, p data.Page, field *dataset.Field) (rule, error) {
	out, name := rule{Field: field, Numbers: true}, data.FieldName(field.Name)
	q := p.Filter.Question()
	q.Select = fmt.Sprintf("min(%s) as a, percentile(%s, 20) as b, percentile(%s, 40) as c, percentile(%s, 60) as d, percentile(%s, 80) as e, max(%s) as f, count(%s) as g", name, name, name, name, name, name, name)
	found, err := s.Portal.Records(r.Context(), p.Actor, p.ID, q)
	if err != nil {
		return rule{}, err
	}
	if len(found.Values) == 0 || found.Values[0][0] == nil {
		return rule{}, nil
	}
	row := found.Values[0]
	low, high := data.Number(row[0]), data.Number(row[5])
	breaks := []float64{}
	for _, v := range row[1:5] {
		b := round(data.Number(v), high-low)
		if b > low && b <= high && (len(breaks) == 0 || b > breaks[len(breaks)-1]) {
			breaks = append(breaks, b)
		}
	}
	edges := append(append([]float64{math.Inf(-1)}, breaks...), math.Inf(1))
	show := func(f float64) string { return p.Number(f, -1) }
	for i := range len(edges) - 1 {
		c := class{from: edges[i], below: edges[i+1], Code: fmt.Sprint(1 + i*4/max(len(edges)-2, 1))}
		var where []string
		if !math.IsInf(c.from, 0) {
			where = append(where, fmt.Sprintf("%s >= %s", name, plainNumber(c.from)))
		}
		if !math.IsInf(c.below, 0) {
			where = append(where, fmt.Sprintf("%s < %s", name, plainNumber(c.below)))
		}
		switch {
		case len(edges) == 2:
			c.Label, where = show(low), []string{name + " is not null"}
			if high > low {
				c.Label = p.T("from {low} to {high}", "low", show(low), "high", show(high))
			}
		case math.IsInf(c.from, 0):
			c.Label = p.T("less than {n}", "n", show(c.below))
		case math.IsInf(c.below, 0):
			c.Label = p.T("{n} and more", "n", show(c.from))
		default:
			c.Label = p.T("from {low} to {high}", "low", show(c.from), "high", show(c.below))
		}
		if c.Rows, err = s.count(r, p, where...); err != nil {
			return rule{}, err
		}
		out.Classes = append(out.Classes, c)
	}
	return s.withEmpty(r, p, out, name)
}

// values gives the most frequent values a colour each, and all others one.
func (s *Maps) values(r *http.Request, p data.Page, field *dataset.Field) (rule, error) {
	out, name, limit := rule{Field: field}, data.FieldName(field.Name), mostValues
	q := p.Filter.Question()
	q.Select, q.GroupBy, q.OrderBy, q.Limit = "count(*) as n", name+" as v", "n desc", &limit
	q.Where = append(q.Where, name+" is not null")
	found, err := s.Portal.Records(r.Context(), p.Actor, p.ID, q)
	if err != nil {
		return rule{}, err
	}
	rest, err := s.count(r, p, name+" is not null")
	if err != nil {
		return rule{}, err
	}
	for i, row := range found.Values {
		c := class{Code: string(rune('a' + i))}
		for j, column := range found.Columns {
			if n, ok := row[j].(int64); ok && column.Name == "n" {
				c.Rows = n
			} else {
				c.Label = page.Cut(data.Show(p.Printer, column, nil, row[j], false).Text, 60)
				c.value = fmt.Sprint(plain(row[j]))
			}
		}
		rest -= c.Rows
		out.Classes = append(out.Classes, c)
	}
	if rest > 0 {
		out.Classes = append(out.Classes, class{Label: p.T("others"), Rows: rest, Code: "g"})
	}
	return s.withEmpty(r, p, out, name)
}

// withEmpty adds the class of rows without a value, where there are such.
func (s *Maps) withEmpty(r *http.Request, p data.Page, out rule, name string) (rule, error) {
	n, err := s.count(r, p, name+" is null")
	if err == nil && n > 0 {
		out.Classes = append(out.Classes, class{Label: p.T("no value"), Rows: n, Code: "x"})
	}
	return out, err
}

// count counts the rows of a page that meet some conditions more.
func (s *Maps) count(r *http.Request, p data.Page, where ...string) (int64, error) {
	none := 0
	q := p.Filter.Question()
	q.Where, q.Limit = append(q.Where, where...), &none
	found, err := s.Portal.Records(r.Context(), p.Actor, p.ID, q)
	if err != nil {
		return 0, err
	}
	return found.Total, nil
}

// of gives the class of a value, "" where rows are all alike.
func (u rule) of(value any) string {
	switch {
	case u.Field == nil:
		return u.plain
	case plain(value) == nil:
		return "x"
	case u.Numbers:
		n := data.Number(value)
		for _, c := range u.Classes {
			if c.Code != "x" && n >= c.from && n < c.below {
				return c.Code
			}
		}
		return "x"
	}
	text := fmt.Sprint(plain(value))
	if i := slices.IndexFunc(u.Classes, func(c class) bool { return c.value == text && c.value != "" }); i >= 0 {
		return u.Classes[i].Code
	}
	return "g"
}

func plainNumber(f float64) string { return fmt.Sprintf("%.12g", f) }

// round gives a number near f that reads well, of two digits at most; wide is the width of the whole range.
func round(f, wide float64) float64 {
	if f == 0 || wide == 0 {
		return f
	}
	unit := math.Pow(10, math.Floor(math.Log10(math.Abs(f)))-1)
	for unit > wide/20 && wide > 0 {
		unit /= 10
	}
	return math.Round(f/unit) * unit
}
