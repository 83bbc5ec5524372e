package page

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parvis/internal/server"
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

// Posted reads the form of a request. Kinds Invalid, and TooLarge, as server.ParseForm says.
func Posted(r *http.Request) (Form, error) {
	if err := server.ParseForm(r); err != nil {
		return Form{}, err
	}
	return Form{Values: r.PostForm}, nil
}

// Arranged moves a part of a form up or down or takes it out, as its buttons say: act is "up", "down" or "out", which its
// number from 0. Anything else leaves the parts as they are.
func Arranged[T any](parts []T, act, which string) []T {
	i, err := strconv.Atoi(which)
	if err != nil || i < 0 || i >= len(parts) {
		return parts
	}
	switch {
	case act == "up" && i > 0:
		parts[i-1], parts[i] = parts[i], parts[i-1]
	case act == "down" && i+1 < len(parts):
		parts[i], parts[i+1] = parts[i+1], parts[i]
	case act == "out":
		return slices.Delete(parts, i, i+1)
	}
	return parts
}
