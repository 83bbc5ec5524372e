package account_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/db/dbtest"
	"parvis/internal/fault"
)

// outbox keeps what would be sent, and fails where it is told to.
type outbox struct {
	sent []string
	fail bool
}

func (o *outbox) Invited(_ context.Context, to account.Recipient, _, by string, _ time.Time) error {
	return o.add("invited " + to.Email + " " + to.Language + " by " + by)
}

func (o *outbox) Decided(_ context.Context, to account.Recipient, dataset string, approved bool, reason string) error {
	verdict := "rejected"
	if approved {
		verdict = "approved"
	}
	return o.add(verdict + " " + to.Email + " " + dataset + " " + reason)
}

func (o *outbox) add(line string) error {
	if o.fail {
		return errors.New("no mail today")
	}
	o.sent = append(o.sent, strings.TrimSpace(line))
	return nil
}

func openWithMail(t *testing.T) (*account.People, *outbox, *clock, *sql.DB) {
	t.Helper()
	pool, c, box := dbtest.Open(t), newClock(), &outbox{}
	people, err := account.OpenPeople(t.Context(), account.PeopleOptions{DB: pool, Clock: c.Now, Mailer: box})
	if err != nil {
		t.Fatal(err)
	}
	return people, box, c, pool
}

func TestInvitation(t *testing.T) {
	people, box, c, pool := openWithMail(t)
	admin := create(t, people, "admin@example.org", account.EditDomain)
	g := group(t, people, account.Group{Name: "Editors", Permissions: account.PermissionsOf(account.EditPage)})
	draft := account.InvitationDraft{Email: "New@example.org", Language: "fr", Groups: []int64{g.ID}, Permissions: account.PermissionsOf(account.CreateDataset)}
	first, old, err := people.Invite(t.Context(), as(admin), draft)
	if err != nil {
		t.Fatal(err)
	}
	_, token, err := people.Invite(t.Context(), as(admin), draft)
	if err != nil || token == old {
		t.Fatal(token, err)
	}
	if _, err := people.Invited(t.Context(), old); fault.KindOf(err) != fault.NotFound {
		t.Errorf("the older of two invitations still opens: %v", err)
	}
	if box.sent[0] != "invited new@example.org fr by admin@example.org" || len(box.sent) != 2 {
		t.Errorf("sent: %q", box.sent)
	}
	var kept string
	if err := pool.QueryRow(`SELECT hash FROM invitations`).Scan(&kept); err != nil || strings.Contains(kept, token) {
		t.Errorf("the database holds %q, %v", kept, err)
	}
	c.turn(14*24*time.Hour - time.Second)
	if offer, err := people.Invited(t.Context(), token); err != nil || offer.Email != "new@example.org" || offer.By != admin.ID || offer.ID == first.ID {
		t.Errorf("%+v, %v", offer, err)
	}
	if _, err := people.Accept(t.Context(), token, account.Draft{Name: "New"}, func(*sql.Tx, int64) error { return errors.New("no password") }); err == nil {
		t.Error("what fails afterwards does not stop it")
	}
	person, err := people.Accept(t.Context(), token, account.Draft{Name: "New", Email: "else@example.org", Permissions: account.Every}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if person.Email != "new@example.org" || person.Permissions != account.PermissionsOf(account.CreateDataset, account.EditPage) || person.Language != "fr" || person.Name != "New" {
		t.Errorf("%+v", person)
	}
	if _, err := people.Accept(t.Context(), token, account.Draft{}, nil); fault.KindOf(err) != fault.NotFound {
		t.Errorf("taken up twice: %v", err)
	}
	if _, _, err := people.Invite(t.Context(), as(admin), draft); fault.KindOf(err) != fault.Conflict {
		t.Errorf("somebody who has an account: %v", err)
	}
	log, err := people.Log(t.Context(), as(admin), account.Events{Verb: "create", Object: "invitation", Limit: 10})
	if err != nil || len(log) != 2 || strings.Contains(text(t, log), token) {
		t.Errorf("%+v, %v", log, err)
	}
}

func TestInvitationEnds(t *testing.T) {
	people, box, c, _ := openWithMail(t)
	made, token, err := people.Invite(t.Context(), account.Operator, account.InvitationDraft{Email: "a@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	c.turn(14 * 24 * time.Hour)
	if _, err := people.Accept(t.Context(), token, account.Draft{}, nil); fault.KindOf(err) != fault.NotFound {
		t.Errorf("after 14 days: %v", err)
	}
	again, err := people.ResendInvitation(t.Context(), account.Operator, made.ID)
	if err != nil || len(box.sent) != 2 {
		t.Fatal(err, box.sent)
	}
	if _, err := people.Invited(t.Context(), token); fault.KindOf(err) != fault.NotFound {
		t.Error("the token sent before opens again")
	}
	if _, err := people.Invited(t.Context(), again); err != nil {
		t.Error(err)
	}
	if err := people.RevokeInvitation(t.Context(), account.Operator, made.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := people.Invited(t.Context(), again); fault.KindOf(err) != fault.NotFound {
		t.Error("taken back, it still opens")
	}
	for _, empty := range []string{"", "x"} {
		if _, err := people.Invited(t.Context(), empty); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the token %q: %v", empty, err)
		}
	}
	box.fail = true
	made, token, err = people.Invite(t.Context(), account.Operator, account.InvitationDraft{Email: "b@example.org"})
	if fault.KindOf(err) != fault.Unavailable || made.ID == 0 {
		t.Errorf("without mail: %+v, %v", made, err)
	}
	if _, err := people.Invited(t.Context(), token); err != nil {
		t.Errorf("without mail it does not stand: %v", err)
	}
}

func TestRequests(t *testing.T) {
	people, box, c, _ := openWithMail(t)
	admin := create(t, people, "admin@example.org", account.EditDomain)
	plain := create(t, people, "plain@example.org")
	g := group(t, people, account.Group{Name: "Readers"})
	ask := func(by account.Actor, email, dataset string) error {
		return people.Ask(t.Context(), by, account.RequestDraft{Email: email, Language: "fr", Message: "Please.\r\nThank you.", Dataset: dataset})
	}
	for range 3 {
		if err := ask(as(plain), "somebody@else.org", "da_abc123"); err != nil {
			t.Fatal(err)
		}
	}
	if err := ask(as(plain), "", ""); fault.KindOf(err) != fault.Limited {
		t.Errorf("the fourth of a day: %v", err)
	}
	if err := ask(account.Anonymous, "PLAIN@example.org", ""); fault.KindOf(err) != fault.Limited {
		t.Errorf("the fourth of a day, not signed in: %v", err)
	}
	if err := ask(account.Anonymous, "new@example.org", ""); err != nil {
		t.Fatal(err)
	}
	waiting, err := people.Requests(t.Context(), as(admin), account.Waiting)
	if err != nil || len(waiting) != 4 || waiting[3].Email != "plain@example.org" || waiting[3].Person != plain.ID || waiting[3].Message != "Please.\nThank you." {
		t.Fatalf("%+v, %v", waiting, err)
	}
	if err := people.Approve(t.Context(), as(admin), waiting[0].ID, []int64{g.ID}); err != nil {
		t.Fatal(err)
	}
	if err := people.Approve(t.Context(), as(admin), waiting[1].ID, []int64{g.ID}); err != nil {
		t.Fatal(err)
	}
	if err := people.Reject(t.Context(), as(admin), waiting[2].ID, "Not yet."); err != nil {
		t.Fatal(err)
	}
	want := "invited new@example.org fr by admin@example.org|approved plain@example.org da_abc123|rejected plain@example.org da_abc123 Not yet."
	if got := strings.Join(box.sent, "|"); got != want {
		t.Errorf("sent %q", got)
	}
	if now, _ := people.Person(plain.ID); len(now.Groups) != 1 {
		t.Errorf("approved, they are in %v", now.Groups)
	}
	if err := people.Approve(t.Context(), as(admin), waiting[2].ID, nil); fault.KindOf(err) != fault.Conflict {
		t.Errorf("rejected, then approved: %v", err)
	}
	if err := ask(account.Anonymous, "new@example", strings.Repeat("x", 101)); fault.KindOf(err) != fault.Invalid {
		t.Error("a dataset that cannot be is taken")
	}
	c.turn(25 * time.Hour)
	if err := ask(as(plain), "", ""); err != nil {
		t.Errorf("a day later: %v", err)
	}
	done, err := people.Requests(t.Context(), as(admin), account.Rejected)
	if err != nil || len(done) != 1 || done[0].DecidedBy != admin.ID || done[0].Reason != "Not yet." {
		t.Errorf("%+v, %v", done, err)
	}
}

func TestNoteLeavesSecretsOut(t *testing.T) {
	people, _, c, pool := openWithMail(t)
	tx, err := pool.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	before := map[string]any{"name": "a", "password": "hunter2", "kept": 1}
	after := map[string]any{"name": "b", "Password": "hunter3", "csrfToken": "x", "kept": 1, "new": []int{1}}
	if err := account.Note(t.Context(), tx, c.Now(), account.Anonymous, "try", "thing/1", before, after); err != nil {
		t.Fatal(err)
	}
	if err := account.Note(t.Context(), tx, c.Now(), account.Operator, "try", "thing/2", nil, "text"); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	log, err := people.Log(t.Context(), account.Operator, account.Events{Object: "thing", Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := text(t, log[1].Changes), `{"name":{"from":"a","to":"b"},"new":{"to":[1]}}`; got != want {
		t.Errorf("kept %s, want %s", got, want)
	}
	if got := text(t, log[0].Changes); got != `{"value":{"to":"text"}}` {
		t.Errorf("kept %s", got)
	}
}

func TestNothingIsLeftOfWhoIsRemoved(t *testing.T) {
	people, _, _, pool := openWithMail(t)
	_, token, err := people.Invite(t.Context(), account.Operator, account.InvitationDraft{Email: "a_da@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := people.Invite(t.Context(), account.Operator, account.InvitationDraft{Email: "abda@example.org"}); err != nil {
		t.Fatal(err)
	}
	person, err := people.Accept(t.Context(), token, account.Draft{Name: "Ada Canary"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, by := range []account.Actor{as(person), account.Anonymous} {
		if err := people.Ask(t.Context(), by, account.RequestDraft{Email: "a_da@example.org", Message: "canary"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := people.Remove(t.Context(), as(person), person.ID); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"people", "invitations", "access_requests", "audit", "memberships", "api_keys"} {
		if said := strings.ToLower(content(t, pool, table)); strings.Contains(said, "a_da") || strings.Contains(said, "canary") {
			t.Errorf("%s still says %s", table, said)
		}
	}
	log, err := people.Log(t.Context(), account.Operator, account.Events{Object: "invitation", Limit: 10})
	if err != nil || !strings.Contains(text(t, log), "abda@example.org") {
		t.Errorf("another invitation is blanked, too: %v, %v", log, err)
	}
}

// content gives all that stands in a table.
func content(t *testing.T, pool *sql.DB, table string) string {
	t.Helper()
	rows, err := pool.Query(`SELECT * FROM ` + table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&out, values...)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
