package catalog

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"parvis/internal/account"
	"parvis/internal/dataset"
)

// Access is what who asked for a dataset may see and do of it. Two of equal Key are shown the same of it.
type Access struct {
	Right      Right               // the highest that they have
	Data       bool                // rows may be seen at all
	Filters    []string            // row filters, one of which a row meets to be shown; nil: all rows are
	Attributes map[string][]string // of who asks, for the row filters
	RecordKey  string              // hexadecimal digits under which record ids are shown; "": as they are
	Quota      account.Quota       // of calls for the rows, of each person or of all others together
	key        string
}

// Key names what is shown: "" is what the public is shown. Everything that keeps answers for others keeps them
// under it.
func (a Access) Key() string { return a.key }

// AllRows tells whether every row may be seen, and so how many there are.
func (a Access) AllRows() bool { return a.Data && a.Filters == nil }

// sight is what rules come to for somebody.
type sight struct {
	Rule
	filters []string // nil: all rows
}

// alone makes a sight of one rule.
func alone(r Rule) sight {
	s := sight{Rule: r}
	if r.Filter != "" {
		s.filters = []string{r.Filter}
	}
	return s
}

// together makes one sight of the rules of somebody's groups: a full one wins; else the rows are those that any of them shows,
// with the fields that all of them show, since a field that one hides may be hidden in just those rows.
func together(rules []Rule) sight {
	out := alone(rules[0])
	for _, r := range rules[1:] {
		out.Right = max(out.Right, r.Right)
		if !wider(out.Quota, r.Quota) {
			out.Quota = r.Quota
		}
		switch {
		case out.full():
		case r.full():
			out.DataHidden, out.Fields, out.Filter, out.filters = false, nil, "", nil
		case r.DataHidden && !out.DataHidden: // it shows no rows: its fields are of no account
		case out.DataHidden && !r.DataHidden:
			out.DataHidden, out.Fields, out.filters = false, r.Fields, alone(r).filters
		default:
			out.Fields = both(out.Fields, r.Fields)
			if out.filters != nil && r.Filter != "" {
				out.filters = append(slices.Clip(out.filters), r.Filter)
			} else {
				out.filters = nil
			}
		}
		out.Filter = strings.Join(out.filters, "\x00") // for full
	}
	return out
}

// both gives the names that stand in two lists; nil is all names.
func both(a, b []string) []string {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	out := []string{}
	for _, name := range a {
		if slices.Contains(b, name) {
			out = append(out, name)
		}
	}
	return out
}

// wider tells whether a quota lets at least as much through as another.
func wider(a, b account.Quota) bool {
	rate := func(q account.Quota) float64 {
		seconds := []float64{1, 60, 3600, 86400, 2629746, 31556952}[max(0, slices.Index(account.QuotaUnits(), q.Unit))]
		return float64(q.Limit) / seconds
	}
	return !a.Limited() || b.Limited() && rate(a) >= rate(b)
}

// For gives the dataset as an actor may see it; false where they may not know of it.
func (e *Entry) For(a account.Actor) (*Entry, bool) {
	v := e.whole.view(a)
	return v, v != nil
}

// view is the access rule; nil: the actor may not know of the dataset. It is asked of whole entries.
func (e *Entry) view(a account.Actor) *Entry {
	if a.Everything {
		return e
	}
	// A key that may not see restricted datasets sees what the public sees, whoever's it is.
	if a.Person == nil || !a.Scope.Has(account.ExploreRestrictedDataset) {
		if right := everywhere(a); right > NoRight && !e.Restricted {
			return e.with(right)
		}
		return e.public
	}
	if right := everywhere(a); right > NoRight {
		return e.with(right)
	}
	s, granted := e.granted(a)
	switch {
	case granted:
	case !e.Restricted && !asksAttributes(e.rule.Filter):
		return e.public
	case e.Restricted && !a.May(account.ExploreRestrictedDataset):
		return nil
	default:
		s = alone(e.rule)
	}
	if s.Right = s.Right.within(a.Scope); s.Right >= Edit {
		return e.with(s.Right)
	}
	return e.cut(s, a.Person.Attributes)
}

// granted gives what an actor's own grant, or else those of their groups, come to.
func (e *Entry) granted(a account.Actor) (s sight, ok bool) {
	if r, own := e.people[a.Person.ID]; own {
		return alone(r), true
	}
	if len(e.groups) == 0 {
		return s, false
	}
	var rules []Rule
	for _, g := range a.Person.Groups {
		if r, is := e.groups[g]; is {
			// What the key may not make use of does not count as a full grant.
			r.Right = r.Right.within(a.Scope)
			rules = append(rules, r)
		}
	}
	if len(rules) == 0 {
		return s, false
	}
	return together(rules), true
}

