package back

import (
	"cmp"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/statistics"
	"parvis/internal/web/chart"
	"parvis/internal/web/page"
)

// monitoringPage shows what the portal, or a dataset, is used for: whole numbers, for those who may see them.
type monitoringPage struct {
	office
	Off      bool
	Name     string // of the dataset, "" for the portal
	Lang     string
	Dataset  string // its address
	Periods  []page.Choice
	Numbers  []change
	Charts   []template.HTML
	Columns  []string
	Values   []counted
	Datasets []datasetCounts
	Searches []counted // without result
	Lists    []countList
	CSV      string
	First    string // the first day shown
	Last     string
}

// change is a number, and how it stands to the time before.
type change struct{ Name, Value, Says string }

// counted is a name with its numbers.
type counted struct {
	Name  string
	Cells []string
}

// datasetCounts is the use of a dataset.
type datasetCounts struct{ Title, Lang, Href, Views, Downloads, Calls, Bots string }

// countList is what was counted, by name.
type countList struct {
	Title, Says string
	Code        bool
	Rows        []counted
}

// SearchFor gives the address of the search for a term.
func (p *monitoringPage) SearchFor(term string) string {
	return p.Link("/explore/", url.Values{"q": {term}})
}

// monitored is the days that an address asks for, up to today.
func (s *Site) monitored(r *http.Request) (statistics.Period, int, error) {
	text := cmp.Or(r.URL.Query().Get("days"), "30")
	days, err := strconv.Atoi(text)
	if err != nil || days < 1 || days > 31*statistics.Retention {
		return statistics.Period{}, 0, fault.New(fault.Invalid, "%.20q is no number of days from 1 to %d.", text, 31*statistics.Retention)
	}
	today := s.counter.Today()
	return statistics.Period{From: today - statistics.Day(days) + 1, To: today}, days, nil
}

// counting tells whether there is anything to show.
func (s *Site) counting() bool { return s.counter != nil && s.counter.Level() != statistics.Off }

// monitoringPath is where the page stands.
const monitoringPath = "/backoffice/monitoring/"

// beginMonitoring begins a page with its periods to choose from.
func (s *Site) beginMonitoring(w http.ResponseWriter, r *http.Request, path string) (*monitoringPage, statistics.Period, error) {
	p := &monitoringPage{office: s.begin(w, r, monitoringPath, func(l *locale.Printer) string { return l.T("Use of the portal") })}
	p.Style = "office.css stats.css"
	if p.Off = !s.counting(); p.Off {
		return p, statistics.Period{}, nil
	}
	period, days, err := s.monitored(r)
	if err != nil {
		return nil, period, err
	}
	for _, n := range []int{7, 30, 90, 365} {
		p.Periods = append(p.Periods, page.Choice{Label: p.N("{n} day", "{n} days", int64(n)), Href: p.Link(path, url.Values{"days": {strconv.Itoa(n)}}), On: n == days})
	}
	p.CSV = p.Link(path+"data.csv", url.Values{"days": {strconv.Itoa(days)}})
	p.First, p.Last = p.Day(period.From.Start()), p.Day(period.To.Start())
	return p, period, nil
}

func (s *Site) monitoring(w http.ResponseWriter, r *http.Request) error {
	p, period, err := s.beginMonitoring(w, r, monitoringPath)
	if err != nil {
		return err
	}
	if p.Off {
		return s.Render(w, r, http.StatusOK, s.pages["monitoring"], p)
	}
	ctx := r.Context()
	days, err := s.counter.Traffic(ctx, period)
	if err != nil {
		return err
	}
	before, err := s.counter.Traffic(ctx, period.Before())
	if err != nil {
		return err
	}
	failed, failedBefore, err := s.failedShare(r, period)
	if err != nil {
		return err
	}
	now, then := statistics.Sum(days), statistics.Sum(before)
	p.Numbers = []change{
		p.number(p.T("Page views"), now.Views, then.Views), p.number(p.T("Downloads"), now.Downloads, then.Downloads),
		p.number(p.T("API calls"), now.Calls, then.Calls), p.share(p.T("Calls that failed"), failed, failedBefore),
	}
	p.traffic(days)
	if err := s.monitoredDatasets(r, p, period); err != nil {
		return err
	}
	if err := s.monitoredLists(r, p, period, now); err != nil {
		return err
	}
	return s.Render(w, r, http.StatusOK, s.pages["monitoring"], p)
}

