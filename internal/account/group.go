package account

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"parvis/internal/fault"
)

const (
	sqlNewGroup = `INSERT INTO person_groups (id, uid, name, description, permissions, quota, quota_unit, created)
	     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	sqlSetGroup = `UPDATE person_groups SET uid = $1, name = $2, description = $3, permissions = $4, quota = $5, quota_unit = $6
	  WHERE id = $7`
	sqlRemoveGroup = `DELETE FROM person_groups WHERE id = $1`
	sqlEmptyGroup  = `DELETE FROM memberships WHERE grouped = $1`
)

// Member is somebody in a group.
type Member struct {
	Person  int64     `json:"person"`
	Expires time.Time `json:"expires,omitzero"` // zero: never
}

// Group gives a group by its number.
func (p *People) Group(id int64) (Group, bool) {
	if g, ok := p.tables.get().groups[id]; ok {
		return *g, true
	}
	return Group{}, false
}

// GroupByUID gives a group by its name in URLs.
func (p *People) GroupByUID(uid string) (Group, bool) {
	for _, g := range p.tables.get().groups {
		if g.UID == uid {
			return *g, true
		}
	}
	return Group{}, false
}

// Groups gives all groups by their names. Kind Forbidden: the actor neither administers the portal nor manages datasets.
func (p *People) Groups(by Actor) ([]Group, error) {
	if !by.May(ManageDataset) {
		if err := by.need(EditDomain); err != nil {
			return nil, err
		}
	}
	var out []Group
	for _, g := range p.tables.get().groups {
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b Group) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// Members gives who is in a group, by number. Kinds NotFound; Forbidden: the actor does not administer the portal.
func (p *People) Members(by Actor, group int64) ([]Member, error) {
	if err := by.need(EditDomain); err != nil {
		return nil, err
	}
	t := p.tables.get()
	if _, ok := t.groups[group]; !ok {
		return nil, noGroup(group)
	}
	return t.members(group), nil
}

func (t *tables) members(group int64) (out []Member) {
	for _, id := range slices.Sorted(maps.Keys(t.people)) {
		for _, m := range t.people[id].Groups {
			if m.Group == group {
				out = append(out, Member{id, m.Expires})
			}
		}
	}
	return out
}

// CreateGroup makes a group; without a UID it gets one from its name. Kinds Forbidden: the actor does not administer
// the portal; Invalid; Conflict: the name or UID is taken.
func (p *People) CreateGroup(ctx context.Context, by Actor, g Group) (Group, error) {
	if err := by.need(EditDomain); err != nil {
		return Group{}, err
	}
	err := p.change(ctx, func(tx *sql.Tx, t *tables) error {
		var err error
		if g.ID, err = number(ctx, tx, "group"); err != nil {
			return err
		}
		if err := t.cleanGroup(&g); err != nil {
			return err
		}
		g.Created = p.clock().UTC()
		if _, err := tx.ExecContext(ctx, sqlNewGroup, g.ID, g.UID, g.Name, g.Description, encoded(g.Permissions),
			counted(g.Quota), g.Quota.Unit, g.Created.UnixMicro()); err != nil {
			return err
		}
		return Note(ctx, tx, p.clock(), by, "create", groupObject(g.ID), nil, g)
	})
	if err != nil {
		return Group{}, fmt.Errorf("create a group: %w", err)
	}
	return g, nil
}

// UpdateGroup changes a group: edit is given a copy to change. Kinds as for CreateGroup; NotFound; Conflict also:
// nobody would be left who administers the portal.
func (p *People) UpdateGroup(ctx context.Context, by Actor, id int64, edit func(*Group)) error {
	return p.group(ctx, by, id, "change", func(tx *sql.Tx, t *tables, known Group) error {
		g := known
		edit(&g)
		g.ID = id
		if err := t.cleanGroup(&g); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, sqlSetGroup, g.UID, g.Name, g.Description, encoded(g.Permissions),
			counted(g.Quota), g.Quota.Unit, id); err != nil {
			return err
		}
		return Note(ctx, tx, p.clock(), by, "update", groupObject(id), known, g)
	})
}

// RemoveGroup takes a group away; its members stay. Kinds NotFound; Forbidden; Conflict: nobody would be left who
// administers the portal.
func (p *People) RemoveGroup(ctx context.Context, by Actor, id int64) error {
	return p.group(ctx, by, id, "remove", func(tx *sql.Tx, _ *tables, known Group) error {
		if _, err := tx.ExecContext(ctx, sqlRemoveGroup, id); err != nil {
			return err
		}
		return Note(ctx, tx, p.clock(), by, "remove", groupObject(id), known, nil)
	})
}

// SetMembers says who is in a group. Kinds NotFound; Forbidden; Invalid: somebody is not there or named twice;
// Conflict: nobody would be left who administers the portal.
func (p *People) SetMembers(ctx context.Context, by Actor, id int64, members []Member) error {
	return p.group(ctx, by, id, "change the members of", func(tx *sql.Tx, t *tables, _ Group) error {
		members = slices.SortedFunc(slices.Values(members), func(a, b Member) int { return cmp.Compare(a.Person, b.Person) })
		if _, err := tx.ExecContext(ctx, sqlEmptyGroup, id); err != nil {
			return err
		}
		for i, m := range members {
			if _, ok := t.people[m.Person]; !ok || i > 0 && members[i-1].Person == m.Person {
				return fault.New(fault.Invalid, "Person %d does not exist or is named twice.", m.Person)
			}
			if _, err := tx.ExecContext(ctx, sqlJoin, m.Person, id, stamp(m.Expires)); err != nil {
				return err
			}
		}
		return Note(ctx, tx, p.clock(), by, "set_members", groupObject(id),
			map[string]any{"members": t.members(id)}, map[string]any{"members": members})
	})
}

// group does work on a group that is there, in one transaction.
func (p *People) group(ctx context.Context, by Actor, id int64, what string, work func(*sql.Tx, *tables, Group) error) error {
	if err := by.need(EditDomain); err != nil {
		return err
	}
	err := p.change(ctx, func(tx *sql.Tx, t *tables) error {
		known, ok := t.groups[id]
		if !ok {
			return noGroup(id)
		}
		return work(tx, t, *known)
	})
	if err != nil {
		return fmt.Errorf("%s group %d: %w", what, id, err)
	}
	return nil
}

var uidForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,99}$`)

