package oauth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"parvis/internal/account"
	"parvis/internal/db"
	"parvis/internal/fault"
)

// Answer is what the token endpoint gives, in the names of its JSON.
type Answer struct {
	AccessToken  string `json:"access_token"`
	ExpiresIn    int    `json:"expires_in"` // seconds
	TokenType    string `json:"token_type"`
	State        string `json:"state,omitempty"`
	Scope        string `json:"scope"`
	RefreshToken string `json:"refresh_token"`
}

// RefusedError is why the token endpoint gives nothing, in the words of RFC 6749.
type RefusedError struct {
	Code   string // as in invalid_grant
	Says   string
	Status int // of HTTP: the standard asks for these
}

// Error gives the reason.
func (r *RefusedError) Error() string { return r.Code + ": " + r.Says }

// FaultKind says that it is a mistake of the request.
func (r *RefusedError) FaultKind() fault.Kind { return fault.Invalid }

func refused(code, says string) error {
	status := http.StatusBadRequest
	if code == "invalid_client" {
		status = http.StatusUnauthorized
	}
	return &RefusedError{code, says, status}
}

// Credentials are what a client says of itself in the header, where it does.
type Credentials struct {
	Client, Secret string
	Given          bool
}

// Token answers a request to the token endpoint; what fails by the client's fault is a *RefusedError.
func (a *Applications) Token(ctx context.Context, form url.Values, basic Credentials) (*Answer, error) {
	for name, values := range form {
		if len(values) > 1 {
			return nil, refused("invalid_request", fmt.Sprintf("the parameter %.40q is given more than once", name))
		}
	}
	app, err := a.client(ctx, form, basic)
	if err != nil {
		return nil, err
	}
	if !allScope(form) {
		return nil, refused("invalid_scope", "there is one scope: all")
	}
	var out *Answer
	switch form.Get("grant_type") {
	case "authorization_code":
		out, err = a.redeem(ctx, app, form)
	case "refresh_token":
		out, err = a.refresh(ctx, app, form.Get("refresh_token"))
	default:
		err = refused("unsupported_grant_type", "grant_type is authorization_code or refresh_token")
	}
	if err != nil {
		return nil, err
	}
	out.State = form.Get("state")
	return out, nil
}

// client finds out which application asks: by its secret, or a public one by its name alone.
func (a *Applications) client(ctx context.Context, form url.Values, basic Credentials) (Application, error) {
	client, secret := form.Get("client_id"), form.Get("client_secret")
	if basic.Given {
		if client != "" && client != basic.Client {
			return Application{}, refused("invalid_request", "the header and the form name two clients")
		}
		client, secret = basic.Client, basic.Secret
	}
	app, err := a.byClient(ctx, client)
	wrong := refused("invalid_client", "there is no such client, or its secret is wrong")
	if fault.KindOf(err) == fault.NotFound {
		return app, wrong
	}
	if err != nil {
		return app, err
	}
	if app.Confidential && subtle.ConstantTimeCompare([]byte(account.HashOf(secret)), []byte(app.secret)) != 1 {
		return app, wrong
	}
	return app, nil
}

// origin is where a code or token comes from.
type origin struct {
	consent, application, person int64
	family                       string
	redirect, challenge          string // of a code
	expires                      int64  // 0: never
	used                         bool
}

// redeem changes a code for tokens. A code that is presented a second time ends what the first time gave: one of the
// two had stolen it.
func (a *Applications) redeem(ctx context.Context, app Application, form url.Values) (*Answer, error) {
	bad := refused("invalid_grant", "the code is wrong, was used already or is over")
	hash := account.HashOf(form.Get("code"))
	o := origin{family: hash}
	var used sql.NullInt64
	err := a.o.DB.QueryRowContext(ctx, sqlFindCode, hash).Scan(&o.consent, &o.redirect, &o.challenge, &o.expires, &used, &o.application, &o.person)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, bad
	}
	if err != nil {
		return nil, fmt.Errorf("find a code: %w", err)
	}
	o.used = used.Valid
	if o.application != app.ID || !a.o.Clock().Before(time.UnixMicro(o.expires)) {
		return nil, bad
	}
	if given := form.Get("redirect_uri"); given != o.redirect && (o.redirect != "" || given != app.Redirects[0]) {
		return nil, refused("invalid_grant", "redirect_uri is not the one that the code was asked for with")
	}
	if verifier := form.Get("code_verifier"); o.challenge != "" && subtle.ConstantTimeCompare([]byte(s256(sha256.Sum256([]byte(verifier)))), []byte(o.challenge)) != 1 {
		return nil, refused("invalid_grant", "code_verifier does not match the challenge")
	}
	return a.once(ctx, sqlUseCode, hash, o, bad)
}

// refresh changes a refresh token for new tokens; it works once, and a second time ends all that came of the code.
func (a *Applications) refresh(ctx context.Context, app Application, token string) (*Answer, error) {
	bad := refused("invalid_grant", "the refresh token is wrong, was used already or was revoked")
	o, err := a.find(ctx, account.HashOf(token), "refresh")
	if err != nil {
		return nil, err
	}
	if o == nil || o.application != app.ID {
		return nil, bad
	}
	return a.once(ctx, sqlUseToken, account.HashOf(token), *o, bad)
}

// find reads a token; nil where there is none.
func (a *Applications) find(ctx context.Context, hash, kind string) (*origin, error) {
	var o origin
	var expires, used sql.NullInt64
	err := a.o.DB.QueryRowContext(ctx, sqlFindToken, hash, kind).Scan(&o.consent, &o.family, &expires, &used, &o.application, &o.person)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find a token: %w", err)
	}
	o.expires, o.used = expires.Int64, used.Valid
	return &o, nil
}

// once marks a code or refresh token as used and gives new tokens; where it was used before, its whole family ends.
func (a *Applications) once(ctx context.Context, mark, hash string, o origin, bad error) (*Answer, error) {
	if _, ok := a.o.People.Person(o.person); !ok {
		return nil, bad
	}
	out := &Answer{AccessToken: account.RandomText(tokenLength), RefreshToken: account.RandomText(tokenLength), ExpiresIn: int(AccessLife / time.Second), TokenType: "Bearer", Scope: "all"}
	now := a.o.Clock()
	first := false
	err := db.Change(ctx, a.o.DB, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, mark, now.UnixMicro(), hash)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if first = n == 1; err != nil || !first {
			return err
		}
		if _, err := tx.ExecContext(ctx, sqlToken, account.HashOf(out.AccessToken), o.consent, "access", o.family, now.Add(AccessLife).UnixMicro()); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, sqlToken, account.HashOf(out.RefreshToken), o.consent, "refresh", o.family, nil)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("give tokens: %w", err)
	}
	if first {
		return out, nil
	}
	err = a.end(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, sqlEndFamily, o.family)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("end stolen tokens: %w", err)
	}
	return nil, bad
}
