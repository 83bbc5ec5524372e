package oauth

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	lru "github.com/hashicorp/golang-lru/v2"

	"parvis/internal/account"
	"parvis/internal/db"
	"parvis/internal/fault"
)

// The lives and lengths that clients know.
const (
	CodeLife   = time.Hour
	AccessLife = time.Hour

	tokenLength  = 30
	clientLength = 24
	secretLength = 48

	mostApplications = 50
	mostRedirects    = 10
	remembered       = 20_000 // access tokens kept in memory
)

// People tells who a number is; absent: gone, disabled or expired. *account.People does.
type People interface {
	Person(id int64) (*account.Person, bool)
}

// Options are the parts of Applications.
type Options struct {
	DB     *sql.DB
	People People
	Clock  func() time.Time // nil: the time of the machine
}

// Applications knows the applications of a portal and what people let them do. All methods may be called at once from
// many goroutines.
type Applications struct {
	o     Options
	known *memory
}

// Application is a third party's program.
type Application struct {
	ID      int64
	Client  string // client_id
	Owner   int64  // the person who registered it
	Created time.Time
	Draft

	secret string // its hash; "" for a public client
}

// Draft is what an application's owner says of it.
type Draft struct {
	Name         string
	Confidential bool     // it can keep a secret: a program on a server. It cannot change later
	Redirects    []string // addresses that people may be sent back to, compared letter by letter
}

// Consent is that a person lets an application act for them.
type Consent struct {
	Application int64
	Name        string
	Given       time.Time
}

// Open opens the applications of a portal.
func Open(ctx context.Context, o Options) (*Applications, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	cache, err := lru.New[string, *pass](remembered)
	if err != nil {
		return nil, err
	}
	revision, err := db.Revision(ctx, o.DB, room)
	if err != nil {
		return nil, fmt.Errorf("open the applications: %w", err)
	}
	return &Applications{o: o, known: &memory{passes: cache, revision: revision}}, nil
}

// Register makes an application and gives its secret, which nobody can find out again; "" for a public client. Kinds
// Invalid; Conflict: its owner has as many as one may have.
func (a *Applications) Register(ctx context.Context, owner int64, d Draft) (made Application, secret string, err error) {
	if err := d.clean(); err != nil {
		return Application{}, "", err
	}
	owned, err := a.Of(ctx, owner)
	if err != nil {
		return Application{}, "", err
	}
	if len(owned) >= mostApplications {
		return Application{}, "", fault.New(fault.Conflict, "You have %d applications, as many as one may have: remove one first.", mostApplications)
	}
	made = Application{Client: account.RandomText(clientLength), Owner: owner, Created: a.o.Clock().UTC(), Draft: d}
	if d.Confidential {
		secret = account.RandomText(secretLength)
		made.secret = account.HashOf(secret)
	}
	redirects, err := json.Marshal(d.Redirects)
	if err != nil {
		return Application{}, "", err
	}
	err = db.Change(ctx, a.o.DB, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, sqlNextApplication).Scan(&made.ID); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, sqlRegister, made.ID, made.Client, made.secret, d.Name, string(redirects), owner, made.Created.UnixMicro()); err != nil {
			return err
		}
		return a.note(ctx, tx, owner, "create", made.ID)
	})
	if err != nil {
		return Application{}, "", fmt.Errorf("register an application: %w", err)
	}
	return made, secret, nil
}

// Update changes the name and the addresses of an application of the owner's. Kinds Invalid; NotFound.
func (a *Applications) Update(ctx context.Context, owner, id int64, d Draft) error {
	if err := d.clean(); err != nil {
		return err
	}
	redirects, err := json.Marshal(d.Redirects)
	if err != nil {
		return err
	}
	return a.change(ctx, "update", owner, id, sqlUpdate, d.Name, string(redirects), id, owner)
}

// RenewSecret gives an application of the owner's another secret; the old one is worth nothing from then on.
// Kind NotFound: there is none, or it is a public client.
func (a *Applications) RenewSecret(ctx context.Context, owner, id int64) (secret string, err error) {
	secret = account.RandomText(secretLength)
	return secret, a.change(ctx, "renew_secret", owner, id, sqlRenew, account.HashOf(secret), id, owner)
}

// Remove removes an application of the owner's with all that people let it do. Kind NotFound.
func (a *Applications) Remove(ctx context.Context, owner, id int64) error {
	return a.change(ctx, "remove", owner, id, sqlRemove, id, owner)
}

// Revoke takes back what a person lets an application do. Kind NotFound: they let it do nothing.
func (a *Applications) Revoke(ctx context.Context, person, application int64) error {
	return a.change(ctx, "revoke", person, application, sqlRevoke, application, person)
}

// note notes in the audit log what a person did to an application.
func (a *Applications) note(ctx context.Context, tx *sql.Tx, person int64, verb string, id int64) error {
	by := account.Actor{Person: &account.Person{ID: person}}
	return account.Note(ctx, tx, a.o.Clock(), by, verb, fmt.Sprintf("application/%d", id), nil, nil)
}

