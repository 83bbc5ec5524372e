package member_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"parvis/internal/account"
)

// SES-003, SES-004
func TestSignInGivesANewIdentifier(t *testing.T) {
	p := open(t, wants{})
	for _, held := range []string{strings.Repeat("a", 32), strings.Repeat("B", 43)} {
		b := p.browser()
		b.put("sessionid", held)
		if b.login(ada, adaWords); b.who() != ada || b.cookie("sessionid") == held {
			t.Fatalf("holding %q: %q holds %q", held, b.who(), b.cookie("sessionid"))
		}
	}
	b := p.browser()
	b.get("/login/")
	b.send("POST", "/login/passkey/options/", strings.NewReader("{}"), "application/json")
	b.sent.Set("X-Csrftoken", b.cookie("csrftoken"))
	if b.send("POST", "/login/passkey/options/", strings.NewReader("{}"), "application/json") != 200 {
		t.Fatal(b.page)
	}
	before := b.cookie("sessionid")
	if before == "" {
		t.Fatal("no session before sign-in")
	}
	b.sent.Del("X-Csrftoken")
	b.login(ada, adaWords)
	if after := b.cookie("sessionid"); after == before || after == "" || b.who() != ada {
		t.Errorf("%q became %q", before, after)
	}
	old := p.browser()
	old.put("sessionid", before)
	if old.who() != "" {
		t.Error("the identifier from before the sign-in opens")
	}
}

// TestSigningInHandsTheToken signs in and has the token for calls of the API at once, without a page between: that of the
// session, not that of the form.
func TestSigningInHandsTheToken(t *testing.T) {
	p := open(t, wants{})
	b := p.browser()
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	b.get("/login/")
	before := b.cookie("csrftoken")
	b.login(ada, adaWords)
	found, _, err := p.sessions.Find(t.Context(), b.cookie("sessionid"))
	p.must(err)
	if after := b.cookie("csrftoken"); found == nil || after == before || after != found.Secret {
		t.Errorf("csrftoken %q became %q", before, after)
	}
}

// SES-005, SES-006
func TestSigningOut(t *testing.T) {
	p := open(t, wants{})
	b := p.as(ada, adaWords)
	id, secret := b.cookie("sessionid"), b.cookie("csrftoken")
	b.get("/logout/")
	b.says(200, "You are signed in as "+ada)
	if b.who() != ada {
		t.Fatal("an address signs out")
	}
	b.get("/logout/")
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	b.post("/logout/")
	for _, name := range []string{"sessionid", "csrftoken"} {
		gone := regexp.MustCompile(name + `=; Path=/; .*Max-Age=0`)
		if line := strings.Join(b.header["Set-Cookie"], "\n"); !gone.MatchString(line) {
			t.Errorf("%s is deleted by %q", name, line)
		}
	}
	if b.cookie("sessionid") != "" {
		t.Error("the browser still holds it")
	}
	again := p.browser()
	again.put("sessionid", id)
	again.put("csrftoken", secret)
	if again.who() != "" {
		t.Error("the old identifier opens")
	}
}

// SES-010, SES-012
func TestSessionSlides(t *testing.T) {
	p := open(t, wants{})
	b := p.as(ada, adaWords)
	id := b.cookie("sessionid")
	renewals := func(n int) (count int) {
		for range n {
			b.get("/account/")
			count += len(regexp.MustCompile(`sessionid=`).FindAllString(strings.Join(b.header["Set-Cookie"], "\n"), -1))
		}
		return count
	}
	if n := renewals(100); n != 0 {
		t.Errorf("a fresh cookie is sent again %d times", n)
	}
	p.wait(13 * 24 * time.Hour)
	if n := renewals(100); n != 1 {
		t.Errorf("the cookie is renewed %d times", n)
	}
	b.put("sessionid", id) // the jar's own clock is not turned
	p.wait(13 * 24 * time.Hour)
	if b.who() != ada {
		t.Fatal("signed out on day 26")
	}
	b.put("sessionid", id)
	p.wait(15 * 24 * time.Hour)
	if b.who() != "" {
		t.Error("signed in on day 41")
	}
}

// SES-013
func TestTwoIdentifiersAreNobody(t *testing.T) {
	p := open(t, wants{})
	p.person("bob@example.org", "another four of them")
	a, b := p.as(ada, adaWords).cookie("sessionid"), p.as("bob@example.org", "another four of them").cookie("sessionid")
	for _, line := range []string{"sessionid=" + b + "; sessionid=" + a, "sessionid=" + a + "; sessionid=" + a} {
		n := p.browser()
		n.sent.Set("Cookie", line)
		n.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		if n.get("/account/"); n.status != http.StatusSeeOther || called.MatchString(n.page) {
			t.Errorf("%d", n.status)
		}
	}
}

