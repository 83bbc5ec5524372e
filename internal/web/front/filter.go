package front

import (
	"net/url"
	"parvis/internal/web/page"
	"slices"
	"strings"

	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/odsql"
)

// filter is what a visitor narrows a list by; all tabs of a dataset carry it in their address:
// q (words), where (a condition), refine.FIELD and exclude.FIELD (values of facets).
type filter struct {
	q, where        string
	refine, exclude []named
}

// named is a value of a facet.
type named struct{ name, value string }

// Bounds of an address: more is no filter of a person.
const (
	mostWords  = 500
	mostWhere  = 20_000
	mostValues = 200
)

// readFilter reads a filter from an address; one past the bounds is fault.Invalid.
func readFilter(query url.Values) (filter, error) {
	f := filter{q: strings.TrimSpace(query.Get("q")), where: strings.TrimSpace(query.Get("where"))}
	if len(f.q) > mostWords || len(f.where) > mostWhere {
		return filter{}, fault.New(fault.Invalid, "The search is longer than %d bytes.", mostWords)
	}
	for key, values := range query {
		kind, name, _ := strings.Cut(key, ".")
		for _, value := range values {
			if name == "" || value == "" {
				continue
			}
			switch kind {
			case "refine":
				f.refine = append(f.refine, named{name, value})
			case "exclude":
				f.exclude = append(f.exclude, named{name, value})
			}
		}
	}
	if len(f.refine)+len(f.exclude) > mostValues {
		return filter{}, fault.New(fault.Invalid, "The filter holds more than %d values.", mostValues)
	}
	for _, list := range [][]named{f.refine, f.exclude} {
		slices.SortFunc(list, func(a, b named) int {
			return strings.Compare(a.name+"\x00"+a.value, b.name+"\x00"+b.value)
		})
	}
	return f, nil
}

// empty tells whether nothing is narrowed.
func (f filter) empty() bool {
	return f.q == "" && f.where == "" && len(f.refine) == 0 && len(f.exclude) == 0
}

// values writes the filter as a query.
func (f filter) values() url.Values {
	v := url.Values{}
	if f.q != "" {
		v.Set("q", f.q)
	}
	if f.where != "" {
		v.Set("where", f.where)
	}
	for _, r := range f.refine {
		v.Add("refine."+r.name, r.value)
	}
	for _, e := range f.exclude {
		v.Add("exclude."+e.name, e.value)
	}
	return v
}

// question writes the filter in the query language.
func (f filter) question() odsql.Question {
	var q odsql.Question
	if f.q != "" {
		q.Where = append(q.Where, "search("+quote(f.q)+")")
	}
	if f.where != "" {
		q.Where = append(q.Where, f.where)
	}
	for _, r := range f.refine {
		q.Refine = append(q.Refine, field(r.name)+":"+quote(r.value))
	}
	for _, e := range f.exclude {
		q.Exclude = append(q.Exclude, field(e.name)+":"+quote(e.value))
	}
	return q
}

// api writes the filter as the parameters of the Explore API.
func (f filter) api() url.Values {
	q, v := f.question(), url.Values{}
	for _, x := range q.Where {
		v.Add("where", x)
	}
	for _, x := range q.Refine {
		v.Add("refine", x)
	}
	for _, x := range q.Exclude {
		v.Add("exclude", x)
	}
	return v
}

// without gives the filter less a refined or excluded value.
func (f filter) without(n named, excluded bool) filter {
	drop := func(list []named) []named {
		return slices.DeleteFunc(slices.Clone(list), func(x named) bool { return x == n })
	}
	if excluded {
		f.exclude = drop(f.exclude)
	} else {
		f.refine = drop(f.refine)
	}
	return f
}

// with gives the filter with a refined value more.
func (f filter) with(n named) filter {
	f.refine = append(slices.Clone(f.refine), n)
	return f
}

// refined tells whether a value is refined.
func (f filter) refined(n named) bool { return slices.Contains(f.refine, n) }

// chip is one part of the filter in words, and the address without it.
type chip struct {
	Label string // of the field, "" for words and conditions
	Value string
	Not   bool
	Href  string
}

// longestChip is how much of a value a chip shows, in characters.
const longestChip = 120

// chips gives the filter part by part; label names a field, href gives the address of a filter.
func (f filter) chips(p *locale.Printer, label func(name string) string, href func(filter) string) []chip {
	var out []chip
	if f.q != "" {
		g := f
		g.q = ""
		out = append(out, chip{Value: p.T("“{text}”", "text", page.Cut(f.q, longestChip)), Href: href(g)})
	}
	if f.where != "" {
		g := f
		g.where = ""
		out = append(out, chip{Value: page.Cut(f.where, longestChip), Href: href(g)})
	}
	for _, r := range f.refine {
		out = append(out, chip{label(r.name), page.Cut(r.value, longestChip), false, href(f.without(r, false))})
	}
	for _, e := range f.exclude {
		out = append(out, chip{label(e.name), page.Cut(e.value, longestChip), true, href(f.without(e, true))})
	}
	return out
}

// quote writes a text as a string of the query language.
func quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// field writes a field's name: between back-quotes unless it is of plain letters.
func field(name string) string {
	plain := name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && r != '_'
	})
	if plain && len(name) > 2 && !slices.Contains([]string{"and", "asc", "avg", "count", "date", "date_format", "day", "dayofweek", "desc",
		"distinct", "equi", "false", "geom", "geometry", "group", "hour", "ifnull", "like", "limit", "lower", "max", "millisecond",
		"min", "minute", "month", "not", "null", "quarter", "range", "search", "second", "select", "sum", "top", "true", "upper",
		"where", "year"}, name) {
		return name
	}
	return "`" + strings.ReplaceAll(name, "`", "\\`") + "`"
}
