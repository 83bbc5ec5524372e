package member_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	vw "github.com/descope/virtualwebauthn"
	"github.com/pquerna/otp/totp"

	"parvis/internal/account"
	"parvis/internal/account/providertest"
	"parvis/internal/account/signin"
)

func TestForgottenPassword(t *testing.T) {
	p := open(t, wants{})
	in := p.as(ada, adaWords)
	pages := map[string]string{}
	for _, email := range []string{"nobody@example.org", ada} {
		b := p.browser()
		b.get("/password/forgotten/?lang=fr")
		b.post("/password/forgotten/?lang=fr", "email", email)
		pages[email] = regexp.MustCompile(`[A-Za-z0-9]{64}|next" value="[^"]*`).ReplaceAllString(b.page, "")
	}
	if pages[ada] != pages["nobody@example.org"] {
		t.Error("the answer tells whether there is such an account")
	}
	link := p.link("/password/reset/")
	if !strings.HasSuffix(link, "?lang=fr") {
		t.Errorf("the letter leads to %s", link)
	}
	if p.letter() != "" {
		t.Error("a letter went to nobody")
	}
	b := p.browser()
	b.get(strings.TrimSuffix(link, "?lang=fr"))
	b.says(200, ada)
	path := strings.TrimSuffix(link, "?lang=fr")
	b.post(path, "password", "short")
	b.says(400, "This password is too short")
	b.post(path, "password", "Password123!")
	b.says(400, "one of those that are tried first")
	b.post(path, "password", "new words for the door")
	b.says(200, "Your new password is set.")
	if in.who() != "" {
		t.Error("the old sessions live on")
	}
	b.get(path)
	b.says(404, "This link does not work any more")
	p.as(ada, "new words for the door")
	b.get("/password/forgotten/")
	b.post("/password/forgotten/", "email", "no address")
	b.says(400, "This is no e-mail address")
}

func TestInvitation(t *testing.T) {
	p := open(t, wants{})
	_, _, err := p.people.Invite(t.Context(), account.Operator, account.InvitationDraft{Email: "new@example.org", Language: "en", Permissions: account.PermissionsOf(account.EditPage)})
	p.must(err)
	path := strings.TrimSuffix(p.link("/invitation/"), "?lang=en")
	b := p.browser()
	b.get(path)
	b.says(200, "new@example.org")
	b.post(path, "name", "New\tOne\x07", "password", "new words for the door", "email", "other@example.org")
	b.says(400, "This name cannot be used")
	b.post(path, "name", "New One", "password", "new@example.org")
	b.says(400, "cannot be your password")
	b.post(path, "name", "New One", "password", "new words for the door", "email", "other@example.org")
	b.says(200, "Welcome. Your account is made")
	if b.who() != "New One" {
		t.Errorf("signed in: %q", b.who())
	}
	person, ok := p.people.ByEmail("new@example.org")
	if !ok || !person.Permissions.Has(account.EditPage) {
		t.Errorf("%+v", person)
	}
	p.browser().get(path)
	again := p.browser()
	again.get(path)
	again.says(404, "This invitation does not work any more")
	p.as("new@example.org", "new words for the door")
}

func TestFirstAdministrator(t *testing.T) {
	p := open(t, wants{})
	_, token, err := p.people.Invite(t.Context(), account.Operator, account.InvitationDraft{Permissions: account.PermissionsOf(account.EditDomain)})
	p.must(err)
	b := p.browser()
	b.get("/welcome/" + token + "/")
	b.says(200, "Nobody administers this portal yet.")
	b.post("/welcome/"+token+"/", "email", "boss", "password", "new words for the door")
	b.says(400, "This is no e-mail address")
	b.post("/welcome/"+token+"/", "email", ada, "password", "new words for the door")
	b.says(400, "This address has an account already")
	b.post("/welcome/"+token+"/", "email", "Boss@example.org", "name", "Boss", "password", "new words for the door")
	b.says(200, "Welcome.")
	if !p.people.HasAdministrator() {
		t.Error("nobody administers the portal")
	}
	b.get("/welcome/" + token + "/")
	b.says(404, "does not work any more")
}

