package privacy

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"parvis/internal/fault"
)

const setCookie = "Set-Cookie"

// Set stores one of the portal's own cookies with the attributes that the registry declares. It is the only way to
// build a Set-Cookie header. A second call for the same cookie takes the place of the first.
//
// Kind Invalid: the value is outside the cookie's grammar; nothing is written then, and the message does not hold the
// value. Kind Internal: the registry does not declare the cookie under the present settings.
func (r *Registry) Set(w http.ResponseWriter, id ID, value string) error {
	it := r.item(id)
	if it == nil {
		return fault.New(fault.Internal, "the cookie %s is not declared under these settings", id)
	}
	if len(value) > it.MaxBytes || !it.Grammar.MatchString(value) {
		return fault.New(fault.Invalid, "the value is not one that the cookie %s may have", id)
	}
	r.put(w, it, value, r.o.Clock().Add(it.Duration), int(it.Duration/time.Second))
	return nil
}

// Delete takes one of the portal's own cookies away: an empty value under the same attributes, of the past.
func (r *Registry) Delete(w http.ResponseWriter, id ID) {
	if it := r.item(id); it != nil {
		r.put(w, it, "", time.Unix(0, 0), 0)
	}
}

// put writes the header line.
func (r *Registry) put(w http.ResponseWriter, it *Item, value string, expires time.Time, age int) {
	parts := append([]string{it.Name + "=" + value}, it.attributes(r.o.Secure)...)
	parts = append(parts, "Expires="+expires.UTC().Format(http.TimeFormat), "Max-Age="+strconv.Itoa(age))
	h := w.Header()
	var lines []string
	for _, line := range h[setCookie] {
		if !strings.HasPrefix(line, it.Name+"=") {
			lines = append(lines, line)
		}
	}
	h[setCookie] = append(lines, strings.Join(parts, "; "))
}

// Read gives the value of one of the portal's own cookies. It is not ok where the cookie is absent, its value is
// outside its grammar, or it was sent more than once: a neighbouring host can plant a second one, which a browser
// may even send first, and nobody can tell them apart.
func (r *Registry) Read(req *http.Request, id ID) (value string, ok bool) {
	it := r.item(id)
	if it == nil || len(req.Header["Cookie"]) == 0 {
		return "", false
	}
	all := req.CookiesNamed(it.Name)
	if len(all) != 1 || len(all[0].Value) > it.MaxBytes || !it.Grammar.MatchString(all[0].Value) {
		return "", false
	}
	return all[0].Value, true
}

// Repeated tells whether a cookie was sent more than once: for sessionid and csrftoken the sign of an attack.
func (r *Registry) Repeated(req *http.Request, id ID) bool {
	return len(req.Header["Cookie"]) > 0 && len(req.CookiesNamed(r.Name(id))) > 1
}
