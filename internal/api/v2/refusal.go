package v2

import (
	"fmt"

	"parvis/internal/fault"
)

// refusal is a failure of the API's own, with the error code that its clients know.
type refusal struct {
	kind          fault.Kind
	code, message string
}

// FaultKind gives the kind.
func (r *refusal) FaultKind() fault.Kind { return r.kind }

// Code gives the error code.
func (r *refusal) Code() string { return r.code }

// Error gives the message, which is safe to show.
func (r *refusal) Error() string { return r.message }

// badParameter refuses the value of a parameter; expected ends the sentence "… was found but".
func badParameter(name, value, expected string) error {
	if len(value) > 100 {
		value = value[:100] + "…"
	}
	return &refusal{fault.Invalid, "InvalidRESTParameterError",
		fmt.Sprintf("Invalid value for %s API parameter: %s was found but %s is expected.", name, value, expected)}
}

// noURI is the answer to a path that is none.
func noURI() error {
	return &refusal{fault.NotFound, "NotFoundURI", "The requested URI does not exist."}
}
