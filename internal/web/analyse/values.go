package analyse

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"parvis/internal/dataset"
	"parvis/internal/web/data"
	"parvis/internal/web/figure"
)

// result is the values of a figure.
type result struct {
	figure.Figure
	Rows   int64   // rows that match
	All    int64   // groups there are, more than are shown
	Cut    bool    // not all groups, moments or rows are shown
	Whole  float64 // the function over all rows
	Totals float64 // the same where it is the sum of all groups, else 0
}

// compute asks for the aggregates of a spec.
func (s *Analyses) compute(r *http.Request, p data.Page, sp spec) (result, error) {
	q := p.Filter.Question()
	q.Select = "count(*) as n"
	if sp.Func != "count" && sp.Y != "" {
		q.Select += ", " + sp.aggregate() + " as v"
	}
	found, err := s.Portal.Records(r.Context(), p.Actor, p.ID, q)
	if err != nil || len(found.Values) == 0 {
		return result{}, err
	}
	overall := found.Values[0]
	out := result{Rows: int64(data.Number(overall[0])), Whole: data.Number(overall[len(overall)-1])}
	out.Kind = sp.Kind
	if out.Rows == 0 || sp.X == "" {
		return out, nil
	}
	if sp.Kind == figure.Scatter {
		return s.scatter(r, p, sp, out)
	}
	return s.grouped(r, p, sp, out)
}

// aggregate writes the function of a spec.
func (s spec) aggregate() string {
	if s.Func == "count" {
		return "count(*)"
	}
	return s.Func + "(" + data.FieldName(s.Y) + ")"
}

// keys writes the expressions by which rows are grouped.
func (s spec) keys(x *dataset.Field) []string {
	name := data.FieldName(x.Name)
	switch {
	case dated(x):
		parts := map[string][]string{"year": {"year"}, "quarter": {"year", "quarter"}, "month": {"year", "month"}, "day": {"year", "month", "day"}, "hour": {"hour"}, "weekday": {"dayofweek"}}[s.Step]
		out := make([]string, len(parts))
		for i, part := range parts {
			out[i] = part + "(" + name + ")"
		}
		return out
	}
	return []string{name}
}

func (s *Analyses) grouped(r *http.Request, p data.Page, sp spec, out result) (result, error) {
	x := p.Field(sp.X)
	keys := sp.keys(x)
	q := p.Filter.Question()
	q.Where = append(q.Where, data.FieldName(sp.X)+" is not null")
	if measure(x) {
		bins, err := s.bins(r, p, sp)
		if err != nil {
			return out, err
		}
		keys = []string{bins}
	}
	var by []string
	for i, k := range keys {
		by = append(by, k+" as k"+strconv.Itoa(i))
	}
	split := sp.By != "" && sp.Kind != figure.Pie && sp.Kind != figure.Treemap && sp.Kind != figure.Box && sp.Kind != figure.Range
	if split {
		by = append(by, data.FieldName(sp.By)+" as s")
	}
	q.GroupBy = strings.Join(by, ", ")
	q.Select = sp.aggregate() + " as v"
	name := data.FieldName(sp.Y)
	switch sp.Kind {
	case figure.Range:
		if sp.Y != "" {
			q.Select = "max(" + name + ") as v, min(" + name + ") as l"
		}
	case figure.Box:
		if sp.Y != "" {
			q.Select = fmt.Sprintf("percentile(%s, 50) as v, min(%s) as l, percentile(%s, 25) as a, percentile(%s, 75) as b, max(%s) as h", name, name, name, name, name)
		}
	case figure.Combined:
		if sp.Y != "" && sp.Func != "count" {
			q.Select += ", count(*) as c"
		}
	}
	limit := sp.Most
	ordered := dated(x) || measure(x)
	switch {
	case ordered:
		limit = mostMoments
	case sp.Sort == "value" && !split:
		q.OrderBy = "v desc"
	}
	if split {
		limit = 5000
	}
	q.Limit = &limit
	found, err := s.Portal.Records(r.Context(), p.Actor, p.ID, q)
	if err != nil {
		return out, err
	}
	out.All = found.Total
	s.fold(p, sp, x, found, &out, split)
	if !ordered && (sp.Func == "count" || sp.Func == "sum") && sp.Kind != figure.Box && sp.Kind != figure.Range {
		out.Totals = out.Whole
	}
	return out, err
}

