package automation

import (
	"encoding/json"
	"net/http"
	"slices"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/fault"
)

// rule is what somebody is shown of a dataset.
type rule struct {
	Visible bool           `json:"is_data_visible"`
	Fields  []string       `json:"visible_fields"` // "*" alone is every field
	Filter  string         `json:"filter_query"`
	Quota   *account.Quota `json:"api_calls_quota"`
}

func ruleOf(r catalog.Rule) rule {
	out := rule{Visible: !r.DataHidden, Fields: r.Fields, Filter: r.Filter}
	if r.Fields == nil {
		out.Fields = []string{"*"}
	}
	if r.Quota.Limited() {
		out.Quota = &r.Quota
	}
	return out
}

// UnmarshalJSON reads a rule; what is not said shows everything.
func (r *rule) UnmarshalJSON(text []byte) error {
	said := struct {
		Visible *bool          `json:"is_data_visible"`
		Fields  []string       `json:"visible_fields"`
		Filter  string         `json:"filter_query"`
		Quota   *account.Quota `json:"api_calls_quota"`
	}{}
	if err := json.Unmarshal(text, &said); err != nil {
		return err
	}
	*r = rule{Visible: or(said.Visible, true), Fields: said.Fields, Filter: said.Filter, Quota: said.Quota}
	return nil
}

func (r rule) rule(right catalog.Right) catalog.Rule {
	out := catalog.Rule{Right: right, DataHidden: !r.Visible, Fields: r.Fields, Filter: r.Filter}
	if r.Fields == nil || slices.Contains(r.Fields, "*") {
		out.Fields = nil
	}
	if r.Quota != nil {
		out.Quota = *r.Quota
	}
	return out
}

// defaults is the rule for everybody.
type defaults struct {
	Restricted bool  `json:"is_restricted"`
	Download   *bool `json:"is_download_allowed"` // ours: not said is yes
	Security   rule  `json:"default_security"`
}

// grant is the rule for a person or a group.
type grant struct {
	User        *named   `json:"user,omitempty"`
	Group       *named   `json:"group,omitempty"`
	Permissions []string `json:"permissions"`
	Security    rule     `json:"security"`
}

// named names a person or a group.
type named struct {
	Username string `json:"username,omitempty"`
	UID      string `json:"uid,omitempty"`
}

func (a *API) grant(g catalog.Grant) grant {
	out := grant{Permissions: g.Right.Names(), Security: ruleOf(g.Rule)}
	if g.Person > 0 {
		out.User = &named{Username: username(g.Person)}
		return out
	}
	found, _ := a.people.Group(g.Group)
	out.Group = &named{UID: found.UID}
	return out
}

// dataset finds the dataset that the address names, by its UID or identifier, with the rights on it. Kinds NotFound;
// Forbidden: the actor does not manage it.
func (a *API) dataset(c *call) (id string, rights catalog.Security, err error) {
	id = c.PathValue("dataset")
	entries, _ := a.catalog.All(c.actor)
	if i := slices.IndexFunc(entries, func(e *catalog.Entry) bool { return e.UID == id }); i >= 0 {
		id = entries[i].ID
	}
	rights, err = a.catalog.Security(c.Context(), c.actor, id)
	return id, rights, err
}

func (a *API) getDefault(c *call) (int, any, error) {
	_, rights, err := a.dataset(c)
	if err != nil {
		return 0, nil, err
	}
	download := rights.Default.Right >= catalog.Download
	return http.StatusOK, defaults{Restricted: rights.Restricted, Download: &download, Security: ruleOf(rights.Default)}, nil
}

func (a *API) putDefault(c *call) (int, any, error) {
	id, rights, err := a.dataset(c)
	if err != nil {
		return 0, nil, err
	}
	said := defaults{Security: rule{Visible: true}}
	if err := c.read(&said); err != nil {
		return 0, nil, err
	}
	right := catalog.Download
	if !or(said.Download, true) {
		right = catalog.See
	}
	rights.Restricted, rights.Default = said.Restricted, said.Security.rule(right)
	if err := a.catalog.SetSecurity(c.Context(), c.actor, id, rights); err != nil {
		return 0, nil, err
	}
	return a.getDefault(c)
}

// of tells whether a grant is for a person or for a group.
type of func(catalog.Grant) bool

func forUser(g catalog.Grant) bool  { return g.Person > 0 }
func forGroup(g catalog.Grant) bool { return g.Group > 0 }

func (a *API) listGrants(which of) handler {
	return func(c *call) (int, any, error) {
		_, rights, err := a.dataset(c)
		if err != nil {
			return 0, nil, err
		}
		return pageOf(c, slices.DeleteFunc(rights.Grants, func(g catalog.Grant) bool { return !which(g) }), a.grant)
	}
}

// grantee reads whom the address names: a person, or a group. Kind NotFound.
func (a *API) grantee(c *call) (catalog.Grant, error) {
	if name := c.PathValue("username"); name != "" {
		id, err := personID(name)
		return catalog.Grant{Person: id}, err
	}
	g, ok := a.people.GroupByUID(c.PathValue("group"))
	if !ok {
		return catalog.Grant{}, fault.New(fault.NotFound, "There is no group %.100q.", c.PathValue("group"))
	}
	return catalog.Grant{Group: g.ID}, nil
}