func TestSignup(t *testing.T) {
	p := open(t, wants{})
	closed := p.browser()
	if closed.get("/signup/"); closed.status != 404 {
		t.Errorf("sign-up is open unasked: %d", closed.status)
	}
	closed.get("/login/")
	closed.post("/signup/", "email", "new@example.org")
	if closed.status != 404 || p.letter() != "" {
		t.Errorf("sign-up is open unasked: %d", closed.status)
	}
	p = open(t, wants{signup: true})
	b := p.browser()
	b.get("/login/")
	b.says(200, "Make an account")
	pages := map[string]string{}
	for _, email := range []string{ada, "new@example.org"} {
		b.get("/signup/")
		b.post("/signup/", "email", email)
		pages[email] = regexp.MustCompile(`[A-Za-z0-9]{64}`).ReplaceAllString(b.page, "")
	}
	if pages[ada] != pages["new@example.org"] {
		t.Error("the answer tells whether there is such an account")
	}
	path := strings.TrimSuffix(p.link("/invitation/"), "?lang=en")
	b.get(path)
	b.post(path, "name", "", "password", "new words for the door")
	if b.who() != "new@example.org" {
		t.Errorf("signed in: %q", b.who())
	}
	if who, _ := p.people.ByEmail("new@example.org"); who.Permissions != 0 {
		t.Error("who signs up holds permissions")
	}
}

func TestSecondStep(t *testing.T) {
	p := open(t, wants{})
	p.wait(time.Until(time.Now().Truncate(30 * time.Second).Add(30 * time.Second)))
	b := p.as(ada, adaWords)
	b.get("/account/security/codes/")
	b.post("/account/security/codes/", "act", "begin")
	secret := regexp.MustCompile(`<p class="secret" dir="ltr">([A-Z2-7]{32})</p>`).FindStringSubmatch(b.page)
	if secret == nil || !strings.Contains(b.page, "<svg") || !strings.Contains(b.page, `href="otpauth://totp/`) {
		t.Fatalf("no secret: %s", main(b.page))
	}
	app := func() string {
		code, err := totp.GenerateCode(secret[1], p.clock())
		p.must(err)
		return code
	}
	b.post("/account/security/codes/", "act", "confirm", "code", "000000")
	b.says(400, "This code is wrong.")
	if !strings.Contains(b.page, secret[1]) {
		t.Error("after a wrong code the secret is another")
	}
	b.post("/account/security/codes/", "act", "confirm", "code", app())
	b.says(200, "The second step is on.")
	codes := regexp.MustCompile(`([a-z2-7]{4}-){3}[a-z2-7]{4}`).FindAllString(b.page, -1)
	if len(codes) != 10 {
		t.Fatalf("%d recovery codes", len(codes))
	}
	if b.get("/account/security/codes/"); strings.Contains(b.page, codes[0]) || strings.Contains(b.page, secret[1]) {
		t.Error("what is shown once is shown again")
	}

	again := p.browser()
	again.login(ada, adaWords)
	again.says(200, "Second step")
	pre := again.cookie("sessionid")
	if again.who() != "" {
		t.Fatal("the password alone opens")
	}
	p.wait(time.Minute)
	again.get("/login/code/")
	again.post("/login/code/", "code", "123456")
	again.says(401, "The code is wrong or was used already.")
	code := app()
	again.post("/login/code/", "code", code)
	if again.who() != ada || again.cookie("sessionid") == pre {
		t.Errorf("after the code: %q", again.who())
	}
	once := p.browser()
	once.login(ada, adaWords)
	once.post("/login/code/", "code", code)
	once.says(401, "The code is wrong or was used already.")
	once.post("/login/code/", "code", strings.ToUpper(codes[3]))
	if once.who() != ada {
		t.Error("a recovery code does not open")
	}
	p.browser().get("/login/code/")
	late := p.browser()
	late.login(ada, adaWords)
	late.post("/login/code/", "code", codes[3])
	late.says(401, "The code is wrong or was used already.")

	b.get("/account/security/codes/")
	b.post("/account/security/codes/", "act", "remove", "confirm", "wrong")
	b.says(401, "Your present password is wrong.")
	b.post("/account/security/codes/", "act", "renew", "confirm", adaWords)
	if fresh := regexp.MustCompile(`([a-z2-7]{4}-){3}[a-z2-7]{4}`).FindAllString(b.page, -1); len(fresh) != 10 || strings.Contains(b.page, codes[5]) {
		t.Error("no new recovery codes")
	}
	b.get("/account/security/codes/")
	b.post("/account/security/codes/", "act", "remove", "confirm", adaWords)
	b.says(200, "The second step is off.")
	p.as(ada, adaWords)
}

