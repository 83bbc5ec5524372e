package sqlgen

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"parvis/internal/dataset"
	"parvis/internal/engine"
	"parvis/internal/odsql/check"
)

// value writes an expression. A geo_point_2d is its longitude.
func (g gen) value(v check.Value) string {
	switch x := v.(type) {
	case check.Field:
		return engine.Col(x.Index)
	case check.RecordID:
		return g.recordID()
	case check.RecordSize:
		return "CAST(_size AS BIGINT)"
	case check.Const:
		return constant(x)
	case check.Arithmetic:
		return g.arithmetic(x)
	case check.Length:
		return "length(" + g.value(x.X) + ")"
	case check.Case:
		if x.Upper {
			return "upper(" + g.value(x.X) + ")"
		}
		return "lower(" + g.value(x.X) + ")"
	case check.IfNull:
		return "coalesce(" + g.value(x.X) + ", " + g.value(x.Else) + ")"
	case check.DatePart:
		return g.datePart(x)
	case check.DateFormat:
		return g.dateFormat(x)
	case check.JSONFormat:
		return g.jsonFormat(x)
	case check.Distance:
		return g.distance(x)
	case check.Random:
		return g.random(x)
	case check.Cast:
		return "CAST(" + g.value(x.X) + " AS " + engine.SQLType(x.Base, false) + ")"
	case check.GroupRef:
		return g.groupValue(x.Index)
	case check.AggregateRef:
		return "a" + strconv.Itoa(x.Index)
	}
	return "NULL" // Buckets and Cluster stand only as keys of groups: group.go
}

// recordID writes a record's identifier. It is a hash of the record's values: under a key, nobody can try on it what the
// values are that they are not shown.
func (g gen) recordID() string {
	if k := g.p.RecordKey(); k != "" {
		return "left(sha256('" + k + "' || hex(_id)), 40)"
	}
	return "lower(hex(_id))"
}

// constant writes a constant.
func constant(k check.Const) string {
	switch v := k.V.(type) {
	case string:
		return engine.Quote(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return double(v)
	case bool:
		return strconv.FormatBool(v)
	case dataset.Day:
		return "DATE '" + time.Unix(int64(v)*86400, 0).UTC().Format("2006-01-02") + "'"
	case dataset.Instant:
		t := time.UnixMicro(int64(v)).UTC()
		if t.Year() < 1 || t.Year() > 9999 {
			return "make_timestamp(" + strconv.FormatInt(int64(v), 10) + ")"
		}
		return "TIMESTAMP '" + t.Format("2006-01-02 15:04:05.999999") + "'"
	}
	return "NULL"
}

// double writes a number with an exponent, which makes it a DOUBLE: without, it would be a DECIMAL.
func double(f float64) string { return strconv.FormatFloat(f, 'e', -1, 64) }

// arithmetic writes l op r. Whole numbers are reckoned in 128 bits, so that too large a result is null instead
// of the end of the query.
func (g gen) arithmetic(x check.Arithmetic) string {
	l, r := g.value(x.L), g.value(x.R)
	op := " " + string(rune(x.Op)) + " "
	if x.Result == dataset.Int {
		return "TRY_CAST(CAST(" + l + " AS HUGEINT)" + op + "CAST(" + r + " AS HUGEINT) AS BIGINT)"
	}
	if x.L.Type().Base != dataset.Double {
		l = "CAST(" + l + " AS DOUBLE)"
	}
	if x.R.Type().Base != dataset.Double {
		r = "CAST(" + r + " AS DOUBLE)"
	}
	if x.Op == '/' {
		r = "nullif(" + r + ", 0)"
	}
	return "(" + l + op + r + ")"
}

// jsonFormat writes json_format: the text where it is JSON, else the fallback as JSON text.
func (g gen) jsonFormat(x check.JSONFormat) string {
	sql := g.value(x.X)
	other := "CAST(to_json(" + sql + ") AS VARCHAR)"
	switch {
	case x.Null:
		other = "NULL"
	case x.Fallback != nil:
		quoted, _ := json.Marshal(*x.Fallback) // a string is always JSON
		other = engine.Quote(string(quoted))
	}
	return "CASE WHEN " + sql + " IS NULL THEN NULL WHEN json_valid(" + sql + ") THEN " + sql + " ELSE " + other + " END"
}

// random writes a number that hangs on the seed and the row, or on the keys of the group.
func (g gen) random(x check.Random) string {
	args := []string{"CAST(" + strconv.FormatInt(x.Seed, 10) + " AS BIGINT)"}
	switch {
	case g.outer:
	case g.p.RecordKey() != "": // row numbers would tell how many rows stand between two that are shown
		return "hash(" + args[0] + ", " + g.recordID() + ")"
	default:
		return "hash(" + args[0] + ", _n)"
	}
	for i := range g.p.Groups {
		args = append(args, key(i))
	}
	return "hash(" + strings.Join(args, ", ") + ")"
}