// failedShare gives the share of API calls that failed, now and in the time before; less than 0 where there were none.
func (s *Site) failedShare(r *http.Request, period statistics.Period) (now, before float64, err error) {
	of := func(p statistics.Period) float64 {
		list, failure := s.counter.Statuses(r.Context(), p)
		if failure != nil {
			err = failure
			return 0
		}
		all, bad := int64(0), int64(0)
		for _, one := range list {
			all += one.N
			if one.Name >= "4" {
				bad += one.N
			}
		}
		if all == 0 {
			return -1
		}
		return float64(bad) / float64(all)
	}
	now, before = of(period), of(period.Before())
	return now, before, err
}

// number shows a number with how much more or less it is than before.
func (p *monitoringPage) number(name string, now, before int64) change {
	c := change{Name: name, Value: p.Int(now), Says: p.T("nothing to compare with")}
	if before > 0 {
		c.Says = p.T("{percent} against the time before", "percent", signed(p.Percent(100*float64(now-before)/float64(before), 0), now >= before))
	}
	return c
}

func signed(text string, up bool) string {
	if up {
		return "+" + text
	}
	return text
}

// share shows a share with what it was before.
func (p *monitoringPage) share(name string, now, before float64) change {
	c := change{Name: name, Value: "–", Says: p.T("nothing to compare with")}
	if now >= 0 {
		c.Value = p.Percent(100*now, 1)
	}
	if before >= 0 {
		c.Says = p.T("{percent} in the time before", "percent", p.Percent(100*before, 1))
	}
	return c
}

// traffic draws the days, and puts them into the table.
func (p *monitoringPage) traffic(days []statistics.Traffic) {
	p.Columns = []string{p.T("Day"), p.T("Page views"), p.T("Downloads"), p.T("API calls"), p.T("Programs"), p.T("Crawlers")}
	values := make([][]int64, 3)
	var names []string
	for _, d := range days {
		name := p.Day(d.Day.Start())
		names = append(names, name)
		for i, n := range [...]int64{d.Views, d.Downloads, d.Calls} {
			values[i] = append(values[i], n)
		}
		p.Values = append(p.Values, counted{name, []string{p.Int(d.Views), p.Int(d.Downloads), p.Int(d.Calls), p.Int(d.Scripts), p.Int(d.Bots)}})
	}
	for i, v := range values {
		p.chart(p.Columns[i+1], names, v)
	}
}

func (p *monitoringPage) chart(title string, names []string, values []int64) {
	c := chart.Figure{Title: title, First: names[0], Last: names[len(names)-1]}
	most := int64(0)
	for i, n := range values {
		most = max(most, n)
		c.Bars = append(c.Bars, chart.Bar{Value: n, Says: p.T("{name}: {value}", "name", names[i], "value", p.Int(n))})
	}
	c.Top = p.T("highest: {n}", "n", p.Int(most))
	c.Says = p.T("{title}, from {first} to {last}: {top}. The table below has every value.", "title", title, "first", c.First, "last", c.Last, "top", c.Top)
	p.Charts = append(p.Charts, c.HTML())
}

// mostDatasets is how many the page lists; the file has all of them.
const mostDatasets = 100

