package editorial

import (
	"context"
	"embed"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/microcosm-cc/bluemonday"

	"parvis/internal/account"
	"parvis/internal/editorial"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/server"
	"parvis/internal/web/data"
	"parvis/internal/web/page"
)

//go:embed templates/*.html
var templateFiles embed.FS

// Site is the door of the pages that editors write.
type Site struct {
	*data.Frame
	store   *editorial.Pages
	pages   map[string]*template.Template
	rich    *bluemonday.Policy
	figures *lru.Cache[string, any] // values of figures, by version, question and who is shown the same
}

// New makes a Site; a template that cannot be read is an error.
func New(frame *data.Frame, store *editorial.Pages) (*Site, error) {
	pages, err := data.Templates(templateFiles)
	if err != nil {
		return nil, err
	}
	figures, err := lru.New[string, any](512)
	return &Site{Frame: frame, store: store, pages: pages, rich: rich(), figures: figures}, err
}

// Register adds the pages to a mux whose answers page.Frame guards.
func (s *Site) Register(mux *http.ServeMux) {
	to := func(pattern string, h server.Handler) { mux.Handle(pattern, s.Handle(h)) }

	to("GET /pages/{$}", server.Counted("pages", s.list))
	to("GET /pages/{slug}/{$}", server.Counted("pages", s.one))
}

// Path gives the path of a page.
func Path(slug string) string { return "/pages/" + slug + "/" }

// Menu gives the pages that stand in the main menu, for page.Options.
func Menu(store *editorial.Pages) func(page.View) []page.Choice {
	return func(v page.View) []page.Choice {
		found, err := store.Published(context.Background(), v.Visitor().Actor)
		if err != nil {
			return nil // the page is worth reading without them
		}
		var out []page.Choice
		for _, p := range found {
			if shown := in(p, v); p.Menu && shown != nil {
				path := Path(p.Slug)
				c := page.Choice{Label: shown.Title, Href: v.Href(path), On: v.Path == path}
				if shown.Language != v.Tag {
					c.Tag = shown.Language
				}
				out = append(out, c)
			}
		}
		slices.Reverse(out) // the oldest first: the menu stays as it is when a page is added
		return out
	}
}

// in gives what a page says in the reader's language, else the portal's, else any; nil for nothing.
func in(p *editorial.Published, v page.View) *editorial.Version {
	for _, language := range []string{v.Tag, v.Rules, v.Own()} {
		if shown := p.In[language]; shown != nil {
			return shown
		}
	}
	for _, t := range p.Tongues {
		if shown := p.In[t.Language]; shown != nil {
			return shown
		}
	}
	return nil
}

// listPage lists the pages.
type listPage struct {
	page.View
	Pages []line
}

type line struct {
	Title, Lede string
	Lang        template.HTMLAttr
	Href        string
}

func (s *Site) list(w http.ResponseWriter, r *http.Request) error {
	actor, err := s.Server.Actor(w, r)
	if err != nil {
		return err
	}
	p := &listPage{View: s.View(w, r, func(l *locale.Printer) string { return l.T("Pages") }, "pages")}
	p.About = p.T("What the editors of this portal tell.")
	found, err := s.store.Published(r.Context(), actor)
	if err != nil {
		return err
	}
	for _, one := range found {
		if shown := in(one, p.View); shown != nil {
			p.Pages = append(p.Pages, line{shown.Title, shown.Lede, p.In(shown.Language), p.Href(Path(one.Slug))})
		}
	}
	return s.Render(w, r, http.StatusOK, s.pages["list"], p)
}

// editorialPage is one page.
type editorialPage struct {
	page.View
	Written string // the language of the text
	Lede    string
	Blocks  []block
	Draft   bool   // it is not what readers see
	Edit    string // where it is changed, "" for who may not
	actor   account.Actor
	editor  bool
}

func (s *Site) one(w http.ResponseWriter, r *http.Request) error {
	actor, err := s.Server.Actor(w, r)
	if err != nil {
		return err
	}
	p := &editorialPage{View: s.View(w, r, nil, "pages"), actor: actor}
	found, err := s.store.BySlug(r.Context(), actor, r.PathValue("slug"))
	if err != nil {
		return err
	}
	_, err = s.store.Find(r.Context(), actor, found.ID)
	p.editor = err == nil
	shown := in(found, p.View)
	if text := p.Params.Get("version"); text != "" && p.editor {
		if shown, err = s.version(r, p, found.ID, text); err != nil {
			return err
		}
	}
	if shown == nil {
		return fault.New(fault.NotFound, "There is no such page.")
	}
	p.Title, p.Lede, p.Written = shown.Title, shown.Lede, shown.Language
	if p.Style, p.Framed = "editorial.css", true; p.Draft {
		p.Style += " office.css"
	}
	if !p.Draft && !found.Restricted {
		p.About = page.Cut(strings.Join(strings.Fields(shown.Lede), " "), 300)
		if p.About == "" {
			p.About = shown.Title
		}
		p.Thing = map[string]any{"@context": "https://schema.org/", "@type": "Article", "headline": shown.Title, "description": p.About, "inLanguage": shown.Language, "url": p.Origin + p.Path}
	}
	if p.editor {
		p.Edit = p.Href("/backoffice/pages/" + strconv.FormatInt(found.ID, 10) + "/" + shown.Language + "/")
	}
	for _, b := range shown.Blocks {
		one, err := s.block(r, p, b)
		if err != nil {
			return err
		}
		if one != nil {
			p.Blocks = append(p.Blocks, *one)
		}
	}
	return s.Render(w, r, http.StatusOK, s.pages["page"], p)
}

// version gives a version that an editor asks for: "draft", the last one, in the language "of", or its number.
func (s *Site) version(r *http.Request, p *editorialPage, id int64, text string) (*editorial.Version, error) {
	language := p.Params.Get("of")
	number, err := strconv.Atoi(text)
	if err != nil {
		number = 0
	}
	found, err := s.store.History(r.Context(), p.actor, id, language, number)
	if err != nil {
		return nil, err
	}
	p.Draft = !found[0].Live
	return found[0], nil
}
