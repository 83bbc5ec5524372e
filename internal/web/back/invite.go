package back

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"parvis/internal/account"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/web/page"
)

// invitePage invites somebody.
type invitePage struct {
	office
	Form        form
	Permissions []page.Permission
	Groups      []groupChoice
	Tongues     []locale.Language
}

func (s *Site) invitePage(w http.ResponseWriter, r *http.Request) (*invitePage, error) {
	p := &invitePage{office: s.begin(w, r, "/backoffice/users/", func(l *locale.Printer) string { return l.T("Invite somebody") })}
	p.Permissions, p.Tongues = page.Permissions(p.Printer), s.Locales.Languages()
	p.Form.Values = url.Values{"language": {p.Tag}, "email": {p.Params.Get("email")}}
	return p, nil
}

// show fills the groups in and renders the page.
func (s *Site) showInvite(w http.ResponseWriter, r *http.Request, p *invitePage, status int) error {
	groups, err := s.people.Groups(p.By)
	if err != nil {
		return err
	}
	for _, g := range groups {
		id := strconv.FormatInt(g.ID, 10)
		p.Groups = append(p.Groups, groupChoice{Group: g, Value: id, On: p.Form.Holds("groups", id)})
	}
	return s.Render(w, r, status, s.pages["invite"], p)
}

func (s *Site) inviteForm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.invitePage(w, r)
	if err != nil {
		return err
	}
	return s.showInvite(w, r, p, http.StatusOK)
}

func (s *Site) invite(w http.ResponseWriter, r *http.Request) error {
	p, err := s.invitePage(w, r)
	if err != nil {
		return err
	}
	if p.Form, err = page.Posted(r); err != nil {
		return err
	}
	draft := account.InvitationDraft{Email: email(p.Printer, &p.Form), Language: s.language(&p.Form), Groups: chosen(&p.Form, "groups"), Permissions: held(&p.Form)}
	if p.Form.Sound() {
		_, _, err := s.people.Invite(r.Context(), p.By, draft)
		switch fault.KindOf(err) {
		case fault.Internal:
			if err != nil {
				return err
			}
			return p.goOn(w, r, "/backoffice/users/invitations/", "invited")
		case fault.Unavailable:
			return p.goOn(w, r, "/backoffice/users/invitations/", "unsent")
		}
		if err := refused(p.Printer, &p.Form, err, "email", p.T("This person has an account already")); err != nil {
			return err
		}
	}
	return s.showInvite(w, r, p, http.StatusUnprocessableEntity)
}

// invitationsPage lists the invitations that nobody took up yet.
type invitationsPage struct {
	office
	Invitations []invitationLine
}

// invitationLine is an invitation in the list.
type invitationLine struct {
	account.Invitation
	By     string
	Groups string
	May    string
	Over   bool
	Base   string // path
}

func (s *Site) invitations(w http.ResponseWriter, r *http.Request) error {
	p := &invitationsPage{office: s.begin(w, r, "/backoffice/users/", func(l *locale.Printer) string { return l.T("Invitations") })}
	found, err := s.people.Invitations(r.Context(), p.By)
	if err != nil {
		return err
	}
	for _, i := range found {
		line := invitationLine{Invitation: i, Over: !s.clock().Before(i.Expires), Base: "/backoffice/users/invitations/" + strconv.FormatInt(i.ID, 10) + "/"}
		all := i.Permissions
		var names []string
		for _, id := range i.InvitationDraft.Groups {
			g, _ := s.people.Group(id)
			names = append(names, g.Name)
			all |= g.Permissions
		}
		line.Groups, line.May = strings.Join(names, p.C("list", ", ")), page.May(p.Printer, all)
		line.By = s.name(r, &p.office, i.By)
		p.Invitations = append(p.Invitations, line)
	}
	return s.Render(w, r, http.StatusOK, s.pages["invitations"], p)
}

// name gives what somebody is called by their number, 0 for the operator.
func (s *Site) name(r *http.Request, o *office, id int64) string {
	if id == 0 {
		return o.T("the operator")
	}
	one, err := s.people.Profile(r.Context(), o.By, id)
	if err != nil {
		return o.T("somebody who is gone (number {n})", "n", strconv.FormatInt(id, 10))
	}
	return cmp.Or(one.Name, one.Email)
}

func (s *Site) resend(w http.ResponseWriter, r *http.Request) error {
	return s.onInvitation(w, r, "invited", func(o *office, id int64) error {
		_, err := s.people.ResendInvitation(r.Context(), o.By, id)
		return err
	})
}

func (s *Site) takeBack(w http.ResponseWriter, r *http.Request) error {
	return s.onInvitation(w, r, "revoked", func(o *office, id int64) error { return s.people.RevokeInvitation(r.Context(), o.By, id) })
}

func (s *Site) onInvitation(w http.ResponseWriter, r *http.Request, what string, do func(o *office, id int64) error) error {
	o := s.begin(w, r, "/backoffice/users/", nil)
	id, err := number(r, "invitation")
	if err != nil {
		return err
	}
	err = do(&o, id)
	if fault.KindOf(err) == fault.Unavailable {
		return o.goOn(w, r, "/backoffice/users/invitations/", "unsent")
	}
	if err != nil {
		return err
	}
	return o.goOn(w, r, "/backoffice/users/invitations/", what)
}
