package session

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"parvis/internal/account"
	"parvis/internal/db"
)

// The times that hold unless Options say otherwise.
const (
	Idle     = 14 * 24 * time.Hour // how long a session lives without a request
	Absolute = 90 * 24 * time.Hour // how long it lives at most

	renewEvery  = time.Hour // how often a session in use is noted as such, and its cookie sent again
	beforeEntry = time.Hour // how long a session lives in which nobody signs in
	followEvery = 200 * time.Millisecond
	sweepEvery  = time.Hour
	remembered  = 20_000 // sessions kept in memory
)

// People tells who a number is; absent: gone, disabled or expired. *account.People does.
type People interface {
	Person(id int64) (*account.Person, bool)
}

// Options are the parts of a Store.
type Options struct {
	DB       *sql.DB
	People   People
	Idle     time.Duration    // 0: the constant of that name
	Absolute time.Duration    // 0: the constant of that name
	Clock    func() time.Time // nil: the time of the machine
}

// Store knows the portal's sessions. All methods may be called at once from many goroutines.
type Store struct {
	o Options

	mu       sync.Mutex
	known    *lru.Cache[string, *held] // by hash
	revision int64                     // of the table that known agrees with
	changes  uint64                    // counts what was taken out of known, so that no reader puts back what it read before
}

// held is a session as the table has it; it never changes.
type held struct {
	id, person int64 // person 0: nobody yet
	how        string
	started    time.Time
	seen       time.Time
	rights     string
	secret     string
	data       map[string]json.RawMessage
	version    int64
}

// Open opens the sessions of a portal.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Idle == 0 {
		o.Idle = Idle
	}
	if o.Absolute == 0 {
		o.Absolute = Absolute
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	known, err := lru.New[string, *held](remembered)
	if err != nil {
		return nil, err
	}
	s := &Store{o: o, known: known}
	if s.revision, err = db.Revision(ctx, o.DB, room); err != nil {
		return nil, fmt.Errorf("open the sessions: %w", err)
	}
	return s, nil
}

// Find gives the session of an identifier: nil where it is unknown, over, or its person is no longer let in. It is
// answered from memory where it can be. Renew tells that the cookie is due to be sent again, once an hour at most:
// the session then lives on for as long as it may without a request.
func (s *Store) Find(ctx context.Context, id string) (found *Session, renew bool, err error) {
	if !isID(id) {
		return nil, false, nil
	}
	hash, now := account.HashOf(id), s.o.Clock()
	h, fresh, err := s.look(ctx, id, hash)
	if h == nil || err != nil {
		return nil, false, err
	}
	if s.over(h, now) && !fresh { // another process may have seen it since
		s.forget(hash)
		if h, _, err = s.look(ctx, id, hash); h == nil || err != nil {
			return nil, false, err
		}
	}
	if s.over(h, now) {
		return nil, false, nil
	}
	out := &Session{ID: h.id, How: h.how, Started: h.started, Secret: h.secret, data: h.data}
	if h.person != 0 {
		person, ok := s.o.People.Person(h.person)
		if !ok {
			return nil, false, nil
		}
		out.Person, out.Changed = person, rightsOf(person) != h.rights
	}
	if now.Sub(h.seen) >= renewEvery {
		renew, err = s.see(ctx, hash, h, now)
	}
	return out, renew, err
}

// over tells whether a session has come to its end by itself.
func (s *Store) over(h *held, now time.Time) bool {
	return now.Sub(h.seen) >= s.o.Idle || now.Sub(h.started) >= s.o.Absolute || h.person == 0 && now.Sub(h.started) >= beforeEntry
}