// asksAttributes tells whether a row filter hangs on who asks.
func asksAttributes(filter string) bool { return strings.Contains(strings.ToLower(filter), "#attr") }

// with gives the whole entry to somebody who has a right that shows everything.
func (e *Entry) with(right Right) *Entry {
	if right == e.Access.Right {
		return e
	}
	out := *e
	out.Access.Right = right
	return &out
}

// cut gives the entry as a sight shows it.
func (e *Entry) cut(s sight, attributes map[string][]string) *Entry {
	out := *e
	a := &out.Access
	*a = Access{Right: s.Right, Data: !s.DataHidden, Filters: s.filters, Quota: s.Quota}
	if slices.ContainsFunc(s.filters, asksAttributes) {
		a.Attributes = attributes
	}
	if s.Fields != nil {
		out.Fields = slices.DeleteFunc(slices.Clone(e.Fields), func(f dataset.Field) bool { return !slices.Contains(s.Fields, f.Name) })
	}
	hides := len(out.Fields) < len(e.Fields)
	if e.Version != nil && (s.Fields != nil || !a.AllRows()) {
		v := *e.Version
		if s.Fields != nil {
			v.Fields = slices.DeleteFunc(slices.Clone(v.Fields), func(f dataset.Field) bool { return !slices.Contains(s.Fields, f.Name) })
			hides = hides || len(v.Fields) < len(e.Version.Fields)
			a.Data = a.Data && len(v.Fields) > 0 // rows of nothing are none
		}
		if hides || !a.AllRows() {
			v.Hash, v.Bytes = "", 0
			a.RecordKey = e.recordKey()
		}
		if !a.AllRows() {
			v.Rows = 0
		}
		out.Version = &v
	}
	if hides || !a.AllRows() {
		geo := func(fields []dataset.Field) (n int) {
			for _, f := range fields {
				if f.Geo() {
					n++
				}
			}
			return n
		}
		out.Metas = cutMetas(e.Metas, hides, a.AllRows(), geo(out.Fields) == geo(e.Fields))
	}
	if hides {
		out.Translations = cutTranslations(e.Translations, out.Fields)
	}
	a.key = e.keyOf(a, out.Fields, hides)
	return &out
}

// keyOf names what an access shows.
func (e *Entry) keyOf(a *Access, fields []dataset.Field, hides bool) string {
	if !hides && a.AllRows() {
		return e.Access.key
	}
	content, _ := json.Marshal(struct { // texts and flags can always be written
		Data, Hides bool
		Fields      []dataset.Field
		Filters     []string
		Attributes  map[string][]string
	}{a.Data, hides, fields, a.Filters, a.Attributes})
	sum := sha256.Sum256(content)
	key := hex.EncodeToString(sum[:12])
	if e.publicKey == key {
		return ""
	}
	return key
}

// recordKey gives the digits under which record ids of this dataset are shown to who may not see all of it: a
// record's id is a hash of its values, and would else confirm a guess at one that is hidden.
func (e *Entry) recordKey() string {
	mac := hmac.New(sha256.New, e.secret)
	mac.Write([]byte("record/" + e.UID))
	return hex.EncodeToString(mac.Sum(nil))
}

// cutMetas takes out what metadata tell of rows and fields that are not shown.
func cutMetas(from dataset.Metas, hides, allRows, allShapes bool) dataset.Metas {
	out := mergeMetas(from, nil)
	own := out["default"]
	if !allRows {
		own["records_count"] = nil
	}
	if !allRows || !allShapes {
		own["bbox"], own["geometry_types"] = nil, nil
	}
	if hides { // they name fields
		delete(out, "visualization")
		delete(out, "asset_content_configuration")
	}
	return out
}

// cutTranslations takes out what translations say of fields that are not shown.
func cutTranslations(from dataset.Translations, shown []dataset.Field) dataset.Translations {
	out := make(dataset.Translations, len(from))
	for tag, t := range from {
		fields := map[string]dataset.FieldTranslation{}
		for _, f := range shown {
			if of, ok := t.Fields[f.Name]; ok {
				fields[f.Name] = of
			}
		}
		t.Fields = fields
		out[tag] = t
	}
	return out
}

// named matches the field of a name.
func named(name string) func(dataset.Field) bool {
	return func(f dataset.Field) bool { return f.Name == name }
}
