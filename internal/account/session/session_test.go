package session

import (
	"database/sql"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/account/accounttest"
	"parvis/internal/db"
	"parvis/internal/db/dbtest"
	"parvis/internal/fault"
)

// house is a portal with two people, whose clock the test turns.
type house struct {
	*Store
	*accounttest.Town
	t    *testing.T
	pool *sql.DB
}

const day = 24 * time.Hour

func build(t *testing.T, path string) *house {
	t.Helper()
	pool := dbtest.OpenAt(t, path)
	h := &house{t: t, pool: pool, Town: accounttest.New(t, pool, time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC))}
	for id := int64(1); id <= 2; id++ {
		h.Add(id, fmt.Sprintf("p%d@example.org", id))
	}
	var err error
	if h.Store, err = Open(t.Context(), Options{DB: h.pool, People: h, Clock: h.Clock}); err != nil {
		t.Fatal(err)
	}
	return h
}

func fresh(t *testing.T) *house {
	t.Helper()
	return build(t, filepath.Join(t.TempDir(), "parvis.db"))
}

func (h *house) start(person int64) string {
	h.t.Helper()
	id, err := h.Start(h.t.Context(), person, "password")
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

// who gives the person that an identifier stands for; 0: nobody.
func (h *house) who(id string) int64 {
	h.t.Helper()
	s, _, err := h.Find(h.t.Context(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	if s == nil || s.Person == nil {
		return 0
	}
	return s.Person.ID
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// SES-008
func TestIdentifiersAreRandom(t *testing.T) {
	const n = 100_000
	form := regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)
	seen := make(map[string]bool, n)
	counts := map[byte]int{}
	for range n {
		id := newID()
		if !form.MatchString(id) || !isID(id) || seen[id] {
			t.Fatalf("identifier %q: of another form, or seen before", id)
		}
		seen[id] = true
		for i := range len(id) {
			counts[id[i]]++
		}
	}
	expected := float64(n*idLength) / 64
	chi := 0.0
	for i := range len(alphabet64) {
		d := float64(counts[alphabet64[i]]) - expected
		chi += d * d / expected
	}
	// 63 degrees of freedom; Wilson and Hilferty's approximation of the quantile at 1 - 1e-6 (z = 4.7534).
	limit := 63 * math.Pow(1-2.0/(9*63)+4.7534*math.Sqrt(2.0/(9*63)), 3)
	if chi > limit {
		t.Errorf("chi-square %.1f over %.1f: the characters are not alike", chi, limit)
	}
}

// SES-009
func TestRandomnessIsThatOfTheMachine(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	strong := false
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(content), `"math/rand`) {
			t.Errorf("%s imports math/rand", name)
		}
		strong = strong || strings.Contains(string(content), `"crypto/rand"`)
	}
	if !strong {
		t.Error("nothing imports crypto/rand")
	}
}

func TestSecretFollowsTheIdentifier(t *testing.T) {
	h := fresh(t)
	id := h.start(1)
	one, _, _ := h.Find(t.Context(), id)
	again, _, _ := h.Find(t.Context(), id)
	newer, err := h.Rotate(t.Context(), id)
	h.must(err)
	other, _, _ := h.Find(t.Context(), newer)
	if !regexp.MustCompile(`^[A-Za-z0-9]{32}$`).MatchString(one.Secret) || one.Secret != again.Secret || one.Secret == other.Secret || other.ID != one.ID {
		t.Errorf("secrets %q, %q, %q", one.Secret, again.Secret, other.Secret)
	}
}

// SES-003, SES-004
func TestSignInMakesANewIdentifier(t *testing.T) {
	h := fresh(t)
	before, err := h.Begin(t.Context())
	h.must(err)
	for _, held := range []string{"", before, newID(), strings.Repeat("a", 32), "x'; DROP TABLE sessions", strings.Repeat("é", 43), before + "\n"} {
		id, err := h.Enter(t.Context(), held, Entry{Person: 1, How: "password"})
		h.must(err)
		if id == held || h.who(id) != 1 {
			t.Errorf("held %q, was given %q", held, id)
		}
		if s, _, err := h.Find(t.Context(), held); s != nil || err != nil {
			t.Errorf("%q still stands for %+v, %v", held, s, err)
		}
	}
	first := h.start(1)
	second, err := h.Enter(t.Context(), first, Entry{Person: 2, How: "password"})
	h.must(err)
	if h.who(first) != 0 || h.who(second) != 2 {
		t.Error("the session of somebody else outlived a sign-in")
	}
}

// SES-005
func TestEndedStaysEnded(t *testing.T) {
	h := fresh(t)
	id := h.start(1)
	if h.who(id) != 1 {
		t.Fatal("a fresh session stands for nobody")
	}
	h.must(h.End(t.Context(), id))
	h.must(h.End(t.Context(), id))
	if h.who(id) != 0 {
		t.Error("an ended session opens")
	}
	if _, err := h.Rotate(t.Context(), id); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("an ended session is rotated: %v", err)
	}
	if err := h.Keep(t.Context(), id, "x", 1); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("an ended session keeps: %v", err)
	}
}

