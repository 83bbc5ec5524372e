package account

import "context"

// Mailer sends what people are to be told. It writes the texts; this room says only who is told what, and in which
// language.
type Mailer interface {
	// Invited tells somebody that they are invited: token opens the door until the invitation ends.
	Invited(ctx context.Context, to Recipient, token string, by string) error
	// Decided tells somebody what became of their request for access: reason is "" where it was approved.
	Decided(ctx context.Context, to Recipient, approved bool, reason string) error
}

// Recipient is whom a mail goes to.
type Recipient struct {
	Email    string
	Language string // "" for the portal's
}

// noMailer sends nothing.
type noMailer struct{}

func (noMailer) Invited(context.Context, Recipient, string, string) error { return nil }
func (noMailer) Decided(context.Context, Recipient, bool, string) error   { return nil }
