// Package delimited reads and writes text files with delimited cells: CSV, TSV and their kin.
//
// Start at writer.go for writing; the reader stands beside it.
package delimited
