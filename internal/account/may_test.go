package account_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"parvis/internal/account"
	"parvis/internal/db/dbtest"
	"parvis/internal/fault"
)

// stage is a portal with somebody of every sort, made anew for each case.
type stage struct {
	people               *account.People
	keys                 *account.Keys
	plain, editor, admin *account.Person
	other                *account.Person // somebody else, plain
	group                account.Group   // of nobody
	invitation, request  int64
	forDataset           int64 // a request for a dataset
	plainKey, otherKey   account.Key
	actors               map[string]account.Actor
	file                 string // of the database, as it was before anything else was done
}

// again opens the portal as it was at first.
func (s *stage) again(t *testing.T) *stage {
	t.Helper()
	content, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "parvis.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	out, pool, c := *s, dbtest.OpenAt(t, path), newClock()
	out.people = openPeople(t, pool, c)
	out.keys = openKeys(t, out.people, pool, c)
	return &out
}

// newStage makes the portal.
func newStage(t *testing.T) *stage {
	t.Helper()
	path := filepath.Join(t.TempDir(), "parvis.db")
	pool, c := dbtest.OpenAt(t, path), newClock()
	s := &stage{people: openPeople(t, pool, c), file: path + ".first"}
	s.keys = openKeys(t, s.people, pool, c)
	s.admin = create(t, s.people, "admin@example.org", account.EditDomain)
	create(t, s.people, "second@example.org", account.EditDomain)
	s.editor = create(t, s.people, "editor@example.org", account.ManageDataset, account.EditDataset)
	s.plain = create(t, s.people, "plain@example.org", account.CreateDataset)
	s.other = create(t, s.people, "other@example.org")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	s.group, err = s.people.CreateGroup(t.Context(), account.Operator, account.Group{Name: "Group"})
	must(err)
	made, _, err := s.people.Invite(t.Context(), account.Operator, account.InvitationDraft{Email: "new@example.org"})
	must(err)
	s.invitation = made.ID
	must(s.people.Ask(t.Context(), account.Anonymous, account.RequestDraft{Email: "asking@example.org"}))
	must(s.people.Ask(t.Context(), as(s.other), account.RequestDraft{Dataset: "da_abc123"}))
	requests, err := s.people.Requests(t.Context(), account.Operator, "")
	must(err)
	s.forDataset, s.request = requests[0].ID, requests[1].ID
	s.plainKey, _, err = s.keys.Create(t.Context(), as(s.plain), account.KeyDraft{Label: "plain", Owner: s.plain.ID, Scope: account.Every})
	must(err)
	s.otherKey, _, err = s.keys.Create(t.Context(), as(s.other), account.KeyDraft{Label: "other", Owner: s.other.ID, Scope: account.Every})
	must(err)
	narrow := account.PermissionsOf(account.CreateDataset)
	s.actors = map[string]account.Actor{
		"anonymous":          account.Anonymous,
		"plain":              as(s.plain),
		"plain, whole key":   {Person: s.plain, Key: s.plainKey.ID, Scope: account.Every},
		"plain, narrow key":  {Person: s.plain, Key: 99, Scope: narrow},
		"plain, application": {Person: s.plain, Application: true, Scope: account.Every},
		"editor":             as(s.editor),
		"admin":              as(s.admin),
		"admin, narrow key":  {Person: s.admin, Key: 98, Scope: narrow},
		"admin, wide key":    {Person: s.admin, Key: 97, Scope: account.PermissionsOf(account.EditDomain)},
		"key without anyone": {Key: 96, Scope: account.Every},
		"operator":           account.Operator,
	}
	_, err = pool.Exec(`VACUUM INTO $1`, s.file)
	must(err)
	return s
}

