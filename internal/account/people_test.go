package account_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/db/dbtest"
	"parvis/internal/fault"
)

// clock is a clock that tests turn.
type clock struct {
	mutex sync.Mutex
	now   time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 25, 22, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.now
}

func (c *clock) turn(by time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.now = c.now.Add(by)
}

func openPeople(t testing.TB, pool *sql.DB, c *clock) *account.People {
	t.Helper()
	people, err := account.OpenPeople(t.Context(), account.PeopleOptions{DB: pool, Clock: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	return people
}

// create makes a person with permissions of their own.
func create(t testing.TB, people *account.People, email string, permissions ...account.Permission) *account.Person {
	t.Helper()
	person, err := people.Create(t.Context(), account.Operator, account.Draft{Email: email, Permissions: account.PermissionsOf(permissions...)})
	if err != nil {
		t.Fatal(err)
	}
	return person
}

// as is a person with a session.
func as(p *account.Person) account.Actor { return account.Actor{Person: p, Scope: account.Every} }

func TestPersonAcrossProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parvis.db")
	c := newClock()
	here, there := openPeople(t, dbtest.OpenAt(t, path), c), openPeople(t, dbtest.OpenAt(t, path), c)
	made, err := here.Create(t.Context(), account.Operator, account.Draft{Email: " Ada@Example.ORG ", Name: " Ada ", Language: "fr",
		Permissions: account.PermissionsOf(account.CreateDataset), Attributes: map[string][]string{"town": {"Lyon", "Nantes"}}})
	if err != nil {
		t.Fatal(err)
	}
	if made.Email != "ada@example.org" || made.Name != "Ada" || made.Language != "fr" || made.Attributes["town"][1] != "Nantes" {
		t.Errorf("made %+v", made)
	}
	if _, ok := there.Person(made.ID); ok {
		t.Fatal("the other process knows before it looked, so that this test tests nothing")
	}
	if err := there.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, email := range []string{"ada@example.org", "ADA@example.org", " ada@example.org"} {
		if found, ok := there.ByEmail(email); !ok || found.ID != made.ID || !found.Permissions.Has(account.CreateDataset) {
			t.Errorf("%q gives %+v, %t", email, found, ok)
		}
	}
	if _, ok := there.ByEmail("ada@example.com"); ok {
		t.Error("somebody else's address finds her")
	}
}

func TestAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"Ada.Lovelace+x@Example.org": "ada.lovelace+x@example.org", "a@localhost": "a@localhost", "a@xn--bcher-kva.example": "a@xn--bcher-kva.example",
		"": "", "ada": "", "@example.org": "", "ada@": "", "a b@example.org": "", `"a"@example.org`: "", "Ada <ada@example.org>": "",
		"a@b@c.org": "", "a@example.org\nBcc: x@example.org": "", "mi\u212ae@example.org": "", "é@example.org": "", "a,b@example.org": "",
		strings.Repeat("a", 250) + "@example.org": "",
	} {
		got, err := account.CleanEmail(text)
		if got != want || (want == "") != (fault.KindOf(err) == fault.Invalid && err != nil) {
			t.Errorf("%q gives %q, %v", text, got, err)
		}
	}
}

func TestNumbersNeverComeBack(t *testing.T) {
	people := openPeople(t, dbtest.Open(t), newClock())
	first := create(t, people, "a@example.org")
	if err := people.Remove(t.Context(), account.Operator, first.ID); err != nil {
		t.Fatal(err)
	}
	if second := create(t, people, "a@example.org"); second.ID == first.ID {
		t.Error("a new person has the number of somebody who is gone")
	}
}

func TestWhoMayComeIn(t *testing.T) {
	c := newClock()
	people := openPeople(t, dbtest.Open(t), c)
	person := create(t, people, "a@example.org")
	known := func() bool {
		_, byID := people.Person(person.ID)
		_, byEmail := people.ByEmail(person.Email)
		if byID != byEmail {
			t.Error("number and address disagree")
		}
		return byID
	}
	if !known() {
		t.Fatal("a new person is not known")
	}
	if err := people.SetActive(t.Context(), account.Operator, person.ID, false); err != nil || known() {
		t.Errorf("disabled, they may still come in (%v)", err)
	}
	if err := people.SetActive(t.Context(), account.Operator, person.ID, true); err != nil || !known() {
		t.Errorf("enabled, they may not come in (%v)", err)
	}
	end := c.Now().Add(time.Hour)
	if err := people.Update(t.Context(), account.Operator, person.ID, func(d *account.Draft) { d.Expires = end }); err != nil || !known() {
		t.Errorf("an hour before the end, they may not come in (%v)", err)
	}
	c.turn(time.Hour)
	if known() {
		t.Error("at the end, they may still come in")
	}
	if p, err := people.Profile(t.Context(), account.Operator, person.ID); err != nil || !p.Expires.Equal(end) {
		t.Errorf("the profile of somebody whose account has ended: %+v, %v", p, err)
	}
}

