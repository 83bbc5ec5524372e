package member

import (
	"encoding/json"
	"io"
	"net/http"

	"parvis/internal/fault"
)

// answered is what signin.js sends: the browser's answer to a challenge.
type answered struct {
	Name       string          `json:"name"`
	Next       string          `json:"next"`
	Credential json.RawMessage `json:"credential"`
}

// longestAnswer is the most that a browser's answer may hold, in bytes: attestations are a few thousand.
const longestAnswer = 64 << 10

func readAnswer(w http.ResponseWriter, r *http.Request) (a answered, err error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, longestAnswer))
	if err != nil {
		return a, fault.New(fault.TooLarge, "The answer holds more than %d bytes.", longestAnswer)
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return a, fault.New(fault.Invalid, "The answer is no JSON object.")
	}
	return a, nil
}

// say answers a script with JSON that is for one visitor alone.
func say(w http.ResponseWriter, body []byte) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "private, no-store")
	_, err := w.Write(body)
	return err
}

// gone tells a script where to go.
func gone(w http.ResponseWriter, to string) error {
	body, err := json.Marshal(map[string]string{"next": to})
	if err != nil {
		return err
	}
	return say(w, body)
}

// origin gives the portal's public address as the visitor's browser knows it.
func (s *Site) origin(w http.ResponseWriter, r *http.Request) string {
	return s.View(w, r, nil, "").Origin
}

func (s *Site) askPasskey(w http.ResponseWriter, r *http.Request) error {
	id, err := s.held(w, r)
	if err != nil {
		return err
	}
	options, err := s.o.Desk.AskPasskey(r.Context(), id, s.origin(w, r))
	if err != nil {
		return err
	}
	return say(w, options)
}

func (s *Site) postPasskey(w http.ResponseWriter, r *http.Request) error {
	a, err := readAnswer(w, r)
	if err != nil {
		return err
	}
	v, err := s.Server.Visitor(w, r)
	if err != nil {
		return err
	}
	proof, err := s.o.Desk.Passkey(r.Context(), v.Session, s.origin(w, r), a.Credential)
	if err != nil {
		return err
	}
	if err := s.enter(w, r, v.Session, proof); err != nil {
		return err
	}
	r.Form = map[string][]string{"next": {a.Next}}
	return gone(w, s.next(r))
}

func (s *Site) newPasskey(w http.ResponseWriter, r *http.Request) error {
	v, err := s.signedIn(w, r)
	if err != nil {
		return err
	}
	options, err := s.o.Desk.NewPasskey(r.Context(), v.Session, v.Actor.Person, s.origin(w, r))
	if err != nil {
		return err
	}
	return say(w, options)
}

func (s *Site) addPasskey(w http.ResponseWriter, r *http.Request) error {
	v, err := s.signedIn(w, r)
	if err != nil {
		return err
	}
	a, err := readAnswer(w, r)
	if err != nil {
		return err
	}
	if err := s.o.Desk.AddPasskey(r.Context(), v.Session, v.Actor.Person, s.origin(w, r), a.Name, a.Credential); err != nil {
		return err
	}
	return gone(w, "/account/security/?done=passkey")
}
