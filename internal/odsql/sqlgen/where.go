package sqlgen

import (
	"encoding/hex"
	"strings"

	"parvis/internal/engine"
	"parvis/internal/odsql/check"
)

// predicate writes a condition.
func (g gen) predicate(p check.Predicate) string {
	switch x := p.(type) {
	case check.All:
		return g.join(x, " AND ")
	case check.Any:
		return g.join(x, " OR ")
	case check.Not:
		return "(NOT " + g.predicate(x.X) + ")"
	case check.Lacks:
		return "(" + g.predicate(x.X) + " IS NOT TRUE)"
	case check.True:
		return "true"
	case check.Unknown:
		return "CAST(NULL AS BOOLEAN)"
	case check.Rule:
		return gen{src: g.src, p: g.p.Unseen()}.predicate(x.X)
	case check.Compare:
		return g.compare(x)
	case check.OneOf:
		return g.oneOf(x)
	case check.Between:
		return g.between(x)
	case check.IsNull:
		sql := g.value(x.X)
		if x.X.Type().List {
			return "(" + sql + " IS NULL OR len(" + sql + ") = 0)"
		}
		return "(" + sql + " IS NULL)"
	case check.Holds:
		return g.value(x.X)
	case check.Words:
		return g.words(x)
	case check.StartsWith:
		return g.startsWith(x)
	case check.UnderPath:
		return g.underPath(x)
	case check.Within:
		return g.within(x)
	case check.InBox:
		return g.inBox(x)
	case check.Spatial:
		return g.spatial(x)
	}
	return "false" // check.False
}

func (g gen) join(terms []check.Predicate, by string) string {
	out := make([]string, len(terms))
	for i, t := range terms {
		out[i] = g.predicate(t)
	}
	return "(" + strings.Join(out, by) + ")"
}

// operator gives an operator of comparisons in SQL.
func operator(op string) string {
	if op == "!=" {
		return " <> "
	}
	return " " + op + " "
}

func (g gen) compare(x check.Compare) string {
	l, r := g.value(x.L), g.value(x.R)
	if x.L.Type().List {
		switch x.Op {
		case "=":
			return "list_contains(" + l + ", " + r + ")"
		case "!=":
			return "(len(" + l + ") > 0 AND NOT list_contains(" + l + ", " + r + "))" // no list is null, and equal to nothing
		}
		return some(l, "x"+operator(x.Op)+r)
	}
	if _, id := x.L.(check.RecordID); id && x.Op == "=" && g.p.RecordKey() == "" {
		if k, ok := x.R.(check.Const); ok {
			text, _ := k.V.(string)
			if raw, err := hex.DecodeString(text); err == nil && len(raw) == 20 && strings.ToLower(text) == text {
				return "(_id = " + blob(raw) + ")"
			}
		}
	}
	return "(" + l + operator(x.Op) + r + ")"
}

// some writes that some element x of a list meets a condition; null for no list.
func some(list, condition string) string {
	return "(len(list_filter(" + list + ", lambda x: " + condition + ")) > 0)"
}

func (g gen) oneOf(x check.OneOf) string {
	sql := g.value(x.X)
	values := make([]string, len(x.List))
	for i, k := range x.List {
		values[i] = constant(k)
	}
	if !x.X.Type().List {
		return "(" + sql + " IN (" + strings.Join(values, ", ") + "))"
	}
	if len(values) > 20 {
		return "list_has_any(" + sql + ", [" + strings.Join(values, ", ") + "])"
	}
	for i, v := range values { // quicker than list_has_any for a few
		values[i] = "list_contains(" + sql + ", " + v + ")"
	}
	return "(" + strings.Join(values, " OR ") + ")"
}

func (g gen) between(x check.Between) string {
	list := x.X.Type().List
	sql := g.value(x.X)
	item := sql
	if list {
		item = "x"
	}
	var terms []string
	if x.Low != nil {
		op := " >= "
		if x.LowOpen {
			op = " > "
		}
		terms = append(terms, item+op+g.value(x.Low))
	}
	if x.High != nil {
		op := " <= "
		if x.HighOpen {
			op = " < "
		}
		terms = append(terms, item+op+g.value(x.High))
	}
	if len(terms) == 0 {
		terms = append(terms, item+" IS NOT NULL")
	}
	if list {
		return some(sql, strings.Join(terms, " AND "))
	}
	return "(" + strings.Join(terms, " AND ") + ")"
}

func (g gen) startsWith(x check.StartsWith) string {
	prefix := engine.Quote(x.Prefix)
	terms := make([]string, len(x.Fields))
	for i, f := range x.Fields {
		c := engine.Col(f)
		if g.p.Fields()[f].List() {
			terms[i] = some(c, "starts_with(x, "+prefix+")")
		} else {
			terms[i] = "starts_with(" + c + ", " + prefix + ")"
		}
		terms[i] = "coalesce(" + terms[i] + ", false)"
	}
	return "(" + strings.Join(terms, " OR ") + ")"
}

func (g gen) underPath(x check.UnderPath) string {
	c := g.value(x.Field)
	item := c
	if x.Field.T.List {
		item = "x"
	}
	sql := item + " = " + engine.Quote(x.Path) + " OR starts_with(" + item + ", " + engine.Quote(x.Path+x.Separator) + ")"
	if x.Field.T.List {
		return some(c, sql)
	}
	return "(" + sql + ")"
}
