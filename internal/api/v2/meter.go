package v2

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"parvis/internal/account"
	"parvis/internal/catalog"
)

// meter counts calls against the quotas of people and datasets, in windows of time that begin where the unit does: a day at
// midnight UTC, a month on its first. It counts in memory; windows of a day or longer are written now and then, so that
// a restart does not begin them anew.
type meter struct {
	mu      sync.Mutex
	windows map[string]*window // by what is counted
}

// window is the calls of one name in the current unit of time.
type window struct {
	start, end time.Time
	calls      int64
	unsaved    bool
}

// mostWindows is how many are kept before those that are over are thrown out.
const mostWindows = 10_000

// span gives the unit of time around a moment; ok is false for no unit.
func span(unit string, at time.Time) (start, end time.Time, ok bool) {
	at = at.UTC()
	switch unit {
	case "second", "minute", "hour", "day":
		length := map[string]time.Duration{"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[unit]
		start = at.Truncate(length)
		return start, start.Add(length), true
	case "month":
		start = time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
		return start, start.AddDate(0, 1, 0), true
	case "year":
		start = time.Date(at.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
		return start, start.AddDate(1, 0, 0), true
	}
	return at, at, false
}

// take counts a call and tells how many are left, and until when; less than 0: this one is too many, and not counted.
func (m *meter) take(name string, q account.Quota, now time.Time) (left int64, reset time.Time) {
	start, end, ok := span(q.Unit, now)
	if !ok {
		return unlimited, end
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	w := m.windows[name]
	if w == nil {
		if len(m.windows) >= mostWindows {
			for other, w := range m.windows {
				if !now.Before(w.end) {
					delete(m.windows, other)
				}
			}
		}
		w = &window{}
		m.windows[name] = w
	}
	if !w.start.Equal(start) || !w.end.Equal(end) { // another unit of time, or another unit altogether
		*w = window{start: start, end: end}
	}
	if w.calls >= q.Limit {
		return -1, end
	}
	w.calls++
	w.unsaved = true
	return q.Limit - w.calls, end
}

// lasting tells whether a window is worth a restart.
func (w *window) lasting() bool { return w.end.Sub(w.start) >= 24*time.Hour }

// unsaved gives the counts to write, and takes them for written.
func (m *meter) unsaved() (out []catalog.CallCount) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for name, w := range m.windows {
		if w.unsaved && w.lasting() {
			out = append(out, catalog.CallCount{Name: name, Start: w.start, End: w.end, Calls: w.calls})
			w.unsaved = false
		}
	}
	return out
}

// load takes in what an earlier process counted.
func (m *meter) load(counts []catalog.CallCount) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range counts {
		m.windows[c.Name] = &window{start: c.Start, end: c.End, calls: c.Calls}
	}
}

// saveEvery is how often counts are written.
const saveEvery = 30 * time.Second

// Follow takes in the counts of an earlier process and writes those of this one now and then, and at the end of ctx;
// failed is told what goes wrong.
func (a *API) Follow(ctx context.Context, failed func(error)) {
	counts, err := a.catalog.CallCounts(ctx, a.clock())
	if err != nil {
		failed(err)
	}
	a.meter.load(counts)
	ticks := time.NewTicker(saveEvery)
	defer ticks.Stop()
	for done := false; !done; {
		select {
		case <-ctx.Done():
			done = true
		case <-ticks.C:
		}
		if err := a.catalog.SaveCallCounts(context.WithoutCancel(ctx), a.meter.unsaved()); err != nil {
			failed(err)
		}
	}
}

// takePerson counts a call against the limit of the person who asks.
func (a *API) takePerson(w http.ResponseWriter, who account.Actor) error {
	if who.Person == nil || !who.Person.Quota.Limited() {
		return nil
	}
	q := who.Person.Quota
	left, reset := a.meter.take("person/"+strconv.FormatInt(who.Person.ID, 10), q, a.clock())
	return allow(w, "X-Ratelimit-", personQuota, q, left, reset)
}

// takeDataset counts a call for the rows of a dataset against its quota: of a person, or of all others together.
func (a *API) takeDataset(c *call, e *catalog.Entry) error {
	q := e.Access.Quota
	if !q.Limited() {
		return nil
	}
	name := "dataset/" + e.UID
	if c.actor.Person != nil {
		name += "/person/" + strconv.FormatInt(c.actor.Person.ID, 10)
	}
	left, reset := a.meter.take(name, q, a.clock())
	return allow(c.w, "X-Ratelimit-Dataset-", datasetQuota, q, left, reset)
}

// allow sets the headers that tell of a quota, and refuses the call where it is used up.
func allow(w http.ResponseWriter, header string, code int, q account.Quota, left int64, reset time.Time) error {
	h := w.Header()
	h[header+"Limit"] = []string{strconv.FormatInt(q.Limit, 10)}
	h[header+"Remaining"] = []string{strconv.FormatInt(max(0, left), 10)}
	h[header+"Reset"] = []string{reset.Format("2006-01-02 15:04:05-07:00")}
	if left < 0 {
		return quotaError{code, q, reset}
	}
	return nil
}

// forRows gives the dataset whose rows a call asks for, and counts the call.
func (a *API) forRows(c *call) (*catalog.Entry, error) {
	e, err := a.catalog.ForRows(c.actor, c.PathValue("dataset_id"))
	if err != nil {
		return nil, err
	}
	return e, a.takeDataset(c, e)
}

// forFiles does the same for rows as files.
func (a *API) forFiles(c *call) (*catalog.Entry, error) {
	e, err := a.catalog.ForFiles(c.actor, c.PathValue("dataset_id"))
	if err != nil {
		return nil, err
	}
	return e, a.takeDataset(c, e)
}
