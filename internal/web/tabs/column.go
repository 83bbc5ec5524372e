package tabs

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/server"
	"parvis/internal/web/data"
	"parvis/internal/web/page"
)

// mostTop is how many values of a column are shown.
const mostTop = 12

// columnPage tells what a column holds under the filter of the table, and narrows the table by it.
type columnPage struct {
	data.Page
	Field, FieldLang  string // its label
	FieldName, Type   string
	Unit, Says, Told  string // its description, whose language is Told
	Back              string // the table under the same filter
	Rows, Empty       int64
	OnlyEmpty, Filled string // addresses of the table
	Low, High         string
	Ranged            bool
	From, To          string
	Wrong             bool // from or to cannot be read
	Keep              []pair
	Top               []topValue
	More              int64 // values that are not shown
	Up, Down          string
	Error             *data.Mistake
}

// topValue is a value with the number of rows that have it.
type topValue struct {
	Label, Href string
	Rows        int64
	Share       string // of the most frequent, in hundredths
}

// columnAddress gives the address of the page on a column.
func columnAddress(id, field string) string {
	return data.Address(id, "table") + "column/" + url.PathEscape(field) + "/"
}

// hasOwnPage tells whether a column has a page of its own: one whose values can be counted and compared.
func hasOwnPage(f dataset.Field) bool {
	return !f.Geo() && f.Type != dataset.JSON && f.Type != dataset.File
}

func (s *Tabs) column(w http.ResponseWriter, r *http.Request) error {
	base, err := s.Open(w, r, "table")
	if err != nil {
		return err
	}
	f := base.Field(r.PathValue("field"))
	if f == nil || !hasOwnPage(*f) {
		return fault.New(fault.NotFound, "The dataset %s has no column %q that can be told about.", base.ID, r.PathValue("field"))
	}
	p := &columnPage{Page: base, FieldName: f.Name}
	p.Style = "table.css"
	if p.Hidden || p.NoRows {
		return server.Moved(data.Address(p.ID, "table"))(w, r)
	}
	label, told := p.LabelOf(*f), p.Entry.FieldIn(p.Wish(), *f)
	p.Field, p.FieldLang, p.Says, p.Told = label.Text, label.Lang, told.Text, told.Lang
	p.Type, p.Unit = data.TypeName(p.Printer, f.Type, f.List()), f.Annotations.Unit
	p.Title = p.Field + " – " + p.Name
	p.Chips = nil
	p.Back = p.Link(data.Address(p.ID, "table"), p.Filter.Values())
	p.Ranged = f.Numeric() || f.Dated()
	if to, ok := p.between(*f); ok {
		http.Redirect(w, r, to, http.StatusFound)
		return nil
	}
	p.Keep = page.Pairs(p.Filter.Values(), func(string) bool { return true })
	err = s.profile(r, p, *f)
	if err != nil && fault.KindOf(err) == fault.Invalid {
		p.Error = p.Explain(err)
		return s.Render(w, r, http.StatusBadRequest, s.pages["column"], p)
	}
	if err != nil {
		return fmt.Errorf("column of %s: %w", p.ID, err)
	}
	return s.Render(w, r, http.StatusOK, s.pages["column"], p)
}

// also gives the address of the table with a condition more.
func (p *columnPage) also(condition string) string {
	f := p.Filter
	if f.Where != "" {
		condition = "(" + f.Where + ") and " + condition
	}
	f.Where = condition
	return p.Link(data.Address(p.ID, "table"), f.Values())
}

// between reads the form of the range, and gives the table narrowed by it.
func (p *columnPage) between(f dataset.Field) (to string, ok bool) {
	p.From, p.To = strings.TrimSpace(p.Params.Get("from")), strings.TrimSpace(p.Params.Get("to"))
	if !p.Ranged || p.From == "" && p.To == "" {
		return "", false
	}
	var terms []string
	for _, bound := range []struct{ text, sign string }{{p.From, ">="}, {p.To, "<="}} {
		if bound.text == "" {
			continue
		}
		value, good := literal(f, bound.text)
		if !good {
			p.Wrong = true
			return "", false
		}
		terms = append(terms, data.FieldName(f.Name)+" "+bound.sign+" "+value)
	}
	return p.also(strings.Join(terms, " and ")), true
}

