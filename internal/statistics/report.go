package statistics

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// Count is a number with the name of what was counted.
type Count struct {
	Name string
	N    int64
}

// Traffic is the use of the portal in a day, or in a longer time.
type Traffic struct {
	Day         Day // the first one
	Views       int64
	Downloads   int64
	Calls       int64
	Attachments int64
	Scripts     int64 // pages fetched by programs
	Bots        int64 // whatever crawlers fetched
}

// Use is the use of a dataset: by people and their programs, and apart what crawlers fetched.
type Use struct {
	Dataset     string // uid
	Views       int64  // by people
	Downloads   int64
	Calls       int64
	Attachments int64
	Scripts     int64
	Bots        int64
}

// Search is what people searched for in a month.
type Search struct {
	Term  string
	N     int64
	Empty int64 // of these, without result
}

// Unique is how many different visitors a day had.
type Unique struct {
	Day         Day
	N           int64
	Approximate bool
}

const (
	sqlTraffic   = `SELECT day, kind, n FROM usage_days WHERE day >= $1 AND day <= $2 ORDER BY day, kind`
	sqlPages     = `SELECT page, sum(n) FROM usage_pages WHERE day >= $1 AND day <= $2 AND class = 'h' GROUP BY page ORDER BY 2 DESC, 1`
	sqlEndpoints = `SELECT endpoint, sum(n) FROM usage_calls WHERE day >= $1 AND day <= $2 AND status IN (2, 3) GROUP BY endpoint ORDER BY 2 DESC, 1`
	sqlStatuses  = `SELECT status, sum(n) FROM usage_calls WHERE day >= $1 AND day <= $2 GROUP BY status ORDER BY 1`
	sqlErrors    = `SELECT door || ' ' || code, sum(n) FROM usage_errors WHERE day >= $1 AND day <= $2 GROUP BY door, code ORDER BY 2 DESC, 1`
	sqlSearches  = `SELECT found, sum(n) FROM usage_searches WHERE day >= $1 AND day <= $2 GROUP BY found ORDER BY 1`
	sqlTerms     = `SELECT term, sum(n), sum(empty) FROM usage_terms WHERE month >= $1 AND month <= $2 GROUP BY term ORDER BY 2 DESC, 1`
	sqlReferrers = `SELECT host, sum(n) FROM usage_referrers WHERE week >= $1 AND week <= $2 GROUP BY host ORDER BY 2 DESC, 1`
	sqlApps      = `SELECT app, sum(n) FROM usage_apps WHERE week >= $1 AND week <= $2 GROUP BY app ORDER BY 2 DESC, 1`
	sqlClients   = `SELECT class || ' ' || family, sum(n) FROM usage_clients WHERE week >= $1 AND week <= $2 GROUP BY class, family ORDER BY 2 DESC, 1`
	sqlUniques   = `SELECT day, n, approximate FROM usage_uniques WHERE dataset = $1 AND day >= $2 AND day <= $3 ORDER BY day`
	sqlServedSum = `SELECT coalesce(sum(n), 0) FROM usage_served WHERE day >= $1 AND day <= $2`
	sqlHours     = `SELECT hour, kind, n FROM usage_hours WHERE hour >= $1 AND hour < $2 ORDER BY hour, kind`
	sqlFirstDay  = `SELECT coalesce(min(day), -1) FROM usage_served`
)

// Since gives the first day of which there are counts, today where there are none.
func (c *Counter) Since(ctx context.Context) (day Day, err error) {
	err = each(ctx, c.db, sqlFirstDay, func(scan func(...any) error) error { return scan(&day) })
	if day < 0 {
		day = c.Today()
	}
	return day, err
}

// Traffic gives the use of the whole portal, every day of the period.
func (c *Counter) Traffic(ctx context.Context, p Period) ([]Traffic, error) {
	out := make([]Traffic, p.Days())
	for i := range out {
		out[i].Day = p.From + Day(i)
	}
	err := each(ctx, c.db, sqlTraffic, func(scan func(...any) error) error {
		var day Day
		var kind string
		var n int64
		if err := scan(&day, &kind, &n); err != nil {
			return err
		}
		out[day-p.From].add(kind, n)
		return nil
	}, p.From, p.To)
	return out, err
}

