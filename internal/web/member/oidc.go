package member

import (
	"net/http"

	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/web/page"
)

// callbackPath is where the identity provider sends people back to.
const callbackPath = "/oidc/callback/"

// departPage offers the way to the identity provider, or is the step over to it.
type departPage struct {
	view
	Next     string
	Provider string
	Address  string // at the provider; "" before anybody has said that they want to go
}

func (s *Site) departPage(w http.ResponseWriter, r *http.Request) (*departPage, error) {
	p := &departPage{view: s.View(w, r, func(l *locale.Printer) string { return l.T("Sign in") }, ""), Next: s.next(r), Provider: s.o.Desk.ProviderName()}
	p.Style = "office.css"
	if p.Provider == "" {
		return nil, fault.New(fault.NotFound, "")
	}
	return p, nil
}

func (s *Site) depart(w http.ResponseWriter, r *http.Request) error {
	p, err := s.departPage(w, r)
	if err != nil {
		return err
	}
	return s.Render(w, r, http.StatusOK, s.pages["depart"], p)
}

// postDepart leads to the provider by a page that goes on by itself: a form may not be sent on to another site.
func (s *Site) postDepart(w http.ResponseWriter, r *http.Request) error {
	p, err := s.departPage(w, r)
	if err != nil {
		return err
	}
	id, err := s.held(w, r)
	if err != nil {
		return err
	}
	p.Address, err = s.o.Desk.Depart(r.Context(), id, p.Origin+callbackPath, p.Next, p.personID())
	if fault.KindOf(err) == fault.Unavailable {
		return s.away(w, r)
	}
	if err != nil {
		return err
	}
	w.Header().Set("Refresh", "0;url="+p.Address)
	return s.Render(w, r, http.StatusOK, s.pages["depart"], p)
}

func (p *departPage) personID() int64 {
	if who := p.Person(); who != nil && p.Visitor().SignedIn() {
		return who.ID
	}
	return 0
}

// arrive takes people who come back from the provider.
func (s *Site) arrive(w http.ResponseWriter, r *http.Request) error {
	v, err := s.Server.Visitor(w, r)
	if err != nil {
		return err
	}
	var person int64
	if v.SignedIn() {
		person = v.Actor.Person.ID
	}
	q := r.URL.Query()
	back, err := s.o.Desk.Arrive(r.Context(), v.Session, person, q.Get("state"), q.Get("code"), q.Get("error"))
	switch fault.KindOf(err) {
	case fault.Forbidden, fault.Conflict:
		if err != nil {
			return s.turnedAway(w, r, err)
		}
	case fault.Unavailable:
		return s.away(w, r)
	}
	if err != nil {
		return err
	}
	if back.Linked {
		return see(w, r, "/account/security/?done=linked")
	}
	if err := s.enter(w, r, v.Session, back.Proof); err != nil {
		return err
	}
	return see(w, r, back.Next)
}

// turnedAway says why the provider's word opened nothing.
func (s *Site) turnedAway(w http.ResponseWriter, r *http.Request, why error) error {
	status := http.StatusForbidden
	if fault.KindOf(why) == fault.Conflict {
		status = http.StatusConflict
	}
	return s.notice(w, r, status, func(p *noticePage) {
		p.Title = p.T("You are not signed in")
		p.Says = p.T("This sign-in was not begun here, is over, or no account of this portal belongs to you. Begin again, or ask the portal’s administrators.")
		if status == http.StatusConflict {
			p.Title = p.T("This identity belongs to another account")
			p.Says = p.T("Sign in with it to that account and unlink it there first.")
		}
		p.Link, p.Text = p.Href("/login/"), p.T("Sign in")
	})
}

// away says that the provider does not answer.
func (s *Site) away(w http.ResponseWriter, r *http.Request) error {
	return s.notice(w, r, http.StatusServiceUnavailable, func(p *noticePage) {
		p.Title = p.T("{name} does not answer", "name", s.o.Desk.ProviderName())
		p.Says = p.T("Try again in a while, or sign in another way.")
		p.Link, p.Text = p.Href("/login/"), p.T("Sign in")
	})
}

// backChannel ends sessions because the provider says so.
func (s *Site) backChannel(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	form, err := page.Posted(r)
	if err == nil {
		err = s.o.Desk.BackChannel(r.Context(), form.Values.Get("logout_token"))
	}
	switch fault.KindOf(err) {
	case fault.Invalid, fault.TooLarge:
		return refuseJSON(w, http.StatusBadRequest, "invalid_request", "the logout token is not valid")
	}
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}
