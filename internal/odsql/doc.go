// Package odsql is the query language of the Explore API: lexer, parser, syntax tree, printer.
//
// It knows words and brackets, not fields and types (internal/odsql/check), nor any SQL
// (internal/odsql/sqlgen). Start at ast.go; docs/odsql.md tells the language to its users.
package odsql