// SES-007
func TestOnlyTheHashIsKept(t *testing.T) {
	dir := t.TempDir()
	h := build(t, filepath.Join(dir, "parvis.db"))
	id := h.start(1)
	s, _, _ := h.Find(t.Context(), id)
	_, err := h.pool.Exec(`VACUUM INTO $1`, filepath.Join(dir, "backup.db"))
	h.must(err)
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	hashes := 0
	for _, name := range files {
		content, err := os.ReadFile(name)
		h.must(err)
		if strings.Contains(string(content), id) || strings.Contains(string(content), s.Secret) {
			t.Errorf("%s holds what the visitor holds", filepath.Base(name))
		}
		if strings.Contains(string(content), account.HashOf(id)) {
			hashes++
		}
	}
	if len(files) < 3 || hashes < 2 {
		t.Errorf("%d files, the hash in %d: the test does not look where it should", len(files), hashes)
	}
}

// SES-010
func TestSessionSlides(t *testing.T) {
	h := fresh(t)
	id := h.start(1)
	for _, step := range []struct {
		wait  time.Duration
		alive bool
	}{{13 * day, true}, {13 * day, true}, {15 * day, false}} {
		h.Wait(step.wait)
		s, renew, err := h.Find(t.Context(), id)
		if err != nil || (s != nil) != step.alive || renew != step.alive {
			t.Fatalf("on day %v: %+v, renewed %t, %v", h.Clock(), s, renew, err)
		}
	}
}

func TestSessionEndsForGood(t *testing.T) {
	h := fresh(t)
	id := h.start(1)
	for range 9 {
		h.Wait(9*day + 23*time.Hour)
		if h.who(id) != 1 {
			t.Fatal("a session in use ended before 90 days")
		}
	}
	h.Wait(day)
	if h.who(id) != 0 {
		t.Error("a session lives longer than 90 days")
	}
}

// SES-012
func TestRenewalIsThrottled(t *testing.T) {
	h := fresh(t)
	id := h.start(1)
	h.Wait(2 * time.Hour)
	var mu sync.Mutex
	renewals := 0
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			_, renew, err := h.Find(t.Context(), id)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if renew {
				renewals++
			}
		})
	}
	all.Wait()
	if renewals != 1 {
		t.Errorf("the cookie is sent again %d times", renewals)
	}
}

// SES-015
func TestPasswordChangeEndsTheOthers(t *testing.T) {
	h := fresh(t)
	here, there, stranger := h.start(1), h.start(1), h.start(2)
	h.must(h.EndAll(t.Context(), 1, here))
	newer, err := h.Rotate(t.Context(), here)
	h.must(err)
	if h.who(here) != 0 || h.who(there) != 0 || h.who(newer) != 1 || h.who(stranger) != 2 {
		t.Error("not just the others were ended")
	}
}

