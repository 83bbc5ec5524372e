package server

import (
	"net/http"

	"parvis/internal/fault"
)

// ResetPath is the page that takes damaged cookies away: it alone is answered whatever cookies come with it.
const ResetPath = "/terms/cookies/reset"

// What browsers send of this portal's cookies stays far below these.
const (
	mostCookieBytes = 16 << 10
	mostCookies     = 200
)

// sound refuses requests whose cookies no browser sends of itself, before anything reads them: too many for the
// parser, too long, or with names that look like others.
func (s *Server) sound(next http.Handler, show Show) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == ResetPath || soundCookies(r.Header["Cookie"]) {
			next.ServeHTTP(w, r)
			return
		}
		s.metrics.suspect("unsound cookies")
		r.Header.Del("Cookie")
		show(w, r, Describe(fault.New(fault.Invalid,
			"The cookies that your browser sent for this portal are damaged. Take them away at %s, or in your browser's settings.", ResetPath)))
	})
}

func soundCookies(lines []string) bool {
	bytes, cookies := 0, 0
	for _, line := range lines {
		bytes += len(line)
		name := true
		for i := range len(line) {
			switch c := line[i]; {
			case c == ';':
				cookies++
				name = true
			case c == '=':
				name = false
			case name && (c < ' ' || c > '~'): // a value of another site's may hold anything
				return false
			}
		}
	}
	return bytes <= mostCookieBytes && cookies < mostCookies
}