// script posts JSON as signin.js does, and reads the answer.
func (b *browser) script(path, body string, answer any) int {
	b.p.t.Helper()
	b.sent.Set("X-Csrftoken", b.cookie("csrftoken"))
	defer b.sent.Del("X-Csrftoken")
	b.send("POST", path, strings.NewReader(body), "application/json")
	if b.status == 200 && answer != nil {
		b.p.must(json.Unmarshal([]byte(b.page), answer))
	}
	return b.status
}

func TestPasskeyThroughPages(t *testing.T) {
	p := open(t, wants{})
	b := p.as(ada, adaWords)
	b.get("/account/security/")
	party := vw.RelyingParty{ID: "localhost", Name: "Town", Origin: p.url}
	if b.script("/account/security/passkey/options/", "{}", nil) != 200 {
		t.Fatal(b.page)
	}
	var user struct {
		PublicKey struct {
			User struct {
				ID string `json:"id"`
			} `json:"user"`
		} `json:"publicKey"`
	}
	p.must(json.Unmarshal([]byte(b.page), &user))
	handle, err := base64.RawURLEncoding.DecodeString(user.PublicKey.User.ID)
	p.must(err)
	phone := vw.NewAuthenticatorWithOptions(vw.AuthenticatorOptions{UserHandle: handle})
	key := newKey()
	made, err := vw.ParseAttestationOptions(b.page)
	p.must(err)
	var to struct {
		Next string `json:"next"`
	}
	if b.script("/account/security/passkey/", `{"name":"Telephone","credential":`+vw.CreateAttestationResponse(party, phone, key, *made)+`}`, &to) != 200 || to.Next != "/account/security/?done=passkey" {
		t.Fatalf("%d %s", b.status, b.page)
	}
	b.get(to.Next)
	b.says(200, "Telephone")
	phone.AddCredential(key)

	// Somebody who is not signed in, and has a phone.
	out := p.browser()
	out.get("/login/")
	if out.script("/login/passkey/options/", "{}", nil) != 200 {
		t.Fatal(out.page)
	}
	pre := out.cookie("sessionid")
	asked, err := vw.ParseAssertionOptions(out.page)
	p.must(err)
	key.Counter++
	answer := `{"next":"/account/security/","credential":` + vw.CreateAssertionResponse(party, phone, key, *asked) + `}`
	if out.script("/login/passkey/", answer, &to) != 200 || to.Next != "/account/security/" || out.cookie("sessionid") == pre || out.who() != ada {
		t.Errorf("%d %s", out.status, out.page)
	}
	other := p.browser()
	other.get("/login/")
	other.script("/login/passkey/options/", "{}", nil)
	if other.script("/login/passkey/", answer, nil) != 401 || other.who() != "" {
		t.Errorf("an answer to another challenge: %d", other.status)
	}
	if other.script("/login/passkey/", strings.Repeat("x", 100_000), nil) != 413 {
		t.Errorf("a long answer: %d", other.status)
	}
	b.get("/account/security/")
	id := regexp.MustCompile(`name="passkey" value="([^"]+)"`).FindStringSubmatch(b.page)
	b.post("/account/security/", "act", "remove-passkey", "passkey", id[1])
	b.says(200, "The passkey is removed.")
}

