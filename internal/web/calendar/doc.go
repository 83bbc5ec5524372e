// Package calendar shows the rows of a dataset on a calendar, a month at a time, and hands them out as iCalendar, so that
// people keep them in theirs. Start at calendar.go, then month.go; ics.go writes the files.
package calendar
