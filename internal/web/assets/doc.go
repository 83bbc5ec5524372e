// Package assets holds the style sheets, fonts and pictures of the pages and serves them: each under an address
// that carries the hash of its content, so that a browser may keep it for ever.
//
// Start at assets.go. The fonts are under the SIL Open Font License; their licences lie beside them.
package assets
