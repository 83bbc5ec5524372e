package mail

import (
	"context"
	"log/slog"
	"net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"parvis/internal/fault"
)

// Message is one letter to one person.
type Message struct {
	To      string // the bare address: camille@example.org
	Subject string // one line
	Text    string // the whole letter as plain text
	HTML    string // the same letter as HTML; "" for none
}

// Sender sends letters. Kind Invalid: the letter cannot be sent to anybody; kind Unavailable: not now.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Options say how letters leave.
type Options struct {
	URL    string // smtp://user:password@host:587 or smtps://host; "": into Folder
	From   string // the sender, as in Data portal <data@example.org>; "": parvis@localhost
	Folder string // where letters go when no server is set, one .eml file a letter
	Log    *slog.Logger
	Clock  func() time.Time // nil: the time of the machine
}

// Open gives the sender of a portal. Kind Invalid: a setting cannot be understood.
func Open(o Options) (Sender, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	from, err := sender(o.From)
	if err != nil {
		return nil, err
	}
	w := writer{from: from, clock: o.Clock}
	var s Sender
	if o.URL == "" {
		s, err = openFolder(o.Folder, w)
	} else {
		s, err = openSMTP(o.URL, w)
	}
	if err != nil {
		return nil, err
	}
	return logged{s, o.Log}, nil
}

// sender reads the setting mail-from.
func sender(text string) (string, error) {
	if text == "" {
		return "parvis@localhost", nil
	}
	a, err := mail.ParseAddress(text)
	if err != nil {
		return "", fault.New(fault.Invalid, "mail-from: %q is no sender such as data@example.org or Data portal <data@example.org>", text)
	}
	return a.String(), nil
}

// writer makes the letters that are sent.
type writer struct {
	from  string
	clock func() time.Time
}

// write puts a letter into its form.
func (w writer) write(m Message) (*gomail.Msg, error) {
	if m.Subject == "" || strings.ContainsAny(m.Subject, "\r\n") {
		return nil, fault.New(fault.Invalid, "a letter needs a subject of one line")
	}
	if m.Text == "" {
		return nil, fault.New(fault.Invalid, "a letter needs a text")
	}
	address, err := mail.ParseAddress(m.To)
	if err != nil || address.Name != "" {
		return nil, fault.New(fault.Invalid, "a letter needs the bare address of whom it is for")
	}
	out := gomail.NewMsg()
	if err := out.From(w.from); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the sender of letters cannot be used")
	}
	if err := out.To(address.Address); err != nil {
		return nil, fault.New(fault.Invalid, "a letter needs the bare address of whom it is for")
	}
	out.Subject(m.Subject)
	out.SetDateWithValue(w.clock())
	out.SetMessageID()
	out.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday notices back
	out.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		out.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	return out, nil
}

// logged notes that letters left, and nothing of what they are.
type logged struct {
	Sender
	log *slog.Logger
}

// Send sends a letter and notes it.
func (l logged) Send(ctx context.Context, m Message) error {
	err := l.Sender.Send(ctx, m)
	switch {
	case l.log == nil:
	case err != nil:
		l.log.Warn("letter not sent", "kind", int(fault.KindOf(err)), "reason", fault.Message(err))
	default:
		l.log.Info("letter sent")
	}
	return err
}
