// Package format reads and writes file formats, one sub-room a format. A reader streams raw rows out of foreign
// bytes and guesses no types (internal/ingest does); a writer streams batches of an answer into bytes.
//
// Start at format.go.
package format
