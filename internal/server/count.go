package server

import (
	"net/http"
	"net/netip"
	"strings"

	"parvis/internal/statistics"
)

// Count gives what a door tells of a request for the statistics: it is filled in on the way, and noted when the answer
// has been given. What nobody fills in is not counted as a use.
func Count(w http.ResponseWriter) *statistics.Hit {
	if out := outermost(w); out != nil {
		return &out.hit
	}
	return &statistics.Hit{} // an answer that is only a part of another one
}

// note hands an answered request to the statistics. Whoever is signed in with any permission works on the portal.
func (s *Server) note(out *response, r *http.Request, status int) {
	if s.counter == nil {
		return
	}
	if v := out.visitor; v != nil && v.Actor.Person != nil && v.Actor.Person.Permissions != 0 {
		out.hit.Staff = true
	}
	if s.counter.Level() == statistics.Uniques {
		out.hit.Address = s.Address(r)
	}
	s.counter.Note(r, status, &out.hit)
}

// Address gives the address of who asks: that of the connection, or, where it is one of a proxy that the operator
// trusts, the last one in X-Forwarded-For that is not. It is the zero Addr where that cannot be read.
func (s *Server) Address(r *http.Request) netip.Addr {
	port, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	at := port.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header["X-Forwarded-For"], ","), ",")
	for i := len(hops) - 1; i >= 0 && s.trusts(at); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		at = next.Unmap().WithZone("")
	}
	return at
}

func (s *Server) trusts(a netip.Addr) bool {
	for _, p := range s.proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
