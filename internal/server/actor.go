package server

import (
	"context"
	"net/http"
	"strings"

	"parvis/internal/account"
	"parvis/internal/fault"
)

// KeyFinder tells whose key a secret is. An unknown or revoked one is of kind Unauthenticated.
type KeyFinder func(ctx context.Context, secret string) (account.Actor, error)

// Actor tells who asks: the owner of the key in the header Authorization ("Apikey SECRET", the word in any
// case) or else in the query parameter apikey; nobody in particular without either. A wrong key is of kind
// Unauthenticated, and so is a scheme that the portal does not know; Basic is none of ours, since a proxy before
// the portal may ask for it.
func Actor(r *http.Request, find KeyFinder) (account.Actor, error) {
	secret, given := secretOf(r)
	if !given {
		return account.Anonymous, nil
	}
	if secret == "" {
		return account.Anonymous, fault.New(fault.Unauthenticated, "No API key was found where one was announced: send the header \"Authorization: Apikey <key>\".")
	}
	return find(r.Context(), secret)
}

func secretOf(r *http.Request) (secret string, given bool) {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, rest, _ := strings.Cut(strings.TrimSpace(header), " ")
		switch strings.ToLower(scheme) {
		case "apikey":
			return strings.TrimSpace(rest), true
		case "basic":
		default:
			return "", true
		}
	}
	if !strings.Contains(r.URL.RawQuery, "apikey=") {
		return "", false
	}
	q := r.URL.Query()
	if !q.Has("apikey") || q.Get("apikey") == "" {
		return "", false
	}
	return q.Get("apikey"), true
}
