package account

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"
	"time"

	"parvis/internal/db"
)

// room is the name under which accounts count their revisions.
const room = "account"

const followEvery = 200 * time.Millisecond

// followed is what memory holds of some tables of this room: read again whenever the room's revision has changed,
// by this process or another. What it gives never changes.
type followed[T any] struct {
	db   *sql.DB
	read func(context.Context, db.Asker) (T, error)
	now  atomic.Pointer[copied[T]]

	reading sync.Mutex // held by the one who reads the tables again
}

// copied is what was read at one revision.
type copied[T any] struct {
	revision int64
	value    T
}

// follow starts a copy of what read gives.
func follow[T any](ctx context.Context, pool *sql.DB, read func(context.Context, db.Asker) (T, error)) (*followed[T], error) {
	f := &followed[T]{db: pool, read: read}
	return f, f.refresh(ctx)
}

// get gives what was read last.
func (f *followed[T]) get() T { return f.now.Load().value }

// refresh reads again where anything changed.
func (f *followed[T]) refresh(ctx context.Context) error {
	f.reading.Lock()
	defer f.reading.Unlock()
	revision, err := db.Revision(ctx, f.db, room)
	if err != nil {
		return err
	}
	if last := f.now.Load(); last != nil && last.revision == revision {
		return nil
	}
	value, err := f.read(ctx, f.db)
	if err != nil {
		return err
	}
	f.now.Store(&copied[T]{revision, value})
	return nil
}

// each does work every so often until ctx ends; failed receives what goes wrong and may be nil.
func each(ctx context.Context, every time.Duration, work func(context.Context) error, failed func(error)) {
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		if err := work(ctx); err != nil && ctx.Err() == nil && failed != nil {
			failed(err)
		}
	}
}

// atEnd does what is left to do once ctx has ended, within five seconds.
func atEnd(ctx context.Context, work func(context.Context) error, failed func(error)) {
	last, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer stop()
	if err := work(last); err != nil && failed != nil {
		failed(err)
	}
}

// change does work in one transaction that counts the room's revision up.
func change(ctx context.Context, pool *sql.DB, work func(*sql.Tx) error) error {
	return db.Change(ctx, pool, func(tx *sql.Tx) error {
		if err := work(tx); err != nil {
			return err
		}
		_, err := db.Advance(ctx, tx, room)
		return err
	})
}

const sqlNumber = `UPDATE account_numbers SET last = last + 1 WHERE noun = $1 RETURNING last`

// number gives the next number of a noun, which nothing had before.
func number(ctx context.Context, tx *sql.Tx, noun string) (n int64, err error) {
	return n, tx.QueryRowContext(ctx, sqlNumber, noun).Scan(&n)
}
