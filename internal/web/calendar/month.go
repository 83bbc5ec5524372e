package calendar

import (
	"net/http"
	"strings"
	"time"

	"parvis/internal/dataset"
	"parvis/internal/odsql"
	"parvis/internal/web/data"
	"parvis/internal/web/page"
)

const (
	mostNamed = 400 // rows of a month that are named; of more, days tell how many they have
	mostOfDay = 5   // rows that a day names; the others are behind a link
	longest   = 60  // characters of a name
)

// day is a square of the calendar.
type day struct {
	Number string // of the month; "" for what belongs to another month
	Date   string // as in 2026-11-27
	Full   string // in words
	Today  bool
	Events []event
	Rows   int64  // of the day
	More   int64  // rows that are not named
	Share  int    // of the rows of the fullest day, in per cent
	Table  string // address of the rows of the day
}

// event is a row on a day.
type event struct {
	Name string // "" where the row has none
	Time string // "" for the whole day
	Href string
	Rows int64 // that are called so; more than one lead to the table of the day
}

// add puts a row on a day: with those that are called alike, or on a line of its own while there is room.
func (d *day) add(e event) {
	d.Rows++
	for i, other := range d.Events {
		if other.Name == e.Name && other.Time == e.Time {
			d.Events[i].Rows++
			return
		}
	}
	if len(d.Events) == mostOfDay {
		d.More++
		return
	}
	e.Rows = 1
	d.Events = append(d.Events, e)
}

// layOut fills the weeks of a month, Monday first.
func (s *Calendars) layOut(r *http.Request, p *calendarPage, plan plan, month time.Time) error {
	end := month.AddDate(0, 1, 0)
	days := map[string]*day{}
	at := func(t time.Time) *day {
		key := t.Format(time.DateOnly)
		if days[key] == nil {
			days[key] = &day{}
		}
		return days[key]
	}
	if err := s.name(r, p, plan, month, end, at); err != nil {
		return err
	}
	if p.Dense {
		if err := s.count(r, p, plan, month, end, at); err != nil {
			return err
		}
	}
	most := int64(1)
	for _, d := range days {
		most = max(most, d.Rows)
	}
	today := s.clock().UTC().Format(time.DateOnly)
	first := month.AddDate(0, 0, -(int(month.Weekday())+6)%7)
	for week := first; week.Before(end); week = week.AddDate(0, 0, 7) {
		var row []day
		for i := range 7 {
			t := week.AddDate(0, 0, i)
			if t.Month() != month.Month() {
				row = append(row, day{})
				continue
			}
			d := at(t)
			d.Number, d.Date, d.Today = p.Int(int64(t.Day())), t.Format(time.DateOnly), t.Format(time.DateOnly) == today
			d.Full = page.Capital(p.WeekdayName(t.Weekday())) + " " + p.Date(t)
			d.Share = int(100 * d.Rows / most)
			if d.Rows > 0 {
				d.Table = p.dayIn(plan.start, t)
			}
			for i := range d.Events {
				if d.Events[i].Rows > 1 {
					d.Events[i].Href = d.Table
				}
			}
			row = append(row, *d)
		}
		p.Weeks = append(p.Weeks, row)
	}
	for i := range 7 {
		p.Days = append(p.Days, p.WeekdayName(first.AddDate(0, 0, i).Weekday()))
	}
	return nil
}

// name asks for the rows of a month and puts them on their days, unless there are too many.
func (s *Calendars) name(r *http.Request, p *calendarPage, plan plan, from, to time.Time, at func(time.Time) *day) error {
	q := plan.question(p.Filter, mostNamed)
	cond := within(plan.start, from, to)
	if plan.end != nil { // what began before and has not ended
		start, end := data.FieldName(plan.start.Name), data.FieldName(plan.end.Name)
		cond = "(" + cond + ") or (" + start + " < date'" + from.Format(time.DateOnly) + "' and " + end + " >= date'" + from.Format(time.DateOnly) + "')"
	}
	q.Where = append(q.Where, cond)
	q.Lang = p.Rules
	found, err := s.Portal.Records(r.Context(), p.Actor, p.ID, q)
	if err != nil {
		return err
	}
	if p.Total = found.Total; found.Total > mostNamed {
		p.Dense = true
		return nil
	}
	for i, values := range found.Values {
		start, end, name := plan.read(p, found.Columns, values)
		if start.IsZero() {
			continue
		}
		e := event{Name: name}
		if plan.start.Type == dataset.DateTime {
			e.Time = start.Format("15:04")
		}
		if found.IDs != nil {
			e.Href = p.Link(data.Address(p.ID, "record/"+found.IDs[i]), p.Filter.Values())
		}
		for on := start.Truncate(24 * time.Hour); !on.After(end) && on.Before(to); on = on.AddDate(0, 0, 1) {
			if on.Before(from) {
				continue
			}
			at(on).add(e)
			e.Time = "" // on the days after
		}
	}
	return nil
}

// count asks how many rows begin on each day.
func (s *Calendars) count(r *http.Request, p *calendarPage, plan plan, from, to time.Time, at func(time.Time) *day) error {
	q := p.Filter.Question()
	q.Where = append(q.Where, within(plan.start, from, to))
	q.Select, q.GroupBy = "count(*) as n", "day("+data.FieldName(plan.start.Name)+") as d"
	found, err := s.Portal.Records(r.Context(), p.Actor, p.ID, q)
	if err != nil {
		return err
	}
	for _, values := range found.Values {
		var number, rows int64
		for i, c := range found.Columns {
			switch n := int64(data.Number(values[i])); c.Name {
			case "d":
				number = n
			case "n":
				rows = n
			}
		}
		if number > 0 {
			at(from.AddDate(0, 0, int(number-1))).Rows = rows
		}
	}
	return nil
}

// question asks for events, the first first.
func (e plan) question(f data.Filter, most int) odsql.Question {
	q := f.Question()
	fields := []string{data.FieldName(e.start.Name)}
	for _, f := range []*dataset.Field{e.end, e.name} {
		if f != nil && f.Name != e.start.Name {
			fields = append(fields, data.FieldName(f.Name))
		}
	}
	q.Select = strings.Join(fields, ", ") + ", recordid"
	q.OrderBy = data.FieldName(e.start.Name)
	q.Limit = &most
	return q
}

// read gives a row as an event: when it begins, the last moment of it, its name.
func (e plan) read(p *calendarPage, columns []dataset.Column, values []any) (start, end time.Time, name string) {
	for i, c := range columns {
		switch {
		case c.Name == e.start.Name:
			start, _ = moment(values[i])
		case e.end != nil && c.Name == e.end.Name:
			end, _ = moment(values[i])
		}
		if e.name != nil && c.Name == e.name.Name {
			name = page.Cut(data.Show(p.Printer, c, nil, values[i], false).Words(p.Printer), longest)
		}
	}
	if end.Before(start) {
		end = start
	}
	return start, end, name
}
