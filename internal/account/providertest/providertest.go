// Package providertest runs a real OpenID Connect provider for tests: the certified one of zitadel/oidc, on this
// machine, with people of the test's own.
package providertest

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
)

// The name and the secret under which the provider knows the portal.
const (
	ClientID     = "parvis"
	ClientSecret = "between the two of them"
)

// Person is somebody whom the provider knows. Their name to sign in with is their address, their password "secret".
type Person struct {
	Subject  string
	Email    string
	Verified bool
	First    string
	Last     string
}

// Provider is a provider that runs until the test ends.
type Provider struct {
	Issuer string
	store  *storage.Storage
}

type users map[string]*storage.User

func (u users) ExampleClientID() string                  { return "service" }
func (u users) GetUserByID(id string) *storage.User      { return u[id] }
func (u users) GetUserByUsername(n string) *storage.User { return u.by(n) }

func (u users) by(name string) *storage.User {
	for _, one := range u {
		if one.Username == name {
			return one
		}
	}
	return nil
}

// Start runs a provider that sends people back to callback.
func Start(t testing.TB, callback string, people ...Person) *Provider {
	t.Helper()
	known := users{}
	for _, p := range people {
		known[p.Subject] = &storage.User{
			ID: p.Subject, Username: p.Email, Password: "secret", FirstName: p.First, LastName: p.Last, Email: p.Email, EmailVerified: p.Verified,
		}
	}
	client := storage.WebClient(ClientID, ClientSecret, callback)
	server := httptest.NewUnstartedServer(nil)
	p := &Provider{
		Issuer: "http://" + server.Listener.Addr().String(),
		store:  storage.NewStorageWithClients(known, map[string]*storage.Client{ClientID: client}),
	}
	server.Config.Handler = exampleop.SetupServer(p.Issuer, p.store, nil, false)
	server.Start()
	t.Cleanup(server.Close)
	return p
}

// SignIn does what a visitor does whom the portal has sent to address: signs in with the provider's own form. It
// gives the address at the portal that the visitor is sent back to, without going there.
func (p *Provider) SignIn(t testing.TB, address, email string) *url.URL {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	var back *url.URL
	client := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if !strings.HasPrefix(r.URL.String(), p.Issuer) {
			back = r.URL
			return http.ErrUseLastResponse
		}
		return nil
	}}
	ask := func(method, address string, form url.Values) (status int, at *url.URL) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode, answer.Request.URL
	}
	status, form := ask(http.MethodGet, address, nil)
	if back != nil || status != http.StatusOK {
		if back == nil {
			t.Fatalf("the provider answers %d", status)
		}
		return back
	}
	status, _ = ask(http.MethodPost, p.Issuer+"/login/username", url.Values{
		"username": {email}, "password": {"secret"}, "id": {form.Query().Get("authRequestID")},
	})
	if back == nil {
		t.Fatalf("the provider does not send %s back: %d", email, status)
	}
	return back
}

// LogoutToken makes a token of Back-Channel Logout, signed by the provider, for a subject or a session or both.
// Change may spoil the claims.
func (p *Provider) LogoutToken(t testing.TB, subject, sid string, change func(claims map[string]any)) string {
	t.Helper()
	key, err := p.store.SigningKey(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	claims := map[string]any{
		"iss": p.Issuer, "aud": ClientID, "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(), "jti": time.Now().String(),
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}
	if subject != "" {
		claims["sub"] = subject
	}
	if sid != "" {
		claims["sid"] = sid
	}
	if change != nil {
		change(claims)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: key.SignatureAlgorithm(), Key: jose.JSONWebKey{Key: key.Key(), KeyID: key.ID()}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}
