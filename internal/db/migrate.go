package db

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"
)

//go:embed migrations/*.sql
var files embed.FS

// migration is one step: migrations/0001_start.sql is number 1.
type migration struct {
	number int
	name   string
	text   string
}

const (
	sqlKnown = `CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied BIGINT NOT NULL)`
	sqlLast  = `SELECT coalesce(max(number), 0) FROM migrations`
	sqlDone  = `INSERT INTO migrations (number, name, applied) VALUES ($1, $2, $3)`
)

// steps reads the migrations of a folder in their order: numbers without gaps, from 1.
func steps(folder fs.FS) ([]migration, error) {
	names, err := fs.Glob(folder, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	var out []migration
	for i, name := range names {
		base := strings.TrimPrefix(name, "migrations/")
		number, err := strconv.Atoi(strings.SplitN(base, "_", 2)[0])
		if err != nil || number != i+1 {
			return nil, fmt.Errorf("migration %s: its number should be %d", base, i+1)
		}
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, err
		}
		out = append(out, migration{number, base, string(text)})
	}
	return out, nil
}

// migrate applies what the database lacks, all in one transaction.
func migrate(ctx context.Context, pool *sql.DB) error {
	known, err := steps(files)
	if err != nil {
		return err
	}
	return apply(ctx, pool, known)
}

func apply(ctx context.Context, pool *sql.DB, known []migration) error {
	return Change(ctx, pool, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, sqlKnown); err != nil {
			return fmt.Errorf("make the table of migrations: %w", err)
		}
		var last int
		if err := tx.QueryRowContext(ctx, sqlLast).Scan(&last); err != nil {
			return fmt.Errorf("read the table of migrations: %w", err)
		}
		if last > len(known) {
			return tooNew(last, len(known))
		}
		for _, step := range known[last:] {
			if _, err := tx.ExecContext(ctx, step.text); err != nil {
				return fmt.Errorf("migration %s: %w", step.name, err)
			}
			if _, err := tx.ExecContext(ctx, sqlDone, step.number, step.name, time.Now().UnixMicro()); err != nil {
				return fmt.Errorf("migration %s: %w", step.name, err)
			}
		}
		return nil
	})
}
