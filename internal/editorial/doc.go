// Package editorial keeps the pages that editors write: blocks of text, figures, views of datasets and lists of them, in
// several languages, each with its drafts, its history and the version that is shown.
//
// It does not know what a block shows: the pages that show it ask the portal, with the rights of who reads.
// Start at editorial.go, then store.go.
package editorial
