package data

import (
	"html/template"

	"parvis/internal/catalog"
	"parvis/internal/locale"
	"parvis/internal/web/page"
)

// Card is a dataset as lists show it: the template "dataset-cards".
type Card struct {
	ID, Title, Lede, Publisher string
	Lang, LedeLang             template.HTMLAttr // of the title and the lede: their languages
	Href                       string
	Rows                       string
	Views                      []string
	Modified                   string
	Imprint                    string // address, "" where there are no rows to draw
}

// Card shows a dataset in a list.
func (f *Frame) Card(v page.View, e *catalog.Entry) Card {
	c := Card{
		ID: e.ID, Publisher: e.Metas.Text("default", "publisher"),
		Href: v.Href(Address(e.ID, "information")),
	}
	title, description := e.TitleIn(v.Wish()), e.DescriptionIn(v.Wish())
	c.Title, c.Lang, c.LedeLang = title.Text, v.In(title.Lang), v.In(description.Lang)
	c.Lede, _ = f.Lede(description.Text)
	c.Lede = page.Cut(c.Lede, 220)
	if e.HasRecords() {
		if e.Access.AllRows() {
			c.Rows = v.N("{n} record", "{n} records", e.Rows())
		}
		if e.Access.Data && e.Public() { // a picture is asked for without a key
			c.Imprint = ImprintURL(e)
		}
	}
	for _, feature := range e.Features() {
		c.Views = append(c.Views, FeatureName(v.Printer, feature))
	}
	if t, ok := Moment(e.Metas.Text("default", "modified")); ok {
		c.Modified = v.Date(t)
	}
	return c
}

// FeatureName names what can be done with a dataset.
func FeatureName(p *locale.Printer, feature string) string {
	switch feature {
	case "analyze":
		return p.T("Table")
	case "geo":
		return p.T("Places")
	case "timeserie":
		return p.T("Dates")
	case "image":
		return p.T("Images")
	case "calendar":
		return p.T("Calendar")
	}
	return feature
}
