package back

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parvis/internal/editorial"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/web/data"
	"parvis/internal/web/page"
)

// editPage changes what a page says in a language. The form holds all of it, so that blocks are added, moved and taken
// out without anything being saved, and without a script.
type editPage struct {
	office
	Form     form
	Page     *editorial.Page
	Language page.Choice
	Blocks   []blockForm
	Kinds    []page.Choice
	Tongues  []tongueLine
	Live     bool // a version is shown to readers
	Written  bool // there is a draft in this language
	Preview  string
	Public   string
	Base     string
	Most     struct{ Title, Lede, Text int }
}

// blockForm is a block in the form.
type blockForm struct {
	editorial.Block
	N     int // from 0
	Label string
	First bool
	Last  bool
}

// At gives the number under which a field of the block stands in the form.
func (b blockForm) At(field string) string { return field + "-" + strconv.Itoa(b.N) }

func blockName(p *locale.Printer, k editorial.Kind) string {
	switch k {
	case editorial.Text:
		return p.T("Text")
	case editorial.Figure:
		return p.T("Figure")
	case editorial.View:
		return p.T("Chart, map, table, calendar or images")
	case editorial.List:
		return p.T("List of datasets")
	}
	return string(k)
}

func (s *Site) editPage(w http.ResponseWriter, r *http.Request) (*editPage, error) {
	p := &editPage{office: s.begin(w, r, pagesPath, nil)}
	id, err := number(r, "page")
	if err != nil {
		return nil, err
	}
	if p.Page, err = s.editorial.Find(r.Context(), p.By, id); err != nil {
		return nil, err
	}
	if p.Language, err = p.language(r); err != nil {
		return nil, err
	}
	p.Style += " editor.css"
	p.Base = pagePath(id, p.Language.Tag)
	p.Tongues = tongues(&p.office, p.Page, p.Language.Tag)
	p.Most.Title, p.Most.Lede, p.Most.Text = editorial.LongestTitle, editorial.LongestLede, editorial.LongestText
	for _, k := range editorial.Kinds() {
		p.Kinds = append(p.Kinds, page.Choice{Label: blockName(p.Printer, k), Tag: string(k)})
	}
	p.Title = p.Page.Tongues[0].Title
	for _, t := range p.Page.Tongues {
		if t.Language == p.Language.Tag {
			p.Title, p.Written, p.Live = t.Title, true, t.Live > 0
		}
	}
	p.Preview = p.Link("/pages/"+p.Page.Slug+"/", url.Values{"version": {"draft"}, "of": {p.Language.Tag}})
	if p.Live {
		p.Public = p.Href("/pages/" + p.Page.Slug + "/")
	}
	return p, nil
}

// fill puts a content into the form.
func (p *editPage) fill(c editorial.Content) {
	if p.Form.Values == nil {
		p.Form.Values = url.Values{}
	}
	p.Form.Values.Set("title", c.Title)
	p.Form.Values.Set("lede", c.Lede)
	p.Blocks = nil
	for i, b := range c.Blocks {
		p.Blocks = append(p.Blocks, blockForm{Block: b, N: i, Label: blockName(p.Printer, b.Kind), First: i == 0, Last: i == len(c.Blocks)-1})
	}
}

// content reads the form.
func (p *editPage) content() editorial.Content {
	c := editorial.Content{Title: p.Form.Of("title"), Lede: p.Form.Of("lede")}
	of := func(field string, i int) string {
		if values := p.Form.Values[field]; i < len(values) {
			return strings.TrimSpace(values[i])
		}
		return ""
	}
	for i, kind := range p.Form.Values["kind"] {
		if len(c.Blocks) > editorial.MostBlocks || !slices.Contains(editorial.Kinds(), editorial.Kind(kind)) {
			continue
		}
		c.Blocks = append(c.Blocks, editorial.Block{Kind: editorial.Kind(kind), Title: of("heading", i), Text: of("text", i), Of: of("of", i), Value: of("value", i), Unit: of("unit", i)})
	}
	return c
}

func (s *Site) editForm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.editPage(w, r)
	if err != nil {
		return err
	}
	from := p.Language.Tag
	if !p.Written { // another language is where a translation begins
		from = p.Page.Tongues[0].Language
	}
	found, err := s.editorial.History(r.Context(), p.By, p.Page.ID, from, 0)
	if err != nil {
		return err
	}
	p.fill(found[0].Content)
	return s.Render(w, r, http.StatusOK, s.pages["editpage"], p)
}

