package signin

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/account/providertest"
	"parvis/internal/account/session"
	"parvis/internal/fault"
)

const callback = "http://portal.localhost/oidc/callback/"

// abroad is a portal with a real provider beside it.
type abroad struct {
	*house
	provider *providertest.Provider
	enrolled []Newcomer
	kept     map[int64]map[string][]string
}

func withProvider(t *testing.T, change func(*Options)) *abroad {
	t.Helper()
	a := &abroad{kept: map[int64]map[string][]string{}}
	a.provider = providertest.Start(t, callback,
		providertest.Person{Subject: "s-ada", Email: "Ada@example.org", Verified: true, First: "Ada", Last: "Lovelace"},
		providertest.Person{Subject: "s-mallory", Email: "bob@example.org", Verified: false},
		providertest.Person{Subject: "s-new", Email: "new@example.org", Verified: true, First: "New", Last: "Comer"},
	)
	a.house = fresh(t, func(o *Options) {
		o.Provider = Provider{Issuer: a.provider.Issuer, ClientID: providertest.ClientID, ClientSecret: providertest.ClientSecret, Name: "City", GroupsClaim: "roles", Attributes: []string{"given_name", "email_verified"}}
		o.Describe = func(_ context.Context, id int64, attributes map[string][]string) error {
			a.kept[id] = attributes
			return nil
		}
		if change != nil {
			change(o)
		}
	})
	return a
}

// travel sends somebody to the provider and gives the address that they come back to.
func (a *abroad) travel(sid, email string, person int64) *url.URL {
	a.t.Helper()
	address, err := a.Depart(a.t.Context(), sid, callback, "/explore/", person)
	a.must(err)
	q, err := url.Parse(address)
	a.must(err)
	for _, name := range []string{"state", "nonce", "code_challenge", "client_id", "redirect_uri"} {
		if q.Query().Get(name) == "" {
			a.t.Errorf("the address has no %s", name)
		}
	}
	if q.Query().Get("code_challenge_method") != "S256" || q.Query().Get("response_type") != "code" {
		a.t.Errorf("the address is %s", address)
	}
	return a.provider.SignIn(a.t, address, email)
}

func (a *abroad) arrive(sid string, back *url.URL, person int64) (Arrival, error) {
	q := back.Query()
	return a.Arrive(a.t.Context(), sid, person, q.Get("state"), q.Get("code"), q.Get("error"))
}

// FED-001: the way by code, with what must come back in the session and good once.
func TestProviderOpens(t *testing.T) {
	a := withProvider(t, nil)
	sid := a.begin()
	back := a.travel(sid, "Ada@example.org", 0)
	if !strings.HasPrefix(back.String(), callback) {
		t.Fatalf("sent back to %s", back)
	}
	got, err := a.arrive(sid, back, 0)
	if err != nil || got.Person != 1 || got.How != "oidc" || got.Next != "/explore/" || got.Linked || got.Second {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, err := a.arrive(sid, back, 0); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a second time: %v", err)
	}
	want := map[string][]string{"given_name": {"Ada"}, "email_verified": {"true"}, "groups": nil}
	if !maps.EqualFunc(a.kept[1], want, slices.Equal) {
		t.Errorf("attributes: %v", a.kept[1])
	}
	list, err := a.Identities(t.Context(), 1)
	if err != nil || len(list) != 1 || list[0].Subject != "s-ada" || list[0].Email != ada {
		t.Errorf("%+v, %v", list, err)
	}
	// Known by the subject from now on, whatever the address.
	a.Put(&account.Person{ID: 1, Email: "elsewhere@example.org"})
	sid = a.begin()
	if got, err := a.arrive(sid, a.travel(sid, "Ada@example.org", 0), 0); err != nil || got.Person != 1 {
		t.Errorf("the second time: %+v, %v", got, err)
	}
}

