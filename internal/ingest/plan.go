package ingest

import (
	"slices"

	"parvis/internal/dataset"
	"parvis/internal/format"
)

// schema is what is known of the fields before the rows are.
type schema struct {
	fields []dataset.Field
	strict bool            // the dataset has these fields and no others
	former []dataset.Field // of the version before: what people wrote about them is kept
}

// plan is the fields of a version and how they come out of the source.
type plan struct {
	targets  []*target
	names    []string  // technical names of the columns of the source
	verdicts []verdict // of the columns
	why      []string  // by field
}

// columnNames gives the technical names of the columns.
func columnNames(columns []format.Field) []string {
	taken := names{}
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = taken.name(c.Name, i)
	}
	return out
}

// newPlan makes the fields: those of the schema first, then the other columns in their order, then a point where two
// columns make one.
func newPlan(columns []format.Field, verdicts []verdict, s schema) *plan {
	p := &plan{names: columnNames(columns), verdicts: verdicts}
	used := make([]bool, len(columns))
	taken := names{}
	for _, f := range s.fields {
		t := &target{field: f, from: p.find(columns, f, used), lat: -1}
		why := "as the schema says, but no column has its name"
		if t.from >= 0 {
			used[t.from] = true
			t.verdict = verdicts[t.from]
			why = "as the schema says"
		}
		t.typ, t.list = f.Type, f.List()
		if t.from < 0 || verdicts[t.from].typ == dataset.Text {
			t.number = anyNumber
		}
		taken[f.Name] = true
		p.targets, p.why = append(p.targets, t), append(p.why, why)
	}
	if s.strict {
		return p
	}
	for i, c := range columns {
		if used[i] {
			continue
		}
		v := verdicts[i]
		f := dataset.Field{Name: taken.name(c.Name, i), Type: v.typ, Label: c.Label}
		if f.Label == "" {
			f.Label = c.Name
		}
		if v.list {
			f.Annotations.Multivalued = ";"
		}
		p.targets, p.why = append(p.targets, &target{field: s.keep(f), from: i, lat: -1, verdict: v}), append(p.why, v.why)
	}
	p.addPoint(columns, s, taken)
	return p
}

// addPoint adds a field for the points that two columns make, unless there is geometry already.
func (p *plan) addPoint(columns []format.Field, s schema, taken names) {
	if slices.ContainsFunc(p.targets, func(t *target) bool { return t.field.Geo() }) {
		return
	}
	lat, lon, ok := pair(p.names, p.verdicts)
	if !ok {
		return
	}
	f := dataset.Field{Name: taken.name("geo_point_2d", len(columns)), Type: dataset.GeoPoint, Label: "Geo Point"}
	t := &target{field: s.keep(f), from: -1, lat: lat, lon: lon}
	t.typ, t.number = dataset.GeoPoint, p.verdicts[lat].number
	p.targets = append(p.targets, t)
	p.why = append(p.why, "made of "+p.names[lat]+" and "+p.names[lon])
}

// find gives the column of a field of the schema: the one with its name, else the one whose header is its label or,
// as a technical name, its name.
func (p *plan) find(columns []format.Field, f dataset.Field, used []bool) int {
	for _, is := range []func(i int) bool{
		func(i int) bool { return columns[i].Name == f.Name },
		func(i int) bool { return p.names[i] == f.Name },
		func(i int) bool { return f.Label != "" && columns[i].Name == f.Label },
	} {
		for i := range columns {
			if !used[i] && is(i) {
				return i
			}
		}
	}
	return -1
}

// keep gives the field with what people wrote about it in the version before, where it is still the same field.
func (s schema) keep(f dataset.Field) dataset.Field {
	for _, old := range s.former {
		if old.Name == f.Name && old.Type == f.Type && old.List() == f.List() {
			return old
		}
	}
	return f
}

// fields gives the fields of the version.
func (p *plan) fields() []dataset.Field {
	out := make([]dataset.Field, len(p.targets))
	for i, t := range p.targets {
		out[i] = t.field
	}
	return out
}
