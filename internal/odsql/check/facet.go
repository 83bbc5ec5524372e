package check

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"parvis/internal/dataset"
	"parvis/internal/odsql"
)

// defaultFacetLimit is how many values of a level are listed where nothing else is asked; maxFacetLimit is the most.
const (
	defaultFacetLimit = 100
	maxFacetLimit     = 20_000
)

// facets reads the facet, refine and exclude clauses.
func (c *checker) facets(q odsql.Question) error {
	c.begin("facet", "")
	asked := map[int]odsql.Facet{}
	for _, text := range q.Facet {
		f, err := odsql.ParseFacet(text)
		if err != nil {
			return err
		}
		i := c.field(f.Name)
		if i < 0 {
			return c.unknownField(f.Name)
		}
		if c.schema.Fields[i].Geo() {
			return c.errorf("Field %s is a %s and cannot be a facet", f.Name, c.schema.Fields[i].Type)
		}
		if _, twice := asked[i]; twice {
			continue
		}
		asked[i] = f
		c.plan.Facets = append(c.plan.Facets, c.facet(i, f))
	}
	if len(q.Facet) == 0 {
		for i, f := range c.schema.Fields {
			if f.Annotations.Facet && !f.Geo() && c.schema.Shows(i) {
				c.plan.Facets = append(c.plan.Facets, c.facet(i, odsql.Facet{Name: f.Name}))
			}
		}
	}
	refined, err := c.refinements("refine", q.Refine)
	if err != nil {
		return err
	}
	excluded, err := c.refinements("exclude", q.Exclude)
	if err != nil {
		return err
	}
	c.refine(asked, refined)
	c.exclusions(asked, excluded)
	return nil
}

// facet makes the facet of the field at position i.
func (c *checker) facet(i int, asked odsql.Facet) Facet {
	f := c.schema.Fields[i]
	out := Facet{Name: asked.Name, Field: i, Sort: cmp.Or(asked.Sort, f.Annotations.FacetSort, "-count"), Limit: min(cmp.Or(asked.Limit, defaultFacetLimit), maxFacetLimit)}
	switch {
	case f.Type == dataset.Date || f.Type == dataset.DateTime:
		out.Kind, out.Depth = FacetDate, 3
		switch f.Annotations.Precision {
		case "year":
			out.Depth = 1
		case "month":
			out.Depth = 2
		}
	case f.Type == dataset.Text:
		on := f.Annotations.Hierarchical != ""
		if asked.Hierarchical != nil {
			on = *asked.Hierarchical
		}
		if on {
			out.Kind, out.Separator = FacetPath, cmp.Or(asked.Separator, f.Annotations.Hierarchical, "/")
		}
	}
	return out
}

// refinement is one value of refine or exclude.
type refinement struct {
	field int
	value string
}

