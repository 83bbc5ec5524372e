// Package sqlgen writes the SQL of a checked plan for DuckDB, over the tables that internal/engine/layout.go tells.
//
// SQL comes only from the typed tree of internal/odsql/check; a user's text enters it through engine.Quote alone and
// numbers through strconv. It parses nothing and runs nothing. Start at rows.go.
package sqlgen
