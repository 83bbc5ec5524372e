package signin

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"parvis/internal/account"
	"parvis/internal/db"
	"parvis/internal/fault"
)

// Password tells who has an e-mail address and a password. Kind Unauthenticated: nobody, with the same text and
// after the same time whether there is such an address or not. Kind Limited: a *WaitError.
func (d *Desk) Password(ctx context.Context, email, password string, a Attempt) (Proof, error) {
	name := strings.ToLower(strings.TrimSpace(email))
	if err := d.guard.may("password", name, a, d.o.Clock()); err != nil {
		return Proof{}, err
	}
	var id int64 // 0 is nobody: the table is asked all the same
	if person, ok := d.o.People.ByEmail(name); ok {
		id = person.ID
	}
	right, err := d.right(ctx, id, password)
	if err != nil {
		return Proof{}, err
	}
	if !right {
		return Proof{}, errWrong()
	}
	d.guard.passed("password", name, a)
	second, err := d.HasCodes(ctx, id)
	return Proof{Person: id, How: "password", Second: second}, err
}

// right tells whether a password is that of a person, and renews a hash made at another cost.
func (d *Desk) right(ctx context.Context, id int64, password string) (bool, error) {
	kept, err := d.kept(ctx, id)
	if err != nil {
		return false, err
	}
	text := kept
	if text == "" || len(password) > 4*Longest {
		text, password = nobody, ""
	}
	right, old, err := d.verify(ctx, password, text)
	if err != nil || !right || text == nobody {
		return false, err
	}
	if old {
		newer, err := d.hash(ctx, password)
		if err != nil {
			return false, err
		}
		if _, err := d.o.DB.ExecContext(ctx, sqlRehash, newer, id, kept); err != nil {
			return false, fmt.Errorf("renew the hash of a password: %w", err)
		}
	}
	return true, nil
}

// kept gives the hash of a person's password, "" where they have none.
func (d *Desk) kept(ctx context.Context, id int64) (text string, err error) {
	err = d.o.DB.QueryRowContext(ctx, sqlPassword, id).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read the hash of a password: %w", err)
	}
	return text, nil
}

// Confirm tells whether a person who is signed in knows their password: before what must not happen by an open
// screen alone. Kind Unauthenticated: no; kind Limited: a *WaitError.
func (d *Desk) Confirm(ctx context.Context, p *account.Person, password string, a Attempt) error {
	a.Inside = true
	if err := d.guard.may("password", p.Email, a, d.o.Clock()); err != nil {
		return err
	}
	right, err := d.right(ctx, p.ID, password)
	if err != nil {
		return err
	}
	if !right {
		return fault.New(fault.Unauthenticated, "The password is wrong.")
	}
	d.guard.passed("password", p.Email, a)
	return nil
}

// HasPassword tells whether a person has a password, and since when.
func (d *Desk) HasPassword(ctx context.Context, id int64) (since time.Time, ok bool, err error) {
	var changed int64
	err = d.o.DB.QueryRowContext(ctx, sqlChanged, id).Scan(&changed)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, false, nil
	}
	if err != nil {
		return time.Time{}, false, fmt.Errorf("read when a password was set: %w", err)
	}
	return time.UnixMicro(changed).UTC(), true, nil
}

// Prepare checks and hashes a password for an account that is only being made; the function given sets it within the
// transaction that makes the account. Kind Invalid: a *RuleError.
func (d *Desk) Prepare(ctx context.Context, email, password string) (func(tx *sql.Tx, person int64) error, error) {
	if err := Check(password, email); err != nil {
		return nil, err
	}
	text, err := d.hash(ctx, password)
	if err != nil {
		return nil, err
	}
	return func(tx *sql.Tx, person int64) error { return d.set(ctx, tx, person, text) }, nil // the log tells of the account
}

// SetPassword gives a person a password: the operator's and the invitation's way. All their sessions and links end.
// Kind Invalid: a *RuleError; kind NotFound: there is no such person.
func (d *Desk) SetPassword(ctx context.Context, id int64, password string) error {
	p, ok := d.o.People.Person(id)
	if !ok {
		return fault.New(fault.NotFound, "There is no such person.")
	}
	if err := Check(password, p.Email); err != nil {
		return err
	}
	text, err := d.hash(ctx, password)
	if err != nil {
		return err
	}
	err = d.noted(ctx, account.Operator, "set_password", id, func(tx *sql.Tx) error { return d.set(ctx, tx, id, text) })
	if err != nil {
		return fmt.Errorf("set a password: %w", err)
	}
	d.guard.forgive(p.Email)
	return d.o.Sessions.EndAll(ctx, id, "")
}

// noted does work in one transaction, and notes in the audit log what was done to how a person signs in.
func (d *Desk) noted(ctx context.Context, by account.Actor, verb string, id int64, work func(*sql.Tx) error) error {
	return db.Change(ctx, d.o.DB, func(tx *sql.Tx) error {
		if err := work(tx); err != nil {
			return err
		}
		return account.Note(ctx, tx, d.o.Clock(), by, verb, fmt.Sprintf("person/%d", id), nil, nil)
	})
}

// set writes a hash, and ends the links in letters that could set another.
func (d *Desk) set(ctx context.Context, tx *sql.Tx, id int64, text string) error {
	now := d.o.Clock().UnixMicro()
	if _, err := tx.ExecContext(ctx, sqlSetPassword, id, text, now); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, sqlEndTickets, id, now)
	return err
}

// Change gives a person who is signed in another password. Their other sessions end, and the one of the identifier
// here goes on under the new identifier given. Somebody who has no password yet gives "" as the old one.
// Kind Unauthenticated: the old one is wrong; kind Invalid: a *RuleError; kind Limited: a *WaitError.
func (d *Desk) Change(ctx context.Context, p *account.Person, old, password, here string, a Attempt) (newID string, err error) {
	if _, has, err := d.HasPassword(ctx, p.ID); err != nil {
		return "", err
	} else if has {
		if err := d.Confirm(ctx, p, old, a); err != nil {
			return "", err
		}
	}
	if err := Check(password, p.Email); err != nil {
		return "", err
	}
	text, err := d.hash(ctx, password)
	if err != nil {
		return "", err
	}
	err = d.noted(ctx, account.Actor{Person: p}, "set_password", p.ID, func(tx *sql.Tx) error { return d.set(ctx, tx, p.ID, text) })
	if err != nil {
		return "", fmt.Errorf("change a password: %w", err)
	}
	if err := d.o.Sessions.EndAll(ctx, p.ID, here); err != nil {
		return "", err
	}
	return d.o.Sessions.Rotate(ctx, here)
}
