package member_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/account/oauth"
	"parvis/internal/account/session"
	"parvis/internal/account/signin"
	"parvis/internal/db/dbtest"
	"parvis/internal/locale"
	"parvis/internal/mail"
	"parvis/internal/privacy"
	"parvis/internal/privacy/privacytest"
	"parvis/internal/server"
	"parvis/internal/web/member"
	"parvis/internal/web/page"
)

// portal is a portal with the pages of people, as the wire puts it together, whose clock the test turns.
type portal struct {
	t        *testing.T
	pool     *sql.DB
	people   *account.People
	keys     *account.Keys
	sessions *session.Store
	desk     *signin.Desk
	apps     *oauth.Applications
	url      string
	letters  string // folder
	log      *bytes.Buffer

	mu    sync.Mutex
	ahead time.Duration
}

// wants is what a test changes of a portal.
type wants struct {
	signup   bool
	provider func(url string) signin.Provider // of the portal at an address; nil: none
	enrol    bool
	tongues  locale.Options // none: English first
}

func (p *portal) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Now().Add(p.ahead)
}

func (p *portal) wait(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ahead += d
}

func (p *portal) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

const (
	ada      = "ada@example.org"
	adaWords = "four words that come"
)

// safe is a buffer that many may write to.
type safe struct {
	mu sync.Mutex
	b  *bytes.Buffer
}

func (s *safe) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

// open opens a portal where ada has a password and administers nothing.
func open(t *testing.T, w wants) *portal {
	t.Helper()
	p := &portal{t: t, pool: dbtest.Open(t), letters: filepath.Join(t.TempDir(), "mail"), log: &bytes.Buffer{}}
	web := httptest.NewUnstartedServer(nil)
	p.url = "http://" + strings.Replace(web.Listener.Addr().String(), "127.0.0.1", "localhost", 1) // passkeys need a name
	log := slog.New(slog.NewTextHandler(&safe{b: p.log}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	locales, err := locale.Load(w.tongues)
	p.must(err)
	sender, err := mail.Open(mail.Options{Folder: p.letters, Log: log})
	p.must(err)
	letters := &member.Letters{Send: sender, Locales: locales, Title: "Town — data"}
	p.people, err = account.OpenPeople(t.Context(), account.PeopleOptions{DB: p.pool, Clock: p.clock, Mailer: letters})
	p.must(err)
	p.keys, err = account.OpenKeys(t.Context(), account.KeyOptions{DB: p.pool, People: p.people, Clock: p.clock})
	p.must(err)
	p.sessions, err = session.Open(t.Context(), session.Options{DB: p.pool, People: p.people, Clock: p.clock})
	p.must(err)
	p.apps, err = oauth.Open(t.Context(), oauth.Options{DB: p.pool, People: p.people, Clock: p.clock})
	p.must(err)
	o := signin.Options{DB: p.pool, People: p.people, Sessions: p.sessions, Mail: sender, Title: "Town — data", Describe: p.people.Describe, Clock: p.clock}
	if w.provider != nil {
		o.Provider = w.provider(p.url)
	}
	if w.enrol {
		o.Enrol = func(ctx context.Context, n signin.Newcomer) (int64, error) {
			made, err := p.people.Register(ctx, "sign_up", account.Draft{Email: n.Email, Name: n.Name})
			if err != nil {
				return 0, err
			}
			return made.ID, nil
		}
	}
	p.desk, err = signin.Open(t.Context(), o)
	p.must(err)
	registry := privacytest.New(t, func(o *privacy.Options) { o.Clock = p.clock })
	shared := server.New(server.Options{Strict: true,
		Log: log, Metrics: server.NewMetrics(), Privacy: registry, Keys: p.keys.Authenticate, Tokens: p.apps.Authenticate, Exempt: member.Exempt(), Sessions: p.sessions,
	})
	frame, err := page.New(page.Options{Server: shared, Locales: locales, Privacy: registry, Title: "Town — data", SignIn: true})
	p.must(err)
	site, err := member.New(member.Options{Frame: frame, People: p.people, Keys: p.keys, Sessions: p.sessions, Desk: p.desk, Apps: p.apps, Letters: letters, Signup: w.signup,
		Requested: func(_ account.Actor, id, _ string) (uid, title string, ok bool) {
			return "da_towns1", "Towns <by> the sea", id == "towns"
		}})
	p.must(err)
	mux := http.NewServeMux()
	site.Register(mux)
	web.Config.Handler = frame.Wrap(frame.Guard(mux))
	web.Start()
	t.Cleanup(func() { // LOG-001, LOG-002
		web.Close()
		p.desk.Close()
		for _, typed := range []string{"@example.org", "four words", "four of them", "sessionid", "csrftoken", "csrfmiddlewaretoken"} {
			if strings.Contains(p.log.String(), typed) {
				t.Errorf("the log holds %q", typed)
			}
		}
		if !strings.Contains(p.log.String(), "answered") {
			t.Error("the log holds nothing: the test does not look where it should")
		}
	})
	letters.URL = p.url
	p.person(ada, adaWords)
	return p
}

// person makes an account; without a password where it is "".
func (p *portal) person(email, password string, permissions ...account.Permission) *account.Person {
	p.t.Helper()
	who, err := p.people.Create(p.t.Context(), account.Operator, account.Draft{Email: email, Permissions: account.PermissionsOf(permissions...)})
	p.must(err)
	if password != "" {
		p.must(p.desk.SetPassword(p.t.Context(), who.ID, password))
	}
	return who
}

// letter gives the text of the letter that was sent last, once all are.
func (p *portal) letter() string {
	p.t.Helper()
	p.desk.Close()
	files, _ := filepath.Glob(filepath.Join(p.letters, "*.eml"))
	if len(files) == 0 {
		return ""
	}
	content, err := os.ReadFile(files[len(files)-1])
	p.must(err)
	p.must(os.Remove(files[len(files)-1]))
	return strings.ReplaceAll(string(content), "=\r\n", "")
}

// link finds the address in a letter.
func (p *portal) link(path string) string {
	p.t.Helper()
	text := strings.ReplaceAll(p.letter(), "=3D", "=")
	found := regexp.MustCompile(regexp.QuoteMeta(p.url) + `(` + path + `[A-Za-z0-9_-]+/\?lang=[a-z]+)`).FindStringSubmatch(text)
	if found == nil {
		p.t.Fatalf("the letter holds no address of %s: %s", path, text)
	}
	return found[1]
}

// browser is a browser of somebody's.
type browser struct {
	*http.Client
	p      *portal
	status int
	page   string // the last page seen
	at     string // its path, after all redirects
	to     string // where an answer led to that leaves the portal
	header http.Header
	sent   http.Header // added to each request
}

func (p *portal) browser() *browser {
	jar, _ := cookiejar.New(nil)
	b := &browser{p: p, sent: http.Header{}}
	b.Client = &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if !strings.HasPrefix(r.URL.String(), p.url+"/") {
			b.to = r.URL.String()
			return http.ErrUseLastResponse
		}
		return nil
	}}
	return b
}

