package usage

import (
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/statistics"
	"parvis/internal/web/chart"
)

// counting tells whether there is anything to show.
func (s *Site) counting() bool { return s.counter != nil && s.counter.Level() != statistics.Off }

// usagePage shows what everybody may know of the use of the portal, or of one dataset. All its numbers are figures.
type usagePage struct {
	view
	Off      bool
	Name     string // of the dataset, "" for the portal
	Lang     string
	Dataset  string // its address
	Staff    string // address of the whole numbers, for those who may see them
	Periods  []choice
	Facts    []fact
	Charts   []template.HTML
	Columns  []string
	Values   []usageValue
	Datasets []usageRow
	Lists    []usageList
	Method   []string
	CSV      string
	JSON     string
}

// usageValue is a row of the table behind the charts.
type usageValue struct {
	Name  string
	Cells []string
}

// usageRow is a dataset with its use.
type usageRow struct{ Title, Lang, Href, Views, Downloads, Calls string }

// usageList is a list of what was counted, by name.
type usageList struct {
	Title, Says string
	Code        bool // the names are those of the API
	Rows        []usageCount
}

type usageCount struct{ Name, N string }

// fact is a figure under the title.
type fact struct{ Name, Value string }

// usageAsked is which months are to be shown.
type usageAsked struct {
	from, to statistics.Month
	param    string // as the address has it
	first    statistics.Month
}

// monthsOf reads the period that an address asks for: "" is the last twelve months, else a year or a month, as in
// 2026 and 2026-11. Kind Invalid: it is none, or lies in the future.
func monthsOf(text string, now, first statistics.Month) (usageAsked, error) {
	out := usageAsked{from: max(first, now-11), to: now, param: text, first: first}
	if text == "" {
		return out, nil
	}
	if t, err := time.Parse("2006", text); err == nil {
		from := statistics.DayOf(t).Month()
		out.from, out.to = max(first, from), min(now, from+11)
	} else if t, err := time.Parse("2006-01", text); err == nil {
		out.from = statistics.DayOf(t).Month()
		out.to = out.from
	} else {
		return out, fault.New(fault.Invalid, "The period %.20q is neither a year nor a month, as in 2026 or 2026-11.", text)
	}
	if out.from > now || out.to < first || out.from < first {
		return out, fault.New(fault.Invalid, "Nothing was counted in %.20q.", text)
	}
	return out, nil
}

// asked reads the period of a request.
func (s *Site) asked(r *http.Request) (usageAsked, error) {
	first, err := s.counter.Since(r.Context())
	if err != nil {
		return usageAsked{}, err
	}
	return monthsOf(r.URL.Query().Get("period"), s.counter.Today().Month(), first.Month())
}

func (s *Site) stats(w http.ResponseWriter, r *http.Request) error {
	actor, err := s.Server.Actor(w, r)
	if err != nil {
		return err
	}
	p := &usagePage{view: s.View(w, r, func(l *locale.Printer) string { return l.T("Use of this portal") }, "stats")}
	p.About = p.T("How often the pages, files and API of this portal are used, counted without knowing anybody.")
	p.Style = "stats.css"
	if p.Off = !s.counting(); p.Off {
		return s.Render(w, r, http.StatusOK, s.pages["stats"], p)
	}
	asked, err := s.asked(r)
	if err != nil {
		return err
	}
	entries, may := s.known(actor)
	public, err := s.counter.Public(r.Context(), asked.from, asked.to, may)
	if err != nil {
		return err
	}
	p.frame(asked, "/stats/", s.counter)
	if actor.Person != nil && actor.May(account.ExploreMonitoring) {
		p.Staff = p.Href("/backoffice/monitoring/")
	}
	p.Facts = []fact{{p.T("Page views"), p.figure(public.Total.Views)}, {p.T("Downloads"), p.figure(public.Total.Downloads)},
		{p.T("API calls"), p.figure(public.Total.Calls)}, {p.T("Searches"), p.figure(public.Searches)}}
	if asked.from == asked.to {
		p.days(public.Days)
	} else {
		p.months(public.Months)
	}
	for _, u := range public.Datasets {
		e := entries[u.Dataset]
		title := e.TitleIn(p.view.Wish())
		p.Datasets = append(p.Datasets, usageRow{title.Text, title.Lang, p.Link("/stats/dataset/"+url.PathEscape(e.ID)+"/", keep(asked)),
			p.figure(u.Views), p.figure(u.Downloads), p.figure(u.Calls)})
		if len(p.Datasets) == mostUsed {
			break
		}
	}
	p.list(p.T("Pages"), "", public.Pages, func(name string) string { return pageName(p.Printer, name) })
	p.list(p.T("Formats of downloads"), "", public.Formats, formatName)
	p.list(p.T("Parts of the API"), "", public.Endpoints, nil)
	p.list(p.T("Searched for"), p.T("Only what was searched for ten times or more, on three days of a month or more."), public.Terms, nil)
	p.list(p.T("Sites with links to us"), p.T("Only the name of the site, never the page."), public.Referrers, func(name string) string { return otherName(p.Printer, name) })
	p.list(p.T("Who asks"), p.T("People with a browser, programs that work for people, and crawlers such as those of search engines."), public.Clients,
		func(name string) string { return clientName(p.Printer, name) })
	return s.Render(w, r, http.StatusOK, s.pages["stats"], p)
}