// monitoredDatasets lists the datasets that the person may see, the most viewed first.
func (s *Site) monitoredDatasets(r *http.Request, p *monitoringPage, period statistics.Period) error {
	uses, err := s.counter.Datasets(r.Context(), period)
	if err != nil {
		return err
	}
	entries := s.entries(p)
	for _, u := range uses {
		e := entries[u.Dataset]
		if e == nil || len(p.Datasets) == mostDatasets {
			continue
		}
		title := e.TitleIn(p.Wish())
		p.Datasets = append(p.Datasets, datasetCounts{title.Text, title.Lang, p.Link(monitoringPath+"dataset/"+url.PathEscape(e.ID)+"/", keepDays(r)),
			p.Int(u.Views), p.Int(u.Downloads), p.Int(u.Calls), p.Int(u.Bots)})
	}
	return nil
}

// entries gives the datasets that the person may see, by uid.
func (s *Site) entries(p *monitoringPage) map[string]*catalog.Entry {
	out := map[string]*catalog.Entry{}
	all, _ := s.catalog.All(p.By)
	for _, e := range all {
		out[e.UID] = e
	}
	return out
}

func keepDays(r *http.Request) url.Values {
	if days := r.URL.Query().Get("days"); days != "" {
		return url.Values{"days": {days}}
	}
	return nil
}

// monitoredLists adds what was counted by name.
func (s *Site) monitoredLists(r *http.Request, p *monitoringPage, period statistics.Period, now statistics.Traffic) error {
	ctx := r.Context()
	terms, err := s.counter.Terms(ctx, period)
	if err != nil {
		return err
	}
	var found []statistics.Count
	for _, t := range terms {
		if t.Empty > 0 {
			p.Searches = append(p.Searches, counted{t.Term, []string{p.Int(t.Empty), p.Int(t.N)}})
		}
		found = append(found, statistics.Count{Name: t.Term, N: t.N})
	}
	all, empty, err := s.counter.Searches(ctx, period)
	if err != nil {
		return err
	}
	served, err := s.counter.Served(ctx, period)
	if err != nil {
		return err
	}
	p.list(p.T("In all"), p.T("Of requests answered to those who do not want to be counted, nothing is known but that they are among these."), false, []statistics.Count{
		{Name: p.T("Requests answered"), N: served}, {Name: p.T("Searches"), N: all}, {Name: p.T("Searches without result"), N: empty},
		{Name: p.T("Pages fetched by programs"), N: now.Scripts}, {Name: p.T("Fetched by crawlers"), N: now.Bots}, {Name: p.T("Attachments"), N: now.Attachments}})
	rare := p.T("Whole weeks. What came up fewer than {n} times is put together.", "n", int64(statistics.Threshold))
	for _, l := range []struct {
		title, says string
		code        bool
		read        func() ([]statistics.Count, error)
	}{
		{p.T("Sites with links to us"), rare, false, func() ([]statistics.Count, error) { return s.counter.Referrers(ctx, period) }},
		{p.T("Searched for"), p.T("Only what was searched for ten times or more, on three days of a month or more."), false, func() ([]statistics.Count, error) { return found, nil }},
		{p.T("Failures"), "", true, func() ([]statistics.Count, error) { return s.counter.Errors(ctx, period) }},
		{p.T("Pages"), "", true, func() ([]statistics.Count, error) { return s.counter.Pages(ctx, period) }},
		{p.T("Parts of the API"), "", true, func() ([]statistics.Count, error) { return s.counter.Endpoints(ctx, period) }},
		{p.T("Browsers and programs"), rare, false, func() ([]statistics.Count, error) { return s.clients(p, r, period) }},
		{p.T("Programs that say their name"), rare, false, func() ([]statistics.Count, error) { return s.counter.Apps(ctx, period) }},
	} {
		list, err := l.read()
		if err != nil {
			return err
		}
		p.list(l.title, l.says, l.code, list)
	}
	return s.uniques(r, p, "", period)
}

// uniques adds the daily numbers of visitors, where they are reckoned.
func (s *Site) uniques(r *http.Request, p *monitoringPage, uid string, period statistics.Period) error {
	if s.counter.Level() != statistics.Uniques {
		return nil
	}
	days, err := s.counter.UniquesOf(r.Context(), uid, period)
	if err != nil {
		return err
	}
	var list []statistics.Count
	for i := len(days) - 1; i >= 0; i-- {
		name := p.Day(days[i].Day.Start())
		if days[i].Approximate {
			name = p.T("{day}, about", "day", name)
		}
		list = append(list, statistics.Count{Name: name, N: days[i].N})
	}
	p.list(p.T("Visitors a day"), p.T("Told apart in memory alone; the day is not over before its number is written."), false, list)
	return nil
}

