package signin

import (
	"golang.org/x/crypto/argon2"
)

// putHash gives a person a hash made at a cost of the test's choice.
func (h *house) putHash(id int64, c cost, password string) error {
	salt := make([]byte, saltLength)
	sum := argon2.IDKey(plain(password), salt, c.rounds, c.memory, c.threads, hashLength)
	_, err := h.pool.Exec(`UPDATE passwords SET hash = $1 WHERE person = $2`, phc(c, salt, sum), id)
	return err
}
