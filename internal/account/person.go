package account

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"parvis/internal/fault"
)

const (
	sqlNewPerson = `INSERT INTO people (id, email, name, language, permissions, attributes, quota, quota_unit, active, created, expires)
	     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, TRUE, $9, $10)`
	sqlSetPerson = `UPDATE people SET email = $1, name = $2, language = $3, permissions = $4, attributes = $5, quota = $6,
	       quota_unit = $7, expires = $8 WHERE id = $9`
	sqlSetActive    = `UPDATE people SET active = $1 WHERE id = $2`
	sqlRemovePerson = `DELETE FROM people WHERE id = $1`
	sqlLeaveAll     = `DELETE FROM memberships WHERE person = $1`
	sqlJoin         = `INSERT INTO memberships (person, grouped, expires) VALUES ($1, $2, $3)`
)

// Create makes a person. Kinds Forbidden: the actor does not administer the portal; Invalid; Conflict: the address
// is taken.
func (p *People) Create(ctx context.Context, by Actor, d Draft) (*Person, error) {
	if err := by.need(EditDomain); err != nil {
		return nil, err
	}
	return p.create(ctx, by, "create", d, nil)
}

// Register makes a person who signed up, or whom an identity provider vouches for: the caller has found that the
// address is theirs. They hold what the draft says, which comes from settings, never from a visitor; edit_domain is
// refused. The verb goes into the audit log. Kinds Invalid; Forbidden; Conflict: the address is taken.
func (p *People) Register(ctx context.Context, verb string, d Draft) (*Person, error) {
	if d.Permissions.Has(EditDomain) {
		return nil, fault.New(fault.Forbidden, "Nobody can make themselves an administrator.")
	}
	return p.create(ctx, Anonymous, verb, d, nil)
}

// create makes a person within a transaction in which more can be done.
func (p *People) create(ctx context.Context, by Actor, verb string, d Draft, more func(tx *sql.Tx, person int64) error) (*Person, error) {
	var id int64
	err := p.change(ctx, func(tx *sql.Tx, t *tables) error {
		if err := t.clean(&d, 0); err != nil {
			return err
		}
		var err error
		if id, err = number(ctx, tx, "person"); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, sqlNewPerson, id, d.Email, d.Name, d.Language, encoded(d.Permissions),
			encoded(d.Attributes), counted(d.Quota), d.Quota.Unit, p.clock().UnixMicro(), stamp(d.Expires)); err != nil {
			return err
		}
		if err := join(ctx, tx, id, d.Groups); err != nil {
			return err
		}
		if more != nil {
			if err := more(tx, id); err != nil {
				return err
			}
		}
		return Note(ctx, tx, p.clock(), by, verb, personObject(id), nil, d)
	})
	if err != nil {
		return nil, fmt.Errorf("create a person: %w", err)
	}
	person, ok := p.Person(id)
	if !ok {
		return nil, fault.New(fault.Conflict, "This account has ended before it began.")
	}
	return person, nil
}

// Update changes what is said of a person: edit is given a copy to change. Who administers the portal may change
// everything; others only their own name and language. Kinds NotFound; Forbidden; Invalid; Conflict: the address is
// taken, or nobody would be left who administers the portal.
func (p *People) Update(ctx context.Context, by Actor, id int64, edit func(*Draft)) error {
	return p.update(ctx, by, id, "update", func(d *Draft) error {
		given := *d
		edit(d)
		if by.May(EditDomain) {
			return nil
		}
		own := given
		own.Name, own.Language = d.Name, d.Language
		if !by.is(id) || encoded(own) != encoded(d) {
			return by.need(EditDomain)
		}
		return nil
	})
}

// SetEmail gives a person another address; the caller has found that it is theirs. Kinds as for Update; Forbidden:
// the actor is neither that person nor an administrator.
func (p *People) SetEmail(ctx context.Context, by Actor, id int64, email string) error {
	return p.update(ctx, by, id, "set_email", func(d *Draft) error {
		d.Email = email
		if by.is(id) {
			return nil
		}
		return by.need(EditDomain)
	})
}

// Describe takes in what an identity provider says of a person who signs in through it: attributes by name, which
// replace those of the same names. Kinds NotFound; Invalid.
func (p *People) Describe(ctx context.Context, id int64, attributes map[string][]string) error {
	if known, ok := p.tables.get().people[id]; ok && containsAll(known.Attributes, attributes) {
		return nil
	}
	return p.update(ctx, Anonymous, id, "describe", func(d *Draft) error {
		kept := map[string][]string{}
		for name, values := range d.Attributes {
			kept[name] = values
		}
		for name, values := range attributes {
			kept[name] = values
		}
		d.Attributes = kept
		return nil
	})
}

func containsAll(have, want map[string][]string) bool {
	for name, values := range want {
		if got, ok := have[name]; !ok || !slices.Equal(got, values) {
			return false
		}
	}
	return true
}

