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
		h := w.Header()
		h["Content-Security-Policy"] = []string{policy}
		h["X-Content-Type-Options"] = []string{"nosniff"}
		h["Referrer-Policy"] = []string{"strict-origin-when-cross-origin"}
		h["Permissions-Policy"] = []string{permissions}
		if s.secure || r.TLS != nil {
			h["Strict-Transport-Security"] = []string{"max-age=31536000"}
		}
		next.ServeHTTP(w, r)
	})
}