// bins writes the classes of a number: round bounds over its whole range.
func (s *Analyses) bins(r *http.Request, p data.Page, sp spec) (string, error) {
	name := data.FieldName(sp.X)
	q := p.Filter.Question()
	q.Select = "min(" + name + ") as a, max(" + name + ") as b"
	found, err := s.Portal.Records(r.Context(), p.Actor, p.ID, q)
	if err != nil || len(found.Values) == 0 || len(found.Values[0]) < 2 || found.Values[0][0] == nil {
		return name, err
	}
	low, high := data.Number(found.Values[0][0]), data.Number(found.Values[0][1])
	n, _ := strconv.Atoi(sp.Step)
	width := figure.Step(math.Max(high-low, 1e-9), n)
	if p.Field(sp.X).Type == dataset.Int {
		width = math.Max(1, math.Round(width))
	}
	return fmt.Sprintf("range(%s, %.12g)", name, width), nil
}

// group is a row of the answer.
type group struct {
	key, label, series string
	order              []float64
	value, count       float64
	low                float64
	box                [5]float64
}

// fold turns the answer's groups into labels and series.
func (s *Analyses) fold(p data.Page, sp spec, x *dataset.Field, found *data.Rows, out *result, split bool) {
	var groups []group
	for _, row := range found.Values {
		g := group{value: math.NaN(), low: math.NaN(), count: math.NaN()}
		g.box = [5]float64{math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN()}
		var parts []float64
		for i, c := range found.Columns {
			switch {
			case c.Name == "v":
				g.value = data.Number(row[i])
				g.box[2] = g.value
			case c.Name == "l":
				g.low = data.Number(row[i])
				g.box[0] = g.low
			case c.Name == "a":
				g.box[1] = data.Number(row[i])
			case c.Name == "b":
				g.box[3] = data.Number(row[i])
			case c.Name == "h":
				g.box[4] = data.Number(row[i])
			case c.Name == "c":
				g.count = data.Number(row[i])
			case c.Name == "s":
				g.series = data.Show(p.Printer, c, nil, row[i], false).Text
				if g.series == "" {
					g.series = p.T("no value")
				}
			case strings.HasPrefix(c.Name, "k"):
				if dated(x) {
					parts = append(parts, data.Number(row[i]))
				} else if measure(x) {
					g.key, _ = row[i].(string)
					low, label := bucket(p, g.key)
					parts, g.label = []float64{low}, label
				} else {
					g.key = fmt.Sprint(row[i])
					g.label = data.Show(p.Printer, c, nil, row[i], false).Text
				}
			}
		}
		g.order = parts
		if dated(x) {
			g.label = moment(p, sp.Step, parts)
			g.key = g.label
		}
		groups = append(groups, g)
	}
	if dated(x) || measure(x) {
		slices.SortStableFunc(groups, func(a, b group) int { return slices.Compare(a.order, b.order) })
	}
	if !split {
		s.single(p, sp, groups, out)
		return
	}
	totals, seriesTotals := map[string]float64{}, map[string]float64{}
	var labels, names []string
	labelOf := map[string]string{}
	for _, g := range groups {
		if _, seen := totals[g.key]; !seen {
			labels = append(labels, g.key)
			labelOf[g.key] = g.label
		}
		if _, seen := seriesTotals[g.series]; !seen {
			names = append(names, g.series)
		}
		totals[g.key] += zero(g.value)
		seriesTotals[g.series] += zero(g.value)
	}
	if !dated(x) && !measure(x) {
		if sp.Sort == "value" {
			slices.SortStableFunc(labels, func(a, b string) int { return cmp.Compare(totals[b], totals[a]) })
		}
		if out.All = int64(len(labels)); len(labels) > sp.Most {
			labels, out.Cut = labels[:sp.Most], true
		}
	} else if len(labels) > 0 {
		out.All = int64(len(labels))
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(seriesTotals[b], seriesTotals[a]) })
	if most := map[bool]int{true: 20, false: mostSplit}[sp.Kind == figure.Heat]; len(names) > most {
		names, out.Cut = names[:most], true
	}
	at := map[string]int{}
	for i, l := range labels {
		at[l] = i
		out.Labels = append(out.Labels, labelOf[l])
	}
	for _, n := range names {
		values := make([]float64, len(labels))
		for i := range values {
			values[i] = math.NaN()
		}
		for _, g := range groups {
			if i, ok := at[g.key]; ok && g.series == n {
				values[i] = g.value
			}
		}
		out.Series = append(out.Series, figure.Series{Name: n, Values: values})
	}
}