// SES-015
func TestChangingThePassword(t *testing.T) {
	p := open(t, wants{})
	here, there := p.as(ada, adaWords), p.as(ada, adaWords)
	before := here.cookie("sessionid")
	here.get("/account/security/")
	here.post("/account/security/", "act", "password", "old", "wrong", "password", "new words for the door")
	here.says(401, "Your present password is wrong.")
	here.post("/account/security/", "act", "password", "old", adaWords, "password", "short")
	here.says(400, "This password is too short: it needs at least 10 characters.")
	here.post("/account/security/", "act", "password", "old", adaWords, "password", "new words for the door")
	here.says(200, "You are signed out everywhere else.")
	if here.who() != ada || here.cookie("sessionid") == before || there.who() != "" {
		t.Error("not just the other session ended, or the identifier stayed")
	}
	p.as(ada, "new words for the door")
}

// SES-017
func TestPagesOfPeopleAreKeptNowhere(t *testing.T) {
	p := open(t, wants{})
	b := p.as(ada, adaWords)
	for _, path := range []string{"/account/", "/account/security/", "/account/security/codes/", "/account/applications/", "/account/my-data/", "/account/my-data/export.json", "/logout/"} {
		b.get(path)
		cache, vary := b.header.Get("Cache-Control"), strings.Join(b.header["Vary"], ",")
		if b.status != 200 || !strings.Contains(cache, "no-store") || !strings.Contains(vary, "Cookie") {
			t.Errorf("%s: %d, %q, %q", path, b.status, cache, vary)
		}
	}
}

func TestWhoMayNotEnterLearnsNothing(t *testing.T) {
	p := open(t, wants{})
	p.person("cleo@example.org", "")
	off := p.person("off@example.org", "four words that came")
	p.must(p.people.SetActive(t.Context(), account.Operator, off.ID, false))
	first := ""
	for _, try := range [][2]string{{ada, "wrong"}, {"nobody@example.org", "wrong"}, {"cleo@example.org", ""}, {"off@example.org", "four words that came"}, {"", ""}, {"\"><script>", "x"}} {
		b := p.browser()
		b.login(try[0], try[1])
		b.says(401, "The e-mail address or the password is wrong.")
		text := main(tokenField.ReplaceAllString(b.page, ""))
		text = regexp.MustCompile(`id="email"[^>]*>`).ReplaceAllString(text, "")
		if first == "" {
			first = text
		}
		if text != first || b.cookie("sessionid") != "" || strings.Contains(b.page, "<script>") {
			t.Errorf("%q is told something else", try[0])
		}
	}
	for _, email := range []string{ada, "nobody@example.org"} {
		b := p.browser()
		for range 8 {
			b.login(email, "wrong")
		}
		if b.status != 429 || b.header.Get("Retry-After") == "" || !regexp.MustCompile(`Too many attempts. Try again in \d+ seconds, or ask for a new password.`).MatchString(b.page) {
			t.Errorf("%s: %d %s", email, b.status, main(b.page))
		}
	}
}

func TestWhereSigningInLeads(t *testing.T) {
	p := open(t, wants{})
	for next, want := range map[string]string{
		"/account/security/": "/account/security/", "/account/?x=1": "/account/?x=1", "": "/", "https://evil.example/": "/", "//evil.example": "/", `\\evil.example`: "/", "/\\evil.example": "/",
		"javascript:alert(1)": "/", "/login/?next=/login/": "/", "/logout/": "/", "http://" + strings.TrimPrefix(p.url, "http://") + "/account/": "/account/",
	} {
		b := p.browser()
		b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		b.get("/login/?next=" + url.QueryEscape(next))
		field := regexp.MustCompile(`(?s)<main.*name="next" value="([^"]*)"`).FindStringSubmatch(b.page)
		if field == nil || field[1] != want {
			t.Errorf("%q: the form says %.100q", next, field)
		}
		b.post("/login/", "email", ada, "password", adaWords, "next", next)
		if b.status != 303 || b.header.Get("Location") != want {
			t.Errorf("%q leads to %d %q", next, b.status, b.header.Get("Location"))
		}
	}
}