// send sends a request and reads the page at the end of its redirects.
func (b *browser) send(method, path string, body io.Reader, kind string) int {
	b.p.t.Helper()
	r, err := http.NewRequestWithContext(b.p.t.Context(), method, b.p.url+path, body)
	b.p.must(err)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if method == "POST" {
		r.Header.Set("Origin", b.p.url)
	}
	for name, values := range b.sent {
		r.Header[name] = values
	}
	b.to = ""
	answer, err := b.Do(r)
	b.p.must(err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	b.p.must(err)
	b.status, b.page, b.at, b.header = answer.StatusCode, string(text), answer.Request.URL.RequestURI(), answer.Header
	if b.status >= 500 {
		b.p.t.Fatalf("%s %s: %d", method, path, b.status)
	}
	return b.status
}

func (b *browser) get(path string) int {
	b.p.t.Helper()
	return b.send("GET", path, nil, "")
}

var tokenField = regexp.MustCompile(`name="csrfmiddlewaretoken" value="([A-Za-z0-9]{64})"`)

// post sends a form of the last page.
func (b *browser) post(path string, pairs ...string) int {
	b.p.t.Helper()
	form := url.Values{}
	if token := tokenField.FindStringSubmatch(b.page); token != nil {
		form.Set("csrfmiddlewaretoken", token[1])
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return b.send("POST", path, strings.NewReader(form.Encode()), "application/x-www-form-urlencoded")
}

// login signs in by password.
func (b *browser) login(email, password string) int {
	b.p.t.Helper()
	b.get("/login/")
	return b.post("/login/", "email", email, "password", password, "next", "/account/")
}

// as gives a browser in which ada, or somebody else, is signed in.
func (p *portal) as(email, password string) *browser {
	p.t.Helper()
	b := p.browser()
	if b.login(email, password) != 200 || b.who() == "" {
		p.t.Fatalf("%s cannot sign in: %d %s", email, b.status, b.at)
	}
	return b
}

var called = regexp.MustCompile(`<details class="lang me" data-menu><summary>.*?<bdi>(.*?)</bdi>`)

// who tells who is signed in, as a page says it; "" for nobody.
func (b *browser) who() string {
	b.p.t.Helper()
	b.get("/account/")
	if found := called.FindStringSubmatch(b.page); found != nil {
		return html.UnescapeString(found[1])
	}
	return ""
}

// cookie gives the value of a cookie that the browser holds.
func (b *browser) cookie(name string) string {
	home, _ := url.Parse(b.p.url)
	for _, c := range b.Jar.Cookies(home) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// put puts a cookie into the browser.
func (b *browser) put(name, value string) {
	home, _ := url.Parse(b.p.url)
	b.Jar.SetCookies(home, []*http.Cookie{{Name: name, Value: value, Path: "/"}})
}

// says expects the last page to say something.
func (b *browser) says(status int, text string) {
	b.p.t.Helper()
	if b.status != status || !strings.Contains(html.UnescapeString(b.page), text) {
		b.p.t.Errorf("%s answers %d without %q: %s", b.at, b.status, text, main(b.page))
	}
}

// main gives the part of a page that is its own.
func main(page string) string {
	if i := strings.Index(page, "<main"); i >= 0 {
		page = page[i:]
	}
	return fmt.Sprintf("%.3000s", page)
}
