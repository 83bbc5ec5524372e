package odsql

import (
	"strings"
	"testing"
)

func TestAttributesAreForRowFiltersAlone(t *testing.T) {
	const filter = "#Attr(`dep code`, department) OR (b = 1 AND NOT #attr(c, 'a \"quoted\" one'))"
	x, err := ParseRowFilter(filter)
	if err != nil {
		t.Fatal(err)
	}
	const want = "#attr(`dep code`, department) OR (b = 1 AND NOT #attr(c, `a \"quoted\" one`))"
	if got := Print(x); got != want {
		t.Errorf("printed as %s", got)
	}
	var names []string
	Walk(x, func(e Expr) bool {
		if n, is := e.(*Name); is {
			names = append(names, n.Text)
		}
		return true
	})
	if got := strings.Join(names, ","); got != "dep code,b,c" {
		t.Errorf("fields met on a walk: %s", got)
	}
	if _, err := ParseWhere(filter); err == nil {
		t.Error("a where clause takes #attr")
	}
	for _, clause := range []func(string) error{
		func(s string) error { _, err := ParseSelect(s); return err },
		func(s string) error { _, err := ParseGroupBy(s); return err },
		func(s string) error { _, err := ParseOrderBy(s); return err },
	} {
		if clause("#attr(a, b)") == nil {
			t.Error("a clause that is no row filter takes #attr")
		}
	}
	for _, wrong := range []string{"#attr", "#attr()", "#attr(a)", "#attr(a, )", "#attr(a, '')", "#attr('a', b)", "#attr(a, b, c)", "#attr(1, b)", "#attrs(a, b)",
		"#attr(and, b)", "#attr(a, or)", "#other(a, b)", "# attr(a, b)", "a in #attr(a, b)", "x = 1 #attr(a, b)"} {
		if x, err := ParseRowFilter(wrong); err == nil {
			t.Errorf("%s is read as %s", wrong, Print(x))
		}
	}
	if x, err := ParseRowFilter("  "); x != nil || err != nil {
		t.Errorf("no filter: %v, %v", x, err)
	}
}
