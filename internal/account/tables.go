package account

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"parvis/internal/db"
)

const (
	sqlPeople = `SELECT id, email, name, language, permissions, attributes, quota, quota_unit, active, created, expires, last_seen
	  FROM people ORDER BY id`
	sqlGroups      = `SELECT id, uid, name, description, permissions, quota, quota_unit, created FROM person_groups ORDER BY name`
	sqlMemberships = `SELECT person, grouped, expires FROM memberships ORDER BY grouped`
)

// Profile is all that is kept of a person.
type Profile struct {
	ID      int64
	Active  bool
	Created time.Time
	Seen    time.Time // the day on which they were last here, at its start in UTC; zero: never. It may be an hour late.
	Draft
}

// Draft is what can be said of a person.
type Draft struct {
	Email       string              `json:"email"`
	Name        string              `json:"name"`
	Language    string              `json:"language"` // "" for none chosen
	Permissions Permissions         `json:"permissions"`
	Groups      []Membership        `json:"groups"` // sorted by group
	Attributes  map[string][]string `json:"attributes"`
	Quota       Quota               `json:"quota,omitzero"`
	Expires     time.Time           `json:"expires,omitzero"` // zero: never
}

// Membership is being in a group.
type Membership struct {
	Group   int64     `json:"group"`
	Expires time.Time `json:"expires,omitzero"` // zero: never
}

// Group is people who hold permissions together.
type Group struct {
	ID          int64       `json:"-"`
	UID         string      `json:"uid"` // its name in URLs: small letters, digits, "-" and "_"
	Name        string      `json:"name"`
	Description string      `json:"description"`
	Permissions Permissions `json:"permissions"`
	Quota       Quota       `json:"quota,omitzero"`
	Created     time.Time   `json:"-"`
}

// tables is what memory holds of the tables of people; it never changes.
type tables struct {
	people map[int64]*Profile
	groups map[int64]*Group
}

// readTables reads people, groups and memberships.
func readTables(ctx context.Context, from db.Asker) (*tables, error) {
	t := &tables{people: map[int64]*Profile{}, groups: map[int64]*Group{}}
	for _, read := range []func(context.Context, db.Asker) error{t.readGroups, t.readPeople, t.readMemberships} {
		if err := read(ctx, from); err != nil {
			return nil, fmt.Errorf("read the people: %w", err)
		}
	}
	return t, nil
}

func (t *tables) readGroups(ctx context.Context, from db.Asker) error {
	return list(ctx, from, sqlGroups, nil, func(scan func(...any) error) error {
		g := &Group{}
		var permissions string
		var quota sql.NullInt64
		var created int64
		if err := scan(&g.ID, &g.UID, &g.Name, &g.Description, &permissions, &quota, &g.Quota.Unit, &created); err != nil {
			return err
		}
		g.Permissions, g.Quota.Limit, g.Created = readPermissions(permissions), quota.Int64, moment(created)
		t.groups[g.ID] = g
		return nil
	})
}

func (t *tables) readPeople(ctx context.Context, from db.Asker) error {
	return list(ctx, from, sqlPeople, nil, func(scan func(...any) error) error {
		p := &Profile{}
		var permissions, attributes string
		var quota, expires, seen sql.NullInt64
		var created int64
		if err := scan(&p.ID, &p.Email, &p.Name, &p.Language, &permissions, &attributes, &quota, &p.Quota.Unit,
			&p.Active, &created, &expires, &seen); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(attributes), &p.Attributes); err != nil {
			return fmt.Errorf("the attributes of person %d: %w", p.ID, err)
		}
		p.Permissions, p.Quota.Limit = readPermissions(permissions), quota.Int64
		p.Created, p.Expires, p.Seen = moment(created), maybe(expires), maybe(seen)
		t.people[p.ID] = p
		return nil
	})
}

