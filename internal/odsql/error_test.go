package odsql

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"parvis/internal/fault"
)

// parse reads a clause by its name and gives the error alone.
func parse(clause, text string) (err error) {
	switch clause {
	case "select":
		_, err = ParseSelect(text)
	case "where":
		_, err = ParseWhere(text)
	case "group_by":
		_, err = ParseGroupBy(text)
	case "order_by":
		_, err = ParseOrderBy(text)
	case "facet":
		_, err = ParseFacet(text)
	default:
		_, err = ParseRefinement(clause, text)
	}
	return err
}

func TestErrors(t *testing.T) {
	const syntax, malformed = true, false
	tests := []struct {
		clause, text string
		syntax       bool
		want         string
	}{
		{"where", "BOGUS(", syntax, "unexpected ( at position 5 in BOGUS(, unknown function BOGUS"},
		{"where", "a = 1 and contains(b)", syntax, "unexpected ( at position 18 in a = 1 and contains(b), unknown function contains"},
		{"where", "name =", syntax, "unexpected end at position 6 in name =, expected a value"},
		{"where", "a = 1 b", syntax, "unexpected b at position 6 in a = 1 b, expected AND, OR or the end"},
		{"where", "a = b = c", syntax, "unexpected = at position 6 in a = b = c, expected AND, OR or the end"},
		{"where", "é = )", syntax, "unexpected ) at position 4 in é = ), expected a value"},
		{"where", "(a", syntax, "unexpected end at position 2 in (a, expected )"},
		{"where", "a = 'x", syntax, "unexpected 'x at position 4 in a = 'x, the closing ' is missing"},
		{"where", "`a = 1", syntax, "unexpected `a = 1 at position 0 in `a = 1, the closing ` is missing"},
		{"where", "`` = 1", syntax, "unexpected `` at position 0 in `` = 1, a name has at least one letter"},
		{"where", "a -- b", syntax, "unexpected -- at position 2 in a -- b, comments are not part of ODSQL; between two minus signs stands a blank"},
		{"where", "a ? b", syntax, "unexpected ? at position 2 in a ? b, a name with such a character stands in back-quotes, a text in quotes"},
		{"where", "d > 2021-05-06", syntax, "unexpected 2021-05-06 at position 4 in d > 2021-05-06, a date is written date'2021-05-06'"},
		{"where", "d:[1 2]", syntax, "unexpected 2 at position 5 in d:[1 2], expected TO or .."},
		{"where", "d:[1 TO 2", syntax, "unexpected end at position 9 in d:[1 TO 2, expected ] or ["},
		{"where", "d:[2022-3 TO 5]", syntax, "unexpected - at position 7 in d:[2022-3 TO 5], expected TO or .."},
		{"where", "a in 5", syntax, "unexpected 5 at position 5 in a in 5, expected a list in ( ), a range in [ ] or a field"},
		{"where", "a in ()", syntax, "unexpected ) at position 6 in a in (), expected a value"},
		{"where", "a like b", syntax, "unexpected b at position 7 in a like b, expected a text in quotes after LIKE"},
		{"where", "a not between 1", syntax, "unexpected between at position 6 in a not between 1, expected IN or LIKE after NOT"},
		{"where", "a is 5", syntax, "unexpected 5 at position 5 in a is 5, expected NULL, TRUE or FALSE after IS"},
		{"where", "and = 1", syntax, "unexpected and at position 0 in and = 1, expected a value; a field of that name stands in back-quotes"},
		{"where", "x = 1.5parsec", syntax, "unexpected parsec at position 7 in x = 1.5parsec, unknown unit parsec"},
		{"where", "sum(distinct a) = 1", syntax, "unexpected a at position 13 in sum(distinct a) = 1, expected a comma or )"},
		{"where", "search(a,)", syntax, "unexpected ) at position 9 in search(a,), expected a value"},
		{"where", "a = \xff", syntax, "the clause is not in UTF-8"},
		{"where", "a = '\x00'", syntax, "the clause holds a character U+0000"},
		{"select", "invalid_function()", malformed, "unknown function invalid_function()"},
		{"select", "a, ", syntax, "unexpected end at position 3 in a, , expected a value"},
		{"select", "a as 'b'", syntax, "unexpected 'b' at position 5 in a as 'b', expected a name after AS"},
		{"select", "* as b", syntax, "unexpected as at position 2 in * as b, expected a comma or the end"},
		{"select", "include()", syntax, "unexpected ) at position 8 in include(), expected a name, or the beginning of names and a *"},
		{"select", "a = 1", syntax, "unexpected = at position 2 in a = 1, expected a comma or the end"},
		{"group_by", "variance(a)", malformed, "unknown function variance()"},
		{"group_by", "range(f, ]1, 2)", syntax, "unexpected ) at position 14 in range(f, ]1, 2), expected a comma, ] or ["},
		{"order_by", "a up", syntax, "unexpected up at position 2 in a up, expected a comma or the end"},
		{"order_by", "-a desc", syntax, "unexpected desc at position 3 in -a desc, the - before the expression says already that it is descending"},
		{"refine", "country", syntax, "unexpected end at position 7 in country, expected : and a value behind the name"},
		{"refine", "country: ", syntax, "unexpected end at position 9 in country: , expected a value"},
		{"exclude", ":x", syntax, "unexpected : at position 0 in :x, expected a name"},
		{"exclude", "", syntax, "unexpected end at position 0 in , expected a name"},
		{"refine", "``:x", syntax, "unexpected `` at position 0 in ``:x, expected a name"},
		{"refine", "`a`x:y", syntax, "unexpected x at position 3 in `a`x:y, expected : and a value behind the name"},
		{"refine", "a b:x", syntax, "unexpected   at position 1 in a b:x, a name with such a character stands in back-quotes"},
		{"refine", `a:"x`, syntax, `unexpected end at position 4 in a:"x, the closing " is missing`},
		{"refine", `a: "x" y`, syntax, `unexpected   at position 6 in a: "x" y, expected the end after the closing "; in the text, a " is written \"`},
		{"facet", "a, b", syntax, "unexpected , at position 1 in a, b, expected the end; facets of several fields are several parameters"},
		{"facet", "`a` b", syntax, "unexpected b at position 4 in `a` b, expected the end; facets of several fields are several parameters"},
		{"facet", "facet(sort='count')", malformed, `facet() needs the name of a field: facet(name="…")`},
		{"facet", "facet(name='a', sort='up')", malformed, "unknown sort up of a facet: it is one of count, -count, alphanum, -alphanum, num, -num"},
		{"facet", "facet(name='a', limit=-1)", syntax, "unexpected - at position 22 in facet(name='a', limit=-1), expected a whole number from 1 on"},
		{"facet", "facet(name='a', name='b')", syntax, "unexpected name at position 16 in facet(name='a', name='b'), it is given twice"},
		{"facet", "facet(name='a', disjunctive='yes')", syntax, "unexpected 'yes' at position 28 in facet(name='a', disjunctive='yes'), expected true or false"},
		{"facet", "facet(country)", syntax, "unexpected ) at position 13 in facet(country), expected = after the name of a parameter"},
		{"facet", "facet(name='a', top=5)", syntax, "unexpected top at position 16 in facet(name='a', top=5), expected name, disjunctive, hierarchical, separator, sort or limit"},
		{"facet", "facet(name='a') b", syntax, "unexpected b at position 16 in facet(name='a') b, expected the end"},
	}
	for _, test := range tests {
		err := parse(test.clause, test.text)
		want := &Error{Syntax: test.syntax, Clauses: []string{test.clause}, Message: test.want}
		if !reflect.DeepEqual(err, error(want)) {
			t.Errorf("%s=%s gives\n%v, expected\n%v", test.clause, test.text, err, want)
		}
		var e *Error
		if errors.As(err, &e) && e.FaultKind() != fault.Invalid {
			t.Errorf("%s=%s is no fault of the visitor", test.clause, test.text)
		}
	}
}

