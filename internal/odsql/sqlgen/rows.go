package sqlgen

import (
	"encoding/hex"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"parvis/internal/dataset"
	"parvis/internal/engine"
	"parvis/internal/odsql/check"
)

// pageLimit is the longest ordered page whose rows are found first and fetched then.
const pageLimit = 100

// piece is how many rows are fetched by their places at once.
const piece = 50

// windowRows is the default size of a window: half of what the engine keeps together, since two windows are worked on at a time.
const windowRows = 61_440

// gen writes statements for one plan over one version.
type gen struct {
	src   engine.Source
	p     *check.Plan
	outer bool // values are written over the columns of groups and aggregates
}

// Rows gives the rows of the answer from offset on, at most limit of them (-1: all), in a total order: that of
// the plan, then of the keys of groups or of loading.
func Rows(src engine.Source, p *check.Plan, limit, offset int) engine.Statement {
	g := gen{src: src, p: p}
	switch {
	case p.Grouped:
		return g.statement(g.groups() + page(limit, offset))
	case p.Aggregated:
		return g.statement(g.aggregated() + page(limit, offset))
	case len(p.Order) == 0:
		return g.statement(g.unordered(limit, offset))
	}
	order := g.orderBy()
	where := g.where(p.Filters)
	if limit > 0 && limit <= pageLimit && !p.Mixed() { // places know no aggregates, which the order may hang on
		return g.statement(g.orderedPage(where, order, limit, offset))
	}
	return g.statement(g.selectRows() + where + order + page(limit, offset))
}

// orderedPage finds the places of a page's rows first and fetches the rows by them. The engine reads single rows
// quickly for up to 50 places in one list, and the whole table for more: hence the pieces.
func (g gen) orderedPage(where, order string, limit, offset int) string {
	from := g.records()
	places := "SELECT rowid FROM " + from + where + order
	if limit <= piece {
		return g.selectRows() + " WHERE rowid IN (" + places + page(limit, offset) + ")" + order
	}
	var pieces []string
	for at := 0; at < limit; at += piece {
		pieces = append(pieces, fmt.Sprintf("SELECT * FROM %s WHERE rowid IN (SELECT rowid FROM page WHERE place > %d AND place <= %d)", from, at, at+piece))
	}
	return "WITH page AS MATERIALIZED (SELECT rowid, row_number() OVER () AS place FROM (" + places + page(limit, offset) + ")) " +
		"SELECT " + g.columns() + " FROM (" + strings.Join(pieces, " UNION ALL ") + ")" + order
}

// unordered is the page of records in the order of loading. Without a filter it is a range of row numbers.
func (g gen) unordered(limit, offset int) string {
	where := g.where(g.p.Filters)
	if words := g.onlyWords(); words != nil && limit > 0 && limit <= pageLimit {
		return g.selectRows() + " WHERE _n IN (" + g.hits(words) + " ORDER BY n" + page(limit, offset) + ") ORDER BY _n"
	}
	if where != "" {
		return g.selectRows() + where + " ORDER BY _n" + page(limit, offset)
	}
	var terms []string
	if offset > 0 || limit >= 0 {
		terms = append(terms, "_n >= "+strconv.Itoa(offset))
	}
	if limit >= 0 {
		terms = append(terms, "_n < "+strconv.FormatInt(int64(offset)+int64(limit), 10))
	}
	if len(terms) > 0 {
		where = " WHERE " + strings.Join(terms, " AND ")
	}
	return g.selectRows() + where + " ORDER BY _n"
}

// Count gives one row of one int column: the number of groups where the plan is grouped, else of the
// records that meet its filters, also where those become a single row of aggregates.
func Count(src engine.Source, p *check.Plan) engine.Statement {
	g := gen{src: src, p: p}
	sql := "SELECT count(*) AS count FROM "
	if p.Grouped {
		sql += "(" + g.keys() + ")"
	} else if words := g.onlyWords(); words != nil {
		sql += "(" + g.hits(words) + ")"
	} else {
		sql += g.records() + g.where(p.Filters)
	}
	return engine.Statement{Source: src, SQL: sql, Columns: []dataset.Column{{Name: "count", Label: "count", Type: dataset.Int}}}
}

// Record gives the row of the record of this identifier, as the plan shows it, if it meets the plan's filters. The plan
// must be one of records.
func Record(src engine.Source, p *check.Plan, id [20]byte) engine.Statement {
	g := gen{src: src, p: p}
	is := "_id = " + blob(id[:])
	if p.RecordKey() != "" {
		is = g.recordID() + " = '" + hex.EncodeToString(id[:]) + "'"
	}
	if more := g.where(p.Filters); more != "" {
		is += " AND " + strings.TrimPrefix(more, " WHERE ")
	}
	return g.statement(g.selectRows() + " WHERE " + is + " ORDER BY _n LIMIT 1")
}

// Sliceable tells whether Windows can cut the answer: records (not groups, nor aggregates) in no order of the asker's.
func Sliceable(p *check.Plan) bool {
	return !p.Grouped && !p.Aggregated && !p.Mixed() && len(p.Order) == 0
}