func (t *tables) readMemberships(ctx context.Context, from db.Asker) error {
	return list(ctx, from, sqlMemberships, nil, func(scan func(...any) error) error {
		var person int64
		var m Membership
		var expires sql.NullInt64
		if err := scan(&person, &m.Group, &expires); err != nil {
			return err
		}
		m.Expires = maybe(expires)
		if p := t.people[person]; p != nil {
			p.Groups = append(p.Groups, m)
		}
		return nil
	})
}

// view is who is who at a moment; it never changes.
type view struct {
	of      *tables
	until   time.Time // when somebody's account or membership ends next; zero: never
	people  map[int64]*Person
	byEmail map[string]*Person
}

// compose makes the view of the tables at a moment: people who may come in, with what they then hold.
func (t *tables) compose(now time.Time) *view {
	v := &view{of: t, people: map[int64]*Person{}, byEmail: map[string]*Person{}}
	for _, p := range t.people {
		if !p.Active || v.ended(p.Expires, now) {
			continue
		}
		person := &Person{ID: p.ID, Email: p.Email, Name: p.Name, Language: p.Language, Permissions: p.Permissions,
			Attributes: p.Attributes, Quota: p.Quota}
		for _, m := range p.Groups {
			if v.ended(m.Expires, now) {
				continue
			}
			g := t.groups[m.Group]
			person.Groups = append(person.Groups, g.ID)
			person.Permissions |= g.Permissions
			if g.Quota.Limited() && !p.Quota.Limited() && g.Quota.wider(person.Quota) {
				person.Quota = g.Quota
			}
		}
		v.people[person.ID], v.byEmail[person.Email] = person, person
	}
	return v
}

// ended tells whether something that ends at a time has ended, and notes the time where that is still to come.
func (v *view) ended(expires, now time.Time) bool {
	if expires.IsZero() {
		return false
	}
	if !now.Before(expires) {
		return true
	}
	if v.until.IsZero() || expires.Before(v.until) {
		v.until = expires
	}
	return false
}

// administrators counts those who administer the portal at a moment, and those of them whose right has no end.
func (t *tables) administrators(now time.Time) (active, lasting int) {
	for _, p := range t.people {
		if !p.Active || over(p.Expires, now) {
			continue
		}
		holds, ever := p.Permissions.Has(EditDomain), p.Permissions.Has(EditDomain)
		for _, m := range p.Groups {
			if t.groups[m.Group].Permissions.Has(EditDomain) && !over(m.Expires, now) {
				holds, ever = true, ever || m.Expires.IsZero()
			}
		}
		if holds {
			active++
		}
		if holds && ever && p.Expires.IsZero() {
			lasting++
		}
	}
	return active, lasting
}

// over tells whether something that ends at a time, or never if that is zero, has ended.
func over(expires, now time.Time) bool { return !expires.IsZero() && !now.Before(expires) }

// sortedPeople gives the profiles by e-mail address.
func (t *tables) sortedPeople() []*Profile {
	return slices.SortedFunc(maps.Values(t.people), func(a, b *Profile) int {
		if a.Email < b.Email {
			return -1
		}
		return 1
	})
}

// list puts a query and hands each row's scan to take.
func list(ctx context.Context, from db.Asker, query string, args []any, take func(scan func(...any) error) error) error {
	rows, err := from.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := take(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// readPermissions reads a list of names, of which it ignores what it does not know: nobody then holds it.
func readPermissions(text string) (out Permissions) {
	var names []string
	if json.Unmarshal([]byte(text), &names) != nil {
		return 0
	}
	for _, name := range names {
		if one, err := ParsePermissions([]string{name}); err == nil {
			out |= one
		}
	}
	return out
}

// encoded gives a value as JSON. What it is given can always be written.
func encoded(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// moment reads a time of the database: microseconds since 1970.
func moment(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// maybe reads a time that may be missing.
func maybe(micros sql.NullInt64) time.Time {
	if !micros.Valid {
		return time.Time{}
	}
	return moment(micros.Int64)
}

// stamp writes a time that may be zero, as microseconds or null.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// counted writes a quota's limit, null for none.
func counted(q Quota) any {
	if !q.Limited() {
		return nil
	}
	return q.Limit
}
