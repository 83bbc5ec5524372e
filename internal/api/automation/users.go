package automation

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"parvis/internal/account"
	"parvis/internal/fault"
)

// user is a person as the API shows them.
type user struct {
	Username    string              `json:"username"`
	Email       string              `json:"email"`
	First       string              `json:"first_name"`
	Last        string              `json:"last_name"`
	Display     string              `json:"display_name"`
	Active      bool                `json:"is_active"`
	Vendor      bool                `json:"is_ods"`
	Kind        string              `json:"account_type"`
	Permissions account.Permissions `json:"permissions"`
	Joined      moment              `json:"joined_at"`
	Seen        moment              `json:"last_seen_at"`
	Expires     moment              `json:"expires_at"`
	Explore     *limits             `json:"explore_limits"`
	Management  *limits             `json:"management_limits"`
	Groups      []membership        `json:"groups"`
	Providers   []string            `json:"identity_providers"`
	Language    string              `json:"language,omitempty"`
	Attributes  map[string][]string `json:"attributes"`
}

// limits is a quota.
type limits struct {
	Calls *account.Quota `json:"api_calls"`
}

func limitsOf(q account.Quota) *limits {
	if !q.Limited() {
		return nil
	}
	return &limits{Calls: &q}
}

func (l *limits) quota() account.Quota {
	if l == nil || l.Calls == nil {
		return account.Quota{}
	}
	return *l.Calls
}

// membership is being in a group.
type membership struct {
	UID     string `json:"uid"`
	Title   string `json:"title"`
	Expires moment `json:"expires_at"`
}

// username gives the name of a person in addresses: it holds nothing of the person, since addresses are logged.
func username(id int64) string { return "u" + strconv.FormatInt(id, 10) }

// personID is the way back. Kind NotFound.
func personID(name string) (int64, error) {
	digits, ok := strings.CutPrefix(name, "u")
	id, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil || id < 1 {
		return 0, fault.New(fault.NotFound, "There is no user %.60q.", name)
	}
	return id, nil
}

func (a *API) user(p account.Profile) user {
	first, last, _ := strings.Cut(p.Name, " ")
	out := user{Username: username(p.ID), Email: p.Email, First: first, Last: last, Display: cmp.Or(p.Name, p.Email),
		Active: p.Active && (p.Expires.IsZero() || a.clock().Before(p.Expires)), Kind: "local", Permissions: p.Permissions,
		Joined: moment{p.Created}, Seen: moment{p.Seen}, Expires: moment{p.Expires}, Explore: limitsOf(p.Quota),
		Groups: []membership{}, Providers: []string{}, Language: p.Language, Attributes: p.Attributes}
	for _, m := range p.Draft.Groups {
		g, _ := a.people.Group(m.Group)
		out.Groups = append(out.Groups, membership{g.UID, g.Name, moment{m.Expires}})
	}
	return out
}

func (a *API) listUsers(c *call) (int, any, error) {
	limit, offset, err := c.window()
	if err != nil {
		return 0, nil, err
	}
	found, total, err := a.people.All(c.Context(), c.actor, account.Search{Text: c.URL.Query().Get("search"), Limit: limit, Offset: offset})
	if err != nil {
		return 0, nil, err
	}
	results := make([]user, 0, len(found))
	for _, p := range found {
		results = append(results, a.user(p))
	}
	return http.StatusOK, c.paged(total, limit, offset, results), nil
}

func (a *API) getUser(c *call) (int, any, error) {
	id, err := personID(c.PathValue("username"))
	if err != nil {
		return 0, nil, err
	}
	p, err := a.people.Profile(c.Context(), c.actor, id)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, a.user(p), nil
}

// userGiven is what a request says of a person; nil is what it does not say.
type userGiven struct {
	Email       *string              `json:"email"`
	First       *string              `json:"first_name"`
	Last        *string              `json:"last_name"`
	Active      *bool                `json:"is_active"`
	Permissions *[]string            `json:"permissions"`
	Expires     given[moment]        `json:"expires_at"`
	Explore     given[*limits]       `json:"explore_limits"`
	Groups      *[]groupRef          `json:"groups"`
	Language    *string              `json:"language"`
	Attributes  *map[string][]string `json:"attributes"`

	Username   readOnly `json:"username"`
	Display    readOnly `json:"display_name"`
	Vendor     readOnly `json:"is_ods"`
	Kind       readOnly `json:"account_type"`
	Joined     readOnly `json:"joined_at"`
	Seen       readOnly `json:"last_seen_at"`
	Management readOnly `json:"management_limits"`
	Providers  readOnly `json:"identity_providers"`
}

