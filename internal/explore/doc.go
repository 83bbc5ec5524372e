// Package explore answers questions: records, aggregates, facets and exports of a dataset, and the same of
// the catalogue itself, which it keeps as a version file of its own so that one language, one checker and
// one engine answer for both.
//
// It asks internal/catalog who may see what, and never decides that itself; it parses no URL, writes no JSON
// and knows no format. Start at explorer.go, then records.go; catalogue.go is the catalogue as data.
package explore
