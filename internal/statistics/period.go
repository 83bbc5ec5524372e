package statistics

import "time"

// Day is a number of days since 1970-01-01, in UTC: the finest moment that the counts of a dataset know.
type Day int64

// DayOf gives the day of a moment.
func DayOf(t time.Time) Day { return Day(floor(t.Unix(), 86400)) }

// Start gives the beginning of the day.
func (d Day) Start() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String gives the day as 2026-11-25.
func (d Day) String() string { return d.Start().Format(time.DateOnly) }

// week gives the number of the week, which begins on a Monday.
func (d Day) week() int64 { return floor(int64(d)+3, 7) }

// Month gives the day's month.
func (d Day) Month() Month {
	t := d.Start()
	return Month((t.Year()-1970)*12 + int(t.Month()) - 1)
}

// weekStart gives the first day of a week.
func weekStart(week int64) Day { return Day(week*7 - 3) }

// Month is a number of months since January 1970.
type Month int64

// First gives the first day of the month.
func (m Month) First() Day {
	return DayOf(time.Date(1970, time.Month(1+int64(m)), 1, 0, 0, 0, 0, time.UTC))
}

// Last gives the last day of the month.
func (m Month) Last() Day { return (m + 1).First() - 1 }

// String gives the month as 2026-11.
func (m Month) String() string { return m.First().Start().Format("2006-01") }

// Period is a stretch of days, both ends within.
type Period struct{ From, To Day }

// Days gives the number of days.
func (p Period) Days() int { return int(p.To-p.From) + 1 }

// Before gives the period of the same length that ends where p begins.
func (p Period) Before() Period { return Period{p.From - (p.To - p.From) - 1, p.From - 1} }

func floor(n, by int64) int64 {
	q := n / by
	if n%by < 0 {
		q--
	}
	return q
}
