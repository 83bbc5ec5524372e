package member

import (
	"net/http"
	"net/url"
	"strings"

	"parvis/internal/account"
	"parvis/internal/account/session"
	"parvis/internal/account/signin"
	"parvis/internal/fault"
	"parvis/internal/privacy"
	"parvis/internal/server"
)

// enter signs somebody in: a new identifier, whatever the visitor held before, and the language that they chose.
func (s *Site) enter(w http.ResponseWriter, r *http.Request, held string, proof signin.Proof) error {
	id, err := s.o.Sessions.Enter(r.Context(), held, session.Entry{
		Person: proof.Person, How: proof.How, Device: device(r.UserAgent()), Origin: proof.Origin,
	})
	if err != nil {
		return err
	}
	s.o.People.Saw(proof.Person)
	if profile, err := s.o.People.Profile(r.Context(), account.Operator, proof.Person); err == nil {
		s.speak(w, profile.Language)
	}
	return s.hand(w, r, id)
}

// hand gives the browser the identifier of somebody who is signed in, and the csrftoken that goes with it: whoever has
// signed in may call the API at once, without loading a page first.
func (s *Site) hand(w http.ResponseWriter, r *http.Request, id string) error {
	found, _, err := s.o.Sessions.Find(r.Context(), id)
	if err != nil {
		return err
	}
	if found != nil {
		if err := s.Privacy.Set(w, privacy.CSRF, found.Secret); err != nil {
			return err
		}
	}
	return s.Privacy.Set(w, privacy.Session, id)
}

// speak keeps the language that a person chose, where the portal speaks it.
func (s *Site) speak(w http.ResponseWriter, language string) {
	if language != "" && len(s.Locales.Languages()) > 1 && s.Locales.Wish(language) != nil {
		_ = s.Privacy.Set(w, privacy.Language, language) // what the registry does not take is not kept
	}
}

// held gives the identifier of the visitor's session, and begins one where there is none: for what must be remembered
// before anybody has signed in.
func (s *Site) held(w http.ResponseWriter, r *http.Request) (string, error) {
	v, err := s.Server.Visitor(w, r)
	if err != nil {
		return "", err
	}
	if v.Session != "" {
		return v.Session, nil
	}
	id, err := s.o.Sessions.Begin(r.Context())
	if err != nil {
		return "", err
	}
	return id, s.Privacy.Set(w, privacy.Session, id)
}

// next gives where to go after signing in: a page of the portal, but none that asks to sign in or out again.
func (s *Site) next(r *http.Request) string {
	if r.FormValue("next") == "" {
		return "/"
	}
	to := s.Server.SafeNext(r)
	for _, no := range []string{"/login/", "/logout/", "/signup/", "/password/"} {
		if strings.HasPrefix(to, no) {
			return "/"
		}
	}
	return to
}

// attempt tells where a sign-in comes from, as far as it is counted.
func (s *Site) attempt(r *http.Request) signin.Attempt {
	address := s.Server.Address(r)
	if !address.IsValid() || address.IsLoopback() || address.IsPrivate() || address.IsLinkLocalUnicast() {
		return signin.Attempt{} // most likely a proxy, which stands for everybody
	}
	return signin.Attempt{Network: signin.Network(address)}
}

// device names a browser for the list of sessions: its family and its system, nothing that tells two of them apart.
func device(agent string) string {
	browser, system := "", ""
	for _, b := range [][2]string{{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chromium/", "Chromium"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}} {
		if strings.Contains(agent, b[0]) {
			browser = b[1]
			break
		}
	}
	for _, o := range [][2]string{{"Android", "Android"}, {"iPhone", "iOS"}, {"iPad", "iPadOS"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"}} {
		if strings.Contains(agent, o[0]) {
			system = o[1]
			break
		}
	}
	if browser == "" || system == "" {
		return browser + system
	}
	return browser + ", " + system
}

// see sends to another page of the portal.
func see(w http.ResponseWriter, r *http.Request, to string) error {
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// member makes a handler of one for who is signed in; where nobody is, it sends the visitor to sign in and come back.
func (s *Site) member(h func(w http.ResponseWriter, r *http.Request, v *server.Visitor) error) server.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := s.Server.Visitor(w, r)
		switch {
		case err != nil:
			return err
		case v.SignedIn():
			return h(w, r, v)
		case v.Actor.Known():
			return fault.New(fault.Forbidden, "This page is for people who are signed in.")
		}
		back := url.Values{"next": {r.URL.RequestURI()}}
		return see(w, r, "/login/?"+back.Encode())
	}
}

// signedIn gives who is signed in, for scripts. Kind Unauthenticated: nobody is.
func (s *Site) signedIn(w http.ResponseWriter, r *http.Request) (*server.Visitor, error) {
	v, err := s.Server.Visitor(w, r)
	if err == nil && !v.SignedIn() {
		err = fault.New(fault.Unauthenticated, "This needs to be signed in.")
	}
	return v, err
}
