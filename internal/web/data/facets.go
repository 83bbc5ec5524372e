package data

import (
	"strconv"
	"time"

	"parvis/internal/explore"
	"parvis/internal/locale"
)

// FacetChoice is a value of a facet; following Href adds it to the filter or takes it away.
type FacetChoice struct {
	Label string
	Count int64
	Href  string
	On    bool
	Level int // 0 at the top of a hierarchy, at most 3
}

// FacetChoices makes links of the values of a facet, refined ones followed by their children; href gives the address of
// a filter, level is 0 at the top.
func FacetChoices(name string, values []explore.FacetValue, f Filter, href func(Filter) string, level int) []FacetChoice {
	var out []FacetChoice
	for _, value := range values {
		if value.State == explore.Excluded {
			continue
		}
		n := Named{name, value.Value}
		c := FacetChoice{Label: value.Name, Count: value.Count, On: value.State == explore.Refined || f.Refined(n), Level: min(level, 3)}
		if c.On {
			c.Href = href(f.Without(n, false))
		} else {
			g := f
			if level > 0 { // a step down takes the place of the step above
				g = withoutParents(f, n)
			}
			c.Href = href(g.With(n))
		}
		out = append(out, c)
		out = append(out, FacetChoices(name, value.Children, f, href, level+1)...)
	}
	return out
}

// withoutParents takes away the refined values of which n is a part.
func withoutParents(f Filter, n Named) Filter {
	for _, r := range f.Refine {
		if r.Name == n.Name && len(n.Value) > len(r.Value) && n.Value[:len(r.Value)] == r.Value {
			f = f.Without(r, false)
		}
	}
	return f
}

// MonthName names a step of a date facet: 2026, 11, 23.
func MonthName(p *locale.Printer, step string, level int) string {
	if n, err := strconv.Atoi(step); err == nil && level == 1 && n >= 1 && n <= 12 {
		return p.MonthName(time.Month(n))
	}
	return step
}
