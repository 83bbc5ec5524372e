package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"parvis/internal/account"
	"parvis/internal/fault"
)

// Newcomer is somebody whom only the identity provider knows.
type Newcomer struct {
	Email string // verified by the provider
	Name  string
}

// Enrol makes an account and gives its number.
type Enrol func(ctx context.Context, n Newcomer) (person int64, err error)

// Describe keeps what the provider says of a person, by attribute: those it no longer says are given without values.
type Describe func(ctx context.Context, person int64, attributes map[string][]string) error

// Identity is who a person is at a provider.
type Identity struct {
	Issuer, Subject, Email string
	Linked, Used           time.Time
}

// journey is what a session keeps while somebody is at the provider. It serves once.
type journey struct {
	State, Nonce, Verifier string
	Callback               string
	Next                   string // where to go afterwards
	Person                 int64  // who was signed in when it began and wants to link the identity; 0: a sign-in
	Until                  int64  // seconds since 1970
}

const (
	keepJourney = "oidc"
	journeyLife = 15 * time.Minute
)

// ProviderName gives how the button calls the identity provider, "" where there is none.
func (d *Desk) ProviderName() string {
	if d.provider == nil {
		return ""
	}
	return d.provider.Name
}

func errNoProvider() error {
	return fault.New(fault.NotFound, "This portal has no identity provider.")
}

// Depart gives the address at the provider to send a visitor to. What must come back with them stays in the session
// of the identifier sid, so that no cookie holds it. Callback is this portal's own address to come back to, next the
// path to go to afterwards, person who is signed in and wants to link the identity, 0 for a sign-in.
// Kind Unavailable: the provider does not answer.
func (d *Desk) Depart(ctx context.Context, sid, callback, next string, person int64) (address string, err error) {
	if d.provider == nil {
		return "", errNoProvider()
	}
	found, err := d.provider.discover(ctx, d.o.Clock())
	if err != nil {
		return "", err
	}
	j := journey{
		State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Callback: callback, Next: next, Person: person,
		Until: d.o.Clock().Add(journeyLife).Unix(),
	}
	if err := d.o.Sessions.Keep(ctx, sid, keepJourney, j); err != nil {
		return "", err
	}
	return d.provider.flow(found, callback).AuthCodeURL(j.State, oidc.Nonce(j.Nonce), oauth2.S256ChallengeOption(j.Verifier)), nil
}

// Arrival is somebody come back from the provider.
type Arrival struct {
	Proof
	Next   string // the path that Depart was given
	Linked bool   // the identity is linked now; nobody is to be signed in
}

// Arrive takes a visitor who came back from the provider with a state and a code, or with the word of a failure.
// Person is who is signed in, 0 for nobody. Kind Forbidden: they did not start from this session, came a second
// time, or no account here is theirs; kind Unavailable: the provider does not answer.
func (d *Desk) Arrive(ctx context.Context, sid string, person int64, state, code, failure string) (Arrival, error) {
	if d.provider == nil {
		return Arrival{}, errNoProvider()
	}
	j, err := d.journey(ctx, sid, state, person)
	if err != nil {
		return Arrival{}, err
	}
	if failure != "" || code == "" {
		return Arrival{Next: j.Next}, fault.New(fault.Forbidden, "%s did not let you in.", d.provider.Name)
	}
	s, err := d.ask(ctx, j, code)
	if err != nil {
		return Arrival{}, err
	}
	id, err := d.resolve(ctx, s, person)
	if err != nil {
		return Arrival{}, err
	}
	if d.o.Describe != nil {
		if attributes := d.provider.attributes(s); len(attributes) > 0 {
			if err := d.o.Describe(ctx, id, attributes); err != nil {
				return Arrival{}, fmt.Errorf("keep what the identity provider says: %w", err)
			}
		}
	}
	if _, ok := d.o.People.Person(id); !ok {
		return Arrival{}, errNoAccount()
	}
	return Arrival{Proof: Proof{Person: id, How: "oidc", Origin: d.origin(s.sid)}, Next: j.Next, Linked: person != 0}, nil
}

func errNoAccount() error {
	return fault.New(fault.Forbidden, "There is no account here for you, or it is closed. Ask the portal's administrators.")
}

// journey takes what the session keeps of the way out, once, and compares.
func (d *Desk) journey(ctx context.Context, sid, state string, person int64) (journey, error) {
	var j journey
	ok, err := d.o.Sessions.Take(ctx, sid, keepJourney, &j)
	if err != nil {
		return j, err
	}
	if !ok || subtle.ConstantTimeCompare([]byte(state), []byte(j.State)) != 1 || j.Person != person || d.o.Clock().Unix() > j.Until {
		return journey{}, fault.New(fault.Forbidden, "This sign-in was not begun here, or it is over. Begin again.")
	}
	return j, nil
}

