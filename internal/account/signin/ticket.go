package signin

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"parvis/internal/account"
	"parvis/internal/fault"
	"parvis/internal/mail"
)

// ResetLife is how long the link in a letter sets a new password.
const ResetLife = time.Hour

const kindReset = "reset"

// Letters that may be asked for in an hour: to one address, from one network, and from all that cannot be told apart.
const (
	lettersTries   = 3
	networkLetters = 20
	unknownLetters = 300
)

// token makes a link's secret, 43 characters, and what the store keeps of it.
func token() (text, hash string) {
	random := make([]byte, 32)
	rand.Read(random)
	text = base64.RawURLEncoding.EncodeToString(random)
	return text, account.HashOf(text)
}

// Forgotten sends a letter with a link that sets a new password, where there is such a person. Write makes the
// letter's text.
func (d *Desk) Forgotten(email string, a Attempt, write func(ctx context.Context, p *account.Person, token string) mail.Message) {
	d.Letter(email, a, func(ctx context.Context) {
		person, ok := d.o.People.ByEmail(strings.TrimSpace(email))
		if !ok {
			return
		}
		text, err := d.Ticket(ctx, person.ID)
		if err != nil {
			return // the letter does not come: they will ask again
		}
		m := write(ctx, person, text)
		m.To = person.Email
		_ = d.o.Mail.Send(ctx, m) // the sender has noted what went wrong
	})
}

// Letter runs work that sends a letter which a stranger asked for, after the answer has been given, so that its time
// tells nothing. Nothing is told either where too many letters were asked for to the same address.
func (d *Desk) Letter(email string, a Attempt, work func(ctx context.Context)) {
	name := strings.ToLower(strings.TrimSpace(email))
	if !d.guard.letter(name, a, d.o.Clock()) || !d.sending.TryAcquire(1) {
		return
	}
	d.letters.Go(func() {
		defer d.sending.Release(1)
		ctx, done := context.WithTimeout(context.Background(), time.Minute)
		defer done()
		work(ctx)
	})
}

// letter tells whether one more letter may be sent, and counts it.
func (g *guard) letter(name string, a Attempt, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	to, from, most := g.key("letter", name), g.key("letters", a.Network.String()), networkLetters
	if !a.Network.IsValid() {
		most = unknownLetters
	}
	address, network := g.hour(to, now), g.hour(from, now)
	if address.failed >= lettersTries || network.failed >= most {
		return false
	}
	address.failed++
	network.failed++
	g.tries.Add(to, address)
	g.tries.Add(from, network)
	return true
}

// hour gives what was counted under a key in the hour that began with its first count.
func (g *guard) hour(at key, now time.Time) tries {
	t, _ := g.tries.Get(at)
	if now.Sub(t.last) >= time.Hour {
		return tries{last: now}
	}
	return t
}

// Ticket makes the secret of a link with which a person sets a new password, once, within ResetLife.
func (d *Desk) Ticket(ctx context.Context, id int64) (string, error) {
	text, hash := token()
	now := d.o.Clock()
	_, err := d.o.DB.ExecContext(ctx, sqlAddTicket, hash, kindReset, id, now.UnixMicro(), now.Add(ResetLife).UnixMicro())
	if err != nil {
		return "", fmt.Errorf("make a link: %w", err)
	}
	return text, nil
}

// TicketPerson tells whose link it is. Kind NotFound: it was used, is over, or never was.
func (d *Desk) TicketPerson(ctx context.Context, text string) (*account.Person, error) {
	var id sql.NullInt64
	err := d.o.DB.QueryRowContext(ctx, sqlTicket, account.HashOf(text), kindReset, d.o.Clock().UnixMicro()).Scan(&id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("find a link: %w", err)
	}
	if p, ok := d.o.People.Person(id.Int64); ok && id.Valid {
		return p, nil
	}
	return nil, errTicket()
}

func errTicket() error {
	return fault.New(fault.NotFound, "This link was used already, or it is too old. Ask for another.")
}

// Reset sets a new password through a link in a letter. All sessions of the person end, and failed attempts are
// forgiven: who reads the letters of the address is its owner. A second factor stays. Kind NotFound: the link is
// worth nothing; kind Invalid: a *RuleError, and the link may be used again.
func (d *Desk) Reset(ctx context.Context, text, password string) (*account.Person, error) {
	p, err := d.TicketPerson(ctx, text)
	if err != nil {
		return nil, err
	}
	if err := Check(password, p.Email); err != nil {
		return nil, err
	}
	hash, err := d.hash(ctx, password)
	if err != nil {
		return nil, err
	}
	err = d.noted(ctx, account.Actor{Person: p}, "set_password", p.ID, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, sqlUseTicket, account.HashOf(text), kindReset, d.o.Clock().UnixMicro())
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n != 1 {
			return errors.Join(err, errTicket())
		}
		return d.set(ctx, tx, p.ID, hash)
	})
	if err != nil {
		return nil, fmt.Errorf("set a password through a link: %w", err)
	}
	d.guard.forgive(p.Email)
	return p, d.o.Sessions.EndAll(ctx, p.ID, "")
}
