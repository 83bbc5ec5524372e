package server

import (
	"context"
	"net/http"
	"strings"

	"parvis/internal/account"
)

// KeyFinder tells whose key or token a secret is. An unknown or revoked one is of kind Unauthenticated.
type KeyFinder func(ctx context.Context, secret string) (account.Actor, error)

// credential is a secret that a request bears.
type credential struct {
	secret string // "" where one was announced and is missing, or is of a kind that the portal does not know
	token  bool   // of an application, not an API key
}

// credentialOf finds the key in the header Authorization ("Apikey SECRET" or "Bearer TOKEN", the word in any case) or
// else in the query parameters apikey and access_token.
func credentialOf(r *http.Request) (c credential, given bool) {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, rest, _ := strings.Cut(strings.TrimSpace(header), " ")
		switch strings.ToLower(scheme) {
		case "apikey":
			return credential{secret: strings.TrimSpace(rest)}, true
		case "bearer":
			return credential{secret: strings.TrimSpace(rest), token: true}, true
		case "basic":
		default:
			return credential{}, true
		}
	}
	for _, p := range [...]struct {
		name  string
		token bool
	}{{"apikey", false}, {"access_token", true}} {
		if !strings.Contains(r.URL.RawQuery, p.name+"=") {
			continue
		}
		if secret := r.URL.Query().Get(p.name); secret != "" {
			return credential{secret, p.token}, true
		}
	}
	return credential{}, false
}