func TestErrorText(t *testing.T) {
	err := parse("where", "BOGUS(")
	want := "ODSQL syntax exception: unexpected ( at position 5 in BOGUS(, unknown function BOGUS. " +
		"Clause(s) containing the error(s): where."
	if err == nil || err.Error() != want {
		t.Errorf("the error reads %q", err)
	}
}

func TestErrorInLongText(t *testing.T) {
	text := strings.Repeat("é = 1 and ", 5000) + "b = ?" + strings.Repeat(" and c = 1", 1000)
	err := parse("where", text)
	if err == nil || !strings.Contains(err.Error(), "unexpected ? at position 50004 in …") || len(err.Error()) > 500 {
		t.Errorf("the error reads %.600q", err)
	}
}

// TestBounds sends what is too deep, too long or too much: each is refused, none takes long.
func TestBounds(t *testing.T) {
	deep := func(n int, open, inner, shut string) string {
		return strings.Repeat(open, n) + inner + strings.Repeat(shut, n)
	}
	list := func(n int, item, joint string) string { return item + strings.Repeat(joint+item, n-1) }
	tests := []struct {
		what, clause, text string
		refused            string // what the error says; "" when the text is fine
	}{
		{"100 brackets", "where", deep(100, "(", "a", ")"), ""},
		{"brackets", "where", deep(40_000, "(", "a", ")"), "nested"},
		{"open brackets", "where", strings.Repeat("(", 100_000), "nested"},
		{"NOT", "where", deep(20_000, "not ", "a", ""), "nested"},
		{"signs", "where", deep(40_000, "- ", "a", ""), "nested"},
		{"calls", "select", deep(10_000, "lower(", "a", ")"), "nested"},
		{"DISTINCT", "select", deep(5_000, "count(distinct ", "a", ")"), "nested"},
		{"lists", "where", deep(10_000, "a in ((", "a", "))"), "nested"},
		{"ranges", "where", deep(10_000, "a:[(", "a", ")"), "nested"},
		{"old ranges", "group_by", deep(5_000, "range(f, [", "1", "])"), "nested"},
		{"100 sums", "where", list(100, "a", "+") + " = 1", ""},
		{"sums", "where", list(20_000, "a", "+"), "nested"},
		{"sums in sums", "where", deep(150, "(", "a", strings.Repeat("+1", 100)+")"), "nested"},
		{"1,000 ANDs", "where", list(1000, "a = 1", " and "), ""},
		{"1,000 items of IN", "where", "a in (" + list(1000, `"xyz"`, ",") + ")", ""},
		{"items of IN", "where", "a in (" + list(20_000, "1", ",") + ")", "5000 items"},
		{"ORs", "where", list(10_000, "a", " or "), "5000 items"},
		{"items", "select", list(20_000, "a", ","), "5000 items"},
		{"items of order_by", "order_by", list(20_000, "a", ","), "5000 items"},
		{"arguments", "group_by", "range(f, " + list(20_000, "1", ",") + ")", "5000 items"},
		{"old bounds", "group_by", "range(f, [" + list(20_000, "1", ",") + "])", "5000 items"},
		{"bytes", "where", strings.Repeat(" ", 100_001), "100001 bytes"},
		{"bytes of a refinement", "refine", "a:" + strings.Repeat("b", 100_000), "bytes"},
		{"bytes of a facet", "facet", strings.Repeat("b", 100_001), "bytes"},
		{"quotes", "where", "a = '" + strings.Repeat(`\'`, 49_000) + "'", ""},
		{"digits", "where", strings.Repeat("1", 90_000), "100 characters"},
		{"dots", "where", strings.Repeat(".", 90_000), "unexpected"},
		{"digits and dots", "where", "a in (" + strings.Repeat("1.", 40_000), "unexpected"},
	}
	for _, test := range tests {
		start := time.Now()
		err := parse(test.clause, test.text)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s took %v", test.what, took)
		}
		var e *Error
		switch {
		case test.refused == "" && err != nil:
			t.Errorf("%s: %v", test.what, err)
		case test.refused != "" && (!errors.As(err, &e) || !strings.Contains(e.Message, test.refused)):
			t.Errorf("%s: error %.200v, expected one with %q", test.what, err, test.refused)
		case test.clause == "where":
			againWhere(t, test.text)
		}
	}
}

func BenchmarkWhere1000Terms(b *testing.B) {
	text := "a = 'x'" + strings.Repeat(" and a = 'x'", 999)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := ParseWhere(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWhere5000Items(b *testing.B) {
	text := "a in ('xyz'" + strings.Repeat(",'xyz'", 4999) + ")"
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := ParseWhere(text); err != nil {
			b.Fatal(err)
		}
	}
}