func (t *Traffic) add(kind string, n int64) {
	switch kind {
	case View.String():
		t.Views += n
	case Download.String():
		t.Downloads += n
	case Call.String():
		t.Calls += n
	case Attachment.String():
		t.Attachments += n
	case scripts.String():
		t.Scripts += n
	case bots.String():
		t.Bots += n
	}
}

// Sum adds the days up.
func Sum(days []Traffic) (t Traffic) {
	for i, d := range days {
		if i == 0 {
			t.Day = d.Day
		}
		t.Views, t.Downloads, t.Calls = t.Views+d.Views, t.Downloads+d.Downloads, t.Calls+d.Calls
		t.Attachments, t.Scripts, t.Bots = t.Attachments+d.Attachments, t.Scripts+d.Scripts, t.Bots+d.Bots
	}
	return t
}

// Hours gives the traffic of each hour of a day in UTC, as long as it is kept.
func (c *Counter) Hours(ctx context.Context, day Day) (out [24]Traffic, err error) {
	first := int64(day) * 24
	err = each(ctx, c.db, sqlHours, func(scan func(...any) error) error {
		var hour, n int64
		var kind string
		if err := scan(&hour, &kind, &n); err != nil {
			return err
		}
		out[hour-first].add(kind, n)
		return nil
	}, first, first+24)
	for i := range out {
		out[i].Day = day
	}
	return out, err
}

func (u *Use) add(what string, n int64) {
	kind, _, _ := strings.Cut(what, " ")
	switch kind {
	case View.String():
		u.Views += n
	case Download.String():
		u.Downloads += n
	case Call.String():
		u.Calls += n
	case Attachment.String():
		u.Attachments += n
	case scripts.String():
		u.Scripts += n
	case bots.String():
		u.Bots += n
	}
}

// Datasets gives the use of every dataset that was used at all, the most viewed first.
func (c *Counter) Datasets(ctx context.Context, p Period) ([]Use, error) {
	found := map[string]*Use{}
	err := c.eachUse(ctx, p, "", func(_ Day, dataset, what string, n int64) {
		if found[dataset] == nil {
			found[dataset] = &Use{Dataset: dataset}
		}
		found[dataset].add(what, n)
	})
	out := make([]Use, 0, len(found))
	for _, u := range found {
		out = append(out, *u)
	}
	slices.SortFunc(out, func(a, b Use) int {
		return cmp.Or(cmp.Compare(b.Views, a.Views), cmp.Compare(b.Downloads+b.Calls, a.Downloads+a.Calls), cmp.Compare(a.Dataset, b.Dataset))
	})
	return out, err
}

// DatasetUse is the use of one dataset: in all, every day, and by what was done ("view", "download csv", "call records",
// "attachment"), crawlers apart.
type DatasetUse struct {
	Total Use
	Days  []Use
	Whats []Count
}

// Dataset gives the use of one dataset.
func (c *Counter) Dataset(ctx context.Context, uid string, p Period) (*DatasetUse, error) {
	out := &DatasetUse{Total: Use{Dataset: uid}, Days: make([]Use, p.Days())}
	whats := map[string]int64{}
	err := c.eachUse(ctx, p, uid, func(day Day, _, what string, n int64) {
		out.Total.add(what, n)
		out.Days[day-p.From].add(what, n)
		if what != bots.String() {
			whats[what] += n
		}
	})
	for i := range out.Days {
		out.Days[i].Dataset = uid
	}
	for _, what := range ordered(whats, strings.Compare) {
		out.Whats = append(out.Whats, Count{what, whats[what]})
	}
	return out, err
}

func (c *Counter) list(ctx context.Context, query string, args ...any) ([]Count, error) {
	var out []Count
	err := each(ctx, c.db, query, func(scan func(...any) error) error {
		var one Count
		if err := scan(&one.Name, &one.N); err != nil {
			return err
		}
		out = append(out, one)
		return nil
	}, args...)
	return out, err
}