// TestWhoMayDoWhat holds every method to who may call it. Whoever is not named is refused, and refusing changes nothing.
func TestWhoMayDoWhat(t *testing.T) {
	admins := []string{"admin", "admin, wide key", "operator"}
	managers := append([]string{"editor"}, admins...)
	self := append([]string{"plain", "plain, whole key"}, admins...)
	ctx := context.Background()
	cases := []struct {
		name string
		may  []string
		do   func(s *stage, by account.Actor) error
	}{
		{"list people", admins, func(s *stage, by account.Actor) error {
			_, _, err := s.people.All(ctx, by, account.Search{})
			return err
		}},
		{"see one's profile", self, func(s *stage, by account.Actor) error { _, err := s.people.Profile(ctx, by, s.plain.ID); return err }},
		{"see a profile", admins, func(s *stage, by account.Actor) error { _, err := s.people.Profile(ctx, by, s.other.ID); return err }},
		{"see a profile that is not there", nil, func(s *stage, by account.Actor) error { _, err := s.people.Profile(ctx, by, 999); return err }},
		{"create", admins, func(s *stage, by account.Actor) error {
			_, err := s.people.Create(ctx, by, account.Draft{Email: "x@example.org"})
			return err
		}},
		{"rename oneself", self, func(s *stage, by account.Actor) error {
			return s.people.Update(ctx, by, s.plain.ID, func(d *account.Draft) { d.Name, d.Language = "P", "fr" })
		}},
		{"rename another", admins, func(s *stage, by account.Actor) error {
			return s.people.Update(ctx, by, s.other.ID, func(d *account.Draft) { d.Name = "O" })
		}},
		{"give oneself a permission", admins, func(s *stage, by account.Actor) error {
			return s.people.Update(ctx, by, s.plain.ID, func(d *account.Draft) { d.Permissions = account.Every })
		}},
		{"join a group", admins, func(s *stage, by account.Actor) error {
			return s.people.Update(ctx, by, s.plain.ID, func(d *account.Draft) { d.Groups = []account.Membership{{Group: s.group.ID}} })
		}},
		{"say something of oneself for row filters", admins, func(s *stage, by account.Actor) error {
			return s.people.Update(ctx, by, s.plain.ID, func(d *account.Draft) { d.Attributes = map[string][]string{"town": {"Lyon"}} })
		}},
		{"give oneself a quota", admins, func(s *stage, by account.Actor) error {
			return s.people.Update(ctx, by, s.plain.ID, func(d *account.Draft) { d.Quota = account.Quota{Limit: 9, Unit: "day"} })
		}},
		{"move one's address unproved", admins, func(s *stage, by account.Actor) error {
			return s.people.Update(ctx, by, s.plain.ID, func(d *account.Draft) { d.Email = "p@example.org" })
		}},
		{"move one's address", self, func(s *stage, by account.Actor) error { return s.people.SetEmail(ctx, by, s.plain.ID, "p@example.org") }},
		{"move another's address", admins, func(s *stage, by account.Actor) error { return s.people.SetEmail(ctx, by, s.other.ID, "o@example.org") }},
		{"disable oneself", admins, func(s *stage, by account.Actor) error { return s.people.SetActive(ctx, by, s.plain.ID, false) }},
		{"disable", admins, func(s *stage, by account.Actor) error { return s.people.SetActive(ctx, by, s.other.ID, false) }},
		{"remove oneself", self, func(s *stage, by account.Actor) error { return s.people.Remove(ctx, by, s.plain.ID) }},
		{"remove another", admins, func(s *stage, by account.Actor) error { return s.people.Remove(ctx, by, s.other.ID) }},

		{"list groups", managers, func(s *stage, by account.Actor) error { _, err := s.people.Groups(by); return err }},
		{"list members", admins, func(s *stage, by account.Actor) error { _, err := s.people.Members(by, s.group.ID); return err }},
		{"create a group", admins, func(s *stage, by account.Actor) error {
			_, err := s.people.CreateGroup(ctx, by, account.Group{Name: "New"})
			return err
		}},
		{"change a group", admins, func(s *stage, by account.Actor) error {
			return s.people.UpdateGroup(ctx, by, s.group.ID, func(g *account.Group) { g.Permissions = account.Every })
		}},
		{"remove a group", admins, func(s *stage, by account.Actor) error { return s.people.RemoveGroup(ctx, by, s.group.ID) }},
		{"fill a group", admins, func(s *stage, by account.Actor) error {
			return s.people.SetMembers(ctx, by, s.group.ID, []account.Member{{Person: s.plain.ID}})
		}},

		{"invite", admins, func(s *stage, by account.Actor) error {
			_, _, err := s.people.Invite(ctx, by, account.InvitationDraft{Email: "x@example.org"})
			return err
		}},
		{"invite whoever has the link", []string{"operator"}, func(s *stage, by account.Actor) error {
			_, _, err := s.people.Invite(ctx, by, account.InvitationDraft{})
			return err
		}},
		{"list invitations", admins, func(s *stage, by account.Actor) error { _, err := s.people.Invitations(ctx, by); return err }},
		{"send again", admins, func(s *stage, by account.Actor) error {
			_, err := s.people.ResendInvitation(ctx, by, s.invitation)
			return err
		}},
		{"take an invitation back", admins, func(s *stage, by account.Actor) error { return s.people.RevokeInvitation(ctx, by, s.invitation) }},
		{"list requests", managers, func(s *stage, by account.Actor) error { _, err := s.people.Requests(ctx, by, ""); return err }},
		{"approve", admins, func(s *stage, by account.Actor) error { return s.people.Approve(ctx, by, s.request, nil) }},
		{"approve for a dataset", managers, func(s *stage, by account.Actor) error { return s.people.Approve(ctx, by, s.forDataset, nil) }},
		{"approve for a dataset, into a group", admins, func(s *stage, by account.Actor) error {
			return s.people.Approve(ctx, by, s.forDataset, []int64{s.group.ID})
		}},
		{"reject", admins, func(s *stage, by account.Actor) error { return s.people.Reject(ctx, by, s.request, "no") }},

		{"list one's keys", self, func(s *stage, by account.Actor) error { _, err := s.keys.List(ctx, by, s.plain.ID); return err }},
		{"list another's keys", admins, func(s *stage, by account.Actor) error { _, err := s.keys.List(ctx, by, s.other.ID); return err }},
		{"list all keys", admins, func(s *stage, by account.Actor) error { _, err := s.keys.List(ctx, by, 0); return err }},
		{"make a key", []string{"plain", "plain, whole key", "operator"}, func(s *stage, by account.Actor) error {
			_, _, err := s.keys.Create(ctx, by, account.KeyDraft{Label: "x", Owner: s.plain.ID, Scope: account.Every})
			return err
		}},
		{"make a key beyond one's rights", nil, func(s *stage, by account.Actor) error {
			_, _, err := s.keys.Create(ctx, by, account.KeyDraft{Label: "x", Owner: s.plain.ID, Scope: account.PermissionsOf(account.EditDomain)})
			return err
		}},
		{"make a key without an owner", []string{"operator"}, func(s *stage, by account.Actor) error {
			_, _, err := s.keys.Create(ctx, by, account.KeyDraft{Label: "x", Scope: account.Every})
			return err
		}},
		{"change a key", []string{"plain", "plain, whole key", "operator"}, func(s *stage, by account.Actor) error {
			return s.keys.Update(ctx, by, s.plainKey.ID, func(d *account.KeyDraft) { d.Label = "y" })
		}},
		{"revoke one's key", self, func(s *stage, by account.Actor) error { return s.keys.Revoke(ctx, by, s.plainKey.ID, "") }},
		{"revoke another's key", admins, func(s *stage, by account.Actor) error { return s.keys.Revoke(ctx, by, s.otherKey.ID, "") }},

		{"read the audit log", admins, func(s *stage, by account.Actor) error { _, err := s.people.Log(ctx, by, account.Events{}); return err }},
		{"read its verbs", admins, func(s *stage, by account.Actor) error { _, err := s.people.Verbs(ctx, by); return err }},
	}
	first := newStage(t)
	for _, c := range cases {
		shared := first.again(t) // by those who are refused, after whom it is as before
		for who := range shared.actors {
			t.Run(c.name+"/"+who, func(t *testing.T) {
				s := shared
				if contains(c.may, who) {
					s = first.again(t)
				}
				before := dump(t, s)
				err := c.do(s, s.actors[who])
				if may := contains(c.may, who); may != (err == nil) {
					t.Fatalf("may: %t, but got %v", may, err)
				}
				var told *fault.Error
				switch kind := fault.KindOf(err); {
				case err == nil:
					return
				case !errors.As(err, &told) || kind == fault.Internal:
					t.Errorf("refused by %v", err)
				case who == "anonymous" && kind != fault.Unauthenticated && kind != fault.NotFound:
					t.Errorf("somebody unknown is refused as %v", err)
				}
				if after := dump(t, s); before != after {
					t.Errorf("what was refused has changed something: %s, then %s", before, after)
				}
			})
		}
	}
}

// dump tells all that the room keeps.
func dump(t *testing.T, s *stage) string {
	t.Helper()
	ctx, op := t.Context(), account.Operator
	people, _, err1 := s.people.All(ctx, op, account.Search{})
	groups, err2 := s.people.Groups(op)
	invitations, err3 := s.people.Invitations(ctx, op)
	requests, err4 := s.people.Requests(ctx, op, "")
	keys, err5 := s.keys.List(ctx, op, 0)
	log, err6 := s.people.Log(ctx, op, account.Events{Limit: 1000})
	if err := errors.Join(err1, err2, err3, err4, err5, err6); err != nil {
		t.Fatal(err)
	}
	return text(t, []any{people, groups, invitations, requests, keys, len(log)})
}
