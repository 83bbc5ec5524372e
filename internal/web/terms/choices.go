package terms

import (
	"net/http"
	"net/url"

	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/privacy"
	"parvis/internal/server"
	"parvis/internal/web/page"
)

// choicesPage is where a visitor chooses what may be stored and who may be contacted.
type choicesPage struct {
	view
	Policy      *privacy.Document
	Services    []serviceChoice
	Counting    bool // visits are counted at all
	Counted     bool // and this visitor's may be
	Made, Until string
	Back        string // where to go after saving; "" is this page
}

// serviceChoice is a service with what the visitor answered.
type serviceChoice struct {
	privacy.Party
	Rows    []privacy.Row
	Allowed bool
}

func (s *Site) choices(w http.ResponseWriter, r *http.Request) error {
	return s.Render(w, r, http.StatusOK, s.pages["choices"], s.choicesPage(w, r))
}

func (s *Site) choicesPage(w http.ResponseWriter, r *http.Request) *choicesPage {
	p := &choicesPage{view: s.View(w, r, func(l *locale.Printer) string { return l.T("Manage cookies") }, "")}
	p.About = p.T("What you allow this portal to store and whom it may contact for you.")
	p.Policy = s.document(p.Printer, p.Origin)
	now := p.Choices()
	for _, party := range p.Policy.Services {
		c := serviceChoice{Party: party, Allowed: now.Allows(party.ID)}
		for _, row := range p.Policy.Items {
			if row.Service == party.ID {
				c.Rows = append(c.Rows, row)
			}
		}
		p.Services = append(p.Services, c)
	}
	p.Counting, p.Counted = s.Privacy.Measurement().On, !now.Objects()
	if now.Chosen() {
		p.Made, p.Until = p.Date(now.Made), p.Date(now.Until())
	}
	if p.Params.Get("next") != "" {
		p.Back = s.Server.SafeNext(r)
	}
	return p
}

// Necessary gives what is always stored, once it is needed.
func (p *choicesPage) Necessary() []privacy.Row { return p.Policy.Of(privacy.Necessary) }

// Optional tells whether there is anything to choose.
func (p *choicesPage) Optional() bool { return p.Counting || len(p.Services) > 0 }

// choose takes the form of that page, and that of the banner.
func (s *Site) choose(w http.ResponseWriter, r *http.Request) error {
	if err := server.ParseForm(r); err != nil {
		return err
	}
	back := page.ChoicesPath
	if tag := r.PostForm.Get("lang"); tag != "" {
		back += "?" + url.Values{"lang": {tag}}.Encode()
	}
	if r.PostForm.Get("next") != "" {
		back = s.Server.SafeNext(r)
	}
	switch r.PostForm.Get("choice") {
	case "choose":
		q := url.Values{"next": {back}}
		if tag := r.PostForm.Get("lang"); tag != "" {
			q.Set("lang", tag)
		}
		http.Redirect(w, r, page.ChoicesPath+"?"+q.Encode(), http.StatusSeeOther)
		return nil
	case "clear":
		s.Privacy.Clear(w)
		http.Redirect(w, r, page.Told(back, false), http.StatusSeeOther)
		return nil
	}
	c, err := s.choiceOf(r)
	if err != nil {
		return err
	}
	if err := s.Privacy.Choose(w, r, c); err != nil {
		return err
	}
	s.ledger.Count(s.View(w, r, nil, "").Tag, s.Privacy.Class(c))
	http.Redirect(w, r, page.Told(back, true), http.StatusSeeOther)
	return nil
}

// choiceOf reads a choice. The banner says nothing of statistics: its answers leave them as they are. What the form
// does not allow is refused.
func (s *Site) choiceOf(r *http.Request) (privacy.Choice, error) {
	now := s.Privacy.Choices(r)
	asked := r.PostForm.Has("statistics")
	var c privacy.Choice
	switch r.PostForm.Get("choice") {
	case "accept":
		c = s.Privacy.AcceptAll()
		c.Statistics = asked || !now.Objects()
	case "refuse":
		c = s.Privacy.RefuseAll(now)
		c.Statistics = c.Statistics && !asked
	case "save":
		c.Statistics = r.PostForm.Get("statistics") == "yes" || !asked && !now.Objects()
		for _, service := range s.Privacy.Services() {
			if r.PostForm.Get("service-"+service.ID) == "yes" {
				c.Services = append(c.Services, service.ID)
			}
		}
	default:
		return c, fault.New(fault.Invalid, "The form does not say what was chosen: choice is one of accept, refuse, save, choose and clear.")
	}
	return c, nil
}

// resetPage takes damaged cookies away.
type resetPage struct{ view }

func (s *Site) reset(w http.ResponseWriter, r *http.Request) error {
	p := &resetPage{s.View(w, r, func(l *locale.Printer) string { return l.T("Take away all cookies of this portal") }, "")}
	return s.Render(w, r, http.StatusOK, s.pages["reset"], p)
}

// wipe takes all cookies away, and signs out by it.
func (s *Site) wipe(w http.ResponseWriter, r *http.Request) error {
	s.Privacy.Wipe(w, r.Host)
	http.Redirect(w, r, s.View(w, r, nil, "").Href("/terms/cookies-policy/"), http.StatusSeeOther)
	return nil
}