// Pages gives the views by people, by class of page.
func (c *Counter) Pages(ctx context.Context, p Period) ([]Count, error) {
	return c.list(ctx, sqlPages, p.From, p.To)
}

// Endpoints gives the calls of the API that were answered well, by endpoint.
func (c *Counter) Endpoints(ctx context.Context, p Period) ([]Count, error) {
	return c.list(ctx, sqlEndpoints, p.From, p.To)
}

// Statuses gives the calls of the API by the class of their status: "2" to "5".
func (c *Counter) Statuses(ctx context.Context, p Period) ([]Count, error) {
	return c.list(ctx, sqlStatuses, p.From, p.To)
}

// Errors gives the failures, as in "page 404" and "api 400".
func (c *Counter) Errors(ctx context.Context, p Period) ([]Count, error) {
	return c.list(ctx, sqlErrors, p.From, p.To)
}

// Searches gives the number of searches, and of those without result.
func (c *Counter) Searches(ctx context.Context, p Period) (all, empty int64, err error) {
	list, err := c.list(ctx, sqlSearches, p.From, p.To)
	for _, one := range list {
		all += one.N
		if one.Name == "0" {
			empty = one.N
		}
	}
	return all, empty, err
}

// Terms gives what was searched for in the months of a period, the most frequent first.
func (c *Counter) Terms(ctx context.Context, p Period) ([]Search, error) {
	var out []Search
	err := each(ctx, c.db, sqlTerms, func(scan func(...any) error) error {
		var one Search
		if err := scan(&one.Term, &one.N, &one.Empty); err != nil {
			return err
		}
		out = append(out, one)
		return nil
	}, p.From.Month(), p.To.Month())
	return out, err
}

// Referrers gives the hosts from which people came in the weeks of a period; those that came up fewer than Threshold
// times are put together.
func (c *Counter) Referrers(ctx context.Context, p Period) ([]Count, error) {
	list, err := c.list(ctx, sqlReferrers, p.From.week(), p.To.week())
	return together(list), err
}

// Apps gives how programs call themselves, in the weeks of a period; rare ones are put together.
func (c *Counter) Apps(ctx context.Context, p Period) ([]Count, error) {
	list, err := c.list(ctx, sqlApps, p.From.week(), p.To.week())
	return together(list), err
}

// Clients gives what was fetched in the weeks of a period by class and family of the client, as in "h firefox",
// "p curl" and "b crawler"; rare ones are put together by class.
func (c *Counter) Clients(ctx context.Context, p Period) ([]Count, error) {
	list, err := c.list(ctx, sqlClients, p.From.week(), p.To.week())
	var out []Count
	for _, by := range [...]string{"h ", "p ", "b "} {
		var some []Count
		for _, one := range list {
			if rest, ok := strings.CutPrefix(one.Name, by); ok {
				some = append(some, Count{rest, one.N})
			}
		}
		for _, one := range together(some) {
			out = append(out, Count{by + one.Name, one.N})
		}
	}
	return out, err
}

// together puts what came up fewer than Threshold times under the name folded, at the end; where even they together
// are fewer, they are left out.
func together(list []Count) []Count {
	var out []Count
	var rest int64
	for _, one := range list {
		if one.N < Threshold || one.Name == folded {
			rest += one.N
		} else {
			out = append(out, one)
		}
	}
	if rest >= Threshold {
		out = append(out, Count{folded, rest})
	}
	return out
}

// UniquesOf gives the daily numbers of different visitors, of a dataset or of the portal, which is "".
func (c *Counter) UniquesOf(ctx context.Context, dataset string, p Period) ([]Unique, error) {
	var out []Unique
	err := each(ctx, c.db, sqlUniques, func(scan func(...any) error) error {
		var one Unique
		if err := scan(&one.Day, &one.N, &one.Approximate); err != nil {
			return err
		}
		out = append(out, one)
		return nil
	}, dataset, p.From, p.To)
	return out, err
}

// Served gives the number of requests answered, to everybody.
func (c *Counter) Served(ctx context.Context, p Period) (n int64, err error) {
	err = each(ctx, c.db, sqlServedSum, func(scan func(...any) error) error { return scan(&n) }, p.From, p.To)
	return n, err
}