// FED-001 and FED-003, with a real provider.
func TestIdentityProvider(t *testing.T) {
	var provider *providertest.Provider
	p := open(t, wants{enrol: true, provider: func(home string) signin.Provider {
		provider = providertest.Start(t, home+"/oidc/callback/",
			providertest.Person{Subject: "s-ada", Email: ada, Verified: true, First: "Ada"},
			providertest.Person{Subject: "s-new", Email: "new@example.org", Verified: true, First: "New", Last: "One"},
			providertest.Person{Subject: "s-fake", Email: "bob@example.org", Verified: false})
		return signin.Provider{Issuer: provider.Issuer, ClientID: providertest.ClientID, ClientSecret: providertest.ClientSecret, Name: "City", Attributes: []string{"given_name"}}
	}})
	p.person("bob@example.org", "another four of them")
	// travel goes to the provider, signs in there, and gives the path that leads back.
	travel := func(b *browser, email string) string {
		t.Helper()
		b.post("/oidc/authenticate", "next", "/account/security/")
		b.says(200, "City is being opened.")
		address := strings.TrimPrefix(b.header.Get("Refresh"), "0;url=")
		if !strings.HasPrefix(address, provider.Issuer) || !strings.Contains(html.UnescapeString(b.page), address) {
			t.Fatalf("leads to %q", address)
		}
		return provider.SignIn(t, address, email).RequestURI()
	}
	b := p.browser()
	b.get("/oidc/authenticate")
	b.says(200, "Continue with City")
	if b.cookie("sessionid") != "" {
		t.Error("looking at the page begins a session")
	}
	b.get("/login/?next=/account/security/")
	back := travel(b, ada)
	pre := b.cookie("sessionid")
	if b.get("/oidc/callback/?state=wrong&code=x"); b.status != 403 {
		t.Errorf("another state: %d", b.status)
	}
	if b.get(back); b.status != 403 || b.who() != "" {
		t.Errorf("after another state, the right one: %d", b.status)
	}
	b.get("/login/")
	back = travel(b, ada)
	stolen := p.browser()
	if stolen.get(back); stolen.status != 403 {
		t.Errorf("in another browser: %d", stolen.status)
	}
	b.get(back)
	b.says(200, "by City")
	if b.at != "/account/security/" || b.cookie("sessionid") == pre || b.who() != ada {
		t.Errorf("at %s as %q", b.at, b.who())
	}
	home, err := url.Parse(p.url)
	p.must(err)
	for _, c := range b.Jar.Cookies(home) {
		if c.Name != "sessionid" && c.Name != "csrftoken" {
			t.Errorf("the cookie %s was set", c.Name)
		}
	}
	if b.get(back); b.status != 403 {
		t.Errorf("the same way twice: %d", b.status)
	}
	if who, _ := p.people.ByEmail(ada); who.Attributes["given_name"][0] != "Ada" {
		t.Errorf("%+v", who.Attributes)
	}

	fresh := p.browser()
	fresh.get("/login/")
	fresh.get(travel(fresh, "new@example.org"))
	if fresh.who() != "New One" {
		t.Errorf("the newcomer is %q", fresh.who())
	}
	fake := p.browser()
	fake.get("/login/")
	if fake.get(travel(fake, "bob@example.org")); fake.status != 403 || fake.who() != "" {
		t.Errorf("an address that is not verified: %d", fake.status)
	}
	bob := p.as("bob@example.org", "another four of them")
	bob.get("/account/security/")
	bob.get(travel(bob, "bob@example.org"))
	bob.says(200, "You can sign in with City from now on.")
	subject := regexp.MustCompile(`name="subject" value="([^"]+)"`).FindStringSubmatch(bob.page)
	bob.post("/account/security/", "act", "unlink", "issuer", provider.Issuer, "subject", subject[1])
	bob.says(200, "The link is removed.")

	logout := func(token string) int {
		t.Helper()
		answer, err := http.PostForm(p.url+"/oidc/backchannel-logout/", url.Values{"logout_token": {token}})
		p.must(err)
		answer.Body.Close()
		return answer.StatusCode
	}
	if status := logout(provider.LogoutToken(t, "s-ada", "", func(c map[string]any) { c["aud"] = "x" })); status != 400 || b.who() != ada {
		t.Errorf("a bad token: %d", status)
	}
	if status := logout(provider.LogoutToken(t, "s-ada", "", nil)); status != 200 || b.who() != "" || bob.who() == "" {
		t.Errorf("a good token: %d, %q", status, b.who())
	}
}

