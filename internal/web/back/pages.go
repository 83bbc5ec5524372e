package back

import (
	"net/http"
	"strconv"
	"strings"

	"parvis/internal/account"
	"parvis/internal/editorial"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/server"
	"parvis/internal/text"
	"parvis/internal/web/page"
)

const pagesPath = "/backoffice/pages/"

// writers opens a page to people who write pages.
func (s *Site) writers(h server.Handler) server.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if !editorial.Edits(s.View(w, r, nil, "back").Visitor().Actor) {
			return fault.New(fault.Forbidden, "This part of the back office is not open to you.")
		}
		return h(w, r)
	}
}

// pagesPage lists the pages that somebody may change.
type pagesPage struct {
	office
	Pages []pageLine
	May   bool // make new ones
}

type pageLine struct {
	*editorial.Page
	Title, Lang string
	Href        string
	Tongues     []tongueLine
}

// tongueLine is a page in a language.
type tongueLine struct {
	Name, Tag, Href, State string
	Live, On               bool
}

func (s *Site) pagesList(w http.ResponseWriter, r *http.Request) error {
	p := &pagesPage{office: s.begin(w, r, pagesPath, func(l *locale.Printer) string { return l.T("Pages") })}
	p.May = p.By.May(account.CreatePage)
	found, err := s.editorial.All(r.Context(), p.By)
	if err != nil {
		return err
	}
	for _, one := range found {
		line := pageLine{Page: one, Title: one.Tongues[0].Title, Lang: one.Tongues[0].Language, Href: p.Href(pagePath(one.ID, one.Tongues[0].Language))}
		for _, t := range one.Tongues {
			if t.Language == p.Tag {
				line.Title, line.Lang, line.Href = t.Title, t.Language, p.Href(pagePath(one.ID, t.Language))
			}
		}
		line.Tongues = tongues(&p.office, one, "")
		p.Pages = append(p.Pages, line)
	}
	return s.Render(w, r, http.StatusOK, s.pages["pages"], p)
}

func pagePath(id int64, language string) string {
	return pagesPath + strconv.FormatInt(id, 10) + "/" + language + "/"
}

// tongues gives a page in the languages of the portal, that of its open version marked.
func tongues(o *office, one *editorial.Page, open string) (out []tongueLine) {
	for _, l := range o.Languages() {
		line := tongueLine{Name: l.Label, Tag: l.Tag, Href: o.Href(pagePath(one.ID, l.Tag)), On: l.Tag == open, State: o.T("not written yet")}
		for _, t := range one.Tongues {
			if t.Language != l.Tag {
				continue
			}
			switch line.Live = t.Live > 0; {
			case t.Live == t.Last:
				line.State = o.T("shown to readers")
			case line.Live:
				line.State = o.T("shown to readers, with a newer draft")
			default:
				line.State = o.T("a draft")
			}
		}
		out = append(out, line)
	}
	return out
}

// newPage asks for the title and the address of a new page.
type newPage struct {
	office
	Form form
}

func (s *Site) newPageForm(w http.ResponseWriter, r *http.Request) error {
	p := &newPage{office: s.begin(w, r, pagesPath, func(l *locale.Printer) string { return l.T("New page") })}
	return s.Render(w, r, http.StatusOK, s.pages["newpage"], p)
}

func (s *Site) makePage(w http.ResponseWriter, r *http.Request) error {
	p := &newPage{office: s.begin(w, r, pagesPath, func(l *locale.Printer) string { return l.T("New page") })}
	var err error
	if p.Form, err = page.Posted(r); err != nil {
		return err
	}
	title, slug := p.Form.Of("title"), p.Form.Of("slug")
	if title == "" {
		p.Form.Wrong("title", p.T("Give it a title"))
	}
	if slug == "" {
		slug = slugOf(title)
	}
	if p.Form.Sound() {
		id, err := s.editorial.Create(r.Context(), p.By, slug, p.Tag, editorial.Content{Title: title, Blocks: []editorial.Block{{Kind: editorial.Text}}})
		if err == nil {
			return p.goOn(w, r, pagePath(id, p.Tag), "")
		}
		if err := p.refusedSlug(&p.Form, err); err != nil {
			return err
		}
	}
	return s.Render(w, r, http.StatusUnprocessableEntity, s.pages["newpage"], p)
}

