package statistics

import (
	"cmp"
	"context"
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
		p, ok := c.closed(m)
		if !ok {
			continue
		}
		month, err := c.publicMonth(ctx, out, p, may, uses, all)
		if err != nil {
			return nil, err
		}
		out.Months = append(out.Months, month)
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

// closed gives the days of a month that are over.
func (c *Counter) closed(m Month) (Period, bool) {
	p := Period{m.First(), min(m.Last(), c.Today()-1)}
	return p, p.From <= p.To
}

// publicMonth gives the figures of one month, and adds its parts to those of the others.
func (c *Counter) publicMonth(ctx context.Context, out *Public, p Period, may func(uid string) bool, uses map[string][]PublicUse, all sums) (PublicTraffic, error) {
	month := PublicTraffic{Month: p.From.Month()}
	days, err := c.Traffic(ctx, p)
	if err != nil {
		return month, err
	}
	var views []Figure
	for _, d := range days {
		out.Days = append(out.Days, PublicDay{d.Day, Publish(d.Views)})
		views = append(views, Publish(d.Views))
	}
	these, formats, err := c.publicUses(ctx, p, may)
	if err != nil {
		return month, err
	}
	var downloads []Figure
	for _, u := range these {
		uses[u.Dataset] = append(uses[u.Dataset], u)
		downloads = append(downloads, u.Downloads)
	}
	all.take(formats)
	others, err := c.publicCounts(ctx, p)
	all.take(others)
	month.Views, month.Downloads, month.Calls = Total(views...), Total(downloads...), Total(others.under("endpoint")...)
	return month, err
}

// publicUses gives the figures of each dataset in a month, and those of each format over all of them.
func (c *Counter) publicUses(ctx context.Context, p Period, may func(uid string) bool) ([]PublicUse, sums, error) {
	uses := map[string]*Use{}
	own := map[string]map[string]int64{} // downloads of a dataset by format
	err := c.eachUse(ctx, p, "", func(_ Day, dataset, what string, n int64) {
		if !may(dataset) {
			return
		}
		if uses[dataset] == nil {
			uses[dataset], own[dataset] = &Use{}, map[string]int64{}
		}
		uses[dataset].add(what, n)
		if format, ok := strings.CutPrefix(what, Download.String()+" "); ok {
			own[dataset][format] += n
		}
	})
	var out []PublicUse
	formats := map[string][]Figure{}
	for _, uid := range ordered(uses, strings.Compare) {
		var downloads []Figure
		for format, n := range own[uid] {
			downloads = append(downloads, Publish(n))
			formats[format] = append(formats[format], Publish(n))
		}
		out = append(out, PublicUse{uid, Publish(uses[uid].Views), Total(downloads...), Publish(uses[uid].Calls)})
	}
	all := sums{}
	for format, parts := range formats {
		all["format "+format] = Total(parts...)
	}
	return out, all, err
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
		p, ok := c.closed(m)
		if !ok {
			continue
		}
		use, err := c.Dataset(ctx, uid, p)
		if err != nil {
			return nil, err
		}
		month := sums{}
		for _, one := range use.Whats {
			if format, ok := strings.CutPrefix(one.Name, Download.String()+" "); ok {
				month["format "+format] = Publish(one.N)
			}
		}
		out.Months = append(out.Months, PublicTraffic{m, Publish(use.Total.Views), Total(month.under("format")...), Publish(use.Total.Calls)})
		all.take(month)
	}
	t := total(out.Months)
	out.Total = PublicUse{uid, t.Views, t.Downloads, t.Calls}
	out.Formats = all.list("format")
	return out, nil
}
