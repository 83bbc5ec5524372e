package statistics

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"

	"parvis/internal/db"
)

const (
	sqlServed   = `INSERT INTO usage_served (day, n) VALUES ($1, $2) ON CONFLICT (day) DO UPDATE SET n = usage_served.n + excluded.n`
	sqlHour     = `INSERT INTO usage_hours (hour, kind, n) VALUES ($1, $2, $3) ON CONFLICT (hour, kind) DO UPDATE SET n = usage_hours.n + excluded.n`
	sqlDay      = `INSERT INTO usage_days (day, kind, n) VALUES ($1, $2, $3) ON CONFLICT (day, kind) DO UPDATE SET n = usage_days.n + excluded.n`
	sqlPage     = `INSERT INTO usage_pages (day, page, class, n) VALUES ($1, $2, $3, $4) ON CONFLICT (day, page, class) DO UPDATE SET n = usage_pages.n + excluded.n`
	sqlUse      = `INSERT INTO usage_today (day, dataset, what, n) VALUES ($1, $2, $3, $4) ON CONFLICT (day, dataset, what) DO UPDATE SET n = usage_today.n + excluded.n`
	sqlCall     = `INSERT INTO usage_calls (day, endpoint, status, n) VALUES ($1, $2, $3, $4) ON CONFLICT (day, endpoint, status) DO UPDATE SET n = usage_calls.n + excluded.n`
	sqlError    = `INSERT INTO usage_errors (day, door, code, n) VALUES ($1, $2, $3, $4) ON CONFLICT (day, door, code) DO UPDATE SET n = usage_errors.n + excluded.n`
	sqlSearch   = `INSERT INTO usage_searches (day, found, n) VALUES ($1, $2, $3) ON CONFLICT (day, found) DO UPDATE SET n = usage_searches.n + excluded.n`
	sqlTerm     = `INSERT INTO usage_terms (month, term, n, empty) VALUES ($1, $2, $3, $4) ON CONFLICT (month, term) DO UPDATE SET n = usage_terms.n + excluded.n, empty = usage_terms.empty + excluded.empty`
	sqlClient   = `INSERT INTO usage_clients (week, class, family, n) VALUES ($1, $2, $3, $4) ON CONFLICT (week, class, family) DO UPDATE SET n = usage_clients.n + excluded.n`
	sqlReferrer = `INSERT INTO usage_referrers (week, host, n) VALUES ($1, $2, $3) ON CONFLICT (week, host) DO UPDATE SET n = usage_referrers.n + excluded.n`
	sqlApp      = `INSERT INTO usage_apps (week, app, n) VALUES ($1, $2, $3) ON CONFLICT (week, app) DO UPDATE SET n = usage_apps.n + excluded.n`
	sqlUnique   = `INSERT INTO usage_uniques (day, dataset, n, approximate) VALUES ($1, $2, $3, $4) ON CONFLICT (day, dataset) DO UPDATE SET n = usage_uniques.n + excluded.n, approximate = 1`
	sqlMonth    = `SELECT term FROM usage_terms WHERE month = $1`
)

// Flush writes what was counted so far, in one transaction. Where that fails it is kept for the next time.
func (c *Counter) Flush(ctx context.Context) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	var over map[uniqueKey]uniqueCount
	if c.uniques != nil {
		over = c.uniques.turn(c.Today())
	}
	c.mu.Lock()
	c.keep(over)
	b, numbers := c.now, c.numbers
	if b.empty() && len(numbers) == 0 {
		c.mu.Unlock()
		return nil
	}
	b.turn(-1, c.agents.known)
	c.now, c.numbers = newBatch(), map[uniqueKey]uniqueCount{}
	c.mu.Unlock()

	err := db.Change(ctx, c.db, func(tx *sql.Tx) error {
		w := &writer{ctx: ctx, tx: tx}
		w.batch(b)
		w.numbers(numbers)
		return w.err
	})
	if err == nil {
		return nil
	}
	c.mu.Lock()
	c.now.turn(-1, c.agents.known)
	b.merge(c.now)
	maps.Copy(numbers, c.numbers)
	c.now, c.numbers = b, numbers
	c.mu.Unlock()
	return fmt.Errorf("write the statistics: %w", err)
}

// writer writes rows until one fails.
type writer struct {
	ctx context.Context //nolint:containedctx // it lives as long as one call
	tx  *sql.Tx
	err error
}

// put writes a row for each key in its order, with a statement that is read once.
func put[K any](w *writer, keys []K, text string, args func(K) []any) {
	if w.err != nil || len(keys) == 0 {
		return
	}
	statement, err := w.tx.PrepareContext(w.ctx, text)
	if err != nil {
		w.err = err
		return
	}
	defer statement.Close()
	for _, key := range keys {
		if _, w.err = statement.ExecContext(w.ctx, args(key)...); w.err != nil {
			return
		}
	}
}

