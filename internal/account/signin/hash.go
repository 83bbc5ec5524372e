package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// cost is what a hash is made with.
type cost struct {
	memory  uint32 // KiB
	rounds  uint32
	threads uint8
}

// standard is OWASP's least for argon2id: 19 MiB, two rounds.
func standard() cost { return cost{memory: 19 << 10, rounds: 2, threads: 1} }

const (
	saltLength = 16
	hashLength = 32
)

// nobody is the hash of no password, that the passwords of unknown people are compared with.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// hash makes the hash of a password in PHC form. Only so many are made at once, so that many sign-ins at the same
// moment take time and not memory.
func (d *Desk) hash(ctx context.Context, password string) (string, error) {
	if err := d.hashing.Acquire(ctx, 1); err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	defer d.hashing.Release(1)
	salt := make([]byte, saltLength)
	rand.Read(salt)
	c := standard()
	sum := argon2.IDKey(plain(password), salt, c.rounds, c.memory, c.threads, hashLength)
	return phc(c, salt, sum), nil
}

// plain gives the bytes of a password: the same whichever way a keyboard writes its accents.
func plain(password string) []byte { return []byte(norm.NFKC.String(password)) }

func phc(c cost, salt, sum []byte) string {
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.rounds, c.threads, encode(salt), encode(sum))
}

// verify compares a password with a hash; old tells that the hash was made at another cost than is standard now.
func (d *Desk) verify(ctx context.Context, password, text string) (right, old bool, err error) {
	c, salt, sum, err := parsePHC(text)
	if err != nil {
		return false, false, err
	}
	if err := d.hashing.Acquire(ctx, 1); err != nil {
		return false, false, fmt.Errorf("check a password: %w", err)
	}
	defer d.hashing.Release(1)
	got := argon2.IDKey(plain(password), salt, c.rounds, c.memory, c.threads, uint32(len(sum)))
	right = subtle.ConstantTimeCompare(got, sum) == 1
	return right, c != standard() || len(sum) != hashLength, nil
}

// parsePHC reads a hash that this portal or another program made, within bounds that a machine can bear.
func parsePHC(text string) (c cost, salt, sum []byte, err error) {
	damaged := errors.New("the hash of a password is damaged")
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, damaged
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.rounds, &c.threads); n != 3 || err != nil {
		return c, nil, nil, damaged
	}
	if c.memory < 8 || c.memory > 1<<20 || c.rounds < 1 || c.rounds > 64 || c.threads < 1 {
		return c, nil, nil, damaged
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(salt) < 8 {
		return c, nil, nil, damaged
	}
	if sum, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(sum) < 16 || len(sum) > 128 {
		return c, nil, nil, damaged
	}
	return c, salt, sum, nil
}
