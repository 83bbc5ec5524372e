package account

import (
	"context"
	"time"

	"parvis/internal/fault"
)

// Mailer sends what people are to be told. It writes the texts; this room says only who is told what, and in which
// language.
type Mailer interface {
	// Invited tells somebody that they are invited by somebody, "" for the operator: the token opens the door until
	// the invitation ends.
	Invited(ctx context.Context, to Recipient, token, by string, expires time.Time) error
	// Decided tells somebody with an account what became of their request for access to a dataset (its uid), or to the
	// portal (""). The reason may be "".
	Decided(ctx context.Context, to Recipient, dataset string, approved bool, reason string) error
}

// Recipient is whom a mail goes to.
type Recipient struct {
	Email    string
	Language string // "" for the portal's
}

// noMailer sends nothing.
type noMailer struct{}

func (noMailer) Invited(context.Context, Recipient, string, string, time.Time) error { return nil }
func (noMailer) Decided(context.Context, Recipient, string, bool, string) error      { return nil }

// unsent is a failure to send a mail after a change that stands.
func unsent(err error) error {
	if err == nil {
		return nil
	}
	return fault.Wrap(err, fault.Unavailable, "This is done, but the mail that tells of it could not be sent.")
}