// groupRef names a group by its UID, as a text or within an object.
type groupRef struct {
	UID     string
	Expires moment
}

// UnmarshalJSON reads either form.
func (g *groupRef) UnmarshalJSON(text []byte) error {
	if json.Unmarshal(text, &g.UID) == nil {
		return nil
	}
	var object struct {
		UID     string `json:"uid"`
		Expires moment `json:"expires_at"`
	}
	if err := json.Unmarshal(text, &object); err != nil {
		return err
	}
	g.UID, g.Expires = object.UID, object.Expires
	return nil
}

// numbers finds groups by their UIDs. Kind Invalid: there is no such group.
func (a *API) numbers(refs []groupRef) (out []account.Membership, err error) {
	for _, ref := range refs {
		g, ok := a.people.GroupByUID(ref.UID)
		if !ok {
			return nil, wrong("groups", "There is no group %.100q.", ref.UID)
		}
		out = append(out, account.Membership{Group: g.ID, Expires: ref.Expires.Time})
	}
	return out, nil
}

func (a *API) putUser(c *call) (int, any, error)   { return a.changeUser(c, true) }
func (a *API) patchUser(c *call) (int, any, error) { return a.changeUser(c, false) }

// changeUser changes a person as the request says. The whole: what it does not say is emptied, but for whether they
// may come in.
func (a *API) changeUser(c *call, whole bool) (int, any, error) {
	id, err := personID(c.PathValue("username"))
	if err != nil {
		return 0, nil, err
	}
	var said userGiven
	if err := c.read(&said); err != nil {
		return 0, nil, err
	}
	if whole && said.Email == nil {
		return 0, nil, wrong("email", "This field is required.")
	}
	edit, err := a.userEdit(said)
	if err != nil {
		return 0, nil, err
	}
	err = a.people.Update(c.Context(), c.actor, id, func(d *account.Draft) {
		if whole {
			*d = account.Draft{}
		}
		edit(d)
	})
	if err != nil {
		return 0, nil, err
	}
	if said.Active != nil {
		p, err := a.people.Profile(c.Context(), c.actor, id)
		if err == nil && p.Active != *said.Active {
			err = a.people.SetActive(c.Context(), c.actor, id, *said.Active)
		}
		if err != nil {
			return 0, nil, err
		}
	}
	return a.getUser(c)
}

// userEdit makes what changes a draft as a request says. Kind Invalid.
func (a *API) userEdit(said userGiven) (func(*account.Draft), error) {
	var groups []account.Membership
	var permissions account.Permissions
	var err error
	if said.Groups != nil {
		if groups, err = a.numbers(*said.Groups); err != nil {
			return nil, err
		}
	}
	if said.Permissions != nil {
		if permissions, err = account.ParsePermissions(*said.Permissions); err != nil {
			return nil, wrong("permissions", "%s", fault.Message(err))
		}
	}
	if said.Email != nil {
		if _, err := account.CleanEmail(*said.Email); err != nil {
			return nil, wrong("email", "%s", fault.Message(err))
		}
	}
	return func(d *account.Draft) {
		first, last, _ := strings.Cut(d.Name, " ")
		if said.First != nil || said.Last != nil {
			d.Name = strings.TrimSpace(or(said.First, first) + " " + or(said.Last, last))
		}
		d.Email, d.Language, d.Attributes = or(said.Email, d.Email), or(said.Language, d.Language), or(said.Attributes, d.Attributes)
		if said.Permissions != nil {
			d.Permissions = permissions
		}
		if said.Groups != nil {
			d.Groups = groups
		}
		if said.Expires.said {
			d.Expires = said.Expires.value.Time
		}
		if said.Explore.said {
			d.Quota = said.Explore.value.quota()
		}
	}, nil
}

// or gives what was said, or else a value.
func or[T any](said *T, value T) T {
	if said != nil {
		return *said
	}
	return value
}

func (a *API) deleteUser(c *call) (int, any, error) {
	id, err := personID(c.PathValue("username"))
	if err != nil {
		return 0, nil, err
	}
	if err := a.people.Remove(c.Context(), c.actor, id); err != nil {
		return 0, nil, err
	}
	return http.StatusNoContent, nil, nil
}
