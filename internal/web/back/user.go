package back

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"

	"parvis/internal/account"
	"parvis/internal/locale"
	"parvis/internal/web/page"
)

// userPage shows and changes one person.
type userPage struct {
	office
	Form        form
	One         account.Profile
	Who         string // what they are called
	Base        string // path of the page
	Permissions []page.Permission
	Groups      []groupChoice
	Units       []unit
	Tongues     []locale.Language
	May         string
	State       string
	Keys        []keyLine
	Second      string // whether they have a second factor, in words; "" where that is not known
}

// groupChoice is a group that a person may be put into.
type groupChoice struct {
	account.Group
	Value, Field, Until string // until is a day, "" for no end
	On                  bool
}

func (s *Site) userForm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.userPage(w, r)
	if err != nil {
		return err
	}
	p.Form.Values = filledIn(p.One)
	return s.showUser(w, r, p, http.StatusOK)
}

// filledIn gives what the form says of a person before anything is changed.
func filledIn(one account.Profile) url.Values {
	values := url.Values{"email": {one.Email}, "name": {one.Name}, "language": {one.Language}, "permissions": one.Permissions.Names()}
	for _, m := range one.Draft.Groups {
		id := strconv.FormatInt(m.Group, 10)
		values.Add("groups", id)
		fillDay(values, "until-"+id, m.Expires)
	}
	fillQuota(values, one.Quota)
	fillDay(values, "expires", one.Expires)
	fillAttributes(values, one.Attributes)
	return values
}

// userPage begins the page of the person whom the address names.
func (s *Site) userPage(w http.ResponseWriter, r *http.Request) (*userPage, error) {
	p := &userPage{office: s.begin(w, r, "/backoffice/users/", nil)}
	id, err := number(r, "person")
	if err != nil {
		return nil, err
	}
	if p.One, err = s.people.Profile(r.Context(), p.By, id); err != nil {
		return nil, err
	}
	p.Who = cmp.Or(p.One.Name, p.One.Email)
	p.Title, p.Base = p.Who, personPath(id)
	return p, nil
}

// showUser fills in what the page shows beside the form, and renders it.
func (s *Site) showUser(w http.ResponseWriter, r *http.Request, p *userPage, status int) error {
	line, err := s.line(r, &p.office, p.One)
	if err != nil {
		return err
	}
	p.May, p.State = line.May, line.State
	switch {
	case line.Second:
		p.Second = p.T("Signs in with a second factor.")
	case s.second != nil:
		p.Second = p.T("Has no second factor.")
	}
	p.Permissions, p.Units, p.Tongues = page.Permissions(p.Printer), units(p.Printer), s.Locales.Languages()
	groups, err := s.people.Groups(p.By)
	if err != nil {
		return err
	}
	for _, g := range groups {
		id := strconv.FormatInt(g.ID, 10)
		p.Groups = append(p.Groups, groupChoice{g, id, "until-" + id, p.Form.Of("until-" + id), p.Form.Holds("groups", id)})
	}
	keys, err := s.keys.List(r.Context(), p.By, p.One.ID)
	if err != nil {
		return err
	}
	p.Keys = s.keyLines(r, &p.office, keys)
	return s.Render(w, r, status, s.pages["user"], p)
}

func (s *Site) user(w http.ResponseWriter, r *http.Request) error {
	p, err := s.userPage(w, r)
	if err != nil {
		return err
	}
	if p.Form, err = page.Posted(r); err != nil {
		return err
	}
	draft := s.draft(p.Printer, &p.Form)
	if other, ok := s.people.ByEmail(draft.Email); ok && other.ID != p.One.ID {
		p.Form.Wrong("email", p.T("Somebody else has this address"))
	}
	if p.Form.Sound() {
		err := s.people.Update(r.Context(), p.By, p.One.ID, func(d *account.Draft) { *d = draft })
		if err == nil {
			return p.goOn(w, r, personPath(p.One.ID), "saved")
		}
		if err := refused(p.Printer, &p.Form, err, "", lastAdministrator(p.Printer)); err != nil {
			return err
		}
	}
	return s.showUser(w, r, p, http.StatusUnprocessableEntity)
}

// Log gives the address' query of what the person changed.
func (p *userPage) Log() url.Values {
	return url.Values{"person": {strconv.FormatInt(p.One.ID, 10)}}
}

func lastAdministrator(p *locale.Printer) string {
	return p.T("Nobody would be left who administers the portal: give somebody else that permission first, without an end.")
}

// draft reads all that the form says of a person.
func (s *Site) draft(p *locale.Printer, f *form) account.Draft {
	d := account.Draft{Email: email(p, f), Name: f.Of("name"), Language: s.language(f), Permissions: held(f),
		Quota: quota(p, f), Expires: day(p, f, "expires"), Attributes: attributes(p, f)}
	for _, id := range chosen(f, "groups") {
		d.Groups = append(d.Groups, account.Membership{Group: id, Expires: day(p, f, "until-"+strconv.FormatInt(id, 10))})
	}
	return d
}

// language reads the code of one of the portal's languages; anything else is none.
func (s *Site) language(f *form) string {
	for _, l := range s.Locales.Languages() {
		if l.Tag == f.Of("language") {
			return l.Tag
		}
	}
	return ""
}

func (s *Site) userActive(w http.ResponseWriter, r *http.Request) error {
	p, err := s.userPage(w, r)
	if err != nil {
		return err
	}
	if p.Form, err = page.Posted(r); err != nil {
		return err
	}
	active, what := p.Form.Of("active") == "yes", "disabled"
	if active {
		what = "enabled"
	}
	if err := s.people.SetActive(r.Context(), p.By, p.One.ID, active); err != nil {
		p.Form = form{Values: filledIn(p.One)}
		if err := refused(p.Printer, &p.Form, err, "", lastAdministrator(p.Printer)); err != nil {
			return err
		}
		return s.showUser(w, r, p, http.StatusUnprocessableEntity)
	}
	return p.goOn(w, r, personPath(p.One.ID), what)
}

// confirmPage asks before something that cannot be undone.
type confirmPage struct {
	office
	Form   form
	Says   []string
	Act    string // on the button
	Reason bool   // a reason may be given
	Back   string
}

func (s *Site) userRemoveForm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.userPage(w, r)
	if err != nil {
		return err
	}
	return s.showUserRemove(w, r, p, form{}, http.StatusOK)
}

func (s *Site) showUserRemove(w http.ResponseWriter, r *http.Request, p *userPage, f form, status int) error {
	c := &confirmPage{office: p.office, Form: f, Act: p.T("Remove for ever"), Back: p.Href(p.Base)}
	c.Title = p.T("Remove {name}?", "name", p.Who)
	c.Says = []string{p.T("The account, its rights, its memberships and its API keys are forgotten. This cannot be undone."),
		p.T("To keep somebody out for a time, disable the account instead.")}
	return s.Render(w, r, status, s.pages["confirm"], c)
}

func (s *Site) userRemove(w http.ResponseWriter, r *http.Request) error {
	p, err := s.userPage(w, r)
	if err != nil {
		return err
	}
	err = s.people.Remove(r.Context(), p.By, p.One.ID)
	if err == nil {
		return p.goOn(w, r, "/backoffice/users/", "removed")
	}
	f := form{}
	if err := refused(p.Printer, &f, err, "", lastAdministrator(p.Printer)); err != nil {
		return err
	}
	return s.showUserRemove(w, r, p, f, http.StatusUnprocessableEntity)
}