// Windows cuts the answer of a sliceable plan over a version of rows records into statements that look at size
// records each (0: 61,440, which suits the engine), in the order of loading. A window answers fewer rows where
// records do not meet the filters.
func Windows(src engine.Source, p *check.Plan, rows, size int64) iter.Seq[engine.Statement] {
	if size <= 0 {
		size = windowRows
	}
	return func(yield func(engine.Statement) bool) {
		for from := int64(0); from < rows; from += size {
			if !yield(Window(src, p, from, from+size)) {
				return
			}
		}
	}
}

// Window gives the rows of a sliceable plan among the records from (the first is 0) up to but without to, in the
// order of loading. A bare scan comes in that order by itself, and sorting whole rows would cost more than reading
// them; a filter may be a join, which keeps no order.
func Window(src engine.Source, p *check.Plan, from, to int64) engine.Statement {
	g := gen{src: src, p: p}
	sql := g.selectRows() + " WHERE _n >= " + strconv.FormatInt(from, 10) + " AND _n < " + strconv.FormatInt(to, 10)
	if more := g.where(p.Filters); more != "" {
		sql += " AND " + strings.TrimPrefix(more, " WHERE ") + " ORDER BY _n"
	}
	return g.statement(sql)
}

// statement is SQL with the columns of the plan.
func (g gen) statement(sql string) engine.Statement {
	return engine.Statement{Source: g.src, SQL: sql, Columns: g.p.Columns}
}

// records is the table of records.
func (g gen) records() string { return engine.Table(g.src.Name, engine.Records) }

// selectRows is SELECT … FROM records.
func (g gen) selectRows() string {
	return "SELECT " + g.columns() + " FROM " + g.records() + g.beside()
}

// beside joins the one row of aggregates to each record of a mixed plan; else it is nothing.
func (g gen) beside() string {
	if !g.p.Mixed() {
		return ""
	}
	return ", (" + g.inner(true) + ")"
}

// columns is the select list of the answer. Columns of one value get the type that belongs to them.
func (g gen) columns() string {
	var out []string
	for i, v := range g.p.Select {
		t := v.Type()
		switch x := v.(type) {
		case check.Field:
			out = append(out, engine.Col(x.Index))
			if t.Base == dataset.GeoPoint {
				out = append(out, engine.Lat(x.Index))
			}
		case check.Const, check.IfNull:
			out = append(out, "CAST("+g.value(v)+" AS "+engine.SQLType(g.p.Columns[i].Type, false)+")")
		default:
			out = append(out, g.value(v))
		}
	}
	return strings.Join(out, ", ")
}

// where is a WHERE clause of filters, or nothing.
func (g gen) where(filters []check.Filter) string {
	var terms []string
	for _, f := range filters {
		if all, ok := f.Predicate.(check.All); ok {
			for _, p := range all {
				terms = append(terms, g.predicate(p))
			}
		} else if _, always := f.Predicate.(check.True); !always {
			terms = append(terms, g.predicate(f.Predicate))
		}
	}
	if len(terms) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(terms, " AND ")
}

// page is LIMIT and OFFSET.
func page(limit, offset int) string {
	out := ""
	if limit >= 0 {
		out = " LIMIT " + strconv.Itoa(limit)
	}
	if offset > 0 {
		out += " OFFSET " + strconv.Itoa(offset)
	}
	return out
}

// orderBy is the ORDER BY clause of records: a total order.
func (g gen) orderBy() string {
	var keys []string
	for _, o := range g.p.Order {
		keys = append(keys, g.sortKeys(o.Value, o.Desc)...)
	}
	return " ORDER BY " + strings.Join(append(keys, "_n"), ", ")
}

// sortKeys writes one key of an order: nulls last both ways, text without case and accents before it counts as it
// stands, several values by the one that comes first in that order.
func (g gen) sortKeys(v check.Value, desc bool) []string {
	end := " NULLS LAST"
	if desc {
		end = " DESC NULLS LAST"
	}
	switch x := v.(type) {
	case check.Const:
		return nil // all rows are equal; and a number would count as the position of a column
	case check.GroupRef:
		if keys := g.groupSort(x.Index); keys != nil {
			return []string{strings.Join(keys, end+", ") + end}
		}
	}
	sql := g.value(v)
	text := v.Type().Base == dataset.Text
	if v.Type().List {
		first := "list_min("
		if desc {
			first = "list_max("
		}
		if text {
			return []string{first + "list_transform(" + sql + ", lambda x: strip_accents(lower(x))))" + end, first + sql + ")" + end}
		}
		return []string{first + sql + ")" + end}
	}
	if text {
		return []string{"strip_accents(lower(" + sql + "))" + end, sql + end}
	}
	return []string{sql + end}
}

// blob writes bytes as an SQL constant.
func blob(b []byte) string { return "from_hex('" + hex.EncodeToString(b) + "')" }
