package tabs

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parvis/internal/web/data"
	"parvis/internal/web/page"

	"parvis/internal/dataset"
	"parvis/internal/explore"
	"parvis/internal/fault"
	"parvis/internal/odsql"
)

// rowsPerPage is how many rows a page of the table shows.
const rowsPerPage = 100

// jumpFrom is the number of pages above which the table offers to go to one by its number.
const jumpFrom = 7

// Jumps tells whether the table offers to go to a page by its number.
func (p *tablePage) Jumps() bool { return p.Pages > jumpFrom }

// tablePage shows the rows of a dataset.
type tablePage struct {
	data.Page
	Query, Where string
	Error        *data.Mistake // what is wrong with the filter
	Keep         []pair        // what the search form keeps
	KeepFilter   []pair        // what the filter form keeps
	Heads        []head
	Lines        []line
	From, To     int64
	Total        int64
	Pager        *pager
	Jump         []pair // what the form that goes to a page keeps
	Pages        int64
	Facets       []facetField
	CSV, JSON    string // this view at the machine door
	Sharing      data.Sharing
	Columns      []columnChoice
	Shown        int    // columns that are shown
	KeepColumns  []pair // what the form of columns keeps
	Cards        bool   // rows are cards where the screen is narrow
	Toggle       string // address of the other way
	Active       int
}

// WrongWhere tells whether it is the condition that is wrong.
func (p *tablePage) WrongWhere() bool { return p.Error != nil && p.Error.Where }

// head is a column of the table.
type head struct {
	Label, Lang string
	Below       string // the unit, or the type
	Href        string // sorts by this column; "" where it cannot
	About       string // address of the page on this column
	Sorted      string // ascending, descending or ""
	Num         bool
}

// columnChoice is a column that may be shown or not.
type columnChoice struct {
	Name, Label, Lang string
	On                bool
}

// line is a row of the table.
type line struct {
	Href  string // of the row's own page, "" where it has none
	Cells []data.Cell
}

// facetField is a facet as a group of choices in the filter form.
type facetField struct {
	Name        string
	Label, Lang string
	Many        bool // several may be chosen
	None        bool // nothing is chosen
	Values      []facetOption
	Hidden      int64 // values that are not shown
}

type facetOption struct {
	ID, Value, Label string
	Count            int64
	On               bool
	Level            int
}

// mostOptions is how many values of a facet the filter form shows.
const mostOptions = 40

// table shows the rows.
func (s *Tabs) table(w http.ResponseWriter, r *http.Request) error { return s.rows(w, r, false) }

// embed shows the rows within a page of somebody else.
func (s *Tabs) embed(w http.ResponseWriter, r *http.Request) error { return s.rows(w, r, true) }

func (s *Tabs) rows(w http.ResponseWriter, r *http.Request, embedded bool) error {
	base, err := s.Open(w, r, "table")
	if err != nil {
		return err
	}
	p := &tablePage{Page: base}
	p.Embedded, p.Style, p.Script = embedded, "table.css", "table.js"
	if embedded {
		p.Script = ""
	}
	p.Query, p.Where = p.Filter.Words, p.Filter.Where
	p.Active = len(p.Filter.Refine) + len(p.Filter.Exclude)
	if p.Filter.Where != "" {
		p.Active++
	}
	if p.Hidden || p.NoRows {
		return s.Render(w, r, http.StatusOK, s.pages["table"], p)
	}
	p.Keep = page.Pairs(p.Params, func(name string) bool { return name != "q" && name != "page" && name != "lang" && name != "flg" })
	at := min(page.Number(p.Params.Get("page")), 100_000)
	sort := p.Params.Get("sort")
	q := p.Filter.Question()
	q.OrderBy = p.order(sort)
	q.Lang = p.Rules
	q.Select = p.choose()
	limit := rowsPerPage
	q.Limit, q.Offset = &limit, int(at-1)*rowsPerPage
	status := http.StatusOK
	rows, err := s.Portal.Records(r.Context(), p.Actor, p.ID, q)
	switch {
	case err != nil && fault.KindOf(err) == fault.Invalid:
		p.Error, status = p.Explain(err), http.StatusBadRequest
		rows = &data.Rows{}
	case err != nil:
		return fmt.Errorf("table of %s: %w", p.ID, err)
	}
	p.fill(rows, sort, at)
	facets := odsql.Question{Lang: p.Rules}
	if p.Error == nil {
		facets = p.Filter.Question()
	}
	if p.hasFacets() {
		found, err := s.Portal.Facets(r.Context(), p.Actor, p.ID, facets)
		if err != nil && fault.KindOf(err) != fault.Invalid {
			return fmt.Errorf("facets of %s: %w", p.ID, err)
		}
		p.Facets = p.facetFields(found)
	}
	p.KeepFilter = page.Pairs(p.Params, func(name string) bool {
		return name == "q" || name == "sort" || name == "column" || name == "view" || strings.HasPrefix(name, "geofilter.") || strings.HasPrefix(name, "disjunctive.") || strings.HasPrefix(name, "exclude.") ||
			strings.HasPrefix(name, "refine.") && !slices.ContainsFunc(p.Facets, func(f facetField) bool { return f.Name == name })
	})
	return s.Render(w, r, status, s.pages["table"], p)
}

