package page

import (
	"net/url"
	"slices"
	"strings"
)

// Form is what a visitor filled in and what is wrong with it: a page that is shown again keeps the first and says the
// second, at the top and beside each field.
type Form struct {
	Values   url.Values
	Mistakes []Mistake
}

// Mistake is what is wrong with a field; Field is its name, and the id of its input. "" is the form as a whole.
type Mistake struct{ Field, Says string }

// Wrong notes a mistake.
func (f *Form) Wrong(field, says string) { f.Mistakes = append(f.Mistakes, Mistake{field, says}) }

// Sound tells whether nothing is wrong.
func (f Form) Sound() bool { return len(f.Mistakes) == 0 }

// Of gives what was filled into a field, without spaces around it.
func (f Form) Of(field string) string { return strings.TrimSpace(f.Values.Get(field)) }

// Holds tells whether a value was chosen among those of a field.
func (f Form) Holds(field, value string) bool { return slices.Contains(f.Values[field], value) }

// At gives what is wrong with a field, nil for nothing: {{template "wrong" (.Form.At "email")}}.
func (f Form) At(field string) *Mistake {
	for i := range f.Mistakes {
		if f.Mistakes[i].Field == field {
			return &f.Mistakes[i]
		}
	}
	return nil
}
