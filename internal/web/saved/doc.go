// Package saved is the pages of the charts and maps that people save: the list, one of them with its files and embed, and
// the form that changes it. What a chart draws comes from web/analyse, what a map does from web/maps.
// Start at saved.go; edit.go is the form.
package saved
