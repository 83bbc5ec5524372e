// Package page is the frame that all pages share: the layout, the visitor's language, who is signed in, forms that
// are safe against forgery, failures as pages, and writing a page whole or not at all.
//
// It knows no page of its own but the one for failures: those stand in the rooms beside it (web/front, web/member and so
// on), each a struct that embeds View and a template that fills "main". Start at frame.go, then view.go.
package page
