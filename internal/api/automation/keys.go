package automation

import (
	"net/http"
	"strconv"
	"strings"

	"parvis/internal/account"
	"parvis/internal/fault"
)

// key is an API key as the API shows it; its secret is shown once, where it is made.
type key struct {
	UID         string              `json:"uid"`
	Label       string              `json:"label"`
	Secret      string              `json:"key,omitempty"`
	Permissions account.Permissions `json:"permissions"`
	Created     moment              `json:"created_at"`
	Expires     moment              `json:"expires_at"`
	Used        moment              `json:"last_used_at"`
	User        *string             `json:"user"` // null: the operator's
	Revoked     bool                `json:"is_revoked"`
	Revocation  *revocation         `json:"revocation_status"`
}

type revocation struct {
	At     moment  `json:"revoked_at"`
	Reason string  `json:"revocation_reason"`
	By     *string `json:"revoked_by"`
}

// keyUID gives the name of a key in addresses.
func keyUID(id int64) string {
	digits := strconv.FormatInt(id, 36)
	return "ak_" + strings.Repeat("0", max(0, 6-len(digits))) + digits
}

func keyOf(k account.Key) key {
	out := key{UID: keyUID(k.ID), Label: k.Label, Permissions: k.Scope, Created: moment{k.Created}, Expires: moment{k.Expires},
		Used: moment{k.Used}, User: userRef(k.Owner), Revoked: !k.Revoked.IsZero()}
	if out.Revoked {
		out.Revocation = &revocation{moment{k.Revoked}, k.Reason, userRef(k.RevokedBy)}
	}
	return out
}

// listKeys gives all keys to who administers the portal, and to others their own.
func (a *API) listKeys(c *call) (int, any, error) {
	owner := int64(0)
	if !c.actor.May(account.EditDomain) && c.actor.Person != nil {
		owner = c.actor.Person.ID
	}
	keys, err := a.keys.List(c.Context(), c.actor, owner)
	if err != nil {
		return 0, nil, err
	}
	return pageOf(c, keys, keyOf)
}

func keyID(c *call) (int64, error) { return numbered(c.PathValue("key"), "ak_", 36) }

func (a *API) getKey(c *call) (int, any, error) {
	id, err := keyID(c)
	if err != nil {
		return 0, nil, err
	}
	k, err := a.keys.Key(c.Context(), c.actor, id)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, keyOf(k), nil
}

// keyGiven is what a request says of a key; nil is what it does not say.
type keyGiven struct {
	Label       *string       `json:"label"`
	Permissions *[]string     `json:"permissions"`
	Expires     given[moment] `json:"expires_at"`
	User        *string       `json:"user"`

	UID        readOnly `json:"uid"`
	Secret     readOnly `json:"key"`
	Created    readOnly `json:"created_at"`
	Used       readOnly `json:"last_used_at"`
	Revoked    readOnly `json:"is_revoked"`
	Revocation readOnly `json:"revocation_status"`
}

func (g keyGiven) scope() (account.Permissions, error) {
	if g.Permissions == nil {
		return account.Every, nil
	}
	scope, err := account.ParsePermissions(*g.Permissions)
	if err != nil {
		return 0, wrong("permissions", "%s", fault.Message(err))
	}
	return scope, nil
}

func (a *API) createKey(c *call) (int, any, error) {
	var said keyGiven
	if err := c.read(&said); err != nil {
		return 0, nil, err
	}
	scope, err := said.scope()
	if err != nil {
		return 0, nil, err
	}
	draft := account.KeyDraft{Label: or(said.Label, ""), Scope: scope, Expires: said.Expires.value.Time}
	switch {
	case said.User != nil:
		if draft.Owner, err = personID(*said.User); err != nil {
			return 0, nil, wrong("user", "%s", fault.Message(err))
		}
	case c.actor.Person != nil:
		draft.Owner = c.actor.Person.ID
	}
	made, secret, err := a.keys.Create(c.Context(), c.actor, draft)
	if err != nil {
		return 0, nil, err
	}
	out := keyOf(made)
	out.Secret = secret
	return http.StatusCreated, out, nil
}

func (a *API) putKey(c *call) (int, any, error) {
	id, err := keyID(c)
	if err != nil {
		return 0, nil, err
	}
	var said keyGiven
	if err := c.read(&said); err != nil {
		return 0, nil, err
	}
	if said.Label == nil {
		return 0, nil, wrong("label", "This field is required.")
	}
	scope, err := said.scope()
	if err != nil {
		return 0, nil, err
	}
	err = a.keys.Update(c.Context(), c.actor, id, func(d *account.KeyDraft) {
		d.Label, d.Scope, d.Expires = *said.Label, scope, said.Expires.value.Time
	})
	if err != nil {
		return 0, nil, err
	}
	return a.getKey(c)
}

func (a *API) revokeKey(c *call) (int, any, error) {
	id, err := keyID(c)
	if err != nil {
		return 0, nil, err
	}
	var said struct {
		Reason  string `json:"revocation_reason"`
		Because string `json:"reason"`
	}
	if c.ContentLength != 0 {
		if err := c.read(&said); err != nil {
			return 0, nil, err
		}
	}
	reason := said.Reason
	if reason == "" {
		reason = said.Because
	}
	if err := a.keys.Revoke(c.Context(), c.actor, id, reason); err != nil {
		return 0, nil, err
	}
	return done()
}
