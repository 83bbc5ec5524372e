package account_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/db/dbtest"
	"parvis/internal/fault"
)

func open(t *testing.T, path string) *account.Keys {
	t.Helper()
	keys, err := account.OpenKeys(t.Context(), dbtest.OpenAt(t, path))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestKeyLifeAcrossProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parvis.db")
	server, shell := open(t, path), open(t, path)

	secret, err := shell.Create(t.Context(), " harvester ")
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^pv_[A-Za-z0-9_-]{40}$`).MatchString(secret) {
		t.Errorf("the secret has the form %q", secret)
	}
	actor, err := server.Authenticate(t.Context(), secret)
	if err != nil || !actor.Everything || actor.Key == 0 {
		t.Fatalf("a fresh key gives %+v, %v", actor, err)
	}
	for _, wrong := range []string{"", secret[:len(secret)-1], secret + "x", strings.ToLower(secret) + " ", "harvester"} {
		if a, err := server.Authenticate(t.Context(), wrong); fault.KindOf(err) != fault.Unauthenticated || a != account.Anonymous {
			t.Errorf("%q gives %+v, %v", wrong, a, err)
		}
	}
	list, err := server.List(t.Context())
	if err != nil || len(list) != 1 || list[0].Label != "harvester" || list[0].ID != actor.Key || !list[0].Revoked.IsZero() {
		t.Fatalf("list: %+v, %v", list, err)
	}

	go server.Follow(t.Context(), func(err error) { t.Error(err) })
	if err := shell.Revoke(t.Context(), actor.Key); err != nil {
		t.Fatal(err)
	}
	ticks := time.NewTicker(10 * time.Millisecond)
	defer ticks.Stop()
	for deadline := time.Now().Add(time.Second); ; <-ticks.C {
		if _, err := server.Authenticate(t.Context(), secret); fault.KindOf(err) == fault.Unauthenticated {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("a key revoked by another process still opens after a second")
		}
	}
	if err := shell.Revoke(t.Context(), actor.Key); fault.KindOf(err) != fault.NotFound {
		t.Errorf("revoked twice: %v", err)
	}
	if list, _ := server.List(t.Context()); list[0].Revoked.IsZero() {
		t.Error("the list does not tell that the key is revoked")
	}
}

func TestSecretIsNotKept(t *testing.T) {
	pool := dbtest.Open(t)
	keys, err := account.OpenKeys(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := keys.Create(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	var hash string
	if err := pool.QueryRow(`SELECT hash FROM api_keys`).Scan(&hash); err != nil {
		t.Fatal(err)
	}
	if len(hash) != 64 || strings.Contains(hash, secret[3:]) {
		t.Errorf("the database holds %q", hash)
	}
}

func TestLabelIsNeeded(t *testing.T) {
	keys := open(t, filepath.Join(t.TempDir(), "parvis.db"))
	for _, label := range []string{"", "  ", strings.Repeat("é", 201)} {
		if _, err := keys.Create(t.Context(), label); fault.KindOf(err) != fault.Invalid {
			t.Errorf("label %q: %v", label, err)
		}
	}
	if _, err := keys.Create(t.Context(), strings.Repeat("é", 200)); err != nil {
		t.Error(err)
	}
}

func BenchmarkAuthenticate(b *testing.B) {
	keys, err := account.OpenKeys(b.Context(), dbtest.Open(b))
	if err != nil {
		b.Fatal(err)
	}
	secret, err := keys.Create(b.Context(), "bench")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := keys.Authenticate(b.Context(), secret); err != nil {
			b.Fatal(err)
		}
	}
}
