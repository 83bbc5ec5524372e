package account

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"parvis/internal/db"
	"parvis/internal/fault"
)

const (
	sqlKeys = `SELECT id, label, owner, scope, created, created_by, expires, last_used, revoked, revoked_by, reason FROM api_keys
	 WHERE ($1 = 0 OR id = $1) AND ($2 = 0 OR owner = $2) ORDER BY id`
	sqlNewKey = `INSERT INTO api_keys (id, label, hash, owner, scope, expires, created, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	sqlSetKey = `UPDATE api_keys SET label = $1, scope = $2, expires = $3 WHERE id = $4`
	sqlRevoke = `UPDATE api_keys SET revoked = $1, revoked_by = $2, reason = $3 WHERE id = $4`
	mostKeys  = 100 // good ones of one person
)

// Create makes a key and gives its secret, "pv_" and 40 characters safe in URLs, which nobody can find out again.
// People make keys for themselves, the operator at the command line for anybody, and without an owner. Kinds
// Forbidden: the key would be somebody else's, or may do what its owner, or the key used to make it, may not;
// NotFound: the owner may not come in; Invalid; Conflict: the owner has 100 keys already.
func (k *Keys) Create(ctx context.Context, by Actor, d KeyDraft) (made Key, secret string, err error) {
	if err := k.mayMake(by, d.Owner); err != nil {
		return Key{}, "", err
	}
	secret = "pv_" + newSecret()
	err = change(ctx, k.db, func(tx *sql.Tx) error {
		if err := k.clean(by, &d); err != nil {
			return err
		}
		if err := k.room(ctx, tx, d.Owner); err != nil {
			return err
		}
		made = Key{KeyDraft: d, Created: k.clock().UTC()}
		if made.ID, err = number(ctx, tx, "key"); err != nil {
			return err
		}
		_, made.CreatedBy = by.who()
		if _, err := tx.ExecContext(ctx, sqlNewKey, made.ID, d.Label, HashOf(secret), orNull(d.Owner), writeScope(d.Scope), stamp(d.Expires),
			made.Created.UnixMicro(), orNull(made.CreatedBy)); err != nil {
			return err
		}
		return Note(ctx, tx, k.clock(), by, "create", keyObject(made.ID), nil, d.noted())
	})
	if err != nil {
		return Key{}, "", fmt.Errorf("create an API key: %w", err)
	}
	return made, secret, k.good.refresh(context.WithoutCancel(ctx))
}

// noted gives what the log of changes keeps of a draft.
func (d KeyDraft) noted() any {
	scope := any(d.Scope)
	if d.Scope == Every {
		scope = "all"
	}
	return struct {
		Label   string    `json:"label"`
		Owner   int64     `json:"owner,omitzero"`
		Scope   any       `json:"permissions"`
		Expires time.Time `json:"expires,omitzero"`
	}{d.Label, d.Owner, scope, d.Expires}
}

// mayMake tells whether an actor may make keys for an owner.
func (k *Keys) mayMake(by Actor, owner int64) error {
	switch {
	case by.Everything && (by.Key == 0 || owner != 0):
		return nil
	case owner != 0 && by.is(owner):
		return nil
	case !by.Known():
		return by.need(EditDomain)
	}
	return fault.New(fault.Forbidden, "API keys are made by their owners, for themselves.")
}

// clean checks a draft and brings it into the form in which it is kept.
func (k *Keys) clean(by Actor, d *KeyDraft) (err error) {
	if d.Label, err = CleanLine("label", d.Label, 200); err != nil {
		return err
	}
	if d.Label == "" {
		return fault.New(fault.Invalid, "A key needs a label of 1 to 200 characters that tells what it is for.")
	}
	if over(d.Expires, k.clock()) {
		return fault.New(fault.Invalid, "A key that ends on %s would be over already.", d.Expires.Format(time.DateOnly))
	}
	d.Scope, d.Expires = d.Scope&Every, d.Expires.UTC().Truncate(time.Second)
	if d.Owner == 0 {
		if d.Scope != Every {
			return fault.New(fault.Invalid, "A key without an owner may do everything: name its owner to give it less.")
		}
		return nil
	}
	owner, ok := k.people.Person(d.Owner)
	if !ok {
		return noPerson(d.Owner)
	}
	return mayScope(by, owner, d.Scope)
}

// room tells whether an owner may have one more key.
func (k *Keys) room(ctx context.Context, tx *sql.Tx, owner int64) error {
	if owner == 0 {
		return nil
	}
	keys, err := readKeys(ctx, tx, 0, owner)
	if err != nil {
		return err
	}
	count := 0
	for _, key := range keys {
		if key.Revoked.IsZero() && !over(key.Expires, k.clock()) {
			count++
		}
	}
	if count >= mostKeys {
		return fault.New(fault.Conflict, "There are %d API keys of this person already: revoke one first.", count)
	}
	return nil
}

// mayScope tells whether a key of an owner may be given a scope.
func mayScope(by Actor, owner *Person, scope Permissions) error {
	if scope == Every {
		return nil
	}
	for _, p := range scope.List() {
		if !owner.MayScope(PermissionsOf(p)) || !by.Everything && !by.Scope.Has(p) {
			return fault.New(fault.Forbidden, "A key cannot be given the permission %s, which its owner does not hold.", p)
		}
	}
	return nil
}

// MayScope tells whether keys of a person may be bound to a set of permissions: to those that the person holds, and to
// those that people can hold on single datasets.
func (p *Person) MayScope(scope Permissions) bool {
	onDatasets := PermissionsOf(ExploreRestrictedDataset, EditDataset, PublishDataset, ManageDataset)
	return p.Permissions.Has(EditDomain) || scope&^(p.Permissions|onDatasets) == 0
}

// Update changes a good key's label, scope and end; its owner stays. Kinds as for Create; NotFound: the actor may
// not know of it; Conflict: it is revoked.
func (k *Keys) Update(ctx context.Context, by Actor, id int64, edit func(*KeyDraft)) error {
	return k.one(ctx, by, id, "change", func(tx *sql.Tx, known Key) error {
		d := known.KeyDraft
		edit(&d)
		d.Owner = known.Owner
		if err := k.mayMake(by, d.Owner); err != nil {
			return err
		}
		if err := k.clean(by, &d); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, sqlSetKey, d.Label, writeScope(d.Scope), stamp(d.Expires), id); err != nil {
			return err
		}
		return Note(ctx, tx, k.clock(), by, "update", keyObject(id), known.noted(), d.noted())
	})
}

// Revoke ends a key for ever; reason, up to 500 characters, may be "". Kinds NotFound: there is no such key, or it
// is somebody else's and the actor does not administer the portal; Conflict: it is revoked already.
func (k *Keys) Revoke(ctx context.Context, by Actor, id int64, reason string) error {
	return k.one(ctx, by, id, "revoke", func(tx *sql.Tx, known Key) error {
		reason, err := CleanLine("reason", reason, 500)
		if err != nil {
			return err
		}
		_, person := by.who()
		if _, err := tx.ExecContext(ctx, sqlRevoke, k.clock().UnixMicro(), orNull(person), reason, id); err != nil {
			return err
		}
		return Note(ctx, tx, k.clock(), by, "revoke", keyObject(id), nil, map[string]string{"reason": reason})
	})
}

// one does work on a good key that the actor may know of, in one transaction.
func (k *Keys) one(ctx context.Context, by Actor, id int64, what string, work func(*sql.Tx, Key) error) error {
	err := change(ctx, k.db, func(tx *sql.Tx) error {
		known, err := readKeys(ctx, tx, id, 0)
		if err != nil {
			return err
		}
		if len(known) == 0 || id == 0 || !by.mayKnow(known[0]) {
			return noKey(id)
		}
		if !known[0].Revoked.IsZero() {
			return fault.New(fault.Conflict, "The API key %d is revoked already.", id)
		}
		return work(tx, known[0])
	})
	if err != nil {
		return fmt.Errorf("%s an API key: %w", what, err)
	}
	return k.good.refresh(context.WithoutCancel(ctx))
}

// mayKnow tells whether an actor may see and revoke a key.
func (a Actor) mayKnow(key Key) bool {
	return a.May(EditDomain) || key.Owner != 0 && a.is(key.Owner) || a.Key != 0 && a.Key == key.ID
}

// Key gives one key. Kind NotFound: there is none, or the actor may not know of it.
func (k *Keys) Key(ctx context.Context, by Actor, id int64) (Key, error) {
	found, err := readKeys(ctx, k.db, id, 0)
	if err != nil {
		return Key{}, err
	}
	if len(found) == 0 || id == 0 || !by.mayKnow(found[0]) {
		return Key{}, noKey(id)
	}
	return found[0], nil
}

// List gives the keys of an owner, or all for 0, in the order of their making, revoked ones too. Kind Forbidden:
// they are somebody else's, and the actor does not administer the portal.
func (k *Keys) List(ctx context.Context, by Actor, owner int64) ([]Key, error) {
	if owner == 0 || !by.is(owner) {
		if err := by.need(EditDomain); err != nil {
			return nil, err
		}
	}
	return readKeys(ctx, k.db, 0, owner)
}

// readKeys gives keys by number and owner, 0 for all.
func readKeys(ctx context.Context, from db.Asker, id, owner int64) (out []Key, err error) {
	err = list(ctx, from, sqlKeys, []any{id, owner}, func(scan func(...any) error) error {
		var key Key
		var scope string
		var created int64
		var whose, createdBy, expires, used, revoked, revokedBy sql.NullInt64
		if err := scan(&key.ID, &key.Label, &whose, &scope, &created, &createdBy, &expires, &used, &revoked, &revokedBy, &key.Reason); err != nil {
			return err
		}
		key.Owner, key.Scope, key.Created, key.CreatedBy = whose.Int64, readScope(scope), moment(created), createdBy.Int64
		key.Expires, key.Used, key.Revoked, key.RevokedBy = maybe(expires), maybe(used), maybe(revoked), revokedBy.Int64
		out = append(out, key)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the API keys: %w", err)
	}
	return out, nil
}

func noKey(id int64) error {
	return fault.New(fault.NotFound, "There is no API key %d.", id)
}

func keyObject(id int64) string { return fmt.Sprintf("api_key/%d", id) }
