package catalog

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"parvis/internal/account"
	"parvis/internal/db"
)

// wholeKey is the key of an access to all of a dataset where the public has less.
const wholeKey = "whole"

// secure works out what the public and who may see everything are shown of an entry just read.
func (e *Entry) secure(s Security, secret []byte) {
	e.Restricted = s.Restricted
	e.rules = &rules{whole: e, rule: s.Default, people: map[int64]Rule{}, groups: map[int64]Rule{}, secret: secret}
	for _, g := range s.Grants {
		if g.Person > 0 {
			e.people[g.Person] = g.Rule
		} else {
			e.groups[g.Group] = g.Rule
		}
	}
	e.Access = Access{Right: Manage, Data: true, key: wholeKey}
	byDefault := e.cut(alone(s.Default), nil)
	if !s.Restricted {
		e.public = byDefault
		e.publicKey = byDefault.Access.key
		byDefault.Access.key = ""
		if e.publicKey == wholeKey { // the public sees everything
			e.Access.key = ""
		}
		e.least = byDefault
		return
	}
	// What can be searched for among restricted datasets is what all who may know of one are shown of it.
	fields, filters := s.Default.Fields, alone(s.Default).filters
	hidden := s.Default.DataHidden
	for _, g := range s.Grants { // those of editors, too: a key of theirs may do less
		fields = both(fields, g.Fields)
		hidden = hidden || g.DataHidden
		filters = append(filters, alone(g.Rule).filters...)
	}
	e.least = e.cut(sight{Rule: Rule{Right: See, DataHidden: hidden, Fields: fields}, filters: filters}, nil)
}

// securedLike tells whether two states of a dataset let the same people see the same of it.
func (e *Entry) securedLike(other *Entry) bool {
	return e.Restricted == other.Restricted && e.ID == other.ID && reflect.DeepEqual(e.rule, other.rule) &&
		maps.EqualFunc(e.people, other.people, equalRules) && maps.EqualFunc(e.groups, other.groups, equalRules)
}

func equalRules(a, b Rule) bool { return reflect.DeepEqual(a, b) }

// Ruled tells whether not everybody is shown the same of the dataset.
func (e *Entry) Ruled() bool {
	return e.Restricted || len(e.people) > 0 || len(e.groups) > 0 || e.public != nil && e.publicKey != wholeKey
}

// security gives who may see and do what with the dataset.
func (e *Entry) security() Security {
	out := Security{Restricted: e.Restricted, Default: e.rule}
	for _, id := range slices.Sorted(maps.Keys(e.people)) {
		out.Grants = append(out.Grants, Grant{Person: id, Rule: e.people[id]})
	}
	for _, id := range slices.Sorted(maps.Keys(e.groups)) {
		out.Grants = append(out.Grants, Grant{Group: id, Rule: e.groups[id]})
	}
	return out
}

// Security gives who may see and do what with a dataset, people first, to who may say so. Kinds NotFound, Forbidden.
func (c *Catalog) Security(_ context.Context, a account.Actor, id string) (Security, error) {
	e, err := c.managed(a, id)
	if err != nil {
		return Security{}, err
	}
	return e.security(), nil
}

// Security gives who may see and do what with the dataset; ok is false where who asked for it may not know that.
func (e *Entry) Security() (s Security, ok bool) {
	if e.Access.Right < Manage {
		return Security{}, false
	}
	return e.security(), true
}

// managed gives a dataset to who may manage it.
func (c *Catalog) managed(a account.Actor, id string) (*Entry, error) {
	e, err := c.Find(a, id)
	if err != nil {
		return nil, err
	}
	if e.Access.Right < Manage {
		return nil, forbidden()
	}
	return e, nil
}

// SetSecurity says who may see and do what with a dataset, instead of what was said before; it holds for every
// question from its return on. Kinds NotFound, Forbidden; Invalid: a rule names a field that is none, its row filter
// means nothing over the fields, or there are two grants for the same.
func (c *Catalog) SetSecurity(ctx context.Context, a account.Actor, id string, s Security) error {
	if _, err := c.managed(a, id); err != nil {
		return err
	}
	return c.change(ctx, id, func(tx *sql.Tx, k *kept) error {
		if err := c.checkSecurity(s, k); err != nil {
			return err
		}
		text, err := s.write()
		if err != nil {
			return fmt.Errorf("write the security: %w", err)
		}
		revision, err := db.Advance(ctx, tx, room)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, sqlSecure, s.Default.DataHidden, text, revision, k.uid); err != nil {
			return err
		}
		return account.Note(ctx, tx, c.clock(), a, "set_security", "dataset/"+k.uid, k.security.shape(), s.shape())
	})
}