func TestPeopleWhoAreGoneAreOut(t *testing.T) {
	h := fresh(t)
	id := h.start(1)
	person := h.Drop(1)
	if h.who(id) != 0 {
		t.Error("somebody disabled is still in")
	}
	if _, err := h.Start(t.Context(), 1, "password"); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("somebody disabled comes in: %v", err)
	}
	h.Put(person)
	if h.who(id) != 1 {
		t.Error("let in again, the session is gone")
	}
	_, err := h.pool.Exec(`DELETE FROM people WHERE id = 1`)
	h.must(err)
	h.must(h.refresh(t.Context()))
	var n int
	h.must(h.pool.QueryRow(`SELECT count(*) FROM sessions`).Scan(&n))
	if n != 0 {
		t.Error("the session of somebody removed is kept")
	}
}

func TestChangedRightsAskForRotation(t *testing.T) {
	h := fresh(t)
	id := h.start(1)
	h.Put(&account.Person{ID: 1, Permissions: account.PermissionsOf(account.EditDomain)})
	s, _, _ := h.Find(t.Context(), id)
	if !s.Changed {
		t.Fatal("new rights go unnoticed")
	}
	newer, err := h.Rotate(t.Context(), id)
	h.must(err)
	if s, _, _ := h.Find(t.Context(), newer); s == nil || s.Changed || h.who(id) != 0 {
		t.Errorf("after rotation: %+v", s)
	}
	h.Put(&account.Person{ID: 1, Permissions: account.PermissionsOf(account.EditDomain), Groups: []int64{4}})
	if s, _, _ := h.Find(t.Context(), newer); !s.Changed {
		t.Error("a new group goes unnoticed")
	}
}

func TestTwoProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parvis.db")
	one, two := build(t, path), build(t, path)
	id := one.start(1)
	if two.who(id) != 1 {
		t.Fatal("the other process does not know the session")
	}
	go two.Follow(t.Context(), func(err error) { t.Error(err) })
	one.must(one.End(t.Context(), id))
	ticks := time.NewTicker(10 * time.Millisecond)
	defer ticks.Stop()
	for deadline := time.Now().Add(time.Second); two.who(id) != 0; <-ticks.C {
		if time.Now().After(deadline) {
			t.Fatal("the other process lets the ended session in after a second")
		}
	}
	// Used at one process alone, a session does not end at the other that remembers it unused.
	id = one.start(1)
	two.who(id)
	for range 3 {
		one.Wait(10 * day)
		two.Wait(10 * day)
		one.who(id)
	}
	if two.who(id) != 1 {
		t.Error("a session in use elsewhere ended")
	}
}

// The end wins over whatever runs beside it, in the table and in memory.
func TestEndWinsOverWhatRunsBesideIt(t *testing.T) {
	h := fresh(t)
	for range 30 {
		id := h.start(1)
		h.Wait(2 * time.Hour) // so that Find writes
		var all sync.WaitGroup
		for i := range 4 {
			all.Go(func() {
				if _, _, err := h.Find(t.Context(), id); err != nil {
					t.Error(err)
				}
				if i%2 == 0 {
					if err := h.Keep(t.Context(), id, "x", i); err != nil && fault.KindOf(err) != fault.Unauthenticated {
						t.Error(err)
					}
				}
			})
		}
		all.Go(func() { h.must(h.End(t.Context(), id)) })
		all.Wait()
		if h.who(id) != 0 {
			t.Fatal("a session that was ended is back")
		}
	}
}

func TestOnlyOneRotates(t *testing.T) {
	h := fresh(t)
	id := h.start(1)
	var mu sync.Mutex
	var got []string
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			newer, err := h.Rotate(t.Context(), id)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				got = append(got, newer)
			} else if fault.KindOf(err) != fault.Unauthenticated {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(got) != 1 || h.who(got[0]) != 1 {
		t.Errorf("%d identifiers came of one", len(got))
	}
}

