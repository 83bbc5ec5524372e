// Package analyse makes figures of a dataset's rows: the server computes the aggregates, draws them, puts the finding
// into words and shows the same values as a table; the page's script swaps figures and lets them be explored.
package analyse
