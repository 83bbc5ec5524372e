package member

import (
	"net/http"
	"strconv"
	"time"

	"parvis/internal/account/session"
	"parvis/internal/account/signin"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/server"
	"parvis/internal/web/page"
)

// securityPage is how somebody signs in, and where they are signed in.
type securityPage struct {
	accountView
	HasPassword bool
	Since       time.Time // of the password
	HasCodes    bool
	Recovery    int // codes that are left
	Passkeys    []signin.Passkey
	Provider    string
	Identities  []signin.Identity
	Sessions    []session.Listed
}

// How tells how a session began.
func (p *securityPage) How(how string) string {
	switch how {
	case "password":
		return p.T("by password")
	case "passkey":
		return p.T("by passkey")
	case "oidc":
		return p.T("by {name}", "name", p.Provider)
	}
	return how
}

// Left gives how many recovery codes are left.
func (p *securityPage) Left() int64 { return int64(p.Recovery) }

// Others tells whether the person is signed in elsewhere, too.
func (p *securityPage) Others() bool { return len(p.Sessions) > 1 }

func (s *Site) securityPage(w http.ResponseWriter, r *http.Request, v *server.Visitor) (*securityPage, error) {
	p := &securityPage{accountView: s.account(w, r, "security", func(l *locale.Printer) string { return l.T("Security") }), Provider: s.o.Desk.ProviderName()}
	id, ctx := v.Actor.Person.ID, r.Context()
	var err error
	if p.Since, p.HasPassword, err = s.o.Desk.HasPassword(ctx, id); err != nil {
		return nil, err
	}
	if p.HasCodes, err = s.o.Desk.HasCodes(ctx, id); err != nil {
		return nil, err
	}
	if p.Recovery, err = s.o.Desk.RecoveryLeft(ctx, id); err != nil {
		return nil, err
	}
	if p.Passkeys, err = s.o.Desk.Passkeys(ctx, id); err != nil {
		return nil, err
	}
	if p.Identities, err = s.o.Desk.Identities(ctx, id); err != nil {
		return nil, err
	}
	p.Sessions, err = s.o.Sessions.List(ctx, id, v.Session)
	return p, err
}

func (s *Site) security(w http.ResponseWriter, r *http.Request, v *server.Visitor) error {
	p, err := s.securityPage(w, r, v)
	if err != nil {
		return err
	}
	switch r.URL.Query().Get("done") {
	case "password":
		p.Said = p.T("Your new password is set. You are signed out everywhere else.")
	case "session":
		p.Said = p.T("That session has ended.")
	case "sessions":
		p.Said = p.T("You are signed out everywhere else.")
	case "passkey":
		p.Said = p.T("Your passkey is kept. You can sign in with it from now on.")
	case "unpasskey":
		p.Said = p.T("The passkey is removed.")
	case "codes":
		p.Said = p.T("The second step is off.")
	case "linked":
		p.Said = p.T("You can sign in with {name} from now on.", "name", p.Provider)
	case "unlinked":
		p.Said = p.T("The link is removed.")
	}
	return s.Render(w, r, http.StatusOK, s.pages["security"], p)
}

// postSecurity does what one of the page's forms asks for.
func (s *Site) postSecurity(w http.ResponseWriter, r *http.Request, v *server.Visitor) error {
	form, err := page.Posted(r)
	if err != nil {
		return err
	}
	person, ctx := v.Actor.Person, r.Context()
	switch form.Of("act") {
	case "password":
		return s.changePassword(w, r, v, form)
	case "end":
		number, err := strconv.ParseInt(form.Of("session"), 10, 64)
		if err != nil {
			return fault.New(fault.Invalid, "The form names no session.")
		}
		if err := s.o.Sessions.EndOne(ctx, person.ID, number); err != nil {
			return err
		}
		return see(w, r, "/account/security/?done=session")
	case "end-others":
		if err := s.o.Sessions.EndAll(ctx, person.ID, v.Session); err != nil {
			return err
		}
		return see(w, r, "/account/security/?done=sessions")
	case "remove-passkey":
		if err := s.o.Desk.RemovePasskey(ctx, person, form.Of("passkey")); err != nil {
			return err
		}
		return see(w, r, "/account/security/?done=unpasskey")
	case "unlink":
		if err := s.o.Desk.Unlink(ctx, person, form.Of("issuer"), form.Of("subject")); err != nil {
			return err
		}
		return see(w, r, "/account/security/?done=unlinked")
	}
	return fault.New(fault.Invalid, "The form does not say what to do.")
}

func (s *Site) changePassword(w http.ResponseWriter, r *http.Request, v *server.Visitor, form page.Form) error {
	newer, err := s.o.Desk.Change(r.Context(), v.Actor.Person, form.Values.Get("old"), form.Values.Get("password"), v.Session, s.attempt(r))
	if err == nil {
		if err := s.hand(w, r, newer); err != nil {
			return err
		}
		return see(w, r, "/account/security/?done=password")
	}
	p, failed := s.securityPage(w, r, v)
	if failed != nil {
		return failed
	}
	status := http.StatusBadRequest
	if !wrongPassword(&p.Form, p.Printer, err) {
		if status, err = refusal(w, &p.Form, p.Printer, p.T("Your present password is wrong."), err); err != nil {
			return err
		}
		p.Form.Mistakes[0].Field = "old"
	}
	return s.Render(w, r, status, s.pages["security"], p)
}

// confirmed asks for the password again, before what an open screen alone must not do. Somebody who has none types
// their address instead. It says in the form what is wrong.
func (s *Site) confirmed(w http.ResponseWriter, r *http.Request, v *server.Visitor, l *locale.Printer, form *page.Form) (status int, err error) {
	_, has, err := s.o.Desk.HasPassword(r.Context(), v.Actor.Person.ID)
	if err != nil {
		return 0, err
	}
	if !has {
		if form.Of("confirm") != v.Actor.Person.Email {
			form.Wrong("confirm", l.T("Type your e-mail address to confirm."))
			return http.StatusBadRequest, nil
		}
		return 0, nil
	}
	err = s.o.Desk.Confirm(r.Context(), v.Actor.Person, form.Values.Get("confirm"), s.attempt(r))
	if err == nil {
		return 0, nil
	}
	if status, err = refusal(w, form, l, l.T("Your present password is wrong."), err); err == nil {
		form.Mistakes[0].Field = "confirm"
	}
	return status, err
}
