// Package dbtest opens real databases for tests.
package dbtest

import (
	"database/sql"
	"path/filepath"
	"testing"

	_ "github.com/mattn/go-sqlite3" // the driver, under the name db.Driver

	"parvis/internal/db"
)

// Open opens a fresh database that is closed and gone when the test ends.
func Open(t testing.TB) *sql.DB {
	t.Helper()
	return OpenAt(t, filepath.Join(t.TempDir(), "parvis.db"))
}

// OpenAt opens the database at path, and closes it when the test ends.
func OpenAt(t testing.TB, path string) *sql.DB {
	t.Helper()
	pool, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pool.Close() })
	return pool
}
