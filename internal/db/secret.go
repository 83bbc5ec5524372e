package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"fmt"
)

const (
	sqlSecret    = `SELECT value FROM secrets WHERE name = $1`
	sqlNewSecret = `INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`
)

// Secret gives the portal's secret of a name, 32 random bytes that are made when they are first asked for. What is
// signed with it can be checked by every process of this portal, and by nobody else.
func Secret(ctx context.Context, pool *sql.DB, name string) ([]byte, error) {
	made := make([]byte, 32)
	rand.Read(made)
	var text string
	err := Change(ctx, pool, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, sqlNewSecret, name, hex.EncodeToString(made)); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, sqlSecret, name).Scan(&text)
	})
	if err != nil {
		return nil, fmt.Errorf("read the secret %s: %w", name, err)
	}
	value, err := hex.DecodeString(text)
	if err != nil || len(value) != len(made) {
		return nil, fmt.Errorf("read the secret %s: it is damaged", name)
	}
	return value, nil
}
