package sqlgen

import (
	"strconv"
	"strings"
	"time"

	"parvis/internal/dataset"
	"parvis/internal/engine"
	"parvis/internal/odsql/check"
)

// local writes a datetime by the clock of the plan's zone; a date has no zone and stays.
func (g gen) local(v check.Value) string {
	sql := g.value(v)
	if v.Type().Base == dataset.DateTime {
		return g.toLocal(sql)
	}
	return sql
}

// toLocal and toUTC move a TIMESTAMP between UTC and the clock of the plan's zone.
func (g gen) toLocal(sql string) string {
	if g.p.Zone == "UTC" {
		return sql
	}
	return "timezone(" + engine.Quote(g.p.Zone) + ", timezone('UTC', " + sql + "))"
}

func (g gen) toUTC(sql string) string {
	if g.p.Zone == "UTC" {
		return sql
	}
	return "timezone('UTC', timezone(" + engine.Quote(g.p.Zone) + ", " + sql + "))"
}

// datePart writes year(d) and its like.
func (g gen) datePart(x check.DatePart) string {
	sql := g.local(x.X)
	switch x.Part {
	case "hour", "minute", "second", "millisecond":
		if x.X.Type().Base == dataset.Date {
			sql = "CAST(" + sql + " AS TIMESTAMP)"
		}
	case "dayofweek":
		return "isodow(" + sql + ")"
	}
	if x.Part == "millisecond" {
		return "(millisecond(" + sql + ") % 1000)"
	}
	return x.Part + "(" + sql + ")"
}

// dateFormat writes date_format: runs of symbols that the engine's strftime has, joined with the rest.
func (g gen) dateFormat(x check.DateFormat) string {
	sql := g.local(x.X)
	if _, constant := x.X.(check.Const); constant && x.X.Type().Base == dataset.Date {
		sql = "CAST(" + sql + " AS DATE)"
	}
	var parts []string
	var run strings.Builder
	flush := func() {
		if run.Len() > 0 {
			parts = append(parts, "strftime("+sql+", "+engine.Quote(run.String())+")")
			run.Reset()
		}
	}
	named := func(names []string, index string) {
		flush()
		quoted := make([]string, len(names))
		for i, n := range names {
			quoted[i] = engine.Quote(n)
		}
		parts = append(parts, "["+strings.Join(quoted, ", ")+"]["+index+"("+sql+")]")
	}
	for _, piece := range x.Pieces {
		switch piece.Symbol {
		case "":
			run.WriteString(strings.ReplaceAll(piece.Text, "%", "%%"))
		case "xx":
			flush()
			parts = append(parts, "right(strftime("+sql+", '%G'), 2)")
		case "w":
			flush()
			parts = append(parts, "CAST(weekofyear("+sql+") AS VARCHAR)")
		case "E", "EEEE":
			named(check.DayNames(g.p.Lang, piece.Symbol == "E"), "isodow")
		case "MMM", "MMMM":
			named(check.MonthNames(g.p.Lang, piece.Symbol == "MMM"), "month")
		default:
			run.WriteString(strftime(piece.Symbol))
		}
	}
	if flush(); len(parts) == 0 {
		return "CASE WHEN " + sql + " IS NULL THEN NULL ELSE '' END" // the engine takes no empty format
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return "(" + strings.Join(parts, " || ") + ")"
}

// strftime gives the engine's symbol for one of date_format.
func strftime(symbol string) string {
	switch symbol {
	case "yy":
		return "%y"
	case "xxxx":
		return "%G"
	case "ww":
		return "%V"
	case "e":
		return "%u"
	case "D":
		return "%-j"
	case "DDD":
		return "%j"
	case "M":
		return "%-m"
	case "MM":
		return "%m"
	case "d":
		return "%-d"
	case "dd":
		return "%d"
	case "H":
		return "%-H"
	case "HH":
		return "%H"
	case "m":
		return "%-M"
	case "mm":
		return "%M"
	case "s":
		return "%-S"
	case "ss":
		return "%S"
	}
	return "%Y"
}

// zoned tells whether labels of ranges over v are told by a clock other than that of UTC.
func (g gen) zoned(v check.Value) bool {
	return v.Type().Base == dataset.DateTime && g.p.Zone != "UTC"
}

// dateStart writes the beginning of the bucket that a date falls in: by the clock of the zone for days and
// longer units, in UTC for shorter ones, so that hours that a clock tells twice stay apart.
func (g gen) dateStart(b check.Buckets) string {
	utc := g.value(b.X)
	if b.X.Type().Base == dataset.Date {
		utc = "CAST(" + utc + " AS TIMESTAMP)"
	}
	local := utc
	if g.zoned(b.X) {
		local = g.toLocal(utc)
	}
	every := strconv.FormatInt(b.Every, 10)
	switch b.Unit {
	case "microsecond":
		return "make_timestamp(epoch_us(" + utc + ") - " + modulo("epoch_us("+local+")", every) + ")"
	case "day":
		every += " * 86400000000"
		return "make_timestamp(epoch_us(" + local + ") - " + modulo("epoch_us("+local+")", "("+every+")") + ")"
	}
	return "CAST(date_trunc('" + b.Unit + "', " + local + ") AS TIMESTAMP)"
}

// modulo writes the remainder of a division, from 0 on also for numbers below 0.
func modulo(x, by string) string { return "((" + x + " % " + by + " + " + by + ") % " + by + ")" }

// dateEnds writes both ends, in UTC, of the bucket of this key.
func (g gen) dateEnds(b check.Buckets, key string) (start, end string) {
	step := "to_" + b.Unit + "s(" + strconv.FormatInt(b.Every, 10) + ")"
	if b.Unit == "quarter" {
		step = "to_months(3)"
	}
	start, end = key, "("+key+" + "+step+")"
	if b.Unit == "microsecond" || !g.zoned(b.X) {
		return start, end
	}
	return g.toUTC(start), g.toUTC(end)
}

// dateLabel writes an end of a range: 2020-01-01T00:00:00.000Z, or with the offset of the zone, 2020-01-01T00:00:00+01:00.
func (g gen) dateLabel(b check.Buckets, utc string) string {
	if !g.zoned(b.X) {
		return "strftime(" + utc + ", '%Y-%m-%dT%H:%M:%S.%gZ')"
	}
	format := "%Y-%m-%dT%H:%M:%S"
	if b.Unit == "microsecond" && b.Every%1_000_000 != 0 {
		format += ".%g"
	}
	local := g.toLocal(utc)
	minutes := "((epoch_us(" + local + ") - epoch_us(" + utc + ")) // 60000000)"
	return "strftime(" + local + ", '" + format + "') || CASE WHEN " + minutes + " < 0 THEN '-' ELSE '+' END || " +
		"lpad(CAST(abs(" + minutes + ") // 60 AS VARCHAR), 2, '0') || ':' || lpad(CAST(abs(" + minutes + ") % 60 AS VARCHAR), 2, '0')"
}

// constantLabel gives an end of a static range of dates, as dateLabel would.
func (g gen) constantLabel(b check.Buckets, k check.Const) string {
	var t time.Time
	switch v := k.V.(type) {
	case dataset.Day:
		t = time.Unix(int64(v)*86400, 0).UTC()
	case dataset.Instant:
		t = time.UnixMicro(int64(v)).UTC()
	}
	if g.zoned(b.X) {
		return t.In(g.p.Loc).Format("2006-01-02T15:04:05-07:00")
	}
	return t.Format("2006-01-02T15:04:05.000Z")
}
