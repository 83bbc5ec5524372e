package data

import (
	"cmp"
	"embed"
	"fmt"
	"html"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/microcosm-cc/bluemonday"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/odsql"
	"parvis/internal/server"
	"parvis/internal/text"
	"parvis/internal/web/page"
)

//go:embed templates/*.html
var parts embed.FS

// Templates reads the templates/*.html of a room of pages on datasets: they may use the parts of this one, and of those
// that lend theirs.
func Templates(from fs.FS, lent ...fs.FS) (map[string]*template.Template, error) {
	return page.Templates(from, append(lent, parts)...)
}

// Frame is the frame of the pages on datasets.
type Frame struct {
	*page.Frame
	Portal Portal
	bare   *bluemonday.Policy // no tags at all
}

// New makes a Frame.
func New(frame *page.Frame, portal Portal) *Frame {
	return &Frame{Frame: frame, Portal: portal, bare: bluemonday.StrictPolicy()}
}

// Page is what all pages on one dataset share.
type Page struct {
	page.View
	Name    string // the dataset's title
	Lang    string // of the title
	ID      string
	Theme   string
	ThemeTo string
	Tabs    []page.Choice
	Chips   []Chip
	Clear   string
	Hidden  bool // the rows may not be seen by who asks
	NoRows  bool // there are none to see
	NoFiles bool // the rows may be seen and not downloaded

	FewerRows, FewerFields bool   // some are not shown to who asks
	Ask                    string // where they ask for more, "" where nothing is withheld

	Entry  *catalog.Entry
	Actor  account.Actor
	Filter Filter
	Tab    string // the tab that is open
}

// Address gives the address of a tab of a dataset.
func Address(id, tab string) string { return FileAddress(id, tab) + "/" }

// FileAddress gives the address of a file below a dataset.
func FileAddress(id, name string) string {
	return "/explore/dataset/" + url.PathEscape(id) + "/" + name
}

// EmbedAddress gives the address of a tab of a dataset as it is shown within a page of somebody else.
func EmbedAddress(id, tab string) string {
	return "/explore/embed/dataset/" + url.PathEscape(id) + "/" + tab + "/"
}

// APIURL gives the address of something of a dataset at the machine door.
func APIURL(id, what string, q url.Values) string {
	u := "/api/explore/v2.1/catalog/datasets/" + url.PathEscape(id) + "/" + what
	if len(q) > 0 {
		u += "?" + q.Encode()
	}
	return u
}

// Open finds the dataset of a request, by the part {id} of its path, and reads its filter; tab is the tab that is open.
func (f *Frame) Open(w http.ResponseWriter, r *http.Request, tab string) (Page, error) {
	actor, err := f.Server.Actor(w, r)
	if err != nil {
		return Page{}, err
	}
	e, visible, err := f.Portal.Dataset(r.Context(), actor, r.PathValue("id"))
	if err != nil {
		return Page{}, err
	}
	server.Count(w).Dataset = e.UID
	p := Page{View: f.View(w, r, nil, "data"), ID: e.ID, Entry: e, Actor: actor, Tab: tab}
	title := e.TitleIn(p.Wish())
	p.Name, p.Lang = title.Text, title.Lang
	p.Hidden, p.NoRows = !visible, !e.HasRecords()
	p.NoFiles = visible && e.Access.Right < catalog.Download
	p.FewerRows, p.FewerFields = e.Withheld()
	p.FewerRows = p.FewerRows && visible && e.HasRecords()
	if p.Hidden && e.HasRecords() || p.NoFiles || p.FewerRows || p.FewerFields {
		p.Ask = p.Link("/access-request/", url.Values{"dataset": {e.ID}})
	}
	if p.Filter, err = ReadFilter(p.Params); err != nil {
		return p, err
	}
	if place := p.Place(); place != nil {
		p.Filter.Geo = place.Name
	}
	if themes := e.Metas.Texts("default", "theme"); len(themes) > 0 {
		p.Theme = themes[0]
		p.ThemeTo = p.Link("/explore/", url.Values{"refine.theme": {themes[0]}})
	}
	for _, t := range p.tabs() {
		p.Tabs = append(p.Tabs, page.Choice{Label: t.Label, Tag: t.Tag, Href: p.Link(Address(e.ID, t.Tag), p.Filter.Values()), On: t.Tag == tab})
		if t.Tag == tab {
			p.Title = p.Name + " – " + t.Label
		}
	}
	p.About, _ = f.Lede(e.DescriptionIn(p.Wish()).Text)
	if p.About == "" {
		p.About = p.Name
	}
	p.About = page.Cut(p.About, 300)
	if e.Public() {
		p.Card = p.Origin + FileAddress(e.ID, "poster.png") + "?" + url.Values{"v": {Edition(e)}, "lang": {p.Tag}}.Encode()
	}
	p.Chips = p.Filter.Chips(p.Printer, p.Label, p.Filtered)
	p.Clear = p.Filtered(Filter{})
	return p, nil
}

