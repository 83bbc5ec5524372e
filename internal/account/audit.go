package account

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"parvis/internal/db"
	"parvis/internal/fault"
)

// Event is one line of the audit log: who changed what.
type Event struct {
	ID      int64
	At      time.Time
	Who     string // "person", "operator" (at the command line, or with a key made there) or "nobody" (not signed in)
	Person  int64  // who may be gone by now; 0 where Who is not "person"
	Key     int64  // the API key used; 0 for none
	Verb    string // as in "create", "disable", "set_security"
	Object  string // as in "person/12", "dataset/da_x1y2z3"
	Changes map[string]Difference
}

// Difference is a value before and after, as JSON; nil where there was, or is, none.
type Difference struct {
	From json.RawMessage `json:"from,omitempty"`
	To   json.RawMessage `json:"to,omitempty"`
}

const (
	sqlNote   = `INSERT INTO audit (id, at, who, person, api_key, verb, object, changes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	sqlEvents = `SELECT id, at, who, person, api_key, verb, object, changes FROM audit
	 WHERE ($1 = 0 OR id < $1) AND ($2 = '' OR verb = $2) AND ($3 = '' OR object = $3 OR object LIKE $4 ESCAPE '\')
	   AND ($5 = 0 OR person = $5) AND at >= $6 AND at < $7 ORDER BY id DESC LIMIT $8`
	sqlVerbs       = `SELECT DISTINCT verb FROM audit ORDER BY verb`
	sqlOldEvents   = `DELETE FROM audit WHERE at < $1`
	sqlBlankPerson = `UPDATE audit SET changes = '{}' WHERE object = $1 OR object LIKE 'invitation/%' AND changes LIKE $2 ESCAPE '\'`
)

// Note appends to the audit log within tx, the transaction of the change itself: at that time the actor did what the
// verb says to the object ("person/12"). Before and after are the object as anything that JSON can hold, nil where
// there was or is none; only what differs at their first level is kept. They should hold no secret; whatever is named
// like one is left out.
func Note(ctx context.Context, tx *sql.Tx, at time.Time, by Actor, verb, object string, before, after any) error {
	changes, err := differences(before, after)
	if err != nil {
		return fmt.Errorf("note %s of %s: %w", verb, object, err)
	}
	id, err := number(ctx, tx, "audit")
	if err != nil {
		return fmt.Errorf("note %s of %s: %w", verb, object, err)
	}
	who, person := by.who()
	_, err = tx.ExecContext(ctx, sqlNote, id, at.UnixMicro(), who, orNull(person), orNull(by.Key), verb, object, encoded(changes))
	if err != nil {
		return fmt.Errorf("note %s of %s: %w", verb, object, err)
	}
	return nil
}

// who names an actor for the log.
func (a Actor) who() (who string, person int64) {
	switch {
	case a.Person != nil:
		return "person", a.Person.ID
	case a.Everything:
		return "operator", 0
	}
	return "nobody", 0
}

// differences compares two values as JSON objects.
func differences(before, after any) (map[string]Difference, error) {
	from, err := members(before)
	if err != nil {
		return nil, err
	}
	to, err := members(after)
	if err != nil {
		return nil, err
	}
	out := map[string]Difference{}
	for name, value := range from {
		if !bytes.Equal(value, to[name]) {
			out[name] = Difference{From: value, To: to[name]}
		}
	}
	for name, value := range to {
		if _, known := from[name]; !known {
			out[name] = Difference{To: value}
		}
	}
	return out, nil
}

// members gives the members of a value, without those that are empty or named like secrets; a value that is no object
// is its own member "value".
func members(value any) (map[string]json.RawMessage, error) {
	out := map[string]json.RawMessage{}
	if value == nil {
		return out, nil
	}
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	if text[0] != '{' {
		if string(text) != "null" {
			out["value"] = text
		}
		return out, nil
	}
	if err := json.Unmarshal(text, &out); err != nil {
		return nil, err
	}
	for name, value := range out {
		if slices.Contains([]string{"null", `""`, "[]", "{}"}, string(value)) {
			delete(out, name)
		}
		for _, secret := range []string{"password", "secret", "token", "hash"} {
			if strings.Contains(strings.ToLower(name), secret) {
				delete(out, name)
			}
		}
	}
	return out, nil
}

// Events is a question to the audit log.
type Events struct {
	Before      int64     // events older than this one; 0 for the newest
	Verb        string    // "" for all
	Object      string    // "person/12", or "person" for all people; "" for all
	Person      int64     // who did it; 0 for all
	Since, Till time.Time // zero: without a bound
	Limit       int       // 1 to 1000
}

// Log gives events, the newest first. Kind Forbidden: the actor does not administer the portal.
func (p *People) Log(ctx context.Context, by Actor, ask Events) (out []Event, err error) {
	if err := by.need(EditDomain); err != nil {
		return nil, err
	}
	till := ask.Till.UnixMicro()
	if ask.Till.IsZero() {
		till = 1 << 62
	}
	since := int64(0)
	if !ask.Since.IsZero() {
		since = ask.Since.UnixMicro()
	}
	args := []any{ask.Before, ask.Verb, ask.Object, likeText(ask.Object) + "/%", ask.Person, since, till, min(max(ask.Limit, 1), 1000)}
	err = list(ctx, p.db, sqlEvents, args, func(scan func(...any) error) error {
		var e Event
		var at int64
		var person, key sql.NullInt64
		var changes string
		if err := scan(&e.ID, &at, &e.Who, &person, &key, &e.Verb, &e.Object, &changes); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(changes), &e.Changes); err != nil {
			return fmt.Errorf("event %d: %w", e.ID, err)
		}
		e.At, e.Person, e.Key = moment(at), person.Int64, key.Int64
		out = append(out, e)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the audit log: %w", err)
	}
	return out, nil
}

// Verbs gives the verbs that the audit log holds. Kind Forbidden: the actor does not administer the portal.
func (p *People) Verbs(ctx context.Context, by Actor) (out []string, err error) {
	if err := by.need(EditDomain); err != nil {
		return nil, err
	}
	err = list(ctx, p.db, sqlVerbs, nil, func(scan func(...any) error) error {
		var verb string
		if err := scan(&verb); err != nil {
			return err
		}
		out = append(out, verb)
		return nil
	})
	return out, err
}

// Sweep forgets what is older than the time for which the log is kept: events, decided requests for access and those
// that nobody decided on, and invitations that ended a month ago. It gives how many of them there were.
func (p *People) Sweep(ctx context.Context) (n int64, err error) {
	now := p.clock()
	old := now.AddDate(0, -p.keepLog, 0)
	err = db.Change(ctx, p.db, func(tx *sql.Tx) error {
		for _, forget := range []struct {
			what   string
			before time.Time
		}{{sqlOldEvents, old}, {sqlOldRequests, old}, {sqlForgottenAsking, old}, {sqlOldInvitations, now.AddDate(0, -1, 0)}} {
			done, err := tx.ExecContext(ctx, forget.what, forget.before.UnixMicro())
			if err != nil {
				return err
			}
			gone, err := done.RowsAffected()
			if err != nil {
				return err
			}
			n += gone
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("sweep what is old: %w", err)
	}
	return n, nil
}

// need holds an actor to a permission. Kinds Unauthenticated: nobody is signed in; Forbidden.
func (a Actor) need(permission Permission) error {
	switch {
	case a.May(permission):
		return nil
	case !a.Known():
		return fault.New(fault.Unauthenticated, "This needs to be signed in.")
	}
	return fault.New(fault.Forbidden, "This needs the permission %s.", permission)
}

// likeText escapes a text for LIKE … ESCAPE '\'.
func likeText(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}

func orNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}