// batch writes each table's rows in the order of their keys, so that the file does not tell in which order they came.
func (w *writer) batch(b *batch) {
	days := map[pageKey]int64{} // the traffic of each hour, by day
	for key, n := range b.hours {
		days[pageKey{day: Day(floor(key.hour, 24)), page: key.kind}] += n
	}
	put(w, ordered(b.served, cmp.Compare[Day]), sqlServed, func(d Day) []any { return []any{d, b.served[d]} })
	put(w, ordered(b.hours, func(x, y hourKey) int { return cmp.Or(cmp.Compare(x.hour, y.hour), cmp.Compare(x.kind, y.kind)) }), sqlHour,
		func(k hourKey) []any { return []any{k.hour, k.kind, b.hours[k]} })
	put(w, ordered(days, comparePages), sqlDay, func(k pageKey) []any { return []any{k.day, k.page, days[k]} })
	put(w, ordered(b.pages, comparePages), sqlPage, func(k pageKey) []any { return []any{k.day, k.page, string(k.class), b.pages[k]} })
	put(w, ordered(b.uses, compareUses), sqlUse, func(k useKey) []any { return []any{k.day, k.dataset, k.what(), b.uses[k]} })
	put(w, ordered(b.calls, func(x, y callKey) int {
		return cmp.Or(cmp.Compare(x.day, y.day), cmp.Compare(x.endpoint, y.endpoint), cmp.Compare(x.status, y.status))
	}), sqlCall, func(k callKey) []any { return []any{k.day, k.endpoint, k.status, b.calls[k]} })
	put(w, ordered(b.errors, func(x, y errorKey) int {
		return cmp.Or(cmp.Compare(x.day, y.day), cmp.Compare(x.door, y.door), cmp.Compare(x.code, y.code))
	}), sqlError, func(k errorKey) []any { return []any{k.day, k.door, k.code, b.errors[k]} })
	put(w, ordered(b.searches, func(x, y searchKey) int {
		return cmp.Or(cmp.Compare(x.day, y.day), cmp.Compare(number(x.found), number(y.found)))
	}), sqlSearch, func(k searchKey) []any { return []any{k.day, number(k.found), b.searches[k]} })
	put(w, ordered(b.terms, func(x, y termKey) int { return cmp.Or(cmp.Compare(x.month, y.month), cmp.Compare(x.term, y.term)) }), sqlTerm,
		func(k termKey) []any { return []any{k.month, k.term, b.terms[k].n, b.terms[k].empty} })
	put(w, ordered(b.clients, func(x, y clientKey) int {
		return cmp.Or(cmp.Compare(x.week, y.week), cmp.Compare(x.client.class, y.client.class), cmp.Compare(x.client.family, y.client.family))
	}), sqlClient, func(k clientKey) []any { return []any{k.week, string(k.client.class), k.client.family, b.clients[k]} })
	put(w, ordered(b.referrers, compareNames), sqlReferrer, func(k nameKey) []any { return []any{k.week, k.name, b.referrers[k]} })
	put(w, ordered(b.apps, compareNames), sqlApp, func(k nameKey) []any { return []any{k.week, k.name, b.apps[k]} })
}

func (w *writer) numbers(over map[uniqueKey]uniqueCount) {
	put(w, ordered(over, func(x, y uniqueKey) int { return cmp.Or(cmp.Compare(x.day, y.day), cmp.Compare(x.dataset, y.dataset)) }), sqlUnique,
		func(k uniqueKey) []any { return []any{k.day, k.dataset, over[k].n, number(over[k].late)} })
}

func comparePages(x, y pageKey) int {
	return cmp.Or(cmp.Compare(x.day, y.day), cmp.Compare(x.page, y.page), cmp.Compare(x.class, y.class))
}

func compareNames(x, y nameKey) int {
	return cmp.Or(cmp.Compare(x.week, y.week), cmp.Compare(x.name, y.name))
}

// number gives 1 for true.
func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// readTerms takes in the month's terms that are written already: they are only added to.
func (c *Counter) readTerms(ctx context.Context, month Month) error {
	rows, err := c.db.QueryContext(ctx, sqlMonth, month)
	if err != nil {
		return fmt.Errorf("read the terms searched for: %w", err)
	}
	defer rows.Close()
	c.searches.month = month
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return fmt.Errorf("read the terms searched for: %w", err)
		}
		c.searches.terms[text] = &term{written: true}
	}
	return rows.Err()
}