// CountRows gives the number of rows that who asks may see.
func (f *Frame) CountRows(r *http.Request, p Page) (int64, error) {
	if !p.FewerRows {
		return p.Entry.Rows(), nil
	}
	none := 0
	rows, err := f.Portal.Records(r.Context(), p.Actor, p.ID, odsql.Question{Limit: &none})
	if err != nil {
		return 0, fmt.Errorf("rows of %s: %w", p.ID, err)
	}
	return rows.Total, nil
}

// tabs are the views of a dataset: those that its fields allow.
func (p Page) tabs() []page.Choice {
	all := []page.Choice{{Tag: "information", Label: p.T("Description")}, {Tag: "table", Label: p.T("Table")}}
	if p.Place() != nil {
		all = append(all, page.Choice{Tag: "map", Label: p.T("Map")})
	}
	if p.When("") != nil {
		all = append(all, page.Choice{Tag: "calendar", Label: p.T("Calendar")})
	}
	if len(p.FileFields()) > 0 {
		all = append(all, page.Choice{Tag: "images", Label: p.T("Images")})
	}
	return append(all, page.Choice{Tag: "analyze", Label: p.T("Analyse")}, page.Choice{Tag: "export", Label: p.T("Export")}, page.Choice{Tag: "api", Label: p.T("API")})
}

// FileFields gives the fields whose files the gallery shows: those that the publisher chose, or else all that hold files; none where there is to
// be no gallery.
func (p Page) FileFields() (out []*dataset.Field) {
	if off := p.Entry.Metas["visualization"]["images_disabled"]; off == true || off == "true" {
		return nil
	}
	chosen := p.Entry.Metas.Texts("visualization", "media_gallery_fields")
	for i, f := range p.Entry.Fields {
		if f.Type == dataset.File && (len(chosen) == 0 || slices.Contains(chosen, f.Name)) {
			out = append(out, &p.Entry.Fields[i])
		}
	}
	return out
}

// Filtered gives the address of this tab under another filter; how the tab shows its rows stays, the page does not.
func (p Page) Filtered(f Filter) string {
	v := f.Values()
	for name, values := range p.Params {
		if kept := name != "page" && !ofFilter(name); kept {
			v[name] = values
		}
	}
	return p.Link(Address(p.ID, p.Tab), v)
}

// ofFilter tells whether a parameter of an address is part of a filter.
func ofFilter(name string) bool {
	kind, _, _ := strings.Cut(name, ".")
	return slices.Contains([]string{"q", "where", "refine", "exclude", "disjunctive", "geofilter"}, kind)
}

// Place gives the field that maps show and drawn shapes speak of: the first shape, or else the first position. nil for
// a dataset without any.
func (p Page) Place() *dataset.Field {
	var point *dataset.Field
	for i, f := range p.Entry.Fields {
		switch {
		case f.List():
		case f.Type == dataset.GeoShape:
			return &p.Entry.Fields[i]
		case f.Type == dataset.GeoPoint && point == nil:
			point = &p.Entry.Fields[i]
		}
	}
	return point
}

