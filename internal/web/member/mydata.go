package member

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"parvis/internal/account"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/privacy"
	"parvis/internal/server"
	"parvis/internal/web/page"
)

// myDataPage lets somebody take all that is kept of them along, or have it deleted.
type myDataPage struct {
	accountView
	HasPassword bool
}

func (s *Site) myDataPage(w http.ResponseWriter, r *http.Request, v *server.Visitor) (p *myDataPage, err error) {
	p = &myDataPage{accountView: s.account(w, r, "data", func(l *locale.Printer) string { return l.T("My data") })}
	_, p.HasPassword, err = s.o.Desk.HasPassword(r.Context(), v.Actor.Person.ID)
	return p, err
}

func (s *Site) myData(w http.ResponseWriter, r *http.Request, v *server.Visitor) error {
	p, err := s.myDataPage(w, r, v)
	if err != nil {
		return err
	}
	return s.Render(w, r, http.StatusOK, s.pages["mydata"], p)
}

// postMyData deletes the account, once the password was given again.
func (s *Site) postMyData(w http.ResponseWriter, r *http.Request, v *server.Visitor) error {
	form, err := page.Posted(r)
	if err != nil {
		return err
	}
	p, err := s.myDataPage(w, r, v)
	if err != nil {
		return err
	}
	p.Form = form
	status, err := s.confirmed(w, r, v, p.Printer, &p.Form)
	if err != nil {
		return err
	}
	if !p.Form.Sound() {
		return s.Render(w, r, status, s.pages["mydata"], p)
	}
	id := v.Actor.Person.ID
	err = s.o.People.Remove(r.Context(), v.Actor, id)
	if fault.KindOf(err) == fault.Conflict {
		p.Form.Wrong("", p.T("You are the only one who administers the portal. Make somebody else an administrator first."))
		return s.Render(w, r, http.StatusConflict, s.pages["mydata"], p)
	}
	if err != nil {
		return err
	}
	// The tables went with the person; this is for the memory of the running portals.
	if err := s.o.Sessions.EndAll(r.Context(), id, ""); err != nil {
		return err
	}
	s.Privacy.Delete(w, privacy.Session)
	s.Privacy.Delete(w, privacy.CSRF)
	return see(w, r, "/login/?done=deleted")
}

// kept is all that the portal keeps of somebody, in plain names.
type kept struct {
	Made         time.Time       `json:"made"`
	Person       account.Profile `json:"person"`
	Groups       []string        `json:"groups"`
	Password     *time.Time      `json:"password_set"` // null: none
	SecondStep   bool            `json:"second_step"`
	Passkeys     []keptPasskey   `json:"passkeys"`
	Identities   []keptIdentity  `json:"identities"`
	Sessions     []keptSession   `json:"sessions"`
	Keys         []keptKey       `json:"api_keys"`
	Applications []string        `json:"applications_made"`
	Consents     []keptConsent   `json:"applications_allowed"`
	Log          []account.Event `json:"log"`
}

type keptPasskey struct {
	Name string    `json:"name"`
	Made time.Time `json:"made"`
	Used time.Time `json:"used,omitzero"`
}

type keptIdentity struct {
	Issuer  string    `json:"issuer"`
	Subject string    `json:"subject"`
	Email   string    `json:"email"`
	Linked  time.Time `json:"linked"`
	Used    time.Time `json:"used"`
}

type keptSession struct {
	How     string    `json:"how"`
	Device  string    `json:"device"`
	Started time.Time `json:"started"`
	Seen    time.Time `json:"seen"`
}

type keptKey struct {
	Label   string    `json:"label"`
	Created time.Time `json:"created"`
	Used    time.Time `json:"used,omitzero"`
	Revoked time.Time `json:"revoked,omitzero"`
}

type keptConsent struct {
	Name  string    `json:"name"`
	Given time.Time `json:"given"`
}

// export gives all that is kept of somebody as a file.
func (s *Site) export(w http.ResponseWriter, r *http.Request, v *server.Visitor) error {
	k, err := s.gather(r.Context(), v)
	if err != nil {
		return err
	}
	body, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="my-data.json"`)
	h.Set("Cache-Control", "private, no-store")
	h.Add("Vary", "Cookie")
	_, err = w.Write(body)
	return err
}

// mostEvents is how many lines of the log are given: the last year's of anybody's fit.
const mostEvents = 1000

func (s *Site) gather(ctx context.Context, v *server.Visitor) (k kept, err error) {
	id := v.Actor.Person.ID
	k.Made = time.Now().UTC().Truncate(time.Second)
	if k.Person, err = s.o.People.Profile(ctx, v.Actor, id); err != nil {
		return k, err
	}
	for _, m := range k.Person.Groups {
		if g, ok := s.o.People.Group(m.Group); ok {
			k.Groups = append(k.Groups, g.Name)
		}
	}
	if err := s.gatherSignIn(ctx, v, &k); err != nil {
		return k, err
	}
	keys, err := s.o.Keys.List(ctx, v.Actor, id)
	if err != nil {
		return k, err
	}
	for _, one := range keys {
		k.Keys = append(k.Keys, keptKey{one.Label, one.Created, one.Used, one.Revoked})
	}
	own, err := s.o.Apps.Of(ctx, id)
	if err != nil {
		return k, err
	}
	for _, one := range own {
		k.Applications = append(k.Applications, one.Name)
	}
	consents, err := s.o.Apps.Consents(ctx, id)
	if err != nil {
		return k, err
	}
	for _, one := range consents {
		k.Consents = append(k.Consents, keptConsent{one.Name, one.Given})
	}
	k.Log, err = s.o.People.Log(ctx, account.Operator, account.Events{Person: id, Limit: mostEvents})
	return k, err
}

// gatherSignIn gathers how somebody signs in, and where they are signed in.
func (s *Site) gatherSignIn(ctx context.Context, v *server.Visitor, k *kept) error {
	id := v.Actor.Person.ID
	since, has, err := s.o.Desk.HasPassword(ctx, id)
	if err != nil {
		return err
	}
	if has {
		k.Password = &since
	}
	if k.SecondStep, err = s.o.Desk.HasCodes(ctx, id); err != nil {
		return err
	}
	passkeys, err := s.o.Desk.Passkeys(ctx, id)
	if err != nil {
		return err
	}
	for _, one := range passkeys {
		k.Passkeys = append(k.Passkeys, keptPasskey{one.Name, one.Made, one.Used})
	}
	identities, err := s.o.Desk.Identities(ctx, id)
	if err != nil {
		return err
	}
	for _, one := range identities {
		k.Identities = append(k.Identities, keptIdentity{one.Issuer, one.Subject, one.Email, one.Linked, one.Used})
	}
	sessions, err := s.o.Sessions.List(ctx, id, v.Session)
	for _, one := range sessions {
		k.Sessions = append(k.Sessions, keptSession{one.How, one.Device, one.Started, one.Seen})
	}
	return err
}
