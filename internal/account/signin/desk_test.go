package signin

import (
	"database/sql"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/account/session"
	"parvis/internal/db/dbtest"
	"parvis/internal/mail"
)

// house is a portal with three people, whose clock the test turns.
type house struct {
	*Desk
	t       *testing.T
	pool    *sql.DB
	letters string // folder

	mu     sync.Mutex
	ahead  time.Duration // of the machine's clock
	people map[int64]*account.Person
}

func (h *house) Person(id int64) (*account.Person, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p, ok := h.people[id]
	return p, ok
}

func (h *house) ByEmail(email string) (*account.Person, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range h.people {
		if p.Email == strings.ToLower(strings.TrimSpace(email)) {
			return p, true
		}
	}
	return nil, false
}

func (h *house) add(id int64, email string) {
	h.t.Helper()
	_, err := h.pool.Exec(`INSERT INTO people (id, email, name, language, permissions, attributes, quota_unit, active, created)
		VALUES ($1, $2, '', '', '[]', '{}', '', true, 0)`, id, email)
	h.must(err)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.people[id] = &account.Person{ID: id, Email: email}
}

// of gives a person.
func (h *house) of(id int64) *account.Person {
	p, _ := h.Person(id)
	return p
}

// logged expects the audit log to hold what was done to how people sign in, in order.
func (h *house) logged(verbs ...string) {
	h.t.Helper()
	rows, err := h.pool.Query(`SELECT verb, object FROM audit WHERE who = 'person' ORDER BY id`)
	h.must(err)
	defer rows.Close()
	var got []string
	for rows.Next() {
		var verb, object string
		h.must(rows.Scan(&verb, &object))
		got = append(got, verb+" "+object)
	}
	if h.must(rows.Err()); !slices.Equal(got, verbs) {
		h.t.Errorf("the log holds %q", got)
	}
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return time.Now().Add(h.ahead)
}

func (h *house) wait(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ahead += d
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) who(id string) int64 {
	h.t.Helper()
	s, _, err := h.o.Sessions.Find(h.t.Context(), id)
	h.must(err)
	if s == nil || s.Person == nil {
		return 0
	}
	return s.Person.ID
}

const (
	ada       = "ada@example.org"
	adaWords  = "four words that come"
	bobWords  = "another four of them"
	elsewhere = "198.51.100.7"
)

var home = Attempt{Network: Network(netip.MustParseAddr("192.0.2.44"))}

// fresh builds a portal where ada and bob have passwords and cleo has none.
func fresh(t *testing.T, change func(*Options)) *house {
	t.Helper()
	h := &house{t: t, pool: dbtest.Open(t), letters: filepath.Join(t.TempDir(), "mail"), people: map[int64]*account.Person{}}
	for id, email := range []string{ada, "bob@example.org", "cleo@example.org"} {
		h.add(int64(id+1), email)
	}
	sessions, err := session.Open(t.Context(), session.Options{DB: h.pool, People: h, Clock: h.clock})
	h.must(err)
	sender, err := mail.Open(mail.Options{Folder: h.letters})
	h.must(err)
	o := Options{DB: h.pool, People: h, Sessions: sessions, Mail: sender, Title: "Data: the portal", Clock: h.clock}
	if change != nil {
		change(&o)
	}
	h.Desk, err = Open(t.Context(), o)
	h.must(err)
	h.must(h.SetPassword(t.Context(), 1, adaWords))
	h.must(h.SetPassword(t.Context(), 2, bobWords))
	return h
}

func from(address string) Attempt {
	return Attempt{Network: Network(netip.MustParseAddr(address))}
}

func TestNetworkIsShort(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.44": "192.0.2.0/24", "::ffff:192.0.2.44": "192.0.2.0/24", "2001:db8:1:2:3:4:5:6": "2001:db8:1::/48", "fe80::1%eth0": "fe80::/48",
	} {
		if got := Network(netip.MustParseAddr(address)); got.String() != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	if Network(netip.Addr{}).IsValid() {
		t.Error("no address gives a network")
	}
}
