// Package session knows who is signed in: what a visitor holds is 258 random bits, what the portal keeps is their
// SHA-256. It builds no cookie and knows no password.
//
// An identifier is only ever made here, never taken over from a request, and once it is ended nothing brings it
// back: every change names the state that it was made from. Start at session.go, then store.go.
package session
