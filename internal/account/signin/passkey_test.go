package signin

import (
	"fmt"
	"strings"
	"testing"

	vw "github.com/descope/virtualwebauthn"

	"parvis/internal/fault"
)

const origin = "https://data.example.org"

var party = vw.RelyingParty{ID: "data.example.org", Name: "Data", Origin: origin}

// token is a software authenticator with a passkey of ada.
type phone struct {
	vw.Authenticator
	key vw.Credential
}

func (h *house) begin() string {
	h.t.Helper()
	sid, err := h.o.Sessions.Begin(h.t.Context())
	h.must(err)
	return sid
}

// register gives ada a passkey.
func (h *house) register(name string) *phone {
	h.t.Helper()
	p, _ := h.Person(1)
	sid, err := h.o.Sessions.Start(h.t.Context(), 1, "password")
	h.must(err)
	options, err := h.NewPasskey(h.t.Context(), sid, p, origin)
	h.must(err)
	asked, err := vw.ParseAttestationOptions(string(options))
	h.must(err)
	if !strings.Contains(string(options), `"residentKey":"required"`) || !strings.Contains(string(options), `"userVerification":"required"`) {
		h.t.Errorf("asks for %s", options)
	}
	f := &phone{vw.NewAuthenticatorWithOptions(vw.AuthenticatorOptions{UserHandle: h.handleOf(1)}), newKey()}
	answer := vw.CreateAttestationResponse(party, f.Authenticator, f.key, *asked)
	h.must(h.AddPasskey(h.t.Context(), sid, p, origin, name, []byte(answer)))
	if err := h.AddPasskey(h.t.Context(), sid, p, origin, name, []byte(answer)); fault.KindOf(err) != fault.Invalid {
		h.t.Errorf("one challenge serves twice: %v", err)
	}
	f.AddCredential(f.key)
	return f
}

// answer lets the telephone answer a challenge of the session.
func (h *house) answer(f *phone, sid string, at vw.RelyingParty) []byte {
	h.t.Helper()
	options, err := h.AskPasskey(h.t.Context(), sid, origin)
	h.must(err)
	asked, err := vw.ParseAssertionOptions(string(options))
	h.must(err)
	if len(asked.AllowCredentials) != 0 {
		h.t.Error("whoever asks learns which passkeys there are")
	}
	f.key.Counter++
	return []byte(vw.CreateAssertionResponse(at, f.Authenticator, f.key, *asked))
}

func TestPasskeyOpens(t *testing.T) {
	h := fresh(t, nil)
	f := h.register("Telephone")
	sid := h.begin()
	answer := h.answer(f, sid, party)
	if proof, err := h.Passkey(t.Context(), h.begin(), origin, answer); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("in another session: %+v, %v", proof, err)
	}
	proof, err := h.Passkey(t.Context(), sid, origin, answer)
	if err != nil || proof != (Proof{Person: 1, How: "passkey"}) {
		t.Fatalf("%+v, %v", proof, err)
	}
	if _, err := h.Passkey(t.Context(), sid, origin, answer); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("a second time: %v", err)
	}
	list, err := h.Passkeys(t.Context(), 1)
	if err != nil || len(list) != 1 || list[0].Name != "Telephone" || list[0].Used.IsZero() {
		t.Errorf("%+v, %v", list, err)
	}
	h.must(h.RemovePasskey(t.Context(), h.of(2), list[0].ID)) // not theirs
	sid = h.begin()
	if _, err := h.Passkey(t.Context(), sid, origin, h.answer(f, sid, party)); err != nil {
		t.Error(err)
	}
	h.must(h.RemovePasskey(t.Context(), h.of(1), list[0].ID))
	sid = h.begin()
	if _, err := h.Passkey(t.Context(), sid, origin, h.answer(f, sid, party)); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("removed: %v", err)
	}
	h.logged("add_passkey person/1", "remove_passkey person/1")
}

func TestPasskeyThatIsNotGood(t *testing.T) {
	h := fresh(t, nil)
	f := h.register("")
	refused := func(name string, f *phone, at vw.RelyingParty, change func([]byte) []byte) {
		t.Helper()
		sid := h.begin()
		answer := h.answer(f, sid, at)
		if change != nil {
			answer = change(answer)
		}
		if proof, err := h.Passkey(t.Context(), sid, origin, answer); fault.KindOf(err) != fault.Unauthenticated || proof != (Proof{}) {
			t.Errorf("%s: %+v, %v", name, proof, err)
		}
	}
	evil := vw.RelyingParty{ID: "evil.example", Origin: "https://evil.example"}
	refused("made for another site", f, evil, nil)
	refused("at another origin", f, vw.RelyingParty{ID: party.ID, Origin: "https://evil.example"}, nil)
	refused("no JSON", f, party, func([]byte) []byte { return []byte("{") })
	refused("nothing", f, party, func([]byte) []byte { return nil })
	other := newKey()
	refused("an unknown key", &phone{f.Authenticator, other}, party, nil)
	forged := newKey()
	forged.ID = f.key.ID
	refused("a forged key", &phone{f.Authenticator, forged}, party, nil)
	unverified := *f
	unverified.Options.UserNotVerified = true
	refused("a person not verified", &unverified, party, nil)
	somebody := *f
	somebody.Options.UserHandle = h.handleOf(2)
	refused("the name of somebody else", &somebody, party, nil)

	h.Drop(1)
	refused("somebody disabled", f, party, nil)
}

func TestCopiedPasskey(t *testing.T) {
	h := fresh(t, nil)
	f := h.register("")
	for range 3 {
		sid := h.begin()
		if _, err := h.Passkey(t.Context(), sid, origin, h.answer(f, sid, party)); err != nil {
			t.Fatal(err)
		}
	}
	f.key.Counter = 0
	sid := h.begin()
	if _, err := h.Passkey(t.Context(), sid, origin, h.answer(f, sid, party)); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("its counter went backwards: %v", err)
	}
}

func TestSoManyPasskeys(t *testing.T) {
	h := fresh(t, nil)
	for i := range mostPasskeys {
		h.register(fmt.Sprint(i))
	}
	p, _ := h.Person(1)
	if _, err := h.NewPasskey(t.Context(), h.begin(), p, origin); fault.KindOf(err) != fault.Conflict {
		t.Errorf("one more: %v", err)
	}
	for _, origin := range []string{"", "data.example.org", "://"} {
		if _, err := h.AskPasskey(t.Context(), h.begin(), origin); fault.KindOf(err) != fault.Invalid {
			t.Errorf("origin %q: %v", origin, err)
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
