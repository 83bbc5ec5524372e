// Package check gives a question its meaning: it reads the clauses of an odsql.Question, resolves the names
// against a schema, finds the type of every expression, and returns a typed Plan.
//
// All mistakes of a query are found here and in the parser; whatever Check returns can be turned into
// SQL that runs. The package knows no SQL (internal/odsql/sqlgen) and reads no rows. Start at plan.go for what
// comes out, tree.go for the typed tree, and check.go for the way through.
package check
