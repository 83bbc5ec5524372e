package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"parvis/internal/db"
	"parvis/internal/fault"
)

// Key is an API key as it can be shown; its secret is known only to whoever was given it.
type Key struct {
	ID      int64
	Label   string
	Created time.Time
	Revoked time.Time // zero while the key is good
}

// Keys knows the portal's API keys. All methods may be called at once from many goroutines.
type Keys struct {
	db  *sql.DB
	now atomic.Pointer[good]

	reading sync.Mutex // held by the one who reads the keys again
}

// good is the keys that open at one revision; it never changes. The map is asked by the hash of a secret, so that
// the time of a look-up tells nothing of any secret.
type good struct {
	revision int64
	byHash   map[[sha256.Size]byte]int64
}

const (
	sqlKeys   = `SELECT id, label, created, revoked FROM api_keys ORDER BY id`
	sqlGood   = `SELECT id, hash FROM api_keys WHERE revoked IS NULL`
	sqlNext   = `SELECT coalesce(max(id), 0) + 1 FROM api_keys`
	sqlCreate = `INSERT INTO api_keys (id, label, hash, created, revoked) VALUES ($1, $2, $3, $4, NULL)`
	sqlRevoke = `UPDATE api_keys SET revoked = $1 WHERE id = $2 AND revoked IS NULL`
)

// OpenKeys reads the keys of a portal.
func OpenKeys(ctx context.Context, pool *sql.DB) (*Keys, error) {
	k := &Keys{db: pool}
	k.now.Store(&good{})
	return k, k.refresh(ctx)
}

// Create makes a key that may see everything and gives its secret, "pv_" and 40 characters safe in URLs,
// which nobody can find out again. Kind Invalid: the label is empty or longer than 200 characters.
func (k *Keys) Create(ctx context.Context, label string) (secret string, err error) {
	label = strings.TrimSpace(label)
	if label == "" || utf8.RuneCountInString(label) > 200 {
		return "", fault.New(fault.Invalid, "a key needs a label of 1 to 200 characters that tells what it is for")
	}
	random := make([]byte, 30)
	rand.Read(random)
	secret = "pv_" + base64.RawURLEncoding.EncodeToString(random)
	hash := sha256.Sum256([]byte(secret))
	err = db.Change(ctx, k.db, func(tx *sql.Tx) error {
		var id int64
		if err := tx.QueryRowContext(ctx, sqlNext).Scan(&id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, sqlCreate, id, label, hex.EncodeToString(hash[:]), time.Now().UnixMicro()); err != nil {
			return err
		}
		_, err := db.Advance(ctx, tx, room)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("create an API key: %w", err)
	}
	return secret, k.refresh(ctx)
}

// List gives all keys in the order of their making, revoked ones too.
func (k *Keys) List(ctx context.Context) ([]Key, error) {
	rows, err := k.db.QueryContext(ctx, sqlKeys)
	if err != nil {
		return nil, fmt.Errorf("read the API keys: %w", err)
	}
	defer rows.Close()
	var out []Key
	for rows.Next() {
		var key Key
		var created int64
		var revoked sql.NullInt64
		if err := rows.Scan(&key.ID, &key.Label, &created, &revoked); err != nil {
			return nil, fmt.Errorf("read the API keys: %w", err)
		}
		key.Created = time.UnixMicro(created).UTC()
		if revoked.Valid {
			key.Revoked = time.UnixMicro(revoked.Int64).UTC()
		}
		out = append(out, key)
	}
	return out, rows.Err()
}

// Revoke ends a key for ever. Kind NotFound: there is no good key of this number.
func (k *Keys) Revoke(ctx context.Context, id int64) error {
	err := db.Change(ctx, k.db, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, sqlRevoke, time.Now().UnixMicro(), id)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "there is no API key %d that could be revoked", id)
		}
		_, err = db.Advance(ctx, tx, room)
		return err
	})
	if err != nil {
		return fmt.Errorf("revoke an API key: %w", err)
	}
	return k.refresh(ctx)
}

// Authenticate tells who presents a secret: a look-up in memory for a good key, one small query more for any
// other, so that a key works as soon as it is made. Kind Unauthenticated: the key is unknown or revoked.
func (k *Keys) Authenticate(ctx context.Context, secret string) (Actor, error) {
	hash := sha256.Sum256([]byte(secret))
	if id, ok := k.now.Load().byHash[hash]; ok {
		return Actor{Key: id, Everything: true, Scope: Every}, nil
	}
	if err := k.refresh(ctx); err != nil {
		return Anonymous, err
	}
	if id, ok := k.now.Load().byHash[hash]; ok {
		return Actor{Key: id, Everything: true, Scope: Every}, nil
	}
	return Anonymous, fault.New(fault.Unauthenticated, "The API key is unknown or was revoked.")
}

// Follow takes in keys that other processes make and revoke until ctx ends; failed receives what goes wrong
// and may be nil.
func (k *Keys) Follow(ctx context.Context, failed func(error)) {
	ticks := time.NewTicker(followEvery)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		if err := k.refresh(ctx); err != nil && ctx.Err() == nil && failed != nil {
			failed(err)
		}
	}
}

// refresh reads the keys again where any changed.
func (k *Keys) refresh(ctx context.Context) error {
	k.reading.Lock()
	defer k.reading.Unlock()
	revision, err := db.Revision(ctx, k.db, room)
	if err != nil || revision == k.now.Load().revision {
		return err
	}
	rows, err := k.db.QueryContext(ctx, sqlGood)
	if err != nil {
		return fmt.Errorf("read the API keys: %w", err)
	}
	defer rows.Close()
	next := &good{revision: revision, byHash: map[[sha256.Size]byte]int64{}}
	for rows.Next() {
		var id int64
		var text string
		if err := rows.Scan(&id, &text); err != nil {
			return fmt.Errorf("read the API keys: %w", err)
		}
		raw, err := hex.DecodeString(text)
		if err != nil || len(raw) != sha256.Size {
			return fmt.Errorf("read the API keys: the hash of key %d is damaged", id)
		}
		next.byHash[[sha256.Size]byte(raw)] = id
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the API keys: %w", err)
	}
	k.now.Store(next)
	return nil
}
