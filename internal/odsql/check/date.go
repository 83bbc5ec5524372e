package check

import (
	"strconv"
	"time"

	"parvis/internal/dataset"
	"parvis/internal/odsql"
)

// date is what a date literal tells: a wall clock, and where that clock hangs if it says so.
type date struct {
	wall   time.Time // in UTC
	parts  int       // 1 year, 2 month, 3 day
	timed  bool      // it has a time of day
	zoned  bool      // it has an offset
	offset int       // seconds east of UTC
}

// dateLiteral reads the text of a date literal.
func (c *checker) dateLiteral(x odsql.Expr, text string) (date, error) {
	d, ok := parseDate(text)
	if !ok {
		d, ok = compactDate(text)
	}
	if !ok {
		return date{}, c.errorAt(x, "%q is not a date such as 2017, 2017-04, 2017-04-03 or 2017-04-03T08:02:00Z", text)
	}
	return d, nil
}

// instant gives the moment at which the literal's period begins, by the clock of loc where the literal tells no offset.
func (d date) instant(loc *time.Location) dataset.Instant {
	if d.zoned {
		return dataset.Instant(d.wall.Add(-time.Duration(d.offset) * time.Second).UnixMicro())
	}
	w := d.wall
	return dataset.Instant(time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), w.Nanosecond(), loc).UnixMicro())
}

// day gives the day of the literal's clock, or of UTC where it tells an offset.
func (d date) day() dataset.Day { return dataset.Day(floorDiv(d.utc().Unix(), 86400)) }

// utc gives the literal's clock as if it were that of UTC, or the moment in UTC where it tells an offset: dates without a time zone compare with that.
func (d date) utc() time.Time {
	if d.zoned {
		return d.wall.Add(-time.Duration(d.offset) * time.Second)
	}
	return d.wall
}

// midnight tells whether the literal is the first instant of a day without a time zone.
func (d date) midnight() bool { return d.utc().Equal(d.utc().Truncate(24 * time.Hour)) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// parseDate reads ISO 8601 dates, also cut short (year, year and month) or with / between their parts, with
// an optional time of day after T or a blank, and an optional offset.
func parseDate(text string) (date, bool) {
	p := dateText{text: text}
	d := date{parts: 1}
	year, ok := p.digits(4, 4)
	if !ok || year == 0 {
		return date{}, false
	}
	month, day := 1, 1
	sep := byte('-')
	if p.peek() == '/' {
		sep = '/'
	}
	if p.take(sep) {
		if month, ok = p.digits(1, 2); !ok {
			return date{}, false
		}
		d.parts = 2
		if p.take(sep) {
			if day, ok = p.digits(1, 2); !ok {
				return date{}, false
			}
			d.parts = 3
		}
	}
	var hour, minute, second, nano int
	if d.parts == 3 && (p.take('T') || p.take('t') || p.take(' ')) {
		d.timed = true
		if hour, minute, second, nano, ok = p.clock(); !ok {
			return date{}, false
		}
		if d.zoned, d.offset, ok = p.zone(); !ok {
			return date{}, false
		}
	}
	if p.text != "" || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59 {
		return date{}, false
	}
	d.wall = time.Date(year, time.Month(month), day, hour, minute, second, nano, time.UTC)
	return d, d.wall.Day() == day && d.wall.Month() == time.Month(month)
}

// compactDate reads a date written as one number of eight digits: 20220312.
func compactDate(text string) (date, bool) {
	if len(text) != 8 {
		return date{}, false
	}
	return parseDate(text[:4] + "-" + text[4:6] + "-" + text[6:])
}

// dateText is the part of a date that is still to be read.
type dateText struct{ text string }

func (p *dateText) peek() byte {
	if p.text == "" {
		return 0
	}
	return p.text[0]
}

func (p *dateText) take(b byte) bool {
	if p.peek() != b || p.text == "" {
		return false
	}
	p.text = p.text[1:]
	return true
}

// digits reads a number of least to most digits.
func (p *dateText) digits(least, most int) (int, bool) {
	n := 0
	for n < len(p.text) && n < most && p.text[n] >= '0' && p.text[n] <= '9' {
		n++
	}
	if n < least {
		return 0, false
	}
	v, err := strconv.Atoi(p.text[:n])
	p.text = p.text[n:]
	return v, err == nil
}

// clock reads HH[:MM[:SS[.fraction]]].
func (p *dateText) clock() (hour, minute, second, nano int, ok bool) {
	if hour, ok = p.digits(2, 2); !ok {
		return
	}
	if p.take(':') {
		if minute, ok = p.digits(2, 2); !ok {
			return
		}
		if p.take(':') {
			if second, ok = p.digits(2, 2); !ok {
				return
			}
			if p.take('.') || p.take(',') {
				before := len(p.text)
				if nano, ok = p.digits(1, 9); !ok {
					return
				}
				for range 9 - (before - len(p.text)) {
					nano *= 10
				}
			}
		}
	}
	return hour, minute, second, nano, true
}

// zone reads Z, ±HH, ±HHMM or ±HH:MM; a blank may stand before it, which is what + becomes in a careless URL.
func (p *dateText) zone() (zoned bool, offset int, ok bool) {
	if p.text == "" {
		return false, 0, true
	}
	if p.take('Z') || p.take('z') {
		return true, 0, true
	}
	sign := 1
	switch {
	case p.take('-'):
		sign = -1
	case p.take('+') || p.take(' '):
	default:
		return false, 0, false
	}
	h, ok := p.digits(2, 2)
	if !ok || h > 23 {
		return false, 0, false
	}
	m := 0
	p.take(':')
	if p.text != "" {
		if m, ok = p.digits(2, 2); !ok || m > 59 {
			return false, 0, false
		}
	}
	return true, sign * (h*3600 + m*60), true
}