// refusedSlug notes what is wrong with the address of a page.
func (o *office) refusedSlug(f *form, err error) error {
	if fault.KindOf(err) == fault.Invalid && strings.Contains(fault.Message(err), "cannot be an address") {
		f.Wrong("slug", o.T("Write the address in small letters, figures and hyphens, up to 80 of them, such as trees-near-you"))
		return nil
	}
	return refused(o.Printer, f, err, "slug", o.T("Another page has this address."))
}

// slugOf makes an address of a title: its letters without accents, joined by hyphens; "page" where none are Latin.
func slugOf(title string) string {
	var out strings.Builder
	for _, r := range text.Fold(title) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			out.WriteRune(r)
		case out.Len() > 0 && !strings.HasSuffix(out.String(), "-"):
			out.WriteByte('-')
		}
		if out.Len() >= 60 {
			break
		}
	}
	if slug := strings.Trim(out.String(), "-"); slug != "" {
		return slug
	}
	return "page"
}

// pageSettings is what holds for a page in all its languages.
type pageSettings struct {
	office
	Form    form
	Page    *editorial.Page
	Manages bool
	Base    string
}

func (s *Site) pageSettings(w http.ResponseWriter, r *http.Request) (*pageSettings, error) {
	p := &pageSettings{office: s.begin(w, r, pagesPath, nil)}
	id, err := number(r, "page")
	if err != nil {
		return nil, err
	}
	if p.Page, err = s.editorial.Find(r.Context(), p.By, id); err != nil {
		return nil, err
	}
	p.Title, p.Manages = p.T("Settings of “{title}”", "title", p.Page.Tongues[0].Title), p.By.May(account.ManagePage)
	p.Base = pagePath(id, p.Page.Tongues[0].Language)
	return p, nil
}

func (s *Site) pageSettingsForm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.pageSettings(w, r)
	if err != nil {
		return err
	}
	p.Form.Values = map[string][]string{"slug": {p.Page.Slug}}
	if p.Page.Restricted {
		p.Form.Values.Set("restricted", "yes")
	}
	if p.Page.Menu {
		p.Form.Values.Set("menu", "yes")
	}
	return s.Render(w, r, http.StatusOK, s.pages["pagesettings"], p)
}

func (s *Site) savePageSettings(w http.ResponseWriter, r *http.Request) error {
	p, err := s.pageSettings(w, r)
	if err != nil {
		return err
	}
	if p.Form, err = page.Posted(r); err != nil {
		return err
	}
	err = s.editorial.Set(r.Context(), p.By, p.Page.ID, editorial.Settings{Slug: p.Form.Of("slug"), Restricted: p.Form.Holds("restricted", "yes"), Menu: p.Form.Holds("menu", "yes")})
	if err == nil {
		return p.goOn(w, r, p.Base, "saved")
	}
	if err := p.refusedSlug(&p.Form, err); err != nil {
		return err
	}
	return s.Render(w, r, http.StatusUnprocessableEntity, s.pages["pagesettings"], p)
}

func (p *pageSettings) confirm() *confirmPage {
	c := &confirmPage{office: p.office, Act: p.T("Remove for ever"), Back: p.Href(p.Base)}
	c.Title = p.T("Remove {name}?", "name", p.Page.Tongues[0].Title)
	c.Says = []string{p.T("The page goes with all its versions, in all languages. This cannot be undone.")}
	return c
}

func (s *Site) pageRemoveForm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.pageSettings(w, r)
	if err != nil {
		return err
	}
	return s.Render(w, r, http.StatusOK, s.pages["confirm"], p.confirm())
}

func (s *Site) pageRemove(w http.ResponseWriter, r *http.Request) error {
	p, err := s.pageSettings(w, r)
	if err != nil {
		return err
	}
	if err := s.editorial.Remove(r.Context(), p.By, p.Page.ID); err != nil {
		return err
	}
	return p.goOn(w, r, pagesPath, "removed")
}

// language reads the language of a page from the address. Kind NotFound: the portal does not speak it.
func (o *office) language(r *http.Request) (page.Choice, error) {
	for _, l := range o.Languages() {
		if l.Tag == r.PathValue("language") {
			return l, nil
		}
	}
	return page.Choice{}, fault.New(fault.NotFound, "This portal does not speak %.20q.", r.PathValue("language"))
}
