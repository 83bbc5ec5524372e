package member

import (
	"html/template"
	"net/http"

	"parvis/internal/account/signin"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/server"
	"parvis/internal/web/page"
)

// codesPage turns the second step on or off. What it shows depends on how far that has come.
type codesPage struct {
	accountView
	HasCodes    bool
	HasPassword bool
	Secret      *signin.Secret // to be taken into an application; nil for none
	Drawing     template.HTML  // of the secret, as SVG
	Recovery    []string       // codes that were just made, shown this once
}

// Address gives the secret as an address that opens an application for codes.
func (p *codesPage) Address() template.URL { return template.URL(p.Secret.Address) } // made here, of a scheme that the template does not know

// keepSecret is the name under which a session keeps a secret that no code has confirmed yet.
const keepSecret = "codes"

func (s *Site) codesPage(w http.ResponseWriter, r *http.Request, v *server.Visitor) (p *codesPage, err error) {
	p = &codesPage{accountView: s.account(w, r, "security", func(l *locale.Printer) string { return l.T("Second step") })}
	if p.HasCodes, err = s.o.Desk.HasCodes(r.Context(), v.Actor.Person.ID); err != nil {
		return nil, err
	}
	_, p.HasPassword, err = s.o.Desk.HasPassword(r.Context(), v.Actor.Person.ID)
	return p, err
}

// show draws a secret that the session keeps.
func (p *codesPage) show(s *Site, r *http.Request, v *server.Visitor) error {
	found, _, err := s.o.Sessions.Find(r.Context(), v.Session)
	if err != nil || found == nil {
		return err
	}
	var text string
	if !found.Read(keepSecret, &text) {
		return nil
	}
	secret, err := s.o.Desk.SecretOf(v.Actor.Person, text)
	if err != nil {
		return err
	}
	drawing, err := secret.Drawing()
	if err != nil {
		return err
	}
	p.Secret, p.Drawing = &secret, template.HTML(drawing) // made of figures alone
	return nil
}

func (s *Site) codes(w http.ResponseWriter, r *http.Request, v *server.Visitor) error {
	p, err := s.codesPage(w, r, v)
	if err != nil {
		return err
	}
	if !p.HasCodes {
		if err := p.show(s, r, v); err != nil {
			return err
		}
	}
	return s.Render(w, r, http.StatusOK, s.pages["codes"], p)
}

func (s *Site) postCodes(w http.ResponseWriter, r *http.Request, v *server.Visitor) error {
	form, err := page.Posted(r)
	if err != nil {
		return err
	}
	switch form.Of("act") {
	case "begin":
		return s.beginCodes(w, r, v)
	case "confirm":
		return s.confirmCodes(w, r, v, form)
	case "renew", "remove":
		return s.changeCodes(w, r, v, form)
	}
	return fault.New(fault.Invalid, "The form does not say what to do.")
}

func (s *Site) beginCodes(w http.ResponseWriter, r *http.Request, v *server.Visitor) error {
	has, err := s.o.Desk.HasCodes(r.Context(), v.Actor.Person.ID)
	if err != nil {
		return err
	}
	if has {
		return see(w, r, "/account/security/codes/")
	}
	secret, err := s.o.Desk.NewSecret(v.Actor.Person)
	if err != nil {
		return err
	}
	if err := s.o.Sessions.Keep(r.Context(), v.Session, keepSecret, secret.Text); err != nil {
		return err
	}
	return see(w, r, "/account/security/codes/")
}

func (s *Site) confirmCodes(w http.ResponseWriter, r *http.Request, v *server.Visitor, form page.Form) error {
	p, err := s.codesPage(w, r, v)
	if err != nil {
		return err
	}
	if p.HasCodes {
		return see(w, r, "/account/security/codes/")
	}
	if err := p.show(s, r, v); err != nil {
		return err
	}
	if p.Secret == nil {
		return see(w, r, "/account/security/codes/")
	}
	p.Recovery, err = s.o.Desk.EnrolCodes(r.Context(), v.Actor.Person, p.Secret.Text, form.Of("code"))
	if fault.KindOf(err) == fault.Invalid && err != nil {
		p.Form.Wrong("code", p.T("This code is wrong. Type the one that the application shows now; if it is still wrong, set your phone’s clock."))
		return s.Render(w, r, http.StatusBadRequest, s.pages["codes"], p)
	}
	if err != nil {
		return err
	}
	var gone string
	if _, err := s.o.Sessions.Take(r.Context(), v.Session, keepSecret, &gone); err != nil {
		return err
	}
	p.HasCodes, p.Secret = true, nil
	p.Said = p.T("The second step is on.")
	return s.Render(w, r, http.StatusOK, s.pages["codes"], p)
}

// changeCodes makes new recovery codes or turns the second step off, once the password was given again.
func (s *Site) changeCodes(w http.ResponseWriter, r *http.Request, v *server.Visitor, form page.Form) error {
	p, err := s.codesPage(w, r, v)
	if err != nil {
		return err
	}
	p.Form = form
	status, err := s.confirmed(w, r, v, p.Printer, &p.Form)
	if err != nil {
		return err
	}
	if !p.Form.Sound() {
		return s.Render(w, r, status, s.pages["codes"], p)
	}
	if form.Of("act") == "remove" {
		if err := s.o.Desk.RemoveCodes(r.Context(), v.Actor, v.Actor.Person.ID); err != nil {
			return err
		}
		return see(w, r, "/account/security/?done=codes")
	}
	if p.Recovery, err = s.o.Desk.RenewRecovery(r.Context(), v.Actor.Person.ID); err != nil {
		return err
	}
	return s.Render(w, r, http.StatusOK, s.pages["codes"], p)
}
