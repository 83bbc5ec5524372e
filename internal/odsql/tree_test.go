package odsql

import (
	"bufio"
	"os"
	"reflect"
	"strings"
	"testing"
)

// bare takes the spans and the typed texts out of what a parse gave, so that two spellings of a clause can be
// compared.
func bare[T any](x T) T {
	strip(reflect.ValueOf(&x).Elem())
	return x
}

func strip(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			strip(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			strip(v.Index(i))
		}
	case reflect.Struct:
		switch v.Type() {
		case reflect.TypeFor[Span]():
			v.SetZero()
			return
		case reflect.TypeFor[SelectItem](), reflect.TypeFor[GroupItem]():
			v.FieldByName("Text").SetZero()
		}
		for i := range v.NumField() {
			strip(v.Field(i))
		}
	}
}

// again parses what a parse gave and was printed, and compares the two.
func again[T any](t *testing.T, clause string, parse func(string) (T, error), write func(T) string) {
	t.Helper()
	first, err := parse(clause)
	if err != nil {
		return
	}
	printed := write(first)
	second, err := parse(printed)
	if err != nil {
		t.Fatalf("%q was printed as %q, which cannot be read: %v", clause, printed, err)
	}
	if !reflect.DeepEqual(bare(first), bare(second)) {
		t.Fatalf("%q was printed as %q, which reads as something else, printed as %q", clause, printed, write(second))
	}
}

func againWhere(t *testing.T, s string)     { t.Helper(); again(t, s, ParseWhere, Print) }
func againRowFilter(t *testing.T, s string) { t.Helper(); again(t, s, ParseRowFilter, Print) }
func againSelect(t *testing.T, s string)    { t.Helper(); again(t, s, ParseSelect, PrintSelect) }
func againGroupBy(t *testing.T, s string)   { t.Helper(); again(t, s, ParseGroupBy, PrintGroupBy) }
func againOrderBy(t *testing.T, s string)   { t.Helper(); again(t, s, ParseOrderBy, PrintOrderBy) }
func againFacet(t *testing.T, s string)     { t.Helper(); again(t, s, ParseFacet, PrintFacet) }
func againRefine(t *testing.T, s string) {
	t.Helper()
	again(t, s, func(s string) (Refinement, error) { return ParseRefinement("refine", s) }, PrintRefinement)
}

type clause struct{ name, text string }

// clauses gives the clauses that clients send, one a line of testdata/clauses.txt: the parameter, a tab, its text.
func clauses(t testing.TB) []clause {
	t.Helper()
	f, err := os.Open("testdata/clauses.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []clause
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, text, ok := strings.Cut(lines.Text(), "\t")
		if !ok {
			t.Fatalf("no tab in %q", lines.Text())
		}
		all = append(all, clause{name, text})
	}
	return all
}

func TestClausesOfClients(t *testing.T) {
	unreadable := map[string]bool{
		"BOGUS(":                             true,
		"if(capital, 1, 2) as v":             true,
		"variance(population) as v":          true,
		"founded:[2003-03-01 TO 2003-03-31]": true,
	}
	all := clauses(t)
	if len(all) < 300 {
		t.Fatalf("only %d clauses were found", len(all))
	}
	for _, c := range all {
		var err error
		switch c.name {
		case "select":
			_, err = ParseSelect(c.text)
			againSelect(t, c.text)
		case "where":
			_, err = ParseWhere(c.text)
			againWhere(t, c.text)
		case "group_by":
			_, err = ParseGroupBy(c.text)
			againGroupBy(t, c.text)
		case "order_by":
			_, err = ParseOrderBy(c.text)
			againOrderBy(t, c.text)
		case "refine", "exclude":
			_, err = ParseRefinement(c.name, c.text)
			againRefine(t, c.text)
		case "facet":
			_, err = ParseFacet(c.text)
			againFacet(t, c.text)
		default:
			t.Errorf("unknown clause %q", c.name)
		}
		if (err != nil) != unreadable[c.text] {
			t.Errorf("%s=%s: error %v", c.name, c.text, err)
		}
	}
}
