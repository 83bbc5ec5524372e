package statistics

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// Public is what everybody may know of the use of the portal over some whole months, and until yesterday. All of it is
// figures. Only the smallest ones are made of counts: views of the portal by the day, views, calls and each format's
// downloads of a dataset by the month, all others by the month. Every total is made of those figures, not of counts, so
// that subtracting gives nothing.
type Public struct {
	From, To  Month
	Days      []PublicDay
	Months    []PublicTraffic
	Total     PublicTraffic
	Datasets  []PublicUse // only those with something to show, the most viewed first
	Pages     []PublicCount
	Formats   []PublicCount
	Endpoints []PublicCount
	Terms     []PublicCount
	Referrers []PublicCount
	Clients   []PublicCount // "human", "program", "bot"
	Searches  Figure
	Empty     Figure // searches without result
}

// PublicDay is the number of pages that people viewed in a day.
type PublicDay struct {
	Day   Day
	Views Figure
}

// PublicTraffic is the use of the portal, or of a dataset, in a month.
type PublicTraffic struct {
	Month                   Month
	Views, Downloads, Calls Figure
}

// PublicUse is the use of a dataset.
type PublicUse struct {
	Dataset                 string // uid
	Views, Downloads, Calls Figure
}

// PublicCount is a figure with the name of what was counted.
type PublicCount struct {
	Name string
	N    Figure
}

// PublicDataset is what everybody who may see a dataset may know of its use.
type PublicDataset struct {
	From, To Month
	Total    PublicUse
	Months   []PublicTraffic
	Formats  []PublicCount
}

// Public gives what everybody may know; may tells which datasets the asker may know of.
func (c *Counter) Public(ctx context.Context, from, to Month, may func(uid string) bool) (*Public, error) {
	out := &Public{From: from, To: to}
	all := sums{}
	uses := map[string][]PublicUse{}
	for m := from; m <= to; m++ {
		month, err := c.figures(ctx, m)
		if err != nil {
			return nil, err
		}
		if month == nil {
			continue
		}
		out.Days = append(out.Days, month.days...)
		all.take(month.others)
		var downloads []Figure
		formats := map[string][]Figure{}
		for _, u := range month.uses {
			if !may(u.Dataset) {
				continue
			}
			uses[u.Dataset] = append(uses[u.Dataset], u.PublicUse)
			downloads = append(downloads, u.Downloads)
			for _, f := range u.formats {
				formats["format "+f.Name] = append(formats["format "+f.Name], f.N)
			}
		}
		own := sums{}
		for key, parts := range formats {
			own[key] = Total(parts...)
		}
		all.take(own)
		out.Months = append(out.Months, PublicTraffic{m, month.views(), Total(downloads...), Total(month.others.under("endpoint")...)})
	}
	out.Total = total(out.Months)
	for uid, parts := range uses {
		if u := totalUse(uid, parts); u.Views.N+u.Downloads.N+u.Calls.N > 0 {
			out.Datasets = append(out.Datasets, u)
		}
	}
	slices.SortFunc(out.Datasets, func(a, b PublicUse) int {
		return cmp.Or(cmp.Compare(b.Views.N, a.Views.N), cmp.Compare(b.Downloads.N+b.Calls.N, a.Downloads.N+a.Calls.N), cmp.Compare(a.Dataset, b.Dataset))
	})
	out.Pages, out.Formats, out.Endpoints = all.list("page"), all.list("format"), all.list("endpoint")
	out.Terms, out.Referrers, out.Clients = all.list("term"), all.list("referrer"), all.list("client")
	out.Searches, out.Empty = Total(all["search 1"], all["search 0"]), Total(all["search 0"])
	return out, nil
}

// MostUsed gives the datasets that were used in this month and the two before, the most used first, by the figures that everybody may know.
func (c *Counter) MostUsed(ctx context.Context) ([]string, error) {
	now := c.Today().Month()
	known, err := c.Public(ctx, now-2, now, func(string) bool { return true })
	if err != nil {
		return nil, fmt.Errorf("the most used datasets: %w", err)
	}
	out := make([]string, len(known.Datasets))
	for i, u := range known.Datasets {
		out[i] = u.Dataset
	}
	return out, nil
}

