package check

import (
	"parvis/internal/dataset"
)

// Type is the type of a value.
type Type struct {
	Base dataset.Type // "" for NULL, which fits everywhere
	List bool         // several values a row
}

// Value is a typed expression. The implementations are the types below.
type Value interface{ Type() Type }

// The values.
type (
	// Field is a field of the schema.
	Field struct {
		Index int
		T     Type
	}
	// RecordID is the identifier of a record, 40 hexadecimal digits.
	RecordID struct{}
	// RecordSize is the bytes of a record as JSON.
	RecordSize struct{}
	// Const is a constant. V is nil, string, int64, float64, bool, dataset.Day or dataset.Instant, as Base tells.
	Const struct {
		Base dataset.Type
		V    any
	}
	// Arithmetic is l op r over numbers; op is one of + - * /. The result of int op int is int but for /.
	Arithmetic struct {
		Op     byte
		L, R   Value
		Result dataset.Type
	}
	// Length is the number of characters of a text.
	Length struct{ X Value }
	// Case is a text in lower or upper case.
	Case struct {
		X     Value
		Upper bool
	}
	// IfNull is X, or Else where X is null.
	IfNull struct {
		X, Else Value
		Base    dataset.Type
	}
	// DatePart is year, quarter, month, day, dayofweek (Monday is 1), hour, minute, second or millisecond of a date or datetime, by the clock of
	// the plan's zone.
	DatePart struct {
		Part string
		X    Value
	}
	// DateFormat is a date or datetime written out, piece by piece.
	DateFormat struct {
		X      Value
		Pieces []Piece
	}
	// JSONFormat is a text read as JSON. Where it is none the value is Fallback, a text, or null if Null.
	JSONFormat struct {
		X        Value
		Fallback *string // nil: the text itself
		Null     bool
	}
	// Distance is the way from a geometry to a position, in metres.
	Distance struct {
		Field Field
		To    dataset.Point
	}
	// Random is a number that hangs on the seed and the row alone.
	Random struct{ Seed int64 }
	// Cast is a value in another type: int as double, date as datetime (midnight UTC).
	Cast struct {
		X    Value
		Base dataset.Type
	}
	// Buckets is the range a number or date falls in: a text such as "[0, 4]", sorted by its lower end.
	Buckets struct {
		X      Value
		Closed bool  // whole numbers: labels [0, 4] instead of [0, 5[
		Width  Value // a Const number for equal widths; else nil
		// Every and Unit are the equal widths of dates: microsecond, day, week, month, quarter, year.
		Every int64
		Unit  string
		// Bounds are the ends of static ranges, ascending Consts of X's type; rows outside all of them are left out.
		Bounds          []Value
		OpenLow, OpenHi bool // a range below the first, above the last bound
	}
	// Cluster is the centroid of the points of a cell: JSON text {"cluster_centroid":{"lat":…,"lon":…}}.
	Cluster struct {
		Field Field
		Cells int64 // cells along the equator of the web mercator square: a power of two
	}
	// GroupRef is the value of a group's key.
	GroupRef struct {
		Index int
		T     Type
	}
	// AggregateRef is the value of an aggregate.
	AggregateRef struct {
		Index int
		T     Type
	}
)

// Piece is a part of a date format: literal text, or a symbol.
type Piece struct {
	Text   string
	Symbol string // yy yyyy xx xxxx w ww e E EEEE D DDD M MM MMM MMMM d dd H HH m mm s ss; "" for a literal
}

