package account

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"parvis/internal/db"
)

// flushEvery is how long days of use wait in memory before they are written.
const flushEvery = time.Minute

// daily notes on which days things are used, off the path of requests: a look-up in memory for each use, one write a
// thing and day. The time of day is never known to it.
type daily struct {
	mutex   sync.Mutex
	known   map[int64]time.Time // the last day noted
	waiting map[int64]time.Time // those of them not yet written
}

// note remembers that something was used at a time.
func (d *daily) note(id int64, at time.Time) {
	day := at.UTC().Truncate(24 * time.Hour)
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.known[id].Equal(day) {
		return
	}
	if d.known == nil {
		d.known, d.waiting = map[int64]time.Time{}, map[int64]time.Time{}
	}
	d.known[id], d.waiting[id] = day, day
}

// flush writes what waits by a statement that takes a day and a number.
func (d *daily) flush(ctx context.Context, pool *sql.DB, statement string) error {
	d.mutex.Lock()
	waiting := d.waiting
	d.waiting = map[int64]time.Time{}
	d.mutex.Unlock()
	if len(waiting) == 0 {
		return nil
	}
	err := db.Change(ctx, pool, func(tx *sql.Tx) error {
		for id, day := range waiting {
			if _, err := tx.ExecContext(ctx, statement, day.UnixMicro(), id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		d.mutex.Lock()
		maps.Copy(waiting, d.waiting)
		d.waiting = waiting
		d.mutex.Unlock()
		return fmt.Errorf("write days of use: %w", err)
	}
	return nil
}

const sqlSeen = `UPDATE people SET last_seen = $1 WHERE id = $2 AND (last_seen IS NULL OR last_seen < $1)`

// Saw notes that a person was here today.
func (p *People) Saw(id int64) { p.seen.note(id, p.clock()) }

// Flush writes on which days people were last here.
func (p *People) Flush(ctx context.Context) error { return p.seen.flush(ctx, p.db, sqlSeen) }

// withSeen copies profiles, with the days on which people were last here, which memory does not hold.
func (p *People) withSeen(ctx context.Context, found []*Profile) ([]Profile, error) {
	out := make([]Profile, len(found))
	at := map[int64]int{}
	var ids []any
	for i, one := range found {
		out[i] = *one
		at[one.ID] = i
		ids = append(ids, one.ID)
	}
	for len(ids) > 0 {
		some := ids[:min(500, len(ids))]
		ids = ids[len(some):]
		query := `SELECT id, last_seen FROM people WHERE last_seen IS NOT NULL AND id IN (` + places(len(some)) + `)`
		err := list(ctx, p.db, query, some, func(scan func(...any) error) error {
			var id, day int64
			if err := scan(&id, &day); err != nil {
				return err
			}
			out[at[id]].Seen = moment(day)
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read when people were here: %w", err)
		}
	}
	return out, nil
}

// places gives "$1, $2, …".
func places(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", i+1)
	}
	return b.String()
}