// ask changes the code for what the provider says of the visitor.
func (d *Desk) ask(ctx context.Context, j journey, code string) (said, error) {
	found, err := d.provider.discover(ctx, d.o.Clock())
	if err != nil {
		return said{}, err
	}
	ctx, done := context.WithTimeout(d.provider.context(ctx), 2*providerPatience)
	defer done()
	refused := func(cause error) error {
		return fault.Wrap(cause, fault.Forbidden, "%s did not let you in.", d.provider.Name)
	}
	tokens, err := d.provider.flow(found, j.Callback).Exchange(ctx, code, oauth2.VerifierOption(j.Verifier))
	var answered *oauth2.RetrieveError
	if err != nil && !errors.As(err, &answered) {
		return said{}, fault.Wrap(err, fault.Unavailable, "The identity provider does not answer. Try again later, or sign in another way.")
	}
	if err != nil {
		return said{}, refused(err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	token, err := found.Verifier(&oidc.Config{ClientID: d.provider.ClientID, Now: d.o.Clock}).Verify(ctx, raw)
	if err != nil {
		return said{}, refused(err)
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(j.Nonce)) != 1 {
		return said{}, refused(errors.New("the nonce is another"))
	}
	return d.provider.read(ctx, found, token, tokens)
}

// resolve finds out whose identity it is: linked already, asked to be linked by who is signed in, that of the
// account with the same verified address, or a newcomer's where those are let in.
func (d *Desk) resolve(ctx context.Context, s said, person int64) (int64, error) {
	var known int64
	err := d.o.DB.QueryRowContext(ctx, sqlIdentity, d.provider.Issuer, s.subject).Scan(&known)
	switch {
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return 0, fmt.Errorf("find an identity: %w", err)
	case err == nil && person != 0 && person != known:
		return 0, fault.New(fault.Conflict, "This identity is linked to another account.")
	case err == nil:
		_, err := d.o.DB.ExecContext(ctx, sqlUseIdentity, s.email, d.o.Clock().UnixMicro(), d.provider.Issuer, s.subject)
		return known, err
	}
	if person == 0 {
		if person, err = d.match(ctx, s); err != nil {
			return 0, err
		}
	}
	now := d.o.Clock().UnixMicro()
	p, ok := d.o.People.Person(person)
	if !ok {
		return 0, errNoAccount()
	}
	err = d.noted(ctx, account.Actor{Person: p}, "link_identity", person, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, sqlLink, d.provider.Issuer, s.subject, person, s.email, now, now)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("link an identity: %w", err)
	}
	return person, nil
}

// match finds or makes the account of an identity that nobody has linked. An address that the provider has not
// verified proves nothing.
func (d *Desk) match(ctx context.Context, s said) (int64, error) {
	if s.email == "" || !s.verified {
		return 0, errNoAccount()
	}
	if p, ok := d.o.People.ByEmail(s.email); ok {
		return p.ID, nil
	}
	if d.o.Enrol == nil {
		return 0, errNoAccount()
	}
	return d.o.Enrol(ctx, Newcomer{Email: s.email, Name: s.name})
}

// origin gives the name of a session at the provider for session.Entry.
func (d *Desk) origin(sid string) string {
	if sid == "" {
		return ""
	}
	return d.provider.Issuer + " " + sid
}

// Identities gives who a person is at the provider.
func (d *Desk) Identities(ctx context.Context, person int64) ([]Identity, error) {
	rows, err := d.o.DB.QueryContext(ctx, sqlIdentities, person)
	if err != nil {
		return nil, fmt.Errorf("list identities: %w", err)
	}
	defer rows.Close()
	var out []Identity
	for rows.Next() {
		var i Identity
		var linked, used int64
		if err := rows.Scan(&i.Issuer, &i.Subject, &i.Email, &linked, &used); err != nil {
			return nil, fmt.Errorf("list identities: %w", err)
		}
		i.Linked, i.Used = time.UnixMicro(linked).UTC(), time.UnixMicro(used).UTC()
		out = append(out, i)
	}
	return out, rows.Err()
}

// Unlink takes an identity from a person. It is no mistake to take away what is gone.
func (d *Desk) Unlink(ctx context.Context, p *account.Person, issuer, subject string) error {
	return d.takeAway(ctx, "unlink_identity", p, sqlUnlink, issuer, subject, p.ID)
}

// BackChannel ends sessions because the provider says so: a logout token of OpenID Connect Back-Channel Logout.
// Kind Invalid: the token is none of the provider's.
func (d *Desk) BackChannel(ctx context.Context, text string) error {
	if d.provider == nil {
		return errNoProvider()
	}
	found, err := d.provider.discover(ctx, d.o.Clock())
	if err != nil {
		return err
	}
	token, err := found.Verifier(&oidc.Config{ClientID: d.provider.ClientID, Now: d.o.Clock}).VerifyLogout(d.provider.context(ctx), text)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "the logout token is not valid")
	}
	if token.SessionID != "" {
		if err := d.o.Sessions.EndAt(ctx, d.origin(token.SessionID)); err != nil || token.Subject == "" {
			return err
		}
	}
	var person int64
	err = d.o.DB.QueryRowContext(ctx, sqlIdentityPerson, d.provider.Issuer, token.Subject).Scan(&person)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // nobody of ours
	}
	if err != nil {
		return fmt.Errorf("find an identity: %w", err)
	}
	return d.o.Sessions.EndHow(ctx, person, "oidc", token.SessionID != "")
}
