// Package xlsx reads and writes Excel workbooks (Office Open XML), one sheet of rows.
//
// Start at writer.go for writing; the reader stands beside it.
package xlsx
