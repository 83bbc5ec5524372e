package catalog

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"parvis/internal/db"
)

// CallCount is how many calls of a name came in a unit of time.
type CallCount struct {
	Name       string
	Start, End time.Time
	Calls      int64
}

const (
	sqlCalls     = `SELECT name, start, ends, calls FROM call_counts WHERE ends > $1`
	sqlSaveCalls = `INSERT INTO call_counts (name, start, ends, calls) VALUES ($1, $2, $3, $4)
	 ON CONFLICT (name) DO UPDATE SET start = excluded.start, ends = excluded.ends, calls = excluded.calls`
	sqlOldCalls = `DELETE FROM call_counts WHERE ends <= $1`
)

// CallCounts gives the counts of units of time that are not over.
func (c *Catalog) CallCounts(ctx context.Context, now time.Time) ([]CallCount, error) {
	rows, err := c.db.QueryContext(ctx, sqlCalls, now.UnixMicro())
	if err != nil {
		return nil, fmt.Errorf("read the counts of calls: %w", err)
	}
	defer rows.Close()
	var out []CallCount
	for rows.Next() {
		var one CallCount
		var start, end int64
		if err := rows.Scan(&one.Name, &start, &end, &one.Calls); err != nil {
			return nil, fmt.Errorf("read the counts of calls: %w", err)
		}
		one.Start, one.End = moment(start), moment(end)
		out = append(out, one)
	}
	return out, rows.Err()
}

// SaveCallCounts writes counts, and forgets those of units of time that are over.
func (c *Catalog) SaveCallCounts(ctx context.Context, counts []CallCount) error {
	if len(counts) == 0 {
		return nil
	}
	err := db.Change(ctx, c.db, func(tx *sql.Tx) error {
		for _, one := range counts {
			if _, err := tx.ExecContext(ctx, sqlSaveCalls, one.Name, one.Start.UnixMicro(), one.End.UnixMicro(), one.Calls); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, sqlOldCalls, c.clock().UnixMicro())
		return err
	})
	if err != nil {
		return fmt.Errorf("write the counts of calls: %w", err)
	}
	return nil
}
