package signin

import (
	"crypto/rand"
	"crypto/sha256"
	"net/netip"
	"strings"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// What somebody may try before they must wait.
const (
	freeTries     = 5                // at one account, before the first delay
	firstDelay    = 30 * time.Second // doubled by each further failure
	longestDelay  = 15 * time.Minute
	triesForget   = 24 * time.Hour // after which failures are forgotten
	networkTries  = 60             // failures from one network within networkWindow
	networkWindow = 10 * time.Minute
	watched       = 50_000 // accounts and networks watched at once
	places        = 50_000 // networks known as those of people
)

// guard counts failed attempts, in memory only and under keys that mean nothing outside this process.
//
// It does not lock people out of their own accounts: attempts from a network where the person has signed in, or
// from inside a session, are counted apart from those of strangers; a new password set through a letter forgives
// everything; and neither passkeys nor the identity provider are asked here.
type guard struct {
	salt [32]byte

	mu    sync.Mutex
	tries *lru.Cache[key, tries]
	known *lru.Cache[key, struct{}] // (account, network) pairs that proved right
}

type key [sha256.Size]byte

type tries struct {
	failed int
	last   time.Time
	until  time.Time
}

func newGuard() (*guard, error) {
	g := &guard{}
	rand.Read(g.salt[:])
	var err error
	if g.tries, err = lru.New[key, tries](watched); err != nil {
		return nil, err
	}
	g.known, err = lru.New[key, struct{}](places)
	return g, err
}

func (g *guard) key(parts ...string) key {
	return sha256.Sum256([]byte(string(g.salt[:]) + strings.Join(parts, "\x00")))
}

// The two lists in which attempts at an account are counted.
const (
	strangers = "strangers"
	familiar  = "familiar"
)

// account gives the key under which an attempt at an account is counted. What is what is tried: "password", "code".
func (g *guard) account(what, name string, a Attempt) key {
	if a.Inside || a.Network.IsValid() && g.known.Contains(g.key("place", name, a.Network.String())) {
		return g.key(what, familiar, name)
	}
	return g.key(what, strangers, name)
}

// may tells whether an attempt may be made now; else the failure is a *WaitError. The attempt counts as failed until
// passed says otherwise: so many at once cannot slip through together.
func (g *guard) may(what, name string, a Attempt, now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := g.account(what, name, a)
	account, network := g.find(at, now), g.network(a.Network, now)
	if wait := max(account.until.Sub(now), network.until.Sub(now)); wait > 0 {
		return &WaitError{wait}
	}
	account.failed, account.last = account.failed+1, now
	if over := account.failed - freeTries; over >= 0 {
		account.until = now.Add(min(firstDelay<<min(over, 10), longestDelay))
	}
	g.tries.Add(at, account)
	if a.Network.IsValid() {
		if network.failed == 0 {
			network.last = now // the window begins
		}
		if network.failed++; network.failed >= networkTries {
			network.until = network.last.Add(networkWindow)
		}
		g.tries.Add(g.key("network", a.Network.String()), network)
	}
	return nil
}

// find gives what is known of an account's attempts.
func (g *guard) find(at key, now time.Time) tries {
	t, _ := g.tries.Get(at)
	if now.Sub(t.last) >= triesForget {
		return tries{}
	}
	return t
}

// network gives what is known of a network's attempts within its window.
func (g *guard) network(p netip.Prefix, now time.Time) tries {
	if !p.IsValid() {
		return tries{}
	}
	t, _ := g.tries.Get(g.key("network", p.String()))
	if now.Sub(t.last) >= networkWindow {
		return tries{}
	}
	return t
}

// passed takes back that an attempt failed, and notes the network as one of that person's.
func (g *guard) passed(what, name string, a Attempt) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tries.Remove(g.account(what, name, a))
	if !a.Network.IsValid() {
		return
	}
	g.known.Add(g.key("place", name, a.Network.String()), struct{}{})
	at := g.key("network", a.Network.String())
	if t, ok := g.tries.Get(at); ok {
		t.failed, t.until = t.failed-1, time.Time{}
		g.tries.Add(at, t)
	}
}

// forgive forgets all failures at an account.
func (g *guard) forgive(name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, what := range []string{"password", "code"} {
		g.tries.Remove(g.key(what, strangers, name))
		g.tries.Remove(g.key(what, familiar, name))
	}
}
