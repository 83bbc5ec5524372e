package mail

import (
	"context"
	"net"
	"net/url"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"

	"parvis/internal/fault"
)

// patience is how long a mail server may take over one letter.
const patience = 30 * time.Second

// post sends letters by SMTP, one connection a letter: a portal sends few.
type post struct {
	host    string
	options []gomail.Option
	writer
}

// openSMTP reads the setting smtp. smtp:// means STARTTLS, which must succeed unless the server is this machine or
// the address ends in ?tls=optional; smtps:// means TLS from the first byte.
func openSMTP(address string, w writer) (Sender, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Path != "" && u.Path != "/" {
		return nil, fault.New(fault.Invalid, "smtp: the address of the mail server has the form smtp://user:password@host:587 or smtps://user:password@host:465")
	}
	p := post{host: u.Hostname(), writer: w, options: []gomail.Option{gomail.WithTimeout(patience)}}
	port := map[string]int{"smtp": 587, "smtps": 465}[u.Scheme]
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil || port < 1 || port > 65535 {
			return nil, fault.New(fault.Invalid, "smtp: %q is no port", u.Port())
		}
	}
	p.options = append(p.options, gomail.WithPort(port))
	optional := u.Query().Get("tls") == "optional" || isLocal(p.host)
	switch {
	case u.Scheme == "smtps":
		p.options = append(p.options, gomail.WithSSL())
	case optional:
		p.options = append(p.options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	default:
		p.options = append(p.options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if u.User != nil {
		password, _ := u.User.Password()
		kind := gomail.SMTPAuthAutoDiscover
		if optional && isLocal(p.host) {
			kind = gomail.SMTPAuthPlainNoEnc // to this machine itself nothing can be overheard
		}
		p.options = append(p.options, gomail.WithSMTPAuth(kind), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	if _, err := gomail.NewClient(p.host, p.options...); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "smtp: the address of the mail server cannot be used")
	}
	return p, nil
}

// isLocal tells whether a host is this machine.
func isLocal(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Send hands the letter to the server.
func (p post) Send(ctx context.Context, m Message) error {
	letter, err := p.write(m)
	if err != nil {
		return err
	}
	client, err := gomail.NewClient(p.host, p.options...)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the mail server cannot be used")
	}
	ctx, done := context.WithTimeout(ctx, patience)
	defer done()
	if err := client.DialAndSendWithContext(ctx, letter); err != nil {
		return fault.Wrap(err, fault.Unavailable, "the mail server did not take the letter")
	}
	return nil
}
