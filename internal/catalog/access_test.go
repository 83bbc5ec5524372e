package catalog_test

import (
	"slices"
	"testing"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/fault"
)

// anyFilter takes every row filter but one.
func anyFilter(o *catalog.Options) {
	o.CheckFilter = func(_ []dataset.Field, filter string) error {
		if filter == "wrong" {
			return fault.New(fault.Invalid, "wrong")
		}
		return nil
	}
}

func someone(p account.Person, scope account.Permissions) account.Actor {
	p.ID = 1
	return account.Actor{Person: &p, Scope: scope}
}

// seen is what an access comes to.
type seen struct {
	known   bool
	right   catalog.Right
	data    bool
	fields  []string
	filters []string
	quota   int64
}

func see(e *catalog.Entry, err error) seen {
	if err != nil {
		return seen{}
	}
	out := seen{known: true, right: e.Access.Right, data: e.Access.Data, filters: e.Access.Filters, quota: e.Access.Quota.Limit}
	for _, f := range e.Fields {
		out.fields = append(out.fields, f.Name)
	}
	return out
}

func TestHowRulesCombine(t *testing.T) {
	c := open(t, t.TempDir(), anyFilter)
	publish(t, c, catalog.Publication{ID: "d"}, "xyz")
	all, name := []string{"name", "pop"}, []string{"name"}
	hour := func(n int64) account.Quota { return account.Quota{Limit: n, Unit: "hour"} }
	full := func(r catalog.Right) catalog.Rule { return catalog.Rule{Right: r} }
	fields := func(r catalog.Right, names ...string) catalog.Rule { return catalog.Rule{Right: r, Fields: names} }
	filter := func(r catalog.Right, text string) catalog.Rule { return catalog.Rule{Right: r, Filter: text} }
	member := someone(account.Person{Groups: []int64{5, 6}}, account.Every)
	holding := func(p ...account.Permission) account.Actor {
		return someone(account.Person{Permissions: account.PermissionsOf(p...)}, account.Every)
	}
	own := func(r catalog.Rule) catalog.Grant { return catalog.Grant{Person: 1, Rule: r} }
	group := func(id int64, r catalog.Rule) catalog.Grant { return catalog.Grant{Group: id, Rule: r} }
	const down, look, edit, publ, manage = catalog.Download, catalog.See, catalog.Edit, catalog.Publish, catalog.Manage
	for _, test := range []struct {
		name       string
		restricted bool
		rule       catalog.Rule
		grants     []catalog.Grant
		actor      account.Actor
		want       seen
	}{
		{"open, anybody", false, full(down), nil, account.Anonymous, seen{true, down, true, all, nil, 0}},
		{"open, default for anybody", false, catalog.Rule{Right: look, DataHidden: true, Fields: name, Quota: hour(3)}, nil, account.Anonymous, seen{true, look, false, name, nil, 3}},
		{"open, default for a person", false, filter(down, "f"), nil, member, seen{true, down, true, all, []string{"f"}, 0}},
		{"restricted, anybody", true, full(down), nil, account.Anonymous, seen{}},
		{"restricted, a person", true, full(down), []catalog.Grant{group(7, full(down)), {Person: 2, Rule: full(down)}}, member, seen{}},
		{"restricted, who sees every restricted one", true, filter(down, "f"), nil, holding(account.ExploreRestrictedDataset), seen{true, down, true, all, []string{"f"}, 0}},
		{"the operator", true, filter(down, "f"), nil, account.Operator, seen{true, manage, true, all, nil, 0}},
		{"who edits every dataset", true, filter(down, "f"), []catalog.Grant{own(fields(look, "name"))}, holding(account.EditDataset), seen{true, edit, true, all, nil, 0}},
		{"who publishes every dataset", true, filter(down, "f"), nil, holding(account.PublishDataset), seen{true, publ, true, all, nil, 0}},
		{"who manages every dataset", true, filter(down, "f"), nil, holding(account.ManageDataset), seen{true, manage, true, all, nil, 0}},
		{"the administrator", true, filter(down, "f"), nil, holding(account.EditDomain), seen{true, manage, true, all, nil, 0}},
		{"who may do other things", true, full(down), nil, holding(account.CreateDataset, account.EditPage, account.ExploreMonitoring), seen{}},
		{"own grant", true, full(down), []catalog.Grant{own(fields(look, "name"))}, member, seen{true, look, true, name, nil, 0}},
		{"own grant before groups'", true, full(down), []catalog.Grant{own(fields(look, "name")), group(5, full(edit))}, member, seen{true, look, true, name, nil, 0}},
		{"own grant before the default", false, full(down), []catalog.Grant{own(filter(look, "f"))}, member, seen{true, look, true, all, []string{"f"}, 0}},
		{"own grant to edit", true, full(down), []catalog.Grant{own(catalog.Rule{Right: edit, DataHidden: true, Filter: "f"})}, member, seen{true, edit, true, all, nil, 0}},
		{"group grant", true, full(down), []catalog.Grant{group(5, filter(down, "f"))}, member, seen{true, down, true, all, []string{"f"}, 0}},
		{"groups: one is full", true, full(down), []catalog.Grant{group(5, catalog.Rule{Right: down, Fields: name, Filter: "f"}), group(6, full(look))}, member, seen{true, down, true, all, nil, 0}},
		{"groups: rows of either, fields of both", true, full(down), []catalog.Grant{group(5, catalog.Rule{Right: look, Fields: []string{"name"}, Filter: "f"}), group(6, filter(down, "g"))}, member,
			seen{true, down, true, name, []string{"f", "g"}, 0}},
		{"groups: all rows of one, some fields", true, full(down), []catalog.Grant{group(5, fields(down, "name")), group(6, filter(look, "g"))}, member, seen{true, down, true, name, nil, 0}},
		{"groups: nothing in common", true, full(down), []catalog.Grant{group(5, fields(down, "name")), group(6, catalog.Rule{Right: look, Fields: []string{"pop"}, Filter: "g"})}, member,
			seen{true, down, false, nil, nil, 0}},
		{"groups: no rows from one", true, full(down), []catalog.Grant{group(5, catalog.Rule{Right: down, DataHidden: true}), group(6, catalog.Rule{Right: look, Fields: name, Filter: "g"})}, member,
			seen{true, down, true, name, []string{"g"}, 0}},
		{"groups: the wider quota", true, full(down), []catalog.Grant{group(5, catalog.Rule{Right: down, Quota: hour(3)}), group(6, catalog.Rule{Right: down, Quota: account.Quota{Limit: 100, Unit: "day"}})}, member,
			seen{true, down, true, all, nil, 100}},
		{"groups: no quota is the widest", true, full(down), []catalog.Grant{group(5, catalog.Rule{Right: down, Quota: hour(3)}), group(6, full(down))}, member, seen{true, down, true, all, nil, 0}},
		{"a key without the scope to explore", true, full(down), []catalog.Grant{own(full(manage))}, someone(account.Person{Permissions: account.Every}, account.PermissionsOf(account.EditDataset)), seen{}},
		{"the same, an open one", false, filter(down, "f"), []catalog.Grant{own(full(down))}, someone(account.Person{}, account.PermissionsOf(account.EditDataset)), seen{true, down, true, all, []string{"f"}, 0}},
		{"a key that may only explore, of an editor", true, full(down), []catalog.Grant{own(fields(edit, "name"))}, someone(account.Person{}, account.PermissionsOf(account.ExploreRestrictedDataset)), seen{true, down, true, name, nil, 0}},
		{"the same, by a group", true, full(down), []catalog.Grant{group(5, fields(manage, "name"))}, someone(account.Person{Groups: []int64{5}}, account.PermissionsOf(account.ExploreRestrictedDataset)), seen{true, down, true, name, nil, 0}},
		{"a key that may edit, of a manager", true, full(down), []catalog.Grant{own(fields(manage, "name"))},
			someone(account.Person{}, account.PermissionsOf(account.ExploreRestrictedDataset, account.EditDataset)), seen{true, edit, true, all, nil, 0}},
		{"a key of nobody", true, full(down), nil, account.Actor{Key: 9, Scope: account.Every}, seen{}},
	} {
		if err := c.SetSecurity(t.Context(), account.Operator, "d", catalog.Security{Restricted: test.restricted, Default: test.rule, Grants: test.grants}); err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		got := see(c.Find(test.actor, "d"))
		if got.known != test.want.known || got.right != test.want.right || got.data != test.want.data || got.quota != test.want.quota ||
			!slices.Equal(got.fields, test.want.fields) || !slices.Equal(got.filters, test.want.filters) {
			t.Errorf("%s:\n got %+v\nwant %+v", test.name, got, test.want)
		}
		entries, _ := c.All(test.actor)
		if len(entries) != map[bool]int{true: 1}[test.want.known] {
			t.Errorf("%s: %d datasets are listed", test.name, len(entries))
		}
	}
}

