package member

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"parvis/internal/account/signin"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/web/page"
)

// loginPage asks for address and password, or offers the other ways in.
type loginPage struct {
	view
	Form     page.Form
	Next     string
	Provider string // the name on the button of the identity provider, "" for none
	Signup   bool
}

func (s *Site) loginPage(w http.ResponseWriter, r *http.Request) *loginPage {
	p := &loginPage{view: s.View(w, r, func(l *locale.Printer) string { return l.T("Sign in") }, ""), Next: s.next(r), Provider: s.o.Desk.ProviderName(), Signup: s.o.Signup}
	p.Style = "office.css"
	return p
}

func (s *Site) login(w http.ResponseWriter, r *http.Request) error {
	p := s.loginPage(w, r)
	if p.Visitor().SignedIn() {
		return see(w, r, p.Next)
	}
	switch r.URL.Query().Get("done") {
	case "reset":
		p.Said = p.T("Your new password is set. Sign in with it.")
	case "out":
		p.Said = p.T("You are signed out.")
	case "deleted":
		p.Said = p.T("Your account is deleted.")
	}
	return s.Render(w, r, http.StatusOK, s.pages["login"], p)
}

func (s *Site) postLogin(w http.ResponseWriter, r *http.Request) error {
	form, err := page.Posted(r)
	if err != nil {
		return err
	}
	v, err := s.Server.Visitor(w, r)
	if err != nil {
		return err
	}
	proof, err := s.o.Desk.Password(r.Context(), form.Of("email"), form.Values.Get("password"), s.attempt(r))
	if err != nil {
		p := s.loginPage(w, r)
		p.Form = form
		status, err := refusal(w, &p.Form, p.Printer, p.T("The e-mail address or the password is wrong."), err)
		if err != nil {
			return err
		}
		return s.Render(w, r, status, s.pages["login"], p)
	}
	if proof.Second {
		return s.askCode(w, r, proof)
	}
	if err := s.enter(w, r, v.Session, proof); err != nil {
		return err
	}
	return see(w, r, s.next(r))
}

// refusal says in a form why somebody was not let in, and gives the status. Any other failure is given back.
func refusal(w http.ResponseWriter, f *page.Form, l *locale.Printer, wrong string, err error) (int, error) {
	var wait *signin.WaitError
	switch {
	case errors.As(err, &wait):
		w.Header().Set("Retry-After", strconv.FormatInt(int64(wait.For/time.Second)+1, 10))
		f.Wrong("", tooOften(l, wait.For))
		return http.StatusTooManyRequests, nil
	case fault.KindOf(err) == fault.Unauthenticated:
		f.Wrong("", wrong)
		return http.StatusUnauthorized, nil
	}
	return 0, err
}

// tooOften says how long to wait, in whole seconds or minutes.
func tooOften(l *locale.Printer, d time.Duration) string {
	if d <= 90*time.Second {
		return l.N("Too many attempts. Try again in {n} second, or ask for a new password.", "Too many attempts. Try again in {n} seconds, or ask for a new password.", int64(d/time.Second)+1)
	}
	return l.N("Too many attempts. Try again in {n} minute, or ask for a new password.", "Too many attempts. Try again in {n} minutes, or ask for a new password.", int64((d+time.Minute-1)/time.Minute))
}