// single makes one series of groups, two of a combined figure.
func (s *Analyses) single(p data.Page, sp spec, groups []group, out *result) {
	one := figure.Series{Name: measured(p, sp)}
	second := figure.Series{Name: p.T("Number of rows")}
	for _, g := range groups {
		out.Labels = append(out.Labels, g.label)
		one.Values = append(one.Values, g.value)
		one.Low = append(one.Low, g.low)
		one.Boxes = append(one.Boxes, g.box)
		second.Values = append(second.Values, g.count)
	}
	if sp.Kind != figure.Range {
		one.Low = nil
	}
	if sp.Kind != figure.Box {
		one.Boxes = nil
	}
	out.Series = []figure.Series{one}
	if sp.Kind == figure.Combined && sp.Func != "count" {
		out.Series = append(out.Series, second)
	}
	out.Cut = out.All > int64(len(groups))
}

// scatter takes rows with two numbers, at most so many.
func (s *Analyses) scatter(r *http.Request, p data.Page, sp spec, out result) (result, error) {
	const most = 1000
	x := p.Field(sp.X)
	if !measure(x) {
		x = bestMeasure(p, sp.Y)
	}
	y := p.Field(sp.Y)
	if y == nil || x != nil && y.Name == x.Name {
		y = bestMeasure(p, fieldName(x))
	}
	if x == nil || y == nil {
		return out, nil
	}
	limit := most
	q := p.Filter.Question()
	q.Select = data.FieldName(x.Name) + " as a, " + data.FieldName(y.Name) + " as b"
	name := p.NameField()
	if name != nil {
		q.Select += ", " + data.FieldName(name.Name) + " as c"
	}
	q.Where = append(q.Where, data.FieldName(x.Name)+" is not null", data.FieldName(y.Name)+" is not null")
	q.Limit = &limit
	found, err := s.Portal.Records(r.Context(), p.Actor, p.ID, q)
	if err != nil {
		return out, err
	}
	for _, row := range found.Values {
		point := figure.Point{X: data.Number(row[0]), Y: data.Number(row[1])}
		if name != nil {
			point.Name, _ = row[2].(string)
		}
		out.Points = append(out.Points, point)
	}
	out.Series = []figure.Series{{Name: p.LabelOf(*x).Text}, {Name: p.LabelOf(*y).Text}}
	out.All, out.Cut = found.Total, found.Total > int64(len(found.Values))
	return out, nil
}

func fieldName(f *dataset.Field) string {
	if f == nil {
		return ""
	}
	return f.Name
}

func zero(f float64) float64 {
	if math.IsNaN(f) {
		return 0
	}
	return f
}

// bucket reads a class as the query language writes it, [0, 10[, and words it for the reader.
func bucket(p data.Page, text string) (low float64, label string) {
	a, b, ok := strings.Cut(strings.Trim(text, "[]"), ",")
	low, err := strconv.ParseFloat(strings.TrimSpace(a), 64)
	high, wrong := strconv.ParseFloat(strings.TrimSpace(b), 64)
	if !ok || err != nil || wrong != nil {
		return low, text
	}
	return low, p.Number(low, -1) + " – " + p.Number(high, -1)
}

// moment words a step of time.
func moment(p data.Page, step string, parts []float64) string {
	at := func(i int) int {
		if i < len(parts) && !math.IsNaN(parts[i]) {
			return int(parts[i])
		}
		return 1
	}
	switch step {
	case "year":
		return strconv.Itoa(at(0))
	case "quarter":
		return p.T("Q{n} {year}", "n", at(1), "year", strconv.Itoa(at(0)))
	case "month":
		return p.Month(time.Date(at(0), time.Month(at(1)), 1, 0, 0, 0, 0, time.UTC))
	case "day":
		return p.Day(time.Date(at(0), time.Month(at(1)), at(2), 0, 0, 0, 0, time.UTC))
	case "hour":
		return p.T("{n} h", "n", at(0))
	}
	return p.WeekdayName(time.Weekday(at(0) % 7)) // Monday is 1, Sunday 7
}
