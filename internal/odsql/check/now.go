package check

import (
	"strings"
	"time"

	"parvis/internal/dataset"
	"parvis/internal/odsql"
)

// now evaluates now(…): singular names set a part of the clock in the plan's zone, plural ones shift it. Set parts
// come first, then years and months, then the day is held to the length of the month, then the rest is added, and
// the weekday is looked for last. Of a name that is given twice the last counts.
func (c *checker) now(x *odsql.Call) (Value, error) {
	c.plan.Volatile = true
	set := map[string]int{}
	weekday, nth, onWeekday := time.Monday, 0, false
	for _, a := range x.Args {
		name := strings.ToLower(a.Name)
		n, ok := c.wholeNumber(a.Value)
		if !ok {
			return nil, c.errorAt(x, "now() takes whole numbers by name, such as now(days=-7)")
		}
		least, most := nowLimits(name)
		if least > most {
			return nil, c.errorAt(x, "now() knows no parameter %q", a.Name)
		}
		if n < least || n > most {
			return nil, c.errorAt(x, "now(): %s is a whole number from %d to %d", name, least, most)
		}
		if day, ok := weekdays(name); ok {
			weekday, nth, onWeekday = day, n, n != 0
		} else if name == "weekday" {
			weekday, nth, onWeekday = time.Weekday((n+1)%7), 1, true
		} else {
			set[name] = n
		}
	}
	t := c.env.Now.In(c.plan.Loc)
	part := func(name string, now int) int {
		if v, ok := set[name]; ok {
			return v
		}
		return now
	}
	months := part("year", t.Year())*12 + part("month", int(t.Month())) - 1 + set["years"]*12 + set["months"]
	year, month := int(floorDiv(int64(months), 12)), time.Month(months-12*int(floorDiv(int64(months), 12))+1)
	day := min(part("day", t.Day()), time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day())
	micro := part("microsecond", t.Nanosecond()/1000)
	t = time.Date(year, month, day+set["days"]+7*set["weeks"], part("hour", t.Hour()), part("minute", t.Minute()), part("second", t.Second()), micro*1000, c.plan.Loc)
	t = t.Add(time.Duration(set["hours"])*time.Hour + time.Duration(set["minutes"])*time.Minute +
		time.Duration(set["seconds"])*time.Second + time.Duration(set["microseconds"])*time.Microsecond)
	if onWeekday {
		if nth > 0 {
			t = t.AddDate(0, 0, int(weekday-t.Weekday()+7)%7+7*(nth-1))
		} else {
			t = t.AddDate(0, 0, -(int(t.Weekday()-weekday+7)%7)+7*(nth+1))
		}
	}
	if t.Year() < 1 || t.Year() > 9999 {
		return nil, c.errorAt(x, "now() leaves the years 1 to 9999")
	}
	return Const{dataset.DateTime, dataset.Instant(t.UnixMicro())}, nil
}

// nowLimits gives the smallest and largest value of a parameter of now(); a smallest above the largest for an unknown one.
func nowLimits(name string) (least, most int) {
	switch name {
	case "year":
		return 1, 9999
	case "month":
		return 1, 12
	case "day": // held to the length of the month
		return 1, 1_000_000
	case "hour":
		return 0, 23
	case "minute", "second":
		return 0, 59
	case "microsecond":
		return 0, 999_999
	case "weekday":
		return 0, 6
	case "years", "months", "weeks":
		return -120_000, 120_000
	case "days", "hours":
		return -2_000_000, 2_000_000 // hours stay within a time.Duration
	case "minutes", "seconds", "microseconds":
		return -1_000_000_000, 1_000_000_000
	}
	if _, ok := weekdays(name); ok {
		return -10_000, 10_000
	}
	return 1, 0
}

// weekdays reads mondays … sundays.
func weekdays(name string) (time.Weekday, bool) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if name == strings.ToLower(d.String())+"s" {
			return d, true
		}
	}
	return 0, false
}

// wholeNumber reads an integer constant.
func (c *checker) wholeNumber(x odsql.Expr) (int, bool) {
	switch x.(type) {
	case *odsql.Number, *odsql.Negative:
	default:
		return 0, false
	}
	v, err := c.value(x, scope{})
	if err != nil {
		return 0, false
	}
	k, ok := v.(Const)
	if !ok {
		return 0, false
	}
	n, ok := k.V.(int64)
	return int(n), ok
}