func (p *tablePage) hasFacets() bool {
	for _, f := range p.Entry.Fields {
		if f.Annotations.Facet {
			return true
		}
	}
	return false
}

// order gives the order_by of a sort: a field's name, after "-" where the largest comes first.
func (p *tablePage) order(sort string) string {
	name, down := strings.CutPrefix(sort, "-")
	f := p.Field(name)
	if f == nil || !sortable(*f) {
		return ""
	}
	if down {
		return data.FieldName(name) + " desc"
	}
	return data.FieldName(name)
}

func sortable(f dataset.Field) bool {
	return !f.List() && !f.Geo() && f.Type != dataset.JSON && f.Type != dataset.File
}

// fill makes the table of a page of rows.
func (p *tablePage) fill(rows *data.Rows, sort string, at int64) {
	href := func(sort string, n int64) string {
		v := p.state(sort)
		if n > 1 {
			v.Set("page", strconv.FormatInt(n, 10))
		}
		return p.Link(p.address(), v)
	}
	for _, c := range rows.Columns {
		h := head{Label: page.Cut(c.Label, data.LongestLabel), Num: data.Numeric(c), Below: data.TypeName(p.Printer, c.Type, c.List)}
		if h.Label == "" {
			h.Label = c.Name
		}
		if f := p.Field(c.Name); f != nil {
			label := p.LabelOf(*f)
			h.Label, h.Lang = page.Cut(label.Text, data.LongestLabel), label.Lang
			if f.Annotations.Unit != "" {
				h.Below = f.Annotations.Unit
			}
			if !p.Embedded && hasOwnPage(*f) {
				h.About = p.Link(columnAddress(p.ID, f.Name), p.Filter.Values())
			}
			if sortable(*f) {
				h.Href = href(c.Name, 1)
				switch sort {
				case c.Name:
					h.Sorted, h.Href = "ascending", href("-"+c.Name, 1)
				case "-" + c.Name:
					h.Sorted, h.Href = "descending", href("", 1)
				}
			}
		}
		p.Heads = append(p.Heads, h)
	}
	for i, values := range rows.Values {
		l := line{}
		if i < len(rows.IDs) && rows.IDs[i] != "" {
			l.Href = p.Link(data.Address(p.ID, "record/"+rows.IDs[i]), p.Filter.Values())
		}
		for j, value := range values {
			l.Cells = append(l.Cells, p.Cell(rows.Columns[j], value, false))
		}
		p.Lines = append(p.Lines, l)
	}
	p.Total = rows.Total
	if len(p.Lines) > 0 {
		p.From = (at-1)*rowsPerPage + 1
		p.To = p.From + int64(len(p.Lines)) - 1
	}
	p.Pages = (p.Total + rowsPerPage - 1) / rowsPerPage
	p.Pager = page.Paginate(at, p.Pages, func(n int64) string { return href(sort, n) })
	if p.Pages > jumpFrom {
		p.Jump = page.Pairs(p.Params, func(name string) bool { return name != "page" && name != "lang" && name != "flg" })
	}
	api := p.Filter.API()
	if order := p.order(sort); order != "" {
		api.Set("order_by", order)
	}
	if p.Shown < len(p.Columns) {
		api.Set("select", p.selected())
	}
	p.JSON = data.APIURL(p.ID, "records", api)
	p.CSV = data.APIURL(p.ID, "exports/csv", p.Labelled(api))
	p.Sharing = p.Share("table", p.T("Address of this table"), p.Name, 620, p.state(sort))
}

