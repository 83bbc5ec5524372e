package check

import (
	"slices"
	"time"

	"parvis/internal/dataset"
)

// Schema is what a question is asked of.
type Schema struct {
	Fields  []dataset.Field   // in the order of the version's columns
	Aliases map[string]string // other names of fields: "default.title" → "title" in the catalogue
	Time    time.Time         // when the rows were published: record_timestamp
	ID      string            // the dataset's id: datasetid

	// What who asks is not shown.
	Hidden    []bool // by position: fields that do not exist for who asks; nil: none
	RecordKey string // hexadecimal digits under which record ids are shown, so that nobody can try values on them; "": as they are
}

// Shows tells whether the field at position i exists for who asks.
func (s *Schema) Shows(i int) bool { return i >= len(s.Hidden) || !s.Hidden[i] }

// hides tells whether any field does not exist for who asks.
func (s *Schema) hides() bool { return slices.Contains(s.Hidden, true) }

// Env is what a question depends on beside the rows.
type Env struct {
	Now time.Time // for now()

	// Rows are row filters: records that meet none of them do not exist for who asks. Nil: all exist.
	Rows       []string
	Attributes map[string][]string // of who asks, for #attr
}

// Plan is a checked question. Its rows are: the records that meet Filters (ungrouped), one row a group
// (Grouped), or a single row of aggregates (Aggregated).
type Plan struct {
	Zone string         // an IANA name: whose clock dates are told by; "UTC" is the default
	Loc  *time.Location // the same
	Lang string         // of the names in date_format: one of Languages

	Columns []dataset.Column // of the answer
	Select  []Value          // one for each of Columns

	Grouped    bool // group_by was given
	Aggregated bool // aggregates without group_by, and nothing of single records: one row
	Groups     []Group
	Aggregates []Aggregate // what Select and Order refer to by AggregateRef; beside plain records: over all that meet Filters

	Filters []Filter
	Order   []Order
	// AggregateOrder holds where order_by uses an aggregate: an export of groups without a limit, or with
	// one over 20,000, refuses it with the error of that name in package check.
	AggregateOrder bool

	Facets []Facet // the facets that were asked for; all annotated ones where none was

	Volatile bool // the answer depends on the clock (now): it must not be kept for later

	Broken bool // a row filter means nothing over these fields, and lets no record through

	schema *Schema
}

// RecordKey gives the digits under which record ids are shown, "" for none.
func (p *Plan) RecordKey() string { return p.schema.RecordKey }

// Unseen gives the plan as row filters are told by: the clock of UTC, English, and record ids as they are, whatever
// was asked.
func (p *Plan) Unseen() *Plan {
	schema := *p.schema
	schema.RecordKey = ""
	out := *p
	out.Zone, out.Loc, out.Lang, out.schema = "UTC", time.UTC, "en", &schema
	return &out
}

// Fields gives the fields of the schema, by position.
func (p *Plan) Fields() []dataset.Field { return p.schema.Fields }

// Mixed tells whether the rows are records that each show aggregates over all of them, too.
func (p *Plan) Mixed() bool { return !p.Grouped && !p.Aggregated && len(p.Aggregates) > 0 }

// PlainText undoes json_format among the columns, which hold the text itself then: formats other than JSON show that.
func (p *Plan) PlainText() {
	for i, v := range p.Select {
		if j, is := v.(JSONFormat); is {
			p.Select[i], p.Columns[i].Type = j.X, j.X.Type().Base
		}
	}
}

// Filter is a condition that all rows of the answer meet.
type Filter struct {
	Predicate
	// Facet is the position of the field if the condition is the refinement of a disjunctive facet, which
	// the counts of that facet leave out; else -1.
	Facet int
}

// Order is one key of the order of rows. Nulls come last both ways. Text is compared without case and accents.
type Order struct {
	Value Value
	Desc  bool
}

// Group is one key of group_by.
type Group struct {
	Value Value
	// List holds if Value is a multivalued field: a row counts in the group of each of its elements.
	List bool
}

// Aggregate is one aggregate function over the rows of a group, or of the whole answer.
type Aggregate struct {
	Func     string  // count, sum, avg, min, max, percentile (median is 0.5), envelope, bbox
	X        Value   // nil for count(*)
	Distinct bool    // count(distinct x)
	Fraction float64 // of percentile, 0 to 1
	Result   Type
}

// Facet is one facet to count.
type Facet struct {
	Name      string // as asked
	Field     int    // position of the field
	Kind      FacetKind
	Separator string // of the levels of a FacetPath
	Depth     int    // levels of a FacetDate: 1 year, 2 month, 3 day
	Sort      string // count, -count, alphanum, -alphanum, num, -num
	Limit     int    // values a level
	// Refined and Excluded are the refinements and exclusions of this facet's field, in the form in which sqlgen.Facets writes
	// values: "2001/06", "Europe/France", "true", "12". Levels are parted by "/" in a FacetDate and by
	// Separator in a FacetPath.
	Refined, Excluded []string
}

// FacetKind tells how the values of a facet hang together.
type FacetKind int

// The kinds of facets.
const (
	FacetFlat FacetKind = iota // one level
	FacetPath                  // texts that are paths, parted by Separator
	FacetDate                  // year, year/month, year/month/day
)
