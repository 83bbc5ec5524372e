package calendar

import (
	"net/http"
	"strings"
	"testing"
	"time"

	ical "github.com/arran4/golang-ical"

	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/explore/exploretest"
	"parvis/internal/locale"
	"parvis/internal/locale/localetest"
	"parvis/internal/web/data"
	"parvis/internal/web/page/pagetest"
)

// now is a Friday.
var now = time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)

// agenda is the calendars over a portal with three datasets: feasts of several days, readings by the hour, and one
// without dates.
func agenda(t *testing.T, o locale.Options) http.Handler {
	t.Helper()
	b := exploretest.Open(t)
	chosen := dataset.Metas{"default": {"title": "⟦Feasts⟧"}, "visualization": {"calendar_event_start": "begins", "calendar_event_end": "ends", "calendar_event_title": "what"}}
	fields := []dataset.Field{{Name: "noted", Type: dataset.Date, Label: "⟦noted⟧"}, {Name: "begins", Type: dataset.Date, Label: "⟦begins⟧"}, {Name: "ends", Type: dataset.Date, Label: "⟦ends⟧"}, {Name: "what", Type: dataset.Text, Label: "⟦what⟧"}}
	b.Publish(t, catalog.Publication{ID: "feasts", Fields: fields, Metas: chosen}, []map[string]any{
		{"noted": "2020-01-01", "begins": "2026-10-30", "ends": "2026-11-02", "what": "⟦Fair <of> wine⟧"},
		{"noted": "2020-01-02", "begins": "2026-11-11", "what": "⟦Memorial⟧"},
		{"noted": "2020-01-02", "begins": "2026-11-11", "what": "⟦Memorial⟧"},
		{"noted": "2020-01-02", "begins": "2026-12-24", "ends": "2026-12-26", "what": "⟦Christmas, and; more⟧"},
	})
	rows := 1000
	b.PublishRows(t, catalog.Publication{ID: "readings", Fields: []dataset.Field{{Name: "at", Type: dataset.DateTime, Label: "⟦at⟧"}, {Name: "level", Type: dataset.Double, Label: "⟦level⟧"}}, Metas: dataset.Metas{"default": {"title": "⟦Readings⟧"}}}, rows, func(i int, values []any) {
		values[0], values[1] = dataset.Instant(time.Date(2026, 3, 1, i%700, 30, 0, 0, time.UTC).UnixMicro()), float64(i)
	})
	b.Publish(t, catalog.Publication{ID: "plain", Fields: fields[3:], Metas: dataset.Metas{"default": {"title": "⟦Plain⟧"}}}, []map[string]any{{"what": "⟦x⟧"}})
	frame := pagetest.Frame(t, o)
	s, err := New(data.New(frame, data.Explored{Explorer: b.Explorer, Catalog: b.Catalog}), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	s.Register(mux)
	return frame.Wrap(frame.Guard(mux))
}

// square gives what a page shows on a day.
func square(t *testing.T, body, date string) string {
	t.Helper()
	_, after, ok := strings.Cut(body, `datetime="`+date+`"`)
	if !ok {
		t.Fatalf("the page has no day %s", date)
	}
	inside, _, _ := strings.Cut(after, "</td>")
	return inside
}

func TestAMonth(t *testing.T) {
	h := agenda(t, locale.Options{})
	get := func(target string) string {
		t.Helper()
		status, body, _ := pagetest.Get(t, h, target)
		if status != http.StatusOK {
			t.Fatalf("%s: %d", target, status)
		}
		if !strings.Contains(target, "/embed/") {
			pagetest.Check(t, target, body)
		}
		return body
	}
	body := get("/explore/dataset/feasts/calendar/")
	for date, want := range map[string]string{"2026-11-01": "Fair &lt;of&gt; wine", "2026-11-02": "Fair &lt;of&gt; wine", "2026-11-11": "(2 rows)"} {
		if !strings.Contains(square(t, body, date), want) {
			t.Errorf("%s shows %s", date, square(t, body, date))
		}
	}
	if strings.Contains(square(t, body, "2026-11-03"), "Fair") || !strings.Contains(body, `class="free today"`) || !strings.Contains(body, "November 2026") {
		t.Error("this month is not laid out as it is")
	}
	if !strings.Contains(body, "month=2026-10") || !strings.Contains(body, "month=2026-12") {
		t.Error("the months beside cannot be reached")
	}
	if body := get("/explore/dataset/feasts/calendar/?start=noted"); !strings.Contains(body, "January 2020") || strings.Contains(body, `rel="next"`) {
		t.Error("by another date the last month with rows is not shown")
	}
	if body := get("/explore/dataset/feasts/calendar/?q=memorial&month=2026-11"); strings.Contains(body, "Fair") || !strings.Contains(body, "(2 rows)") {
		t.Error("the filter does not hold")
	}
	dense := get("/explore/embed/dataset/readings/calendar/?month=2026-03")
	if on := square(t, dense, "2026-03-02"); !strings.Contains(on, ">48 rows</a>") || !strings.Contains(on, `<rect width="100"`) {
		t.Errorf("a full month shows %s", on)
	}
	if body := get("/explore/dataset/plain/calendar/"); !strings.Contains(body, "No field of this dataset is a date") {
		t.Error("a dataset without dates is not told so")
	}
	for _, odd := range []string{"?month=x", "?month=99999-99", "?month=0001-01", "?month=9999-12", "?start=what", "?start=nothing", "?month=2026-02&where=begins%3E%3Ddate%272026-01-01%27"} {
		get("/explore/dataset/feasts/calendar/" + odd)
	}
	if status, _, _ := pagetest.Get(t, h, "/explore/dataset/feasts/calendar/?where=begins+%3E"); status != http.StatusBadRequest {
		t.Errorf("a condition that cannot be read: %d", status)
	}
}

func TestICalendar(t *testing.T) {
	h := agenda(t, locale.Options{})
	status, body, header := pagetest.Get(t, h, "/explore/dataset/feasts/calendar.ics")
	if status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "text/calendar") {
		t.Fatalf("%d %q", status, header)
	}
	cal, err := ical.ParseCalendar(strings.NewReader(body))
	if err != nil || len(cal.Events()) != 4 {
		t.Fatalf("%v, %d events", err, len(cal.Events()))
	}
	last := cal.Events()[0]
	start, _ := last.GetAllDayStartAt()
	end, _ := last.GetAllDayEndAt()
	if name := last.GetProperty(ical.ComponentPropertySummary).Value; name != "⟦Christmas, and; more⟧" || start.Format(time.DateOnly) != "2026-12-24" || end.Format(time.DateOnly) != "2026-12-27" {
		t.Errorf("%q from %s to %s", name, start, end)
	}
	if _, body, _ := pagetest.Get(t, h, "/explore/dataset/readings/calendar.ics?where=level%3C1"); !strings.Contains(body, "DTSTART:20260301T003000Z") {
		t.Errorf("a moment is written as %s", body)
	}
	if status, _, _ := pagetest.Get(t, h, "/explore/dataset/plain/calendar.ics"); status != http.StatusNotFound {
		t.Errorf("a dataset without dates: %d", status)
	}
}

func TestNoTextIsHardCoded(t *testing.T) {
	h := agenda(t, locale.Options{Enabled: []string{locale.Pseudo, "fr"}, Fallback: locale.Pseudo})
	for _, target := range []string{"/explore/dataset/feasts/calendar/", "/explore/dataset/feasts/calendar/?month=2020-05", "/explore/dataset/readings/calendar/?month=2026-03", "/explore/dataset/plain/calendar/", "/explore/embed/dataset/feasts/calendar/"} {
		_, body, _ := pagetest.Get(t, h, target)
		for _, text := range localetest.Untranslated(body, locale.Pseudo, "Parvis") {
			t.Errorf("%s: %s", target, text)
		}
	}
}
