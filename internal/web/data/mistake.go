package data

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"parvis/internal/fault"
	"parvis/internal/odsql"
	"parvis/internal/text"
)

// Mistake is what is wrong with a filter, in the page's language as far as it can be told, and in the words of the API.
type Mistake struct {
	Says    string
	Ask     string // "Did you mean", before Suggest
	Suggest string // a field that may have been meant
	Before  string // the condition up to the place of the mistake
	At      string // what stands there, "" at the end
	After   string
	Placed  bool // Before, At and After are known
	Where   bool // the condition is at fault, and nothing else
	Detail  string
}

var (
	misplaced    = regexp.MustCompile(`(?s)^unexpected (.+) at position (\d+) in (.*)$`)
	unknownField = regexp.MustCompile(`(?s)^Unknown field: (.+)$`)
	incompatible = regexp.MustCompile(`(?s)^IncompatibleTypesIn\w+: field (\S+) of type \w+ cannot be compared with (.+) at position \d+$`)
)

// Explain tells a visitor what is wrong with the filter of a dataset.
func (p *Page) Explain(err error) *Mistake {
	m := &Mistake{Ask: p.T("Did you mean:"), Says: p.T("The filter asks for something that these rows cannot answer."), Detail: errorText(err)}
	var wrong *odsql.Error
	if !errors.As(err, &wrong) {
		m.Detail = fault.Message(err)
		return m
	}
	m.Where = p.Filter.Where != "" && slices.Equal(wrong.Clauses, []string{"where"})
	if found := misplaced.FindStringSubmatch(wrong.Message); found != nil {
		p.place(m, found)
	} else if found := unknownField.FindStringSubmatch(wrong.Message); found != nil {
		m.Says, m.Suggest = p.T("There is no field “{name}” here.", "name", found[1]), p.nearest(found[1])
	} else if found := incompatible.FindStringSubmatch(wrong.Message); found != nil && p.Field(found[1]) != nil {
		f := p.Field(found[1])
		m.Says = p.T("The field “{name}” holds values of the type “{type}”: it cannot be compared with {value}.",
			"name", f.Name, "type", TypeName(p.Printer, f.Type, f.List()), "value", found[2])
	} else if wrong.Syntax {
		m.Says = p.T("The condition cannot be read.")
	}
	return m
}

// place marks in the condition where it stops making sense; found is what, at which character, in what.
func (p *Page) place(m *Mistake, found []string) {
	m.Says = p.T("The condition cannot be read.")
	at, err := strconv.Atoi(found[2])
	where := []rune(p.Filter.Where)
	if err != nil || !m.Where || !strings.HasPrefix(found[3], p.Filter.Where) || at > len(where) {
		return
	}
	m.Placed, m.Before = true, string(where[:at])
	if at == len(where) {
		m.Says = p.T("The condition ends too early: something is missing at its end.")
		return
	}
	n := len([]rune(found[1]))
	n = min(max(n, 1), len(where)-at)
	m.Says = p.T("The condition cannot be read from character {n} on.", "n", at+1)
	m.At, m.After = string(where[at:at+n]), string(where[at+n:])
}

// nearest gives the name of the field that a wrong name most likely means, "" where none comes near.
func (p *Page) nearest(wrong string) string {
	best, least := "", 3
	asked := text.Fold(wrong)
	for _, f := range p.Entry.Fields {
		name := text.Fold(f.Name)
		d := Letters(asked, name)
		if len(asked) >= 3 && strings.Contains(name, asked) || text.Fold(f.Label) == asked {
			d = 1
		}
		if d < least && d < len(name) {
			best, least = f.Name, d
		}
	}
	return best
}

// Letters counts the letters to add, drop, change or swap with their neighbour between two texts; at most 60.
func Letters(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 60 || len(y) > 60 {
		return 60
	}
	var before []int // the row before the last
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		next := make([]int, len(y)+1)
		next[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			next[j+1] = min(row[j]+cost, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(y)]
}

// errorText gives what may be shown of a mistake in a filter.
func errorText(err error) string {
	var mistake *odsql.Error
	if errors.As(err, &mistake) {
		return mistake.Error()
	}
	return fault.Message(err)
}
