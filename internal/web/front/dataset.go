package front

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"parvis/internal/web/page"
	"strings"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/locale"
	"parvis/internal/odsql"
	"parvis/internal/server"
)

// datasetPage is what all tabs of a dataset share.
type datasetPage struct {
	view
	Name    string // the dataset's title
	Lang    string // of the title
	ID      string
	Theme   string
	ThemeTo string
	Tabs    []choice
	Chips   []chip
	Clear   string
	Hidden  bool // the rows may not be seen by who asks
	NoRows  bool // there are none to see
	NoFiles bool // the rows may be seen and not downloaded

	FewerRows, FewerFields bool   // some are not shown to who asks
	Ask                    string // where they ask for more, "" where nothing is withheld

	entry  *catalog.Entry
	actor  account.Actor
	filter filter
	tab    string
}

// Tab names the tab that is open.
func (p datasetPage) Tab() string { return p.tab }

// tab gives the address of a tab of a dataset.
func tab(id, name string) string { return "/explore/dataset/" + url.PathEscape(id) + "/" + name + "/" }

// open finds the dataset of a request and reads its filter.
func (s *Site) open(w http.ResponseWriter, r *http.Request, name string) (datasetPage, error) {
	actor, err := s.Server.Actor(w, r)
	if err != nil {
		return datasetPage{}, err
	}
	e, visible, err := s.portal.Dataset(r.Context(), actor, r.PathValue("id"))
	if err != nil {
		return datasetPage{}, err
	}
	server.Count(w).Dataset = e.UID
	p := datasetPage{view: s.View(w, r, nil, "data"), ID: e.ID, entry: e, actor: actor, tab: name}
	title := e.TitleIn(p.view.Wish())
	p.Name, p.Lang = title.Text, title.Lang
	p.Hidden, p.NoRows = !visible, !e.HasRecords()
	p.NoFiles = visible && e.Access.Right < catalog.Download
	p.FewerRows, p.FewerFields = e.Withheld()
	p.FewerRows = p.FewerRows && visible && e.HasRecords()
	if p.Hidden && e.HasRecords() || p.NoFiles || p.FewerRows || p.FewerFields {
		p.Ask = p.Link("/access-request/", url.Values{"dataset": {e.ID}})
	}
	if p.filter, err = readFilter(p.Params); err != nil {
		return p, err
	}
	if themes := e.Metas.Texts("default", "theme"); len(themes) > 0 {
		p.Theme = themes[0]
		p.ThemeTo = p.Link("/explore/", url.Values{"refine.theme": {themes[0]}})
	}
	for _, t := range tabs(p.Printer) {
		p.Tabs = append(p.Tabs, choice{Label: t.Label, Href: p.Link(tab(e.ID, t.Tag), p.filter.values()), On: t.Tag == name})
		if t.Tag == name {
			p.Title = p.Name + " – " + t.Label
		}
	}
	p.About, _ = s.lede(e.DescriptionIn(p.view.Wish()).Text)
	if p.About == "" {
		p.About = p.Name
	}
	p.About = page.Cut(p.About, 300)
	p.Chips = p.filter.chips(p.Printer, p.label, p.filtered)
	p.Clear = p.filtered(filter{})
	return p, nil
}

// countRows gives the number of rows that who asks may see.
func (s *Site) countRows(r *http.Request, p datasetPage) (int64, error) {
	if !p.FewerRows {
		return p.entry.Rows(), nil
	}
	none := 0
	rows, err := s.portal.Records(r.Context(), p.actor, p.ID, odsql.Question{Limit: &none})
	if err != nil {
		return 0, fmt.Errorf("rows of %s: %w", p.ID, err)
	}
	return rows.Total, nil
}

// tabs are the views of a dataset.
func tabs(p *locale.Printer) []choice {
	return []choice{{Tag: "information", Label: p.T("Information")}, {Tag: "table", Label: p.T("Table")},
		{Tag: "export", Label: p.T("Export")}, {Tag: "api", Label: p.T("API")}}
}

// filtered gives the address of this tab under another filter; the sort stays, the page does not.
func (p datasetPage) filtered(f filter) string {
	v := f.values()
	if sort := p.Params.Get("sort"); sort != "" && p.tab == "table" {
		v.Set("sort", sort)
	}
	return p.Link(tab(p.ID, p.tab), v)
}

// label gives the label of a field by its name.
func (p datasetPage) label(name string) string {
	if f := p.field(name); f != nil {
		return p.labelOf(*f).Text
	}
	return name
}

func (p datasetPage) field(name string) *dataset.Field {
	for i, f := range p.entry.Fields {
		if f.Name == name {
			return &p.entry.Fields[i]
		}
	}
	return nil
}

// labelled asks the machine door for files whose columns bear labels, in the reader's language where there are such.
func (p datasetPage) labelled(v url.Values) url.Values {
	v.Set("use_labels", "true")
	if p.Rules == p.Tag && p.entry.In(p.Tag) != p.entry {
		v.Set("lang", p.Tag)
	}
	return v
}

// labelOf gives the label of a field for the reader.
func (p datasetPage) labelOf(f dataset.Field) dataset.Said { return p.entry.LabelIn(p.view.Wish(), f) }

// lede gives the first paragraph of a description without its tags, and the rest as it stands.
func (s *Site) lede(description string) (first, rest string) {
	first, rest, _ = strings.Cut(description, "</p>")
	first = strings.Join(strings.Fields(html.UnescapeString(s.bare.Sanitize(first))), " ")
	if len([]rune(first)) > 400 { // no paragraph but a whole text: it belongs below
		return page.Cut(first, 300), description
	}
	return first, rest
}
