package account

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"parvis/internal/db"
	"parvis/internal/fault"
)

// invitationDays is how long an invitation opens the door.
const invitationDays = 14

// Invitation is the offer of an account. Whoever holds its token may take it up.
type Invitation struct {
	ID      int64
	By      int64 // person; 0: the operator
	Created time.Time
	Expires time.Time
	InvitationDraft
}

// InvitationDraft is what is offered to whom.
type InvitationDraft struct {
	Email       string      `json:"email"` // "": whoever holds the link says it; for the operator's only
	Language    string      `json:"language"`
	Groups      []int64     `json:"groups"`
	Permissions Permissions `json:"permissions"`
}

const (
	sqlNewInvitation = `INSERT INTO invitations (id, email, language, groups, permissions, hash, by_person, created, expires)
	     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	sqlInvitations = `SELECT id, email, language, groups, permissions, by_person, created, expires FROM invitations
	 WHERE ($1 = 0 OR id = $1) AND ($2 = '' OR hash = $2) ORDER BY id DESC`
	sqlRenewInvitation  = `UPDATE invitations SET hash = $1, expires = $2 WHERE id = $3`
	sqlRemoveInvitation = `DELETE FROM invitations WHERE id = $1`
	sqlSameInvitation   = `DELETE FROM invitations WHERE email = $1 AND email <> ''`
	sqlOldInvitations   = `DELETE FROM invitations WHERE expires < $1`
)

// Invite offers an account, good for 14 days, and sends the mail; an older invitation of the same address ends. The
// token goes into the link that opens the door. Kinds Forbidden: the actor does not administer the portal; Invalid;
// Conflict: there is an account already; Unavailable: it stands, but the mail could not be sent.
func (p *People) Invite(ctx context.Context, by Actor, d InvitationDraft) (made Invitation, token string, err error) {
	if err := by.need(EditDomain); err != nil {
		return Invitation{}, "", err
	}
	token = newSecret()
	err = p.change(ctx, func(tx *sql.Tx, t *tables) error {
		if err := t.cleanInvitation(by, &d); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, sqlSameInvitation, d.Email); err != nil {
			return err
		}
		now := p.clock().UTC()
		made = Invitation{Created: now, Expires: now.AddDate(0, 0, invitationDays), InvitationDraft: d}
		if made.ID, err = number(ctx, tx, "invitation"); err != nil {
			return err
		}
		_, made.By = by.who()
		if _, err := tx.ExecContext(ctx, sqlNewInvitation, made.ID, d.Email, d.Language, encoded(d.Groups), encoded(d.Permissions),
			HashOf(token), orNull(made.By), now.UnixMicro(), made.Expires.UnixMicro()); err != nil {
			return err
		}
		return Note(ctx, tx, now, by, "create", invitationObject(made.ID), nil, d)
	})
	if err != nil {
		return Invitation{}, "", fmt.Errorf("invite somebody: %w", err)
	}
	return made, token, p.sendInvitation(ctx, by, made, token)
}

func (p *People) sendInvitation(ctx context.Context, by Actor, to Invitation, token string) error {
	if to.Email == "" {
		return nil
	}
	name := ""
	if by.Person != nil {
		name = cmp.Or(by.Person.Name, by.Person.Email)
	}
	return unsent(p.mailer.Invited(ctx, Recipient{to.Email, to.Language}, token, name, to.Expires))
}

// cleanInvitation checks a draft and brings it into the form in which it is kept.
func (t *tables) cleanInvitation(by Actor, d *InvitationDraft) (err error) {
	person := Draft{Email: d.Email, Language: d.Language, Permissions: d.Permissions}
	if d.Email == "" {
		if !by.Everything {
			return fault.New(fault.Invalid, "An invitation needs an e-mail address.")
		}
		person.Email = "somebody@invalid.invalid"
	}
	for _, g := range d.Groups {
		person.Groups = append(person.Groups, Membership{Group: g})
	}
	if err := t.clean(&person, 0); err != nil {
		return err
	}
	if d.Email != "" {
		d.Email = person.Email
	}
	d.Permissions = person.Permissions
	d.Groups = slices.Sorted(slices.Values(d.Groups))
	return nil
}

// ResendInvitation sends an invitation again, with a new token and 14 more days; the token sent before ends. Kinds
// as for Invite; NotFound.
func (p *People) ResendInvitation(ctx context.Context, by Actor, id int64) (token string, err error) {
	token = newSecret()
	var again Invitation
	err = p.invitation(ctx, by, id, "resend", func(tx *sql.Tx, known Invitation) error {
		again = known
		again.Expires = p.clock().UTC().AddDate(0, 0, invitationDays)
		if _, err := tx.ExecContext(ctx, sqlRenewInvitation, HashOf(token), again.Expires.UnixMicro(), id); err != nil {
			return err
		}
		return Note(ctx, tx, p.clock(), by, "resend", invitationObject(id), nil, nil)
	})
	if err != nil {
		return "", err
	}
	return token, p.sendInvitation(ctx, by, again, token)
}

// RevokeInvitation takes an invitation back. Kinds Forbidden: the actor does not administer the portal; NotFound.
func (p *People) RevokeInvitation(ctx context.Context, by Actor, id int64) error {
	return p.invitation(ctx, by, id, "revoke", func(tx *sql.Tx, known Invitation) error {
		if _, err := tx.ExecContext(ctx, sqlRemoveInvitation, id); err != nil {
			return err
		}
		return Note(ctx, tx, p.clock(), by, "revoke", invitationObject(id), known.InvitationDraft, nil)
	})
}

// invitation does work on an invitation that is there, in one transaction.
func (p *People) invitation(ctx context.Context, by Actor, id int64, what string, work func(*sql.Tx, Invitation) error) error {
	if err := by.need(EditDomain); err != nil {
		return err
	}
	err := db.Change(ctx, p.db, func(tx *sql.Tx) error {
		known, err := readInvitations(ctx, tx, id, "")
		if err != nil {
			return err
		}
		if len(known) == 0 || id == 0 {
			return fault.New(fault.NotFound, "There is no invitation %d.", id)
		}
		return work(tx, known[0])
	})
	if err != nil {
		return fmt.Errorf("%s an invitation: %w", what, err)
	}
	return nil
}

// Invitations gives those that nobody took up yet, the newest first, those that ended lately too. Kind Forbidden: the
// actor does not administer the portal.
func (p *People) Invitations(ctx context.Context, by Actor) ([]Invitation, error) {
	if err := by.need(EditDomain); err != nil {
		return nil, err
	}
	return readInvitations(ctx, p.db, 0, "")
}

// Invited gives the invitation that a token opens. Kind NotFound: it opens none, or none any more.
func (p *People) Invited(ctx context.Context, token string) (Invitation, error) {
	return p.opened(ctx, p.db, token)
}

func (p *People) opened(ctx context.Context, from db.Asker, token string) (Invitation, error) {
	found, err := readInvitations(ctx, from, 0, HashOf(token))
	if err != nil {
		return Invitation{}, err
	}
	if len(found) == 0 || over(found[0].Expires, p.clock()) {
		return Invitation{}, fault.New(fault.NotFound, "This invitation is not good any more: ask for a new one.")
	}
	return found[0], nil
}

// Accept takes an invitation up: it makes a person of the draft's name, language and attributes, and, where the
// invitation names no address, of its address, and gives them what was offered. Then is done in the same transaction,
// and may be nil: it is where a password is set. Kinds NotFound: the token opens no invitation; Invalid; Conflict: the
// address has got an account since.
func (p *People) Accept(ctx context.Context, token string, d Draft, then func(tx *sql.Tx, person int64) error) (*Person, error) {
	offer, err := p.Invited(ctx, token)
	if err != nil {
		return nil, err
	}
	d.Permissions, d.Groups, d.Quota, d.Expires = offer.Permissions, nil, Quota{}, time.Time{}
	if offer.Email != "" {
		d.Email = offer.Email
	}
	if d.Language == "" {
		d.Language = offer.Language
	}
	for _, id := range offer.Groups {
		if _, ok := p.Group(id); ok {
			d.Groups = append(d.Groups, Membership{Group: id})
		}
	}
	return p.create(ctx, Anonymous, "accept_invitation", d, func(tx *sql.Tx, person int64) error {
		if _, err := p.opened(ctx, tx, token); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, sqlRemoveInvitation, offer.ID); err != nil {
			return err
		}
		if then == nil {
			return nil
		}
		return then(tx, person)
	})
}

// readInvitations gives invitations by number and hash, 0 and "" for all.
func readInvitations(ctx context.Context, from db.Asker, id int64, hash string) (out []Invitation, err error) {
	err = list(ctx, from, sqlInvitations, []any{id, hash}, func(scan func(...any) error) error {
		var i Invitation
		var groups, permissions string
		var by sql.NullInt64
		var created, expires int64
		if err := scan(&i.ID, &i.Email, &i.Language, &groups, &permissions, &by, &created, &expires); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(groups), &i.Groups); err != nil {
			return fmt.Errorf("the groups of invitation %d: %w", i.ID, err)
		}
		i.Permissions, i.By, i.Created, i.Expires = readPermissions(permissions), by.Int64, moment(created), moment(expires)
		out = append(out, i)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the invitations: %w", err)
	}
	return out, nil
}

func invitationObject(id int64) string { return fmt.Sprintf("invitation/%d", id) }