func TestWhatAFlowKeeps(t *testing.T) {
	h := fresh(t)
	id, err := h.Begin(t.Context())
	h.must(err)
	type flow struct{ State, Nonce string }
	h.must(h.Keep(t.Context(), id, "oidc", flow{"s", "n"}))
	s, _, _ := h.Find(t.Context(), id)
	var got flow
	if s.Person != nil || !s.Read("oidc", &got) || got != (flow{"s", "n"}) || s.Read("other", &got) {
		t.Fatalf("kept %+v", got)
	}
	var mu sync.Mutex
	taken := 0
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			var f flow
			ok, err := h.Take(t.Context(), id, "oidc", &f)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if ok && f.State == "s" {
				taken++
			}
		})
	}
	all.Wait()
	if taken != 1 {
		t.Errorf("taken %d times", taken)
	}
	before, err := db.Revision(t.Context(), h.pool, room)
	h.must(err)
	if ok, err := h.Take(t.Context(), id, "oidc", &got); ok || err != nil {
		t.Errorf("what was taken is there again: %t, %v", ok, err)
	}
	if after, _ := db.Revision(t.Context(), h.pool, room); after != before {
		t.Error("taking nothing writes")
	}
	if ok, err := h.Take(t.Context(), newID(), "oidc", &got); ok || err != nil {
		t.Errorf("an unknown session keeps: %t, %v", ok, err)
	}
	if err := h.Keep(t.Context(), id, "big", strings.Repeat("x", most)); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("too much: %v", err)
	}
	h.must(h.Keep(t.Context(), id, "oidc", flow{}))
	signed, err := h.Enter(t.Context(), id, Entry{Person: 1, How: "oidc"})
	h.must(err)
	if s, _, _ := h.Find(t.Context(), signed); s.Read("oidc", &got) {
		t.Error("the sign-in took along what was kept before it")
	}
	unsigned, err := h.Begin(t.Context())
	h.must(err)
	h.Wait(61 * time.Minute)
	if s, _, _ := h.Find(t.Context(), unsigned); s != nil {
		t.Error("a session without a person lives longer than an hour")
	}
}

func TestListAndEndFromIt(t *testing.T) {
	h := fresh(t)
	here, err := h.Enter(t.Context(), "", Entry{Person: 1, How: "passkey", Device: "Firefox, Linux"})
	h.must(err)
	there := h.start(1)
	at, err := h.Enter(t.Context(), "", Entry{Person: 1, How: "oidc", Origin: "https://idp s1"})
	h.must(err)
	stranger := h.start(2)
	list, err := h.List(t.Context(), 1, here)
	if err != nil || len(list) != 3 || !list[2].Here || list[2].Device != "Firefox, Linux" || list[0].Here {
		t.Fatalf("%+v, %v", list, err)
	}
	h.must(h.EndOne(t.Context(), 2, list[1].ID)) // not theirs
	if h.who(there) != 1 {
		t.Error("somebody ended the session of somebody else")
	}
	h.must(h.EndOne(t.Context(), 1, list[1].ID))
	h.must(h.EndAt(t.Context(), "https://idp s1"))
	h.must(h.EndAt(t.Context(), ""))
	if h.who(there) != 0 || h.who(at) != 0 || h.who(here) != 1 || h.who(stranger) != 2 {
		t.Error("other sessions than those were ended")
	}
}

func TestSweep(t *testing.T) {
	h := fresh(t)
	h.start(1)
	_, err := h.Begin(t.Context())
	h.must(err)
	h.Wait(13 * day)
	live := h.start(1)
	h.Wait(2 * day)
	h.must(h.Sweep(t.Context()))
	var n int
	h.must(h.pool.QueryRow(`SELECT count(*) FROM sessions`).Scan(&n))
	if n != 1 || h.who(live) != 1 {
		t.Errorf("%d sessions are left", n)
	}
}

// A request of somebody signed in is answered from memory: with the database closed, it still is.
func TestFindNeedsNoDatabase(t *testing.T) {
	h := fresh(t)
	id := h.start(1)
	h.who(id)
	h.pool.Close()
	if h.who(id) != 1 {
		t.Error("asks the database")
	}
}

func BenchmarkFind(b *testing.B) {
	pool := dbtest.Open(b)
	people := accounttest.New(b, pool, time.Time{})
	people.Add(1, "a@b.c")
	people.Put(&account.Person{ID: 1, Groups: []int64{3, 1, 2}})
	s, err := Open(b.Context(), Options{DB: pool, People: people})
	if err != nil {
		b.Fatal(err)
	}
	id, err := s.Start(b.Context(), 1, "password")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if found, _, err := s.Find(b.Context(), id); err != nil || found == nil {
			b.Fatal(err)
		}
	}
}
