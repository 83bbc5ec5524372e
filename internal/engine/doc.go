// Package engine is the seam to the columnar engine that holds the rows: the interface that drivers
// implement (internal/engine/duckdb), the layout of a version's tables, and the SQL statements that
// internal/odsql/sqlgen writes for it.
//
// It never parses a user's text and knows no dataset by name. Start at engine.go, then layout.go.
package engine
