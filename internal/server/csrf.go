package server

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"parvis/internal/account"
	"parvis/internal/fault"
	"parvis/internal/privacy"
)

// ForgedCode is the code of the failure that answers a request which another site may have made.
const ForgedCode = "ForgedRequest"

// The wire form of Django's protection, which clients of such portals know.
const (
	csrfHeader  = "X-Csrftoken"
	csrfField   = "csrfmiddlewaretoken"
	csrfLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	csrfLength  = 32 // of a secret; a token is a mask and the masked secret, twice as long
)

// longestForm is the most that a form may hold, in bytes, where Options.Long does not say otherwise.
const longestForm = 1 << 20

// NewSecret makes a secret for csrftoken: 32 letters and figures.
func NewSecret() string { return account.RandomText(csrfLength) }

// Mask writes a secret as a token for a form: another one each time, so that compression tells nothing of it.
func Mask(secret string) string { return maskWith(secret, NewSecret()) }

func maskWith(secret, mask string) string {
	out := []byte(mask)
	for i := range len(secret) {
		n := strings.IndexByte(csrfLetters, secret[i]) + strings.IndexByte(csrfLetters, mask[i])
		out = append(out, csrfLetters[n%len(csrfLetters)])
	}
	return string(out)
}

// Unmask gives the secret of a token, which may be the bare secret; ok is false for anything else.
func Unmask(token string) (secret string, ok bool) {
	if strings.Trim(token, csrfLetters) != "" {
		return "", false
	}
	switch len(token) {
	case csrfLength:
		return token, true
	case 2 * csrfLength:
	default:
		return "", false
	}
	out := make([]byte, csrfLength)
	for i := range out {
		n := strings.IndexByte(csrfLetters, token[csrfLength+i]) - strings.IndexByte(csrfLetters, token[i]) + len(csrfLetters)
		out[i] = csrfLetters[n%len(csrfLetters)]
	}
	return string(out), true
}

// Token gives what a form must send back, and sets csrftoken to match, for as long as it lasts from now on: the
// answer is for this visitor alone.
func (s *Server) Token(w http.ResponseWriter, r *http.Request, v *Visitor) (string, error) {
	secret := v.Secret
	if secret == "" {
		secret, _ = s.sentSecret(r)
	}
	if secret == "" {
		secret = NewSecret()
	}
	if err := s.privacy.Set(w, privacy.CSRF, secret); err != nil {
		return "", err
	}
	return Mask(secret), nil
}

// sentSecret gives the secret that the visitor's cookie holds.
func (s *Server) sentSecret(r *http.Request) (string, bool) {
	value, ok := s.privacy.Read(r, privacy.CSRF)
	if !ok {
		return "", false
	}
	return Unmask(value)
}