func (c *checker) refinements(clause string, texts []string) ([]refinement, error) {
	var out []refinement
	for _, text := range texts {
		c.begin(clause, text)
		r, err := odsql.ParseRefinement(clause, text)
		if err != nil {
			return nil, err
		}
		i := c.field(r.Name)
		if i < 0 {
			return nil, c.unknownField(r.Name)
		}
		if f := c.schema.Fields[i]; f.Geo() {
			return nil, c.errorf("Field %s is a %s and cannot be refined on", r.Name, f.Type)
		}
		if one := (refinement{i, r.Value}); !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out, nil
}

// refine enters the refinements: those of a disjunctive facet as one filter, all others as one each.
func (c *checker) refine(asked map[int]odsql.Facet, refined []refinement) {
	either := map[int]int{} // field to the filter of its disjunctive facet
	for _, r := range refined {
		facet := c.facet(r.field, asked[r.field])
		p, value := c.valuePredicate(facet, r.value)
		c.note(r.field, value, func(f *Facet, v string) { f.Refined = append(f.Refined, v) })
		disjunctive := c.schema.Fields[r.field].Annotations.Disjunctive
		if d := asked[r.field].Disjunctive; d != nil {
			disjunctive = *d
		}
		if !disjunctive {
			c.plan.Filters = append(c.plan.Filters, Filter{p, -1})
			continue
		}
		at, ok := either[r.field]
		if !ok {
			either[r.field] = len(c.plan.Filters)
			c.plan.Filters = append(c.plan.Filters, Filter{Any{p}, r.field})
			continue
		}
		c.plan.Filters[at].Predicate = append(c.plan.Filters[at].Predicate.(Any), p)
	}
}

func (c *checker) exclusions(asked map[int]odsql.Facet, excluded []refinement) {
	for _, r := range excluded {
		p, value := c.valuePredicate(c.facet(r.field, asked[r.field]), r.value)
		c.note(r.field, value, func(f *Facet, v string) { f.Excluded = append(f.Excluded, v) })
		c.plan.Filters = append(c.plan.Filters, Filter{Lacks{p}, -1})
	}
}

// note tells the facets of a field of a value, in the form in which values are listed.
func (c *checker) note(field int, value string, add func(*Facet, string)) {
	for i := range c.plan.Facets {
		if f := &c.plan.Facets[i]; f.Field == field && value != "" {
			add(f, value)
		}
	}
}

// valuePredicate gives the condition that a record has a value of a facet, and the value as facets list it.
// A text that can be no value of the field's type is met by no record.
func (c *checker) valuePredicate(facet Facet, text string) (Predicate, string) {
	field := c.at(facet.Field)
	switch {
	case facet.Kind == FacetDate:
		return c.period(field, text)
	case facet.Kind == FacetPath:
		path := strings.TrimSuffix(text, facet.Separator+"*")
		return UnderPath{field, path, facet.Separator}, path
	}
	var k Const
	switch field.T.Base {
	case dataset.Boolean:
		b, ok := boolean(strings.TrimSpace(text))
		if !ok {
			return False{}, text
		}
		k, text = Const{dataset.Boolean, b}, strconv.FormatBool(b)
	case dataset.Int:
		f, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		n := int64(f)
		if exact, bad := strconv.ParseInt(strings.TrimSpace(text), 10, 64); bad == nil {
			n, f, err = exact, float64(exact), nil
		}
		if err != nil || float64(n) != f {
			return False{}, text
		}
		k, text = Const{dataset.Int, n}, strconv.FormatInt(n, 10)
	case dataset.Double:
		f, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil || f-f != 0 {
			return False{}, text
		}
		k = Const{dataset.Double, f}
	default:
		k = Const{dataset.Text, text}
	}
	return Compare{"=", field, k}, text
}

// period gives the condition that a date lies in a year, month or day: 2020, 2020/12, 2020/12/31, also with -
// and without leading zeros.
func (c *checker) period(field Field, text string) (Predicate, string) {
	parts := strings.Split(strings.TrimSuffix(strings.ReplaceAll(strings.TrimSpace(text), "-", "/"), "/*"), "/")
	if len(parts) > 3 {
		return False{}, text
	}
	n := [3]int{0, 1, 1}
	for i, part := range parts {
		v, err := strconv.Atoi(part)
		if err != nil || v < 1 || len(part) > 4 {
			return False{}, text
		}
		n[i] = v
	}
	from := time.Date(n[0], time.Month(n[1]), n[2], 0, 0, 0, 0, c.plan.Loc)
	if int(from.Month()) != n[1] || from.Day() != n[2] && from.Hour() == 0 {
		return False{}, text
	}
	years, months, days := 0, 0, 0
	value := fmt.Sprintf("%04d", n[0])
	switch len(parts) {
	case 1:
		years = 1
	case 2:
		months = 1
		value += fmt.Sprintf("/%02d", n[1])
	case 3:
		days = 1
		value += fmt.Sprintf("/%02d/%02d", n[1], n[2])
	}
	to := time.Date(n[0]+years, time.Month(n[1]+months), n[2]+days, 0, 0, 0, 0, c.plan.Loc)
	b := Between{X: field, HighOpen: true}
	if field.T.Base == dataset.Date {
		day := func(t time.Time) Const {
			return Const{dataset.Date, dataset.Day(floorDiv(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix(), 86400))}
		}
		b.Low, b.High = day(from), day(to)
	} else {
		b.Low, b.High = Const{dataset.DateTime, dataset.Instant(from.UnixMicro())}, Const{dataset.DateTime, dataset.Instant(to.UnixMicro())}
	}
	return b, value
}