// facetFields makes the filter form of counted facets.
func (p *tablePage) facetFields(facets []explore.Facet) []facetField {
	var out []facetField
	for i, facet := range facets {
		f := p.Field(facet.Name)
		if f == nil || len(facet.Values) == 0 {
			continue
		}
		label := p.LabelOf(*f)
		ff := facetField{Name: "refine." + facet.Name, Label: label.Text, Lang: label.Lang, None: true}
		ff.Many = f.Annotations.Disjunctive || f.List()
		for _, c := range data.FacetChoices(facet.Name, facet.Values, p.Filter, func(data.Filter) string { return "" }, 0) {
			if c.On {
				ff.None = false
			}
		}
		ff.Values, ff.Hidden = p.options(facet, f, i)
		out = append(out, ff)
	}
	return out
}

func (p *tablePage) options(facet explore.Facet, f *dataset.Field, group int) (shown []facetOption, hidden int64) {
	var walk func(values []explore.FacetValue, level int)
	walk = func(values []explore.FacetValue, level int) {
		for _, v := range values {
			o := facetOption{
				ID: "f" + strconv.Itoa(group) + "-" + strconv.Itoa(len(shown)), Value: v.Value, Label: v.Name, Count: v.Count,
				On: p.Filter.Refined(data.Named{Name: facet.Name, Value: v.Value}), Level: min(level, 3),
			}
			switch {
			case f.Type == dataset.Boolean && v.Value == "true":
				o.Label = p.T("Yes")
			case f.Type == dataset.Boolean:
				o.Label = p.T("No")
			case f.Type == dataset.Date || f.Type == dataset.DateTime:
				o.Label = data.MonthName(p.Printer, v.Name, level)
			}
			if v.State == explore.Excluded {
				continue
			}
			if len(shown) < mostOptions || o.On {
				shown = append(shown, o)
			} else {
				hidden++
			}
			walk(v.Children, level+1)
		}
	}
	walk(facet.Values, 0)
	return shown, hidden
}

// state gives what the address of this view holds beside its page, with the rows in an order.
func (p *tablePage) state(sort string) url.Values {
	v := p.Filter.Values()
	if sort != "" {
		v.Set("sort", sort)
	}
	for _, name := range []string{"column", "view"} {
		if kept := p.Params[name]; len(kept) > 0 {
			v[name] = kept
		}
	}
	return v
}

// address gives where the table stands: on its own page, or within one of somebody else.
func (p *tablePage) address() string {
	if p.Embedded {
		return data.EmbedAddress(p.ID, "table")
	}
	return data.Address(p.ID, "table")
}

// choose reads which columns are shown, and gives the select of the question: "" for all.
func (p *tablePage) choose() string {
	asked := p.Params["column"]
	for _, f := range p.Entry.Fields {
		label := p.LabelOf(f)
		p.Columns = append(p.Columns, columnChoice{f.Name, label.Text, label.Lang, slices.Contains(asked, f.Name)})
	}
	for _, c := range p.Columns {
		if c.On {
			p.Shown++
		}
	}
	if p.Shown == 0 { // none, or none that there is: all
		for i := range p.Columns {
			p.Columns[i].On = true
		}
		p.Shown = len(p.Columns)
	}
	p.KeepColumns = page.Pairs(p.Params, func(name string) bool { return name != "column" && name != "page" && name != "lang" && name != "flg" })
	p.Cards = p.Params.Get("view") == "cards"
	v := url.Values{}
	for name, values := range p.Params {
		if name != "view" {
			v[name] = values
		}
	}
	if !p.Cards {
		v.Set("view", "cards")
	}
	p.Toggle = p.Link(p.address(), v)
	if p.Shown == len(p.Columns) {
		return ""
	}
	return p.selected() + ", recordid"
}

// selected writes the columns that are shown in the query language.
func (p *tablePage) selected() string {
	var names []string
	for _, c := range p.Columns {
		if c.On {
			names = append(names, data.FieldName(c.Name))
		}
	}
	return strings.Join(names, ", ")
}
