package server

import "net/http"

// APIPolicy is the content security policy of answers that are no pages: nothing may be loaded from them.
const APIPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox"

// permissions turns off what no page of the portal asks for.
const permissions = "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), " +
	"magnetometer=(), microphone=(), midi=(), payment=(), usb=(), xr-spatial-tracking=()"

// Security sets the security headers of a door with the content security policy that it wants.
func (s *Server) Security(policy string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.secured(w.Header(), r, policy)
		next.ServeHTTP(w, r)
	})
}

func (s *Server) secured(h http.Header, r *http.Request, policy string) {
	h["Content-Security-Policy"] = []string{policy}
	h["X-Content-Type-Options"] = []string{"nosniff"}
	h["Referrer-Policy"] = []string{"same-origin"}
	h["Permissions-Policy"] = []string{permissions}
	h["Cross-Origin-Opener-Policy"] = []string{"same-origin"}
	resource := "same-origin"
	if policy == APIPolicy {
		resource = "cross-origin" // answers of the machine doors are for the pages of every site
	}
	h["Cross-Origin-Resource-Policy"] = []string{resource}
	if s.secure || r.TLS != nil {
		h["Strict-Transport-Security"] = []string{"max-age=31536000"}
	}
}

// Guarded answers a failure with the security headers of its door: JSON for the machine doors, page for all others,
// under the policy that pages have.
func (s *Server) Guarded(pages string, page Show) Show {
	return func(w http.ResponseWriter, r *http.Request, f Failure) {
		if api(r) {
			s.secured(w.Header(), r, APIPolicy)
			JSON(w, r, f)
			return
		}
		s.secured(w.Header(), r, pages)
		page(w, r, f)
	}
}