// look gives the session of a hash, nil for none; fresh tells that it was read from the table just now.
func (s *Store) look(ctx context.Context, id, hash string) (h *held, fresh bool, err error) {
	s.mu.Lock()
	h, ok := s.known.Get(hash)
	before := s.changes
	s.mu.Unlock()
	if ok {
		return h, false, nil
	}
	h, err = read(ctx, s.o.DB, hash)
	if h == nil || err != nil {
		return nil, true, err
	}
	h.secret = secretOf(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changes == before { // else what was read may be what somebody has just ended
		s.known.Add(hash, h)
	}
	return h, true, nil
}

// read reads a session from the table; nil where there is none. The secret is not in it.
func read(ctx context.Context, from db.Asker, hash string) (*held, error) {
	h := &held{}
	var person sql.NullInt64
	var started, seen int64
	var data string
	err := from.QueryRowContext(ctx, sqlFind, hash).Scan(&h.id, &person, &h.how, &started, &seen, &h.rights, &data, &h.version)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find a session: %w", err)
	}
	if err := json.Unmarshal([]byte(data), &h.data); err != nil {
		return nil, fmt.Errorf("find a session: what session %d keeps is damaged: %w", h.id, err)
	}
	h.person, h.started, h.seen = person.Int64, time.UnixMicro(started).UTC(), time.UnixMicro(seen).UTC()
	return h, nil
}

// see notes that a session is in use. It tells whether this was the caller who noted it: of many requests at once
// only one sends the cookie again, and a session that was ended meanwhile stays so.
func (s *Store) see(ctx context.Context, hash string, h *held, now time.Time) (bool, error) {
	done, err := s.o.DB.ExecContext(ctx, sqlSeen, now.UnixMicro(), hash, h.seen.UnixMicro())
	if err != nil {
		return false, fmt.Errorf("renew a session: %w", err)
	}
	n, err := done.RowsAffected()
	s.forget(hash)
	return n == 1, err
}

// forget takes a session out of memory; the table tells the next who asks.
func (s *Store) forget(hashes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes++
	for _, hash := range hashes {
		s.known.Remove(hash)
	}
}

// change changes the table in one transaction and takes what it touched out of memory: the sessions that work
// names, or all where it names none.
func (s *Store) change(ctx context.Context, work func(*sql.Tx) (touched []string, err error)) error {
	var touched []string
	var revision int64
	err := db.Change(ctx, s.o.DB, func(tx *sql.Tx) (err error) {
		if touched, err = work(tx); err != nil {
			return err
		}
		revision, err = db.Advance(ctx, tx, room)
		return err
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes++
	if touched == nil || revision > s.revision+1 { // another process changed it, too
		s.known.Purge()
	}
	for _, hash := range touched {
		s.known.Remove(hash)
	}
	s.revision = max(s.revision, revision)
	return nil
}

// Follow takes in what other processes change, and sweeps away what is over, until ctx ends; failed receives what
// goes wrong and may be nil.
func (s *Store) Follow(ctx context.Context, failed func(error)) {
	ticks := time.NewTicker(followEvery)
	defer ticks.Stop()
	var swept time.Time
	for {
		if now := s.o.Clock(); now.Sub(swept) >= sweepEvery {
			swept = now
			if err := s.Sweep(ctx); err != nil && ctx.Err() == nil && failed != nil {
				failed(err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		if err := s.refresh(ctx); err != nil && ctx.Err() == nil && failed != nil {
			failed(err)
		}
	}
}

// refresh empties the memory where another process changed the table.
func (s *Store) refresh(ctx context.Context) error {
	revision, err := db.Revision(ctx, s.o.DB, room)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if revision > s.revision {
		s.revision = revision
		s.changes++
		s.known.Purge()
	}
	return nil
}

// Sweep removes what is over. Memory needs no telling: it judges by the same times.
func (s *Store) Sweep(ctx context.Context) error {
	now := s.o.Clock()
	_, err := s.o.DB.ExecContext(ctx, sqlSweep, now.Add(-s.o.Idle).UnixMicro(), now.Add(-s.o.Absolute).UnixMicro(), now.Add(-beforeEntry).UnixMicro())
	if err != nil {
		return fmt.Errorf("sweep the sessions: %w", err)
	}
	return nil
}
