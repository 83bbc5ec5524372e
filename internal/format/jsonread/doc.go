// Package jsonread reads JSON files as rows: an array of objects, the same wrapped in an object, or JSON Lines.
// It streams: no more of the file is held than one row.
//
// A nested object, and an array that holds one, becomes JSON text; an array of plain values becomes several
// values. It guesses no types. Start at reader.go; source.go finds where values end, parse.go reads them.
package jsonread
