// Package dataset holds the nouns of the portal: Dataset, Field, Type, Record, Version, and the columnar
// Batch in which the engine hands out values and the formats write them.
//
// Nothing here reads a file, asks the engine or knows a URL. Start at dataset.go, then field.go and batch.go.
package dataset
