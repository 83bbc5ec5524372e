package oauth

import (
	"context"
	"database/sql"
	"encoding/base64"
	"fmt"
	"net/url"
	"regexp"
	"slices"

	"parvis/internal/account"
	"parvis/internal/db"
	"parvis/internal/fault"
)

// Request is an application asking a person, through their browser, to let it act for them.
type Request struct {
	Application Application
	Back        string // where the person is sent back to

	redirect  string // as the request gave it; "" where it gave none
	state     string
	challenge string // of PKCE, S256; "" for none
}

// RefusalError is a request that the person is not asked about: their browser tells the application why.
type RefusalError struct {
	To   string // where to send them
	Code string // as in invalid_scope
}

// Error names the reason.
func (r *RefusalError) Error() string { return "the application's request was refused: " + r.Code }

// FaultKind says that it is a mistake of the request.
func (r *RefusalError) FaultKind() fault.Kind { return fault.Invalid }

// challenges is what S256 gives: 32 bytes in base64url.
var challenges = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// Ask reads a request to the authorisation endpoint. Kind Invalid: the application or the address to go back to is not
// known, so that nobody may be sent there; or a *RefusalError.
func (a *Applications) Ask(ctx context.Context, q url.Values) (*Request, error) {
	for name, values := range q {
		if len(values) > 1 {
			return nil, fault.New(fault.Invalid, "The parameter %.40q is given more than once.", name)
		}
	}
	app, err := a.byClient(ctx, q.Get("client_id"))
	if fault.KindOf(err) == fault.NotFound {
		return nil, fault.New(fault.Invalid, "No application of this portal has this client_id.")
	}
	if err != nil {
		return nil, err
	}
	r := &Request{Application: app, redirect: q.Get("redirect_uri"), state: q.Get("state")}
	switch {
	case r.redirect == "" && len(app.Redirects) == 1:
		r.Back = app.Redirects[0]
	case slices.Contains(app.Redirects, r.redirect):
		r.Back = r.redirect
	default:
		return nil, fault.New(fault.Invalid, "The application has not registered this redirect_uri: it must be the same, letter by letter.")
	}
	if len(r.state) > 2000 {
		r.state = ""
		return nil, r.refuse("invalid_request")
	}
	if q.Get("response_type") != "code" {
		return nil, r.refuse("unsupported_response_type")
	}
	if !allScope(q) {
		return nil, r.refuse("invalid_scope")
	}
	return r, r.prove(q)
}

// prove reads the challenge of PKCE.
func (r *Request) prove(q url.Values) error {
	challenge, method := q.Get("code_challenge"), q.Get("code_challenge_method")
	switch {
	case challenge == "" && method == "":
		return nil
	case method != "S256" || !challenges.MatchString(challenge): // plain protects from nobody who can read the request
		return r.refuse("invalid_request")
	}
	r.challenge = challenge
	return nil
}

// allScope tells whether the request asks for all that there is, or for nothing in particular. The parameter has two
// names.
func allScope(q url.Values) bool {
	for _, name := range []string{"scope", "scopes"} {
		if v := q.Get(name); v != "" && v != "all" {
			return false
		}
	}
	return true
}

func (r *Request) refuse(code string) error {
	return &RefusalError{To: r.back(url.Values{"error": {code}}), Code: code}
}

// back gives the address to send the person back to, with the state that the application gave.
func (r *Request) back(answer url.Values) string {
	u, err := url.Parse(r.Back)
	if err != nil { // it was checked when it was registered
		return "/"
	}
	q := u.Query()
	for name, values := range answer {
		q[name] = values
	}
	if r.state != "" {
		q.Set("state", r.state)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// Deny gives the address to send a person back to who does not let the application act for them.
func (r *Request) Deny() string { return r.back(url.Values{"error": {"access_denied"}}) }

// Allow notes that a person lets the application act for them, and gives the address to send them back to, with a code
// of 30 characters that works once, for CodeLife.
func (a *Applications) Allow(ctx context.Context, person int64, r *Request) (to string, err error) {
	code := account.RandomText(tokenLength)
	now := a.o.Clock()
	err = db.Change(ctx, a.o.DB, func(tx *sql.Tx) error {
		var next, consent int64
		if err := tx.QueryRowContext(ctx, sqlNextConsent).Scan(&next); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, sqlConsent, next, r.Application.ID, person, now.UnixMicro()); err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, sqlConsentOf, r.Application.ID, person).Scan(&consent); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, sqlCode, account.HashOf(code), consent, r.redirect, r.challenge, now.Add(CodeLife).UnixMicro()); err != nil {
			return err
		}
		return a.note(ctx, tx, person, "allow", r.Application.ID)
	})
	if err != nil {
		return "", fmt.Errorf("let an application act for a person: %w", err)
	}
	return r.back(url.Values{"code": {code}}), nil
}

// s256 gives the challenge of a verifier.
func s256(sum [32]byte) string { return base64.RawURLEncoding.EncodeToString(sum[:]) }
