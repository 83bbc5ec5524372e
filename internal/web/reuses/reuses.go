package reuses

import (
	"context"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/locale"
	"parvis/internal/reuse"
	"parvis/internal/server"
	"parvis/internal/web/data"
	"parvis/internal/web/page"
)

//go:embed templates/*.html
var templateFiles embed.FS

// Parts are the templates that other rooms may use: "reuse-cards" shows Cards.
var Parts = templateFiles

// Who may send reuses in.
type Who string

// The choices of Who.
const (
	Everybody Who = "everybody"
	People    Who = "people" // with an account
	Nobody    Who = "nobody"
)

// Options are the parts of a Site.
type Options struct {
	Frame   *data.Frame
	Reuses  *reuse.Reuses
	Visible func(a account.Actor) []*catalog.Entry // the datasets that somebody may know of
	Who     Who                                    // "": everybody
}

// Site is the door of the pages on reuses.
type Site struct {
	*data.Frame
	reuses  *reuse.Reuses
	visible func(a account.Actor) []*catalog.Entry
	who     Who
	pages   map[string]*template.Template
}

// New makes a Site; a template that cannot be read is an error.
func New(o Options) (*Site, error) {
	s := &Site{Frame: o.Frame, reuses: o.Reuses, visible: o.Visible, who: o.Who}
	var err error
	s.pages, err = data.Templates(templateFiles)
	return s, err
}

// Register adds the pages to a mux whose answers page.Frame guards.
func (s *Site) Register(mux *http.ServeMux) {
	to := func(pattern string, h server.Handler) { mux.Handle(pattern, s.Handle(h)) }

	to("GET /reuses/{$}", s.gallery)
	to("GET /reuses/new/{$}", s.form)
	to("POST /reuses/new/{$}", s.submit)
	to("GET /reuses/new/sent/{token}/{$}", s.sent)
	to("GET /reuses/{id}/{$}", s.one)
	to("GET /reuses/{id}/report/{$}", s.reportForm)
	to("POST /reuses/{id}/report/{$}", s.report)
	to("GET /reuses/{id}/picture.jpg", s.picture)
}

// NewPath is where a reuse is sent to, with its picture.
const NewPath = "/reuses/new/"

// LongestForm is the most that a form sent to NewPath holds, in bytes: a picture and the rest.
const LongestForm = reuse.LargestPicture + 1<<20

// Path gives the path of the page of a reuse.
func Path(id int64) string { return "/reuses/" + strconv.FormatInt(id, 10) + "/" }

// Card is a reuse as lists show it.
type Card struct {
	Title, Lang  string
	Kind, Author string
	Href         string
	Picture      string // address; "" for none
	Imprint      string // address of the drawing of its first dataset, where it has no picture; "" for none
}

// Cards gives the cards of the newest reuses that somebody may be shown, of one dataset or "" of all, and how many
// there are of them.
func (s *Site) Cards(ctx context.Context, v page.View, by account.Actor, uid string, most int) (cards []Card, all int, err error) {
	if s == nil {
		return nil, 0, nil
	}
	found, known, err := s.shown(ctx, by, func(r *reuse.Reuse) bool { return uid == "" || slices.Contains(r.Datasets, uid) })
	for _, r := range found[:min(most, len(found))] {
		cards = append(cards, card(v, r, known))
	}
	return cards, len(found), err
}

// shown gives the published reuses that somebody may be shown among those wanted, and the datasets that they may know of
// by uid.
func (s *Site) shown(ctx context.Context, by account.Actor, wanted func(*reuse.Reuse) bool) (out []*reuse.Reuse, known map[string]*catalog.Entry, err error) {
	published, err := s.reuses.Published(ctx)
	if err != nil || len(published) == 0 {
		return nil, nil, err
	}
	known = map[string]*catalog.Entry{}
	for _, e := range s.visible(by) {
		known[e.UID] = e
	}
	for _, r := range published {
		if wanted(r) && (len(r.Datasets) == 0 || slices.ContainsFunc(r.Datasets, func(uid string) bool { return known[uid] != nil })) {
			out = append(out, r)
		}
	}
	return out, known, nil
}

func card(v page.View, r *reuse.Reuse, known map[string]*catalog.Entry) Card {
	c := Card{Title: r.Title, Lang: r.Language, Kind: KindName(v.Printer, r.Kind), Author: r.Author, Href: v.Href(Path(r.ID))}
	if r.Pictured {
		c.Picture = PictureURL(r)
		return c
	}
	for _, uid := range r.Datasets {
		if e := known[uid]; e != nil && e.HasRecords() && e.Access.Data && e.Public() {
			c.Imprint = data.ImprintURL(e)
			break
		}
	}
	return c
}

// PictureURL gives the address of a reuse's picture.
func PictureURL(r *reuse.Reuse) string { return Path(r.ID) + "picture.jpg" }

// named gives the datasets of a reuse among those known, as links.
func named(v page.View, r *reuse.Reuse, known map[string]*catalog.Entry) (out []page.Choice) {
	for _, uid := range r.Datasets {
		if e := known[uid]; e != nil {
			title := e.TitleIn(v.Wish())
			out = append(out, page.Choice{Label: title.Text, Tag: title.Lang, Href: v.Href(data.Address(e.ID, "information"))})
		}
	}
	return out
}

// KindName names a kind of reuse.
func KindName(p *locale.Printer, k reuse.Kind) string {
	switch k {
	case "application":
		return p.T("Application")
	case "visualization":
		return p.T("Visualisation")
	case "article":
		return p.T("Article")
	case "paper":
		return p.T("Research paper")
	case "api":
		return p.T("Service for programs")
	}
	return p.T("Something else")
}

// picture hands out the picture of a reuse; it never changes.
func (s *Site) picture(w http.ResponseWriter, r *http.Request) error {
	actor, err := s.Server.Actor(w, r)
	if err != nil {
		return err
	}
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64) // what is no number has no picture
	found, _, err := s.shown(r.Context(), actor, func(one *reuse.Reuse) bool { return one.ID == id })
	if err != nil {
		return err
	}
	if len(found) == 0 && !actor.May(account.EditReuse) {
		id = 0
	}
	picture, err := s.reuses.Picture(r.Context(), actor, id)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "image/jpeg")
	h.Set("Content-Length", strconv.Itoa(len(picture)))
	h.Set("Cache-Control", "private, max-age=3600")
	_, err = w.Write(picture)
	return err
}

// query gives the values of a query without the empty ones.
func query(pairs ...string) url.Values {
	out := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out.Set(pairs[i], pairs[i+1])
		}
	}
	return out
}
