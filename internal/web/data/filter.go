package data

import (
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/odsql"
	"parvis/internal/web/page"
)

// Filter is what a visitor narrows a list by; all tabs of a dataset carry it in their address: q (words), where (a
// condition), refine.FIELD and exclude.FIELD (values of facets), disjunctive.FIELD (several refined values of that field
// are alternatives), geofilter.polygon and geofilter.distance (shapes that were drawn: a row lies in one of them).
type Filter struct {
	Words, Where    string
	Refine, Exclude []Named
	Either          []string // fields of which several refined values are alternatives
	Areas           []Area
	Geo             string // the field that areas speak of; "": areas narrow nothing
}

// Named is a value of a facet.
type Named struct{ Name, Value string }

// Area is a shape that was drawn: a polygon of at least three corners, or a circle around its one corner.
type Area struct {
	Corners []Corner
	Metres  float64 // the circle's radius; 0 for a polygon
}

// Corner is a position in degrees, WGS 84.
type Corner struct{ Lat, Lon float64 }

// Bounds of an address: more is no filter of a person.
const (
	mostWords   = 500
	MostWhere   = 20_000 // bytes of a condition
	mostValues  = 200
	mostAreas   = 10
	mostCorners = 500
)

// ReadFilter reads a filter from an address; one past the bounds, or with a shape that is none, is fault.Invalid.
func ReadFilter(query url.Values) (Filter, error) {
	f := Filter{Words: strings.TrimSpace(query.Get("q")), Where: strings.TrimSpace(query.Get("where"))}
	if len(f.Words) > mostWords || len(f.Where) > MostWhere {
		return Filter{}, fault.New(fault.Invalid, "The search is longer than %d bytes.", mostWords)
	}
	for key, values := range query {
		kind, name, _ := strings.Cut(key, ".")
		for _, value := range values {
			if name == "" || value == "" {
				continue
			}
			switch kind {
			case "refine":
				f.Refine = append(f.Refine, Named{name, value})
			case "exclude":
				f.Exclude = append(f.Exclude, Named{name, value})
			case "disjunctive":
				if value == "true" && !slices.Contains(f.Either, name) {
					f.Either = append(f.Either, name)
				}
			}
		}
	}
	if len(f.Refine)+len(f.Exclude)+len(f.Either) > mostValues {
		return Filter{}, fault.New(fault.Invalid, "The filter holds more than %d values.", mostValues)
	}
	for _, list := range [][]Named{f.Refine, f.Exclude} {
		slices.SortFunc(list, func(a, b Named) int {
			return strings.Compare(a.Name+"\x00"+a.Value, b.Name+"\x00"+b.Value)
		})
	}
	slices.Sort(f.Either)
	for _, kind := range []string{polygon, distance} {
		for _, text := range query["geofilter."+kind] {
			area, err := readArea(kind, text)
			if err != nil {
				return Filter{}, err
			}
			if f.Areas = append(f.Areas, area); len(f.Areas) > mostAreas {
				return Filter{}, fault.New(fault.Invalid, "The filter holds more than %d shapes.", mostAreas)
			}
		}
	}
	return f, nil
}

// The kinds of areas, as addresses name them after "geofilter.".
const (
	polygon  = "polygon"  // (lat,lon),(lat,lon),…
	distance = "distance" // lat,lon,metres
)

func readArea(kind, text string) (Area, error) {
	wrong := fault.New(fault.Invalid, "geofilter.%s cannot be read: write %s, in degrees.", kind,
		map[string]string{polygon: "(lat,lon),(lat,lon),(lat,lon)", distance: "lat,lon,metres"}[kind])
	var numbers []float64
	for part := range strings.SplitSeq(strings.NewReplacer("(", "", ")", "", " ", "").Replace(text), ",") {
		n, err := strconv.ParseFloat(part, 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return Area{}, wrong
		}
		if numbers = append(numbers, n); len(numbers) > 2*mostCorners {
			return Area{}, fault.New(fault.Invalid, "geofilter.%s has more than %d corners.", kind, mostCorners)
		}
	}
	var area Area
	if kind == distance {
		if len(numbers) != 3 || numbers[2] <= 0 {
			return Area{}, wrong
		}
		area.Metres, numbers = numbers[2], numbers[:2]
	} else if len(numbers)%2 != 0 || len(numbers) < 6 {
		return Area{}, wrong
	}
	for i := 0; i < len(numbers); i += 2 {
		c := Corner{numbers[i], numbers[i+1]}
		if math.Abs(c.Lat) > 90 || math.Abs(c.Lon) > 180 {
			return Area{}, wrong
		}
		area.Corners = append(area.Corners, c)
	}
	if last := len(area.Corners) - 1; last >= 3 && area.Corners[0] == area.Corners[last] {
		area.Corners = area.Corners[:last]
	}
	return area, nil
}