// Type gives the type of the value.
func (x Field) Type() Type        { return x.T }
func (x RecordID) Type() Type     { return Type{Base: dataset.Text} }
func (x RecordSize) Type() Type   { return Type{Base: dataset.Int} }
func (x Const) Type() Type        { return Type{Base: x.Base} }
func (x Arithmetic) Type() Type   { return Type{Base: x.Result} }
func (x Length) Type() Type       { return Type{Base: dataset.Int} }
func (x Case) Type() Type         { return Type{Base: dataset.Text} }
func (x IfNull) Type() Type       { return Type{Base: x.Base} }
func (x DatePart) Type() Type     { return Type{Base: dataset.Int} }
func (x DateFormat) Type() Type   { return Type{Base: dataset.Text} }
func (x JSONFormat) Type() Type   { return Type{Base: dataset.JSON} }
func (x Distance) Type() Type     { return Type{Base: dataset.Double} }
func (x Random) Type() Type       { return Type{Base: dataset.Double} }
func (x Cast) Type() Type         { return Type{Base: x.Base} }
func (x Buckets) Type() Type      { return Type{Base: dataset.Text} }
func (x Cluster) Type() Type      { return Type{Base: dataset.JSON} }
func (x GroupRef) Type() Type     { return x.T }
func (x AggregateRef) Type() Type { return x.T }

// Predicate is a condition on a record. The implementations are the types below.
type Predicate interface{ predicate() }

// The predicates. Comparisons of a null are neither true nor false; only true keeps a row.

type (
	// All is true if every term is.
	All []Predicate
	// Any is true if some term is.
	Any []Predicate
	// Not is true if X is false.
	Not struct{ X Predicate }
	// Lacks is true if X is false or cannot be told, as for a null: what exclude means.
	Lacks struct{ X Predicate }
	// True and False hold for every record and for none.
	True struct{}
	// False is true of no record.
	False struct{}
	// Unknown can be told of no record: neither it nor its contrary lets one through.
	Unknown struct{}
	// Rule is a row filter, told as Plan.Unseen says.
	Rule struct{ X Predicate }
	// Compare is l op r; op is one of = != > < >= <=. If L is a list, some element has to meet it (for != : no element may be equal).
	Compare struct {
		Op   string
		L, R Value
	}
	// OneOf is x in (a, b); if X is a list, some element has to be one of them.
	OneOf struct {
		X    Value
		List []Const
	}
	// Between is a range; a nil end is open to infinity.
	Between struct {
		X                 Value
		Low, High         Value
		LowOpen, HighOpen bool // the end itself is left out
	}
	// IsNull is x is null: no value, or an empty list.
	IsNull struct{ X Value }
	// Holds is a boolean value as a condition.
	Holds struct{ X Value }
	// Words is true if every word is found in some of the fields.
	Words struct {
		Fields []int // positions; nil: all
		Words  []Word
	}
	// StartsWith is true if some value of the fields begins with Prefix, letter by letter.
	StartsWith struct {
		Fields []int
		Prefix string
	}
	// UnderPath is true if the text, or some element, is Path or goes on from it after Separator.
	UnderPath struct {
		Field           Field
		Path, Separator string
	}
	// Within is true no more than Metres away from a position.
	Within struct {
		Field  Field
		From   dataset.Point
		Metres float64
	}
	// InBox is true inside a box in degrees (points), or where a shape meets it.
	InBox struct {
		Field                    Field
		West, South, East, North float64
	}
	// Spatial relates a geometry to a constant one.
	Spatial struct {
		Field Field
		Mode  SpatialMode
		Shape dataset.Shape
	}
)

// Word is one term of a full-text search, folded by text.Terms.
type Word struct {
	Term     string
	Prefix   bool   // terms that begin with it count, too
	Distance int    // so do terms this many edits away
	Number   *int64 // the term as a number: fields of whole numbers that equal it count, too
}

// SpatialMode is a relation between a record's geometry and a constant one.
type SpatialMode int

// The relations.
const (
	Intersects SpatialMode = iota
	InsideOf               // the record's geometry lies within the constant one
	DisjointFrom
)

func (All) predicate()        {}
func (Any) predicate()        {}
func (Not) predicate()        {}
func (Lacks) predicate()      {}
func (True) predicate()       {}
func (False) predicate()      {}
func (Unknown) predicate()    {}
func (Rule) predicate()       {}
func (Compare) predicate()    {}
func (OneOf) predicate()      {}
func (Between) predicate()    {}
func (IsNull) predicate()     {}
func (Holds) predicate()      {}
func (Words) predicate()      {}
func (StartsWith) predicate() {}
func (UnderPath) predicate()  {}
func (Within) predicate()     {}
func (InBox) predicate()      {}
func (Spatial) predicate()    {}
