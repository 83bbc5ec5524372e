package signin

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"parvis/internal/account"
	"parvis/internal/fault"
)

// Passkey is a passkey as its person sees it.
type Passkey struct {
	ID   string
	Name string
	Made time.Time
	Used time.Time // zero: never
}

// mostPasskeys is how many passkeys a person may have.
const mostPasskeys = 20

// The names under which a session keeps a challenge.
const (
	keepRegister = "passkey-register"
	keepSignIn   = "passkey"
)

// holder is a person as the library sees them.
type holder struct {
	person *account.Person
	handle []byte
	keys   []webauthn.Credential
}

func (h *holder) WebAuthnID() []byte                         { return h.handle }
func (h *holder) WebAuthnName() string                       { return h.person.Email }
func (h *holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }
func (h *holder) WebAuthnDisplayName() string {
	if h.person.Name != "" {
		return h.person.Name
	}
	return h.person.Email
}

// party gives the library, set to the portal's public address: https://data.example.org.
func (d *Desk) party(origin string) (*webauthn.WebAuthn, error) {
	u, err := url.Parse(origin)
	if err != nil || u.Hostname() == "" {
		return nil, fault.New(fault.Invalid, "passkeys need the portal's public address")
	}
	w, err := webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: d.title(), RPOrigins: []string{u.Scheme + "://" + u.Host},
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "passkeys cannot be used at this address")
	}
	return w, nil
}

// handleOf gives the name by which passkeys know a person: it tells nobody else anything.
func (d *Desk) handleOf(id int64) []byte {
	mac := hmac.New(sha256.New, d.handle)
	mac.Write([]byte(strconv.FormatInt(id, 10)))
	return mac.Sum(nil)
}

// holder reads a person's passkeys.
func (d *Desk) holder(ctx context.Context, p *account.Person) (*holder, map[string]string, error) {
	h := &holder{person: p, handle: d.handleOf(p.ID)}
	texts := map[string]string{}
	err := d.eachPasskey(ctx, p.ID, func(k Passkey, credential string) error {
		var c webauthn.Credential
		if err := json.Unmarshal([]byte(credential), &c); err != nil {
			return fmt.Errorf("a passkey of person %d is damaged: %w", p.ID, err)
		}
		h.keys = append(h.keys, c)
		texts[k.ID] = credential
		return nil
	})
	return h, texts, err
}

func (d *Desk) eachPasskey(ctx context.Context, id int64, each func(k Passkey, credential string) error) error {
	rows, err := d.o.DB.QueryContext(ctx, sqlPasskeys, id)
	if err != nil {
		return fmt.Errorf("read passkeys: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var k Passkey
		var credential string
		var made int64
		var used sql.NullInt64
		if err := rows.Scan(&k.ID, &k.Name, &credential, &made, &used); err != nil {
			return fmt.Errorf("read passkeys: %w", err)
		}
		k.Made = time.UnixMicro(made).UTC()
		if used.Valid {
			k.Used = time.UnixMicro(used.Int64).UTC()
		}
		if err := each(k, credential); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Passkeys gives a person's passkeys, the oldest first.
func (d *Desk) Passkeys(ctx context.Context, id int64) (out []Passkey, err error) {
	err = d.eachPasskey(ctx, id, func(k Passkey, _ string) error {
		out = append(out, k)
		return nil
	})
	return out, err
}

// RemovePasskey takes a passkey from a person. It is no mistake to take away what is gone.
func (d *Desk) RemovePasskey(ctx context.Context, p *account.Person, id string) error {
	return d.takeAway(ctx, "remove_passkey", p, sqlEndPasskey, id, p.ID)
}

// takeAway deletes a row of a person's, and notes it where there was one.
func (d *Desk) takeAway(ctx context.Context, verb string, p *account.Person, query string, args ...any) error {
	err := d.noted(ctx, account.Actor{Person: p}, verb, p.ID, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, query, args...)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, errGone)
		}
		return nil
	})
	if err != nil && !errors.Is(err, errGone) {
		return fmt.Errorf("%s: %w", verb, err)
	}
	return nil
}

// errGone says that there is nothing to take away.
var errGone = errors.New("it is gone")

// NewPasskey gives what navigator.credentials.create takes, as JSON. The challenge stays in the session of the
// identifier sid. Kind Conflict: the person has as many passkeys as one may have.
func (d *Desk) NewPasskey(ctx context.Context, sid string, p *account.Person, origin string) ([]byte, error) {
	w, err := d.party(origin)
	if err != nil {
		return nil, err
	}
	h, _, err := d.holder(ctx, p)
	if err != nil {
		return nil, err
	}
	if len(h.keys) >= mostPasskeys {
		return nil, fault.New(fault.Conflict, "You have %d passkeys, as many as one may have: remove one first.", mostPasskeys)
	}
	creation, state, err := w.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.keys).CredentialDescriptors()))
	if err != nil {
		return nil, fmt.Errorf("begin a passkey: %w", err)
	}
	if err := d.o.Sessions.Keep(ctx, sid, keepRegister, state); err != nil {
		return nil, err
	}
	return json.Marshal(creation)
}