// closed gives the days of a month that are over.
func (c *Counter) closed(m Month) (Period, bool) {
	p := Period{m.First(), min(m.Last(), c.Today()-1)}
	return p, p.From <= p.To
}

// monthly is what is published of a month. It never changes within a day, and is kept until the next.
type monthly struct {
	asOf   Day
	days   []PublicDay
	uses   []publicFormats // by uid
	others sums            // what has to do with no dataset
}

// publicFormats is the use of a dataset in a month, with its downloads by format.
type publicFormats struct {
	PublicUse
	formats []PublicCount
}

func (m *monthly) views() Figure {
	var parts []Figure
	for _, d := range m.days {
		parts = append(parts, d.Views)
	}
	return Total(parts...)
}

// figures gives what is published of a month, nil where none of its days is over.
func (c *Counter) figures(ctx context.Context, m Month) (*monthly, error) {
	p, ok := c.closed(m)
	if !ok {
		return nil, nil
	}
	c.publishing.Lock()
	defer c.publishing.Unlock()
	if kept := c.published[m]; kept != nil && kept.asOf == c.Today() {
		return kept, nil
	}
	since, err := c.Since(ctx)
	if err != nil || p.To < since {
		return nil, err
	}
	p.From = max(p.From, since) // the days before were not quiet, but not counted
	out := &monthly{asOf: c.Today()}
	days, err := c.Traffic(ctx, p)
	if err != nil {
		return nil, err
	}
	for _, d := range days {
		out.days = append(out.days, PublicDay{d.Day, Publish(d.Views)})
	}
	if out.uses, err = c.publicUses(ctx, p); err != nil {
		return nil, err
	}
	if out.others, err = c.publicCounts(ctx, p); err != nil {
		return nil, err
	}
	if len(c.published) > Retention+1 {
		clear(c.published)
	}
	c.published[m] = out
	return out, nil
}

// publicUses gives the figures of each dataset in a month.
func (c *Counter) publicUses(ctx context.Context, p Period) ([]publicFormats, error) {
	uses := map[string]*Use{}
	own := map[string]map[string]int64{} // downloads of a dataset by format
	err := c.eachUse(ctx, p, "", func(_ Day, dataset, what string, n int64) {
		if uses[dataset] == nil {
			uses[dataset], own[dataset] = &Use{}, map[string]int64{}
		}
		uses[dataset].add(what, n)
		if format, ok := strings.CutPrefix(what, Download.String()+" "); ok {
			own[dataset][format] += n
		}
	})
	out := make([]publicFormats, 0, len(uses))
	for _, uid := range ordered(uses, strings.Compare) {
		u := publicFormats{PublicUse: PublicUse{uid, Publish(uses[uid].Views), Figure{}, Publish(uses[uid].Calls)}}
		var downloads []Figure
		for _, format := range ordered(own[uid], strings.Compare) {
			n := Publish(own[uid][format])
			u.formats, downloads = append(u.formats, PublicCount{format, n}), append(downloads, n)
		}
		u.Downloads = Total(downloads...)
		out = append(out, u)
	}
	return out, err
}

const sqlClasses = `SELECT class, sum(n) FROM usage_clients WHERE week >= $1 AND week <= $2 GROUP BY class ORDER BY 1`

// total adds figures up, each column apart.
func total(parts []PublicTraffic) (t PublicTraffic) {
	var views, downloads, calls []Figure
	for i, p := range parts {
		if i == 0 {
			t.Month = p.Month
		}
		views, downloads, calls = append(views, p.Views), append(downloads, p.Downloads), append(calls, p.Calls)
	}
	t.Views, t.Downloads, t.Calls = Total(views...), Total(downloads...), Total(calls...)
	return t
}

