package privacy

import (
	"net"
	"net/http"
	"regexp"
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

// Clear takes away all of the portal's own cookies but the session.
func (r *Registry) Clear(w http.ResponseWriter) {
	for _, it := range r.items {
		if it.ID != "" && it.ID != Session {
			r.Delete(w, it.ID)
		}
	}
}

// Wipe takes away all of the portal's own cookies, and those of the same names that another host of the domain may
// have planted for all of it. Host is the one that the visitor came to, with or without a port.
func (r *Registry) Wipe(w http.ResponseWriter, host string) {
	domains := parents(host)
	if r.o.Prefix == PrefixHost { // browsers take such names from no other host
		domains = nil
	}
	for i := range r.items {
		it := &r.items[i]
		if it.ID == "" {
			continue
		}
		r.Delete(w, it.ID)
		for _, d := range domains {
			w.Header().Add(setCookie, r.line(it, "", time.Unix(0, 0), 0)+"; Domain="+d)
		}
	}
}

var hostForm = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+$`)

// parents gives a host name and the domains above it that cookies can be set for, at most four.
func parents(host string) []string {
	host = strings.ToLower(host)
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	var out []string
	for hostForm.MatchString(host) && net.ParseIP(host) == nil && len(out) < 4 {
		out = append(out, host)
		_, host, _ = strings.Cut(host, ".")
	}
	return out
}

// line writes a header line.
func (r *Registry) line(it *Item, value string, expires time.Time, age int) string {
	parts := append([]string{it.Name + "=" + value}, it.attributes(r.o.Secure)...)
	return strings.Join(append(parts, "Expires="+expires.UTC().Format(http.TimeFormat), "Max-Age="+strconv.Itoa(age)), "; ")
}

// put adds the header line, in the place of others for the same cookie.
func (r *Registry) put(w http.ResponseWriter, it *Item, value string, expires time.Time, age int) {
	h := w.Header()
	var lines []string
	for _, line := range h[setCookie] {
		if !strings.HasPrefix(line, it.Name+"=") {
			lines = append(lines, line)
		}
	}
	h[setCookie] = append(lines, r.line(it, value, expires, age))
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
