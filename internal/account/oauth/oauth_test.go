package oauth

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/account/accounttest"
	"parvis/internal/db/dbtest"
	"parvis/internal/fault"
)

type house struct {
	*Applications
	*accounttest.Town
	t      *testing.T
	pool   *sql.DB
	app    Application
	secret string
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

const back = "https://app.example.org/back?x=1"

func build(t *testing.T, path string) *house {
	t.Helper()
	pool := dbtest.OpenAt(t, path)
	h := &house{t: t, pool: pool, Town: accounttest.New(t, pool, time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC))}
	for id := int64(1); id <= 2; id++ {
		h.Add(id, fmt.Sprintf("p%d@example.org", id))
	}
	var err error
	h.Applications, err = Open(t.Context(), Options{DB: h.pool, People: h, Clock: h.Clock})
	h.must(err)
	return h
}

// fresh builds a portal with an application of person 2's.
func fresh(t *testing.T, confidential bool) *house {
	t.Helper()
	h := build(t, filepath.Join(t.TempDir(), "parvis.db"))
	var err error
	h.app, h.secret, err = h.Register(t.Context(), 2, Draft{Name: " Maps ", Confidential: confidential, Redirects: []string{back, "http://localhost:9000/"}})
	h.must(err)
	return h
}

func (h *house) request(change func(url.Values)) url.Values {
	q := url.Values{"client_id": {h.app.Client}, "redirect_uri": {back}, "response_type": {"code"}, "scope": {"all"}, "state": {"a b&c"}}
	if change != nil {
		change(q)
	}
	return q
}

// code lets person 1 allow the request.
func (h *house) code(change func(url.Values)) string {
	h.t.Helper()
	r, err := h.Ask(h.t.Context(), h.request(change))
	h.must(err)
	to, err := h.Allow(h.t.Context(), 1, r)
	h.must(err)
	u, err := url.Parse(to)
	h.must(err)
	if !strings.HasPrefix(to, strings.Split(r.Back, "?")[0]) || u.Query().Get("state") != "a b&c" {
		h.t.Fatalf("sent back to %s", to)
	}
	return u.Query().Get("code")
}

func (h *house) form(code string, change func(url.Values)) url.Values {
	q := url.Values{"client_id": {h.app.Client}, "client_secret": {h.secret}, "redirect_uri": {back}, "grant_type": {"authorization_code"}, "code": {code}}
	if change != nil {
		change(q)
	}
	return q
}

func (h *house) tokens() *Answer {
	h.t.Helper()
	out, err := h.Token(h.t.Context(), h.form(h.code(nil), nil), Credentials{})
	h.must(err)
	return out
}

func (h *house) opens(token string) int64 {
	h.t.Helper()
	a, err := h.Authenticate(h.t.Context(), token)
	if err != nil {
		if fault.KindOf(err) != fault.Unauthenticated || a.Known() {
			h.t.Fatalf("%+v, %v", a, err)
		}
		return 0
	}
	return a.Person.ID
}

