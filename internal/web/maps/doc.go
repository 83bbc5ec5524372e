// Package maps shows the rows of a dataset on a map: a page with a drawing made here, the vector tiles from which the
// page's script draws the same anew as the visitor moves, and the ground below both.
package maps
