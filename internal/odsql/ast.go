package odsql

// Span is where a piece of the tree stands in its clause: byte offsets, End excluded.
type Span struct{ Start, End int }

// At gives the span itself; embedding Span makes a type a node.
func (s Span) At() Span { return s }

// Expr is any expression, predicate or value: brackets mean the same around both, so that which of the two
// stands there is for internal/odsql/check to say.
type Expr interface {
	At() Span
	expr()
}

// The values.
type (
	// Name is a field, an alias or a metadata name ("default.title").
	Name struct {
		Span
		Text   string // without back-quotes and their escapes
		Quoted bool   // it stood in back-quotes
	}
	// String is '…' or "…", unescaped.
	String struct {
		Span
		Value string
	}
	// Number is an integer or decimal; Text is as typed, with its sign if the parser folded one.
	Number struct {
		Span
		Text string
	}
	// Quantity is a number with a unit: 10km, 1 day.
	Quantity struct {
		Span
		Number string
		Unit   string // as typed: M is month, m is minute or metre
	}
	// Date is date'…'; Text is what stood in the quotes.
	Date struct {
		Span
		Text string
	}
	// Geometry is geom'…': WKT, hexadecimal WKB or GeoJSON.
	Geometry struct {
		Span
		Text string
	}
	// Bool is TRUE or FALSE.
	Bool struct {
		Span
		Value bool
	}
	// Null is NULL.
	Null struct{ Span }
	// Star is * as an argument: count(*), search(*, "x"), range(f, *, 10).
	Star struct{ Span }
	// Negative is -x.
	Negative struct {
		Span
		X Expr
	}
	// Arithmetic is l op r; Op is one of + - * /.
	Arithmetic struct {
		Span
		Op   byte
		L, R Expr
	}
	// Call is a function: a value, a predicate or an aggregate by its name.
	Call struct {
		Span
		Name     string // in lower case
		Distinct bool   // count(distinct f)
		Args     []Arg
	}
	// Attr is #attr(field, attribute): the field has one of the values that the attribute has for who asks. It is a
	// predicate, and stands in row filters alone.
	Attr struct {
		Span
		Field     *Name
		Attribute string
	}
	// Range is [a..b], ]a..b[, [a TO b]: what In asks for. The bounds of range() in the old form, ]10, 50[, are
	// arguments like those of the new one: *, 10, 50, *.
	Range struct {
		Span
		Low, High         Expr // nil for an open end written *
		LowOpen, HighOpen bool
	}
)

// Arg is an argument of a call; Name is set for now(days=-1) and facet(name="x").
type Arg struct {
	Name  string
	Value Expr
}

// The predicates.
type (
	// Logic is l AND r, l OR r, over two or more terms.
	Logic struct {
		Span
		Or    bool
		Terms []Expr
	}
	// Not is NOT x.
	Not struct {
		Span
		X Expr
	}
	// Compare is l op r; Op is one of = != > < >= <= (: is read as =, <> as !=).
	Compare struct {
		Span
		Op   string
		L, R Expr
	}
	// In is x IN (a, b), x IN [a..b], x : [a TO b], "v" IN field. Exactly one of List, Range and Field is set.
	In struct {
		Span
		X     Expr
		List  []Expr
		Range *Range
		Field *Name
	}
	// Like is x LIKE "words".
	Like struct {
		Span
		X       Expr
		Pattern String
	}
	// Is is x IS [NOT] NULL, TRUE or FALSE.
	Is struct {
		Span
		X     Expr
		Not   bool
		Value Expr // Null or Bool
	}
)

func (*Name) expr()       {}
func (*String) expr()     {}
func (*Number) expr()     {}
func (*Quantity) expr()   {}
func (*Date) expr()       {}
func (*Geometry) expr()   {}
func (*Bool) expr()       {}
func (*Null) expr()       {}
func (*Star) expr()       {}
func (*Negative) expr()   {}
func (*Arithmetic) expr() {}
func (*Call) expr()       {}
func (*Attr) expr()       {}
func (*Range) expr()      {}
func (*Logic) expr()      {}
func (*Not) expr()        {}
func (*Compare) expr()    {}
func (*In) expr()         {}
func (*Like) expr()       {}
func (*Is) expr()         {}

// SelectItem is one item of a select clause. Exactly one of Star, Include, Exclude and X says which.
type SelectItem struct {
	Span
	Star             bool   // *
	Include, Exclude string // the pattern of include(p), exclude(p)
	X                Expr
	Alias            string // "" where there is none
	Text             string // the expression as typed: the key where there is no alias
}

// GroupItem is one item of a group_by clause.
type GroupItem struct {
	Span
	X     Expr
	Alias string
	Text  string
}

// OrderItem is one item of an order_by clause; -x is read as x DESC.
type OrderItem struct {
	Span
	X    Expr
	Desc bool
}

// Refinement is a value of refine or exclude: name:value.
type Refinement struct {
	Name  string
	Value string
}

// Facet is a value of facet: a name, or facet(name="f", …).
type Facet struct {
	Name         string
	Disjunctive  *bool // nil: as the field is annotated
	Hierarchical *bool
	Separator    string
	Sort         string // "" or count, -count, alphanum, -alphanum, num, -num
	Limit        int    // 0: the default
}
