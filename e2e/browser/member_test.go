package browser_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"parvis/internal/account/providertest"
)

// town is a running portal that people can sign in to, with an identity provider beside it.
type town struct {
	base    string
	welcome string // the path that makes the first administrator
}

// serveTown imports folders into a portal and serves it until the test ends.
func serveTown(t *testing.T, folders ...string) *town {
	t.Helper()
	dir := t.TempDir()
	binary := binary(t)
	for _, folder := range folders {
		if err := command(binary, "import", "--data", dir+"/data", folder); err != nil {
			t.Fatal(err)
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	w := &town{base: fmt.Sprintf("http://portal.localhost:%d", port)} // passkeys need a name, and siblings a parent
	provider := providertest.Start(t, w.base+"/oidc/callback/", providertest.Person{Subject: "s1", Email: "camille@example.org", Verified: true, First: "Camille"})
	server := exec.Command(binary, "serve", "--data", dir+"/data", "--addr", fmt.Sprintf("127.0.0.1:%d", port), "--metrics-addr", "off", "--title", "La ville — données ouvertes",
		"--signup", "everybody", "--oidc-issuer", provider.Issuer, "--oidc-client-id", providertest.ClientID, "--oidc-client-secret", providertest.ClientSecret,
		"--oidc-name", "La ville", "--oidc-signup", "everybody")
	server.Stderr = os.Stderr
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Signal(os.Interrupt)
		server.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if found := regexp.MustCompile(`/welcome/[A-Za-z0-9_-]+/`).FindString(lines.Text()); found != "" {
			w.welcome = found
			return w
		}
	}
	t.Fatal("the portal offers no first account")
	return nil
}

// fill writes into the fields of the page, by the selectors of their inputs.
func (p *profile) fill(pairs ...string) {
	p.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		ask[bool](p, fmt.Sprintf(`(document.querySelector(%q).value = %q, true)`, pairs[i], pairs[i+1]))
	}
}

// reads waits until the page says something.
func (p *profile) reads(text string) {
	p.Helper()
	for range 200 {
		if found, err := chromedp.Run(p.tab, chromedp.Evaluate[bool](fmt.Sprintf(`document.readyState=="complete" && document.body.innerText.includes(%q)`, text))); err == nil && found {
			return
		}
		<-time.After(25 * time.Millisecond)
	}
	p.Fatalf("%q is not on the page: %s", text, ask[string](p, `location.href + " " + document.querySelector("main").innerText`))
}

const adminWords = "four words that come"

