// Package locale speaks the languages of the portal: messages from PO files, plurals, numbers, dates and sizes.
//
// The source text of a message is English and stands in the code and the templates; a language is one PO file in
// po/ and one row in languages.go. Nothing here knows HTTP cookies or pages. Start at printer.go.
package locale
