package explore

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/engine"
	"parvis/internal/odsql"
	"parvis/internal/odsql/check"
	"parvis/internal/odsql/sqlgen"
)

// State is what a question says of a value of a facet, in the API's words.
type State string

// The states. A value on the way to a refined one is refined itself.
const (
	Displayed State = "displayed"
	Refined   State = "refined"
	Excluded  State = "excluded"
)

// FacetAnswer is the values of all facets that were asked for.
type FacetAnswer struct {
	Entry  *catalog.Entry // nil for the catalogue
	State  string         // of the catalogue, as CatalogState gives it, where Entry is nil
	Plan   *check.Plan
	Facets []Facet
}

// Facet is one facet and its values.
type Facet struct {
	Name   string
	Values []FacetValue
}

// FacetValue is a value of a facet. Name is the last step of Value, which is the whole path.
type FacetValue struct {
	Name, Value string
	Count       int64 // records; meaningless where State is Excluded
	State       State
	Children    []FacetValue // of a refined value of a facet with levels
}

// Facets counts the values of the facets that a question asks for, or of all annotated ones. Kinds as Records.
func (x *Explorer) Facets(ctx context.Context, a account.Actor, id string, q odsql.Question) (*FacetAnswer, error) {
	e, err := x.forRows(a, id)
	if err != nil {
		return nil, err
	}
	p, err := x.checked(e, facetQuestion(q))
	if err != nil {
		return nil, err
	}
	out := &FacetAnswer{Entry: e, Plan: p}
	var src *engine.Source
	if e.HasRecords() {
		s := e.Source()
		src = &s
	}
	if out.Facets, err = x.facetTree(ctx, src, p); err != nil {
		return nil, fmt.Errorf("facets of %s: %w", e.UID, err)
	}
	return out, nil
}

// facetQuestion keeps of a question what facets are counted under.
func facetQuestion(q odsql.Question) odsql.Question {
	return odsql.Question{Where: q.Where, Refine: q.Refine, Exclude: q.Exclude, Facet: q.Facet, Lang: q.Lang, Timezone: q.Timezone}
}

// facetTree counts the facets of a plan; a nil source has no rows.
func (x *Explorer) facetTree(ctx context.Context, src *engine.Source, p *check.Plan) ([]Facet, error) {
	out := make([]Facet, len(p.Facets))
	for i, f := range p.Facets {
		out[i].Name = f.Name
	}
	if len(p.Facets) == 0 {
		return out, nil
	}
	if src != nil {
		batches, err := x.fetch(ctx, sqlgen.Facets(*src, p))
		if err != nil {
			return nil, err
		}
		if err := grow(out, p.Facets, batches); err != nil {
			return nil, err
		}
	}
	for i, f := range p.Facets {
		for _, value := range f.Excluded {
			place(&out[i].Values, f, FacetValue{Value: value, State: Excluded})
		}
	}
	return out, nil
}

// grow puts the rows of sqlgen.Facets into trees: levels come one after the other, so that a parent stands
// before its children.
func grow(out []Facet, facets []check.Facet, batches []*dataset.Batch) error {
	for _, b := range batches {
		for row := range b.Len {
			i := int(b.Vectors[0].Ints[row])
			if i < 0 || i >= len(facets) {
				return fmt.Errorf("the engine answered for facet %d of %d", i, len(facets))
			}
			if b.Vectors[2].Null(row) {
				continue
			}
			f := facets[i]
			v := FacetValue{Value: string(b.Vectors[2].Text(row)), Count: b.Vectors[3].Ints[row], State: Displayed}
			if opened(f, v.Value) {
				v.State = Refined
			}
			place(&out[i].Values, f, v)
		}
	}
	return nil
}

// separator gives what parts the levels of a facet, "" for one without levels.
func separator(f check.Facet) string {
	switch f.Kind {
	case check.FacetDate:
		return "/"
	case check.FacetPath:
		return f.Separator
	}
	return ""
}

// opened tells whether a value is refined, or on the way to one that is.
func opened(f check.Facet, value string) bool {
	if slices.Contains(f.Refined, value) {
		return true
	}
	sep := separator(f)
	return sep != "" && slices.ContainsFunc(f.Refined, func(r string) bool { return strings.HasPrefix(r, value+sep) })
}

// place puts a value under the longest path that is there already, else on the first level.
func place(level *[]FacetValue, f check.Facet, v FacetValue) {
	v.Name = v.Value
	sep := separator(f)
	if sep != "" {
		if i := strings.LastIndex(v.Value, sep); i >= 0 && i+len(sep) < len(v.Value) {
			v.Name = v.Value[i+len(sep):]
		}
	}
	for sep != "" {
		i := slices.IndexFunc(*level, func(p FacetValue) bool { return strings.HasPrefix(v.Value, p.Value+sep) })
		if i < 0 {
			break
		}
		level = &(*level)[i].Children
	}
	if slices.ContainsFunc(*level, func(p FacetValue) bool { return p.Value == v.Value }) {
		return
	}
	*level = append(*level, v)
}
