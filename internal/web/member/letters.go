package member

import (
	"cmp"
	"context"
	"net/url"
	"strings"
	"time"

	"parvis/internal/account"
	"parvis/internal/locale"
	"parvis/internal/mail"
)

// Letters writes what people are told by mail, in their language. It is the account.Mailer of the portal.
type Letters struct {
	Send    mail.Sender
	Locales *locale.Locales
	Title   string // of the portal
	URL     string // its public address, without a slash at the end
}

// Invited tells somebody that they are invited.
func (l *Letters) Invited(ctx context.Context, to account.Recipient, token, by string, expires time.Time) error {
	p := l.printer(to.Language)
	text := []string{p.T("Hello,")}
	if by == "" {
		text = append(text, p.T("There is an account for you on {portal}. Open this address to choose a password:", "portal", l.title()))
	} else {
		text = append(text, p.T("{name} invites you to {portal}. Open this address to make your account:", "name", by, "portal", l.title()))
	}
	text = append(text, l.link(l.URL, "/invitation/", token, to.Language),
		p.T("The address works once, until {date}. If you expected no such letter, do nothing: no account is made.", "date", p.Date(expires)))
	return l.Send.Send(ctx, mail.Message{To: to.Email, Subject: l.line(p.T("Your account on {portal}", "portal", l.title())), Text: paragraphs(text)})
}

// Decided tells somebody what became of their request for access.
func (l *Letters) Decided(ctx context.Context, to account.Recipient, dataset string, approved bool, reason string) error {
	p := l.printer(to.Language)
	text := []string{p.T("Hello,")}
	switch {
	case approved && dataset != "":
		text = append(text, p.T("The dataset that you asked for on {portal} is open to you now.", "portal", l.title()), l.URL+"/explore/")
	case approved:
		text = append(text, p.T("Your request for access to {portal} was granted.", "portal", l.title()), l.URL+"/")
	default:
		text = append(text, p.T("Your request for access on {portal} was not granted.", "portal", l.title()))
	}
	if reason = strings.TrimSpace(reason); reason != "" {
		text = append(text, p.T("The reason given:"), reason)
	}
	return l.Send.Send(ctx, mail.Message{To: to.Email, Subject: l.line(p.T("Your request on {portal}", "portal", l.title())), Text: paragraphs(text)})
}

// reset writes the letter with which a new password is set; origin is the portal's address as the visitor knows it.
func (l *Letters) reset(origin, language, token string) mail.Message {
	p := l.printer(language)
	return mail.Message{
		Subject: l.line(p.T("A new password for {portal}", "portal", l.title())),
		Text: paragraphs([]string{
			p.T("Hello,"),
			p.T("Somebody, most likely you, asked for a new password on {portal}. Open this address to choose it:", "portal", l.title()),
			l.link(cmp.Or(l.URL, origin), "/password/reset/", token, language),
			p.T("The address works once, for an hour. If it was not you, do nothing: your password stays as it is."),
		}),
	}
}

func (l *Letters) printer(language string) *locale.Printer {
	if p := l.Locales.Wish(language); p != nil {
		return p
	}
	return l.Locales.Printer(l.Locales.Languages()[0].Tag)
}

func (l *Letters) title() string { return cmp.Or(l.Title, "Parvis") }

// line brings a subject into one line.
func (l *Letters) line(text string) string { return strings.Join(strings.Fields(text), " ") }

// link gives the address of a page that a secret opens, in the reader's language.
func (l *Letters) link(origin, path, token, language string) string {
	address := origin + path + url.PathEscape(token) + "/"
	if p := l.Locales.Wish(language); p != nil {
		address += "?lang=" + url.QueryEscape(p.Tag)
	}
	return address
}

func paragraphs(parts []string) string { return strings.Join(parts, "\n\n") + "\n" }