func TestKeysOfAccess(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir, anyFilter)
	publish(t, c, catalog.Publication{ID: "d"}, "xyz")
	a, b := someone(account.Person{Groups: []int64{5}}, account.Every), someone(account.Person{Groups: []int64{6}}, account.Every)
	key := func(who account.Actor) string {
		t.Helper()
		e, err := c.Find(who, "d")
		if err != nil {
			t.Fatal(err)
		}
		return e.Access.Key()
	}
	if key(account.Anonymous) != "" || key(account.Operator) != "" || key(a) != "" {
		t.Error("everybody sees everything, and some answers are not for all")
	}
	set := func(s catalog.Security) {
		t.Helper()
		if err := c.SetSecurity(t.Context(), account.Operator, "d", s); err != nil {
			t.Fatal(err)
		}
	}
	cut := catalog.Rule{Right: catalog.Download, Fields: []string{"name"}}
	set(catalog.Security{Default: cut, Grants: []catalog.Grant{{Group: 6, Rule: catalog.Rule{Right: catalog.See}}, {Group: 5, Rule: cut}}})
	if key(account.Anonymous) != "" || key(a) != "" || key(b) != key(account.Operator) || key(b) == "" {
		t.Errorf("keys: %q, %q, %q, %q", key(account.Anonymous), key(a), key(b), key(account.Operator))
	}
	whole, _ := c.Find(account.Operator, "d")
	public, _ := c.Find(account.Anonymous, "d")
	if public.Version.Hash != "" || whole.Version.Hash == "" || len(public.Version.Fields) != 1 || public.Rows() != 3 || public.Metas["default"]["records_count"] != 3.0 {
		t.Errorf("a field is hidden: %+v", public.Version)
	}
	set(catalog.Security{Restricted: true, Default: catalog.Rule{Right: catalog.Download, Filter: "#ATTR(name, x)"}})
	explorer := func(attributes map[string][]string) account.Actor {
		return someone(account.Person{Permissions: account.PermissionsOf(account.ExploreRestrictedDataset), Attributes: attributes}, account.Every)
	}
	one, two := key(explorer(map[string][]string{"x": {"1"}})), key(explorer(map[string][]string{"x": {"2"}}))
	if one == two || one == "" || one != key(explorer(map[string][]string{"x": {"1"}})) {
		t.Errorf("by attributes: %q and %q", one, two)
	}
	if e, _ := c.Find(explorer(nil), "d"); e.Rows() != 0 || e.Metas["default"]["records_count"] != nil || e.Version.Rows != 0 || e.Visibility() != "restricted" || e.Access.RecordKey == "" {
		t.Errorf("rows are filtered: %+v, %v", e.Version, e.Metas["default"]["records_count"])
	}
	again := open(t, dir, anyFilter)
	if s, err := again.Security(t.Context(), account.Operator, "d"); err != nil || !s.Restricted || s.Default.Filter != "#ATTR(name, x)" || len(s.Grants) != 0 {
		t.Errorf("opened again: %+v, %v", s, err)
	}
}

