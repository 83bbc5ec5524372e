package ingest

import (
	"strings"

	"parvis/internal/dataset"
)

// dateOrder is what the first two numbers of a date such as 03/04/2024 are.
type dateOrder int

const (
	dayFirst dateOrder = iota // also where nothing tells
	monthFirst
)

// moment is a date as it was written, in a form that leaves open what cannot be known from one value.
type moment struct {
	year, a, b int   // a and b: month and day where yearFirst, else the numbers in their order
	yearFirst  bool  // so that nothing is open
	clock      bool  // there is a time of day
	zone       bool  // and an offset, which micros heeds
	micros     int64 // of the day
}

// couldBe tells whether the numbers are a date in this order.
func (m moment) couldBe(order dateOrder) bool { _, ok := m.day(order); return ok }

// day gives the day.
func (m moment) day(order dateOrder) (dataset.Day, bool) {
	month, day := m.a, m.b
	if !m.yearFirst && order == dayFirst {
		month, day = m.b, m.a
	}
	if month < 1 || month > 12 || day < 1 || day > daysIn(m.year, month) {
		return 0, false
	}
	return dataset.Day(daysFrom(m.year, month, day)), true
}

// instant gives the moment, in UTC where it names no offset.
func (m moment) instant(order dateOrder) (dataset.Instant, bool) {
	day, ok := m.day(order)
	return dataset.Instant(int64(day)*86400e6 + m.micros), ok
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// daysFrom counts the days since 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms").
func daysFrom(year, month, day int) int {
	if month <= 2 {
		year--
		month += 12
	}
	era := year / 400
	if year < 0 {
		era = (year - 399) / 400
	}
	inEra := year - era*400
	return era*146097 + inEra*365 + inEra/4 - inEra/100 + (153*(month-3)+2)/5 + day - 1 - 719468
}

// parseMoment reads yyyy-mm-dd and dd/mm/yyyy or mm/dd/yyyy (with - / or .), with a time of day behind a blank or a
// T, and an offset.
func parseMoment(s string) (m moment, ok bool) {
	first, rest, ok := figures(s, 4)
	if !ok || len(rest) < 4 {
		return m, false
	}
	sign := rest[0]
	if sign != '-' && sign != '/' && sign != '.' {
		return m, false
	}
	width := len(s) - len(rest)
	second, rest, ok := figures(rest[1:], 2)
	if !ok || len(rest) < 2 || rest[0] != sign {
		return m, false
	}
	before := len(rest) - 1
	third, rest, ok := figures(rest[1:], 4)
	if !ok {
		return m, false
	}
	last := before - len(rest)
	switch {
	case width == 4 && last <= 2:
		m.yearFirst = true
		m.year, m.a, m.b = first, second, third
	case width <= 2 && last == 4:
		m.a, m.b, m.year = first, second, third
	case width <= 2 && last == 2 && sign == '/': // 31/12/99: the years from 1970 to 2069
		m.a, m.b, m.year = first, second, third+1900
		if third < 70 {
			m.year += 100
		}
	default:
		return m, false
	}
	if rest == "" {
		return m, true
	}
	if rest[0] != ' ' && rest[0] != 'T' && rest[0] != 't' {
		return m, false
	}
	m.clock = true
	m.micros, m.zone, ok = parseClock(strings.TrimLeft(rest[1:], " "))
	return m, ok
}

// figures takes one to most figures.
func figures(s string, most int) (n int, rest string, ok bool) {
	i := 0
	for i < len(s) && i < most && s[i] >= '0' && s[i] <= '9' {
		n = n*10 + int(s[i]-'0')
		i++
	}
	return n, s[i:], i > 0
}

// parseClock reads hh:mm, hh:mm:ss, hh:mm:ss.ffffff and an offset, which is taken off: micros may be negative.
func parseClock(s string) (micros int64, zone, ok bool) {
	hour, rest, ok := figures(s, 2)
	if !ok || hour > 24 || len(rest) < 3 || rest[0] != ':' {
		return 0, false, false
	}
	minute, rest, ok := figures(rest[1:], 2)
	if !ok || minute > 59 {
		return 0, false, false
	}
	second := 0
	var fraction int64
	if rest != "" && rest[0] == ':' {
		if second, rest, ok = figures(rest[1:], 2); !ok || second > 60 {
			return 0, false, false
		}
		if rest != "" && (rest[0] == '.' || rest[0] == ',') {
			rest = rest[1:]
			scale := int64(100000)
			digits := 0
			for rest != "" && rest[0] >= '0' && rest[0] <= '9' {
				fraction += int64(rest[0]-'0') * scale
				scale /= 10
				rest = rest[1:]
				digits++
			}
			if digits == 0 {
				return 0, false, false
			}
		}
	}
	micros = (int64(hour)*3600+int64(minute)*60+int64(second))*1e6 + fraction
	if micros > 86400e6 {
		return 0, false, false
	}
	rest = strings.TrimLeft(rest, " ")
	switch {
	case rest == "":
		return micros, false, true
	case rest == "Z" || rest == "z" || rest == "UTC":
		return micros, true, true
	case rest[0] != '+' && rest[0] != '-':
		return 0, false, false
	}
	east := int64(1)
	if rest[0] == '-' {
		east = -1
	}
	h, rest, ok := figures(rest[1:], 2)
	if !ok || h > 15 {
		return 0, false, false
	}
	rest = strings.TrimPrefix(rest, ":")
	m := 0
	if rest != "" {
		if m, rest, ok = figures(rest, 2); !ok || m > 59 || rest != "" {
			return 0, false, false
		}
	}
	return micros - east*int64(h*3600+m*60)*1e6, true, true
}

// parseCompact reads yyyymmdd, of the years from 1800 to 2199.
func parseCompact(s string) (dataset.Day, bool) {
	if len(s) != 8 {
		return 0, false
	}
	n, rest, _ := figures(s, 8)
	m := moment{year: n / 10000, a: n / 100 % 100, b: n % 100, yearFirst: true}
	if rest != "" || m.year < 1800 || m.year > 2199 {
		return 0, false
	}
	return m.day(dayFirst)
}

// parseCoarse reads yyyy and yyyy-mm: the first day of it.
func parseCoarse(s string) (dataset.Day, bool) {
	if len(s) != 4 && (len(s) != 7 || s[4] != '-') {
		return 0, false
	}
	m := moment{a: 1, b: 1, yearFirst: true}
	var rest string
	var ok bool
	if m.year, rest, ok = figures(s, 4); !ok || len(rest) != len(s)-4 {
		return 0, false
	}
	if rest != "" {
		if m.a, rest, ok = figures(rest[1:], 2); !ok || rest != "" {
			return 0, false
		}
	}
	return m.day(dayFirst)
}
