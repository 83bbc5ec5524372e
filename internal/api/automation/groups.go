package automation

import (
	"net/http"
	"slices"

	"parvis/internal/account"
	"parvis/internal/fault"
)

// group is a group as the API shows it.
type group struct {
	UID         string              `json:"uid"`
	Title       string              `json:"title"`
	Description string              `json:"description"`
	Users       int                 `json:"user_count"`
	Permissions account.Permissions `json:"permissions"`
	Explore     *limits             `json:"explore_limits"`
	Management  *limits             `json:"management_limits"`
	Created     moment              `json:"created_at"`
}

func (a *API) group(c *call, g account.Group) group {
	members, _ := a.people.Members(c.actor, g.ID) // who may not know is told of none
	return group{UID: g.UID, Title: g.Name, Description: g.Description, Users: len(members), Permissions: g.Permissions,
		Explore: limitsOf(g.Quota), Created: moment{g.Created}}
}

// groupGiven is what a request says of a group; nil is what it does not say.
type groupGiven struct {
	UID         *string        `json:"uid"`
	Title       *string        `json:"title"`
	Description *string        `json:"description"`
	Permissions *[]string      `json:"permissions"`
	Explore     given[*limits] `json:"explore_limits"`

	Users      readOnly `json:"user_count"`
	Management readOnly `json:"management_limits"`
	Created    readOnly `json:"created_at"`
}

// edit makes what changes a group as a request says. Kind Invalid.
func (said groupGiven) edit() (func(*account.Group), error) {
	var permissions account.Permissions
	if said.Permissions != nil {
		var err error
		if permissions, err = account.ParsePermissions(*said.Permissions); err != nil {
			return nil, wrong("permissions", "%s", fault.Message(err))
		}
	}
	return func(g *account.Group) {
		g.UID, g.Name, g.Description = or(said.UID, g.UID), or(said.Title, g.Name), or(said.Description, g.Description)
		if said.Permissions != nil {
			g.Permissions = permissions
		}
		if said.Explore.said {
			g.Quota = said.Explore.value.quota()
		}
	}, nil
}

func (a *API) listGroups(c *call) (int, any, error) {
	groups, err := a.people.Groups(c.actor)
	if err != nil {
		return 0, nil, err
	}
	return pageOf(c, groups, func(g account.Group) group { return a.group(c, g) })
}

// named finds the group that the address names. Kinds NotFound; Forbidden: the actor may not know.
func (a *API) named(c *call) (account.Group, error) {
	if _, err := a.people.Groups(c.actor); err != nil {
		return account.Group{}, err
	}
	g, ok := a.people.GroupByUID(c.PathValue("group"))
	if !ok {
		return account.Group{}, fault.New(fault.NotFound, "There is no group %.100q.", c.PathValue("group"))
	}
	return g, nil
}

func (a *API) getGroup(c *call) (int, any, error) {
	g, err := a.named(c)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, a.group(c, g), nil
}

func (a *API) createGroup(c *call) (int, any, error) {
	var said groupGiven
	if err := c.read(&said); err != nil {
		return 0, nil, err
	}
	edit, err := said.edit()
	if err != nil {
		return 0, nil, err
	}
	if said.Title == nil {
		return 0, nil, wrong("title", "This field is required.")
	}
	var g account.Group
	edit(&g)
	if g, err = a.people.CreateGroup(c.Context(), c.actor, g); err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, a.group(c, g), nil
}

func (a *API) putGroup(c *call) (int, any, error)   { return a.changeGroup(c, true) }
func (a *API) patchGroup(c *call) (int, any, error) { return a.changeGroup(c, false) }

func (a *API) changeGroup(c *call, whole bool) (int, any, error) {
	g, err := a.named(c)
	if err != nil {
		return 0, nil, err
	}
	var said groupGiven
	if err := c.read(&said); err != nil {
		return 0, nil, err
	}
	edit, err := said.edit()
	if err != nil {
		return 0, nil, err
	}
	if whole && said.Title == nil {
		return 0, nil, wrong("title", "This field is required.")
	}
	err = a.people.UpdateGroup(c.Context(), c.actor, g.ID, func(g *account.Group) {
		if whole {
			*g = account.Group{UID: g.UID}
		}
		edit(g)
	})
	if err != nil {
		return 0, nil, err
	}
	g, _ = a.people.Group(g.ID)
	return http.StatusOK, a.group(c, g), nil
}

func (a *API) deleteGroup(c *call) (int, any, error) {
	g, err := a.named(c)
	if err != nil {
		return 0, nil, err
	}
	if err := a.people.RemoveGroup(c.Context(), c.actor, g.ID); err != nil {
		return 0, nil, err
	}
	return http.StatusNoContent, nil, nil
}

// member is somebody in a group.
type member struct {
	Username string `json:"username"`
	Email    string `json:"email"`
	Expires  moment `json:"expires_at"`
}

func (a *API) listMembers(c *call) (int, any, error) {
	g, err := a.named(c)
	if err != nil {
		return 0, nil, err
	}
	members, err := a.people.Members(c.actor, g.ID)
	if err != nil {
		return 0, nil, err
	}
	return pageOf(c, members, func(m account.Member) member {
		p, _ := a.people.Profile(c.Context(), c.actor, m.Person) // whoever is not there any more has no address
		return member{username(m.Person), p.Email, moment{m.Expires}}
	})
}

func (a *API) addMember(c *call) (int, any, error) {
	var said struct {
		Username string   `json:"username"`
		Expires  moment   `json:"expires_at"`
		Email    readOnly `json:"email"`
	}
	if err := c.read(&said); err != nil {
		return 0, nil, err
	}
	id, err := personID(said.Username)
	if err != nil {
		return 0, nil, wrong("username", "%s", fault.Message(err))
	}
	err = a.changeMembers(c, func(members []account.Member) []account.Member {
		members = slices.DeleteFunc(members, func(m account.Member) bool { return m.Person == id })
		return append(members, account.Member{Person: id, Expires: said.Expires.Time})
	})
	if err != nil {
		return 0, nil, err
	}
	p, err := a.people.Profile(c.Context(), c.actor, id)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, member{username(id), p.Email, said.Expires}, nil
}

func (a *API) removeMember(c *call) (int, any, error) {
	id, err := personID(c.PathValue("username"))
	if err != nil {
		return 0, nil, err
	}
	found := false
	err = a.changeMembers(c, func(members []account.Member) []account.Member {
		return slices.DeleteFunc(members, func(m account.Member) bool {
			found = found || m.Person == id
			return m.Person == id
		})
	})
	switch {
	case err != nil:
		return 0, nil, err
	case !found:
		return 0, nil, fault.New(fault.NotFound, "The user %s is not in this group.", username(id))
	}
	return http.StatusNoContent, nil, nil
}

// changeMembers changes who is in the group that the address names.
func (a *API) changeMembers(c *call, edit func([]account.Member) []account.Member) error {
	g, err := a.named(c)
	if err != nil {
		return err
	}
	members, err := a.people.Members(c.actor, g.ID)
	if err != nil {
		return err
	}
	return a.people.SetMembers(c.Context(), c.actor, g.ID, edit(members))
}
