package format

import (
	"slices"
	"strconv"
	"time"
)

// Times writes dates and datetimes in a time zone, at the same instants' offsets as package time but several
// times faster: it remembers the stretches of equal offset that it has met. Use one for each goroutine.
type Times struct {
	location *time.Location
	last     stretch
	known    []stretch // by from
}

// stretch is a time, in seconds since 1970, during which a zone has one offset: from ≤ t < to.
type stretch struct {
	from, to int64
	offset   int64  // seconds east of Greenwich
	suffix   string // "+02:00"
}

// NewTimes makes one for a zone; nil is UTC.
func NewTimes(location *time.Location) *Times {
	if location == nil {
		location = time.UTC
	}
	return &Times{location: location}
}

// at gives the stretch of an instant.
func (t *Times) at(second int64) *stretch {
	if t.last.from <= second && second < t.last.to {
		return &t.last
	}
	i, found := slices.BinarySearchFunc(t.known, second, func(s stretch, second int64) int {
		switch {
		case s.to <= second:
			return -1
		case s.from > second:
			return 1
		}
		return 0
	})
	if !found {
		t.known = slices.Insert(t.known, i, t.lookUp(second))
	}
	t.last = t.known[i]
	return &t.last
}

func (t *Times) lookUp(second int64) stretch {
	const ever = 1 << 62
	instant := time.Unix(second, 0).In(t.location)
	from, to := instant.ZoneBounds()
	_, offset := instant.Zone()
	s := stretch{from: -ever, to: ever, offset: int64(offset), suffix: suffix(offset)}
	if !from.IsZero() {
		s.from = from.Unix()
	}
	if !to.IsZero() {
		s.to = to.Unix()
	}
	return s
}

// suffix writes an offset as ISO 8601 does, with seconds where local mean time needs them.
func suffix(offset int) string {
	sign := byte('+')
	if offset < 0 {
		sign, offset = '-', -offset
	}
	b := append(make([]byte, 0, 9), sign)
	b = two(b, offset/3600)
	b = two(append(b, ':'), offset/60%60)
	if offset%60 != 0 {
		b = two(append(b, ':'), offset%60)
	}
	return string(b)
}

// AppendDateTime adds an instant, in microseconds since 1970, as "2026-06-27T04:00:00+02:00"; microseconds stand
// only where there are any. Precision "minute" and "hour" set what is finer to zero, so that the form stays
// one that every program reads; "day", "month" and "year" give the date of the zone.
func (t *Times) AppendDateTime(dst []byte, micros int64, precision string) []byte {
	second := floorDiv(micros, 1e6)
	fraction := int(micros - second*1e6)
	s := t.at(second)
	second += s.offset
	day := floorDiv(second, 86400)
	clock := int(second - day*86400)
	switch precision {
	case "year", "month", "day":
		return AppendDate(dst, day, precision)
	case "hour":
		clock, fraction = clock-clock%3600, 0
	case "minute":
		clock, fraction = clock-clock%60, 0
	}
	dst = AppendDate(dst, day, "")
	dst = two(append(dst, 'T'), clock/3600)
	dst = two(append(dst, ':'), clock/60%60)
	dst = two(append(dst, ':'), clock%60)
	if fraction != 0 {
		dst = append(dst, '.')
		dst = two(dst, fraction/10000)
		dst = two(dst, fraction/100%100)
		dst = two(dst, fraction%100)
	}
	return append(dst, s.suffix...)
}

// Local gives the wall clock of the zone at an instant: days since 1970-01-01 and microseconds of the day.
func (t *Times) Local(micros int64) (day, microsOfDay int64) {
	second := floorDiv(micros, 1e6)
	local := micros + t.at(second).offset*1e6
	day = floorDiv(local, 86400*1e6)
	return day, local - day*86400*1e6
}

// AppendDate adds a day, counted from 1970-01-01, as "2019-03-26"; with precision "month" as "2019-03", with
// "year" as "2019".
func AppendDate(dst []byte, day int64, precision string) []byte {
	year, month, dayOfMonth := civil(day)
	switch {
	case year >= 0 && year <= 9999:
		dst = two(dst, int(year/100))
		dst = two(dst, int(year%100))
	case year < 0:
		dst = append(dst, '-')
		for y := int64(1000); y > -year && y > 1; y /= 10 {
			dst = append(dst, '0')
		}
		dst = strconv.AppendInt(dst, -year, 10)
	default:
		dst = strconv.AppendInt(dst, year, 10)
	}
	if precision == "year" {
		return dst
	}
	dst = two(append(dst, '-'), month)
	if precision == "month" {
		return dst
	}
	return two(append(dst, '-'), dayOfMonth)
}

// civil gives the date of a day in the Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date
// algorithms"): eras of 400 years that begin on 1 March.
func civil(day int64) (year int64, month, dayOfMonth int) {
	day += 719468
	era := floorDiv(day, 146097)
	inEra := day - era*146097
	yearOfEra := (inEra - inEra/1460 + inEra/36524 - inEra/146096) / 365
	dayOfYear := inEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	m := (5*dayOfYear + 2) / 153
	dayOfMonth = int(dayOfYear - (153*m+2)/5 + 1)
	month = int(m + 3)
	year = yearOfEra + era*400
	if month > 12 {
		month -= 12
		year++
	}
	return year, month, dayOfMonth
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func two(dst []byte, n int) []byte { return append(dst, byte('0'+n/10), byte('0'+n%10)) }
