package back_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"parvis/internal/account"
	"parvis/internal/catalog"
)

// security gives the rights on a dataset.
func (p *portal) security(t *testing.T, id string) catalog.Security {
	t.Helper()
	s, err := p.catalog.Security(t.Context(), account.Operator, id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ruled is a form about a rule: what it says but for the pairs of a name and a value.
func ruled(with ...string) url.Values {
	v := url.Values{"right": {"download_dataset"}, "rows": {"shown"}, "which": {"all"}, "unit": {"day"}, "open": {"yes"}}
	for i := 0; i < len(with); i += 2 {
		v.Set(with[i], with[i+1])
	}
	return v
}

func TestRightsOfEverybody(t *testing.T) {
	p := open(t)
	admin := p.as(t, p.admin)
	path := "/backoffice/datasets/towns/rights/"
	values := ruled("open", "no", "right", "explore_restricted_dataset", "which", "some", "filter", "people > 1000", "quota", "7", "unit", "hour")
	values["fields"] = []string{"name", "people", "none"}
	admin.does(path, path, values, "Your changes are saved.")
	got := p.security(t, "towns")
	if d := got.Default; !got.Restricted || d.Right != catalog.See || !slices.Equal(d.Fields, []string{"name", "people"}) || d.Filter != "people > 1000" || d.Quota != (account.Quota{Limit: 7, Unit: "hour"}) {
		t.Errorf("%+v", got)
	}
	admin.sees(`name="open" value="no" checked`, `value="explore_restricted_dataset" checked`, `name="fields" value="name" checked`, "people &gt; 1000")
	admin.get("/backoffice/datasets/")
	admin.sees("only some", "hidden")
	admin.does(path, path, ruled("rows", "hidden"), "Your changes are saved.")
	if got := p.security(t, "towns"); got.Restricted || !got.Default.DataHidden || got.Default.Fields != nil {
		t.Errorf("%+v", got)
	}
	admin.get("/backoffice/datasets/")
	admin.sees("The description only", "everybody")

	admin.refuses(path, path, ruled("filter", "people >"), "filter", "This filter cannot be read")
	admin.refuses(path, path, ruled("filter", "nothing = 3"), "filter", "This filter cannot be read")
	admin.refuses(path, path, ruled("which", "some"), "", "Choose at least one field")
	admin.refuses(path, path, ruled("right", "fly"), "", "Choose a right")
	admin.refuses(path, path, ruled("right", "manage_dataset"), "", "gives the right to see or to download")
	admin.refuses(path, path, ruled("quota", "x"), "quota", "Give a whole number of calls")
}

func TestFilterIsCheckedBeforeItIsSaved(t *testing.T) {
	p := open(t)
	admin := p.as(t, p.admin)
	path := "/backoffice/datasets/towns/rights/"
	before := p.security(t, "towns")
	for filter, says := range map[string]string{
		"people > 1000":                   "of 5 rows.",
		"":                                "Without a filter, all rows are shown.",
		"#attr(name, town)":               "Which rows it shows depends on who asks.",
		"people > 1000 and name is none ": "This filter cannot be read",
	} {
		admin.get(path)
		status, _ := admin.post(path, ruled("filter", filter, "check", "yes", "quota", "not looked at now"))
		if status != http.StatusOK && says != "This filter cannot be read" {
			t.Errorf("%q: %d", filter, status)
		}
		admin.sees(says)
	}
	if after := p.security(t, "towns"); after.Default.Filter != before.Default.Filter {
		t.Error("checking saves")
	}
}

func TestRightOfAPerson(t *testing.T) {
	p := open(t)
	person := p.person(t, "plain@example.org")
	if _, err := p.people.CreateGroup(t.Context(), account.Operator, account.Group{Name: "Water"}); err != nil {
		t.Fatal(err)
	}
	admin := p.as(t, p.admin)
	base := "/backoffice/datasets/towns/rights/"
	admin.does(base+"new/", base+"new/", ruled("email", "Plain@example.org", "right", "manage_dataset"), "Your changes are saved.")
	admin.sees("plain@example.org", "Manage")
	admin.does(base+"new/", base+"new/", ruled("group", "1", "right", "explore_restricted_dataset", "filter", "people > 1"), "Your changes are saved.")
	admin.sees("Water", "See: some rows, all fields")
	if got := p.security(t, "towns").Grants; len(got) != 2 {
		t.Fatalf("%+v", got)
	}
	admin.refuses(base+"new/", base+"new/", ruled("email", "plain@example.org"), "email", "There is a right for them already")
	admin.refuses(base+"new/", base+"new/", ruled("email", "nobody@example.org"), "email", "Nobody with an account")
	admin.refuses(base+"new/", base+"new/", ruled(), "email", "Give the address of a person")
	admin.refuses(base+"new/", base+"new/", ruled("email", "plain@example.org", "group", "1"), "email", "Give the address of a person")
	admin.refuses(base+"new/", base+"new/", ruled("group", "77"), "group", "There is no such group")

	// Who manages one dataset has the page of that one, and of no other.
	boss := p.as(t, person)
	if status := boss.get("/backoffice/datasets/"); status != http.StatusOK {
		t.Errorf("the list shows them %d", status)
	}
	boss.sees("towns")
	for path, want := range map[string]int{base: 200, base + "new/": 200, base + "g1/": 200, "/backoffice/datasets/notes/rights/": 403, "/backoffice/users/": 403, "/backoffice/": 200} {
		if status := boss.get(path); status != want {
			t.Errorf("%s shows them %d, not %d", path, status, want)
		}
	}
	boss.does(base+"g1/", base+"g1/", ruled("right", "edit_dataset"), "Your changes are saved.")
	boss.get(base)
	if status, to := boss.post(base+"p2/remove/", url.Values{}); status != http.StatusSeeOther || to != "/backoffice/?done=removed" {
		t.Errorf("who takes their own right away is led to %q with %d", to, status)
	}
	if got := p.security(t, "towns").Grants; len(got) != 1 || got[0].Right != catalog.Edit {
		t.Errorf("%+v", got)
	}
	admin.get("/backoffice/audit/?object=dataset")
	admin.sees("Given other rights", `<bdi>Towns by the sea</bdi>`)
}

func TestWhatSomebodyCanSee(t *testing.T) {
	p := open(t)
	person := p.person(t, "plain@example.org")
	rights := catalog.Security{Restricted: true, Default: catalog.Rule{Right: catalog.Download},
		Grants: []catalog.Grant{{Person: person.ID, Rule: catalog.Rule{Right: catalog.See, Fields: []string{"name"}, Filter: "people > 1"}}}}
	if err := p.catalog.SetSecurity(t.Context(), account.Operator, "towns", rights); err != nil {
		t.Fatal(err)
	}
	admin := p.as(t, p.admin)
	admin.get("/backoffice/users/2/access/")
	admin.sees("See: some rows, 1 of ", "limited", "Sees its description, not its rows", "See and download: everything")
	admin.get("/backoffice/users/1/access/")
	admin.sees("Manage: everything")
	if err := p.people.SetActive(t.Context(), account.Operator, person.ID, false); err != nil {
		t.Fatal(err)
	}
	admin.get("/backoffice/users/2/access/")
	admin.sees("This person cannot come in")
	other := p.person(t, "other@example.org")
	admin.get("/backoffice/users/3/access/")
	admin.sees("1 dataset is hidden from them.")
	_ = other
}

func TestRequestForADatasetIsApproved(t *testing.T) {
	p := open(t)
	person := p.person(t, "plain@example.org")
	if err := p.catalog.SetSecurity(t.Context(), account.Operator, "towns", catalog.Security{Restricted: true, Default: catalog.Rule{Right: catalog.See}}); err != nil {
		t.Fatal(err)
	}
	entry, err := p.catalog.Find(account.Operator, "towns")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.people.Ask(t.Context(), account.Actor{Person: person, Scope: account.Every}, account.RequestDraft{Dataset: entry.UID}); err != nil {
		t.Fatal(err)
	}
	boss := p.as(t, p.person(t, "manager@example.org", account.ManageDataset))
	boss.does("/backoffice/requests/1/", "/backoffice/requests/1/", url.Values{"decision": {"approve"}}, "The request is approved.")
	seen, err := p.catalog.Find(account.Actor{Person: person, Scope: account.Every}, "towns")
	if err != nil || seen.Access.Right != catalog.Download || !seen.Access.AllRows() {
		t.Errorf("%+v, %v", seen, err)
	}
}
