package reuses

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/reuse"
	"parvis/internal/web/data"
	"parvis/internal/web/page"
)

const onePage = 24 // reuses in the gallery

// galleryPage is the gallery of reuses.
type galleryPage struct {
	page.View
	Total   int64
	Cards   []Card
	Kinds   []data.FacetChoice
	Dataset string // the title of the dataset whose reuses are shown; "" for all
	Lang    string // of the title
	Clear   string // address of the whole gallery, "" where it is shown
	New     string // where one is sent in, "" where this visitor may not
	Pager   *page.Pager
}

func (s *Site) gallery(w http.ResponseWriter, r *http.Request) error {
	actor, err := s.Server.Actor(w, r)
	if err != nil {
		return err
	}
	p := &galleryPage{View: s.View(w, r, func(l *locale.Printer) string { return l.T("Reuses") }, "reuses")}
	p.Style, p.About = "reuses.css", p.T("What people have made of the data of this portal.")
	of, kind := p.Params.Get("dataset"), reuse.Kind(p.Params.Get("kind"))
	href := func(kind reuse.Kind, n int64) string {
		at := ""
		if n > 1 {
			at = strconv.FormatInt(n, 10)
		}
		return p.Link("/reuses/", query("dataset", of, "kind", string(kind), "page", at))
	}
	uid := ""
	if of != "" {
		e := find(s.visible(actor), of)
		if e == nil {
			return fault.New(fault.NotFound, "There is no dataset %.100q.", of)
		}
		title := e.TitleIn(p.Wish())
		uid, p.Dataset, p.Lang = e.UID, title.Text, title.Lang
	}
	found, known, err := s.shown(r.Context(), actor, func(one *reuse.Reuse) bool { return uid == "" || slices.Contains(one.Datasets, uid) })
	if err != nil {
		return err
	}
	for _, k := range reuse.Kinds() {
		n := 0
		for _, one := range found {
			if one.Kind == k {
				n++
			}
		}
		if n > 0 {
			c := data.FacetChoice{Label: KindName(p.Printer, k), Count: int64(n), On: k == kind, Href: href(k, 1)}
			if c.On {
				c.Href = href("", 1)
			}
			p.Kinds = append(p.Kinds, c)
		}
	}
	if kind != "" {
		found = slices.DeleteFunc(found, func(one *reuse.Reuse) bool { return one.Kind != kind })
	}
	if kind != "" || of != "" {
		p.Clear = p.Href("/reuses/")
	}
	if s.Takes(p.View) {
		p.New = p.Link(NewPath, query("dataset", of))
	}
	p.Total = int64(len(found))
	at := page.Number(p.Params.Get("page"))
	first := min((at-1)*onePage, p.Total)
	for _, one := range found[first:min(first+onePage, p.Total)] {
		p.Cards = append(p.Cards, card(p.View, one, known))
	}
	p.Pager = page.Paginate(at, (p.Total+onePage-1)/onePage, func(n int64) string { return href(kind, n) })
	return s.Render(w, r, http.StatusOK, s.pages["gallery"], p)
}

// Takes tells whether a visitor may send reuses in.
func (s *Site) Takes(v page.View) bool {
	return s != nil && s.who != Nobody && (s.who != People || v.Person() != nil)
}

// find gives the dataset of an identifier, or of an address that holds one; nil for none.
func find(known []*catalog.Entry, text string) *catalog.Entry {
	id := data.IDOf(text)
	for _, e := range known {
		if e.ID == id || e.UID == id {
			return e
		}
	}
	return nil
}

// reusePage is the page of one reuse, and the one on which to report it.
type reusePage struct {
	page.View
	Form     page.Form
	Reuse    *reuse.Reuse
	Kind     string
	Host     string
	Picture  string
	Datasets []page.Choice
	Longest  int // of a report, in characters
	Address  string
}

func (s *Site) open(w http.ResponseWriter, r *http.Request) (*reusePage, error) {
	actor, err := s.Server.Actor(w, r)
	if err != nil {
		return nil, err
	}
	p := &reusePage{View: s.View(w, r, nil, "reuses"), Longest: reuse.LongestReason}
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64) // what is no number is the number of none
	found, known, err := s.shown(r.Context(), actor, func(one *reuse.Reuse) bool { return one.ID == id })
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fault.New(fault.NotFound, "There is no such reuse.")
	}
	one := found[0]
	p.Reuse, p.Kind, p.Host = one, KindName(p.Printer, one.Kind), hostOf(one.Address)
	p.Address = Path(one.ID)
	p.Title, p.Style = one.Title, "reuses.css office.css"
	p.About = page.Cut(strings.Join(strings.Fields(one.Description), " "), 300)
	if p.About == "" {
		p.About = one.Title
	}
	if one.Pictured {
		p.Picture = PictureURL(one)
	}
	p.Datasets = named(p.View, one, known)
	var based []map[string]any
	for _, d := range p.Datasets {
		based = append(based, map[string]any{"@type": "Dataset", "name": d.Label, "url": p.Origin + d.Href})
	}
	p.Thing = map[string]any{
		"@context": "https://schema.org/", "@type": "CreativeWork", "name": one.Title, "url": one.Address, "description": p.About,
		"author": map[string]any{"@type": "Person", "name": one.Author}, "isBasedOn": based,
	}
	return p, nil
}

func (s *Site) one(w http.ResponseWriter, r *http.Request) error {
	p, err := s.open(w, r)
	if err != nil {
		return err
	}
	if p.Params.Get("done") == "reported" {
		p.Said = p.T("Thank you. Those who look after reuses are told.")
	}
	return s.Render(w, r, http.StatusOK, s.pages["reuse"], p)
}

func (s *Site) reportForm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.reportPage(w, r)
	if err != nil {
		return err
	}
	return s.Render(w, r, http.StatusOK, s.pages["report"], p)
}

func (s *Site) reportPage(w http.ResponseWriter, r *http.Request) (*reusePage, error) {
	p, err := s.open(w, r)
	if err != nil {
		return nil, err
	}
	p.Title, p.About, p.Thing = p.T("Report a reuse"), "", nil
	return p, nil
}

// report takes in what a reader says is wrong with a reuse.
func (s *Site) report(w http.ResponseWriter, r *http.Request) error {
	p, err := s.reportPage(w, r)
	if err != nil {
		return err
	}
	if p.Form, err = page.Posted(r); err != nil {
		return err
	}
	if p.Form.Of("reason") == "" {
		p.Form.Wrong("reason", p.T("Say what is wrong with it"))
	}
	if p.Form.Sound() {
		err := s.reuses.Report(r.Context(), p.Reuse.ID, p.Form.Of("reason"))
		if err == nil {
			http.Redirect(w, r, p.Link(p.Address, query("done", "reported")), http.StatusSeeOther)
			return nil
		}
		if fault.KindOf(err) != fault.Invalid {
			return err
		}
		p.Form.Wrong("reason", p.T("This cannot be taken as it is: {reason}", "reason", fault.Message(err)))
	}
	return s.Render(w, r, http.StatusUnprocessableEntity, s.pages["report"], p)
}

// May tells whether an actor looks after reuses, for links to the back office.
func (p *reusePage) May() bool { return p.Visitor().Actor.May(account.EditReuse) }
