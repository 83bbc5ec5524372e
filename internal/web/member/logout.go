package member

import (
	"net/http"

	"parvis/internal/locale"
	"parvis/internal/privacy"
)

// logoutPage asks whether to sign out: an address alone does nothing.
type logoutPage struct{ view }

func (s *Site) logout(w http.ResponseWriter, r *http.Request) error {
	p := &logoutPage{view: s.View(w, r, func(l *locale.Printer) string { return l.T("Sign out") }, "")}
	p.Style = "office.css"
	if !p.Visitor().SignedIn() {
		return see(w, r, "/login/")
	}
	return s.Render(w, r, http.StatusOK, s.pages["logout"], p)
}

// postLogout ends the session here and in the browser, with the secret of its forms.
func (s *Site) postLogout(w http.ResponseWriter, r *http.Request) error {
	v, err := s.Server.Visitor(w, r)
	if err != nil {
		return err
	}
	if v.Session != "" {
		if err := s.o.Sessions.End(r.Context(), v.Session); err != nil {
			return err
		}
	}
	s.Privacy.Delete(w, privacy.Session)
	s.Privacy.Delete(w, privacy.CSRF)
	return see(w, r, "/login/?done=out")
}
