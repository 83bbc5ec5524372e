// Package duckdb is the engine.Engine that DuckDB, linked into the binary, stands behind.
//
// One instance in memory reads: version files are attached to it read-only when first asked for, and the
// least recently used are detached again. Every load has a writing instance of its own, so that a load never
// takes memory or locks from readers. The reading instance may open files of two directories only, fetches
// no extension, and its settings are locked.
//
// It never writes SQL about a user's question, only about files, loading and indexes. Start at engine.go;
// a question goes through query.go, attach.go and rows.go, a load through load.go and index.go.
package duckdb