// edit does what the pressed button says: it changes the form, or saves it, or publishes it.
func (s *Site) edit(w http.ResponseWriter, r *http.Request) error {
	p, err := s.editPage(w, r)
	if err != nil {
		return err
	}
	if p.Form, err = page.Posted(r); err != nil {
		return err
	}
	c := p.content()
	act, which, _ := strings.Cut(p.Form.Of("act"), ":")
	status := http.StatusOK
	switch act {
	case "save", "publish":
		p.check(s, c, act == "publish")
		if p.Form.Sound() {
			done, err := s.keep(r, p, c, act == "publish")
			if err == nil {
				return p.goOn(w, r, p.Base, done)
			}
			if err := refused(p.Printer, &p.Form, err, "", ""); err != nil {
				return err
			}
		}
		status = http.StatusUnprocessableEntity
	case "withdraw":
		if err := s.editorial.Withdraw(r.Context(), p.By, p.Page.ID, p.Language.Tag); err != nil {
			return err
		}
		return p.goOn(w, r, p.Base, "withdrawn")
	case "add":
		if kind := editorial.Kind(which); slices.Contains(editorial.Kinds(), kind) && len(c.Blocks) < editorial.MostBlocks {
			c.Blocks = append(c.Blocks, editorial.Block{Kind: kind})
		}
	default:
		c.Blocks = page.Arranged(c.Blocks, act, which)
	}
	p.fill(c)
	return s.Render(w, r, status, s.pages["editpage"], p)
}

// keep saves a draft, and shows it to readers where that is wanted.
func (s *Site) keep(r *http.Request, p *editPage, c editorial.Content, publish bool) (done string, err error) {
	number, err := s.editorial.Save(r.Context(), p.By, p.Page.ID, p.Language.Tag, c)
	if err != nil || !publish {
		return "saved", err
	}
	return "shown", s.editorial.Publish(r.Context(), p.By, p.Page.ID, p.Language.Tag, number)
}

// check notes what must be mended: for readers all blocks must say what they show, for a draft a title is enough.
func (p *editPage) check(s *Site, c editorial.Content, readers bool) {
	if c.Title == "" {
		p.Form.Wrong("title", p.T("Give it a title"))
	}
	if !readers {
		return
	}
	known := func(id string) bool {
		_, err := s.catalog.Find(p.By, id)
		return err == nil
	}
	for i, b := range c.Blocks {
		at := func(field string) string { return fmt.Sprintf("%s-%d", field, i) }
		switch b.Kind {
		case editorial.Text:
			if b.Text == "" {
				p.Form.Wrong(at("text"), p.T("Write the text, or take the block out"))
			}
		case editorial.View:
			if id, _, _, ok := data.ViewOf(b.Of); !ok || !known(id) {
				p.Form.Wrong(at("of"), p.T("Give the address of a table, a map, a figure, a calendar or the images of a dataset"))
			}
		case editorial.Figure:
			if b.Of == "" {
				p.Form.Wrong(at("of"), p.T("Say of which dataset it is"))
			}
			if b.Value == "" {
				p.Form.Wrong(at("value"), p.T("Say what is computed, such as sum(population)"))
			}
		case editorial.List:
			if b.Of == "" {
				p.Form.Wrong(at("of"), p.T("Give the address of a search, or datasets, one a line"))
			}
		}
	}
}

// historyPage lists the versions of a page in a language.
type historyPage struct {
	office
	Page     *editorial.Page
	Language page.Choice
	Base     string
	Versions []versionLine
}

type versionLine struct {
	*editorial.Version
	Who, Preview string
	Count        int64 // its number
}

func (s *Site) pageHistory(w http.ResponseWriter, r *http.Request) error {
	e, err := s.editPage(w, r)
	if err != nil {
		return err
	}
	p := &historyPage{office: e.office, Page: e.Page, Language: e.Language, Base: e.Base}
	found, err := s.editorial.History(r.Context(), p.By, p.Page.ID, p.Language.Tag, 0)
	if err != nil {
		return err
	}
	for _, v := range found {
		p.Versions = append(p.Versions, versionLine{v, s.name(r, &p.office, v.By), p.Link("/pages/"+p.Page.Slug+"/", url.Values{"version": {strconv.Itoa(v.Number)}, "of": {v.Language}}), int64(v.Number)})
	}
	p.Title = p.T("History of “{title}”", "title", e.Title)
	return s.Render(w, r, http.StatusOK, s.pages["pagehistory"], p)
}

// restore makes an earlier version the draft again.
func (s *Site) restore(w http.ResponseWriter, r *http.Request) error {
	p, err := s.editPage(w, r)
	if err != nil {
		return err
	}
	if p.Form, err = page.Posted(r); err != nil {
		return err
	}
	number, err := strconv.Atoi(p.Form.Of("version"))
	if err != nil || number < 1 {
		return fault.New(fault.NotFound, "There is no such version.")
	}
	found, err := s.editorial.History(r.Context(), p.By, p.Page.ID, p.Language.Tag, number)
	if err != nil {
		return err
	}
	if _, err := s.editorial.Save(r.Context(), p.By, p.Page.ID, p.Language.Tag, found[0].Content); err != nil {
		return err
	}
	return p.goOn(w, r, p.Base, "saved")
}
