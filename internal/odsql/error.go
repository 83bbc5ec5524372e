package odsql

import (
	"strings"

	"parvis/internal/fault"
)

// Error is a mistake in a query, with the clauses that hold it.
type Error struct {
	Syntax  bool     // the text cannot be read; else it can, and means nothing
	Clauses []string // the parameters: select, where, group_by, order_by, refine, exclude, facet
	Message string
}

// FaultKind makes every mistake in a query a fault.Invalid.
func (e *Error) FaultKind() fault.Kind { return fault.Invalid }

// Code gives the error code of the Explore API.
func (e *Error) Code() string {
	if e.Syntax {
		return "ODSQLSyntaxError"
	}
	return "ODSQLError"
}

// Error gives the message in the words that clients of the Explore API know.
func (e *Error) Error() string {
	head := "ODSQL query is malformed: "
	if e.Syntax {
		head = "ODSQL syntax exception: "
	}
	return head + e.Message + ". Clause(s) containing the error(s): " + strings.Join(e.Clauses, ", ") + "."
}
