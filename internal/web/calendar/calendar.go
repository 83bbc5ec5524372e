package calendar

import (
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"time"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/server"
	"parvis/internal/web/data"
	"parvis/internal/web/page"
)

//go:embed templates/*.html
var templateFiles embed.FS

// Calendars is the door of the calendars.
type Calendars struct {
	*data.Frame
	pages map[string]*template.Template
	clock func() time.Time
}

// New makes the Calendars; a template that cannot be read is an error. A nil clock is the machine's.
func New(frame *data.Frame, clock func() time.Time) (*Calendars, error) {
	if clock == nil {
		clock = time.Now
	}
	pages, err := data.Templates(templateFiles)
	return &Calendars{Frame: frame, pages: pages, clock: clock}, err
}

// Register adds the calendars to a mux whose answers page.Frame guards.
func (s *Calendars) Register(mux *http.ServeMux) {
	page := func(pattern string, h server.Handler) { mux.Handle(pattern, s.Handle(h)) }

	page("GET /explore/dataset/{id}/calendar/{$}", server.Counted("calendar", s.page))
	page("GET /explore/embed/dataset/{id}/calendar/{$}", server.Counted("calendar", s.embed))
	page("GET /explore/dataset/{id}/calendar.ics", s.ics)
}

// plan says which fields of a row make it an event.
type plan struct {
	start *dataset.Field
	end   *dataset.Field // nil: events last a day, or a moment
	name  *dataset.Field // nil: rows have no name
}

// planOf reads the plan of a dataset: what its publisher chose, or else what its fields suggest. start is nil where no field
// is a date.
func planOf(p data.Page, start string) plan {
	out := plan{start: p.When(start), name: p.NameField()}
	chosen := func(key string) *dataset.Field { return p.Field(p.Entry.Metas.Text("visualization", key)) }
	if f := chosen("calendar_event_end"); f != nil && f.Dated() && out.start != nil && f.Name != out.start.Name && f.Type == out.start.Type {
		out.end = f
	}
	if f := chosen("calendar_event_title"); f != nil && !f.Geo() {
		out.name = f
	}
	return out
}

// calendarPage shows a month.
type calendarPage struct {
	data.Page
	Error   *data.Mistake
	NoDate  bool
	Dates   []page.Choice // the fields by which the calendar may show rows, where there are several
	Keep    []page.Pair   // the filter
	Month   string        // as in 2026-11
	Heading string
	Total   int64 // rows of the month
	Dense   bool  // there are too many to name each
	Days    []string
	Weeks   [][]day

	Previous, Next, First, Last string // addresses, "" at an end
	ICS                         string
	Sharing                     data.Sharing
}

func (s *Calendars) page(w http.ResponseWriter, r *http.Request) error { return s.show(w, r, false) }

func (s *Calendars) embed(w http.ResponseWriter, r *http.Request) error { return s.show(w, r, true) }

func (s *Calendars) show(w http.ResponseWriter, r *http.Request, embedded bool) error {
	base, err := s.Open(w, r, "calendar")
	if err != nil {
		return err
	}
	p := &calendarPage{Page: base}
	p.Style, p.Embedded = "calendar.css", embedded
	status := http.StatusOK
	if !p.Hidden && !p.NoRows {
		err = s.fill(r, p)
	}
	if err != nil && fault.KindOf(err) == fault.Invalid {
		p.Error, status = p.Explain(err), http.StatusBadRequest
		err = nil
	}
	if err != nil {
		return fmt.Errorf("calendar of %s: %w", p.ID, err)
	}
	return s.Render(w, r, status, s.pages["calendar"], p)
}