func TestPeople(t *testing.T) {
	browser := chromium(t)
	w := serveTown(t)
	admin := fresh(t, browser, w.base)
	admin.open(w.welcome + "?lang=en")
	admin.fill("#email", "ada@example.org", "#name", "Ada", "#password", adminWords)
	admin.press(`main form button.btn`)
	admin.reads("Your account is made")

	t.Run("an account of the identity provider adds no cookie", func(t *testing.T) { // FED-001
		p := fresh(t, browser, w.base)
		p.open("/login/?lang=en")
		p.press(`form[action^="/oidc/authenticate"] button`)
		for range 200 {
			if ask[bool](p, `document.readyState=="complete" && document.querySelector("input[name=username]") != null`) {
				break
			}
			<-time.After(25 * time.Millisecond)
		}
		p.fill("input[name=username]", "camille@example.org", "input[name=password]", "secret")
		p.press("button[type=submit], input[type=submit]")
		p.open("/account/?lang=en")
		p.reads("Camille")
		for name := range p.jar() {
			if !slices.Contains([]string{"sessionid", "csrftoken", "django_language", "cookies_preferences"}, name) {
				t.Errorf("the cookie %s", name)
			}
		}
		p.open("/oidc/callback/?state=wrong&code=x&lang=en")
		p.reads("You are not signed in")
	})

	t.Run("a sibling host cannot sign somebody in", func(t *testing.T) { // SES-014
		p := admin
		p.T = t
		mallory := fresh(t, browser, w.base)
		mallory.open("/login/?lang=en")
		mallory.press(`form[action^="/oidc/authenticate"] button`)
		mallory.reads("Login")
		mallory.fill("input[name=username]", "camille@example.org", "input[name=password]", "secret")
		mallory.press("button[type=submit], input[type=submit]")
		planted := mallory.jar()["sessionid"].Value
		evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", "sessionid="+planted+"; Domain=portal.localhost; Path=/terms")
		}))
		defer evil.Close()
		p.do(chromedp.Navigate(strings.Replace(evil.URL, "127.0.0.1", "evil.portal.localhost", 1)))
		p.open("/terms/cookies-policy/?lang=en")
		if n := ask[int](p, `[...document.querySelectorAll(".me")].length`); n != 0 {
			t.Errorf("%s is shown as signed in", ask[string](p, `document.querySelector(".me").innerText`))
		}
		p.open("/account/?lang=en")
		p.reads("Ada")
		p.open("/terms/cookies/reset?lang=en")
		p.press("main form button")
		p.open("/login/?lang=en&next=/account/")
		p.fill("#email", "ada@example.org", "#password", adminWords)
		p.press(`main form[action^="/login/?"] button, main form[action="/login/"] button`)
		p.reads("Ada")
	})

	t.Run("a passkey opens", func(t *testing.T) {
		p := admin
		p.T = t
		if _, err := chromedp.Call(p.tab, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			t.Fatal(err)
		}
		_, err := chromedp.Call(p.tab, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		}})
		if err != nil {
			t.Fatal(err)
		}
		p.open("/account/security/?lang=en")
		p.fill("#pk-name", "My computer")
		p.press(`form[data-passkey=new] button`)
		p.reads("Your passkey is kept.")
		p.reads("My computer")
		p.press(`form[action="/logout/"] button`)
		p.reads("You are signed out.")
		before := p.jar()["sessionid"]
		if before != nil {
			t.Error("signed out, the browser still holds sessionid")
		}
		p.open("/login/?next=/account/security/&lang=en")
		p.press(`form[data-passkey=get] button`)
		p.reads("Where you are signed in")
	})

	t.Run("a script of the portal's own may post", func(t *testing.T) { // CSRF-029
		p := admin
		p.T = t
		p.open("/account/?lang=en")
		status := ask[int](p, `fetch("/account/", {method: "POST", headers: {"X-CSRFToken": document.cookie.match(/csrftoken=([^;]+)/)[1], "Content-Type": "application/x-www-form-urlencoded"}, body: "name=Ada+L."}).then(r => r.status)`)
		if status != 200 {
			t.Errorf("answered with %d", status)
		}
	})

	t.Run("pages", func(t *testing.T) { pagesOfPeople(t, admin, fresh(t, browser, w.base)) })
}

// pagesOfPeople holds every page of people, in every language and width, to what axe-core finds and to the window.
func pagesOfPeople(t *testing.T, in, out *profile) {
	in.T, out.T = t, t
	in.open("/account/security/codes/")
	in.press(`main button[value=begin]`)
	in.open("/account/applications/")
	in.fill("#name", "Cartes", "#redirects", "https://maps.example/back")
	in.press(`main form.form button.btn`)
	client := ask[string](in, `document.querySelector("dl.kv dd code").innerText`)
	for _, look := range appearances() {
		for _, page := range []struct {
			p    *profile
			path string
		}{
			{out, "/login/"}, {out, "/password/forgotten/"}, {out, "/signup/"}, {out, "/password/reset/old/"}, {out, "/invitation/old/"}, {out, "/oidc/authenticate"}, {out, "/oidc/callback/"},
			{in, "/account/"}, {in, "/account/security/"}, {in, "/account/security/codes/"}, {in, "/account/api-keys/"}, {in, "/account/applications/"}, {in, "/account/applications/1/"}, {in, "/account/my-data/"}, {in, "/logout/"},
			{in, "/oauth2/authorize/?response_type=code&client_id=" + client},
		} {
			look.wear(t, page.p.tab)
			page.p.do(chromedp.Navigate(inLanguage(t, page.p.base+page.path, look.lang)))
			accessible(t, page.p.tab, look.String()+page.path)
			if strings.HasPrefix(page.path, "/oauth2/") && !ask[bool](page.p, `document.querySelector("button[value=allow]") != null`) {
				t.Error("no consent is asked for")
			}
			look.picture(t, page.p.tab, page.path)
		}
	}
	if stored := in.storages(); len(stored) > 0 {
		t.Errorf("stored beside cookies: %q", stored)
	}
}