// When gives the date by which a calendar shows rows: the one of a name, or else the one that the publisher chose, or else the
// first. nil for a dataset without any.
func (p Page) When(name string) *dataset.Field {
	for _, wanted := range []string{name, p.Entry.Metas.Text("visualization", "calendar_event_start")} {
		if f := p.Field(wanted); f != nil && f.Dated() {
			return f
		}
	}
	for i, f := range p.Entry.Fields {
		if f.Dated() {
			return &p.Entry.Fields[i]
		}
	}
	return nil
}

// Label gives the label of a field by its name.
func (p Page) Label(name string) string {
	if f := p.Field(name); f != nil {
		return p.LabelOf(*f).Text
	}
	return name
}

// Field gives a field by its name, nil for one that who asks does not see.
func (p Page) Field(name string) *dataset.Field {
	for i, f := range p.Entry.Fields {
		if f.Name == name {
			return &p.Entry.Fields[i]
		}
	}
	return nil
}

// Decimals gives how many decimals a field is shown with, nil for as many as it has.
func (p Page) Decimals(name string) *int {
	if f := p.Field(name); f != nil {
		return f.Annotations.Decimals
	}
	return nil
}

// Labelled asks the machine door for files whose columns bear labels, in the reader's language where there are such.
func (p Page) Labelled(v url.Values) url.Values {
	v.Set("use_labels", "true")
	if p.Rules == p.Tag && p.Entry.In(p.Tag) != p.Entry {
		v.Set("lang", p.Tag)
	}
	return v
}

// LabelOf gives the label of a field for the reader.
func (p Page) LabelOf(f dataset.Field) dataset.Said { return p.Entry.LabelIn(p.Wish(), f) }

// Lede gives the first paragraph of a description without its tags, and the rest as it stands.
func (f *Frame) Lede(description string) (first, rest string) {
	first, rest, _ = strings.Cut(description, "</p>")
	first = strings.Join(strings.Fields(html.UnescapeString(f.bare.Sanitize(first))), " ")
	if len([]rune(first)) > 400 { // no paragraph but a whole text: it belongs below
		return page.Cut(first, 300), description
	}
	return first, rest
}

// Citation gives the parts of the sentence with which the data may be cited.
func (p Page) Citation() []string {
	e := p.Entry
	modified := ""
	if t, ok := Moment(e.Metas.Text("default", "modified")); ok {
		modified = p.Date(t)
	}
	parts := []string{
		e.Metas.Text("default", "publisher"), p.T("“{text}”", "text", p.Name), modified, e.Metas.Text("default", "license"),
		p.Origin + Address(e.ID, "information"),
	}
	return slices.DeleteFunc(parts, func(part string) bool { return part == "" })
}

// Moment reads a date of a description.
func Moment(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// namings are what fields that name a row are called, folded, in the languages of the pages.
var namings = []string{"nom", "name", "titre", "title", "libelle", "label", "intitule", "commune", "lieu", "place", "station", "gare", "اسم", "عنوان"}

// NameField gives the field by which a row is called: the first text of one value that says so, else the first that is
// no code. nil for none.
func (p Page) NameField() *dataset.Field {
	var named, first *dataset.Field
	for i, f := range p.Entry.Fields {
		if f.Type != dataset.Text || f.List() || f.Annotations.ID {
			continue
		}
		if slices.Contains(namings, text.Fold(f.Name)) || slices.Contains(namings, text.Fold(f.Label)) {
			return &p.Entry.Fields[i]
		}
		if first == nil {
			first = &p.Entry.Fields[i]
		}
		if named == nil && !f.Annotations.Facet {
			named = &p.Entry.Fields[i]
		}
	}
	return cmp.Or(named, first)
}

// TabHref gives the address of a tab under the page's filter, "" for one that the dataset does not have.
func (p Page) TabHref(tag string) string {
	for _, t := range p.Tabs {
		if t.Tag == tag {
			return t.Href
		}
	}
	return ""
}
