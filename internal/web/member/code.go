package member

import (
	"net/http"
	"time"

	"parvis/internal/account/session"
	"parvis/internal/account/signin"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/privacy"
	"parvis/internal/web/page"
)

// pending is what a session keeps of somebody whose password was right and whose code is still asked for.
type pending struct {
	Proof signin.Proof
	Next  string
	Until int64 // seconds since 1970
}

const (
	keepPending = "second"
	pendingLife = 10 * time.Minute
)

// codePage asks for a code.
type codePage struct {
	view
	Form page.Form
}

// askCode keeps what was proved and asks for the second factor. The session is a new one: the visitor's old
// identifier, which somebody may have planted, opens nothing from here on.
func (s *Site) askCode(w http.ResponseWriter, r *http.Request, proof signin.Proof) error {
	v, err := s.Server.Visitor(w, r)
	if err != nil {
		return err
	}
	id, err := s.o.Sessions.Enter(r.Context(), v.Session, session.Entry{})
	if err != nil {
		return err
	}
	err = s.o.Sessions.Keep(r.Context(), id, keepPending, pending{Proof: proof, Next: s.next(r), Until: time.Now().Add(pendingLife).Unix()})
	if err != nil {
		return err
	}
	if err := s.Privacy.Set(w, privacy.Session, id); err != nil {
		return err
	}
	return see(w, r, "/login/code/")
}

// waiting gives what the visitor's session keeps; ok is false where no code is asked for, or not any more.
func (s *Site) waiting(w http.ResponseWriter, r *http.Request) (id string, kept pending, ok bool, err error) {
	v, err := s.Server.Visitor(w, r)
	if err != nil || v.Session == "" {
		return "", kept, false, err
	}
	found, _, err := s.o.Sessions.Find(r.Context(), v.Session)
	if err != nil || found == nil {
		return "", kept, false, err
	}
	ok = found.Read(keepPending, &kept) && time.Now().Unix() < kept.Until
	return v.Session, kept, ok, nil
}

func (s *Site) codePage(w http.ResponseWriter, r *http.Request) *codePage {
	p := &codePage{view: s.View(w, r, func(l *locale.Printer) string { return l.T("Second step") }, "")}
	p.Style = "office.css"
	return p
}

func (s *Site) code(w http.ResponseWriter, r *http.Request) error {
	_, _, ok, err := s.waiting(w, r)
	if err != nil {
		return err
	}
	if !ok {
		return see(w, r, "/login/")
	}
	return s.Render(w, r, http.StatusOK, s.pages["code"], s.codePage(w, r))
}

func (s *Site) postCode(w http.ResponseWriter, r *http.Request) error {
	form, err := page.Posted(r)
	if err != nil {
		return err
	}
	id, kept, ok, err := s.waiting(w, r)
	if err != nil {
		return err
	}
	if !ok {
		return see(w, r, "/login/")
	}
	err = s.o.Desk.Code(r.Context(), kept.Proof.Person, form.Of("code"), s.attempt(r))
	if fault.KindOf(err) == fault.Unauthenticated || fault.KindOf(err) == fault.Limited {
		p := s.codePage(w, r)
		p.Form = form
		p.Form.Values.Del("code")
		status, err := refusal(w, &p.Form, p.Printer, p.T("The code is wrong or was used already."), err)
		if err != nil {
			return err
		}
		return s.Render(w, r, status, s.pages["code"], p)
	}
	if err != nil {
		return err
	}
	if err := s.enter(w, r, id, kept.Proof); err != nil {
		return err
	}
	return see(w, r, kept.Next)
}
