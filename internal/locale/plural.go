package locale

import (
	"fmt"
	"strconv"
	"strings"
)

// plural says which of a language's forms a number takes, 0 for the first. Forms is how many there are.
type plural struct {
	forms int
	index func(n int64) int
}

// mostForms is how many plural forms a language has at most: Arabic has all six of CLDR's categories.
const mostForms = 6

// readPlural reads the Plural-Forms line of a PO file's header, as gettext has it:
//
//	nplurals=3; plural=(n == 0 || n == 1) ? 0 : (n != 0 && n % 1000000 == 0) ? 1 : 2;
//
// An expression may use n, whole numbers, ?:, ||, &&, comparisons, + - * / % ! and parentheses.
func readPlural(text string) (plural, error) {
	count, formula, ok := strings.Cut(text, ";")
	name, number, _ := strings.Cut(count, "=")
	if !ok || strings.TrimSpace(name) != "nplurals" {
		return plural{}, fmt.Errorf("Plural-Forms begins with nplurals=N and a semicolon")
	}
	forms, err := strconv.Atoi(strings.TrimSpace(number))
	if err != nil || forms < 1 || forms > mostForms {
		return plural{}, fmt.Errorf("nplurals is a number from 1 to %d, not %q", mostForms, strings.TrimSpace(number))
	}
	name, formula, ok = strings.Cut(formula, "=")
	if !ok || strings.TrimSpace(name) != "plural" || len(formula) > 1000 {
		return plural{}, fmt.Errorf("after nplurals comes plural= and an expression of at most 1000 characters")
	}
	r := &formulaReader{rest: strings.TrimSuffix(strings.TrimSpace(formula), ";")}
	x, err := r.choice()
	if err == nil && r.peek() != "" {
		err = fmt.Errorf("%q was not expected in the plural expression", r.peek())
	}
	if err != nil {
		return plural{}, err
	}
	return plural{forms, func(n int64) int {
		if i := x(n); i > 0 && i < int64(forms) {
			return int(i)
		}
		return 0
	}}, nil
}

// formula is an expression over n; true is 1, false is 0.
type formula func(n int64) int64

// formulaReader reads expressions of C by recursive descent.
type formulaReader struct{ rest string }

// peek gives the next token, "" at the end.
func (r *formulaReader) peek() string {
	r.rest = strings.TrimLeft(r.rest, " \t")
	if r.rest == "" {
		return ""
	}
	if len(r.rest) > 1 {
		switch two := r.rest[:2]; two {
		case "||", "&&", "==", "!=", "<=", ">=":
			return two
		}
	}
	digits := 0
	for digits < len(r.rest) && r.rest[digits] >= '0' && r.rest[digits] <= '9' {
		digits++
	}
	return r.rest[:max(digits, 1)]
}

// take reads the next token where it is the one that is wanted.
func (r *formulaReader) take(want string) bool {
	if r.peek() != want {
		return false
	}
	r.rest = r.rest[len(want):]
	return true
}

func (r *formulaReader) choice() (formula, error) {
	test, err := r.binary(0)
	if err != nil || !r.take("?") {
		return test, err
	}
	yes, err := r.choice()
	if err != nil {
		return nil, err
	}
	if !r.take(":") {
		return nil, fmt.Errorf("a ? without its : in the plural expression")
	}
	no, err := r.choice()
	if err != nil {
		return nil, err
	}
	return func(n int64) int64 {
		if test(n) != 0 {
			return yes(n)
		}
		return no(n)
	}, nil
}

// operators gives the operators of two sides by how tightly they bind, the loosest first.
func operators() [][]string {
	return [][]string{{"||"}, {"&&"}, {"==", "!="}, {"<=", ">=", "<", ">"}, {"+", "-"}, {"*", "/", "%"}}
}

func (r *formulaReader) binary(level int) (formula, error) {
	if level == len(operators()) {
		return r.unary()
	}
	left, err := r.binary(level + 1)
	for err == nil {
		taken := ""
		for _, o := range operators()[level] {
			if r.take(o) {
				taken = o
				break
			}
		}
		if taken == "" {
			return left, nil
		}
		var right formula
		if right, err = r.binary(level + 1); err == nil {
			a := left
			left = func(n int64) int64 { return apply(taken, a(n), right(n)) }
		}
	}
	return nil, err
}

func (r *formulaReader) unary() (formula, error) {
	token := r.peek()
	switch {
	case r.take("!"):
		x, err := r.unary()
		return func(n int64) int64 { return truth(x(n) == 0) }, err
	case r.take("n"):
		return func(n int64) int64 { return n }, nil
	case r.take("("):
		x, err := r.choice()
		if err == nil && !r.take(")") {
			err = fmt.Errorf("a parenthesis is not closed in the plural expression")
		}
		return x, err
	case token == "":
		return nil, fmt.Errorf("the plural expression ends too early")
	}
	number, err := strconv.ParseInt(token, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("%q was not expected in the plural expression", token)
	}
	r.take(token)
	return func(int64) int64 { return number }, nil
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// apply works out one operation; what cannot be divided gives 0.
func apply(operator string, a, b int64) int64 {
	switch operator {
	case "||":
		return truth(a != 0 || b != 0)
	case "&&":
		return truth(a != 0 && b != 0)
	case "==":
		return truth(a == b)
	case "!=":
		return truth(a != b)
	case "<=":
		return truth(a <= b)
	case ">=":
		return truth(a >= b)
	case "<":
		return truth(a < b)
	case ">":
		return truth(a > b)
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	}
	if b == 0 {
		return 0
	}
	if operator == "/" {
		return a / b
	}
	return a % b
}
