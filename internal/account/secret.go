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

// HashOf gives what is kept of a secret, hexadecimal. It is random enough that a plain hash tells nothing of it.
func HashOf(secret string) string {
	hash := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(hash[:])
}

// RandomText makes a text of letters and figures, each as likely as the others: 30 of them hold 178 random bits.
func RandomText(length int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	out := make([]byte, 0, length)
	some := make([]byte, length)
	for {
		rand.Read(some)
		for _, b := range some {
			if b >= 248 { // 4 × 62
				continue
			}
			if out = append(out, letters[b%62]); len(out) == length {
				return string(out)
			}
		}
	}
}
