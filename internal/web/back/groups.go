package back

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parvis/internal/account"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/web/page"
)

// groupsPage lists groups.
type groupsPage struct {
	office
	Groups []groupLine
}

// groupLine is a group in the list.
type groupLine struct {
	account.Group
	Href    string
	Members int64
	May     string
}

func (s *Site) groups(w http.ResponseWriter, r *http.Request) error {
	p := &groupsPage{office: s.begin(w, r, "/backoffice/groups/", func(l *locale.Printer) string { return l.T("Groups") })}
	groups, err := s.people.Groups(p.By)
	if err != nil {
		return err
	}
	for _, g := range groups {
		members, err := s.people.Members(p.By, g.ID)
		if err != nil {
			return err
		}
		p.Groups = append(p.Groups, groupLine{g, p.Href(groupPath(g.ID)), int64(len(members)), page.May(p.Printer, g.Permissions)})
	}
	return s.Render(w, r, http.StatusOK, s.pages["groups"], p)
}

func groupPath(id int64) string { return "/backoffice/groups/" + strconv.FormatInt(id, 10) + "/" }

// groupPage makes or changes one group.
type groupPage struct {
	office
	Form        form
	New         bool
	Group       account.Group
	Base        string // path of the page
	Permissions []page.Permission
	Units       []unit
	Members     []memberLine
}

// memberLine is somebody in a group.
type memberLine struct {
	Called, Email, Href, Until string
	ID                         string
}

// groupPage begins the page of the group that the address names, or of a new one.
func (s *Site) groupPage(w http.ResponseWriter, r *http.Request) (*groupPage, error) {
	p := &groupPage{office: s.begin(w, r, "/backoffice/groups/", func(l *locale.Printer) string { return l.T("New group") })}
	p.Permissions, p.Units = page.Permissions(p.Printer), units(p.Printer)
	p.New, p.Base = r.PathValue("group") == "", "/backoffice/groups/new/"
	if p.New {
		return p, nil
	}
	id, err := number(r, "group")
	if err != nil {
		return nil, err
	}
	var ok bool
	if p.Group, ok = s.people.Group(id); !ok {
		return nil, fault.New(fault.NotFound, "There is no group %d.", id)
	}
	p.Title, p.Base = p.Group.Name, groupPath(id)
	members, err := s.people.Members(p.By, id)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		one, err := s.people.Profile(r.Context(), p.By, m.Person)
		if err != nil {
			return nil, err
		}
		line := memberLine{Called: cmp.Or(one.Name, one.Email), Email: one.Email, Href: p.Href(personPath(one.ID)), ID: strconv.FormatInt(one.ID, 10)}
		if !m.Expires.IsZero() {
			line.Until = p.Day(m.Expires.Add(-1))
		}
		p.Members = append(p.Members, line)
	}
	return p, nil
}

func (p *groupPage) fill() {
	g := p.Group
	p.Form.Values = url.Values{"name": {g.Name}, "description": {g.Description}, "permissions": g.Permissions.Names()}
	fillQuota(p.Form.Values, g.Quota)
}

func (s *Site) groupForm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.groupPage(w, r)
	if err != nil {
		return err
	}
	p.fill()
	return s.Render(w, r, http.StatusOK, s.pages["group"], p)
}

func (s *Site) group(w http.ResponseWriter, r *http.Request) error {
	p, err := s.groupPage(w, r)
	if err != nil {
		return err
	}
	if p.Form, err = page.Posted(r); err != nil {
		return err
	}
	given := account.Group{Name: p.Form.Of("name"), Description: p.Form.Of("description"), Permissions: held(&p.Form), Quota: quota(p.Printer, &p.Form)}
	if given.Name == "" {
		p.Form.Wrong("name", p.T("Give the group a name"))
	}
	if p.Form.Sound() {
		id, err := s.saveGroup(r, p, given)
		if err == nil {
			return p.goOn(w, r, groupPath(id), "saved")
		}
		field, conflict := "", lastAdministrator(p.Printer)
		if s.taken(p, given.Name) {
			field, conflict = "name", p.T("Another group has this name")
		}
		if err := refused(p.Printer, &p.Form, err, field, conflict); err != nil {
			return err
		}
	}
	return s.Render(w, r, http.StatusUnprocessableEntity, s.pages["group"], p)
}