func totalUse(uid string, parts []PublicUse) PublicUse {
	var months []PublicTraffic
	for _, p := range parts {
		months = append(months, PublicTraffic{0, p.Views, p.Downloads, p.Calls})
	}
	t := total(months)
	return PublicUse{uid, t.Views, t.Downloads, t.Calls}
}

// sums holds figures by sort and name, as in "endpoint records".
type sums map[string]Figure

// take adds the figures of another month.
func (s sums) take(month sums) {
	for key, n := range month {
		if have, ok := s[key]; ok {
			n = Total(have, n)
		}
		s[key] = n
	}
}

func (s sums) add(sort string, list []Count) {
	for _, one := range list {
		s[sort+" "+one.Name] = Publish(one.N)
	}
}

// under gives the figures of one sort.
func (s sums) under(sort string) (out []Figure) {
	for key, n := range s {
		if strings.HasPrefix(key, sort+" ") {
			out = append(out, n)
		}
	}
	return out
}

// list gives the figures of one sort that are not hidden, the greatest first.
func (s sums) list(sort string) []PublicCount {
	var out []PublicCount
	for key, n := range s {
		if name, ok := strings.CutPrefix(key, sort+" "); ok && n.N > 0 {
			out = append(out, PublicCount{name, n})
		}
	}
	slices.SortFunc(out, func(a, b PublicCount) int { return cmp.Or(cmp.Compare(b.N.N, a.N.N), cmp.Compare(a.Name, b.Name)) })
	return out
}

// publicCounts gives the figures of a month that have nothing to do with any dataset. A week belongs to the month in
// which it begins, once it is over.
func (c *Counter) publicCounts(ctx context.Context, p Period) (sums, error) {
	out := sums{}
	last := p.To.week()
	if p.To < weekStart(last)+6 && last == c.Today().week() {
		last--
	}
	first := (p.From + 6).week()
	for _, part := range []struct {
		sort, query string
		from, to    int64
	}{
		{"page", sqlPages, int64(p.From), int64(p.To)},
		{"endpoint", sqlEndpoints, int64(p.From), int64(p.To)},
		{"search", sqlSearches, int64(p.From), int64(p.To)},
		{"term", sqlTermSums, int64(p.From.Month()), int64(p.From.Month())},
		{"client", sqlClasses, first, last},
		{"referrer", sqlReferrers, first, last},
	} {
		list, err := c.list(ctx, part.query, part.from, part.to)
		if err != nil {
			return out, err
		}
		switch part.sort {
		case "client":
			for i := range list {
				list[i].Name = className(list[i].Name)
			}
		case "referrer":
			list = together(list)
		}
		out.add(part.sort, list)
	}
	return out, nil
}

const sqlTermSums = `SELECT term, sum(n) FROM usage_terms WHERE month >= $1 AND month <= $2 GROUP BY term ORDER BY 2 DESC, 1`

// className gives the word for the letter of a class.
func className(letter string) string {
	switch letter {
	case string(human):
		return "human"
	case string(program):
		return "program"
	}
	return "bot"
}

// PublicDataset gives what everybody who may see a dataset may know of its use.
func (c *Counter) PublicDataset(ctx context.Context, uid string, from, to Month) (*PublicDataset, error) {
	out := &PublicDataset{From: from, To: to}
	all := sums{}
	for m := from; m <= to; m++ {
		month, err := c.figures(ctx, m)
		if err != nil {
			return nil, err
		}
		if month == nil {
			continue
		}
		use := publicFormats{}
		if i, found := slices.BinarySearchFunc(month.uses, uid, func(u publicFormats, uid string) int { return strings.Compare(u.Dataset, uid) }); found {
			use = month.uses[i]
		}
		own := sums{}
		for _, f := range use.formats {
			own["format "+f.Name] = f.N
		}
		all.take(own)
		out.Months = append(out.Months, PublicTraffic{m, use.Views, use.Downloads, use.Calls})
	}
	t := total(out.Months)
	out.Total = PublicUse{uid, t.Views, t.Downloads, t.Calls}
	out.Formats = all.list("format")
	return out, nil
}
