package session

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"parvis/internal/account"
	"parvis/internal/fault"
)

// Entry is a sign-in.
type Entry struct {
	Person int64  // 0: nobody yet
	How    string // "password", "passkey", "oidc"…
	Device string // what to call it in a list, as in "Firefox, Linux"; no more than the person needs to know it again
	Origin string // the session at the identity provider, for when that one ends; ""
}

// most is the size of what a session may keep, in bytes of JSON.
const most = 16 << 10

// Begin starts a session in which nobody has signed in yet, and gives its identifier. It lives for an hour.
func (s *Store) Begin(ctx context.Context) (id string, err error) { return s.Enter(ctx, "", Entry{}) }

// Start signs a person in and gives the new identifier, of which the store keeps only a hash.
func (s *Store) Start(ctx context.Context, personID int64, how string) (id string, err error) {
	return s.Enter(ctx, "", Entry{Person: personID, How: how})
}

// Enter signs in somebody who may hold an identifier already, which opens nothing from then on: what was known to
// anybody before the sign-in is worth nothing after it. What the earlier session kept is not taken along.
func (s *Store) Enter(ctx context.Context, earlier string, e Entry) (id string, err error) {
	id = newID()
	var person any
	rights := ""
	if e.Person != 0 {
		p, ok := s.o.People.Person(e.Person)
		if !ok {
			return "", fault.New(fault.Forbidden, "this account is not open")
		}
		person, rights = e.Person, rightsOf(p)
	}
	now := s.o.Clock().UnixMicro()
	err = s.change(ctx, func(tx *sql.Tx) ([]string, error) {
		if _, err := tx.ExecContext(ctx, sqlEnd, account.HashOf(earlier)); err != nil {
			return nil, err
		}
		var number int64
		if err := tx.QueryRowContext(ctx, sqlNext).Scan(&number); err != nil {
			return nil, err
		}
		_, err := tx.ExecContext(ctx, sqlStart, number, account.HashOf(id), person, e.How, e.Device, e.Origin, now, now, rights, "{}")
		return []string{account.HashOf(earlier)}, err
	})
	if err != nil {
		return "", fmt.Errorf("start a session: %w", err)
	}
	return id, nil
}

// Rotate gives a session a new identifier; the old one opens nothing from then on. Kind Unauthenticated: the
// session is over, or somebody else rotated it at the same moment.
func (s *Store) Rotate(ctx context.Context, id string) (newer string, err error) {
	newer = newID()
	old := account.HashOf(id)
	err = s.change(ctx, func(tx *sql.Tx) ([]string, error) {
		h, err := s.live(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		rights := h.rights
		if p, ok := s.o.People.Person(h.person); ok {
			rights = rightsOf(p)
		}
		return []string{old}, once(tx.ExecContext(ctx, sqlRotate, account.HashOf(newer), rights, s.o.Clock().UnixMicro(), old, h.version))
	})
	if err != nil {
		return "", fmt.Errorf("rotate a session: %w", err)
	}
	return newer, nil
}

// live reads the session of an identifier within a transaction. Kind Unauthenticated: it is over.
func (s *Store) live(ctx context.Context, tx *sql.Tx, id string) (*held, error) {
	h, err := read(ctx, tx, account.HashOf(id))
	if err != nil {
		return nil, err
	}
	if h == nil || s.over(h, s.o.Clock()) {
		return nil, fault.New(fault.Unauthenticated, "the session is over")
	}
	return h, nil
}

// once refuses a change that found another state than the one it was made from.
func once(done sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := done.RowsAffected()
	if err == nil && n != 1 {
		return fault.New(fault.Unauthenticated, "the session is over")
	}
	return err
}

// Keep keeps a value under a name until the session ends or is rotated by a sign-in: what a flow of several requests
// needs to remember, so that no cookie need hold it. Kind Unauthenticated: the session is over.
func (s *Store) Keep(ctx context.Context, id, name string, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("keep %s in a session: %w", name, err)
	}
	return s.alter(ctx, id, func(data map[string]json.RawMessage) bool {
		data[name] = raw
		return true
	})
}

