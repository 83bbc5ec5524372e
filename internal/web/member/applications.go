package member

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"parvis/internal/account/oauth"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/server"
	"parvis/internal/web/page"
)

// applicationsPage is the applications that act for somebody, and those that they made.
type applicationsPage struct {
	accountView
	Consents []oauth.Consent
	Own      []oauth.Application
}

func (s *Site) applicationsPage(w http.ResponseWriter, r *http.Request, v *server.Visitor) (*applicationsPage, error) {
	p := &applicationsPage{accountView: s.account(w, r, "applications", func(l *locale.Printer) string { return l.T("Applications") })}
	var err error
	if p.Consents, err = s.o.Apps.Consents(r.Context(), v.Actor.Person.ID); err != nil {
		return nil, err
	}
	p.Own, err = s.o.Apps.Of(r.Context(), v.Actor.Person.ID)
	return p, err
}

func (s *Site) applications(w http.ResponseWriter, r *http.Request, v *server.Visitor) error {
	p, err := s.applicationsPage(w, r, v)
	if err != nil {
		return err
	}
	switch r.URL.Query().Get("done") {
	case "revoked":
		p.Said = p.T("The application does not act for you any more.")
	case "removed":
		p.Said = p.T("The application is removed.")
	}
	return s.Render(w, r, http.StatusOK, s.pages["applications"], p)
}

// draft reads what the owner says of an application.
func draft(form page.Form) oauth.Draft {
	return oauth.Draft{Name: form.Of("name"), Confidential: form.Of("kind") != "public", Redirects: strings.Split(form.Values.Get("redirects"), "\n")}
}

// wrongDraft says in a form what is wrong with an application, where that is the reason of a failure.
func wrongDraft(f *page.Form, l *locale.Printer, err error) bool {
	var m *oauth.MistakeError
	switch {
	case errors.As(err, &m) && m.Field == "name":
		f.Wrong("name", l.T("An application needs a name of 1 to 100 characters, in one line."))
	case errors.As(err, &m) && m.Value == "":
		f.Wrong("redirects", l.T("Give 1 to 10 addresses, one a line."))
	case errors.As(err, &m):
		f.Wrong("redirects", l.T("{address}: an address begins with https://, with http://localhost or with a scheme of the application’s own such as org.example.app:, and has no #.", "address", m.Value))
	case fault.KindOf(err) == fault.Conflict && err != nil:
		f.Wrong("", l.T("You have as many applications as one may have. Remove one first."))
	default:
		return false
	}
	return true
}

func (s *Site) postApplications(w http.ResponseWriter, r *http.Request, v *server.Visitor) error {
	form, err := page.Posted(r)
	if err != nil {
		return err
	}
	if form.Of("act") == "revoke" {
		id, err := strconv.ParseInt(form.Of("application"), 10, 64)
		if err != nil {
			return fault.New(fault.Invalid, "The form names no application.")
		}
		if err := s.o.Apps.Revoke(r.Context(), v.Actor.Person.ID, id); err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		return see(w, r, "/account/applications/?done=revoked")
	}
	made, secret, err := s.o.Apps.Register(r.Context(), v.Actor.Person.ID, draft(form))
	if err == nil {
		return s.showApplication(w, r, made, secret)
	}
	p, failed := s.applicationsPage(w, r, v)
	if failed != nil {
		return failed
	}
	p.Form = form
	if !wrongDraft(&p.Form, p.Printer, err) {
		return err
	}
	return s.Render(w, r, http.StatusBadRequest, s.pages["applications"], p)
}

// applicationPage is one application of the person's own.
type applicationPage struct {
	accountView
	Application oauth.Application
	Secret      string // just made, shown this once
}

func (s *Site) applicationPage(w http.ResponseWriter, r *http.Request, a oauth.Application) *applicationPage {
	p := &applicationPage{accountView: s.account(w, r, "applications", nil), Application: a}
	p.Title = a.Name
	p.Form.Values = map[string][]string{"name": {a.Name}, "redirects": {strings.Join(a.Redirects, "\n")}}
	return p
}

// showApplication shows an application whose secret was just made.
func (s *Site) showApplication(w http.ResponseWriter, r *http.Request, a oauth.Application, secret string) error {
	p := s.applicationPage(w, r, a)
	p.Secret = secret
	p.Said = p.T("The application is registered.")
	return s.Render(w, r, http.StatusOK, s.pages["application"], p)
}

// owned gives the application that the address names. Kind NotFound: it is not the person's.
func (s *Site) owned(r *http.Request, person int64) (oauth.Application, error) {
	own, err := s.o.Apps.Of(r.Context(), person)
	if err != nil {
		return oauth.Application{}, err
	}
	for _, a := range own {
		if strconv.FormatInt(a.ID, 10) == r.PathValue("id") {
			return a, nil
		}
	}
	r.SetPathValue("id", "") // it names no dataset
	return oauth.Application{}, fault.New(fault.NotFound, "You have no such application.")
}

func (s *Site) application(w http.ResponseWriter, r *http.Request, v *server.Visitor) error {
	a, err := s.owned(r, v.Actor.Person.ID)
	if err != nil {
		return err
	}
	p := s.applicationPage(w, r, a)
	if r.URL.Query().Get("done") == "changed" {
		p.Said = p.T("The application is changed.")
	}
	return s.Render(w, r, http.StatusOK, s.pages["application"], p)
}

func (s *Site) postApplication(w http.ResponseWriter, r *http.Request, v *server.Visitor) error {
	form, err := page.Posted(r)
	if err != nil {
		return err
	}
	person := v.Actor.Person.ID
	a, err := s.owned(r, person)
	if err != nil {
		return err
	}
	switch form.Of("act") {
	case "remove":
		if err := s.o.Apps.Remove(r.Context(), person, a.ID); err != nil {
			return err
		}
		return see(w, r, "/account/applications/?done=removed")
	case "secret":
		secret, err := s.o.Apps.RenewSecret(r.Context(), person, a.ID)
		if err != nil {
			return err
		}
		p := s.applicationPage(w, r, a)
		p.Secret = secret
		return s.Render(w, r, http.StatusOK, s.pages["application"], p)
	}
	err = s.o.Apps.Update(r.Context(), person, a.ID, draft(form))
	p := s.applicationPage(w, r, a)
	p.Form = form
	if wrongDraft(&p.Form, p.Printer, err) {
		return s.Render(w, r, http.StatusBadRequest, s.pages["application"], p)
	}
	if err != nil {
		return err
	}
	return see(w, r, "/account/applications/"+strconv.FormatInt(a.ID, 10)+"/?done=changed")
}
