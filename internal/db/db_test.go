package db_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"parvis/internal/db"
	"parvis/internal/db/dbtest"
	"parvis/internal/fault"
)

func TestOpenTwiceAppliesMigrationsOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "odd ?name#100%.db")
	dbtest.OpenAt(t, path)
	pool := dbtest.OpenAt(t, path)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("the file is not where it was asked for: %v", err)
	}
	var n, last int
	if err := pool.QueryRow(`SELECT count(*), max(number) FROM migrations`).Scan(&n, &last); err != nil {
		t.Fatal(err)
	}
	if n == 0 || n != last {
		t.Errorf("%d migrations are noted, the last is number %d", n, last)
	}
}

func TestSettingsOfEachConnection(t *testing.T) {
	pool := dbtest.Open(t)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000"} {
		var got string
		if err := pool.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, want %q (%v)", pragma, got, want, err)
		}
	}
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parvis.db")
	pool := dbtest.OpenAt(t, path)
	if _, err := pool.Exec(`INSERT INTO migrations VALUES (9999, 'later', 0)`); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Open(t.Context(), path); fault.KindOf(err) != fault.Conflict {
		t.Errorf("got %v, want a conflict", err)
	}
}

func TestManyOpenAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parvis.db")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			pool, err := db.Open(t.Context(), path)
			if err != nil {
				t.Error(err)
				return
			}
			pool.Close()
		})
	}
	all.Wait()
}

func TestChangeKeepsAllOrNothing(t *testing.T) {
	pool := dbtest.Open(t)
	before, err := db.Revision(t.Context(), pool, "catalog")
	if err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	advance := func(then error) func(*sql.Tx) error {
		return func(tx *sql.Tx) error {
			n, err := db.Advance(t.Context(), tx, "catalog")
			if err != nil {
				return err
			}
			if n != before+1 {
				t.Errorf("advanced to %d, want %d", n, before+1)
			}
			return then
		}
	}
	if err := db.Change(t.Context(), pool, advance(stop)); !errors.Is(err, stop) {
		t.Errorf("got %v, want the work's own failure", err)
	}
	if n, _ := db.Revision(t.Context(), pool, "catalog"); n != before {
		t.Errorf("a failed change left revision %d, want %d", n, before)
	}
	if err := db.Change(t.Context(), pool, advance(nil)); err != nil {
		t.Fatal(err)
	}
	if n, _ := db.Revision(t.Context(), pool, "catalog"); n != before+1 {
		t.Errorf("a change left revision %d, want %d", n, before+1)
	}
}

func TestWritersWaitForEachOther(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parvis.db")
	pools := []*sql.DB{dbtest.OpenAt(t, path), dbtest.OpenAt(t, path)}
	before, _ := db.Revision(t.Context(), pools[0], "catalog")
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			err := db.Change(context.Background(), pools[i%2], func(tx *sql.Tx) error {
				_, err := db.Advance(t.Context(), tx, "catalog")
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if after, _ := db.Revision(t.Context(), pools[1], "catalog"); after != before+40 {
		t.Errorf("40 changes moved the revision from %d to %d", before, after)
	}
}

func TestSecretStays(t *testing.T) {
	pool := dbtest.Open(t)
	one, err := db.Secret(t.Context(), pool, "one")
	if err != nil || len(one) != 32 {
		t.Fatalf("%d bytes, %v", len(one), err)
	}
	again, _ := db.Secret(t.Context(), pool, "one")
	other, _ := db.Secret(t.Context(), pool, "other")
	if !bytes.Equal(one, again) || bytes.Equal(one, other) {
		t.Error("a secret does not stay, or is that of another name")
	}
}
