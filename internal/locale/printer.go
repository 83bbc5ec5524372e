package locale

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/gohugoio/locales"
)

// Printer writes in one language. It is safe for use by many goroutines.
//
// Messages hold places by name, {like this}; the arguments are pairs of a name and its value. Whole numbers are
// written as the language does, anything else as it is.
type Printer struct {
	Language
	rules     locales.Translator
	plural    plural
	catalogue catalogue // empty for English
	pseudo    bool
}

// T translates a message: T("Rows {from} to {to}", "from", 1, "to", 100). Without a translation it stays English.
func (p *Printer) T(msgid string, pairs ...any) string { return p.C("", msgid, pairs...) }

// C is T for a message that means different things in different places; context says which.
func (p *Printer) C(context, msgid string, pairs ...any) string {
	text := msgid
	if strs := p.catalogue[key{context, msgid}]; len(strs) > 0 && strs[0] != "" {
		text = strs[0]
	}
	if p.pseudo {
		text = pseudoText(text)
	}
	return p.fill(text, pairs)
}

// N translates a message that counts: one is the English singular, many its plural; {n} is the number.
func (p *Printer) N(one, many string, n int64, pairs ...any) string {
	text := many
	if n == 1 {
		text = one
	}
	if strs := p.catalogue[key{"", one}]; len(strs) > 0 {
		i := min(p.plural.index(n), len(strs)-1)
		if strs[i] != "" {
			text = strs[i]
		}
	}
	if p.pseudo {
		text = pseudoText(text)
	}
	return p.fill(text, append([]any{"n", n}, pairs...))
}

// mark brackets what the pseudo-language has from the rules of English.
func (p *Printer) mark(text string) string {
	if p.pseudo {
		return "⟦" + text + "⟧"
	}
	return text
}

// fill puts values into the places of a message.
func (p *Printer) fill(text string, pairs []any) string {
	if len(pairs) == 0 || !strings.Contains(text, "{") {
		return text
	}
	old := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		old = append(old, "{"+fmt.Sprint(pairs[i])+"}", p.value(pairs[i+1]))
	}
	return strings.NewReplacer(old...).Replace(text)
}

func (p *Printer) value(v any) string {
	switch v := v.(type) {
	case int:
		return p.Number(float64(v), 0)
	case int64:
		return p.Int(v)
	case string:
		return v
	}
	return fmt.Sprint(v)
}

// Int writes a whole number with its thousands apart.
func (p *Printer) Int(n int64) string {
	if n > 1<<53 || n < -1<<53 { // float64 would round it
		return strconv.FormatInt(n, 10)
	}
	return p.Number(float64(n), 0)
}

// Number writes a number with so many decimals; -1: as many as it has, at most 15 significant digits.
func (p *Printer) Number(x float64, decimals int) string {
	switch {
	case math.IsNaN(x):
		return "NaN"
	case math.IsInf(x, 0):
		return strings.Replace(strconv.FormatFloat(x, 'g', -1, 64), "Inf", "∞", 1)
	}
	if size := math.Abs(x); decimals < 0 && (size >= 1e15 || size != 0 && size < 1e-6) {
		return strings.Replace(strconv.FormatFloat(x, 'g', 6, 64), ".", decimalMark(p.rules), 1)
	}
	if decimals < 0 {
		short := strconv.FormatFloat(x, 'g', 15, 64)
		if back, err := strconv.ParseFloat(short, 64); err == nil {
			x = back
		}
		_, fraction, _ := strings.Cut(strconv.FormatFloat(x, 'f', -1, 64), ".")
		decimals = len(fraction)
	}
	decimals = min(decimals, 15)
	// A minus as wide as a figure; and CLDR's narrow space between thousands all but vanishes in most typefaces.
	return strings.NewReplacer("-", "\u2212", "\u202f", "\u00a0").Replace(p.rules.FmtNumber(x, uint64(decimals)))
}

func decimalMark(rules locales.Translator) string {
	return strings.Trim(rules.FmtNumber(0.5, 1), "05")
}

// Percent writes a percentage: 12.5 is 12.5 %.
func (p *Printer) Percent(x float64, decimals int) string {
	return strings.Replace(p.rules.FmtPercent(x, uint64(max(decimals, 0))), "-", "\u2212", 1)
}

// Bytes writes a size in bytes: 4,7 ko.
func (p *Printer) Bytes(n int64) string {
	x, unit := float64(n), p.C("unit", "B")
	switch {
	case n >= 1e9:
		x, unit = x/1e9, p.C("unit", "GB")
	case n >= 1e6:
		x, unit = x/1e6, p.C("unit", "MB")
	case n >= 1e3:
		x, unit = x/1e3, p.C("unit", "kB")
	}
	decimals := 0
	if n >= 1e3 && x < 10 {
		decimals = 1
	}
	return p.Number(x, decimals) + "\u00a0" + unit
}

// Date writes a day in full: 23 novembre 2026.
func (p *Printer) Date(t time.Time) string { return p.mark(p.first(p.rules.FmtDateLong(t), t)) }

// first writes the first of a month as French does, which CLDR leaves out: 1er.
func (p *Printer) first(date string, t time.Time) string {
	if p.Tag == "fr" && t.Day() == 1 {
		return "1er" + strings.TrimPrefix(date, "1")
	}
	return date
}

// DateTime writes a day and a time of day.
func (p *Printer) DateTime(t time.Time) string {
	return p.List(p.Day(t), p.mark(p.clock(t)))
}

// clock writes a time of day. The hour after midnight is 12 on a clock of twelve hours, where the rules say 0.
func (p *Printer) clock(t time.Time) string {
	text := p.rules.FmtTimeMedium(t)
	if rest, midnight := strings.CutPrefix(text, "0:"); midnight && strings.HasPrefix(p.rules.FmtTimeMedium(t.Add(13*time.Hour)), "1:") {
		return "12:" + rest
	}
	return text
}

// Day writes a day in the short form for tables: 23 nov. 2026.
func (p *Printer) Day(t time.Time) string { return p.mark(p.first(p.rules.FmtDateMedium(t), t)) }

// Month writes a month of a year: novembre 2026.
func (p *Printer) Month(t time.Time) string {
	return p.MonthName(t.Month()) + " " + strconv.Itoa(t.Year())
}

// MonthName names a month: novembre.
func (p *Printer) MonthName(m time.Month) string { return p.mark(p.rules.MonthWide(m)) }

// WeekdayName names a day of the week.
func (p *Printer) WeekdayName(d time.Weekday) string { return p.mark(p.rules.WeekdayWide(d)) }

// List writes the items of an enumeration one after the other.
func (p *Printer) List(items ...string) string { return strings.Join(items, p.C("list", ", ")) }