// clients names the classes of clients in the language of the page.
func (s *Site) clients(p *monitoringPage, r *http.Request, period statistics.Period) ([]statistics.Count, error) {
	list, err := s.counter.Clients(r.Context(), period)
	for i, one := range list {
		class, family, _ := strings.Cut(one.Name, " ")
		switch class {
		case "h":
			list[i].Name = p.T("browser {name}", "name", family)
		case "p":
			list[i].Name = p.T("program {name}", "name", family)
		default:
			list[i].Name = p.T("Crawlers")
			if family == "unnamed" {
				list[i].Name = p.T("without a name")
			}
		}
	}
	return list, err
}

// list adds a list where there is anything in it.
func (p *monitoringPage) list(title, says string, code bool, counts []statistics.Count) {
	l := countList{Title: title, Says: says, Code: code}
	for _, one := range counts[:min(len(counts), 50)] {
		if one.Name == "other" && !code {
			one.Name = p.T("Others, rare")
		}
		l.Rows = append(l.Rows, counted{one.Name, []string{p.Int(one.N)}})
	}
	if len(l.Rows) > 0 {
		p.Lists = append(p.Lists, l)
	}
}

// monitoredEntry finds a dataset whose numbers the person may see: all of them for who explores the monitoring, those
// that they may change for others. Kinds NotFound and Forbidden.
func (s *Site) monitoredEntry(p *monitoringPage, id string) (*catalog.Entry, error) {
	e, err := s.catalog.Find(p.By, id)
	if err == nil && e.Access.Right < catalog.Edit && !p.By.May(account.ExploreMonitoring) {
		err = fault.New(fault.Forbidden, "The numbers of this dataset are open to those who may change it.")
	}
	return e, err
}

// monitoringOf shows the use of one dataset.
func (s *Site) monitoringOf(w http.ResponseWriter, r *http.Request) error {
	path := monitoringPath + "dataset/" + url.PathEscape(r.PathValue("id")) + "/"
	p, period, err := s.beginMonitoring(w, r, path)
	if err != nil {
		return err
	}
	e, err := s.monitoredEntry(p, r.PathValue("id"))
	if err != nil {
		return err
	}
	title := e.TitleIn(p.Wish())
	p.Name, p.Lang, p.Dataset = title.Text, title.Lang, p.Href("/explore/dataset/"+url.PathEscape(e.ID)+"/information/")
	if p.Off {
		return s.Render(w, r, http.StatusOK, s.pages["monitoring"], p)
	}
	now, err := s.counter.Dataset(r.Context(), e.UID, period)
	if err != nil {
		return err
	}
	before, err := s.counter.Dataset(r.Context(), e.UID, period.Before())
	if err != nil {
		return err
	}
	p.Numbers = []change{p.number(p.T("Page views"), now.Total.Views, before.Total.Views), p.number(p.T("Downloads"), now.Total.Downloads, before.Total.Downloads),
		p.number(p.T("API calls"), now.Total.Calls, before.Total.Calls), p.number(p.T("Attachments"), now.Total.Attachments, before.Total.Attachments)}
	days := make([]statistics.Traffic, len(now.Days))
	for i, u := range now.Days {
		days[i] = statistics.Traffic{Day: period.From + statistics.Day(i), Views: u.Views, Downloads: u.Downloads, Calls: u.Calls, Scripts: u.Scripts, Bots: u.Bots}
	}
	p.traffic(days)
	p.list(p.T("What was done"), "", true, now.Whats)
	if err := s.uniques(r, p, e.UID, period); err != nil {
		return err
	}
	return s.Render(w, r, http.StatusOK, s.pages["monitoring"], p)
}