// at finds the grant that the address names among those of its dataset. Kind NotFound.
func (a *API) at(c *call) (id string, rights catalog.Security, at int, err error) {
	if id, rights, err = a.dataset(c); err != nil {
		return "", rights, 0, err
	}
	whose, err := a.grantee(c)
	if err != nil {
		return "", rights, 0, err
	}
	at = slices.IndexFunc(rights.Grants, same(whose))
	if at < 0 {
		return "", rights, 0, fault.New(fault.NotFound, "There is no right of theirs on this dataset.")
	}
	return id, rights, at, nil
}

// same tells whether a grant is for the same person or group.
func same(whose catalog.Grant) of {
	return func(g catalog.Grant) bool { return g.Person == whose.Person && g.Group == whose.Group }
}

func (a *API) getGrant(c *call) (int, any, error) {
	_, rights, at, err := a.at(c)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, a.grant(rights.Grants[at]), nil
}

// said reads a grant of a request, with whom it is for where the request says that. Kind Invalid.
func (a *API) said(c *call) (rule catalog.Rule, whose grant, err error) {
	whose.Security.Visible = true
	if err := c.read(&whose); err != nil {
		return rule, whose, err
	}
	right, err := catalog.ParseRights(whose.Permissions)
	if err != nil {
		return rule, whose, wrong("permissions", "%s", fault.Message(err))
	}
	if right == catalog.NoRight {
		return rule, whose, wrong("permissions", "This field is required: one or more of %v.", catalog.Manage.Names())
	}
	return whose.Security.rule(right), whose, nil
}

func (a *API) createGrant(which string) handler {
	return func(c *call) (int, any, error) {
		id, rights, err := a.dataset(c)
		if err != nil {
			return 0, nil, err
		}
		rule, whose, err := a.said(c)
		if err != nil {
			return 0, nil, err
		}
		made := catalog.Grant{Rule: rule}
		switch {
		case which == "user" && whose.User != nil && whose.Group == nil:
			made.Person, err = personID(whose.User.Username)
			if _, ok := a.people.Person(made.Person); err != nil || !ok {
				return 0, nil, wrong("user", "There is no user %.60q who may come in.", whose.User.Username)
			}
		case which == "group" && whose.Group != nil && whose.User == nil:
			g, ok := a.people.GroupByUID(whose.Group.UID)
			if !ok {
				return 0, nil, wrong("group", "There is no group %.100q.", whose.Group.UID)
			}
			made.Group = g.ID
		default:
			return 0, nil, wrong(which, "This field is required, and the only one of user and group.")
		}
		if slices.ContainsFunc(rights.Grants, same(made)) {
			return 0, nil, fault.New(fault.Conflict, "There is a right of theirs on this dataset already: PUT changes it.")
		}
		rights.Grants = append(slices.Clone(rights.Grants), made)
		if err := a.catalog.SetSecurity(c.Context(), c.actor, id, rights); err != nil {
			return 0, nil, err
		}
		return http.StatusCreated, a.grant(made), nil
	}
}

func (a *API) putGrant(c *call) (int, any, error) {
	id, rights, at, err := a.at(c)
	if err != nil {
		return 0, nil, err
	}
	rule, _, err := a.said(c)
	if err != nil {
		return 0, nil, err
	}
	rights.Grants = slices.Clone(rights.Grants)
	rights.Grants[at].Rule = rule
	if err := a.catalog.SetSecurity(c.Context(), c.actor, id, rights); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, a.grant(rights.Grants[at]), nil
}

func (a *API) deleteGrant(c *call) (int, any, error) {
	id, rights, at, err := a.at(c)
	if err != nil {
		return 0, nil, err
	}
	rights.Grants = slices.Delete(slices.Clone(rights.Grants), at, at+1)
	if err := a.catalog.SetSecurity(c.Context(), c.actor, id, rights); err != nil {
		return 0, nil, err
	}
	return http.StatusNoContent, nil, nil
}

// shown is a dataset in the list: as much as the rights on it need.
type shown struct {
	UID        string   `json:"uid"`
	ID         string   `json:"dataset_id"`
	Published  bool     `json:"is_published"`
	Restricted bool     `json:"is_restricted"`
	Created    moment   `json:"created_at"`
	Updated    moment   `json:"updated_at"`
	Fields     []string `json:"fields"`
}

// listDatasets gives the datasets that the actor manages, for their UIDs.
func (a *API) listDatasets(c *call) (int, any, error) {
	entries, _ := a.catalog.All(c.actor)
	wanted := c.URL.Query().Get("dataset_id")
	found := slices.DeleteFunc(slices.Clone(entries), func(e *catalog.Entry) bool {
		return e.Access.Right < catalog.Manage || wanted != "" && e.ID != wanted
	})
	return pageOf(c, found, func(e *catalog.Entry) shown {
		out := shown{UID: e.UID, ID: e.ID, Published: e.HasRecords(), Restricted: e.Restricted, Created: moment{e.Created}, Updated: moment{e.Changed}, Fields: []string{}}
		for _, f := range e.Fields {
			out.Fields = append(out.Fields, f.Name)
		}
		return out
	})
}
