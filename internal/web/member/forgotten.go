package member

import (
	"context"
	"errors"
	"net/http"

	"parvis/internal/account"
	"parvis/internal/account/signin"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/mail"
	"parvis/internal/web/page"
)

// forgottenPage asks for the address to send a link to, or says that it was sent.
type forgottenPage struct {
	view
	Form page.Form
	Sent bool
}

func (s *Site) forgottenPage(w http.ResponseWriter, r *http.Request) *forgottenPage {
	p := &forgottenPage{view: s.View(w, r, func(l *locale.Printer) string { return l.T("Forgotten password") }, "")}
	p.Style = "office.css"
	return p
}

func (s *Site) forgotten(w http.ResponseWriter, r *http.Request) error {
	return s.Render(w, r, http.StatusOK, s.pages["forgotten"], s.forgottenPage(w, r))
}

// postForgotten says the same whether there is such an account or not.
func (s *Site) postForgotten(w http.ResponseWriter, r *http.Request) error {
	form, err := page.Posted(r)
	if err != nil {
		return err
	}
	p := s.forgottenPage(w, r)
	p.Form = form
	email, err := account.CleanEmail(form.Of("email"))
	if err != nil {
		p.Form.Wrong("email", p.T("This is no e-mail address, such as camille@example.org."))
		return s.Render(w, r, http.StatusBadRequest, s.pages["forgotten"], p)
	}
	origin, tongue := p.Origin, p.Tag
	s.o.Desk.Forgotten(email, s.attempt(r), func(ctx context.Context, who *account.Person, token string) mail.Message {
		language := tongue
		if profile, err := s.o.People.Profile(ctx, account.Operator, who.ID); err == nil && profile.Language != "" {
			language = profile.Language
		}
		return s.o.Letters.reset(origin, language, token)
	})
	p.Sent = true
	return s.Render(w, r, http.StatusOK, s.pages["forgotten"], p)
}

// resetPage asks for a new password.
type resetPage struct {
	view
	Form  page.Form
	Email string
}

func (s *Site) resetPage(w http.ResponseWriter, r *http.Request) (*resetPage, error) {
	p := &resetPage{view: s.View(w, r, func(l *locale.Printer) string { return l.T("New password") }, "")}
	p.Style = "office.css"
	person, err := s.o.Desk.TicketPerson(r.Context(), r.PathValue("token"))
	if err != nil {
		return p, err
	}
	p.Email = person.Email
	return p, nil
}

func (s *Site) reset(w http.ResponseWriter, r *http.Request) error {
	p, err := s.resetPage(w, r)
	if fault.KindOf(err) == fault.NotFound {
		return s.stale(w, r)
	}
	if err != nil {
		return err
	}
	return s.Render(w, r, http.StatusOK, s.pages["reset"], p)
}

func (s *Site) postReset(w http.ResponseWriter, r *http.Request) error {
	form, err := page.Posted(r)
	if err != nil {
		return err
	}
	p, err := s.resetPage(w, r)
	if fault.KindOf(err) == fault.NotFound {
		return s.stale(w, r)
	}
	if err != nil {
		return err
	}
	p.Form = form
	_, err = s.o.Desk.Reset(r.Context(), r.PathValue("token"), form.Values.Get("password"))
	if wrongPassword(&p.Form, p.Printer, err) {
		return s.Render(w, r, http.StatusBadRequest, s.pages["reset"], p)
	}
	if fault.KindOf(err) == fault.NotFound {
		return s.stale(w, r)
	}
	if err != nil {
		return err
	}
	return see(w, r, "/login/?done=reset")
}

// wrongPassword says in a form why a password is not taken, where that is the reason of a failure.
func wrongPassword(f *page.Form, l *locale.Printer, err error) bool {
	var rule *signin.RuleError
	if !errors.As(err, &rule) {
		return false
	}
	switch rule.Reason {
	case signin.Short:
		f.Wrong("password", l.T("This password is too short: it needs at least {n} characters.", "n", signin.Shortest))
	case signin.Long:
		f.Wrong("password", l.T("This password is too long: it may have {n} characters.", "n", signin.Longest))
	case signin.Own:
		f.Wrong("password", l.T("Your e-mail address cannot be your password."))
	default:
		f.Wrong("password", l.T("This password is one of those that are tried first. Four words that come to your mind make a good one."))
	}
	return true
}

// noticePage says one thing and where to go from there.
type noticePage struct {
	view
	Says       string
	Link, Text string // where to go; "" for nowhere in particular
}

func (s *Site) notice(w http.ResponseWriter, r *http.Request, status int, work func(p *noticePage)) error {
	p := &noticePage{view: s.View(w, r, nil, "")}
	p.Style = "office.css"
	work(p)
	return s.Render(w, r, status, s.pages["notice"], p)
}

// stale answers a link that was used or is too old.
func (s *Site) stale(w http.ResponseWriter, r *http.Request) error {
	return s.notice(w, r, http.StatusNotFound, func(p *noticePage) {
		p.Title = p.T("This link does not work any more")
		p.Says = p.T("Such links work once, and for an hour. Ask for another.")
		p.Link, p.Text = p.Href("/password/forgotten/"), p.T("Ask for another link")
	})
}
