package session

import (
	"crypto/rand"
	"crypto/sha512"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"parvis/internal/account"
)

// Session is what is known of a visitor who holds a good identifier, as it stood at one moment: it never changes.
type Session struct {
	ID      int64           // its number, to be shown in lists; it opens nothing
	Person  *account.Person // nil: nobody has signed in yet, as while an identity provider is being asked
	How     string          // how they signed in: "password", "passkey", "oidc"…; "" before sign-in
	Started time.Time       // when they signed in
	Secret  string          // what csrftoken must unmask to: 32 characters of A-Z, a-z, 0-9
	Changed bool            // the person's rights have changed since the identifier was made: it is due for Rotate

	data map[string]json.RawMessage
}

// Read puts what was kept under a name into value, and tells whether there was any.
func (s *Session) Read(name string, value any) bool {
	raw, ok := s.data[name]
	return ok && json.Unmarshal(raw, value) == nil
}

const (
	idLength     = 43 // characters, of 6 bits each
	secretLength = 32
	alphabet64   = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	alphabet62   = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
)

// newID makes an identifier. Each character is drawn by itself, so that all are alike: 32 bytes in base64url would
// leave the last one poorer.
func newID() string {
	out := make([]byte, idLength)
	rand.Read(out)
	for i, b := range out {
		out[i] = alphabet64[b&63]
	}
	return string(out)
}

// isID tells whether a text has the form of an identifier.
func isID(text string) bool {
	if len(text) != idLength {
		return false
	}
	for i := range len(text) {
		c := text[i]
		if (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// secretOf draws the secret of csrftoken from the identifier: it changes with it, and the store need not keep it.
func secretOf(id string) string {
	out := make([]byte, 0, secretLength)
	for round := 0; ; round++ {
		sum := sha512.Sum512([]byte("csrftoken " + strconv.Itoa(round) + " " + id))
		for _, b := range sum {
			if b >= 248 { // 4 × 62: beyond it some characters would come more often
				continue
			}
			if out = append(out, alphabet62[b%62]); len(out) == secretLength {
				return string(out)
			}
		}
	}
}

// rightsOf writes down what a person may do, to see whether it has changed.
func rightsOf(p *account.Person) string {
	if p == nil {
		return ""
	}
	out := strconv.AppendUint(nil, uint64(p.Permissions), 16)
	for _, g := range slices.Sorted(slices.Values(p.Groups)) {
		out = strconv.AppendInt(append(out, ' '), g, 10)
	}
	return string(out)
}
