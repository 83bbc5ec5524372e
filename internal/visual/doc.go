// Package visual keeps the charts and maps that people save: a title, a kind, and layers, each the address of a figure or a map of
// a dataset, so that one shows several datasets. Whoever made one changes it.
//
// It does not know what a layer shows: the pages ask the portal, with the rights of who looks. Start at visual.go.
package visual
