// Package portrait draws a dataset from its own rows: the imprint, a small picture for the catalogue, and a
// profile of each field for the list of what a row contains.
//
// It reads rows once (Take), keeps counts and a few points, and writes SVG without style attributes or scripts.
// It knows no engine and no URL. Start at take.go; imprint.go chooses the picture.
package portrait
