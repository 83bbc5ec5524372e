package server

import (
	"context"
	"net/http"

	"parvis/internal/account"
	"parvis/internal/fault"
	"parvis/internal/privacy"
)

// Visitor is who asks, and how we know.
type Visitor struct {
	Actor   account.Actor
	Session string // what the session cookie holds, where it is that of a session; "" else
	Secret  string // what csrftoken must hold while somebody is signed in; "" where nobody is
	former  string // what it may hold in this one request: a page was open while the session got another identifier
}

// Known tells whether the answer may be for this visitor alone.
func (v *Visitor) Known() bool { return v.Session != "" || v.Actor.Known() }

// SignedIn tells whether a person is signed in by a session.
func (v *Visitor) SignedIn() bool { return v.Secret != "" }

// Signed is what a session says.
type Signed struct {
	Person *account.Person // nil: nobody has signed in yet
	Secret string          // of csrftoken
	ID     string          // the identifier that the cookie must hold from now on: another one where the person's rights have changed
	Former string          // what Secret was until this request, where ID is another one; "" else
	Renew  bool            // the cookie is due to be sent again
}

// SessionFinder tells what the session of an identifier says; found is false where there is no such session.
type SessionFinder func(ctx context.Context, id string) (s Signed, found bool, err error)

// Visitor tells who asks, once a request. A key or token speaks for itself: the session is not looked at then.
// Kind Unauthenticated: a key or token is given and is not good. A session cookie that is not good, or comes
// more than once, is nobody's.
func (s *Server) Visitor(w http.ResponseWriter, r *http.Request) (*Visitor, error) {
	out := outermost(w)
	if out != nil && out.visitor != nil {
		return out.visitor, nil
	}
	v, err := s.resolve(w, r)
	if err != nil {
		return nil, err
	}
	if out != nil {
		out.visitor = v
	}
	return v, nil
}

// Actor tells who asks.
func (s *Server) Actor(w http.ResponseWriter, r *http.Request) (account.Actor, error) {
	v, err := s.Visitor(w, r)
	if err != nil {
		return account.Anonymous, err
	}
	return v.Actor, nil
}

func nobody() *Visitor { return &Visitor{} }

func (s *Server) resolve(w http.ResponseWriter, r *http.Request) (*Visitor, error) {
	given, err := s.bearer(r)
	if err != nil {
		return nil, err
	}
	if given != nil {
		return &Visitor{Actor: *given}, nil
	}
	if s.sessions == nil || len(r.Header["Cookie"]) == 0 {
		return nobody(), nil
	}
	if s.privacy.Repeated(r, privacy.Session) {
		s.metrics.suspect("repeated session cookie")
		return nobody(), nil
	}
	id, ok := s.privacy.Read(r, privacy.Session)
	if !ok {
		return nobody(), nil
	}
	signed, found, err := s.sessions(r.Context(), id)
	if err != nil {
		return nil, err
	}
	if !found {
		return nobody(), nil
	}
	if signed.Renew || signed.ID != id {
		if err := s.privacy.Set(w, privacy.Session, signed.ID); err != nil {
			return nil, err
		}
	}
	v := &Visitor{Session: signed.ID}
	if signed.Person != nil {
		v.Actor = account.Actor{Person: signed.Person, Scope: account.Every}
		v.Secret, v.former = signed.Secret, signed.Former
	}
	if _, held := s.sentSecret(r); held && v.former != "" {
		if err := s.privacy.Set(w, privacy.CSRF, v.Secret); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// bearer gives who a key or token of the request speaks for, nil where there is none. Basic is none of ours, since a
// proxy before the portal may ask for it.
func (s *Server) bearer(r *http.Request) (*account.Actor, error) {
	c, given := credentialOf(r)
	if !given {
		return nil, nil
	}
	find := s.keys
	if c.token {
		find = s.tokens
	}
	if c.secret == "" || find == nil {
		return nil, fault.New(fault.Unauthenticated, "No API key was found where one was announced: send the header \"Authorization: Apikey <key>\".")
	}
	a, err := find(r.Context(), c.secret)
	if err != nil {
		return nil, err
	}
	return &a, nil
}
