package member

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"parvis/internal/account/oauth"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/server"
	"parvis/internal/web/page"
)

// consentPage asks a person whether an application may act for them.
type consentPage struct {
	view
	Application string
	Owner       string // who registered it
	Back        string // the host that the person is sent back to
	Asked       []page.Pair
}

// consentMoved sends addresses without the last slash on.
func (s *Site) consentMoved(w http.ResponseWriter, r *http.Request) error {
	to := url.URL{Path: "/oauth2/authorize/", RawQuery: r.URL.RawQuery}
	return see(w, r, to.String())
}

// ask reads the application's request; ok is false where the visitor has been answered already.
func (s *Site) ask(w http.ResponseWriter, r *http.Request, q url.Values) (asked *oauth.Request, ok bool, err error) {
	asked, err = s.o.Apps.Ask(r.Context(), q)
	var refused *oauth.RefusalError
	if errors.As(err, &refused) {
		return nil, false, away(w, r, refused.To)
	}
	if fault.KindOf(err) == fault.Invalid {
		return nil, false, s.notice(w, r, http.StatusBadRequest, func(p *noticePage) {
			p.Title = p.T("This application’s request cannot be understood")
			p.Says = p.T("The application is not known here, or does not say where you come from as it registered. Tell those who run it.")
		})
	}
	return asked, err == nil, err
}

func (s *Site) consent(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	q.Del("lang")
	asked, ok, err := s.ask(w, r, q)
	if err != nil || !ok {
		return err
	}
	return s.member(func(w http.ResponseWriter, r *http.Request, _ *server.Visitor) error {
		return s.askConsent(w, r, q, asked)
	})(w, r)
}

// askConsent shows who asks for what.
func (s *Site) askConsent(w http.ResponseWriter, r *http.Request, q url.Values, asked *oauth.Request) error {
	p := &consentPage{view: s.View(w, r, func(l *locale.Printer) string { return l.T("May this application act for you?") }, ""), Application: asked.Application.Name}
	p.Style = "office.css"
	p.Asked = page.Pairs(q, func(string) bool { return true })
	if owner, ok := s.o.People.Person(asked.Application.Owner); ok {
		p.Owner = owner.Name
	}
	if u, err := url.Parse(asked.Back); err == nil {
		p.Back = u.Host
		if u.Host == "" {
			p.Back = u.Scheme + ":"
		}
	}
	w.Header().Set("Content-Security-Policy", s.Privacy.FormCSP(asked.Back)) // the address that the application registered
	return s.Render(w, r, http.StatusOK, s.pages["consent"], p)
}

func (s *Site) postConsent(w http.ResponseWriter, r *http.Request, v *server.Visitor) error {
	form, err := page.Posted(r)
	if err != nil {
		return err
	}
	q := url.Values{}
	for name, values := range form.Values {
		if name != "csrfmiddlewaretoken" && name != "answer" && name != "lang" {
			q[name] = values
		}
	}
	asked, ok, err := s.ask(w, r, q)
	if err != nil || !ok {
		return err
	}
	if form.Of("answer") != "allow" {
		return away(w, r, asked.Deny())
	}
	to, err := s.o.Apps.Allow(r.Context(), v.Actor.Person.ID, asked)
	if err != nil {
		return err
	}
	return away(w, r, to)
}

// away sends a browser to an application's address.
func away(w http.ResponseWriter, r *http.Request, to string) error {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, to, http.StatusFound)
	return nil
}

// token is the token endpoint: for programs, which prove who they are by their secret.
func (s *Site) token(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	h.Set("Content-Security-Policy", server.APIPolicy)
	h.Set("Cache-Control", "no-store")
	h.Set("Pragma", "no-cache")
	h.Set("Access-Control-Allow-Origin", "*") // programs in browsers; no cookie counts here
	form, err := page.Posted(r)
	if err != nil {
		return refuseJSON(w, http.StatusBadRequest, "invalid_request", fault.Message(err))
	}
	var basic oauth.Credentials
	if basic, err = header(r); err != nil {
		return refuseJSON(w, http.StatusBadRequest, "invalid_request", "the header Authorization is not as RFC 6749 wants it")
	}
	answer, err := s.o.Apps.Token(r.Context(), form.Values, basic)
	var refused *oauth.RefusedError
	if errors.As(err, &refused) {
		if refused.Status == http.StatusUnauthorized {
			h.Set("WWW-Authenticate", `Basic realm="oauth2"`)
		}
		return refuseJSON(w, refused.Status, refused.Code, refused.Says)
	}
	if err != nil {
		return err
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	h.Set("Content-Type", "application/json; charset=utf-8")
	_, err = w.Write(body)
	return err
}

// header reads a client's credentials from the header, where both are form-encoded.
func header(r *http.Request) (c oauth.Credentials, err error) {
	if c.Client, c.Secret, c.Given = r.BasicAuth(); !c.Given {
		return c, nil
	}
	if c.Client, err = url.QueryUnescape(c.Client); err != nil {
		return c, err
	}
	c.Secret, err = url.QueryUnescape(c.Secret)
	return c, err
}

// refuseJSON answers a program in the form of RFC 6749.
func refuseJSON(w http.ResponseWriter, status int, code, says string) error {
	body, err := json.Marshal(map[string]string{"error": code, "error_description": says})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, err = w.Write(body)
	return err
}
