// Package ingest turns sources into published records: a file whose types are inferred, or a folder as a portal's
// API exports it.
//
// Start at import.go and folder.go, the two ways in. load.go is the way of the rows: read and judged on one
// goroutine, converted and handed to the engine on another. classify.go says what a value looks like, infer.go
// what a column of such values is, convert.go makes values of that type. What does not fit becomes null and is
// reported (rejects.go); it never stops a load.
package ingest
