package check

import (
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // zones are known on machines without a zone database, too

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/odsql"
)

// maxDepth bounds how deep expressions stand in one another: the engine refuses what is much deeper.
const maxDepth = 100

// Check reads a question against a schema. It fails with an *odsql.Error that names the clause, or with a
// fault.Invalid for a language or time zone that is not known.
func Check(q odsql.Question, s Schema, env Env) (*Plan, error) {
	c := &checker{schema: &s, env: env, plan: &Plan{schema: &s}, names: map[string]int{}, sizes: map[odsql.Expr]int{}}
	for i, f := range s.Fields {
		if s.Shows(i) {
			c.names[f.Name] = i
		}
	}
	if err := c.place(q.Lang, q.Timezone); err != nil {
		return nil, err
	}
	c.rows()
	for _, text := range q.Where {
		if err := c.where(text); err != nil {
			return nil, err
		}
	}
	for _, step := range []func(odsql.Question) error{c.facets, c.groupBy, c.selects, c.orderBy} {
		if err := step(q); err != nil {
			return nil, err
		}
	}
	return c.plan, nil
}

// AggregateOrderError is the refusal of an export whose groups are ordered by an aggregate without a limit
// of at most 20,000 (Plan.AggregateOrder).
func AggregateOrderError() error {
	return &odsql.Error{Clauses: []string{"order_by"}, Message: "aggregation function in order by is not supported " +
		"with a limit > 20000. Please remove the order by or set a limit parameter lower than 20001"}
}

// checker holds the state of one Check.
type checker struct {
	schema *Schema
	env    Env
	plan   *Plan
	names  map[string]int // of fields, to their positions

	clause string // the one that is being read
	text   string // its text

	groupASTs []odsql.Expr
	aliases   map[string]Value // of the answer's columns, for order_by
	sizes     map[odsql.Expr]int
	searched  int // words that are searched for
}

// place takes in the language and the time zone.
func (c *checker) place(lang, zone string) error {
	if lang == "" {
		lang = "en"
	}
	if !slices.Contains(Languages, lang) {
		return fault.New(fault.Invalid, "Invalid value for lang API parameter: %q was found but one of %s is expected.", lang, strings.Join(Languages, ", "))
	}
	if zone == "" {
		zone = "UTC"
	}
	loc, err := time.LoadLocation(zone)
	if err != nil || !zoneName(zone) {
		return fault.New(fault.Invalid, "Invalid value for timezone API parameter: %q is not the name of a time zone such as Europe/Paris.", zone)
	}
	c.plan.Lang, c.plan.Zone, c.plan.Loc = lang, zone, loc
	return nil
}

// zoneName tells whether a name that Go could load is one that the engine knows, too: not a file of the
// machine's zone database beside the zones proper.
func zoneName(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	switch first {
	case "Local", "posix", "right", "posixrules", "localtime", "Factory", "leapseconds", "tzdata":
		return false
	}
	if first == "" || first[0] < 'A' || first[0] > 'Z' {
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/_+-", r))
	})
}

// begin names the clause that is read from here on, for errors.
func (c *checker) begin(clause, text string) { c.clause, c.text = clause, text }

// errorf is a mistake in the clause being read.
func (c *checker) errorf(format string, args ...any) error {
	return &odsql.Error{Clauses: []string{c.clause}, Message: fmt.Sprintf(format, args...)}
}

// errorAt is a mistake at a place of the clause being read.
func (c *checker) errorAt(x odsql.Expr, format string, args ...any) error {
	return c.errorf("%s at position %d", fmt.Sprintf(format, args...), x.At().Start)
}

// unknownFunction is the error for a name before brackets that is no function. Conditions get the syntax error
// that clients know.
func (c *checker) unknownFunction(x *odsql.Call) error {
	if c.clause != "where" {
		return c.errorf("%s() is not a function, at position %d", x.Name, x.At().Start)
	}
	at := x.At().Start + len(x.Name)
	near := c.text[min(x.At().Start, len(c.text)):min(at+1, len(c.text))]
	return &odsql.Error{Syntax: true, Clauses: []string{c.clause}, Message: fmt.Sprintf("unexpected ( at position %d in %s", at, near)}
}

// field finds a field by name or other name; -1 where there is none.
func (c *checker) field(name string) int {
	if i, ok := c.names[name]; ok {
		return i
	}
	if other, ok := c.schema.Aliases[name]; ok {
		if i, ok := c.names[other]; ok {
			return i
		}
	}
	return -1
}

// unknownField is the error for a name that is none.
func (c *checker) unknownField(name string) error { return c.errorf("Unknown field: %s", name) }

// at makes the value of the field at position i.
func (c *checker) at(i int) Field {
	f := c.schema.Fields[i]
	return Field{Index: i, T: Type{Base: f.Type, List: f.List()}}
}

// shown gives the positions of the fields that exist for who asks; nil for all.
func (c *checker) shown() []int {
	if !c.schema.hides() {
		return nil
	}
	out := []int{}
	for i := range c.schema.Fields {
		if c.schema.Shows(i) {
			out = append(out, i)
		}
	}
	return out
}

// described names a type for messages.
func described(t Type) string {
	switch {
	case t.Base == "":
		return "null"
	case t.List:
		return "multivalued " + string(t.Base)
	}
	return string(t.Base)
}

func numeric(t Type) bool { return t.Base == dataset.Int || t.Base == dataset.Double }
func dated(t Type) bool   { return t.Base == dataset.Date || t.Base == dataset.DateTime }
func textual(t Type) bool {
	return t.Base == dataset.Text || t.Base == dataset.JSON || t.Base == dataset.File
}
