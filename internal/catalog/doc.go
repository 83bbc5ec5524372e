// Package catalog holds the datasets' descriptions, their published versions and the access rule.
//
// It knows which version of a dataset is served and makes a new one take its place in one step; it never
// reads rows, parses foreign files or knows a URL. Everything it serves stands in memory as snapshots that
// never change, so that asking costs no lock and no query. Start at entry.go and catalog.go; stage.go and
// publish.go are how a version comes to be, sweep.go what cleans up after a crash.
//
// The data directory:
//
//	parvis.db                   the metadata database
//	versions/<uid>/<n>.duckdb   the rows of version n; never changed once it stands here
//	attachments/<uid>/<sha256>  files that go with a dataset, by the hash of their content
//	incoming/<random>/          a load's own folder, whose file "lock" is locked while the load lives
//	tmp/<random>/               the same, for a process's spill files
//	publish.lock                locked while somebody publishes, removes or cleans up
package catalog