func TestProviderWayThatIsNotGood(t *testing.T) {
	a := withProvider(t, nil)
	refused := func(name string, work func(sid string, back *url.URL) (Arrival, error)) {
		t.Helper()
		sid := a.begin()
		got, err := work(sid, a.travel(sid, "Ada@example.org", 0))
		if fault.KindOf(err) != fault.Forbidden || got.Person != 0 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if back, err := a.arrive(sid, &url.URL{RawQuery: "state=x&code=y"}, 0); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s, then again: %+v, %v", name, back, err)
		}
	}
	with := func(back *url.URL, name, value string) *url.URL {
		q := back.Query()
		q.Set(name, value)
		return &url.URL{RawQuery: q.Encode()}
	}
	refused("another state", func(sid string, back *url.URL) (Arrival, error) {
		return a.arrive(sid, with(back, "state", "other"), 0)
	})
	refused("no state", func(sid string, back *url.URL) (Arrival, error) { return a.arrive(sid, with(back, "state", ""), 0) })
	refused("another code", func(sid string, back *url.URL) (Arrival, error) { return a.arrive(sid, with(back, "code", "other"), 0) })
	refused("no code", func(sid string, back *url.URL) (Arrival, error) { return a.arrive(sid, with(back, "code", ""), 0) })
	refused("a failure", func(sid string, back *url.URL) (Arrival, error) {
		return a.arrive(sid, with(back, "error", "access_denied"), 0)
	})
	refused("another session", func(_ string, back *url.URL) (Arrival, error) { return a.arrive(a.begin(), back, 0) })
	refused("no session", func(_ string, back *url.URL) (Arrival, error) { return a.arrive("", back, 0) })
	refused("somebody signed in meanwhile", func(sid string, back *url.URL) (Arrival, error) { return a.arrive(sid, back, 2) })
	refused("too late", func(sid string, back *url.URL) (Arrival, error) {
		a.Wait(journeyLife + time.Second)
		defer a.Wait(-journeyLife - time.Second)
		return a.arrive(sid, back, 0)
	})
	refused("a code of another way", func(sid string, back *url.URL) (Arrival, error) { // PKCE and nonce are those of the other session
		other := a.begin()
		stolen := a.travel(other, "Ada@example.org", 0)
		return a.arrive(sid, with(back, "code", stolen.Query().Get("code")), 0)
	})
}

func TestOnlyVerifiedAddressesLink(t *testing.T) {
	a := withProvider(t, nil)
	sid := a.begin()
	if got, err := a.arrive(sid, a.travel(sid, "bob@example.org", 0), 0); fault.KindOf(err) != fault.Forbidden || got.Person != 0 {
		t.Fatalf("an address that is not verified opens %+v, %v", got, err)
	}
	// Bob himself may link it.
	sid, err := a.o.Sessions.Start(t.Context(), 2, "password")
	a.must(err)
	if got, err := a.arrive(sid, a.travel(sid, "bob@example.org", 2), 2); err != nil || !got.Linked || got.Person != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	ours, err := a.o.Sessions.Start(t.Context(), 1, "password")
	a.must(err)
	if _, err := a.arrive(ours, a.travel(ours, "bob@example.org", 1), 1); fault.KindOf(err) != fault.Conflict {
		t.Errorf("linked to two: %v", err)
	}
	sid = a.begin()
	if got, err := a.arrive(sid, a.travel(sid, "bob@example.org", 0), 0); err != nil || got.Person != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	a.must(a.Unlink(t.Context(), a.of(1), a.provider.Issuer, "s-mallory")) // not theirs
	a.must(a.Unlink(t.Context(), a.of(2), a.provider.Issuer, "s-mallory"))
	sid = a.begin()
	if _, err := a.arrive(sid, a.travel(sid, "bob@example.org", 0), 0); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("unlinked: %v", err)
	}
}

func TestNewcomers(t *testing.T) {
	a := withProvider(t, nil)
	sid := a.begin()
	if _, err := a.arrive(sid, a.travel(sid, "new@example.org", 0), 0); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("let in unasked: %v", err)
	}
	a.o.Enrol = func(_ context.Context, n Newcomer) (int64, error) {
		a.enrolled = append(a.enrolled, n)
		a.Add(9, n.Email)
		return 9, nil
	}
	sid = a.begin()
	if got, err := a.arrive(sid, a.travel(sid, "new@example.org", 0), 0); err != nil || got.Person != 9 {
		t.Errorf("%+v, %v", got, err)
	}
	if len(a.enrolled) != 1 || a.enrolled[0] != (Newcomer{"new@example.org", "New Comer"}) {
		t.Errorf("enrolled: %+v", a.enrolled)
	}
}