func TestAuthorisationOfApplications(t *testing.T) {
	p := open(t, wants{})
	dev := p.as(ada, adaWords)
	dev.get("/account/applications/")
	dev.post("/account/applications/", "name", "", "redirects", "ftp://x")
	dev.says(400, "An application needs a name")
	dev.post("/account/applications/", "name", "Maps", "redirects", "http://x.example/")
	dev.says(400, "http://x.example/: an address begins with https://")
	dev.post("/account/applications/", "name", "Maps & more", "kind", "confidential", "redirects", "https://maps.example/back\r\nhttp://localhost:1/")
	dev.says(200, "The application is registered.")
	client := regexp.MustCompile(`<dd><code>([A-Za-z0-9]{24})</code>`).FindStringSubmatch(dev.page)
	secret := regexp.MustCompile(`<p class="secret" dir="ltr">([A-Za-z0-9]{48})</p>`).FindStringSubmatch(dev.page)
	if client == nil || secret == nil {
		t.Fatal(main(dev.page))
	}
	p.person("bob@example.org", "another four of them")
	q := url.Values{"client_id": {client[1]}, "redirect_uri": {"https://maps.example/back"}, "response_type": {"code"}, "scope": {"all"}, "state": {"a b"}}

	// Not signed in yet: sign in first, then consent.
	b := p.browser()
	b.get("/oauth2/authorize?" + q.Encode())
	b.says(200, "Sign in")
	next := html.UnescapeString(regexp.MustCompile(`(?s)<main.*name="next" value="([^"]*)"`).FindStringSubmatch(b.page)[1])
	b.post("/login/", "email", "bob@example.org", "password", "another four of them", "next", next)
	b.says(200, "Maps & more")
	b.says(200, "maps.example")
	if policy := b.header.Get("Content-Security-Policy"); !strings.Contains(policy, "form-action 'self' https://maps.example;") {
		t.Errorf("the policy is %s", policy)
	}
	pairs := []string{"answer", "deny"}
	for name, values := range q {
		pairs = append(pairs, name, values[0])
	}
	b.post("/oauth2/authorize/", pairs...)
	if u, _ := url.Parse(b.to); b.status != 302 || u.Host != "maps.example" || u.Query().Get("error") != "access_denied" || u.Query().Get("state") != "a b" {
		t.Errorf("denied: %d %s", b.status, b.to)
	}
	b.get("/oauth2/authorize/?" + q.Encode())
	pairs[1] = "allow"
	b.post("/oauth2/authorize/", pairs...)
	u, err := url.Parse(b.to)
	p.must(err)
	code := u.Query().Get("code")
	if b.status != 302 || len(code) != 30 || u.Query().Get("state") != "a b" {
		t.Fatalf("allowed: %d %s", b.status, b.to)
	}

	// The application's server.
	ask := func(form url.Values, basic bool) (int, map[string]any) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), "POST", p.url+"/oauth2/token/", strings.NewReader(form.Encode()))
		p.must(err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if basic {
			r.SetBasicAuth(client[1], secret[1])
		}
		answer, err := http.DefaultClient.Do(r)
		p.must(err)
		defer answer.Body.Close()
		var got map[string]any
		p.must(json.NewDecoder(answer.Body).Decode(&got))
		if answer.Header.Get("Cache-Control") != "no-store" || len(answer.Header["Set-Cookie"]) != 0 {
			t.Errorf("headers: %v", answer.Header)
		}
		return answer.StatusCode, got
	}
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {"https://maps.example/back"}, "scopes": {"all"}, "state": {"a b"}}
	if status, got := ask(form, false); status != 401 || got["error"] != "invalid_client" {
		t.Errorf("no client: %d %v", status, got)
	}
	status, got := ask(form, true)
	if status != 200 || got["token_type"] != "Bearer" || got["expires_in"] != 3600.0 || got["scope"] != "all" || got["state"] != "a b" || len(fmt.Sprint(got["access_token"])) != 30 || len(fmt.Sprint(got["refresh_token"])) != 30 {
		t.Fatalf("%d %v", status, got)
	}
	actor, err := p.apps.Authenticate(t.Context(), fmt.Sprint(got["access_token"]))
	if err != nil || actor.Person.Email != "bob@example.org" {
		t.Errorf("%+v, %v", actor, err)
	}
	status, newer := ask(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {fmt.Sprint(got["refresh_token"])}, "client_id": {client[1]}, "client_secret": {secret[1]}}, false)
	if status != 200 || newer["access_token"] == got["access_token"] {
		t.Errorf("refresh: %d %v", status, newer)
	}

	// A token is no session: account pages are for people who are signed in.
	machine := p.browser()
	machine.sent.Set("Authorization", "Bearer "+fmt.Sprint(newer["access_token"]))
	if machine.get("/account/security/"); machine.status != 403 {
		t.Errorf("a token opens account pages: %d", machine.status)
	}
	b.get("/account/applications/")
	b.says(200, "Maps & more")
	b.post("/account/applications/", "act", "revoke", "application", "1")
	b.says(200, "The application does not act for you any more.")
	if _, err := p.apps.Authenticate(t.Context(), fmt.Sprint(newer["access_token"])); err == nil {
		t.Error("a revoked application acts on")
	}
	// Nobody is sent to where an application has not registered.
	q.Set("redirect_uri", "https://evil.example/")
	b.get("/oauth2/authorize/?" + q.Encode())
	b.says(400, "This application’s request cannot be understood")
	dev.get("/account/applications/1/")
	dev.post("/account/applications/1/", "act", "remove")
	dev.says(200, "The application is removed.")
}

