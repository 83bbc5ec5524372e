package server

import (
	"net/http"
	"net/url"
	"strings"
	"unicode"
)

// SafeNext gives the page of the portal that a form wants to go to next, as a path with its query and fragment:
// "next" of the form or the address, else the page that the form stood on, else "/". An address of another host, or
// one that a browser could take for one, counts as not given. The rules are Django's.
func (s *Server) SafeNext(r *http.Request) string {
	next := r.FormValue("next")
	if path, ok := s.within(r, next); ok {
		return path
	}
	if path, ok := s.within(r, r.Referer()); ok {
		return path
	}
	return "/"
}

// within gives the path of an address of the portal.
func (s *Server) within(r *http.Request, address string) (path string, ok bool) {
	address = strings.TrimSpace(address)
	if !s.safe(r, address) || !s.safe(r, strings.ReplaceAll(address, `\`, "/")) {
		return "", false
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", false
	}
	out := url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery, Fragment: u.Fragment, RawFragment: u.RawFragment}
	path = out.String()
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(out.Path, "//") || strings.HasPrefix(path, "//") || strings.ContainsAny(out.Path+path, "\\\t\r\n") {
		return "", false
	}
	return path, true
}

func (s *Server) safe(r *http.Request, address string) bool {
	if address == "" || len(address) > 2000 || strings.HasPrefix(address, "///") || unicode.IsControl([]rune(address)[0]) {
		return false
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" && u.Scheme != "" || u.User != nil || u.Opaque != "" {
		return false
	}
	if u.Host == "" {
		return true
	}
	scheme := u.Scheme
	if scheme == "" {
		scheme = s.scheme(r)
	}
	return s.ours(r, scheme+"://"+u.Host)
}
