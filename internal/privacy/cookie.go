package privacy

import (
	"net/http"
	"regexp"
	"strings"
	"time"
)

// ID names an item of the registry in the code, whatever its name on the wire.
type ID string

// The items that Parvis itself stores.
const (
	Session     ID = "sessionid"
	Language    ID = "django_language"
	CSRF        ID = "csrftoken"
	Preferences ID = "cookies_preferences"
)

var anyValue = regexp.MustCompile(`^[A-Za-z0-9._-]{1,200}$`)

func (r *Registry) cookie(id ID, value string, age time.Duration) *http.Cookie {
	return &http.Cookie{Name: string(id), Value: value, Path: "/", MaxAge: int(age / time.Second), HttpOnly: id != CSRF, SameSite: http.SameSiteLaxMode}
}

// Set stores an item on the visitor's machine.
func (r *Registry) Set(w http.ResponseWriter, id ID, value string) error {
	http.SetCookie(w, r.cookie(id, value, 14*24*time.Hour))
	return nil
}

// Delete takes an item away.
func (r *Registry) Delete(w http.ResponseWriter, id ID) {
	c := r.cookie(id, "", 0)
	c.MaxAge = -1
	http.SetCookie(w, c)
}

// Read gives the value of an item; ok is false where it is absent, outside its grammar, or comes more than once.
func (r *Registry) Read(req *http.Request, id ID) (value string, ok bool) {
	all := req.CookiesNamed(string(id))
	if len(all) != 1 || !anyValue.MatchString(all[0].Value) {
		return "", false
	}
	return all[0].Value, true
}

// Repeated tells whether an item comes more than once.
func (r *Registry) Repeated(req *http.Request, id ID) bool {
	return len(req.CookiesNamed(string(id))) > 1
}

// Screen takes away every Set-Cookie that is not as declared, and names what it took.
func (r *Registry) Screen(h http.Header) (removed []string) {
	lines := h["Set-Cookie"]
	delete(h, "Set-Cookie")
	for _, line := range lines {
		name, _, _ := strings.Cut(line, "=")
		switch ID(name) {
		case Session, Language, CSRF, Preferences:
			h.Add("Set-Cookie", line)
		default:
			removed = append(removed, name)
		}
	}
	return removed
}
