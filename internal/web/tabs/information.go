package tabs

import (
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"parvis/internal/web/data"
	"parvis/internal/web/page"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/web/portrait"
	"parvis/internal/web/reuses"
)

// informationPage describes a dataset.
type informationPage struct {
	data.Page
	rows        int64
	Lede        string
	Download    string // address of the whole CSV
	Size        string // of it
	Facts       []fact
	Body        template.HTML // sanitised
	Written     string        // the language of lede and body
	Schema      []schemaRow
	Sampled     bool
	Sheet       []sheetRow
	Attachments []attachment
	Citation    []string
	Reuses      []reuses.Card
	AllReuses   string   // address of all of them, "" where all are shown
	NewReuse    string   // where one is sent in
	References  []choice // the citation for reference managers
}

// fact is a figure under the title.
type fact struct{ Name, Value string }

// schemaRow is a field with its profile.
type schemaRow struct {
	Label, Lang       string
	Name, Type, Unit  string
	Description, Told string // the language of the description is Told
	Filter            bool   // the field is a facet
	Spark             template.HTML
	Href              string   // the page on the column
	Says              string   // the profile in words
	Tops              []choice // its most frequent values, with their share in Tag
	Missing           string   // share of rows that have none
}

// sheetRow is a line of the side sheet: a text, or links.
type sheetRow struct {
	Name  string
	Text  string
	Code  bool
	Links []choice
}

type attachment struct{ Title, Kind, Href string }

// Rows gives the number of rows of the dataset that may be seen.
func (p *informationPage) Rows() int64 { return p.rows }

func (s *Tabs) information(w http.ResponseWriter, r *http.Request) error {
	base, err := s.Open(w, r, "information")
	if err != nil {
		return err
	}
	p := &informationPage{Page: base}
	e := p.Entry
	description := e.DescriptionIn(p.Wish())
	p.Written = description.Lang
	if err := s.describe(w, r, p, description.Text); err != nil {
		return err
	}
	if p.rows, err = s.CountRows(r, p.Page); err != nil {
		return err
	}
	p.Facts = facts(p)
	if !p.NoRows && !p.Hidden && !p.NoFiles {
		query := p.Labelled(url.Values{})
		p.Download = data.APIURL(p.ID, "exports/csv", query)
		bytes, exact, err := s.size(r, p.Page, "csv", query, p.rows)
		if err != nil {
			return err
		}
		p.Size = sizeText(p.Page, bytes, exact)
	}
	var seen *portrait.Portrait
	if !p.NoRows && !p.Hidden {
		seen, err = s.portrait(r, p.Actor, e)
		switch {
		case err == nil:
			p.Sampled = seen.Sampled
		case fault.KindOf(err) == fault.Unavailable: // it took too long: the description is still worth reading
			seen = nil
		default:
			return fmt.Errorf("profile of %s: %w", e.UID, err)
		}
	}
	for _, f := range e.Fields {
		p.Schema = append(p.Schema, schemaOf(p.Page, f, seen))
	}
	p.Sheet = p.sheet()
	if s.counts {
		p.Sheet = append(p.Sheet, sheetRow{Name: p.T("How often it is used"), Links: []choice{{Label: p.T("Statistics"), Href: p.Href("/stats/dataset/" + url.PathEscape(e.ID) + "/")}}})
	}
	for _, a := range e.Attachments {
		p.Attachments = append(p.Attachments, attachment{a.Title, a.MIMEType, data.APIURL(p.ID, "attachments/"+url.PathEscape(a.ID), nil)})
	}
	for _, a := range e.Alternatives {
		if data.WebAddress(a.URL) {
			p.Attachments = append(p.Attachments, attachment{a.Title, a.MIMEType, a.URL})
		}
	}
	if err := s.made(r, p); err != nil {
		return err
	}
	p.Thing = p.SchemaOrg(p.Lede)
	p.Feeds = []choice{{Label: p.Name, Href: p.Href(data.FileAddress(p.ID, "feed.atom"))}}
	p.Citation = p.Page.Citation()
	for _, c := range citing {
		p.References = append(p.References, choice{Label: c.Name, Href: p.Href(data.FileAddress(p.ID, "citation/"+c.Format))})
	}
	return s.Render(w, r, http.StatusOK, s.pages["information"], p)
}

