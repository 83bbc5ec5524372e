package server

import (
	"context"
	"net/http"

	"parvis/internal/account"
	"parvis/internal/account/session"
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

// Sessions is what the server asks of the portal's sessions: *session.Store answers.
type Sessions interface {
	// Find gives the session of an identifier, nil where it is none; renew tells that its cookie is due to be sent again.
	Find(ctx context.Context, id string) (found *session.Session, renew bool, err error)

	// Rotate gives a session another identifier. Kind Unauthenticated: it is over, or another request was first.
	Rotate(ctx context.Context, id string) (newer string, err error)
}

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
	found, renew, err := s.sessions.Find(r.Context(), id)
	if err != nil {
		return nil, err
	}
	v := &Visitor{Session: id}
	if found != nil && found.Changed { // what the person may do: nothing that was known before is good for it
		v.former = found.Secret
		if found, v.Session, err = s.rotate(r.Context(), id); err != nil {
			return nil, err
		}
	}
	if found == nil {
		return nobody(), nil
	}
	if renew || v.Session != id {
		if err := s.privacy.Set(w, privacy.Session, v.Session); err != nil {
			return nil, err
		}
	}
	if found.Person != nil {
		v.Actor = account.Actor{Person: found.Person, Scope: account.Every}
		v.Secret = found.Secret
		if s.seen != nil {
			s.seen(found.Person.ID)
		}
	}
	if _, held := s.sentSecret(r); held && v.former != "" {
		if err := s.privacy.Set(w, privacy.CSRF, v.Secret); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// rotate gives a session another identifier; nil where another request was first, which leaves this one to nobody.
func (s *Server) rotate(ctx context.Context, id string) (found *session.Session, newer string, err error) {
	newer, err = s.sessions.Rotate(ctx, id)
	if fault.KindOf(err) == fault.Unauthenticated {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	found, _, err = s.sessions.Find(ctx, newer)
	return found, newer, err
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
