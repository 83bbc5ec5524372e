package explore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/odsql"
	"parvis/internal/odsql/check"
)

// asked is an index as one actor asks it: the datasets that they may know of, and nothing of the others.
type asked struct {
	*index
	actor    account.Actor
	key      string // of what they may see of the whole catalogue; "" is what the public may
	schema   check.Schema
	excluded []check.Const // the ids of datasets in the index that they may not know of
}

// ask gives the index that an actor asks, which must be released.
func (x *Explorer) ask(ctx context.Context, a account.Actor) (*asked, error) {
	ix, err := x.index(ctx, openOnes)
	if err != nil {
		return nil, err
	}
	if a.Person == nil && !a.Everything {
		return &asked{index: ix, actor: a, schema: ix.schema}, nil
	}
	key, _, more := audience(ix.ruled, a)
	if !more {
		return &asked{index: ix, actor: a, key: key, schema: ix.schema}, nil
	}
	ix.release()
	if ix, err = x.index(ctx, allOfThem); err != nil {
		return nil, err
	}
	out := &asked{index: ix, actor: a, schema: ix.schema}
	var excluded []string
	out.key, excluded, _ = audience(ix.ruled, a)
	for _, id := range excluded {
		out.excluded = append(out.excluded, check.Const{Base: dataset.Text, V: id})
	}
	out.schema.Hidden = ix.hidden(excluded)
	return out, nil
}

// audience tells what an actor is shown of the datasets of which not everybody is shown the same: a key, the ids of
// those that they may not know of, and whether they may know of any restricted one.
func audience(ruled []*catalog.Entry, a account.Actor) (key string, excluded []string, restricted bool) {
	sum := sha256.New()
	same := true
	for _, e := range ruled {
		seen, ok := e.For(a)
		switch {
		case !ok:
			excluded = append(excluded, e.ID)
			continue
		case seen.Public():
			continue
		}
		same = false
		restricted = restricted || seen.Restricted
		sum.Write([]byte(e.UID + "/" + seen.Access.Key() + "/"))
	}
	if same {
		return "", excluded, false
	}
	return hex.EncodeToString(sum.Sum(nil)[:12]), excluded, restricted
}

// hidden marks the metadata that no dataset has but those that are not to be known of.
func (ix *index) hidden(excluded []string) []bool {
	if len(excluded) == 0 {
		return nil
	}
	out := make([]bool, len(ix.schema.Fields))
	for i, f := range ix.schema.Fields {
		owners := ix.owners[f.Name]
		out[i] = len(owners) > 0 && !slices.ContainsFunc(owners, func(id string) bool { return !slices.Contains(excluded, id) })
	}
	return out
}

// state names the state of the catalogue as the actor sees it.
func (ix *asked) state() string {
	out := "catalog/" + strconv.FormatInt(ix.revision, 36)
	if ix.key != "" {
		out += "/" + ix.key
	}
	return out
}

// CatalogState names the state of the catalogue from which an actor's questions about it are answered: another one
// whenever it changes, and for whoever is shown something else.
func (x *Explorer) CatalogState(ctx context.Context, a account.Actor) (string, error) {
	ix, err := x.ask(ctx, a)
	if err != nil {
		return "", err
	}
	defer ix.release()
	return ix.state(), nil
}

// check reads a question; datasets that the actor may not know of are out before anything is counted.
func (ix *asked) check(x *Explorer, q odsql.Question) (*check.Plan, error) {
	schema := ix.schema
	if len(ix.excluded) > 0 && namesOrder(q) { // its gaps would tell of those that are left out
		schema.Hidden = slices.Clone(schema.Hidden)
		schema.Hidden[slices.IndexFunc(schema.Fields, func(f dataset.Field) bool { return f.Name == orderField })] = true
	}
	p, err := check.Check(q, schema, check.Env{Now: x.clock()})
	if err != nil || len(ix.excluded) == 0 {
		return p, err
	}
	field := slices.IndexFunc(ix.schema.Fields, func(f dataset.Field) bool { return f.Name == idField })
	id := check.Field{Index: field, T: check.Type{Base: dataset.Text}}
	p.Filters = append(p.Filters, check.Filter{Predicate: check.Lacks{X: check.OneOf{X: id, List: ix.excluded}}, Facet: -1})
	return p, nil
}

// namesOrder tells whether a question asks for the places of datasets in any way but to sort by them.
func namesOrder(q odsql.Question) bool {
	for _, clause := range [][]string{{q.Select, q.GroupBy}, q.Where, q.Refine, q.Exclude, q.Facet} {
		if slices.ContainsFunc(clause, func(text string) bool { return strings.Contains(text, orderField) }) {
			return true
		}
	}
	selected := strings.ToLower(q.Select)
	return strings.TrimSpace(selected) == "" || strings.Contains(selected, "*") || strings.Contains(selected, "clude")
}

// shows tells whether the field of a name is there for the actor.
func (ix *asked) shows(name string) bool {
	i := slices.IndexFunc(ix.schema.Fields, func(f dataset.Field) bool { return f.Name == name })
	return i < 0 || ix.schema.Shows(i)
}

// entry gives the dataset of an ID as the actor may see it.
func (ix *asked) entry(id string) *catalog.Entry {
	e, _ := ix.entries[id].For(ix.actor)
	return e
}
