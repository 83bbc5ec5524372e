package back

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"

	"parvis/internal/catalog"
	"parvis/internal/fault"
	"parvis/internal/statistics"
)

// monitoringFile is the page, or that of a dataset, as CSV: what a number is of, its name, its time, what was counted.
func (s *Site) monitoringFile(w http.ResponseWriter, r *http.Request) error {
	if !s.counting() {
		return fault.New(fault.NotFound, "This portal counts nothing.")
	}
	p, period, err := s.beginMonitoring(w, r, monitoringPath)
	if err != nil {
		return err
	}
	f := &countsFile{whole: period.From.String() + "/" + period.To.String()}
	f.out = csv.NewWriter(&f.text)
	f.row("of", "name", "when", "what", "count")
	if id := r.PathValue("id"); id != "" {
		e, err := s.monitoredEntry(p, id)
		if err != nil {
			return err
		}
		use, err := s.counter.Dataset(r.Context(), e.UID, period)
		if err != nil {
			return err
		}
		for i, u := range use.Days {
			f.use(e.ID, (period.From + statistics.Day(i)).String(), u)
		}
		f.counts("dataset", e.ID, use.Whats)
	} else if err := s.portalFile(r, f, period, s.entries(p)); err != nil {
		return err
	}
	f.out.Flush()
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="use.csv"`)
	h.Set("Cache-Control", "private, no-store")
	_, err = w.Write(f.text.Bytes())
	return err
}

func (s *Site) portalFile(r *http.Request, f *countsFile, period statistics.Period, entries map[string]*catalog.Entry) error {
	ctx := r.Context()
	days, err := s.counter.Traffic(ctx, period)
	if err != nil {
		return err
	}
	for _, d := range days {
		f.six("portal", "", d.Day.String(), d.Views, d.Downloads, d.Calls, d.Attachments, d.Scripts, d.Bots)
	}
	uses, err := s.counter.Datasets(ctx, period)
	if err != nil {
		return err
	}
	for _, u := range uses {
		if e := entries[u.Dataset]; e != nil {
			f.use(e.ID, f.whole, u)
		}
	}
	terms, err := s.counter.Terms(ctx, period)
	if err != nil {
		return err
	}
	for _, t := range terms {
		f.count("searched", t.Term, f.whole, "searches", t.N)
		f.count("searched", t.Term, f.whole, "searches_without_result", t.Empty)
	}
	for _, l := range []struct {
		of   string
		read func() ([]statistics.Count, error)
	}{
		{"page", func() ([]statistics.Count, error) { return s.counter.Pages(ctx, period) }},
		{"endpoint", func() ([]statistics.Count, error) { return s.counter.Endpoints(ctx, period) }},
		{"failure", func() ([]statistics.Count, error) { return s.counter.Errors(ctx, period) }},
		{"referrer", func() ([]statistics.Count, error) { return s.counter.Referrers(ctx, period) }},
		{"client", func() ([]statistics.Count, error) { return s.counter.Clients(ctx, period) }},
		{"app", func() ([]statistics.Count, error) { return s.counter.Apps(ctx, period) }},
	} {
		list, err := l.read()
		if err != nil {
			return err
		}
		f.counts(l.of, "", list)
	}
	return nil
}

// countsFile is a CSV in the making; writing to memory does not fail.
type countsFile struct {
	text  bytes.Buffer
	out   *csv.Writer
	whole string // the whole time, as 2026-10-27/2026-11-25
}

func (f *countsFile) row(cells ...string) { _ = f.out.Write(cells) }

func (f *countsFile) count(of, name, when, what string, n int64) {
	if name != "" && strings.ContainsRune("=+-@\t\r", rune(name[0])) {
		name = "'" + name // no formula of a spreadsheet
	}
	f.row(of, name, when, what, strconv.FormatInt(n, 10))
}

func (f *countsFile) six(of, name, when string, n ...int64) {
	for i, what := range [...]string{"views", "downloads", "api_calls", "attachments", "by_programs", "by_crawlers"} {
		f.count(of, name, when, what, n[i])
	}
}

func (f *countsFile) use(id, when string, u statistics.Use) {
	f.six("dataset", id, when, u.Views, u.Downloads, u.Calls, u.Attachments, u.Scripts, u.Bots)
}

// counts writes a list; the names stand in the column of names, or, for a dataset, in that of what was counted.
func (f *countsFile) counts(of, name string, list []statistics.Count) {
	for _, one := range list {
		if name != "" {
			f.count(of, name, f.whole, one.Name, one.N)
		} else {
			f.count(of, one.Name, f.whole, "count", one.N)
		}
	}
}