// Take puts what was kept under a name into value and forgets it: of several who ask, one gets it. It tells whether
// there was any; a session that is over keeps nothing.
func (s *Store) Take(ctx context.Context, id, name string, value any) (bool, error) {
	var raw json.RawMessage
	if !isID(id) {
		return false, nil
	}
	err := s.alter(ctx, id, func(data map[string]json.RawMessage) bool {
		raw = data[name]
		delete(data, name)
		return raw != nil
	})
	if fault.KindOf(err) == fault.Unauthenticated || err == nil && raw == nil {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, json.Unmarshal(raw, value)
}

// errSame says that there is nothing to write.
var errSame = errors.New("nothing changes")

// alter changes what a session keeps; work tells whether it changed anything.
func (s *Store) alter(ctx context.Context, id string, work func(map[string]json.RawMessage) bool) error {
	hash := account.HashOf(id)
	err := s.change(ctx, func(tx *sql.Tx) ([]string, error) {
		h, err := s.live(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		if !work(h.data) {
			return nil, errSame
		}
		text, err := json.Marshal(h.data)
		if err != nil {
			return nil, err
		}
		if len(text) > most {
			return nil, fault.New(fault.TooLarge, "a session keeps at most %d bytes", most)
		}
		return []string{hash}, once(tx.ExecContext(ctx, sqlKeep, string(text), hash, h.version))
	})
	if err != nil && !errors.Is(err, errSame) {
		return fmt.Errorf("change what a session keeps: %w", err)
	}
	return nil
}

// End ends a session for ever. It is no mistake to end what is over.
func (s *Store) End(ctx context.Context, id string) error {
	return s.remove(ctx, []string{account.HashOf(id)}, sqlEnd, account.HashOf(id))
}

// EndOne ends the session of a person by its number in their list.
func (s *Store) EndOne(ctx context.Context, personID, number int64) error {
	return s.remove(ctx, nil, sqlEndOne, number, personID)
}

// EndAll ends all sessions of a person but that of the identifier except, "" for none.
func (s *Store) EndAll(ctx context.Context, personID int64, except string) error {
	return s.remove(ctx, nil, sqlEndAll, personID, account.HashOf(except))
}

// EndHow ends the sessions of a person that began in one way; orphans says that only those are meant that name no
// session at the identity provider.
func (s *Store) EndHow(ctx context.Context, personID int64, how string, orphans bool) error {
	if orphans {
		return s.remove(ctx, nil, sqlEndOrphans, personID, how)
	}
	return s.remove(ctx, nil, sqlEndHow, personID, how)
}

// EndAt ends the sessions that came from a session at the identity provider.
func (s *Store) EndAt(ctx context.Context, origin string) error {
	return s.remove(ctx, nil, sqlEndAt, origin)
}

func (s *Store) remove(ctx context.Context, touched []string, query string, args ...any) error {
	err := s.change(ctx, func(tx *sql.Tx) ([]string, error) {
		_, err := tx.ExecContext(ctx, query, args...)
		return touched, err
	})
	if err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return nil
}

// Listed is a session as its person sees it.
type Listed struct {
	ID      int64
	How     string
	Device  string
	Started time.Time
	Seen    time.Time // to the hour or so
	Here    bool      // it is the one of the identifier that was asked with
}

// List gives the sessions of a person, the last used first; here is the identifier of who asks, or "".
func (s *Store) List(ctx context.Context, personID int64, here string) ([]Listed, error) {
	rows, err := s.o.DB.QueryContext(ctx, sqlList, personID)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	defer rows.Close()
	var out []Listed
	now := s.o.Clock()
	for rows.Next() {
		var l Listed
		var hash string
		var started, seen int64
		if err := rows.Scan(&l.ID, &hash, &l.How, &l.Device, &started, &seen); err != nil {
			return nil, fmt.Errorf("list sessions: %w", err)
		}
		l.Started, l.Seen, l.Here = time.UnixMicro(started).UTC(), time.UnixMicro(seen).UTC(), hash == account.HashOf(here)
		if !s.over(&held{person: personID, started: l.Started, seen: l.Seen}, now) {
			out = append(out, l)
		}
	}
	return out, rows.Err()
}
