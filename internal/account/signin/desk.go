package signin

import (
	"context"
	"database/sql"
	"fmt"
	"net/netip"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"parvis/internal/account"
	"parvis/internal/account/session"
	"parvis/internal/db"
	"parvis/internal/fault"
	"parvis/internal/mail"
)

// People tells who there is: only those whom the portal lets in. *account.People does.
type People interface {
	Person(id int64) (*account.Person, bool)
	ByEmail(email string) (*account.Person, bool) // the address in any case
}

// Options are the parts of a Desk.
type Options struct {
	DB       *sql.DB
	People   People
	Sessions *session.Store
	Mail     mail.Sender
	Title    string           // the portal's name, as passkeys and code applications show it
	Provider Provider         // of identities; the zero value: none
	Enrol    Enrol            // makes an account for somebody whom only the provider knows; nil: nobody is let in so
	Describe Describe         // keeps what the provider says of somebody; nil: nothing is kept
	Clock    func() time.Time // nil: the time of the machine
}

// Desk is where people say who they are. All methods may be called at once from many goroutines.
type Desk struct {
	o        Options
	guard    *guard
	hashing  *semaphore.Weighted
	handle   []byte // signs the names by which passkeys know people
	provider *provider

	letters sync.WaitGroup
	sending *semaphore.Weighted
}

// sendingAtOnce bounds the letters under way.
const sendingAtOnce = 8

// Open opens the desk. Kind Invalid: the settings of the identity provider cannot be understood.
func Open(ctx context.Context, o Options) (*Desk, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	guard, err := newGuard()
	if err != nil {
		return nil, err
	}
	handle, err := db.Secret(ctx, o.DB, "passkeys")
	if err != nil {
		return nil, err
	}
	provider, err := newProvider(o.Provider)
	if err != nil {
		return nil, err
	}
	return &Desk{
		o: o, guard: guard, handle: handle, provider: provider,
		hashing: semaphore.NewWeighted(int64(min(max(runtime.NumCPU(), 2), 8))),
		sending: semaphore.NewWeighted(sendingAtOnce),
	}, nil
}

// Close waits for letters under way.
func (d *Desk) Close() { d.letters.Wait() }

// Proof is that somebody is who they say.
type Proof struct {
	Person int64
	How    string // "password", "passkey", "oidc", for session.Entry
	Second bool   // a code is still asked for: until Desk.Code accepts one, nobody is signed in
	Origin string // the session at the identity provider, for session.Entry
}

// Attempt is somebody trying a password or a code.
type Attempt struct {
	Network netip.Prefix // where from, shortened by Network; kept in memory only
	Inside  bool         // the request comes from a session of the same person: strangers' attempts do not count here
}

// Network shortens an address so far that it names no household: to 24 bits, or 48 of the longer ones.
func Network(address netip.Addr) netip.Prefix {
	bits := 48
	if address = address.Unmap(); address.Is4() {
		bits = 24
	}
	prefix, err := address.WithZone("").Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}

// errWrong is the one answer to whoever is not let in, whatever the reason.
func errWrong() error {
	return fault.New(fault.Unauthenticated, "The e-mail address or the password is wrong.")
}

// WaitError is the answer to somebody who tried too often. It says how long the next attempt must wait.
type WaitError struct{ For time.Duration }

// Error gives the failure as a sentence.
func (w *WaitError) Error() string {
	return fmt.Sprintf("too many attempts: the next is possible in %v", w.For.Round(time.Second))
}

// FaultKind says that it is a limit.
func (w *WaitError) FaultKind() fault.Kind { return fault.Limited }
