// Package editorial shows the pages that editors write: text, figures, views of datasets and lists of them, each asked for
// with the rights of who reads. Start at pages.go, then blocks.go. They are written in the back office (web/back).
package editorial
