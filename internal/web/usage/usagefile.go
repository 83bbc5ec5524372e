package usage

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strings"

	"parvis/internal/catalog"
	"parvis/internal/fault"
	"parvis/internal/server"
	"parvis/internal/statistics"
)

// usageFile is the pages on use for programs: the same figures under the same rules. A hidden figure is null in
// JSON and "<5" in CSV.
type usageFile struct {
	From      string             `json:"from"`
	To        string             `json:"to"`
	Threshold int64              `json:"threshold"`
	Dataset   string             `json:"dataset_id,omitempty"`
	Total     usageFigures       `json:"total"`
	Months    []usageStep        `json:"months"`
	Days      []usageDay         `json:"days,omitempty"`
	Datasets  []usageOf          `json:"datasets,omitempty"`
	Pages     []usageNamed       `json:"pages,omitempty"`
	Formats   []usageNamed       `json:"formats,omitempty"`
	Endpoints []usageNamed       `json:"endpoints,omitempty"`
	Terms     []usageNamed       `json:"searched,omitempty"`
	Referrers []usageNamed       `json:"referrers,omitempty"`
	Clients   []usageNamed       `json:"clients,omitempty"`
	Searches  *statistics.Figure `json:"searches,omitempty"`
	Empty     *statistics.Figure `json:"searches_without_result,omitempty"`
}

type usageFigures struct {
	Views     statistics.Figure `json:"views"`
	Downloads statistics.Figure `json:"downloads"`
	Calls     statistics.Figure `json:"api_calls"`
}

type usageStep struct {
	Month string `json:"month"`
	usageFigures
}

type usageDay struct {
	Day   string            `json:"day"`
	Views statistics.Figure `json:"views"`
}

type usageOf struct {
	Dataset string `json:"dataset_id"`
	usageFigures
}

type usageNamed struct {
	Name string            `json:"name"`
	N    statistics.Figure `json:"count"`
}

func namedFigures(list []statistics.PublicCount) (out []usageNamed) {
	for _, one := range list {
		out = append(out, usageNamed{one.Name, one.N})
	}
	return out
}

func steps(list []statistics.PublicTraffic) []usageStep {
	out := []usageStep{}
	for _, m := range list {
		out = append(out, usageStep{m.Month.String(), usageFigures{m.Views, m.Downloads, m.Calls}})
	}
	return out
}

// statsFile answers with the use of the portal, or of the dataset that the address names, as a file.
func (s *Site) statsFile(write func(http.ResponseWriter, *http.Request, *usageFile) error) server.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		actor, err := s.Server.Actor(w, r)
		if err != nil {
			return err
		}
		var e *catalog.Entry
		if id := r.PathValue("id"); id != "" {
			if e, err = s.find(actor, id); err != nil {
				return err
			}
		}
		if !s.counting() {
			return fault.New(fault.NotFound, "This portal counts nothing.")
		}
		asked, err := s.asked(r)
		if err != nil {
			return err
		}
		out := &usageFile{From: asked.from.String(), To: asked.to.String(), Threshold: statistics.Threshold}
		if e != nil {
			public, err := s.counter.PublicDataset(r.Context(), e.UID, asked.from, asked.to)
			if err != nil {
				return err
			}
			out.Dataset, out.Total = e.ID, usageFigures{public.Total.Views, public.Total.Downloads, public.Total.Calls}
			out.Months, out.Formats = steps(public.Months), namedFigures(public.Formats)
			return write(w, r, out)
		}
		entries, may := s.known(actor)
		public, err := s.counter.Public(r.Context(), asked.from, asked.to, may)
		if err != nil {
			return err
		}
		out.fill(public, entries)
		return write(w, r, out)
	}
}

func (f *usageFile) fill(public *statistics.Public, entries map[string]*catalog.Entry) {
	f.Total = usageFigures{public.Total.Views, public.Total.Downloads, public.Total.Calls}
	f.Months = steps(public.Months)
	for _, d := range public.Days {
		f.Days = append(f.Days, usageDay{d.Day.String(), d.Views})
	}
	for _, u := range public.Datasets {
		f.Datasets = append(f.Datasets, usageOf{entries[u.Dataset].ID, usageFigures{u.Views, u.Downloads, u.Calls}})
	}
	f.Pages, f.Formats, f.Endpoints = namedFigures(public.Pages), namedFigures(public.Formats), namedFigures(public.Endpoints)
	f.Terms, f.Referrers, f.Clients = namedFigures(public.Terms), namedFigures(public.Referrers), namedFigures(public.Clients)
	f.Searches, f.Empty = &public.Searches, &public.Empty
}

// statsJSON writes the file as JSON.
func statsJSON(w http.ResponseWriter, _ *http.Request, f *usageFile) error {
	text, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return sendUsage(w, "application/json; charset=utf-8", append(text, '\n'))
}

// statsCSV writes the file as CSV, a figure a row: what it is of, its name, its time, what was counted, how often.
func statsCSV(w http.ResponseWriter, _ *http.Request, f *usageFile) error {
	var b bytes.Buffer
	out := csv.NewWriter(&b)
	row := func(of, name, when, what string, n statistics.Figure) { // writing to memory does not fail
		_ = out.Write([]string{of, harmless(name), when, what, n.String()})
	}
	three := func(of, name, when string, u usageFigures) {
		row(of, name, when, "views", u.Views)
		row(of, name, when, "downloads", u.Downloads)
		row(of, name, when, "api_calls", u.Calls)
	}
	_ = out.Write([]string{"of", "name", "when", "what", "count"})
	whole := f.From + "/" + f.To
	of := "portal"
	if f.Dataset != "" {
		of = "dataset"
	}
	three(of, f.Dataset, whole, f.Total)
	for _, m := range f.Months {
		three(of, f.Dataset, m.Month, m.usageFigures)
	}
	for _, d := range f.Days {
		row(of, "", d.Day, "views", d.Views)
	}
	for _, u := range f.Datasets {
		three("dataset", u.Dataset, whole, u.usageFigures)
	}
	for _, l := range []struct {
		of, what string
		list     []usageNamed
	}{{"page", "views", f.Pages}, {"format", "downloads", f.Formats}, {"endpoint", "api_calls", f.Endpoints}, {"searched", "searches", f.Terms},
		{"referrer", "views", f.Referrers}, {"client", "requests", f.Clients}} {
		for _, one := range l.list {
			row(l.of, one.Name, whole, l.what, one.N)
		}
	}
	if f.Searches != nil {
		row(of, "", whole, "searches", *f.Searches)
		row(of, "", whole, "searches_without_result", *f.Empty)
	}
	out.Flush()
	w.Header().Set("Content-Disposition", `attachment; filename="use.csv"`)
	return sendUsage(w, "text/csv; charset=utf-8", b.Bytes())
}

// harmless keeps a spreadsheet from taking a text for a formula.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

func sendUsage(w http.ResponseWriter, kind string, text []byte) error {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "private, no-cache")
	h.Add("Vary", "Cookie")
	_, err := w.Write(text)
	return err
}
