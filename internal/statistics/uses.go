package statistics

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"parvis/internal/db"
)

const (
	sqlToday  = `SELECT day, dataset, what, n FROM usage_today WHERE day >= $1 AND day <= $2 ORDER BY day, dataset, what`
	sqlPast   = `SELECT day, dataset, uses FROM usage_datasets WHERE day >= $1 AND day <= $2 ORDER BY day, dataset`
	sqlPacked = `INSERT INTO usage_datasets (day, dataset, uses) VALUES ($1, $2, $3) ON CONFLICT (day, dataset) DO UPDATE SET uses = excluded.uses`
	// The days are counted up, so that each is looked up by the whole key.
	sqlTodayOf = `SELECT day, dataset, what, n FROM usage_today WHERE day >= $1 AND day <= $2 AND dataset = $3 ORDER BY day, what`
	sqlPastOf  = `WITH RECURSIVE days (d) AS (SELECT $1 UNION ALL SELECT d + 1 FROM days WHERE d < $2)
		SELECT u.day, u.dataset, u.uses FROM days JOIN usage_datasets u ON u.day = days.d AND u.dataset = $3 ORDER BY u.day`
)

// dayKey is a dataset in a day.
type dayKey struct {
	day     Day
	dataset string
}

func compareDays(a, b dayKey) int {
	return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.dataset, b.dataset))
}

// taker is handed the uses of datasets one by one: how often something was done with one in a day.
type taker func(day Day, dataset, what string, n int64)

// eachUse hands out the uses in a period of all datasets, or of one.
func (c *Counter) eachUse(ctx context.Context, p Period, dataset string, take taker) error {
	if dataset == "" {
		if err := eachPacked(ctx, c.db, p, take); err != nil {
			return err
		}
		return eachToday(ctx, c.db, p, take)
	}
	if err := packedRows(ctx, c.db, take, sqlPastOf, p.From, p.To, dataset); err != nil {
		return err
	}
	return todayRows(ctx, c.db, take, sqlTodayOf, p.From, p.To, dataset)
}

func eachToday(ctx context.Context, from db.Asker, p Period, take taker) error {
	return todayRows(ctx, from, take, sqlToday, p.From, p.To)
}

func eachPacked(ctx context.Context, from db.Asker, p Period, take taker) error {
	return packedRows(ctx, from, take, sqlPast, p.From, p.To)
}

func todayRows(ctx context.Context, from db.Asker, take taker, query string, args ...any) error {
	return each(ctx, from, query, func(scan func(...any) error) error {
		var day Day
		var dataset, what string
		var n int64
		if err := scan(&day, &dataset, &what, &n); err != nil {
			return err
		}
		take(day, dataset, what, n)
		return nil
	}, args...)
}

func packedRows(ctx context.Context, from db.Asker, take taker, query string, args ...any) error {
	return each(ctx, from, query, func(scan func(...any) error) error {
		var day Day
		var dataset, uses string
		if err := scan(&day, &dataset, &uses); err != nil {
			return err
		}
		for one := range strings.SplitSeq(uses, ",") {
			at := strings.LastIndexByte(one, ' ')
			if at < 0 {
				return fmt.Errorf("the uses of %s on %s are damaged", dataset, day)
			}
			n, err := strconv.ParseInt(one[at+1:], 10, 64)
			if err != nil {
				return fmt.Errorf("the uses of %s on %s are damaged: %w", dataset, day, err)
			}
			take(day, dataset, one[:at], n)
		}
		return nil
	}, args...)
}

// packed writes the uses of a dataset in a day in one text.
func packed(uses map[string]int64) string {
	var out []byte
	for i, what := range ordered(uses, strings.Compare) {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(out, what...), ' ')
		out = strconv.AppendInt(out, uses[what], 10)
	}
	return string(out)
}

// each runs a query and hands its rows to scan.
func each(ctx context.Context, from db.Asker, query string, scan func(scan func(...any) error) error, args ...any) error {
	rows, err := from.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("read the statistics: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows.Scan); err != nil {
			return fmt.Errorf("read the statistics: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the statistics: %w", err)
	}
	return nil
}