// literal writes what somebody typed as a value of a field in the query language.
func literal(f dataset.Field, text string) (string, bool) {
	if f.Type == dataset.Date || f.Type == dataset.DateTime {
		if _, ok := data.Moment(text); !ok {
			return "", false
		}
		return "date'" + text + "'", true
	}
	n, err := strconv.ParseFloat(strings.NewReplacer(",", ".", " ", "", "\u00a0", "", "\u202f", "").Replace(text), 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return "", false
	}
	return strconv.FormatFloat(n, 'f', -1, 64), true
}

// profile asks what the column holds under the filter.
func (s *Tabs) profile(r *http.Request, p *columnPage, f dataset.Field) error {
	name := data.FieldName(f.Name)
	q := p.Filter.Question()
	q.Select = "count(*) as n, count(" + name + ") as filled"
	if p.Ranged {
		q.Select += ", min(" + name + ") as low, max(" + name + ") as high"
	}
	found, err := s.Portal.Records(r.Context(), p.Actor, p.ID, q)
	if err != nil {
		return err
	}
	if len(found.Values) == 1 {
		row := found.Values[0]
		all, _ := row[0].(int64)
		filled, _ := row[1].(int64)
		p.Rows, p.Empty = all, all-filled
		if p.Ranged && row[2] != nil {
			p.Low = data.Show(p.Printer, found.Columns[2], f.Annotations.Decimals, row[2], false).Text
			p.High = data.Show(p.Printer, found.Columns[3], f.Annotations.Decimals, row[3], false).Text
		}
	}
	if p.Empty > 0 {
		p.OnlyEmpty, p.Filled = p.also(name+" is null"), p.also(name+" is not null")
	}
	v := p.Filter.Values()
	v.Set("sort", f.Name)
	p.Up = p.Link(data.Address(p.ID, "table"), v)
	v.Set("sort", "-"+f.Name)
	p.Down = p.Link(data.Address(p.ID, "table"), v)
	if !sortable(f) {
		p.Up, p.Down = "", ""
	}
	limit := mostTop
	q = p.Filter.Question()
	q.Select, q.GroupBy, q.OrderBy, q.Limit = "count(*) as n", name+" as v", "n desc", &limit
	q.Where = append(q.Where, name+" is not null")
	if found, err = s.Portal.Records(r.Context(), p.Actor, p.ID, q); err != nil {
		return err
	}
	most := int64(0)
	for _, row := range found.Values {
		var top topValue
		for i, c := range found.Columns {
			if c.Name == "n" {
				top.Rows, _ = row[i].(int64)
				continue
			}
			cell := data.Show(p.Printer, c, f.Annotations.Decimals, row[i], false)
			top.Label, top.Href = cell.Text, p.equal(f, row[i])
		}
		most = max(most, top.Rows)
		top.Share = strconv.FormatInt(top.Rows*100/max(most, 1), 10)
		p.Top = append(p.Top, top)
	}
	p.More = found.Total - int64(len(p.Top))
	return nil
}

// equal gives the table narrowed to one value of the column, "" for a value that cannot be written as one.
func (p *columnPage) equal(f dataset.Field, value any) string {
	name := data.FieldName(f.Name)
	switch v := value.(type) {
	case string:
		if f.Annotations.Facet {
			return p.Link(data.Address(p.ID, "table"), p.Filter.With(data.Named{Name: f.Name, Value: v}).Values())
		}
		return p.also(name + " = " + data.Quote(v))
	case int64:
		return p.also(name + " = " + strconv.FormatInt(v, 10))
	case float64:
		return p.also(name + " = " + strconv.FormatFloat(v, 'f', -1, 64))
	case bool:
		return p.also(name + " = " + strconv.FormatBool(v))
	}
	return ""
}
