// Package statistics counts what the portal is used for: pages, datasets, downloads, API calls, searches, by day.
//
// It counts uses, never users. Nothing of a visitor enters a key: no address, no name of a browser, no path, no query,
// no moment; each dimension is a table of its own that cannot be joined to another. What it needs of a request is
// reduced to a class and to names from its own lists before it is kept, in memory too. Daily uniques, which the
// operator may turn on, live in memory alone, under a salt that dies with the day; only their number is written.
//
// Start at hit.go (what a door tells), then counter.go (how it is kept), figure.go and public.go (what may be shown).
package statistics