func TestMyData(t *testing.T) {
	p := open(t, wants{})
	b := p.as(ada, adaWords)
	b.get("/account/")
	b.post("/account/", "name", "Ada L.", "language", "fr")
	if b.who() != "Ada L." || b.cookie("django_language") != "fr" {
		t.Errorf("%q %q", b.who(), b.cookie("django_language"))
	}
	b.get("/account/my-data/export.json")
	var got map[string]any
	p.must(json.Unmarshal([]byte(b.page), &got))
	if !strings.Contains(b.page, ada) || !strings.Contains(b.page, "Ada L.") || b.header.Get("Content-Disposition") == "" || len(got["sessions"].([]any)) != 1 {
		t.Errorf("the file holds %s", b.page)
	}
	for _, secret := range []string{"argon2id", b.cookie("sessionid")} {
		if strings.Contains(b.page, secret) {
			t.Errorf("the file holds a secret")
		}
	}
	b.get("/account/my-data/?lang=en")
	b.post("/account/my-data/?lang=en", "confirm", "wrong")
	b.says(401, "Your present password is wrong.")
	b.post("/account/my-data/?lang=en", "confirm", adaWords)
	if b.cookie("sessionid") != "" || b.who() != "" {
		t.Error("still signed in")
	}
	if _, ok := p.people.ByEmail(ada); ok {
		t.Error("the account is still there")
	}
	for _, table := range []string{"sessions", "passwords", "second_factors", "passkeys", "identities", "tickets", "consents", "applications"} {
		var n int
		p.must(p.pool.QueryRow("SELECT count(*) FROM " + table).Scan(&n))
		if n != 0 {
			t.Errorf("%s still has %d rows", table, n)
		}
	}
	p.person("boss@example.org", "another four of them", account.EditDomain)
	boss := p.as("boss@example.org", "another four of them")
	boss.get("/account/my-data/")
	boss.post("/account/my-data/", "confirm", "another four of them")
	boss.says(409, "You are the only one who administers the portal.")
}

func TestPagesInEveryLanguage(t *testing.T) {
	p := open(t, wants{signup: true})
	b := p.as(ada, adaWords)
	out := p.browser()
	for _, tag := range []string{"en", "fr", "ar"} {
		for _, path := range []string{"/account/", "/account/security/", "/account/security/codes/", "/account/applications/", "/account/my-data/"} {
			b.get(path + "?lang=" + tag)
			b.says(200, `<html lang="`+tag+`"`)
		}
		for _, path := range []string{"/login/", "/password/forgotten/", "/signup/"} {
			out.get(path + "?lang=" + tag)
			out.says(200, `<html lang="`+tag+`"`)
		}
	}
}

// newKey makes a key. The library leaves zeros at the head of a coordinate out, which the standard does not allow: one
// key in a hundred is not well made.
func newKey() vw.Credential {
	for {
		if key := vw.NewCredential(vw.KeyTypeEC2); len(key.Key.AttestationData()) == 77 {
			return key
		}
	}
}
