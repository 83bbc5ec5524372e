// Command bench measures what Parvis promises, each figure as a ratio against a baseline taken in the same run, since
// machines differ and are noisy. It makes its own data: a million rows of words that follow Zipf's law, five facets, dates, numbers, points.
//
// Run it with `make bench`; `-only NAME` picks figures, `-rows N` changes the size, `-large` adds those of 10 and 100 million rows.
// Every figure says its limit and whether it was kept; the exit status is 1 when one was not.
package main