// cleanGroup checks a group and brings it into the form in which it is kept.
func (t *tables) cleanGroup(g *Group) (err error) {
	if g.Name, err = CleanLine("name of the group", g.Name, 100); err != nil {
		return err
	}
	if g.Name == "" {
		return fault.New(fault.Invalid, "A group needs a name.")
	}
	if g.Description, err = CleanText("description of the group", g.Description, 2000); err != nil {
		return err
	}
	if g.UID == "" {
		g.UID = t.freeUID(g)
	}
	if !uidForm.MatchString(g.UID) {
		return fault.New(fault.Invalid, "%.120q is no identifier of a group: it has up to 100 small letters, digits, - and _.", g.UID)
	}
	for _, other := range t.groups {
		if other.ID != g.ID && (strings.EqualFold(other.Name, g.Name) || other.UID == g.UID) {
			return fault.New(fault.Conflict, "There is a group %s already.", other.Name)
		}
	}
	g.Permissions &= Every
	return g.Quota.Check()
}

var notUID = regexp.MustCompile(`[^a-z0-9]+`)

// freeUID makes a UID that no group has from a group's name.
func (t *tables) freeUID(g *Group) string {
	base := strings.Trim(notUID.ReplaceAllString(strings.ToLower(g.Name), "-"), "-")
	if base == "" {
		base = "group"
	}
	base = base[:min(len(base), 80)]
	for n := 1; ; n++ {
		uid := base
		if n > 1 {
			uid = fmt.Sprintf("%s-%d", base, n)
		}
		if !slices.ContainsFunc(slices.Collect(maps.Values(t.groups)), func(other *Group) bool { return other.UID == uid && other.ID != g.ID }) {
			return uid
		}
	}
}

func noGroup(id int64) error { return fault.New(fault.NotFound, "There is no group %d.", id) }

func groupObject(id int64) string { return fmt.Sprintf("group/%d", id) }
