package catalog

import (
	"fmt"
	"time"

	"parvis/internal/dataset"
	"parvis/internal/engine"
)

// Entry is a dataset as it stands at one moment. Nobody changes it, nor anything it points to: what comes
// after is another Entry. Metas hold the complete default template (see DefaultMetas).
type Entry struct {
	dataset.Dataset
	Version   *dataset.Version // of the rows; nil: the dataset has a description only
	Created   time.Time        // UTC, as all times here
	Described time.Time        // last change of the description
	Changed   time.Time        // last change of anything: description or rows
	Revision  int64            // of the catalogue, when this dataset last changed; another one with every change

	Restricted bool   // not everybody may know of it
	Access     Access // of who asked for it: fields and metadata are those that they are shown

	source engine.Source
	*rules
}

// rules is what the access rule needs to know of a dataset, the same for everybody who asks.
type rules struct {
	whole     *Entry // as who may see everything has it
	public    *Entry // as everybody has it; nil: the dataset is restricted
	least     *Entry // what everybody is shown who may know of it
	publicKey string // of what the public is shown
	rule      Rule   // for everybody
	people    map[int64]Rule
	groups    map[int64]Rule
	secret    []byte
}

// In gives the entry with the texts of its description in a language, where there is a translation.
func (e *Entry) In(lang string) *Entry {
	d := e.Dataset.In(lang)
	if d == &e.Dataset {
		return e
	}
	out := *e
	out.Dataset = *d
	return &out
}

// HasRecords tells whether the dataset has rows to ask for, if only in principle: a version may be empty.
func (e *Entry) HasRecords() bool { return e.Version != nil }

// Rows gives the number of records, 0 where there is no version, or where who asked may not see them all.
func (e *Entry) Rows() int64 {
	if e.Version == nil {
		return 0
	}
	return e.Version.Rows
}

// Everything gives the entry with all that who asked is not shown: for internal/explore, which holds the questions to
// Access, and for nobody else.
func (e *Entry) Everything() *Entry { return e.whole }

// Withheld tells whether who asked is not shown some rows, or some fields.
func (e *Entry) Withheld() (rows, fields bool) {
	return !e.Access.AllRows(), e.rules != nil && len(e.Fields) < len(e.whole.Fields)
}

// Public tells whether who asked is shown what everybody is.
func (e *Entry) Public() bool { return e.Access.key == "" && !e.Restricted }

// Source gives what the engine needs to answer over the rows; the zero Source where HasRecords is false.
func (e *Entry) Source() engine.Source { return e.source }

// Visibility gives the API's word for who may see the dataset.
func (e *Entry) Visibility() string {
	if e.Restricted {
		return "restricted"
	}
	return "domain"
}

// Features gives what can be done with the dataset, in the API's words and its order; never nil.
func (e *Entry) Features() []string {
	out := []string{}
	if !e.HasRecords() {
		return out
	}
	out = append(out, "analyze")
	has := func(match func(dataset.Field) bool) bool {
		for _, f := range e.Fields {
			if match(f) {
				return true
			}
		}
		return false
	}
	if has(func(f dataset.Field) bool { return f.Type == dataset.Date || f.Type == dataset.DateTime }) {
		out = append(out, "timeserie")
	}
	if has(dataset.Field.Geo) {
		out = append(out, "geo")
	}
	if has(func(f dataset.Field) bool { return f.Type == dataset.File }) {
		out = append(out, "image")
	}
	return out
}

// sourceName gives the SQL name of version n: uid and number never come back, so neither does the name.
func sourceName(uid string, n int) string { return fmt.Sprintf("%s_v%d", uid, n) }
