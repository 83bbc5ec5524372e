package account

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"time"

	"parvis/internal/db"
	"parvis/internal/fault"
)

// Key is an API key as it can be shown; its secret is known only to whoever was given it.
type Key struct {
	ID        int64
	Created   time.Time
	CreatedBy int64     // person; 0: the operator
	Used      time.Time // the day of its last use, at its start in UTC; zero: never. It may be a minute late.
	Revoked   time.Time // zero while the key is good
	RevokedBy int64     // person; 0: the operator, or nobody
	Reason    string    // why it was revoked
	KeyDraft
}

// KeyDraft is what can be said of a key.
type KeyDraft struct {
	Label   string
	Owner   int64       // person; 0: the operator, whose keys may see and do everything
	Scope   Permissions // what the key may do of what its owner may; Every for all
	Expires time.Time   // zero: never; in whole seconds
}

// KeyOptions is what keys need.
type KeyOptions struct {
	DB     *sql.DB
	People *People
	Clock  func() time.Time // nil: the machine's
}

// Keys knows the portal's API keys. All methods may be called at once from many goroutines.
type Keys struct {
	db     *sql.DB
	people *People
	clock  func() time.Time
	good   *followed[good]
	used   daily
}

// good is the keys that were not revoked. The map is asked by the hash of a secret, so that the time of a look-up
// tells nothing of any secret.
type good map[[sha256.Size]byte]opening

// opening is what a key opens.
type opening struct {
	id, owner int64
	scope     Permissions
	expires   time.Time
}

const sqlGood = `SELECT id, hash, owner, scope, expires FROM api_keys WHERE revoked IS NULL`

// OpenKeys reads the keys of a portal.
func OpenKeys(ctx context.Context, o KeyOptions) (*Keys, error) {
	k := &Keys{db: o.DB, people: o.People, clock: o.Clock}
	if k.clock == nil {
		k.clock = time.Now
	}
	var err error
	k.good, err = follow(ctx, o.DB, readGood)
	return k, err
}

func readGood(ctx context.Context, from db.Asker) (good, error) {
	out := good{}
	err := list(ctx, from, sqlGood, nil, func(scan func(...any) error) error {
		var o opening
		var text, scope string
		var owner, expires sql.NullInt64
		if err := scan(&o.id, &text, &owner, &scope, &expires); err != nil {
			return err
		}
		raw, err := hex.DecodeString(text)
		if err != nil || len(raw) != sha256.Size {
			return fmt.Errorf("the hash of key %d is damaged", o.id)
		}
		o.owner, o.scope, o.expires = owner.Int64, readScope(scope), maybe(expires)
		out[[sha256.Size]byte(raw)] = o
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the API keys: %w", err)
	}
	return out, nil
}

// readScope reads a key's scope, "" for everything.
func readScope(text string) Permissions {
	if text == "" {
		return Every
	}
	return readPermissions(text)
}

// writeScope is the way back.
func writeScope(scope Permissions) string {
	if scope == Every {
		return ""
	}
	return encoded(scope)
}

// Authenticate tells who presents a secret: a look-up in memory for a good key, one small query more for any
// other, so that a key works as soon as it is made. Kind Unauthenticated: the key is unknown, revoked or over, or
// its owner may not come in.
func (k *Keys) Authenticate(ctx context.Context, secret string) (Actor, error) {
	hash := sha256.Sum256([]byte(secret))
	if actor, ok := k.open(hash); ok {
		return actor, nil
	}
	if err := k.good.refresh(ctx); err != nil {
		return Anonymous, err
	}
	if err := k.people.Refresh(ctx); err != nil {
		return Anonymous, err
	}
	if actor, ok := k.open(hash); ok {
		return actor, nil
	}
	return Anonymous, fault.New(fault.Unauthenticated, "The API key is unknown or was revoked.")
}

// open tells whom memory knows a hash to open for.
func (k *Keys) open(hash [sha256.Size]byte) (Actor, bool) {
	o, ok := k.good.get()[hash]
	now := k.clock()
	if !ok || over(o.expires, now) {
		return Anonymous, false
	}
	actor := Actor{Key: o.id, Everything: o.owner == 0, Scope: o.scope}
	if o.owner != 0 {
		if actor.Person, ok = k.people.Person(o.owner); !ok {
			return Anonymous, false
		}
	}
	k.used.note(o.id, now)
	return actor, true
}

const sqlUsed = `UPDATE api_keys SET last_used = $1 WHERE id = $2 AND (last_used IS NULL OR last_used < $1)`

// Flush writes on which days keys were last used.
func (k *Keys) Flush(ctx context.Context) error { return k.used.flush(ctx, k.db, sqlUsed) }

// Follow takes in keys that other processes make and revoke, and writes on which days keys were used, until ctx
// ends; failed receives what goes wrong and may be nil.
func (k *Keys) Follow(ctx context.Context, failed func(error)) {
	flushed := k.clock()
	each(ctx, followEvery, func(ctx context.Context) error {
		if now := k.clock(); now.Sub(flushed) > flushEvery {
			flushed = now
			if err := k.Flush(ctx); err != nil {
				return err
			}
		}
		return k.good.refresh(ctx)
	}, failed)
	atEnd(ctx, k.Flush, failed)
}
