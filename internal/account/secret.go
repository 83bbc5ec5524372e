package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
)

// newSecret gives 40 characters safe in URLs, of 240 random bits.
func newSecret() string {
	random := make([]byte, 30)
	rand.Read(random)
	return base64.RawURLEncoding.EncodeToString(random)
}

// hashOf gives what is kept of a secret. It is random enough that a plain hash tells nothing of it.
func hashOf(secret string) string {
	hash := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(hash[:])
}