func TestLastAdministratorStays(t *testing.T) {
	c := newClock()
	people := openPeople(t, dbtest.Open(t), c)
	if people.HasAdministrator() {
		t.Error("an empty portal has an administrator")
	}
	admin := create(t, people, "admin@example.org", account.EditDomain)
	create(t, people, "plain@example.org")
	tries := map[string]func() error{
		"removed":  func() error { return people.Remove(t.Context(), as(admin), admin.ID) },
		"disabled": func() error { return people.SetActive(t.Context(), account.Operator, admin.ID, false) },
		"stripped": func() error {
			return people.Update(t.Context(), account.Operator, admin.ID, func(d *account.Draft) { d.Permissions = 0 })
		},
		"given an end": func() error {
			return people.Update(t.Context(), account.Operator, admin.ID, func(d *account.Draft) { d.Expires = c.Now().AddDate(1, 0, 0) })
		},
	}
	for what, try := range tries {
		if err := try(); fault.KindOf(err) != fault.Conflict {
			t.Errorf("the last administrator, %s: %v", what, err)
		}
		if !people.HasAdministrator() {
			t.Fatalf("%s: gone", what)
		}
	}
	other := create(t, people, "other@example.org", account.EditDomain)
	if err := people.Remove(t.Context(), as(admin), admin.ID); err != nil {
		t.Errorf("one of two: %v", err)
	}
	if err := people.SetActive(t.Context(), account.Operator, other.ID, false); fault.KindOf(err) != fault.Conflict {
		t.Errorf("the other one then: %v", err)
	}
}

func TestEmailsAreTaken(t *testing.T) {
	people := openPeople(t, dbtest.Open(t), newClock())
	create(t, people, "a@example.org")
	b := create(t, people, "b@example.org")
	if _, err := people.Create(t.Context(), account.Operator, account.Draft{Email: "A@example.org"}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("created twice: %v", err)
	}
	if err := people.SetEmail(t.Context(), as(b), b.ID, "A@example.org"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("moved to somebody's address: %v", err)
	}
	if err := people.SetEmail(t.Context(), as(b), b.ID, "B2@example.org"); err != nil {
		t.Error(err)
	}
	if found, ok := people.ByEmail("b2@example.org"); !ok || found.ID != b.ID {
		t.Error("the new address does not find them")
	}
	if _, err := people.Register(t.Context(), "sign_up", account.Draft{Email: "c@example.org", Permissions: account.Every}); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("who signs up as an administrator: %v", err)
	}
}

func TestSeenIsADay(t *testing.T) {
	pool := dbtest.Open(t)
	c := newClock()
	people := openPeople(t, pool, c)
	person := create(t, people, "a@example.org")
	people.Saw(person.ID)
	c.turn(time.Hour)
	people.Saw(person.ID)
	if err := people.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	profiles, total, err := people.All(t.Context(), account.Operator, account.Search{Text: "A@EX"})
	if err != nil || total != 1 || !profiles[0].Seen.Equal(time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v, %d, %v", profiles, total, err)
	}
}

func TestAuditLog(t *testing.T) {
	c := newClock()
	people := openPeople(t, dbtest.Open(t), c)
	admin := create(t, people, "admin@example.org", account.EditDomain)
	person := create(t, people, "a@example.org")
	if err := people.Update(t.Context(), as(admin), person.ID, func(d *account.Draft) { d.Name = "Ada" }); err != nil {
		t.Fatal(err)
	}
	log, err := people.Log(t.Context(), as(admin), account.Events{Object: "person", Limit: 10})
	if err != nil || len(log) != 3 {
		t.Fatalf("%d events, %v", len(log), err)
	}
	if e := log[0]; e.Verb != "update" || e.Who != "person" || e.Person != admin.ID || len(e.Changes) != 1 ||
		e.Changes["name"].From != nil || string(e.Changes["name"].To) != `"Ada"` || !e.At.Equal(c.Now()) {
		t.Errorf("the update is noted as %+v", e)
	}
	if e := log[1]; e.Verb != "create" || e.Who != "operator" || string(e.Changes["email"].To) != `"a@example.org"` {
		t.Errorf("the creation is noted as %+v", e)
	}
	if err := people.Remove(t.Context(), as(admin), person.ID); err != nil {
		t.Fatal(err)
	}
	log, err = people.Log(t.Context(), as(admin), account.Events{Object: log[0].Object, Limit: 10})
	if err != nil || len(log) != 3 || log[0].Verb != "remove" {
		t.Fatalf("%+v, %v", log, err)
	}
	for _, e := range log {
		if len(e.Changes) != 0 {
			t.Errorf("the log still tells of somebody who is gone: %+v", e)
		}
	}
	c.turn(400 * 24 * time.Hour)
	if n, err := people.Sweep(t.Context()); err != nil || n != 4 {
		t.Errorf("%d old events are forgotten, %v", n, err)
	}
}