func TestCodeFlow(t *testing.T) {
	h := fresh(t, true)
	thirty := regexp.MustCompile(`^[A-Za-z0-9]{30}$`)
	if h.app.Name != "Maps" || len(h.secret) != secretLength {
		t.Errorf("%+v", h.app)
	}
	code := h.code(nil)
	out, err := h.Token(t.Context(), h.form(code, func(q url.Values) { q.Set("scopes", "all"); q.Set("state", "s") }), Credentials{})
	h.must(err)
	if !thirty.MatchString(code) || !thirty.MatchString(out.AccessToken) || !thirty.MatchString(out.RefreshToken) ||
		out.ExpiresIn != 3600 || out.TokenType != "Bearer" || out.Scope != "all" || out.State != "s" {
		t.Errorf("code %q, %+v", code, out)
	}
	a, err := h.Authenticate(t.Context(), out.AccessToken)
	if err != nil || a.Person == nil || a.Person.ID != 1 || a.Everything || a.Scope != account.Every {
		t.Errorf("%+v, %v", a, err)
	}
	for _, wrong := range []string{"", out.RefreshToken, code, out.AccessToken[1:], strings.ToLower(out.AccessToken), h.secret} {
		if h.opens(wrong) != 0 {
			t.Errorf("%q opens", wrong)
		}
	}
	h.Wait(AccessLife)
	if h.opens(out.AccessToken) != 0 {
		t.Error("an access token lives for more than an hour")
	}
	h.Wait(1000 * time.Hour)
	h.must(h.Sweep(t.Context()))
	newer, err := h.Token(t.Context(), url.Values{"grant_type": {"refresh_token"}, "refresh_token": {out.RefreshToken}}, Credentials{h.app.Client, h.secret, true})
	h.must(err)
	if h.opens(newer.AccessToken) != 1 || newer.RefreshToken == out.RefreshToken {
		t.Errorf("%+v", newer)
	}
}

// refusedWith expects a refusal of the token endpoint.
func (h *house) refusedWith(code, name string, form url.Values, basic Credentials) {
	h.t.Helper()
	out, err := h.Token(h.t.Context(), form, basic)
	var r *RefusedError
	if !errors.As(err, &r) || r.Code != code || out != nil || (r.Status == 401) != (code == "invalid_client") {
		h.t.Errorf("%s: %+v, %v", name, out, err)
	}
}

func TestTokenEndpointRefuses(t *testing.T) {
	h := fresh(t, true)
	other, otherSecret, err := h.Register(t.Context(), 2, Draft{Name: "Other", Confidential: true, Redirects: []string{back}})
	h.must(err)
	with := func(name, value string) func(url.Values) { return func(q url.Values) { q.Set(name, value) } }
	for _, c := range []struct {
		code, name string
		change     func(url.Values)
	}{
		{"invalid_client", "wrong secret", with("client_secret", "x")},
		{"invalid_client", "no secret", with("client_secret", "")},
		{"invalid_client", "the hash for a secret", with("client_secret", account.HashOf(h.secret))},
		{"invalid_client", "no client", with("client_id", "")},
		{"invalid_client", "unknown client", with("client_id", "x")},
		{"invalid_grant", "another client's code", func(q url.Values) { q.Set("client_id", other.Client); q.Set("client_secret", otherSecret) }},
		{"invalid_grant", "another address", with("redirect_uri", "http://localhost:9000/")},
		{"invalid_grant", "no address", func(q url.Values) { q.Del("redirect_uri") }},
		{"invalid_grant", "wrong code", with("code", "x")},
		{"unsupported_grant_type", "password", with("grant_type", "password")},
		{"unsupported_grant_type", "no grant", with("grant_type", "")},
		{"invalid_scope", "another scope", with("scopes", "write")},
		{"invalid_request", "twice", func(q url.Values) { q.Add("code", "x") }},
	} {
		h.refusedWith(c.code, c.name, h.form(h.code(nil), c.change), Credentials{})
	}
	h.refusedWith("invalid_client", "wrong secret in the header", h.form(h.code(nil), func(q url.Values) { q.Del("client_id"); q.Del("client_secret") }), Credentials{h.app.Client, "x", true})
	h.refusedWith("invalid_request", "two clients", h.form(h.code(nil), nil), Credentials{other.Client, otherSecret, true})
	code := h.code(nil)
	h.Wait(CodeLife)
	h.refusedWith("invalid_grant", "a code after an hour", h.form(code, nil), Credentials{})
}

