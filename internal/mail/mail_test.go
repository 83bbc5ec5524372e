package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"parvis/internal/fault"
)

// office is a real mail server that keeps what it is given.
type office struct {
	mu      sync.Mutex
	letters []string
	user    string // who signed in last
	from    string
	to      []string
}

type visit struct{ o *office }

func (o *office) NewSession(*smtp.Conn) (smtp.Session, error) { return &visit{o}, nil }
func (v *visit) AuthMechanisms() []string                     { return []string{sasl.Plain} }
func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "portal" || password != "se:cret@" {
			return errors.New("wrong")
		}
		v.o.user = user
		return nil
	}), nil
}
func (v *visit) Mail(from string, _ *smtp.MailOptions) error { v.o.from = from; return nil }
func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error   { v.o.to = append(v.o.to, to); return nil }
func (v *visit) Data(r io.Reader) error {
	content, err := io.ReadAll(r)
	v.o.mu.Lock()
	defer v.o.mu.Unlock()
	v.o.letters = append(v.o.letters, string(content))
	return err
}
func (v *visit) Reset()        {}
func (v *visit) Logout() error { return nil }

// start runs the server; with TLS it offers STARTTLS under a certificate that nobody knows.
func (o *office) start(t *testing.T, secure bool) (address string) {
	t.Helper()
	server := smtp.NewServer(o)
	server.Domain = "localhost"
	server.AllowInsecureAuth = !secure
	if secure {
		certified := httptest.NewUnstartedServer(nil)
		certified.StartTLS()
		t.Cleanup(certified.Close)
		server.TLSConfig = &tls.Config{Certificates: certified.TLS.Certificates}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }() // it ends with the test
	t.Cleanup(func() { server.Close() })
	return listener.Addr().String()
}

var letter = Message{To: "camille@example.org", Subject: "Réinitialiser le mot de passe", Text: "Bonjour Camille,\n\nhttps://data.example.org/x\n.\n", HTML: "<p>Bonjour</p>"}

func open(t *testing.T, o Options) Sender {
	t.Helper()
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestLetterBySMTP(t *testing.T) {
	o := &office{}
	address := o.start(t, false)
	var log bytes.Buffer
	s := open(t, Options{URL: "smtp://portal:se%3Acret%40@" + address, From: "Données ouvertes <data@example.org>", Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err := s.Send(t.Context(), letter); err != nil {
		t.Fatal(err)
	}
	if o.user != "portal" || o.from != "data@example.org" || len(o.to) != 1 || o.to[0] != letter.To || len(o.letters) != 1 {
		t.Fatalf("the server saw %+v", o)
	}
	got, err := mail.ReadMessage(strings.NewReader(o.letters[0]))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(got.Header.Get("From"), "<data@example.org>") || !strings.HasPrefix(got.Header.Get("Content-Type"), "multipart/alternative") || got.Header.Get("Auto-Submitted") == "" {
		t.Errorf("headers: %v", got.Header)
	}
	if text := log.String(); !strings.Contains(text, "letter sent") || strings.Contains(text, "camille") || strings.Contains(text, "mot de passe") {
		t.Errorf("the log holds %s", text)
	}
}

func TestServerThatRefuses(t *testing.T) {
	o := &office{}
	var log bytes.Buffer
	for name, address := range map[string]string{
		"wrong password":        "smtp://portal:wrong@" + o.start(t, false),
		"unknown certificate":   "smtp://portal:se%3Acret%40@" + o.start(t, true),
		"no TLS where it must":  "smtps://" + o.start(t, false),
		"nobody listens":        "smtp://127.0.0.1:1",
		"TLS must be, is local": strings.Replace("smtps://"+o.start(t, true), "127.0.0.1", "localhost", 1),
	} {
		s := open(t, Options{URL: address, Log: slog.New(slog.NewTextHandler(&log, nil))})
		ctx, done := context.WithTimeout(t.Context(), 5*time.Second)
		if err := s.Send(ctx, letter); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
		done()
	}
	if len(o.letters) != 0 {
		t.Errorf("%d letters went all the same", len(o.letters))
	}
	if text := log.String(); strings.Contains(text, "camille") || strings.Contains(text, "wrong") {
		t.Errorf("the log holds %s", text)
	}
}

func TestLetterIntoFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mail")
	s := open(t, Options{Folder: dir})
	for range 3 {
		if err := s.Send(t.Context(), letter); err != nil {
			t.Fatal(err)
		}
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.eml"))
	if len(files) != 3 {
		t.Fatalf("%d files", len(files))
	}
	f, err := os.Open(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if info, _ := f.Stat(); info.Mode().Perm() != 0o600 {
		t.Errorf("everybody may read the letter: %v", info.Mode())
	}
	if m, err := mail.ReadMessage(f); err != nil || m.Header.Get("To") != "<camille@example.org>" {
		t.Errorf("the file holds %v, %v", m, err)
	}
}

func TestWhatIsNoLetter(t *testing.T) {
	s := open(t, Options{Folder: t.TempDir()})
	for name, change := range map[string]func(*Message){
		"no address":          func(m *Message) { m.To = "" },
		"two addresses":       func(m *Message) { m.To = "a@example.org, b@example.org" },
		"header in address":   func(m *Message) { m.To = "a@example.org\r\nBcc: b@example.org" },
		"header in subject":   func(m *Message) { m.Subject = "x\r\nBcc: b@example.org" },
		"nothing to read":     func(m *Message) { m.Text = "" },
		"address with a name": func(m *Message) { m.To = "A <a@example.org>" },
	} {
		m := letter
		change(&m)
		if err := s.Send(t.Context(), m); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSettings(t *testing.T) {
	for _, o := range []Options{
		{}, {URL: "mail.example.org"}, {URL: "http://mail.example.org"}, {URL: "smtp://"}, {URL: "smtp://host/path"},
		{URL: "smtp://host:0"}, {Folder: "x", From: "not an address"},
	} {
		if _, err := Open(o); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", o, err)
		}
	}
	for _, o := range []Options{{URL: "smtp://host"}, {URL: "smtps://u:p@host:4465"}, {URL: "smtp://[::1]:25?tls=optional", From: "a@b.c"}} {
		if _, err := Open(o); err != nil {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
