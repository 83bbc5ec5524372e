package fault

import (
	"context"
	"errors"
	"fmt"
)

// Kind is the kind of a failure; internal/server maps each to one HTTP status.
type Kind int

// The kinds, in the order of their HTTP statuses.
const (
	Internal        Kind = iota // our mistake, or a machine's: 500
	Invalid                     // the request cannot be understood: 400
	Unauthenticated             // we do not know who asks: 401
	Forbidden                   // we know, and they may not: 403
	NotFound                    // there is no such thing, or they may not know of it: 404
	Conflict                    // somebody else changed it first: 409
	TooLarge                    // more than we accept: 413
	Limited                     // too many requests: 429
	Unavailable                 // not now: 503
	Canceled                    // the asker went away: nobody reads the answer
)

// Error is a failure with its kind. Message is safe to show; the cause is for the log.
type Error struct {
	Kind    Kind
	Message string
	cause   error
}

// New makes a failure whose message is safe to show.
func New(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Wrap makes a failure that keeps err as its cause; the cause is never shown.
func Wrap(err error, kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...), cause: err}
}

// Error gives the message and, after a colon, the cause: a text for logs and terminals.
func (e *Error) Error() string {
	if e.cause != nil {
		return e.Message + ": " + e.cause.Error()
	}
	return e.Message
}

// Unwrap gives the cause, or nil.
func (e *Error) Unwrap() error { return e.cause }

// FaultKind lets other error types (odsql.Error) name their kind without being an *Error.
func (e *Error) FaultKind() Kind { return e.Kind }

// KindOf tells the kind of err: that of the first error in its chain that has one, Canceled for a
// cancelled context, Unavailable for one whose deadline passed, and Internal for any other.
func KindOf(err error) Kind {
	var kinded interface{ FaultKind() Kind }
	switch {
	case errors.As(err, &kinded):
		return kinded.FaultKind()
	case errors.Is(err, context.Canceled):
		return Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return Unavailable
	}
	return Internal
}

// Message gives what may be shown of err: the message of the first *Error in its chain, else "".
func Message(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Message
	}
	return ""
}