// fill asks for the rows of a month and lays them out.
func (s *Calendars) fill(r *http.Request, p *calendarPage) error {
	by := p.Params.Get("start")
	plan := planOf(p.Page, by)
	if plan.start == nil {
		p.NoDate = true
		return nil
	}
	if by != "" {
		by = plan.start.Name
	}
	for _, f := range p.Entry.Fields {
		if f.Dated() {
			p.Dates = append(p.Dates, page.Choice{Label: p.LabelOf(f).Text, Tag: f.Name, On: f.Name == plan.start.Name})
		}
	}
	first, last, err := s.bounds(r, p.Page, plan)
	if err != nil {
		return err
	}
	month := s.choose(p.Params.Get("month"), first, last)
	p.Month, p.Heading = month.Format("2006-01"), page.Capital(p.Printer.Month(month))
	p.Keep = page.Pairs(p.Filter.Values(), func(string) bool { return true })
	address := func(name, month string) string {
		v := p.Filter.Values()
		if by != "" {
			v.Set("start", by)
		}
		if month != "" {
			v.Set("month", month)
		}
		return p.Link(name, v)
	}
	turn := func(to time.Time, wanted bool) string {
		if !wanted {
			return ""
		}
		return address(p.address(), to.Format("2006-01"))
	}
	p.Previous = turn(month.AddDate(0, -1, 0), month.After(first))
	p.Next = turn(month.AddDate(0, 1, 0), month.Before(last))
	p.First, p.Last = turn(first, month.AddDate(0, -1, 0).After(first)), turn(last, month.AddDate(0, 1, 0).Before(last))
	if !p.NoFiles {
		p.ICS = address(data.FileAddress(p.ID, "calendar.ics"), "")
	}
	v := p.Filter.Values()
	v.Set("month", p.Month)
	if by != "" {
		v.Set("start", by)
	}
	p.Sharing = p.Share("calendar", p.T("Address of this calendar"), p.Name+" – "+p.Heading, 640, v)
	return s.layOut(r, p, plan, month)
}

// address gives the address of the page, within another one or by itself.
func (p *calendarPage) address() string {
	if p.Embedded {
		return data.EmbedAddress(p.ID, "calendar")
	}
	return data.Address(p.ID, "calendar")
}

// dayIn gives the address of the rows of a day as a table.
func (p *calendarPage) dayIn(start *dataset.Field, at time.Time) string {
	f := p.Filter
	cond := within(start, at, at.AddDate(0, 0, 1))
	if f.Where != "" {
		cond = "(" + f.Where + ") and " + cond
	}
	f.Where = cond
	return p.Link(data.Address(p.ID, "table"), f.Values())
}

// within writes the condition that a date lies between two days, the second left out.
func within(f *dataset.Field, from, to time.Time) string {
	name := data.FieldName(f.Name)
	return name + " >= date'" + from.Format(time.DateOnly) + "' and " + name + " < date'" + to.Format(time.DateOnly) + "'"
}

// bounds gives the months of the first and the last row; this month where there is none.
func (s *Calendars) bounds(r *http.Request, p data.Page, plan plan) (first, last time.Time, err error) {
	q := p.Filter.Question()
	name := data.FieldName(plan.start.Name)
	q.Select = "min(" + name + ") as a, max(" + name + ") as b"
	found, err := s.Portal.Records(r.Context(), p.Actor, p.ID, q)
	if err != nil {
		return first, last, err
	}
	first, last = begin(s.clock()), begin(s.clock())
	if len(found.Values) == 1 && len(found.Values[0]) == 2 {
		if a, ok := moment(found.Values[0][0]); ok {
			first = begin(a)
		}
		if b, ok := moment(found.Values[0][1]); ok {
			last = begin(b)
		}
	}
	return first, last, nil
}

// choose gives the month that is asked for, or else this one, or else the nearest that has rows.
func (s *Calendars) choose(asked string, first, last time.Time) time.Time {
	if at, err := time.Parse("2006-01", asked); err == nil && at.Year() > 0 && at.Year() < 9999 {
		return at
	}
	now := begin(s.clock())
	switch {
	case now.Before(first):
		return first
	case now.After(last):
		return last
	}
	return now
}

// begin gives the first day of a month.
func begin(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// moment reads a date as the portal gives it.
func moment(value any) (time.Time, bool) {
	switch v := value.(type) {
	case dataset.Day:
		return time.Unix(int64(v)*86400, 0).UTC(), true
	case dataset.Instant:
		return time.UnixMicro(int64(v)).UTC(), true
	}
	return time.Time{}, false
}