// Protect lets through what cannot do harm and what the visitor's own pages sent; show answers the rest with 403.
// Two gates stand one behind the other: the browser's word on where a request comes from, and the token. The machine
// doors need neither where no session speaks for the asker: browsers do not add keys by themselves.
func (s *Server) Protect(next http.Handler, show Show) http.Handler {
	gate := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
			next.ServeHTTP(w, r)
			return
		}
		if r.Body != nil && r.Body != http.NoBody && formOf(r) != "" {
			r.Body = http.MaxBytesReader(w, r.Body, max(longestForm, s.long[r.URL.Path]))
		}
		if err := s.genuine(gate, w, r); err != nil {
			f := Describe(err)
			if f.Kind == fault.Forbidden {
				f.Code = ForgedCode
				s.metrics.suspect("forged request")
			}
			if api(r) {
				s.secured(w.Header(), r, APIPolicy)
				detail(w, f)
				return
			}
			show(w, r, f)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// genuine says why a request may not be of the visitor's own will. The reason is for tests and the log; the answer
// does not give it.
func (s *Server) genuine(gate *http.CrossOriginProtection, w http.ResponseWriter, r *http.Request) error {
	if s.exempt[r.URL.Path] {
		return nil
	}
	if api(r) {
		if v, err := s.Visitor(w, r); err != nil || !v.SignedIn() {
			return err // who is not known by a cookie cannot be made to act by one
		}
	}
	if err := gate.Check(r); err != nil {
		return forged("the browser says that another site sent it")
	}
	proof, err := s.sameOrigin(r)
	if err != nil {
		return err
	}
	sent, given, err := sentToken(r)
	if err != nil {
		return err
	}
	if !given && proof && s.lenient[r.URL.Path] {
		return nil
	}
	v, err := s.Visitor(w, r)
	if err != nil {
		return err
	}
	if s.privacy.Repeated(r, privacy.CSRF) {
		return forged("csrftoken comes more than once")
	}
	secret, ok := s.sentSecret(r)
	switch {
	case !ok:
		return forged("there is no csrftoken")
	case v.Secret != "" && !same(secret, v.Secret) && (v.former == "" || !same(secret, v.former)):
		return forged("csrftoken is not that of the session")
	}
	if token, ok := Unmask(sent); !ok || !same(token, secret) {
		return forged("the token is missing or wrong")
	}
	return nil
}

// api tells whether a request is for a machine door, where a key decides and cookies do not count beside one.
func api(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }

func forged(why string) error { return fault.New(fault.Forbidden, "CSRF: %s", why) }

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// sameOrigin tells whether a header proves that a page of the portal sent the request; one that speaks against it is an
// error, and so is, over HTTPS, none at all.
func (s *Server) sameOrigin(r *http.Request) (proof bool, err error) {
	site := r.Header.Get("Sec-Fetch-Site")
	if origin := r.Header.Get("Origin"); origin != "" {
		if !s.ours(r, origin) {
			return false, forged("Origin is not the portal")
		}
		return true, nil
	}
	if s.scheme(r) == "https" && site == "" {
		from, err := url.Parse(r.Header.Get("Referer"))
		if err != nil || from.Scheme == "" || !s.ours(r, from.Scheme+"://"+from.Host) {
			return false, forged("neither Origin nor Referer names the portal")
		}
		return true, nil
	}
	return site == "same-origin", nil
}

// ours tells whether an origin is the portal's, as it is set or as the request names it.
func (s *Server) ours(r *http.Request, origin string) bool {
	origin = strings.ToLower(origin)
	return s.origin != "" && origin == s.origin || origin == s.scheme(r)+"://"+strings.ToLower(r.Host)
}

// scheme tells how the visitor reached the portal.
func (s *Server) scheme(r *http.Request) string {
	if s.secure || r.TLS != nil {
		return "https"
	}
	return "http"
}

// formOf gives the type of a form, "" for a body that is none.
func formOf(r *http.Request) string {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil && (kind == "application/x-www-form-urlencoded" || kind == "multipart/form-data") {
		return kind
	}
	return ""
}

// sentToken gives the token of a request: the field of a posted form where it is filled in, else the header.
func sentToken(r *http.Request) (token string, given bool, err error) {
	if r.Method == http.MethodPost && formOf(r) != "" {
		if err := ParseForm(r); err != nil {
			return "", false, err
		}
		if field := r.PostFormValue(csrfField); field != "" {
			return field, true, nil
		}
	}
	values := r.Header.Values(csrfHeader)
	if len(values) == 0 || values[0] == "" {
		return "", false, nil
	}
	return values[0], true, nil
}

// ParseForm reads a posted form. Kinds Invalid, and TooLarge for one of more than 1 MB, or what Options.Long says.
func ParseForm(r *http.Request) error {
	var err error
	if formOf(r) == "multipart/form-data" {
		err = r.ParseMultipartForm(longestForm)
	} else {
		err = r.ParseForm()
	}
	var large *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &large):
		return fault.New(fault.TooLarge, "The form holds more than %d bytes.", large.Limit)
	}
	return fault.New(fault.Invalid, "The form cannot be read: it is not encoded as its header says.")
}

// detail answers an API's forged request, in the shape that clients of such portals know. It does not say why.
func detail(w http.ResponseWriter, f Failure) {
	text := f.Message
	if f.Code == ForgedCode {
		text = "CSRF Failed: send the cookie csrftoken and its value in the header X-CSRFToken, from a page of the portal."
	}
	body, _ := json.Marshal(struct {
		Detail string `json:"detail"`
	}{text})
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(f.Status)
	_, _ = w.Write(body) // who went away needs no answer
}
