package terms

import (
	"net/http"
	"net/url"
	"strings"

	"parvis/internal/privacy"
)

// setLanguage takes a visitor's choice of a language, from any page's menu, and goes back to that page. Only a choice
// is kept: a language that the portal does not speak, or a request that only reads, changes nothing.
//
// Programs that want no page and name none get 204.
func (s *Site) setLanguage(w http.ResponseWriter, r *http.Request) error {
	target := s.Server.SafeNext(r)
	if r.Method == http.MethodPost {
		if p := s.Locales.Printer(r.PostFormValue("language")); p != nil && s.Privacy.Has(privacy.Language) {
			if err := s.Privacy.Set(w, privacy.Language, p.Tag); err != nil {
				return err
			}
			target = withoutLanguage(target)
		}
	}
	w.Header().Set("Cache-Control", "private, no-store")
	if r.FormValue("next") == "" && !wantsPage(r) {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	http.Redirect(w, r, target, http.StatusFound)
	return nil
}

// withoutLanguage takes the language out of an address: it would go before the choice.
func withoutLanguage(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	q := u.Query()
	if !q.Has("lang") && !q.Has("flg") {
		return address
	}
	q.Del("lang")
	q.Del("flg")
	u.RawQuery = q.Encode()
	return u.String()
}

// wantsPage tells whether an answer may be a page; who does not say takes anything.
func wantsPage(r *http.Request) bool {
	accept := strings.Join(r.Header.Values("Accept"), ",")
	if strings.TrimSpace(accept) == "" {
		return true
	}
	for kind := range strings.SplitSeq(accept, ",") {
		kind, _, _ = strings.Cut(kind, ";")
		switch strings.ToLower(strings.TrimSpace(kind)) {
		case "text/html", "text/*", "*/*", "application/xhtml+xml":
			return true
		}
	}
	return false
}
