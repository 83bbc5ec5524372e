// Package reuses is the pages on what people have made of the data: the gallery, one reuse, the form to send one in and the
// page on which who sent it follows it. Start at reuses.go, then gallery.go.
//
// Somebody is shown a reuse where it names no dataset, or one that they may know of: a reuse tells what there is.
package reuses