func TestSecurityIsForWhoManages(t *testing.T) {
	c := open(t, t.TempDir(), anyFilter)
	publish(t, c, catalog.Publication{ID: "d"}, "xyz")
	base := catalog.Security{Restricted: true, Default: catalog.Rule{Right: catalog.Download}, Grants: []catalog.Grant{{Person: 1, Rule: catalog.Rule{Right: catalog.Manage}}}}
	if err := c.SetSecurity(t.Context(), account.Operator, "d", base); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		who  account.Actor
		want fault.Kind
	}{
		{account.Anonymous, fault.NotFound},
		{account.Actor{Person: &account.Person{ID: 2}, Scope: account.Every}, fault.NotFound},
		{account.Actor{Person: &account.Person{ID: 2, Permissions: account.PermissionsOf(account.PublishDataset)}, Scope: account.Every}, fault.Forbidden},
		{someone(account.Person{}, account.PermissionsOf(account.ExploreRestrictedDataset, account.EditDataset)), fault.Forbidden},
		{someone(account.Person{}, account.Every), -1},
	} {
		_, err := c.Security(t.Context(), test.who, "d")
		kind := fault.Kind(-1)
		if err != nil {
			kind = fault.KindOf(err)
		}
		if kind != test.want {
			t.Errorf("%+v: %v", test.who, err)
		}
		if err := c.SetSecurity(t.Context(), test.who, "d", base); (err != nil) != (test.want >= 0) || err != nil && fault.KindOf(err) != test.want {
			t.Errorf("%+v sets it: %v", test.who, err)
		}
	}
	for name, s := range map[string]catalog.Security{
		"a field that is none":     {Default: catalog.Rule{Right: catalog.See, Fields: []string{"nope"}}},
		"a filter that is none":    {Default: catalog.Rule{Right: catalog.See, Filter: "wrong"}},
		"a default that edits":     {Default: catalog.Rule{Right: catalog.Edit}},
		"a default of no right":    {},
		"a grant to nobody":        {Default: base.Default, Grants: []catalog.Grant{{Rule: base.Default}}},
		"a grant to both":          {Default: base.Default, Grants: []catalog.Grant{{Person: 1, Group: 1, Rule: base.Default}}},
		"a grant of nothing":       {Default: base.Default, Grants: []catalog.Grant{{Person: 1}}},
		"two grants for one":       {Default: base.Default, Grants: []catalog.Grant{{Person: 1, Rule: base.Default}, {Person: 1, Rule: base.Default}}},
		"a quota of a lunar month": {Default: catalog.Rule{Right: catalog.See, Quota: account.Quota{Limit: 1, Unit: "moon"}}},
	} {
		if err := c.SetSecurity(t.Context(), account.Operator, "d", s); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s, _ := c.Security(t.Context(), account.Operator, "d"); len(s.Grants) != 1 {
		t.Errorf("what was refused has changed something: %+v", s)
	}
	unchecked := open(t, t.TempDir())
	publish(t, unchecked, catalog.Publication{ID: "d"}, "xyz")
	if err := unchecked.SetSecurity(t.Context(), account.Operator, "d", catalog.Security{Default: catalog.Rule{Right: catalog.See, Filter: "f"}}); err == nil {
		t.Error("a filter that nobody checked is taken")
	}
}

func TestRightsByName(t *testing.T) {
	for _, test := range []struct {
		names []string
		want  catalog.Right
	}{{nil, catalog.NoRight}, {[]string{"explore_restricted_dataset"}, catalog.See}, {[]string{"publish_dataset", "explore_restricted_dataset"}, catalog.Publish}, {catalog.Manage.Names(), catalog.Manage}} {
		if got, err := catalog.ParseRights(test.names); err != nil || got != test.want {
			t.Errorf("%v: %v, %v", test.names, got, err)
		}
	}
	for _, wrong := range []string{"", "edit_domain", "Manage_dataset"} {
		if _, err := catalog.ParseRights([]string{wrong}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}
