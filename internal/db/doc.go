// Package db holds the portal's own records: SQLite behind database/sql, and the numbered migrations that
// bring a database to the shape this binary knows.
//
// It knows no table's meaning: the SQL stands in the room that owns the noun, in the subset that SQLite and
// PostgreSQL share ($1 placeholders in the order of their first use, BIGINT microseconds for times, TEXT for
// JSON). Start at db.go, then migrations/0001_start.sql.
package db
