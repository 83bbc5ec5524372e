package db

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"runtime"
	"strings"
	"time"

	"parvis/internal/fault"
)

// Driver is the name under which the SQLite driver is registered. Whoever opens a database imports it:
// cmd/parvis/wire.go for the binary, db/dbtest for tests.
const Driver = "sqlite3"

// busy is how long a writer waits for another process's transaction before it gives up.
const busy = 10 * time.Second

// Open opens the database file at path, which is made when it is not there, and applies the migrations it
// lacks. Several processes may do so at once. A transaction holds the right to write from its beginning, so that it
// never fails half-way for want of it; plain queries read beside it.
//
// Kind Conflict: the database was made by a newer binary.
func Open(ctx context.Context, path string) (*sql.DB, error) {
	pool, err := sql.Open(Driver, source(path))
	if err != nil {
		return nil, fmt.Errorf("open the database %s: %w", path, err)
	}
	pool.SetMaxOpenConns(max(4, runtime.NumCPU()))
	pool.SetMaxIdleConns(4)
	if err := migrate(ctx, pool); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open the database %s: %w", path, err)
	}
	return pool, nil
}

// source gives the driver's address of the file. Synchronous FULL makes each commit durable: publishing
// is rare, and what was answered as published must outlive a power cut.
func source(path string) string {
	options := url.Values{
		"_journal_mode": {"WAL"},
		"_synchronous":  {"FULL"},
		"_txlock":       {"immediate"},
		"_busy_timeout": {fmt.Sprint(busy.Milliseconds())},
		"_foreign_keys": {"true"},
	}
	escaped := strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23").Replace(path)
	return "file:" + escaped + "?" + options.Encode()
}

// Change runs work in one transaction: all of it is kept, or, when it fails, nothing.
func Change(ctx context.Context, pool *sql.DB, work func(*sql.Tx) error) error {
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback()
	if err := work(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// A revision is a number a room counts up in each transaction that changes its tables, so that other
// processes see at the price of one row whether they must read anything again.
const (
	sqlRevision = `SELECT n FROM revisions WHERE room = $1`
	sqlAdvance  = `UPDATE revisions SET n = n + 1 WHERE room = $1`
)

// Asker is what a query may be put to: a *sql.DB or a *sql.Tx.
type Asker interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Revision gives the number of the room's last change.
func Revision(ctx context.Context, from Asker, room string) (n int64, err error) {
	if err := from.QueryRowContext(ctx, sqlRevision, room).Scan(&n); err != nil {
		return 0, fmt.Errorf("read the revision of %s: %w", room, err)
	}
	return n, nil
}

// Advance counts the room's revision up within tx and gives the new number.
func Advance(ctx context.Context, tx *sql.Tx, room string) (int64, error) {
	if _, err := tx.ExecContext(ctx, sqlAdvance, room); err != nil {
		return 0, fmt.Errorf("advance the revision of %s: %w", room, err)
	}
	return Revision(ctx, tx, room)
}

// tooNew is the refusal to touch what a newer binary made.
func tooNew(found, known int) error {
	return fault.New(fault.Conflict, "the database was made by a newer parvis (its shape is number %d, this binary knows %d): run that version or a later one", found, known)
}