// update changes a person in one transaction.
func (p *People) update(ctx context.Context, by Actor, id int64, verb string, edit func(*Draft) error) error {
	err := p.change(ctx, func(tx *sql.Tx, t *tables) error {
		known, ok := t.people[id]
		if !ok {
			if err := by.need(EditDomain); err != nil && verb != "describe" {
				return err
			}
			return noPerson(id)
		}
		d := known.Draft
		d.Groups = slices.Clone(d.Groups)
		if err := edit(&d); err != nil {
			return err
		}
		if err := t.clean(&d, id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, sqlSetPerson, d.Email, d.Name, d.Language, encoded(d.Permissions), encoded(d.Attributes),
			counted(d.Quota), d.Quota.Unit, stamp(d.Expires), id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, sqlLeaveAll, id); err != nil {
			return err
		}
		if err := join(ctx, tx, id, d.Groups); err != nil {
			return err
		}
		return Note(ctx, tx, p.clock(), by, verb, personObject(id), known.Draft, d)
	})
	if err != nil {
		return fmt.Errorf("change person %d: %w", id, err)
	}
	return nil
}

// SetActive lets a person in again, or not any more. Kinds NotFound; Forbidden; Conflict: nobody would be left who
// administers the portal.
func (p *People) SetActive(ctx context.Context, by Actor, id int64, active bool) error {
	if err := by.need(EditDomain); err != nil {
		return err
	}
	return p.one(ctx, id, "change", func(tx *sql.Tx, known *Profile) error {
		if _, err := tx.ExecContext(ctx, sqlSetActive, active, id); err != nil {
			return err
		}
		verb := "enable"
		if !active {
			verb = "disable"
		}
		return Note(ctx, tx, p.clock(), by, verb, personObject(id), map[string]bool{"active": known.Active}, map[string]bool{"active": active})
	})
}

// Remove forgets a person for ever, with their keys, memberships and requests, and takes what the audit log says of
// them, and of their invitation, out of it; that they were removed, and what they did, stays under their number. Kinds NotFound; Forbidden:
// the actor is neither that person nor an administrator; Conflict: nobody would be left who administers the portal.
func (p *People) Remove(ctx context.Context, by Actor, id int64) error {
	if !by.is(id) {
		if err := by.need(EditDomain); err != nil {
			return err
		}
	}
	return p.one(ctx, id, "remove", func(tx *sql.Tx, known *Profile) error {
		if _, err := tx.ExecContext(ctx, sqlRemovePerson, id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, sqlBlankPerson, personObject(id), `%"`+likeText(known.Email)+`"%`); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, sqlForgetRequests, known.Email); err != nil {
			return err
		}
		return Note(ctx, tx, p.clock(), by, "remove", personObject(id), nil, nil)
	})
}

// one does work on a person who is there, in one transaction.
func (p *People) one(ctx context.Context, id int64, what string, work func(*sql.Tx, *Profile) error) error {
	err := p.change(ctx, func(tx *sql.Tx, t *tables) error {
		known, ok := t.people[id]
		if !ok {
			return noPerson(id)
		}
		return work(tx, known)
	})
	if err != nil {
		return fmt.Errorf("%s person %d: %w", what, id, err)
	}
	return nil
}

// change does work in one transaction, with the tables as they stood at its beginning, and takes the new state in.
// Kind Conflict: there was somebody who administers the portal, and would be nobody any more, now or once what has
// an end has ended.
func (p *People) change(ctx context.Context, work func(*sql.Tx, *tables) error) error {
	err := change(ctx, p.db, func(tx *sql.Tx) error {
		before, err := readTables(ctx, tx)
		if err != nil {
			return err
		}
		if err := work(tx, before); err != nil {
			return err
		}
		after, err := readTables(ctx, tx)
		if err != nil {
			return err
		}
		was, wasLasting := before.administrators(p.clock())
		is, isLasting := after.administrators(p.clock())
		if was > 0 && is == 0 || wasLasting > 0 && isLasting == 0 {
			return fault.New(fault.Conflict, "Nobody would be left who administers the portal: give somebody else the permission edit_domain, without an end, first.")
		}
		return nil
	})
	if err != nil {
		return err
	}
	return p.tables.refresh(context.WithoutCancel(ctx))
}

// clean checks a draft for the person of a number, 0 for a new one, and brings it into the form in which it is kept.
func (t *tables) clean(d *Draft, id int64) (err error) {
	if d.Email, err = CleanEmail(d.Email); err != nil {
		return err
	}
	for _, other := range t.people {
		if other.Email == d.Email && other.ID != id {
			return fault.New(fault.Conflict, "There is an account for %s already.", d.Email)
		}
	}
	if d.Name, err = CleanLine("name", d.Name, 200); err != nil {
		return err
	}
	if err := checkLanguage(d.Language); err != nil {
		return err
	}
	if d.Attributes, err = cleanAttributes(d.Attributes); err != nil {
		return err
	}
	slices.SortFunc(d.Groups, func(a, b Membership) int { return cmp.Compare(a.Group, b.Group) })
	for i, m := range d.Groups {
		if _, ok := t.groups[m.Group]; !ok {
			return fault.New(fault.Invalid, "There is no group %d.", m.Group)
		}
		if i > 0 && d.Groups[i-1].Group == m.Group {
			return fault.New(fault.Invalid, "The group %s is named twice.", t.groups[m.Group].Name)
		}
	}
	d.Permissions &= Every
	return d.Quota.Check()
}

// join puts a person into groups.
func join(ctx context.Context, tx *sql.Tx, id int64, groups []Membership) error {
	for _, m := range groups {
		if _, err := tx.ExecContext(ctx, sqlJoin, id, m.Group, stamp(m.Expires)); err != nil {
			return err
		}
	}
	return nil
}

func personObject(id int64) string { return fmt.Sprintf("person/%d", id) }
