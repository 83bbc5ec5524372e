package statistics

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"parvis/internal/db"
)

const (
	sqlSlimReferrers  = `SELECT week, sum(n) FROM usage_referrers WHERE week < $1 AND n < $2 AND host <> $3 GROUP BY week ORDER BY week`
	sqlSlimApps       = `SELECT week, sum(n) FROM usage_apps WHERE week < $1 AND n < $2 AND app <> $3 GROUP BY week ORDER BY week`
	sqlDropReferrers  = `DELETE FROM usage_referrers WHERE week < $1 AND n < $2 AND host <> $3`
	sqlDropApps       = `DELETE FROM usage_apps WHERE week < $1 AND n < $2 AND app <> $3`
	sqlDropHours      = `DELETE FROM usage_hours WHERE hour < $1`
	sqlDropServed     = `DELETE FROM usage_served WHERE day < $1`
	sqlDropDays       = `DELETE FROM usage_days WHERE day < $1`
	sqlDropPages      = `DELETE FROM usage_pages WHERE day < $1`
	sqlDropUses       = `DELETE FROM usage_datasets WHERE day < $1`
	sqlDropPacked     = `DELETE FROM usage_today WHERE day < $1`
	sqlDropCalls      = `DELETE FROM usage_calls WHERE day < $1`
	sqlDropErrors     = `DELETE FROM usage_errors WHERE day < $1`
	sqlDropSearches   = `DELETE FROM usage_searches WHERE day < $1`
	sqlDropUniques    = `DELETE FROM usage_uniques WHERE day < $1`
	sqlDropTerms      = `DELETE FROM usage_terms WHERE month < $1`
	sqlDropClients    = `DELETE FROM usage_clients WHERE week < $1`
	sqlDropOldNames   = `DELETE FROM usage_referrers WHERE week < $1`
	sqlDropOldAppRows = `DELETE FROM usage_apps WHERE week < $1`
)

// Clean is the nightly work: it deletes what is older than the portal may keep, drops the hours that are kept by the
// day too, and puts together the names that came up fewer than Threshold times in a week that is over. It logs the
// number of rows deleted.
func (c *Counter) Clean(ctx context.Context) error {
	today := c.Today()
	oldest := DayOf(today.Start().AddDate(0, -c.months, 0))
	month, week := oldest.Month(), oldest.week() // those that are not old as a whole go too: nothing is kept for longer
	if oldest > month.First() {
		month++
	}
	if oldest > weekStart(week) {
		week++
	}
	var gone, hours, slim int64
	err := db.Change(ctx, c.db, func(tx *sql.Tx) error {
		for _, one := range []struct {
			text  string
			least int64
			count *int64
		}{
			{sqlDropHours, int64(today-HourlyFor) * 24, &hours},
			{sqlDropServed, int64(oldest), &gone}, {sqlDropDays, int64(oldest), &gone}, {sqlDropPages, int64(oldest), &gone},
			{sqlDropUses, int64(oldest), &gone}, {sqlDropCalls, int64(oldest), &gone}, {sqlDropErrors, int64(oldest), &gone},
			{sqlDropSearches, int64(oldest), &gone}, {sqlDropUniques, int64(oldest), &gone},
			{sqlDropTerms, int64(month), &gone}, {sqlDropClients, week, &gone},
			{sqlDropOldNames, week, &gone}, {sqlDropOldAppRows, week, &gone},
		} {
			if err := count(ctx, tx, one.count, one.text, one.least); err != nil {
				return err
			}
		}
		if err := fold(ctx, tx, today.week(), &slim, sqlSlimReferrers, sqlDropReferrers, sqlReferrer); err != nil {
			return err
		}
		if err := fold(ctx, tx, today.week(), &slim, sqlSlimApps, sqlDropApps, sqlApp); err != nil {
			return err
		}
		return pack(ctx, tx, today)
	})
	if err != nil {
		return fmt.Errorf("clean the statistics: %w", err)
	}
	c.log.Info("statistics cleaned", "deleted", gone, "hours folded", hours, "rare names folded", slim, "oldest day", oldest.String())
	return nil
}

// count runs a deletion and adds the number of rows.
func count(ctx context.Context, tx *sql.Tx, to *int64, text string, args ...any) error {
	done, err := tx.ExecContext(ctx, text, args...)
	if err != nil {
		return err
	}
	n, err := done.RowsAffected()
	*to += n
	return err
}

// fold puts the rare names of the weeks before one together.
func fold(ctx context.Context, tx *sql.Tx, week int64, to *int64, find, drop, put string) error {
	rows, err := tx.QueryContext(ctx, find, week, Threshold, folded)
	if err != nil {
		return err
	}
	defer rows.Close()
	sums := map[int64]int64{}
	for rows.Next() {
		var w, n int64
		if err := rows.Scan(&w, &n); err != nil {
			return err
		}
		sums[w] = n
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if err := count(ctx, tx, to, drop, week, Threshold, folded); err != nil {
		return err
	}
	for _, w := range ordered(sums, cmp.Compare[int64]) {
		if _, err := tx.ExecContext(ctx, put, w, folded, sums[w]); err != nil {
			return err
		}
	}
	return nil
}

// pack moves the uses of datasets of the days that are over to where they take a row a dataset, written in the order of
// their keys: the file does not tell any more which dataset was asked for first.
func pack(ctx context.Context, tx *sql.Tx, today Day) error {
	over := map[dayKey]map[string]int64{}
	take := func(day Day, dataset, what string, n int64) {
		if over[dayKey{day, dataset}] == nil {
			over[dayKey{day, dataset}] = map[string]int64{}
		}
		over[dayKey{day, dataset}][what] += n
	}
	if err := eachToday(ctx, tx, Period{0, today - 1}, take); err != nil || len(over) == 0 {
		return err
	}
	first := slices.MinFunc(slices.Collect(maps.Keys(over)), compareDays).day
	err := eachPacked(ctx, tx, Period{first, today - 1}, func(day Day, dataset, what string, n int64) {
		if over[dayKey{day, dataset}] != nil { // a batch that came late
			take(day, dataset, what, n)
		}
	})
	if err != nil {
		return err
	}
	w := &writer{ctx: ctx, tx: tx}
	put(w, ordered(over, compareDays), sqlPacked, func(k dayKey) []any { return []any{k.day, k.dataset, packed(over[k])} })
	if w.err != nil {
		return w.err
	}
	_, err = tx.ExecContext(ctx, sqlDropPacked, today)
	return err
}
