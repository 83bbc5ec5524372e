package signin

import (
	"database/sql"
	"net/netip"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/account/accounttest"
	"parvis/internal/account/session"
	"parvis/internal/db/dbtest"
	"parvis/internal/mail"
)

// house is a portal with three people, whose clock the test turns.
type house struct {
	*Desk
	*accounttest.Town
	t       *testing.T
	pool    *sql.DB
	letters string // folder
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
	pool := dbtest.Open(t)
	h := &house{t: t, pool: pool, Town: accounttest.New(t, pool, time.Time{}), letters: filepath.Join(t.TempDir(), "mail")}
	for id, email := range []string{ada, "bob@example.org", "cleo@example.org"} {
		h.Add(int64(id+1), email)
	}
	sessions, err := session.Open(t.Context(), session.Options{DB: h.pool, People: h, Clock: h.Clock})
	h.must(err)
	sender, err := mail.Open(mail.Options{Folder: h.letters})
	h.must(err)
	o := Options{DB: h.pool, People: h, Sessions: sessions, Mail: sender, Title: "Data: the portal", Clock: h.Clock}
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
