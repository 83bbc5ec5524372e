// Package accounttest is people for the tests of the rooms that stand on account: rows in the database, snapshots in
// memory, and a clock that the test turns.
package accounttest

import (
	"database/sql"
	"strings"
	"sync"
	"testing"
	"time"

	"parvis/internal/account"
)

// Town knows its people as *account.People does. All methods may be called at once from many goroutines.
type Town struct {
	t    testing.TB
	pool *sql.DB

	mu     sync.Mutex
	start  time.Time // zero: the machine's clock runs
	ahead  time.Duration
	people map[int64]*account.Person
}

// New makes a town whose clock stands at start until Wait, or, for the zero time, runs with the machine's.
func New(t testing.TB, pool *sql.DB, start time.Time) *Town {
	return &Town{t: t, pool: pool, start: start, people: map[int64]*account.Person{}}
}

// Add makes somebody, in the database too where they are not there yet.
func (w *Town) Add(id int64, email string) {
	w.t.Helper()
	_, err := w.pool.ExecContext(w.t.Context(), `INSERT INTO people (id, email, name, language, permissions, attributes, quota_unit, active, created)
		VALUES ($1, $2, '', '', '[]', '{}', '', true, 0) ON CONFLICT (id) DO NOTHING`, id, email)
	if err != nil {
		w.t.Fatal(err)
	}
	w.Put(&account.Person{ID: id, Email: email})
}

// Put makes somebody stand as p from now on.
func (w *Town) Put(p *account.Person) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.people[p.ID] = p
}

// Drop lets somebody in no more, and gives them as they stood.
func (w *Town) Drop(id int64) *account.Person {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.people[id]
	delete(w.people, id)
	return p
}

// Person gives somebody by their number.
func (w *Town) Person(id int64) (*account.Person, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, ok := w.people[id]
	return p, ok
}

// ByEmail gives somebody by their address, in whatever letters.
func (w *Town) ByEmail(email string) (*account.Person, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.people {
		if p.Email == strings.ToLower(strings.TrimSpace(email)) {
			return p, true
		}
	}
	return nil, false
}

// Clock tells the time of the town.
func (w *Town) Clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.start.IsZero() {
		return time.Now().Add(w.ahead)
	}
	return w.start.Add(w.ahead)
}

// Wait turns the clock.
func (w *Town) Wait(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ahead += d
}