// mostUsed is how many datasets the page lists; the files have all of them.
const mostUsed = 50

// known gives the datasets of which an actor may know, by uid, and whether a uid is one.
func (s *Site) known(a account.Actor) (map[string]*catalog.Entry, func(uid string) bool) {
	entries := map[string]*catalog.Entry{}
	for _, e := range s.visible(a) {
		entries[e.UID] = e
	}
	return entries, func(uid string) bool { return entries[uid] != nil }
}

func (s *Site) statsOf(w http.ResponseWriter, r *http.Request) error {
	actor, err := s.Server.Actor(w, r)
	if err != nil {
		return err
	}
	e, err := s.find(actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := &usagePage{view: s.View(w, r, nil, "data")}
	title := e.TitleIn(p.view.Wish())
	p.Name, p.Lang, p.Dataset = title.Text, title.Lang, p.Href("/explore/dataset/"+url.PathEscape(e.ID)+"/information/")
	p.Title = p.T("Use of “{name}”", "name", p.Name)
	p.About = p.T("How often this dataset is looked at, downloaded and asked for by programs.")
	p.Style = "stats.css"
	if p.Off = !s.counting(); p.Off {
		return s.Render(w, r, http.StatusOK, s.pages["stats"], p)
	}
	asked, err := s.asked(r)
	if err != nil {
		return err
	}
	public, err := s.counter.PublicDataset(r.Context(), e.UID, asked.from, asked.to)
	if err != nil {
		return err
	}
	address := "/stats/dataset/" + url.PathEscape(e.ID) + "/"
	p.frame(asked, address, s.counter)
	if actor.Person != nil && (actor.May(account.ExploreMonitoring) || e.Access.Right >= catalog.Edit) {
		p.Staff = p.Href("/backoffice/monitoring/dataset/" + url.PathEscape(e.ID) + "/")
	}
	p.Facts = []fact{{p.T("Page views"), p.figure(public.Total.Views)}, {p.T("Downloads"), p.figure(public.Total.Downloads)}, {p.T("API calls"), p.figure(public.Total.Calls)}}
	p.months(public.Months)
	p.list(p.T("Formats of downloads"), "", public.Formats, formatName)
	return s.Render(w, r, http.StatusOK, s.pages["stats"], p)
}

// keep gives the query that keeps the period.
func keep(asked usageAsked) url.Values {
	if asked.param == "" {
		return nil
	}
	return url.Values{"period": {asked.param}}
}

// frame fills in what both pages have: the periods to choose from, the files, the method.
func (p *usagePage) frame(asked usageAsked, address string, c *statistics.Counter) {
	add := func(label, param string) {
		p.Periods = append(p.Periods, choice{Label: label, Href: p.Link(address, keep(usageAsked{param: param})), On: asked.param == param})
	}
	now := c.Today().Month()
	add(p.T("Last 12 months"), "")
	for m := now; m > now-3 && m >= asked.first; m-- {
		add(p.Month(m.First().Start()), m.String())
	}
	for year := now.First().Start().Year(); year >= asked.first.First().Start().Year(); year-- {
		add(strconv.Itoa(year), strconv.Itoa(year))
	}
	p.CSV, p.JSON = p.Link(address+"data.csv", keep(asked)), p.Link(address+"data.json", keep(asked))
	p.Method = method(p.Printer, c)
}

// method tells how counts are made, out of the constants that make them.
func method(p *locale.Printer, c *statistics.Counter) []string {
	out := []string{
		p.T("We count uses, not people: no cookie, no identifier, no script. Nothing is kept of your address, of the name of your browser, or of what you asked for, but that one more page was viewed or one more file fetched on that day."),
		p.T("Numbers from 1 to {n} are shown as “fewer than {k}”, others are rounded, and totals are made of rounded numbers: nothing can be found by subtracting. Today is not shown.", "n", int64(statistics.Threshold-1), "k", int64(statistics.Threshold)),
		p.N("Counts are deleted after {n} month.", "Counts are deleted after {n} months.", int64(c.Months())),
		p.T("Pages that a browser fetches in advance, and what people who run this portal look at, are not counted."),
	}
	if c.Level() == statistics.Uniques {
		out = append(out, p.T("How many different visitors a day had is reckoned in memory, from a part of their address and the family of their browser, under a secret that is made anew each day and never written. Only the number is kept."))
	}
	return out
}

// figure writes a figure for a reader.
func (p *usagePage) figure(f statistics.Figure) string {
	if f.Hidden {
		return p.T("fewer than {n}", "n", int64(statistics.Threshold))
	}
	return p.Int(f.N)
}

func (p *usagePage) months(list []statistics.PublicTraffic) {
	if len(list) == 0 {
		return
	}
	columns := []string{p.T("Page views"), p.T("Downloads"), p.T("API calls")}
	figures := make([][]statistics.Figure, 3)
	var names []string
	for _, m := range list {
		name := p.Month(m.Month.First().Start())
		names = append(names, name)
		p.Values = append(p.Values, usageValue{name, []string{p.figure(m.Views), p.figure(m.Downloads), p.figure(m.Calls)}})
		for i, f := range [...]statistics.Figure{m.Views, m.Downloads, m.Calls} {
			figures[i] = append(figures[i], f)
		}
	}
	p.Columns = append([]string{p.T("Month")}, columns...)
	for i, title := range columns {
		p.chart(title, names, figures[i])
	}
}

func (p *usagePage) days(list []statistics.PublicDay) {
	if len(list) == 0 {
		return
	}
	var names []string
	var views []statistics.Figure
	for _, d := range list {
		names, views = append(names, p.Day(d.Day.Start())), append(views, d.Views)
		p.Values = append(p.Values, usageValue{p.Day(d.Day.Start()), []string{p.figure(d.Views)}})
	}
	p.Columns = []string{p.T("Day"), p.T("Page views")}
	p.chart(p.T("Page views by day"), names, views)
}

// chart draws figures over time; one that is hidden is drawn as half of the threshold.
func (p *usagePage) chart(title string, names []string, figures []statistics.Figure) {
	c := chart.Figure{Title: title, First: names[0], Last: names[len(names)-1]}
	if len(names) == 1 {
		c.Last = ""
	}
	most := statistics.Figure{}
	for i, f := range figures {
		value := f.N
		if f.Hidden {
			value = statistics.Threshold / 2
		}
		if f.N > most.N {
			most = f
		}
		c.Bars = append(c.Bars, chart.Bar{Value: value, Says: p.T("{name}: {value}", "name", names[i], "value", p.figure(f))})
	}
	c.Top = p.T("highest: {n}", "n", p.figure(most))
	c.Says = p.T("{title}, from {first} to {last}: {top}. The table below has every value.", "title", title, "first", names[0], "last", names[len(names)-1], "top", c.Top)
	p.Charts = append(p.Charts, c.HTML())
}

// list adds a list, where there is anything in it.
func (p *usagePage) list(title, says string, counts []statistics.PublicCount, name func(string) string) {
	if len(counts) == 0 {
		return
	}
	l := usageList{Title: title, Says: says, Code: name == nil && says == ""}
	for _, one := range counts[:min(len(counts), 20)] {
		shown := one.Name
		if name != nil {
			shown = name(shown)
		}
		l.Rows = append(l.Rows, usageCount{shown, p.figure(one.N)})
	}
	p.Lists = append(p.Lists, l)
}

// pageName names a class of page.
func pageName(p *locale.Printer, class string) string {
	switch class {
	case "catalogue":
		return p.T("Catalogue")
	case "information":
		return p.T("Description of a dataset")
	case "table":
		return p.T("Table of a dataset")
	case "home":
		return p.T("First page")
	case "map":
		return p.T("Map of a dataset")
	case "analyze":
		return p.T("Figure of a dataset")
	case "calendar":
		return p.T("Calendar of a dataset")
	case "images":
		return p.T("Images of a dataset")
	case "versions":
		return p.T("Versions of a dataset")
	case "export":
		return p.T("Export of a dataset")
	case "api":
		return p.T("API page of a dataset")
	case "record":
		return p.T("A row of a dataset")
	case "legal":
		return p.T("Policies")
	case "statistics":
		return p.T("Use of this portal")
	}
	return class
}

func clientName(p *locale.Printer, class string) string {
	switch class {
	case "human":
		return p.T("People")
	case "program":
		return p.T("Programs")
	}
	return p.T("Crawlers")
}

func otherName(p *locale.Printer, name string) string {
	if name == "other" {
		return p.T("Others, rare")
	}
	return name
}

// formatName writes a format as people know it.
func formatName(format string) string {
	switch format {
	case "csv":
		return "CSV"
	case "xlsx":
		return "Excel"
	case "json":
		return "JSON"
	case "jsonl":
		return "JSON Lines"
	case "parquet":
		return "Parquet"
	case "geojson":
		return "GeoJSON"
	}
	return format
}
