package member

import (
	"net/http"

	"parvis/internal/locale"
)

// homePage is the first page.
type homePage struct {
	view
}

func (s *Site) home(w http.ResponseWriter, r *http.Request) error {
	p := &homePage{view: s.View(w, r, func(l *locale.Printer) string { return l.T("Your account") }, "")}
	if !p.Visitor().SignedIn() {
		http.Redirect(w, r, p.SignIn(), http.StatusSeeOther)
		return nil
	}
	return s.Render(w, r, http.StatusOK, s.pages["home"], p)
}
