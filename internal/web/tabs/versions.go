package tabs

import (
	"fmt"
	"net/http"
	"slices"

	"parvis/internal/dataset"
	"parvis/internal/web/data"
)

// versionsPage lists what has been published of a dataset.
type versionsPage struct {
	data.Page
	Versions []versionRow
}

// versionRow is a version with what changed since the one before.
type versionRow struct {
	Number        int
	When          string
	Rows          string   // "" where who asks is not shown all of them
	Added, Gone   []string // fields
	Changed       []string // fields of another type
	First, Latest bool
}

func (s *Tabs) versions(w http.ResponseWriter, r *http.Request) error {
	base, err := s.Open(w, r, "information")
	if err != nil {
		return err
	}
	p := &versionsPage{Page: base}
	p.Title = p.T("{name}: versions", "name", p.Name)
	found, err := s.versionsOf(r.Context(), p.ID)
	if err != nil {
		return fmt.Errorf("versions of %s: %w", p.Entry.UID, err)
	}
	for i, v := range found {
		row := versionRow{Number: v.Number, When: p.DateTime(v.Time), Latest: i == 0, First: i == len(found)-1}
		if p.Entry.Access.Data && p.Entry.Access.AllRows() {
			row.Rows = p.N("{n} row", "{n} rows", v.Rows)
		}
		if !row.First && !p.FewerFields { // else a field that is hidden may show
			row.Added, row.Gone, row.Changed = between(found[i+1].Fields, v.Fields)
		}
		p.Versions = append(p.Versions, row)
	}
	return s.Render(w, r, http.StatusOK, s.pages["versions"], p)
}

// between tells how a schema differs from the one before, by names of fields.
func between(before, after []dataset.Field) (added, gone, changed []string) {
	find := func(in []dataset.Field, name string) int {
		return slices.IndexFunc(in, func(f dataset.Field) bool { return f.Name == name })
	}
	for _, f := range after {
		switch i := find(before, f.Name); {
		case i < 0:
			added = append(added, f.Name)
		case before[i].Type != f.Type:
			changed = append(changed, f.Name)
		}
	}
	for _, f := range before {
		if find(after, f.Name) < 0 {
			gone = append(gone, f.Name)
		}
	}
	return added, gone, changed
}
