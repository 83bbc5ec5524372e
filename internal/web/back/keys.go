package back

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"parvis/internal/account"
	"parvis/internal/locale"
	"parvis/internal/web/page"
)

// keysPage lists the portal's API keys.
type keysPage struct {
	office
	Keys []keyLine
}

// keyLine is an API key in a list.
type keyLine struct {
	account.Key
	Owner, OwnerHref string // "" for the operator's
	May              string
	State            string // "" for a good one
	Href             string // where it is revoked; "" for what has ended
}

// keyLines puts keys into words: good ones first, newer before older.
func (s *Site) keyLines(r *http.Request, o *office, keys []account.Key) (out []keyLine) {
	now := s.clock()
	for _, k := range keys {
		line := keyLine{Key: k, May: o.T("All that its owner may")}
		switch {
		case k.Owner == 0:
			line.May = o.T("Everything: the operator made it")
		case k.Scope != account.Every:
			line.May = page.May(o.Printer, k.Scope)
		}
		if owner, err := s.people.Profile(r.Context(), o.By, k.Owner); k.Owner != 0 && err == nil {
			line.Owner, line.OwnerHref = cmp.Or(owner.Name, owner.Email), o.Href(personPath(owner.ID))
		}
		switch {
		case !k.Revoked.IsZero():
			line.State = o.T("revoked on {day}", "day", o.Day(k.Revoked))
		case !k.Expires.IsZero() && !now.Before(k.Expires):
			line.State = o.T("ended on {day}", "day", o.Day(k.Expires))
		default:
			line.Href = o.Href("/backoffice/keys/" + strconv.FormatInt(k.ID, 10) + "/revoke/")
		}
		out = append(out, line)
	}
	slices.SortStableFunc(out, func(a, b keyLine) int {
		switch {
		case a.State == "" && b.State != "":
			return -1
		case a.State != "" && b.State == "":
			return 1
		}
		return cmp.Compare(b.ID, a.ID)
	})
	return out
}

func (s *Site) apiKeys(w http.ResponseWriter, r *http.Request) error {
	p := &keysPage{office: s.begin(w, r, "/backoffice/keys/", func(l *locale.Printer) string { return l.T("API keys") })}
	keys, err := s.keys.List(r.Context(), p.By, 0)
	if err != nil {
		return err
	}
	p.Keys = s.keyLines(r, &p.office, keys)
	return s.Render(w, r, http.StatusOK, s.pages["keys"], p)
}

// revokePage begins the question whether a key is to end.
func (s *Site) revokePage(w http.ResponseWriter, r *http.Request) (*confirmPage, int64, error) {
	c := &confirmPage{office: s.begin(w, r, "/backoffice/keys/", nil), Reason: true}
	id, err := number(r, "key")
	if err != nil {
		return nil, 0, err
	}
	key, err := s.keys.Key(r.Context(), c.By, id)
	if err != nil {
		return nil, 0, err
	}
	c.Title = c.T("Revoke the key “{name}”?", "name", key.Label)
	c.Says = []string{c.T("Programs that use it are refused from now on. This cannot be undone.")}
	c.Act, c.Back = c.T("Revoke for ever"), c.Href("/backoffice/keys/")
	return c, id, nil
}

func (s *Site) revokeForm(w http.ResponseWriter, r *http.Request) error {
	c, _, err := s.revokePage(w, r)
	if err != nil {
		return err
	}
	return s.Render(w, r, http.StatusOK, s.pages["confirm"], c)
}

func (s *Site) revoke(w http.ResponseWriter, r *http.Request) error {
	c, id, err := s.revokePage(w, r)
	if err != nil {
		return err
	}
	if c.Form, err = page.Posted(r); err != nil {
		return err
	}
	err = s.keys.Revoke(r.Context(), c.By, id, c.Form.Of("reason"))
	if err == nil {
		return c.goOn(w, r, "/backoffice/keys/", "revoked")
	}
	if err := refused(c.Printer, &c.Form, err, "", c.T("This key is revoked already.")); err != nil {
		return err
	}
	return s.Render(w, r, http.StatusUnprocessableEntity, s.pages["confirm"], c)
}
