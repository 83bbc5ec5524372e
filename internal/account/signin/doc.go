// Package signin finds out whether somebody is who they say: by password, passkey, a code as second factor, an
// identity provider, or a link in a letter.
//
// It decides and remembers; it starts no session but ends those that a new password ends, and it knows no page.
// Whoever is unknown gets the same answer after the same time as somebody known with a wrong password.
// Start at desk.go, then password.go.
package signin
