// Package images shows the files that a dataset's rows hold: a gallery of them, and their small pictures.
//
// Start at images.go.
package images