// FED-003
func TestBackChannelLogout(t *testing.T) {
	a := withProvider(t, nil)
	sid := a.begin()
	if _, err := a.arrive(sid, a.travel(sid, "Ada@example.org", 0), 0); err != nil {
		t.Fatal(err)
	}
	enter := func(e session.Entry) string {
		id, err := a.o.Sessions.Enter(t.Context(), "", e)
		a.must(err)
		return id
	}
	first := enter(session.Entry{Person: 1, How: "oidc", Origin: a.provider.Issuer + " one"})
	second := enter(session.Entry{Person: 1, How: "oidc", Origin: a.provider.Issuer + " two"})
	own := enter(session.Entry{Person: 1, How: "password"})
	for name, token := range map[string]string{
		"no token":         "x",
		"another audience": a.provider.LogoutToken(t, "s-ada", "", func(c map[string]any) { c["aud"] = "other" }),
		"another issuer":   a.provider.LogoutToken(t, "s-ada", "", func(c map[string]any) { c["iss"] = "https://evil.example" }),
		"no event":         a.provider.LogoutToken(t, "s-ada", "", func(c map[string]any) { delete(c, "events") }),
		"a nonce":          a.provider.LogoutToken(t, "s-ada", "", func(c map[string]any) { c["nonce"] = "n" }),
		"neither":          a.provider.LogoutToken(t, "", "", nil),
		"too old":          a.provider.LogoutToken(t, "s-ada", "", func(c map[string]any) { c["exp"] = 1 }),
		"bad signature":    spoil(a.provider.LogoutToken(t, "s-ada", "", nil)),
	} {
		if err := a.BackChannel(t.Context(), token); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if a.who(first) != 1 {
		t.Fatal("a bad token ends a session")
	}
	a.must(a.BackChannel(t.Context(), a.provider.LogoutToken(t, "", "one", nil)))
	if a.who(first) != 0 || a.who(second) != 1 {
		t.Error("not just that session ended")
	}
	a.must(a.BackChannel(t.Context(), a.provider.LogoutToken(t, "nobody", "", nil)))
	a.must(a.BackChannel(t.Context(), a.provider.LogoutToken(t, "s-ada", "", nil)))
	if a.who(second) != 0 || a.who(own) != 1 {
		t.Error("not just the sessions of that subject ended")
	}
}

// spoil changes a letter in the middle of the signature.
func spoil(token string) string {
	at := strings.LastIndex(token, ".") + 20
	c := byte('A')
	if token[at] == c {
		c = 'B'
	}
	return token[:at] + string(c) + token[at+1:]
}

func TestProviderSettings(t *testing.T) {
	for _, p := range []Provider{
		{Issuer: "id.example.org", ClientID: "x"}, {Issuer: "http://id.example.org", ClientID: "x"}, {Issuer: "https://id.example.org"}, {Issuer: "https://id.example.org/?x=1", ClientID: "x"},
	} {
		if _, err := newProvider(p); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", p, err)
		}
	}
	if p, err := newProvider(Provider{Issuer: "https://id.example.org/realms/x", ClientID: "x"}); err != nil || p.Name != "id.example.org" {
		t.Errorf("%v, %v", p, err)
	}
	h := fresh(t, func(o *Options) { o.Provider = Provider{Issuer: "http://127.0.0.1:1", ClientID: "x"} })
	if _, err := h.Depart(t.Context(), h.begin(), callback, "/", 0); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a provider that is down: %v", err)
	}
	h = fresh(t, nil)
	if _, err := h.Depart(t.Context(), h.begin(), callback, "/", 0); fault.KindOf(err) != fault.NotFound || h.ProviderName() != "" {
		t.Errorf("no provider: %v", err)
	}
}
