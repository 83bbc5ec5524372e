package oauth

import (
	"context"
	"database/sql"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"parvis/internal/account"
	"parvis/internal/db"
	"parvis/internal/fault"
)

// memory holds good access tokens by their hash.
type memory struct {
	mu       sync.Mutex
	passes   *lru.Cache[string, *pass]
	revision int64  // of the tables that passes agree with
	changes  uint64 // counts what was taken out, so that no reader puts back what it read before
}

// pass is what an access token opens.
type pass struct {
	person  int64
	expires time.Time
}

const (
	followEvery = 200 * time.Millisecond
	sweepEvery  = time.Hour
)

// Authenticate tells whom an access token acts for, from memory when it can. Kind Unauthenticated: the token is
// unknown, over or revoked, or its person may not come in.
func (a *Applications) Authenticate(ctx context.Context, token string) (account.Actor, error) {
	unknown := fault.New(fault.Unauthenticated, "The access token is unknown, over or was revoked.")
	if len(token) != tokenLength {
		return account.Anonymous, unknown
	}
	p, err := a.pass(ctx, account.HashOf(token))
	if err != nil {
		return account.Anonymous, err
	}
	if p == nil || !a.o.Clock().Before(p.expires) {
		return account.Anonymous, unknown
	}
	person, ok := a.o.People.Person(p.person)
	if !ok {
		return account.Anonymous, unknown
	}
	return account.Actor{Person: person, Application: true, Scope: account.Every}, nil
}

func (a *Applications) pass(ctx context.Context, hash string) (*pass, error) {
	m := a.known
	m.mu.Lock()
	p, ok := m.passes.Get(hash)
	before := m.changes
	m.mu.Unlock()
	if ok {
		return p, nil
	}
	o, err := a.find(ctx, hash, "access")
	if o == nil || err != nil {
		return nil, err
	}
	p = &pass{o.person, time.UnixMicro(o.expires)}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.changes == before {
		m.passes.Add(hash, p)
	}
	return p, nil
}

// end takes something away in one transaction, and empties the memory of this and all other processes.
func (a *Applications) end(ctx context.Context, work func(*sql.Tx) error) error {
	var revision int64
	err := db.Change(ctx, a.o.DB, func(tx *sql.Tx) (err error) {
		if err = work(tx); err != nil {
			return err
		}
		revision, err = db.Advance(ctx, tx, room)
		return err
	})
	if err == nil {
		a.known.empty(revision)
	}
	return err
}

func (m *memory) empty(revision int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.changes++
	m.passes.Purge()
	m.revision = max(m.revision, revision)
}

// Follow takes in what other processes end, and sweeps away what is over, until ctx ends; failed receives what goes
// wrong and may be nil.
func (a *Applications) Follow(ctx context.Context, failed func(error)) {
	ticks := time.NewTicker(followEvery)
	defer ticks.Stop()
	var swept time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		err := a.follow(ctx)
		if now := a.o.Clock(); err == nil && now.Sub(swept) >= sweepEvery {
			swept = now
			err = a.Sweep(ctx)
		}
		if err != nil && ctx.Err() == nil && failed != nil {
			failed(err)
		}
	}
}

func (a *Applications) follow(ctx context.Context) error {
	revision, err := db.Revision(ctx, a.o.DB, room)
	if err != nil {
		return err
	}
	a.known.mu.Lock()
	known := a.known.revision
	a.known.mu.Unlock()
	if revision > known {
		a.known.empty(revision)
	}
	return nil
}

// Sweep removes what is over.
func (a *Applications) Sweep(ctx context.Context) error {
	now := a.o.Clock().UnixMicro()
	if _, err := a.o.DB.ExecContext(ctx, sqlSweep, now); err != nil {
		return err
	}
	// A code stays as long as a token that came of it may live, so that its second use is noticed.
	_, err := a.o.DB.ExecContext(ctx, sqlSweepCode, now-AccessLife.Microseconds())
	return err
}
