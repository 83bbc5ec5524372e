package member

import (
	"context"
	"net/http"

	"parvis/internal/account"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/web/page"
)

// signupPage asks for the address of somebody who wants an account. The account is made from the link in the letter:
// only who reads it has the address.
type signupPage struct {
	view
	Form page.Form
	Sent bool
}

func (s *Site) signupPage(w http.ResponseWriter, r *http.Request) (*signupPage, error) {
	if !s.o.Signup {
		return nil, fault.New(fault.NotFound, "")
	}
	p := &signupPage{view: s.View(w, r, func(l *locale.Printer) string { return l.T("Make an account") }, "")}
	p.Style = "office.css"
	return p, nil
}

func (s *Site) signup(w http.ResponseWriter, r *http.Request) error {
	p, err := s.signupPage(w, r)
	if err != nil {
		return err
	}
	return s.Render(w, r, http.StatusOK, s.pages["signup"], p)
}

// postSignup says the same, after the same time, whether the address has an account or not.
func (s *Site) postSignup(w http.ResponseWriter, r *http.Request) error {
	form, err := page.Posted(r)
	if err != nil {
		return err
	}
	p, err := s.signupPage(w, r)
	if err != nil {
		return err
	}
	p.Form = form
	email, err := account.CleanEmail(form.Of("email"))
	if err != nil {
		p.Form.Wrong("email", p.T("This is no e-mail address, such as camille@example.org."))
		return s.Render(w, r, http.StatusBadRequest, s.pages["signup"], p)
	}
	language := p.Tag
	s.o.Desk.Letter(email, s.attempt(r), func(ctx context.Context) { s.invite(ctx, email, language) })
	p.Sent = true
	return s.Render(w, r, http.StatusOK, s.pages["signup"], p)
}

// invite sends an invitation to an address that asked for it; one that has an account is left alone.
func (s *Site) invite(ctx context.Context, email, language string) {
	_, _, _ = s.o.People.Invite(ctx, account.Operator, account.InvitationDraft{Email: email, Language: language}) // the sender has noted what went wrong
}
