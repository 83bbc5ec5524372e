// Package text folds text for search: one normaliser for the index and for what people type, so that both
// always agree. It never touches SQL. Start at fold.go.
package text