// mostReuses is how many reuses of a dataset its page shows.
const mostReuses = 3

// made adds what people have made of the dataset.
func (s *Tabs) made(r *http.Request, p *informationPage) error {
	cards, all, err := s.reuses.Cards(r.Context(), p.View, p.Actor, p.Entry.UID, mostReuses)
	if err != nil {
		return fmt.Errorf("reuses of %s: %w", p.ID, err)
	}
	of := url.Values{"dataset": {p.ID}}
	if p.Reuses = cards; len(cards) > 0 {
		p.Style += " reuses.css"
	}
	if all > len(cards) {
		p.AllReuses = p.Link("/reuses/", of)
	}
	if s.reuses.Takes(p.View) {
		p.NewReuse = p.Link(reuses.NewPath, of)
	}
	return nil
}

func facts(p *informationPage) []fact {
	e := p.Entry
	var out []fact
	if !p.NoRows {
		if !p.Hidden {
			out = append(out, fact{p.T("Records"), p.Int(p.rows)})
		}
	}
	if len(e.Fields) > 0 {
		out = append(out, fact{p.T("Fields"), p.Int(int64(len(e.Fields)))})
	}
	if t, ok := data.Moment(e.Metas.Text("default", "modified")); ok {
		out = append(out, fact{p.T("Modified"), p.Date(t)})
	}
	for _, m := range []struct{ name, key string }{{p.T("Publisher"), "publisher"}, {p.T("Licence"), "license"}} {
		if text := e.Metas.Text("default", m.key); text != "" {
			out = append(out, fact{m.name, text})
		}
	}
	return out
}

// schemaOf shows a field; seen is nil where rows may not be looked at.
func schemaOf(p data.Page, f dataset.Field, seen *portrait.Portrait) schemaRow {
	label, told := p.LabelOf(f), p.Entry.FieldIn(p.Wish(), f)
	row := schemaRow{Label: label.Text, Lang: label.Lang, Name: f.Name, Description: told.Text, Told: told.Lang, Filter: f.Annotations.Facet}
	row.Type = data.TypeName(p.Printer, f.Type, f.List())
	if f.Annotations.Unit != "" {
		row.Unit = f.Annotations.Unit
	}
	if seen == nil {
		return row
	}
	for _, profile := range seen.Fields {
		if profile.Column.Name != f.Name {
			continue
		}
		row.Spark = template.HTML(profile.Spark(seen.Rows))
		row.Says = says(p.Printer, profile, f)
		if hasOwnPage(f) {
			row.Href = p.Href(columnAddress(p.ID, f.Name))
		}
		row.Tops = tops(p, profile, f, seen.Rows)
		if missing := seen.Rows - profile.Filled; missing > 0 {
			row.Missing = share(p.Printer, missing, seen.Rows)
		}
	}
	return row
}

// mostTold is how many values of a column its description tells.
const mostTold = 3

// tops gives the most frequent values of a column where some are more frequent than others.
func tops(p data.Page, profile portrait.Profile, f dataset.Field, rows int) []choice {
	if profile.Different < 2 || len(profile.Top) == 0 || profile.Top[0].Rows < 2 {
		return nil
	}
	var out []choice
	for _, top := range profile.Top[:min(mostTold, len(profile.Top))] {
		c := choice{Label: page.Cut(top.Value, data.LongestLabel), Tag: share(p.Printer, top.Rows, rows)}
		if f.Annotations.Facet {
			c.Href = p.Link(data.Address(p.ID, "table"), data.Filter{}.With(data.Named{Name: f.Name, Value: top.Value}).Values())
		}
		out = append(out, c)
	}
	return out
}

// share tells a part of rows in per cent, and never 0 % of something.
func share(p *locale.Printer, part, rows int) string {
	x := 100 * float64(part) / float64(max(rows, 1))
	if x < 1 {
		return "<\u00a0" + p.Percent(1, 0)
	}
	return p.Percent(x, 0)
}

