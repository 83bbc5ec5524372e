package account_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/db/dbtest"
	"parvis/internal/fault"
)

func open(t *testing.T, path string) *account.Keys {
	t.Helper()
	pool := dbtest.OpenAt(t, path)
	return openKeys(t, openPeople(t, pool, newClock()), pool, newClock())
}

func openKeys(t testing.TB, people *account.People, pool *sql.DB, c *clock) *account.Keys {
	t.Helper()
	keys, err := account.OpenKeys(t.Context(), account.KeyOptions{DB: pool, People: people, Clock: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// label is a key of the operator's.
func label(text string) account.KeyDraft { return account.KeyDraft{Label: text, Scope: account.Every} }

func TestKeyLifeAcrossProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parvis.db")
	server, shell := open(t, path), open(t, path)

	_, secret, err := shell.Create(t.Context(), account.Operator, label(" harvester "))
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^pv_[A-Za-z0-9_-]{40}$`).MatchString(secret) {
		t.Errorf("the secret has the form %q", secret)
	}
	actor, err := server.Authenticate(t.Context(), secret)
	if err != nil || !actor.Everything || actor.Key == 0 {
		t.Fatalf("a fresh key gives %+v, %v", actor, err)
	}
	for _, wrong := range []string{"", secret[:len(secret)-1], secret + "x", strings.ToLower(secret) + " ", "harvester"} {
		if a, err := server.Authenticate(t.Context(), wrong); fault.KindOf(err) != fault.Unauthenticated || a != account.Anonymous {
			t.Errorf("%q gives %+v, %v", wrong, a, err)
		}
	}
	list, err := server.List(t.Context(), account.Operator, 0)
	if err != nil || len(list) != 1 || list[0].Label != "harvester" || list[0].ID != actor.Key || !list[0].Revoked.IsZero() {
		t.Fatalf("list: %+v, %v", list, err)
	}

	ctx, stop := context.WithCancel(t.Context())
	var following sync.WaitGroup
	following.Go(func() { server.Follow(ctx, func(err error) { t.Error(err) }) })
	defer following.Wait()
	defer stop()
	if err := shell.Revoke(t.Context(), account.Operator, actor.Key, ""); err != nil {
		t.Fatal(err)
	}
	ticks := time.NewTicker(10 * time.Millisecond)
	defer ticks.Stop()
	for deadline := time.Now().Add(time.Second); ; <-ticks.C {
		if _, err := server.Authenticate(t.Context(), secret); fault.KindOf(err) == fault.Unauthenticated {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("a key revoked by another process still opens after a second")
		}
	}
	if err := shell.Revoke(t.Context(), account.Operator, actor.Key, ""); fault.KindOf(err) != fault.Conflict {
		t.Errorf("revoked twice: %v", err)
	}
	if list, _ := server.List(t.Context(), account.Operator, 0); list[0].Revoked.IsZero() {
		t.Error("the list does not tell that the key is revoked")
	}
}

func TestSecretIsNotKept(t *testing.T) {
	pool := dbtest.Open(t)
	keys := openKeys(t, openPeople(t, pool, newClock()), pool, newClock())
	_, secret, err := keys.Create(t.Context(), account.Operator, label("x"))
	if err != nil {
		t.Fatal(err)
	}
	var hash string
	if err := pool.QueryRow(`SELECT hash FROM api_keys`).Scan(&hash); err != nil {
		t.Fatal(err)
	}
	if len(hash) != 64 || strings.Contains(hash, secret[3:]) {
		t.Errorf("the database holds %q", hash)
	}
}

func TestLabelIsNeeded(t *testing.T) {
	keys := open(t, filepath.Join(t.TempDir(), "parvis.db"))
	for _, text := range []string{"", "  ", strings.Repeat("é", 201), "a\nb"} {
		if _, _, err := keys.Create(t.Context(), account.Operator, label(text)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("label %q: %v", text, err)
		}
	}
	if _, _, err := keys.Create(t.Context(), account.Operator, label(strings.Repeat("é", 200))); err != nil {
		t.Error(err)
	}
}

func BenchmarkAuthenticate(b *testing.B) {
	pool := dbtest.Open(b)
	people := openPeople(b, pool, newClock())
	keys := openKeys(b, people, pool, newClock())
	_, secret, err := keys.Create(b.Context(), account.Operator, label("bench"))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := keys.Authenticate(b.Context(), secret); err != nil {
			b.Fatal(err)
		}
	}
}

func TestKeyOfAPerson(t *testing.T) {
	pool, c := dbtest.Open(t), newClock()
	people := openPeople(t, pool, c)
	keys := openKeys(t, people, pool, c)
	person := create(t, people, "a@example.org", account.CreateDataset, account.EditPage)
	made, secret, err := keys.Create(t.Context(), as(person), account.KeyDraft{Label: "script", Owner: person.ID,
		Scope: account.PermissionsOf(account.CreateDataset), Expires: c.Now().Add(90 * 24 * time.Hour)})
	if err != nil || made.CreatedBy != person.ID {
		t.Fatalf("%+v, %v", made, err)
	}
	actor, err := keys.Authenticate(t.Context(), secret)
	if err != nil || actor.Everything || actor.Person == nil || actor.Person.ID != person.ID || actor.Key != made.ID {
		t.Fatalf("%+v, %v", actor, err)
	}
	if !actor.May(account.CreateDataset) || actor.May(account.EditPage) || actor.May(account.EditDomain) {
		t.Error("the key's scope does not bound what it may")
	}
	works := func(want bool, when string) {
		t.Helper()
		_, err := keys.Authenticate(t.Context(), secret)
		if (err == nil) != want || err != nil && fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("%s: %v", when, err)
		}
	}
	for _, active := range []bool{false, true} {
		if err := people.SetActive(t.Context(), account.Operator, person.ID, active); err != nil {
			t.Fatal(err)
		}
		works(active, "the owner's account is active: "+strconv.FormatBool(active))
	}
	if err := keys.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if list, err := keys.List(t.Context(), as(person), person.ID); err != nil || len(list) != 1 || !list[0].Used.Equal(c.Now().Truncate(24*time.Hour)) {
		t.Errorf("%+v, %v", list, err)
	}
	c.turn(90*24*time.Hour - time.Second)
	works(true, "a second before its end")
	c.turn(time.Second)
	works(false, "at its end")
	if _, _, err := keys.Create(t.Context(), as(person), account.KeyDraft{Label: "late", Owner: person.ID, Expires: c.Now()}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a key that is over already: %v", err)
	}
}

func TestKeysGoWithTheirOwner(t *testing.T) {
	pool, c := dbtest.Open(t), newClock()
	people := openPeople(t, pool, c)
	keys := openKeys(t, people, pool, c)
	person := create(t, people, "a@example.org")
	_, secret, err := keys.Create(t.Context(), as(person), account.KeyDraft{Label: "x", Owner: person.ID, Scope: account.Every})
	if err != nil {
		t.Fatal(err)
	}
	if err := people.Remove(t.Context(), as(person), person.ID); err != nil {
		t.Fatal(err)
	}
	if actor, err := keys.Authenticate(t.Context(), secret); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("a key without its owner opens for %+v", actor)
	}
	if list, _ := keys.List(t.Context(), account.Operator, 0); len(list) != 0 {
		t.Errorf("it is still listed: %+v", list)
	}
}

func TestMostKeys(t *testing.T) {
	pool, c := dbtest.Open(t), newClock()
	people := openPeople(t, pool, c)
	keys := openKeys(t, people, pool, c)
	person := create(t, people, "a@example.org")
	draft := account.KeyDraft{Label: "x", Owner: person.ID, Scope: account.Every}
	var last account.Key
	for range 100 {
		var err error
		if last, _, err = keys.Create(t.Context(), as(person), draft); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := keys.Create(t.Context(), as(person), draft); fault.KindOf(err) != fault.Conflict {
		t.Errorf("the 101st key: %v", err)
	}
	if err := keys.Update(t.Context(), as(person), last.ID, func(d *account.KeyDraft) { d.Label = "renamed" }); err != nil {
		t.Errorf("a key of a hundred cannot be renamed: %v", err)
	}
	if err := keys.Revoke(t.Context(), as(person), last.ID, "lost"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := keys.Create(t.Context(), as(person), draft); err != nil {
		t.Errorf("after one is revoked: %v", err)
	}
	if key, err := keys.Key(t.Context(), as(person), last.ID); err != nil || key.Reason != "lost" || key.RevokedBy != person.ID || key.Label != "renamed" {
		t.Errorf("%+v, %v", key, err)
	}
}
