package back_test

import (
	"net/url"
	"slices"
	"testing"

	"parvis/internal/account"
)

func TestPeopleTable(t *testing.T) {
	p := open(t)
	p.furnish(t)
	p.person(t, "plain@example.org")
	admin := p.as(t, p.admin)
	admin.get("/backoffice/users/")
	admin.sees("2 people", "May do everything: administers the portal", "Sees what is open to everybody", "Éditeurs &lt;b&gt;", "1 invitation waits",
		`<td data-label="Second factor">yes</td>`, `<td data-label="Second factor">no</td>`, `<td data-label="Last seen">never</td>`)
	admin.get("/backoffice/users/?q=PLAIN")
	admin.sees("1 person")
	admin.get("/backoffice/users/?group=1")
	admin.sees("1 person", "admin@example.org")
	admin.get("/backoffice/users/?q=nobody")
	admin.sees("0 people", "Nobody is found")
}

func TestPersonIsChanged(t *testing.T) {
	p := open(t)
	p.furnish(t)
	person := p.person(t, "plain@example.org")
	admin := p.as(t, p.admin)
	path := "/backoffice/users/2/"
	values := func(with ...string) url.Values {
		v := url.Values{"email": {"plain@example.org"}, "name": {"Ada"}, "language": {"ar"}, "groups": {"1"}, "until-1": {"2999-12-31"}, "permissions": {"create_dataset", "edit_page"},
			"quota": {"100"}, "unit": {"hour"}, "expires": {"2999-01-31"}, "attributes": {"town = Lyon\ntown = Nantes\n\nrole=a=b"}}
		for i := 0; i < len(with); i += 2 {
			v.Set(with[i], with[i+1])
		}
		return v
	}
	admin.does(path, path, values(), "Your changes are saved.")
	got, err := p.people.Profile(t.Context(), account.Operator, person.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got.Name != "Ada" || got.Language != "ar" || got.Permissions != account.PermissionsOf(account.CreateDataset, account.EditPage) ||
		got.Quota != (account.Quota{Limit: 100, Unit: "hour"}) || got.Expires.Format("2006-01-02 15:04") != "2999-02-01 00:00" ||
		!slices.Equal(got.Attributes["town"], []string{"Lyon", "Nantes"}) || got.Attributes["role"][0] != "a=b" ||
		len(got.Draft.Groups) != 1 || got.Draft.Groups[0].Expires.Format("2006-01-02") != "3000-01-01" {
		t.Errorf("%+v", got)
	}
	admin.sees(`value="2999-01-31"`, `value="2999-12-31"`, "town = Lyon", "May change all pages, make datasets, change all datasets", "Has no second factor.", "until ")
	admin.does(path, path, values(), "Your changes are saved.") // the same again changes nothing
	if again, _ := p.people.Profile(t.Context(), account.Operator, person.ID); !again.Expires.Equal(got.Expires) {
		t.Errorf("an end moves from %v to %v when it is saved again", got.Expires, again.Expires)
	}

	admin.refuses(path, path, values("email", "nobody"), "email", "Give an e-mail address")
	admin.refuses(path, path, values("email", "ADMIN@example.org"), "email", "Somebody else has this address")
	admin.refuses(path, path, values("quota", "-7"), "quota", "Give a whole number of calls")
	admin.refuses(path, path, values("quota", "7", "unit", "week"), "quota", "Give a whole number of calls")
	admin.refuses(path, path, values("expires", "tomorrow"), "expires", "Give a day")
	admin.refuses(path, path, values("until-1", "x"), "until-1", "Give a day")
	admin.refuses(path, path, values("attributes", "town"), "attributes", "Write each line as name = value")
	admin.refuses(path, path, values("permissions", "fly"), "", "no permission")
	admin.refuses(path, path, values("groups", "77"), "", "There is no group 77")
	admin.refuses("/backoffice/users/1/", "/backoffice/users/1/", url.Values{"email": {"admin@example.org"}}, "", "Nobody would be left who administers the portal")
}

func TestPersonIsDisabledAndRemoved(t *testing.T) {
	p := open(t)
	person := p.person(t, "plain@example.org")
	admin := p.as(t, p.admin)
	admin.does("/backoffice/users/2/", "/backoffice/users/2/active/", url.Values{"active": {"no"}}, "cannot come in any more")
	if _, ok := p.people.Person(person.ID); ok {
		t.Error("they may still come in")
	}
	admin.sees("disabled", "Enable again")
	admin.does("/backoffice/users/2/", "/backoffice/users/2/active/", url.Values{"active": {"yes"}}, "may come in again")
	admin.refuses("/backoffice/users/1/", "/backoffice/users/1/active/", url.Values{"active": {"no"}}, "", "Nobody would be left")
	admin.refuses("/backoffice/users/1/remove/", "/backoffice/users/1/remove/", url.Values{}, "", "Nobody would be left")
	admin.does("/backoffice/users/2/remove/", "/backoffice/users/2/remove/", url.Values{}, "This is removed.")
	if _, err := p.people.Profile(t.Context(), account.Operator, person.ID); err == nil {
		t.Error("they are still there")
	}
	admin.get("/backoffice/audit/")
	admin.sees("somebody who is gone (number 2)", "Removed", "Shut out")
}

func TestInvitationByPage(t *testing.T) {
	p := open(t)
	p.furnish(t)
	admin := p.as(t, p.admin)
	path := "/backoffice/users/invite/"
	admin.does(path, path, url.Values{"email": {"New@example.org"}, "language": {"fr"}, "groups": {"1"}, "permissions": {"create_page"}}, "The invitation is on its way.")
	admin.sees("new@example.org", "May make pages, change all datasets")
	if last := p.mail.to[len(p.mail.to)-1]; last != "new@example.org fr" {
		t.Errorf("sent to %q", last)
	}
	admin.refuses(path, path, url.Values{"email": {"x"}, "language": {"fr"}}, "email", "Give an e-mail address")
	admin.refuses(path, path, url.Values{"email": {"admin@example.org"}}, "email", "has an account already")
	list := "/backoffice/users/invitations/"
	admin.does(list, list+"2/resend/", url.Values{}, "on its way")
	admin.does(list, list+"2/revoke/", url.Values{}, "ended for ever")
	if left, _ := p.people.Invitations(t.Context(), account.Operator); len(left) != 1 {
		t.Errorf("%d invitations are left", len(left))
	}
}

func TestGroupByPage(t *testing.T) {
	p := open(t)
	person := p.person(t, "plain@example.org")
	admin := p.as(t, p.admin)
	path := "/backoffice/groups/new/"
	admin.does(path, path, url.Values{"name": {"Water"}, "description": {"Those of the water service"}, "permissions": {"create_dataset"}, "quota": {"5"}, "unit": {"second"}}, "Your changes are saved.")
	own := "/backoffice/groups/1/"
	admin.refuses(path, path, url.Values{"name": {""}}, "name", "Give the group a name")
	admin.refuses(path, path, url.Values{"name": {"WATER"}}, "name", "Another group has this name")
	admin.does(own, own+"members/", url.Values{"email": {"Plain@example.org"}, "until": {"2999-01-01"}}, "Your changes are saved.")
	if now, _ := p.people.Person(person.ID); !now.Permissions.Has(account.CreateDataset) || now.Quota.Limit != 5 {
		t.Errorf("%+v", now)
	}
	admin.sees("plain@example.org", "January 1, 2999"[len("January "):])
	admin.refuses(own, own+"members/", url.Values{"email": {"nobody@example.org"}}, "email", "Nobody with an account")
	admin.refuses(own, own+"members/", url.Values{"email": {"plain@example.org"}, "until": {"x"}}, "until", "Give a day")
	admin.does(own, own+"members/", url.Values{"remove": {"2"}}, "Your changes are saved.")
	admin.sees("Nobody is in this group yet.")
	admin.does(own, own, url.Values{"name": {"Air"}}, "Your changes are saved.")
	admin.does(own+"remove/", own+"remove/", url.Values{}, "This is removed.")
	if groups, _ := p.people.Groups(account.Operator); len(groups) != 0 {
		t.Error("the group is still there")
	}
}

func TestRequestByPage(t *testing.T) {
	p := open(t)
	p.furnish(t)
	person := p.person(t, "plain@example.org")
	if err := p.people.Ask(t.Context(), account.Actor{Person: person, Scope: account.Every}, account.RequestDraft{Message: "Please."}); err != nil {
		t.Fatal(err)
	}
	admin := p.as(t, p.admin)
	admin.refuses("/backoffice/requests/2/", "/backoffice/requests/2/", url.Values{"reason": {"Kept reason"}}, "", "Choose whether")
	admin.sees("Kept reason")
	admin.does("/backoffice/requests/2/", "/backoffice/requests/2/", url.Values{"decision": {"approve"}, "groups": {"1"}}, "The request is approved.")
	if now, _ := p.people.Person(person.ID); len(now.Groups) != 1 {
		t.Error("they are not in the group")
	}
	admin.does("/backoffice/requests/1/", "/backoffice/requests/1/", url.Values{"decision": {"reject"}, "reason": {"Not now."}}, "The request is refused.")
	admin.sees("Nobody waits for an answer.")
	admin.get("/backoffice/requests/1/")
	admin.sees("Not now.", "refused", "by admin@example.org")
}

func TestKeyIsRevokedByPage(t *testing.T) {
	p := open(t)
	person := p.person(t, "plain@example.org")
	_, secret, err := p.keys.Create(t.Context(), account.Actor{Person: person, Scope: account.Every}, account.KeyDraft{Label: "script", Owner: person.ID, Scope: account.PermissionsOf(account.EditDataset)})
	if err != nil {
		t.Fatal(err)
	}
	admin := p.as(t, p.admin)
	admin.get("/backoffice/keys/")
	admin.sees("script", "plain@example.org", "May change all datasets")
	admin.does("/backoffice/keys/1/revoke/", "/backoffice/keys/1/revoke/", url.Values{"reason": {"Lost <it>"}}, "This has ended for ever.")
	admin.sees("revoked on", "Lost &lt;it&gt;")
	if _, err := p.keys.Authenticate(t.Context(), secret); err == nil {
		t.Error("the key still opens")
	}
	admin.refuses("/backoffice/keys/1/revoke/", "/backoffice/keys/1/revoke/", url.Values{}, "", "revoked already")
}

func TestAuditLogByPage(t *testing.T) {
	p := open(t)
	person := p.person(t, "plain@example.org")
	by := account.Actor{Person: p.admin, Key: 7, Scope: account.Every}
	for _, name := range []string{"Ada", "Ada <b>"} {
		if err := p.people.Update(t.Context(), by, person.ID, func(d *account.Draft) { d.Name = name }); err != nil {
			t.Fatal(err)
		}
	}
	admin := p.as(t, p.admin)
	admin.get("/backoffice/audit/?verb=update")
	admin.sees("<ins><bdi>Ada &lt;b&gt;</bdi></ins>", "<del><bdi>Ada</bdi></del>", "with the key 7", `<a href="/backoffice/users/1/"><bdi>admin@example.org</bdi></a>`)
	for range 60 {
		if err := p.people.SetActive(t.Context(), account.Operator, person.ID, true); err != nil {
			t.Fatal(err)
		}
	}
	admin.get("/backoffice/audit/?object=person/2")
	admin.sees("Older changes", "before=")
	admin.get("/backoffice/audit/?person=1")
	admin.sees("Only by", "Changed")
}