// says puts a profile into words.
func says(p *locale.Printer, profile portrait.Profile, f dataset.Field) string {
	var parts []string
	switch {
	case len(profile.Bins) > 0 && (f.Type == dataset.Date || f.Type == dataset.DateTime):
		low, high := data.Day(p, profile.Time(profile.Low), f.Annotations.Precision), data.Day(p, profile.Time(profile.High), f.Annotations.Precision)
		if f.Annotations.Precision == "year" || f.Annotations.Precision == "month" {
			parts = append(parts, p.T("from {low} to {high}", "low", low, "high", high))
		} else {
			parts = append(parts, p.C("days", "from {low} to {high}", "low", low, "high", high))
		}
	case len(profile.Bins) > 0:
		places := -1
		if f.Annotations.Decimals != nil {
			places = *f.Annotations.Decimals
		}
		parts = append(parts, p.T("from {low} to {high}", "low", p.Number(profile.Low, places), "high", p.Number(profile.High, places)))
		if profile.Log {
			parts = append(parts, p.T("drawn by orders of magnitude"))
		}
	case profile.Different == 1:
		parts = append(parts, p.T("always the same value"))
	case profile.More:
		parts = append(parts, p.T("more than {n} different values", "n", profile.Different))
	case profile.Different > 0 && f.Type == dataset.Text:
		parts = append(parts, p.N("{n} different value", "{n} different values", int64(profile.Different)))
	}
	return strings.Join(parts, " · ")
}

// sheet is the list at the side.
func (p *informationPage) sheet() []sheetRow {
	e := p.Entry
	rows := []sheetRow{{Name: p.T("Identifier"), Text: e.ID, Code: true}}
	links := func(name, key string) {
		row := sheetRow{Name: name}
		for _, value := range e.Metas.Texts("default", key) {
			row.Links = append(row.Links, choice{Label: page.Cut(value, data.LongestLabel), Href: p.Link("/explore/", url.Values{"refine." + key: {value}})})
		}
		if len(row.Links) > 0 {
			rows = append(rows, row)
		}
	}
	text := func(name, value string) {
		switch {
		case value == "":
		case data.WebAddress(value):
			rows = append(rows, sheetRow{Name: name, Links: []choice{{Label: strings.TrimPrefix(strings.TrimPrefix(value, "https://"), "www."), Href: value}}})
		default:
			rows = append(rows, sheetRow{Name: name, Text: value})
		}
	}
	links(p.T("Theme"), "theme")
	links(p.T("Keywords"), "keyword")
	text(p.T("Coverage"), p.List(e.Metas.Texts("default", "territory")...))
	text(p.T("Period"), e.Metas.Text("dcat", "temporal"))
	text(p.T("Level of detail"), e.Metas.Text("dcat", "granularity"))
	text(p.T("Update frequency"), e.Metas.Text("default", "update_frequency"))
	if t, ok := data.Moment(e.Metas.Text("default", "data_processed")); ok {
		text(p.T("Data processed"), p.Date(t))
	}
	if v := e.Version; v != nil {
		rows = append(rows, sheetRow{Name: p.T("Version"), Links: []choice{{Label: strconv.Itoa(v.Number), Href: p.Href(data.Address(e.ID, "versions"))}}})
	}
	links(p.T("Publisher"), "publisher")
	for _, source := range e.Metas.Texts("default", "references") {
		text(p.T("Source"), source)
	}
	text(p.T("Attributions"), strings.Join(e.Metas.Texts("default", "attributions"), "; "))
	if license := e.Metas.Text("default", "license"); license != "" {
		row := sheetRow{Name: p.T("Licence"), Text: license}
		if to := e.Metas.Text("default", "license_url"); data.WebAddress(to) {
			row = sheetRow{Name: p.T("Licence"), Links: []choice{{Label: license, Href: to}}}
		}
		rows = append(rows, row)
	}
	return rows
}
