package account_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/db/dbtest"
	"parvis/internal/fault"
)

func contains(list []string, one string) bool { return slices.Contains(list, one) }

func text(t *testing.T, value any) string {
	t.Helper()
	out, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func group(t *testing.T, people *account.People, g account.Group, members ...account.Member) account.Group {
	t.Helper()
	made, err := people.CreateGroup(t.Context(), account.Operator, g)
	if err != nil {
		t.Fatal(err)
	}
	if err := people.SetMembers(t.Context(), account.Operator, made.ID, members); err != nil {
		t.Fatal(err)
	}
	return made
}

func TestMembersHoldWhatTheirGroupsHold(t *testing.T) {
	c := newClock()
	people := openPeople(t, dbtest.Open(t), c)
	person := create(t, people, "a@example.org", account.EditPage)
	until := c.Now().Add(time.Hour)
	one := group(t, people, account.Group{Name: "Éditeurs", Permissions: account.PermissionsOf(account.CreateDataset)}, account.Member{Person: person.ID, Expires: until})
	two := group(t, people, account.Group{Name: "Publishers", Permissions: account.PermissionsOf(account.PublishDataset)}, account.Member{Person: person.ID})
	if one.UID != "diteurs" || two.UID != "publishers" {
		t.Errorf("identifiers %q, %q", one.UID, two.UID)
	}
	now, _ := people.Person(person.ID)
	if want := account.PermissionsOf(account.EditPage, account.CreateDataset, account.PublishDataset); now.Permissions != want || !slices.Equal(now.Groups, []int64{one.ID, two.ID}) {
		t.Errorf("they hold %v in %v", now.Permissions.Names(), now.Groups)
	}
	c.turn(time.Hour)
	now, _ = people.Person(person.ID)
	if want := account.PermissionsOf(account.EditPage, account.PublishDataset); now.Permissions != want || !slices.Equal(now.Groups, []int64{two.ID}) {
		t.Errorf("after a membership has ended they hold %v in %v", now.Permissions.Names(), now.Groups)
	}
	if err := people.RemoveGroup(t.Context(), account.Operator, two.ID); err != nil {
		t.Fatal(err)
	}
	if now, _ = people.Person(person.ID); now.Permissions != account.PermissionsOf(account.EditPage) {
		t.Errorf("without groups they hold %v", now.Permissions.Names())
	}
}

func TestQuotaIsOwnElseTheWidest(t *testing.T) {
	people := openPeople(t, dbtest.Open(t), newClock())
	person := create(t, people, "a@example.org")
	quota := func() account.Quota { now, _ := people.Person(person.ID); return now.Quota }
	if quota().Limited() {
		t.Error("there is a limit where none was set")
	}
	group(t, people, account.Group{Name: "No limit"}, account.Member{Person: person.ID})
	group(t, people, account.Group{Name: "Slow", Quota: account.Quota{Limit: 1000, Unit: "day"}}, account.Member{Person: person.ID})
	group(t, people, account.Group{Name: "Fast", Quota: account.Quota{Limit: 100, Unit: "hour"}}, account.Member{Person: person.ID})
	if got := quota(); got != (account.Quota{Limit: 100, Unit: "hour"}) {
		t.Errorf("of 1000 a day and 100 an hour, the widest is %+v", got)
	}
	own := account.Quota{Limit: 0, Unit: "month"}
	if err := people.Update(t.Context(), account.Operator, person.ID, func(d *account.Draft) { d.Quota = own }); err != nil {
		t.Fatal(err)
	}
	if got := quota(); got != own || !got.Limited() {
		t.Errorf("their own of none at all gives %+v", got)
	}
	for _, q := range []account.Quota{{Limit: 1}, {Limit: 1, Unit: "week"}, {Limit: -1, Unit: "day"}} {
		err := people.Update(t.Context(), account.Operator, person.ID, func(d *account.Draft) { d.Quota = q })
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", q, err)
		}
	}
}

func TestLastAdministratorStaysThroughAGroup(t *testing.T) {
	c := newClock()
	people := openPeople(t, dbtest.Open(t), c)
	person := create(t, people, "a@example.org")
	g := group(t, people, account.Group{Name: "Admins", Permissions: account.PermissionsOf(account.EditDomain)}, account.Member{Person: person.ID})
	now, _ := people.Person(person.ID)
	if !as(now).May(account.EditPage) || !people.HasAdministrator() {
		t.Fatal("a member of the administrators' group does not administer")
	}
	for what, err := range map[string]error{
		"group removed":    people.RemoveGroup(t.Context(), as(now), g.ID),
		"group emptied":    people.SetMembers(t.Context(), as(now), g.ID, nil),
		"membership ends":  people.SetMembers(t.Context(), as(now), g.ID, []account.Member{{Person: person.ID, Expires: c.Now().AddDate(1, 0, 0)}}),
		"group stripped":   people.UpdateGroup(t.Context(), as(now), g.ID, func(g *account.Group) { g.Permissions = 0 }),
		"person removed":   people.Remove(t.Context(), account.Operator, person.ID),
		"person disabled":  people.SetActive(t.Context(), as(now), person.ID, false),
		"person out of it": people.Update(t.Context(), as(now), person.ID, func(d *account.Draft) { d.Groups = nil }),
	} {
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestGroupNames(t *testing.T) {
	people := openPeople(t, dbtest.Open(t), newClock())
	first := group(t, people, account.Group{Name: "Water service"})
	for _, bad := range []account.Group{{}, {Name: " "}, {Name: "a\nb"}, {Name: "X", UID: "Has Space"}, {Name: "X", UID: "../x"}} {
		if _, err := people.CreateGroup(t.Context(), account.Operator, bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if _, err := people.CreateGroup(t.Context(), account.Operator, account.Group{Name: "WATER SERVICE"}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("the same name: %v", err)
	}
	second := group(t, people, account.Group{Name: "Water, service"})
	if second.UID != "water-service-2" {
		t.Errorf("identifier %q", second.UID)
	}
	if third := group(t, people, account.Group{Name: "الماء"}); third.UID != "group" {
		t.Errorf("identifier %q", third.UID)
	}
	if found, ok := people.GroupByUID("water-service"); !ok || found.ID != first.ID {
		t.Errorf("found %+v", found)
	}
	if err := people.SetMembers(t.Context(), account.Operator, first.ID, []account.Member{{Person: 77}}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("somebody who is not there: %v", err)
	}
}
