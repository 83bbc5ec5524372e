package signin

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"parvis/internal/fault"
)

// Provider is an identity provider that speaks OpenID Connect, as the settings name it.
type Provider struct {
	Issuer       string   // https://id.example.org/realms/city; "": none
	ClientID     string   // of this portal at the provider
	ClientSecret string   // "" for a public client
	Name         string   // how the button calls it
	Scopes       []string // asked for beyond openid, email and profile
	GroupsClaim  string   // whose values become the attribute "groups"; ""
	Attributes   []string // other claims to keep as attributes
}

// providerPatience is how long the provider may take over one answer.
const providerPatience = 10 * time.Second

// provider is a Provider in use: its discovery document is read when it is first needed, and again an hour later.
type provider struct {
	Provider
	client *http.Client

	mu    sync.Mutex
	found *oidc.Provider
	at    time.Time
}

// newProvider reads the settings. Kind Invalid: they cannot be understood.
func newProvider(p Provider) (*provider, error) {
	if p.Issuer == "" {
		return nil, nil
	}
	u, err := url.Parse(p.Issuer)
	if err != nil || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && (u.Scheme != "http" || !isLocal(u.Hostname())) {
		return nil, fault.New(fault.Invalid, "oidc-issuer: %q is no https:// address of an identity provider", p.Issuer)
	}
	if p.ClientID == "" {
		return nil, fault.New(fault.Invalid, "oidc-client-id: the identity provider needs the name under which it knows this portal")
	}
	if p.Name == "" {
		p.Name = u.Hostname()
	}
	return &provider{Provider: p, client: &http.Client{Timeout: providerPatience}}, nil
}

func isLocal(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// context gives a context with which the libraries use the provider's own client.
func (p *provider) context(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.client)
}

// discover gives the provider's description. Kind Unavailable: it does not answer.
func (p *provider) discover(ctx context.Context, now time.Time) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil && now.Sub(p.at) < time.Hour {
		return p.found, nil
	}
	// The description outlives the request: its keys are fetched with the context that it was made with.
	found, err := oidc.NewProvider(p.context(context.WithoutCancel(ctx)), p.Issuer)
	if err != nil && p.found == nil {
		return nil, fault.Wrap(err, fault.Unavailable, "The identity provider does not answer. Try again later, or sign in another way.")
	}
	if err == nil {
		p.found = found
	}
	p.at = now
	return p.found, nil
}

// flow gives the settings of the code flow that comes back to callback.
func (p *provider) flow(found *oidc.Provider, callback string) *oauth2.Config {
	scopes := []string{oidc.ScopeOpenID, "email", "profile"}
	for _, s := range p.Scopes {
		if !slices.Contains(scopes, s) {
			scopes = append(scopes, s)
		}
	}
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: found.Endpoint(), RedirectURL: callback, Scopes: scopes}
}

// said is what the provider says of somebody.
type said struct {
	subject  string
	email    string
	verified bool // the address
	name     string
	sid      string
	claims   map[string]any
}

// read puts the claims of an identity token, and of the user info where the token is short of them, together.
func (p *provider) read(ctx context.Context, found *oidc.Provider, token *oidc.IDToken, tokens *oauth2.Token) (said, error) {
	claims := map[string]any{}
	if err := token.Claims(&claims); err != nil {
		return said{}, fmt.Errorf("read an identity token: %w", err)
	}
	wanted := append([]string{"email", "name"}, p.Attributes...)
	if p.GroupsClaim != "" {
		wanted = append(wanted, p.GroupsClaim)
	}
	if slices.ContainsFunc(wanted, func(name string) bool { return claims[name] == nil }) && found.UserInfoEndpoint() != "" {
		info, err := found.UserInfo(p.context(ctx), oauth2.StaticTokenSource(tokens))
		if err == nil && info.Subject == token.Subject {
			more := map[string]any{}
			if err := info.Claims(&more); err == nil {
				for name, value := range more {
					if _, has := claims[name]; !has {
						claims[name] = value
					}
				}
			}
		}
	}
	s := said{subject: token.Subject, claims: claims}
	s.email, _ = claims["email"].(string)
	s.name, _ = claims["name"].(string)
	s.sid, _ = claims["sid"].(string)
	switch v := claims["email_verified"].(type) {
	case bool:
		s.verified = v
	case string:
		s.verified = v == "true" // some providers write it so
	}
	s.email = strings.ToLower(strings.TrimSpace(s.email))
	return s, nil
}

// attributes gives the claims that the settings ask to keep.
func (p *provider) attributes(s said) map[string][]string {
	out := map[string][]string{}
	for _, name := range p.Attributes {
		if values := texts(s.claims[name]); len(values) > 0 {
			out[name] = values
		}
	}
	if p.GroupsClaim != "" {
		out["groups"] = texts(s.claims[p.GroupsClaim])
	}
	return out
}

// texts gives a claim as a list: a text, a number, a truth, or an array of them.
func texts(claim any) (out []string) {
	switch v := claim.(type) {
	case string:
		return []string{v}
	case bool, float64:
		return []string{fmt.Sprint(v)}
	case []any:
		for _, one := range v {
			if _, nested := one.([]any); !nested {
				out = append(out, texts(one)...)
			}
		}
	}
	return out
}