// write gives the area as addresses hold it.
func (a Area) write() (kind, text string) {
	degrees := func(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
	if a.Metres > 0 {
		return distance, degrees(a.Corners[0].Lat) + "," + degrees(a.Corners[0].Lon) + "," + degrees(a.Metres)
	}
	parts := make([]string, len(a.Corners))
	for i, c := range a.Corners {
		parts[i] = "(" + degrees(c.Lat) + "," + degrees(c.Lon) + ")"
	}
	return polygon, strings.Join(parts, ",")
}

// condition gives the area as a condition of the query language on a field.
func (a Area) condition(name string) string {
	place := func(c Corner) string {
		return strconv.FormatFloat(c.Lon, 'f', -1, 64) + " " + strconv.FormatFloat(c.Lat, 'f', -1, 64)
	}
	if a.Metres > 0 {
		return "within_distance(" + FieldName(name) + ", geom'POINT(" + place(a.Corners[0]) + ")', " + strconv.FormatFloat(a.Metres, 'f', -1, 64) + "m)"
	}
	var ring []string
	for _, c := range append(slices.Clone(a.Corners), a.Corners[0]) {
		ring = append(ring, place(c))
	}
	return "intersects(" + FieldName(name) + ", geom'POLYGON((" + strings.Join(ring, ", ") + "))')"
}

// Empty tells whether nothing is narrowed.
func (f Filter) Empty() bool {
	return f.Words == "" && f.Where == "" && len(f.Refine) == 0 && len(f.Exclude) == 0 && len(f.Areas) == 0
}

// Values writes the filter as a query.
func (f Filter) Values() url.Values {
	v := url.Values{}
	if f.Words != "" {
		v.Set("q", f.Words)
	}
	if f.Where != "" {
		v.Set("where", f.Where)
	}
	for _, r := range f.Refine {
		v.Add("refine."+r.Name, r.Value)
	}
	for _, e := range f.Exclude {
		v.Add("exclude."+e.Name, e.Value)
	}
	for _, name := range f.Either {
		v.Set("disjunctive."+name, "true")
	}
	for _, a := range f.Areas {
		kind, text := a.write()
		v.Add("geofilter."+kind, text)
	}
	return v
}

// Question writes the filter in the query language.
func (f Filter) Question() odsql.Question {
	var q odsql.Question
	if f.Words != "" {
		q.Where = append(q.Where, "search("+Quote(f.Words)+")")
	}
	if f.Where != "" {
		q.Where = append(q.Where, f.Where)
	}
	for _, r := range f.Refine {
		q.Refine = append(q.Refine, FieldName(r.Name)+":"+Quote(r.Value))
	}
	for _, e := range f.Exclude {
		q.Exclude = append(q.Exclude, FieldName(e.Name)+":"+Quote(e.Value))
	}
	for _, name := range f.Either {
		if slices.ContainsFunc(f.Refine, func(r Named) bool { return r.Name == name }) {
			q.Facet = append(q.Facet, "facet(name="+Quote(name)+", disjunctive=true)")
		}
	}
	if f.Geo != "" && len(f.Areas) > 0 {
		var either []string
		for _, a := range f.Areas {
			either = append(either, a.condition(f.Geo))
		}
		q.Where = append(q.Where, strings.Join(either, " or "))
	}
	return q
}

// API writes the filter as the parameters of the Explore API.
func (f Filter) API() url.Values {
	q, v := f.Question(), url.Values{}
	for name, texts := range map[string][]string{"where": q.Where, "refine": q.Refine, "exclude": q.Exclude, "facet": q.Facet} {
		for _, text := range texts {
			v.Add(name, text)
		}
	}
	return v
}

// Without gives the filter less a refined or excluded value.
func (f Filter) Without(n Named, excluded bool) Filter {
	drop := func(list []Named) []Named {
		return slices.DeleteFunc(slices.Clone(list), func(x Named) bool { return x == n })
	}
	if excluded {
		f.Exclude = drop(f.Exclude)
	} else {
		f.Refine = drop(f.Refine)
	}
	return f
}

// With gives the filter with a refined value more.
func (f Filter) With(n Named) Filter {
	f.Refine = append(slices.Clone(f.Refine), n)
	return f
}

// Refined tells whether a value is refined.
func (f Filter) Refined(n Named) bool { return slices.Contains(f.Refine, n) }

// Active counts the parts of the filter but for the words.
func (f Filter) Active() int {
	n := len(f.Refine) + len(f.Exclude) + len(f.Areas)
	if f.Where != "" {
		n++
	}
	return n
}

// Chip is one part of the filter in words, and the address without it.
type Chip struct {
	Label string // of the field, "" for words and conditions
	Value string
	Not   bool
	Href  string
}

// LongestLabel is how much of a value a chip or a heading shows, in characters.
const LongestLabel = 120

// Chips gives the filter part by part; label names a field, href gives the address of a filter.
func (f Filter) Chips(p *locale.Printer, label func(name string) string, href func(Filter) string) []Chip {
	var out []Chip
	if f.Words != "" {
		g := f
		g.Words = ""
		out = append(out, Chip{Value: p.T("“{text}”", "text", page.Cut(f.Words, LongestLabel)), Href: href(g)})
	}
	if f.Where != "" {
		g := f
		g.Where = ""
		out = append(out, Chip{Value: page.Cut(f.Where, LongestLabel), Href: href(g)})
	}
	for _, r := range f.Refine {
		out = append(out, Chip{label(r.Name), page.Cut(r.Value, LongestLabel), false, href(f.Without(r, false))})
	}
	for _, e := range f.Exclude {
		out = append(out, Chip{label(e.Name), page.Cut(e.Value, LongestLabel), true, href(f.Without(e, true))})
	}
	for i, a := range f.Areas {
		g := f
		g.Areas = slices.Delete(slices.Clone(f.Areas), i, i+1)
		says := p.T("inside a drawn shape")
		if a.Metres > 0 {
			says = p.T("within {n} m of a point", "n", p.Number(a.Metres, 0))
		}
		out = append(out, Chip{Value: says, Href: href(g)})
	}
	return out
}

// Quote writes a text as a string of the query language.
func Quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// FieldName writes a field's name in the query language: between back-quotes unless it is of plain letters.
func FieldName(name string) string {
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