func TestCodeServesOnce(t *testing.T) {
	h := fresh(t, true)
	code := h.code(nil)
	first, err := h.Token(t.Context(), h.form(code, nil), Credentials{})
	h.must(err)
	if h.opens(first.AccessToken) != 1 {
		t.Fatal("the token does not open")
	}
	apart := h.tokens()
	h.refusedWith("invalid_grant", "a second time", h.form(code, nil), Credentials{})
	if h.opens(first.AccessToken) != 0 || h.opens(apart.AccessToken) != 1 {
		t.Error("not just what came of the stolen code ended")
	}
	h.refusedWith("invalid_grant", "its refresh token", url.Values{"client_id": {h.app.Client}, "client_secret": {h.secret}, "grant_type": {"refresh_token"}, "refresh_token": {first.RefreshToken}}, Credentials{})

	code = h.code(nil)
	var all sync.WaitGroup
	var mu sync.Mutex
	given := 0
	for range 6 {
		all.Go(func() {
			if _, err := h.Token(t.Context(), h.form(code, nil), Credentials{}); err == nil {
				mu.Lock()
				given++
				mu.Unlock()
			} else if fault.KindOf(err) != fault.Invalid {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if given != 1 {
		t.Errorf("one code gave tokens %d times", given)
	}
}

func TestRefreshServesOnce(t *testing.T) {
	h := fresh(t, true)
	first := h.tokens()
	form := url.Values{"client_id": {h.app.Client}, "client_secret": {h.secret}, "grant_type": {"refresh_token"}, "refresh_token": {first.RefreshToken}}
	second, err := h.Token(t.Context(), form, Credentials{})
	h.must(err)
	h.refusedWith("invalid_grant", "a second time", form, Credentials{})
	if h.opens(first.AccessToken) != 0 || h.opens(second.AccessToken) != 0 {
		t.Error("after a refresh token was used twice, what came of it opens")
	}
	other, otherSecret, err := h.Register(t.Context(), 2, Draft{Name: "Other", Confidential: true, Redirects: []string{back}})
	h.must(err)
	form.Set("refresh_token", h.tokens().RefreshToken)
	form.Set("client_id", other.Client)
	form.Set("client_secret", otherSecret)
	h.refusedWith("invalid_grant", "another client", form, Credentials{})
}

func TestPublicClientAndPKCE(t *testing.T) {
	h := fresh(t, false)
	if h.secret != "" || h.app.Confidential {
		t.Fatalf("%+v has a secret", h.app)
	}
	verifier := strings.Repeat("v", 50)
	challenge := s256(sha256.Sum256([]byte(verifier)))
	prove := func(q url.Values) {
		q.Set("code_challenge", challenge)
		q.Set("code_challenge_method", "S256")
	}
	open := func(q url.Values) { q.Del("client_secret") }
	out, err := h.Token(t.Context(), h.form(h.code(prove), func(q url.Values) { open(q); q.Set("code_verifier", verifier) }), Credentials{})
	h.must(err)
	if h.opens(out.AccessToken) != 1 {
		t.Error("the token does not open")
	}
	h.refusedWith("invalid_grant", "no verifier", h.form(h.code(prove), open), Credentials{})
	h.refusedWith("invalid_grant", "another verifier", h.form(h.code(prove), func(q url.Values) { open(q); q.Set("code_verifier", challenge) }), Credentials{})
	for name, change := range map[string]func(url.Values){
		"plain":     func(q url.Values) { prove(q); q.Set("code_challenge_method", "plain") },
		"no method": func(q url.Values) { prove(q); q.Del("code_challenge_method") },
		"short":     func(q url.Values) { prove(q); q.Set("code_challenge", "x") },
	} {
		_, err := h.Ask(t.Context(), h.request(change))
		var r *RefusalError
		if !errors.As(err, &r) || r.Code != "invalid_request" || !strings.HasPrefix(r.To, "https://app.example.org/back?") || !strings.Contains(r.To, "state=a+b%26c") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRequestThatIsNotGood(t *testing.T) {
	h := fresh(t, true)
	for name, change := range map[string]func(url.Values){
		"unknown client":      func(q url.Values) { q.Set("client_id", "x") },
		"no client":           func(q url.Values) { q.Del("client_id") },
		"no address of two":   func(q url.Values) { q.Del("redirect_uri") },
		"address with more":   func(q url.Values) { q.Set("redirect_uri", back+"&y=2") },
		"address with less":   func(q url.Values) { q.Set("redirect_uri", strings.TrimSuffix(back, "1")) },
		"another letter case": func(q url.Values) { q.Set("redirect_uri", strings.ToUpper(back)) },
		"another host":        func(q url.Values) { q.Set("redirect_uri", "https://evil.example/back?x=1") },
		"twice":               func(q url.Values) { q.Add("redirect_uri", "https://evil.example") },
	} {
		_, err := h.Ask(t.Context(), h.request(change))
		var r *RefusalError
		if fault.KindOf(err) != fault.Invalid || errors.As(err, &r) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for code, change := range map[string]func(url.Values){
		"unsupported_response_type": func(q url.Values) { q.Set("response_type", "token") },
		"invalid_scope":             func(q url.Values) { q.Set("scopes", "write") },
		"invalid_request":           func(q url.Values) { q.Set("state", strings.Repeat("x", 3000)) },
	} {
		_, err := h.Ask(t.Context(), h.request(change))
		var r *RefusalError
		if !errors.As(err, &r) || r.Code != code || !strings.HasPrefix(r.To, "https://app.example.org/back?") {
			t.Errorf("%s: %v", code, err)
		}
	}
	r, err := h.Ask(t.Context(), h.request(func(q url.Values) { q.Del("scope") }))
	h.must(err)
	if to, _ := url.Parse(r.Deny()); to.Query().Get("error") != "access_denied" || to.Query().Get("state") != "a b&c" || to.Query().Get("x") != "1" {
		t.Errorf("denied: %s", to)
	}
}

func TestOnlyAddressMayBeLeftOut(t *testing.T) {
	h := fresh(t, true)
	h.must(h.Update(t.Context(), 2, h.app.ID, Draft{Name: "Maps", Redirects: []string{back}}))
	without := func(q url.Values) { q.Del("redirect_uri") }
	if _, err := h.Token(t.Context(), h.form(h.code(without), without), Credentials{}); err != nil {
		t.Error(err)
	}
	if _, err := h.Token(t.Context(), h.form(h.code(without), nil), Credentials{}); err != nil {
		t.Error(err)
	}
}

func TestDrafts(t *testing.T) {
	h := fresh(t, true)
	for _, d := range []Draft{
		{}, {Name: "x"}, {Name: " ", Redirects: []string{back}}, {Name: "a\nb", Redirects: []string{back}}, {Name: strings.Repeat("x", 101), Redirects: []string{back}},
		{Name: "x", Redirects: []string{"http://app.example.org/"}}, {Name: "x", Redirects: []string{"https://app.example.org/#x"}}, {Name: "x", Redirects: []string{"/back"}},
		{Name: "x", Redirects: []string{"javascript:alert(1)"}}, {Name: "x", Redirects: []string{"data:text/html,x"}}, {Name: "x", Redirects: []string{"https://u:p@app.example.org/"}},
		{Name: "x", Redirects: []string{"https:///x"}}, {Name: "x", Redirects: []string{"https://app.example.org/\r\nX: y"}}, {Name: "x", Redirects: make([]string, 20)},
	} {
		_, _, err := h.Register(t.Context(), 2, d)
		var m *MistakeError
		if !errors.As(err, &m) || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", d, err)
		}
	}
	for _, address := range []string{"http://127.0.0.1:1/x", "http://[::1]/", "org.example.app:/back", "https://a.b/c?d=e", "http://app.localhost/"} {
		if _, _, err := h.Register(t.Context(), 2, Draft{Name: "x", Redirects: []string{address}}); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestOwnersAndPeopleTakeBack(t *testing.T) {
	h := fresh(t, true)
	live := func(want bool, token, when string) {
		t.Helper()
		if (h.opens(token) != 0) != want {
			t.Errorf("%s: the token opens: %t", when, !want)
		}
	}
	token := h.tokens()
	live(true, token.AccessToken, "at first")
	if err := h.Revoke(t.Context(), 2, h.app.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("revoked by somebody else: %v", err)
	}
	consents, err := h.Consents(t.Context(), 1)
	if err != nil || len(consents) != 1 || consents[0].Name != "Maps" {
		t.Errorf("%+v, %v", consents, err)
	}
	h.must(h.Revoke(t.Context(), 1, h.app.ID))
	live(false, token.AccessToken, "revoked")
	h.refusedWith("invalid_grant", "refresh of a revoked one", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token.RefreshToken}}, Credentials{h.app.Client, h.secret, true})

	token = h.tokens()
	person := h.Drop(1)
	live(false, token.AccessToken, "disabled")
	h.refusedWith("invalid_grant", "refresh of somebody disabled", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token.RefreshToken}}, Credentials{h.app.Client, h.secret, true})
	h.Put(person)

	for _, err := range []error{h.Remove(t.Context(), 1, h.app.ID), h.Update(t.Context(), 1, h.app.ID, h.app.Draft)} {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("somebody else's application: %v", err)
		}
	}
	if _, err := h.RenewSecret(t.Context(), 1, h.app.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("somebody else's secret: %v", err)
	}
	old := h.secret
	h.secret, err = h.RenewSecret(t.Context(), 2, h.app.ID)
	h.must(err)
	h.refusedWith("invalid_client", "the old secret", h.form(h.code(nil), func(q url.Values) { q.Set("client_secret", old) }), Credentials{})
	token = h.tokens()
	live(true, token.AccessToken, "with the new secret")
	h.must(h.Remove(t.Context(), 2, h.app.ID))
	live(false, token.AccessToken, "its application removed")
	if list, err := h.Of(t.Context(), 2); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestOnlyHashesAreKept(t *testing.T) {
	dir := t.TempDir()
	h := build(t, filepath.Join(dir, "parvis.db"))
	var err error
	h.app, h.secret, err = h.Register(t.Context(), 2, Draft{Name: "Maps", Confidential: true, Redirects: []string{back}})
	h.must(err)
	code := h.code(nil)
	token := h.tokens()
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	hashes := 0
	for _, name := range files {
		content, err := os.ReadFile(name)
		h.must(err)
		for _, secret := range []string{code, token.AccessToken, token.RefreshToken, h.secret} {
			if strings.Contains(string(content), secret) {
				t.Errorf("%s holds a secret", filepath.Base(name))
			}
			if strings.Contains(string(content), account.HashOf(secret)) {
				hashes++
			}
		}
	}
	if hashes < 4 {
		t.Error("the test does not look where it should")
	}
}

func TestTwoProcessesAndMemory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parvis.db")
	h := build(t, path)
	var err error
	h.app, h.secret, err = h.Register(t.Context(), 2, Draft{Name: "Maps", Confidential: true, Redirects: []string{back}})
	h.must(err)
	token := h.tokens().AccessToken
	other := build(t, path)
	if other.opens(token) != 1 {
		t.Fatal("the other process does not know the token")
	}
	ctx, stop := context.WithCancel(t.Context())
	var following sync.WaitGroup
	following.Go(func() { other.Follow(ctx, func(err error) { t.Error(err) }) })
	h.must(h.Revoke(t.Context(), 1, h.app.ID))
	ticks := time.NewTicker(10 * time.Millisecond)
	defer ticks.Stop()
	for deadline := time.Now().Add(time.Second); other.opens(token) != 0; <-ticks.C {
		if time.Now().After(deadline) {
			t.Fatal("a token revoked by another process opens after a second")
		}
	}
	stop()
	following.Wait()

	token = h.tokens().AccessToken
	h.opens(token)
	h.pool.Close()
	if h.opens(token) != 1 {
		t.Error("a known token asks the database")
	}
}
