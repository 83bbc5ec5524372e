package automation

import (
	"net/http"
	"strconv"

	"parvis/internal/account"
	"parvis/internal/fault"
)

// invitation is an invitation as the API shows it; its link is only in the mail.
type invitation struct {
	UID         string              `json:"uid"`
	Email       string              `json:"email"`
	Language    string              `json:"language"`
	Permissions account.Permissions `json:"permissions"`
	Groups      []string            `json:"groups"`
	By          *string             `json:"invited_by"` // null: the operator
	Created     moment              `json:"created_at"`
	Expires     moment              `json:"expires_at"`
	Sent        bool                `json:"is_sent"`
}

func (a *API) invitation(i account.Invitation) invitation {
	out := invitation{UID: "in_" + strconv.FormatInt(i.ID, 10), Email: i.Email, Language: i.Language, Permissions: i.Permissions,
		Groups: []string{}, By: userRef(i.By), Created: moment{i.Created}, Expires: moment{i.Expires}, Sent: true}
	for _, id := range i.Groups {
		g, _ := a.people.Group(id)
		out.Groups = append(out.Groups, g.UID)
	}
	return out
}

// userRef names somebody; nil is the operator.
func userRef(id int64) *string {
	if id == 0 {
		return nil
	}
	name := username(id)
	return &name
}

func (a *API) listInvitations(c *call) (int, any, error) {
	found, err := a.people.Invitations(c.Context(), c.actor)
	if err != nil {
		return 0, nil, err
	}
	return pageOf(c, found, a.invitation)
}

func (a *API) invite(c *call) (int, any, error) {
	var given struct {
		Email       string     `json:"email"`
		Language    string     `json:"language"`
		Permissions []string   `json:"permissions"`
		Groups      []groupRef `json:"groups"`
	}
	if err := c.read(&given); err != nil {
		return 0, nil, err
	}
	draft := account.InvitationDraft{Language: given.Language}
	var err error
	if draft.Email, err = account.CleanEmail(given.Email); err != nil {
		return 0, nil, wrong("email", "%s", fault.Message(err))
	}
	if draft.Permissions, err = account.ParsePermissions(given.Permissions); err != nil {
		return 0, nil, wrong("permissions", "%s", fault.Message(err))
	}
	groups, err := a.numbers(given.Groups)
	if err != nil {
		return 0, nil, err
	}
	for _, g := range groups {
		draft.Groups = append(draft.Groups, g.Group)
	}
	made, _, err := a.people.Invite(c.Context(), c.actor, draft)
	out := a.invitation(made)
	if err != nil {
		if made.ID == 0 || fault.KindOf(err) != fault.Unavailable {
			return 0, nil, err
		}
		out.Sent = false
	}
	return http.StatusCreated, out, nil
}

// invitationID reads the number of the invitation that the address names. Kind NotFound.
func invitationID(c *call) (int64, error) { return numbered(c.PathValue("invitation"), "in_", 10) }

// numbered reads the number within a UID. Kind NotFound.
func numbered(uid, prefix string, base int) (int64, error) {
	if len(uid) > len(prefix) && uid[:len(prefix)] == prefix {
		if n, err := strconv.ParseInt(uid[len(prefix):], base, 64); err == nil && n > 0 {
			return n, nil
		}
	}
	return 0, fault.New(fault.NotFound, "There is no %.60q.", uid)
}

func (a *API) resendInvitation(c *call) (int, any, error) {
	id, err := invitationID(c)
	if err != nil {
		return 0, nil, err
	}
	if _, err := a.people.ResendInvitation(c.Context(), c.actor, id); err != nil {
		return 0, nil, err
	}
	return done()
}

func (a *API) revokeInvitation(c *call) (int, any, error) {
	id, err := invitationID(c)
	if err != nil {
		return 0, nil, err
	}
	if err := a.people.RevokeInvitation(c.Context(), c.actor, id); err != nil {
		return 0, nil, err
	}
	return http.StatusNoContent, nil, nil
}