func (s *Site) saveGroup(r *http.Request, p *groupPage, given account.Group) (int64, error) {
	if p.New {
		made, err := s.people.CreateGroup(r.Context(), p.By, given)
		return made.ID, err
	}
	return p.Group.ID, s.people.UpdateGroup(r.Context(), p.By, p.Group.ID, func(g *account.Group) {
		g.Name, g.Description, g.Permissions, g.Quota = given.Name, given.Description, given.Permissions, given.Quota
	})
}

// taken tells whether another group has a name.
func (s *Site) taken(p *groupPage, name string) bool {
	groups, err := s.people.Groups(p.By)
	return err == nil && slices.ContainsFunc(groups, func(g account.Group) bool {
		return strings.EqualFold(g.Name, name) && g.ID != p.Group.ID
	})
}

// members adds somebody to a group, or takes them out of it.
func (s *Site) members(w http.ResponseWriter, r *http.Request) error {
	p, err := s.groupPage(w, r)
	if err != nil {
		return err
	}
	f, err := page.Posted(r)
	if err != nil {
		return err
	}
	p.fill()
	p.Form.Values.Set("email", f.Of("email"))
	members, err := s.people.Members(p.By, p.Group.ID)
	if err != nil {
		return err
	}
	if out := chosen(&f, "remove"); len(out) > 0 {
		members = slices.DeleteFunc(members, func(m account.Member) bool { return slices.Contains(out, m.Person) })
	} else {
		one, ok := s.people.ByEmail(f.Of("email"))
		until := day(p.Printer, &f, "until")
		p.Form.Mistakes = f.Mistakes
		if !ok {
			p.Form.Wrong("email", p.T("Nobody with an account has this address"))
		} else {
			members = slices.DeleteFunc(members, func(m account.Member) bool { return m.Person == one.ID })
			members = append(members, account.Member{Person: one.ID, Expires: until})
		}
	}
	if p.Form.Sound() {
		err := s.people.SetMembers(r.Context(), p.By, p.Group.ID, members)
		if err == nil {
			return p.goOn(w, r, groupPath(p.Group.ID), "saved")
		}
		if err := refused(p.Printer, &p.Form, err, "", lastAdministrator(p.Printer)); err != nil {
			return err
		}
	}
	return s.Render(w, r, http.StatusUnprocessableEntity, s.pages["group"], p)
}

func (s *Site) groupConfirm(p *groupPage) *confirmPage {
	c := &confirmPage{office: p.office, Act: p.T("Remove for ever"), Back: p.Href(p.Base)}
	c.Title = p.T("Remove {name}?", "name", p.Group.Name)
	c.Says = []string{p.T("Its members stay, without what they hold through the group. This cannot be undone.")}
	return c
}

func (s *Site) groupRemoveForm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.groupPage(w, r)
	if err != nil {
		return err
	}
	return s.Render(w, r, http.StatusOK, s.pages["confirm"], s.groupConfirm(p))
}

func (s *Site) groupRemove(w http.ResponseWriter, r *http.Request) error {
	p, err := s.groupPage(w, r)
	if err != nil {
		return err
	}
	err = s.people.RemoveGroup(r.Context(), p.By, p.Group.ID)
	if err == nil {
		return p.goOn(w, r, "/backoffice/groups/", "removed")
	}
	c := s.groupConfirm(p)
	if err := refused(p.Printer, &c.Form, err, "", lastAdministrator(p.Printer)); err != nil {
		return err
	}
	return s.Render(w, r, http.StatusUnprocessableEntity, s.pages["confirm"], c)
}
