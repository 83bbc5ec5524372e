package member

import (
	"net/http"

	"parvis/internal/account"
	"parvis/internal/account/signin"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/web/page"
)

// invitationPage asks somebody who is invited for a name and a password.
type invitationPage struct {
	view
	Form  page.Form
	Email string // whom the invitation is for; "": whoever holds the link says it
	First bool   // the first administrator
}

// invited begins the page; ok is false where the token opens nothing, and the visitor has been told.
func (s *Site) invited(w http.ResponseWriter, r *http.Request) (p *invitationPage, ok bool, err error) {
	offer, err := s.o.People.Invited(r.Context(), r.PathValue("token"))
	if fault.KindOf(err) == fault.NotFound {
		return nil, false, s.notice(w, r, http.StatusNotFound, func(p *noticePage) {
			p.Title = p.T("This invitation does not work any more")
			p.Says = p.T("It was taken up already, taken back, or is too old. If you have an account, sign in; else ask for a new invitation.")
			p.Link, p.Text = p.Href("/login/"), p.T("Sign in")
		})
	}
	if err != nil {
		return nil, false, err
	}
	p = &invitationPage{view: s.View(w, r, func(l *locale.Printer) string { return l.T("Make your account") }, ""), Email: offer.Email}
	p.First = offer.Email == "" && !s.o.People.HasAdministrator()
	p.Style = "office.css"
	return p, true, nil
}

func (s *Site) invitation(w http.ResponseWriter, r *http.Request) error {
	p, ok, err := s.invited(w, r)
	if err != nil || !ok {
		return err
	}
	return s.Render(w, r, http.StatusOK, s.pages["invitation"], p)
}

func (s *Site) postInvitation(w http.ResponseWriter, r *http.Request) error {
	form, err := page.Posted(r)
	if err != nil {
		return err
	}
	p, ok, err := s.invited(w, r)
	if err != nil || !ok {
		return err
	}
	p.Form = form
	draft := account.Draft{Email: p.Email, Name: form.Of("name"), Language: p.Tag}
	if p.Email == "" {
		if draft.Email, err = account.CleanEmail(form.Of("email")); err != nil {
			p.Form.Wrong("email", p.T("This is no e-mail address, such as camille@example.org."))
		}
	}
	set, err := s.o.Desk.Prepare(r.Context(), draft.Email, form.Values.Get("password"))
	if !wrongPassword(&p.Form, p.Printer, err) && err != nil {
		return err
	}
	if !p.Form.Sound() {
		return s.Render(w, r, http.StatusBadRequest, s.pages["invitation"], p)
	}
	person, err := s.o.People.Accept(r.Context(), r.PathValue("token"), draft, set)
	switch fault.KindOf(err) {
	case fault.Conflict:
		p.Form.Wrong("", p.T("This address has an account already: sign in, or ask for a new password."))
	case fault.Invalid:
		p.Form.Wrong("name", p.T("This name cannot be used: it may have 100 characters, in one line."))
	}
	if !p.Form.Sound() {
		return s.Render(w, r, http.StatusBadRequest, s.pages["invitation"], p)
	}
	if err != nil {
		return err
	}
	if err := s.enter(w, r, p.Visitor().Session, signin.Proof{Person: person.ID, How: "password"}); err != nil {
		return err
	}
	return see(w, r, "/account/?done=welcome")
}