// CSRF-003, CSRF-022, and login CSRF.
func TestFormsOfSignIn(t *testing.T) {
	p := open(t, wants{})
	b := p.browser()
	b.get("/login/")
	line := strings.Join(b.header["Set-Cookie"], "\n")
	if !regexp.MustCompile(`^csrftoken=[A-Za-z0-9]{32}; Path=/; SameSite=Lax; Expires=[^;]*; Max-Age=31449600$`).MatchString(line) || strings.Contains(line, "HttpOnly") || !strings.Contains(strings.Join(b.header["Vary"], ","), "Cookie") {
		t.Errorf("csrftoken is set by %q", line)
	}
	refused := func(b *browser, name string) {
		t.Helper()
		if b.status != 403 || strings.Contains(b.page, "csrftoken") {
			t.Errorf("%s: %d", name, b.status)
		}
	}
	b.sent.Set("Origin", "https://evil.example")
	b.post("/login/", "email", ada, "password", adaWords)
	refused(b, "sign-in from another site")
	b.sent.Del("Origin")
	b.page = ""
	b.post("/login/", "email", ada, "password", adaWords)
	refused(b, "sign-in without a token")
	if b.cookie("sessionid") != "" {
		t.Error("a refused sign-in opens")
	}

	victim := p.as(ada, adaWords)
	planted := "abcdefghijklmnopqrstuvwxyzABCDEF"
	own := victim.cookie("csrftoken")
	victim.put("csrftoken", planted)
	victim.page = ""
	victim.post("/account/", "csrfmiddlewaretoken", planted, "name", "Mallory")
	refused(victim, "a token of the attacker's own")
	victim.put("csrftoken", own)
	victim.post("/account/", "csrfmiddlewaretoken", own, "name", "Ada")
	if victim.status != 200 || victim.who() != "Ada" {
		t.Errorf("the session's own token: %d %q", victim.status, victim.who())
	}
	for _, path := range []string{"/logout/", "/account/security/", "/account/my-data/", "/oauth2/authorize/", "/login/passkey/options/", "/account/security/passkey/options/", "/oidc/authenticate", "/signup/"} {
		victim.page = ""
		victim.post(path)
		refused(victim, path)
	}
}

// The server's own door answers whatever comes.
func TestOddRequests(t *testing.T) {
	p := open(t, wants{signup: true})
	b := p.as(ada, adaWords)
	for _, path := range []string{"/login/", "/login/code/", "/password/forgotten/", "/signup/", "/account/", "/account/security/", "/account/security/codes/", "/account/applications/", "/account/my-data/"} {
		for _, pairs := range [][]string{nil, {"act", "x"}, {"act", "end", "session", "x"}, {"act", "confirm", "code", "\x00"}, {"email", strings.Repeat("x", 10000), "name", "\xff\xfe"}, {"act", "revoke", "application", "99999999999999999999"}} {
			b.get("/account/")
			b.post(path, pairs...)
			if b.status >= 500 {
				t.Errorf("%s %v: %d", path, pairs, b.status)
			}
		}
	}
	for _, path := range []string{"/password/reset/x/", "/invitation/x/", "/welcome/x/", "/account/applications/x/", "/account/applications/999/", "/oidc/callback/?state=x&code=y", "/oauth2/authorize/", "/oauth2/authorize/?client_id=x", "/oidc/authenticate"} {
		if b.get(path); b.status < 400 || b.status >= 500 {
			t.Errorf("%s: %d", path, b.status)
		}
	}
}

// CSRF-026, for these pages: looking changes nothing.
func TestLookingChangesNothing(t *testing.T) {
	p := open(t, wants{signup: true})
	in, out := p.as(ada, adaWords), p.browser()
	paths := []string{
		"/login/", "/login/code/", "/logout/", "/password/forgotten/", "/password/reset/x/", "/invitation/x/", "/welcome/x/", "/signup/", "/oidc/authenticate", "/oidc/callback/?state=x&code=y",
		"/oauth2/authorize/?client_id=x", "/account/", "/account/security/", "/account/security/codes/", "/account/applications/", "/account/applications/1/", "/account/my-data/", "/account/my-data/export.json",
		"/login/passkey/options/", "/login/passkey/", "/oauth2/token/", "/oidc/backchannel-logout/", "/account/security/passkey/options/",
	}
	before := p.dump()
	for range 2 {
		for _, path := range paths {
			for _, method := range []string{"GET", "HEAD", "OPTIONS"} {
				in.send(method, path, nil, "")
				out.send(method, path, nil, "")
			}
		}
	}
	if after := p.dump(); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

// dump writes down what the tables of this room's neighbours hold.
func (p *portal) dump() string {
	p.t.Helper()
	var out strings.Builder
	for _, table := range []string{"sessions", "passwords", "second_factors", "recovery_codes", "passkeys", "identities", "tickets", "applications", "consents", "application_codes", "application_tokens", "people", "invitations", "audit", "revisions"} {
		rows, err := p.pool.Query("SELECT * FROM " + table)
		p.must(err)
		defer rows.Close()
		columns, err := rows.Columns()
		p.must(err)
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			p.must(rows.Scan(values...))
			out.WriteString(table)
			for _, v := range values {
				fmt.Fprintf(&out, " %v", *v.(*any))
			}
			out.WriteString("\n")
		}
		p.must(rows.Err())
	}
	return out.String()
}