// AddPasskey keeps what navigator.credentials.create gave, under a name. Kind Invalid: it is no answer to the
// challenge of this session, which serves once.
func (d *Desk) AddPasskey(ctx context.Context, sid string, p *account.Person, origin, name string, answer []byte) error {
	var state webauthn.SessionData
	if ok, err := d.o.Sessions.Take(ctx, sid, keepRegister, &state); err != nil || !ok {
		return errors.Join(err, errPasskey(nil))
	}
	w, err := d.party(origin)
	if err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBody(bytes.NewReader(answer))
	if err != nil {
		return errPasskey(err)
	}
	h, _, err := d.holder(ctx, p)
	if err != nil {
		return err
	}
	made, err := w.CreateCredential(h, state, parsed)
	if err != nil {
		return errPasskey(err)
	}
	text, err := json.Marshal(made)
	if err != nil {
		return fmt.Errorf("keep a passkey: %w", err)
	}
	if name = strings.TrimSpace(name); name == "" || utf8.RuneCountInString(name) > 100 || !utf8.ValidString(name) {
		name = d.o.Clock().UTC().Format("2006-01-02")
	}
	id := base64.RawURLEncoding.EncodeToString(made.ID)
	var other int64
	if err := d.o.DB.QueryRowContext(ctx, sqlPasskeyPerson, id).Scan(&other); !errors.Is(err, sql.ErrNoRows) {
		return errors.Join(err, fault.New(fault.Conflict, "This passkey is known already."))
	}
	err = d.noted(ctx, account.Actor{Person: p}, "add_passkey", p.ID, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, sqlAddPasskey, id, p.ID, name, string(text), d.o.Clock().UnixMicro())
		return err
	})
	if err != nil {
		return fmt.Errorf("keep a passkey: %w", err)
	}
	return nil
}

func errPasskey(cause error) error {
	return fault.Wrap(cause, fault.Invalid, "The passkey could not be used. Try again.")
}

// AskPasskey gives what navigator.credentials.get takes, as JSON, for whoever has a passkey of this portal. The
// challenge stays in the session of the identifier sid.
func (d *Desk) AskPasskey(ctx context.Context, sid, origin string) ([]byte, error) {
	w, err := d.party(origin)
	if err != nil {
		return nil, err
	}
	assertion, state, err := w.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, fmt.Errorf("ask for a passkey: %w", err)
	}
	if err := d.o.Sessions.Keep(ctx, sid, keepSignIn, state); err != nil {
		return nil, err
	}
	return json.Marshal(assertion)
}

// Passkey tells who answered the challenge of a session, which serves once. The telephone or key has made sure of
// its person, so no code is asked for. Kind Unauthenticated: nobody.
func (d *Desk) Passkey(ctx context.Context, sid, origin string, answer []byte) (Proof, error) {
	refused := func(cause error) error {
		return fault.Wrap(cause, fault.Unauthenticated, "The passkey is not known here, or it was not used in time.")
	}
	var state webauthn.SessionData
	if ok, err := d.o.Sessions.Take(ctx, sid, keepSignIn, &state); err != nil || !ok {
		return Proof{}, errors.Join(err, refused(nil))
	}
	w, err := d.party(origin)
	if err != nil {
		return Proof{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBody(bytes.NewReader(answer))
	if err != nil {
		return Proof{}, refused(err)
	}
	id := base64.RawURLEncoding.EncodeToString(parsed.RawID)
	var who int64
	if err := d.o.DB.QueryRowContext(ctx, sqlPasskeyPerson, id).Scan(&who); err != nil {
		return Proof{}, refused(err)
	}
	p, ok := d.o.People.Person(who)
	if !ok {
		return Proof{}, refused(nil)
	}
	h, texts, err := d.holder(ctx, p)
	if err != nil {
		return Proof{}, err
	}
	used, err := w.ValidateDiscoverableLogin(func(_, _ []byte) (webauthn.User, error) { return h, nil }, state, parsed)
	if err != nil {
		return Proof{}, refused(err)
	}
	if used.Authenticator.CloneWarning {
		return Proof{}, refused(errors.New("its counter went backwards: there may be a copy of it"))
	}
	if err := d.usePasskey(ctx, id, texts[id], used); err != nil {
		return Proof{}, err
	}
	return Proof{Person: who, How: "passkey"}, nil
}

// usePasskey notes the counter of a passkey, so that a copy of it shows.
func (d *Desk) usePasskey(ctx context.Context, id, before string, used *webauthn.Credential) error {
	text, err := json.Marshal(used)
	if err != nil {
		return fmt.Errorf("note the use of a passkey: %w", err)
	}
	if _, err := d.o.DB.ExecContext(ctx, sqlUsePasskey, string(text), d.o.Clock().UnixMicro(), id, before); err != nil {
		return fmt.Errorf("note the use of a passkey: %w", err)
	}
	return nil
}