// change changes one row, notes what a person did to the application, and empties the memory of this and all other
// processes. Kind NotFound: there was none.
func (a *Applications) change(ctx context.Context, verb string, person, id int64, query string, args ...any) error {
	err := a.end(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, query, args...)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, fault.New(fault.NotFound, "There is no such application."))
		}
		return a.note(ctx, tx, person, verb, id)
	})
	if err != nil {
		return fmt.Errorf("%s an application: %w", verb, err)
	}
	return nil
}

// Of gives the applications that a person registered, in the order of their making.
func (a *Applications) Of(ctx context.Context, owner int64) ([]Application, error) {
	rows, err := a.o.DB.QueryContext(ctx, sqlOwned, owner)
	if err != nil {
		return nil, fmt.Errorf("list applications: %w", err)
	}
	defer rows.Close()
	var out []Application
	for rows.Next() {
		one, err := scan(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("list applications: %w", err)
		}
		out = append(out, one)
	}
	return out, rows.Err()
}

// byClient gives an application by its client_id. Kind NotFound.
func (a *Applications) byClient(ctx context.Context, client string) (Application, error) {
	one, err := scan(a.o.DB.QueryRowContext(ctx, sqlByClient, client).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return one, fault.New(fault.NotFound, "There is no application of this client_id.")
	}
	if err != nil {
		return one, fmt.Errorf("find an application: %w", err)
	}
	return one, nil
}

func scan(row func(...any) error) (one Application, err error) {
	var redirects string
	var created int64
	if err := row(&one.ID, &one.Client, &one.secret, &one.Name, &redirects, &one.Owner, &created); err != nil {
		return one, err
	}
	one.Created, one.Confidential = time.UnixMicro(created).UTC(), one.secret != ""
	if err := json.Unmarshal([]byte(redirects), &one.Redirects); err != nil {
		return one, fmt.Errorf("the addresses of application %d are damaged: %w", one.ID, err)
	}
	return one, nil
}

// Consents gives what a person lets applications do.
func (a *Applications) Consents(ctx context.Context, person int64) ([]Consent, error) {
	rows, err := a.o.DB.QueryContext(ctx, sqlConsents, person)
	if err != nil {
		return nil, fmt.Errorf("list consents: %w", err)
	}
	defer rows.Close()
	var out []Consent
	for rows.Next() {
		var c Consent
		var given int64
		if err := rows.Scan(&c.Application, &c.Name, &given); err != nil {
			return nil, fmt.Errorf("list consents: %w", err)
		}
		c.Given = time.UnixMicro(given).UTC()
		out = append(out, c)
	}
	return out, rows.Err()
}

// MistakeError is what is wrong with a draft; Field is "name" or "redirects".
type MistakeError struct {
	Field, Value string // Value is the address that is wrong, "" for none in particular
}

// Error says what is wrong.
func (m *MistakeError) Error() string {
	if m.Field == "name" {
		return "an application needs a name of 1 to 100 characters in one line"
	}
	if m.Value == "" {
		return "an application needs 1 to 10 addresses that people are sent back to"
	}
	return fmt.Sprintf("%q is no address that people can be sent back to: it begins with https://, with http://localhost or with the application's own scheme, and has no #", m.Value)
}

// FaultKind says that it is a mistake of the request.
func (m *MistakeError) FaultKind() fault.Kind { return fault.Invalid }

// clean checks a draft and brings it into the form in which it is kept; the failure is a *MistakeError.
func (d *Draft) clean() error {
	d.Name = strings.TrimSpace(d.Name)
	if n := utf8.RuneCountInString(d.Name); n == 0 || n > 100 || !utf8.ValidString(d.Name) || strings.ContainsFunc(d.Name, unicode.IsControl) {
		return &MistakeError{Field: "name"}
	}
	var kept []string
	for _, address := range d.Redirects {
		if address = strings.TrimSpace(address); address != "" && !slices.Contains(kept, address) {
			kept = append(kept, address)
		}
	}
	if len(kept) == 0 || len(kept) > mostRedirects {
		return &MistakeError{Field: "redirects"}
	}
	for _, address := range kept {
		if !isRedirect(address) {
			return &MistakeError{Field: "redirects", Value: address}
		}
	}
	d.Redirects = kept
	return nil
}

// isRedirect tells whether people may be sent to an address: nowhere where it could be overheard, and to nothing that a
// browser would run.
func isRedirect(address string) bool {
	u, err := url.Parse(address)
	if err != nil || len(address) > 1000 || strings.ContainsAny(address, "# \\\"<>") || u.User != nil || strings.ContainsFunc(address, func(c rune) bool { return c < ' ' || c > '~' }) {
		return false
	}
	switch u.Scheme {
	case "https":
		return u.Hostname() != ""
	case "http":
		ip := net.ParseIP(u.Hostname())
		return u.Hostname() == "localhost" || strings.HasSuffix(u.Hostname(), ".localhost") || ip != nil && ip.IsLoopback()
	}
	// A scheme of the application's own, which RFC 8252 wants to hold a domain's name: org.example.app:/back
	return strings.Contains(u.Scheme, ".")
}
