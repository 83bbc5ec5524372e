package member

import (
	"net/http"

	"parvis/internal/account"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/server"
	"parvis/internal/web/page"
)

// accountView is what every account page has: the menu, and a form.
type accountView struct {
	view
	Form    page.Form
	Section string // the entry of the menu that is open
}

// entry is one of the account's menu.
type entry struct {
	Label, Href string
	On          bool
}

// Menu gives the account pages.
func (v accountView) Menu() []entry {
	var out []entry
	for _, e := range []struct{ section, label, path string }{
		{"profile", v.T("Profile"), "/account/"},
		{"security", v.T("Security"), "/account/security/"},
		{"keys", v.T("API keys"), "/account/api-keys/"},
		{"applications", v.T("Applications"), "/account/applications/"},
		{"data", v.T("My data"), "/account/my-data/"},
	} {
		out = append(out, entry{e.label, v.Href(e.path), e.section == v.Section})
	}
	return out
}

// account begins an account page.
func (s *Site) account(w http.ResponseWriter, r *http.Request, section string, title func(*locale.Printer) string) accountView {
	v := accountView{view: s.View(w, r, title, ""), Section: section}
	v.Style = "office.css"
	return v
}

// profilePage is name and language.
type profilePage struct {
	accountView
	Profile account.Profile
	Groups  []string
	Tongues []locale.Language
}

func (s *Site) profilePage(w http.ResponseWriter, r *http.Request, v *server.Visitor) (*profilePage, error) {
	p := &profilePage{accountView: s.account(w, r, "profile", func(l *locale.Printer) string { return l.T("Your account") })}
	var err error
	if p.Profile, err = s.o.People.Profile(r.Context(), v.Actor, v.Actor.Person.ID); err != nil {
		return nil, err
	}
	for _, m := range p.Profile.Groups {
		if g, ok := s.o.People.Group(m.Group); ok {
			p.Groups = append(p.Groups, g.Name)
		}
	}
	p.Tongues = s.Locales.Languages()
	p.Form.Values = map[string][]string{"name": {p.Profile.Name}, "language": {p.Profile.Language}}
	return p, nil
}

func (s *Site) profile(w http.ResponseWriter, r *http.Request, v *server.Visitor) error {
	p, err := s.profilePage(w, r, v)
	if err != nil {
		return err
	}
	switch r.URL.Query().Get("done") {
	case "profile":
		p.Said = p.T("Your profile is kept.")
	case "welcome":
		p.Said = p.T("Welcome. Your account is made, and you are signed in.")
	}
	return s.Render(w, r, http.StatusOK, s.pages["profile"], p)
}

func (s *Site) postProfile(w http.ResponseWriter, r *http.Request, v *server.Visitor) error {
	form, err := page.Posted(r)
	if err != nil {
		return err
	}
	language := form.Of("language")
	if language != "" && s.Locales.Wish(language) == nil {
		language = ""
	}
	err = s.o.People.Update(r.Context(), v.Actor, v.Actor.Person.ID, func(d *account.Draft) { d.Name, d.Language = form.Of("name"), language })
	if fault.KindOf(err) == fault.Invalid {
		p, err := s.profilePage(w, r, v)
		if err != nil {
			return err
		}
		p.Form = form
		p.Form.Wrong("name", p.T("This name cannot be used: it may have 100 characters, in one line."))
		return s.Render(w, r, http.StatusBadRequest, s.pages["profile"], p)
	}
	if err != nil {
		return err
	}
	s.speak(w, language)
	return see(w, r, "/account/?done=profile")
}
