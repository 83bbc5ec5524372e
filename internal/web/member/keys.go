package member

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"parvis/internal/account"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/server"
	"parvis/internal/web/page"
)

const keysPath = "/account/api-keys/"

// keysPage lists somebody's API keys, and makes one.
type keysPage struct {
	accountView
	Keys        []keyLine
	Permissions []page.Permission // those that a key may be bound to
	Ends        []page.Choice     // for how many days a key may be good
	Secret      string            // of the key just made, shown this once
	Made        string            // its label
}

// keyLine is a key in the list.
type keyLine struct {
	account.Key
	May    string
	State  string // "" for a good one
	Revoke string // path; "" for what has ended
}

func (s *Site) keys(w http.ResponseWriter, r *http.Request, v *server.Visitor) error {
	p := s.keysPage(w, r)
	p.Form.Values = url.Values{"which": {"all"}, "days": {"90"}}
	if r.URL.Query().Get("done") == "revoked" {
		p.Said = p.T("The key is revoked: programs that use it are refused from now on.")
	}
	return s.showKeys(w, r, v, p, http.StatusOK)
}

func (s *Site) keysPage(w http.ResponseWriter, r *http.Request) *keysPage {
	return &keysPage{accountView: s.account(w, r, "keys", func(l *locale.Printer) string { return l.T("API keys") })}
}

// showKeys fills in what the page shows beside the form, and renders it.
func (s *Site) showKeys(w http.ResponseWriter, r *http.Request, v *server.Visitor, p *keysPage, status int) error {
	keys, err := s.o.Keys.List(r.Context(), v.Actor, v.Actor.Person.ID)
	if err != nil {
		return err
	}
	now := time.Now()
	for _, k := range keys {
		p.Keys = append(p.Keys, keyInWords(p.Printer, k, now))
	}
	slices.SortStableFunc(p.Keys, func(a, b keyLine) int {
		if (a.State == "") != (b.State == "") {
			return cmp.Compare(len(a.State), len(b.State))
		}
		return cmp.Compare(b.ID, a.ID)
	})
	for _, one := range page.Permissions(p.Printer) {
		set, err := account.ParsePermissions([]string{one.Name})
		if err == nil && v.Actor.Person.MayScope(set) {
			p.Permissions = append(p.Permissions, one)
		}
	}
	for _, days := range []int64{30, 90, 365} {
		text := strconv.FormatInt(days, 10)
		p.Ends = append(p.Ends, page.Choice{Label: p.N("in {n} day", "in {n} days", days), Href: text, On: p.Form.Of("days") == text})
	}
	p.Ends = append(p.Ends, page.Choice{Label: p.T("never"), On: p.Form.Of("days") == ""})
	return s.Render(w, r, status, s.pages["keys"], p)
}

func keyInWords(p *locale.Printer, k account.Key, now time.Time) keyLine {
	line := keyLine{Key: k, May: p.T("All that you may")}
	if k.Scope != account.Every {
		line.May = page.May(p, k.Scope)
	}
	switch {
	case !k.Revoked.IsZero():
		line.State = p.T("revoked on {day}", "day", p.Day(k.Revoked))
	case !k.Expires.IsZero() && !now.Before(k.Expires):
		line.State = p.T("ended on {day}", "day", p.Day(k.Expires))
	default:
		line.Revoke = keysPath + strconv.FormatInt(k.ID, 10) + "/revoke/"
	}
	return line
}

func (s *Site) postKeys(w http.ResponseWriter, r *http.Request, v *server.Visitor) error {
	form, err := page.Posted(r)
	if err != nil {
		return err
	}
	p := s.keysPage(w, r)
	p.Form = form
	draft := account.KeyDraft{Owner: v.Actor.Person.ID, Label: form.Of("label"), Scope: account.Every}
	if draft.Label == "" {
		p.Form.Wrong("label", p.T("Say what the key is for"))
	}
	if form.Of("which") == "some" {
		if draft.Scope, err = account.ParsePermissions(form.Values["permissions"]); err != nil || draft.Scope == 0 {
			p.Form.Wrong("permissions", p.T("Choose at least one permission"))
		}
	}
	if text := form.Of("days"); text != "" {
		days, err := strconv.Atoi(text)
		if err != nil || days < 1 || days > 3660 {
			p.Form.Wrong("days", p.T("Choose when the key ends"))
		}
		draft.Expires = time.Now().AddDate(0, 0, days)
	}
	if !p.Form.Sound() {
		return s.showKeys(w, r, v, p, http.StatusUnprocessableEntity)
	}
	made, secret, err := s.o.Keys.Create(r.Context(), v.Actor, draft)
	switch fault.KindOf(err) {
	case fault.Invalid:
		p.Form.Wrong("label", p.T("This label cannot be used: it may have 200 characters, in one line."))
	case fault.Forbidden:
		p.Form.Wrong("permissions", p.T("A key cannot be given a permission that you do not hold."))
	case fault.Conflict:
		p.Form.Wrong("", p.T("You have as many keys as one may have. Revoke one first."))
	default:
		if err != nil {
			return err
		}
	}
	if err != nil {
		return s.showKeys(w, r, v, p, http.StatusUnprocessableEntity)
	}
	// The secret goes into this answer and nowhere else, so that the page cannot be another one's.
	p.Secret, p.Made = secret, made.Label
	p.Form.Values = url.Values{"which": {"all"}, "days": {"90"}}
	return s.showKeys(w, r, v, p, http.StatusOK)
}

// revokePage asks before a key ends.
type revokePage struct {
	accountView
	Key account.Key
}

// revokePage begins the page of the key that the address names. Kind NotFound: it is none of the visitor's.
func (s *Site) revokePage(w http.ResponseWriter, r *http.Request, v *server.Visitor) (*revokePage, error) {
	p := &revokePage{accountView: s.account(w, r, "keys", nil)}
	id, err := strconv.ParseInt(r.PathValue("key"), 10, 64)
	if err != nil {
		return nil, fault.New(fault.NotFound, "There is no API key %.40q.", r.PathValue("key"))
	}
	if p.Key, err = s.o.Keys.Key(r.Context(), v.Actor, id); err != nil {
		return nil, err
	}
	if p.Key.Owner != v.Actor.Person.ID {
		return nil, fault.New(fault.NotFound, "There is no API key %d.", id)
	}
	p.Title = p.T("Revoke the key “{name}”?", "name", p.Key.Label)
	return p, nil
}

func (s *Site) revokeKey(w http.ResponseWriter, r *http.Request, v *server.Visitor) error {
	p, err := s.revokePage(w, r, v)
	if err != nil {
		return err
	}
	return s.Render(w, r, http.StatusOK, s.pages["revoke"], p)
}

func (s *Site) postRevokeKey(w http.ResponseWriter, r *http.Request, v *server.Visitor) error {
	p, err := s.revokePage(w, r, v)
	if err != nil {
		return err
	}
	err = s.o.Keys.Revoke(r.Context(), v.Actor, p.Key.ID, "")
	if err != nil && fault.KindOf(err) != fault.Conflict { // revoked already is what was asked for
		return err
	}
	return see(w, r, p.Link(keysPath, url.Values{"done": {"revoked"}}))
}
