package calendar

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	ical "github.com/arran4/golang-ical"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/web/data"
)

// mostEvents is how many rows a file holds, the last ones: calendars read them again and again.
const mostEvents = 2000

// ics hands the rows out as an iCalendar file (RFC 5545), which calendars may follow.
func (s *Calendars) ics(w http.ResponseWriter, r *http.Request) error {
	base, err := s.Open(w, r, "calendar")
	if err != nil {
		return err
	}
	p := &calendarPage{Page: base}
	plan := planOf(p.Page, p.Params.Get("start"))
	switch {
	case p.Hidden || p.NoFiles:
		return fault.New(fault.Forbidden, "The rows of this dataset cannot be downloaded.")
	case plan.start == nil || p.NoRows:
		return fault.New(fault.NotFound, "No field of this dataset is a date.")
	}
	q := plan.question(p.Filter, mostEvents)
	q.OrderBy += " desc"
	q.Lang = p.Rules
	q.Where = append(q.Where, data.FieldName(plan.start.Name)+" is not null")
	found, err := s.Portal.Records(r.Context(), p.Actor, p.ID, q)
	if err != nil {
		return err
	}
	host := "parvis"
	if u, err := url.Parse(p.Origin); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	stamp := s.clock().UTC()
	if t, ok := data.Moment(p.Entry.Metas.Text("default", "modified")); ok {
		stamp = t.UTC()
	}
	cal := ical.NewCalendarFor("Parvis")
	cal.SetMethod(ical.MethodPublish)
	cal.SetName(p.Name)
	cal.SetXWRCalName(p.Name)
	cal.SetRefreshInterval("P1D")
	for i, values := range found.Values {
		start, end, name := plan.read(p, found.Columns, values)
		if start.IsZero() || found.IDs == nil {
			continue
		}
		e := cal.AddEvent(found.IDs[i] + "@" + host)
		e.SetDtStampTime(stamp)
		if name == "" {
			name = p.Name
		}
		e.SetSummary(name)
		e.SetURL(p.Origin + p.Link(data.Address(p.ID, "record/"+found.IDs[i]), nil))
		if plan.start.Type == dataset.Date {
			e.SetAllDayStartAt(start)
			e.SetAllDayEndAt(end.Add(24 * time.Hour)) // the day after the last
			continue
		}
		e.SetStartAt(start)
		e.SetEndAt(end)
	}
	h := w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+url.PathEscape(p.ID)+`.ics"`)
	h.Set("Cache-Control", "private, no-cache")
	if err := cal.SerializeTo(w); err != nil {
		return fmt.Errorf("calendar of %s: %w", p.ID, err)
	}
	return nil
}
