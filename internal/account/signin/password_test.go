package signin

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"strings"
	"sync"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/fault"
	"parvis/internal/mail"
)

func TestPasswordOpens(t *testing.T) {
	h := fresh(t, nil)
	for _, email := range []string{ada, "  ADA@Example.org "} {
		if p, err := h.Password(t.Context(), email, adaWords, home); err != nil || p != (Proof{Person: 1, How: "password"}) {
			t.Errorf("%q: %+v, %v", email, p, err)
		}
	}
	var text string
	for _, try := range [][2]string{
		{ada, bobWords}, {ada, ""}, {ada, strings.ToUpper(adaWords)}, {ada, strings.Repeat("x", 1<<20)},
		{"cleo@example.org", ""}, {"cleo@example.org", adaWords}, {"nobody@example.org", adaWords}, {"", ""}, {"' OR 1=1 --", "x"},
	} {
		h.guard.forgive(strings.ToLower(try[0]))
		p, err := h.Password(t.Context(), try[0], try[1], home)
		if fault.KindOf(err) != fault.Unauthenticated || p != (Proof{}) {
			t.Errorf("%q: %+v, %v", try[0], p, err)
		}
		if text == "" {
			text = err.Error()
		}
		if err.Error() != text {
			t.Errorf("%q is told %q, another %q", try[0], err, text)
		}
	}
}

// FED-004: what is kept.
func TestHashes(t *testing.T) {
	h := fresh(t, nil)
	text, err := h.hash(t.Context(), adaWords)
	h.must(err)
	if !regexp.MustCompile(`^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`).MatchString(text) {
		t.Errorf("the hash has the form %q", text)
	}
	if c := standard(); c.memory < 19<<10 || c.rounds < 2 {
		t.Errorf("too cheap: %+v", c)
	}
	if c, salt, sum, err := parsePHC(nobody); err != nil || c != standard() || len(salt) != saltLength || len(sum) != hashLength {
		t.Errorf("unknown people are compared with another kind of hash: %+v, %v", c, err)
	}
	again, _ := h.hash(t.Context(), adaWords)
	if text == again {
		t.Error("the same password gives the same hash twice")
	}
	composed, decomposed := "caf\u00e9 cr\u00e8me au lait", "cafe\u0301 cre\u0300me au lait"
	text, _ = h.hash(t.Context(), composed)
	if right, old, err := h.verify(t.Context(), decomposed, text); !right || old || err != nil {
		t.Error("accents written in another way are another password")
	}
	for _, bad := range []string{"", "x", "$argon2i$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", strings.Replace(text, "m=19456", "m=99999999", 1),
		strings.Replace(text, "t=2", "t=0", 1), strings.Replace(text, "p=1", "p=0", 1), strings.Replace(text, "v=19", "v=16", 1), text[:len(text)-30]} {
		if right, _, err := h.verify(t.Context(), composed, bad); right || err == nil {
			t.Errorf("the hash %q gives %t, %v", bad, right, err)
		}
	}
}

// FED-004: unknown people take as long as known ones.
func TestTimeTellsNothing(t *testing.T) {
	h := fresh(t, nil)
	h.Add(4, "dan@example.org")
	others := []string{"nobody@example.org", "cleo@example.org"}
	least := map[string]time.Duration{}
	apart := func() string {
		for _, email := range others {
			if ratio := float64(least[email]) / float64(least[ada]); ratio < 0.9 || ratio > 1.1 {
				return fmt.Sprintf("%s takes %.2f times as long as a person with a password", email, ratio)
			}
		}
		return ""
	}
	// The least of many tries is what the work takes; a machine that is busy with other things wants more of them.
	for try := 0; try < 150 && (try < 15 || apart() != ""); try++ {
		for _, email := range append([]string{ada}, others...) {
			h.guard.forgive(email)
			begun := time.Now()
			if _, err := h.Password(t.Context(), email, "a wrong password", Attempt{}); err == nil {
				t.Fatal("a wrong password opens")
			}
			if took := time.Since(begun); least[email] == 0 || took < least[email] {
				least[email] = took
			}
		}
	}
	if problem := apart(); problem != "" {
		t.Error(problem)
	}
}

func TestOldHashIsRenewed(t *testing.T) {
	h := fresh(t, nil)
	c := cost{memory: 8 << 10, rounds: 1, threads: 1}
	h.must(h.putHash(1, c, adaWords))
	if _, err := h.Password(t.Context(), ada, adaWords, home); err != nil {
		t.Fatal(err)
	}
	text, err := h.kept(t.Context(), 1)
	h.must(err)
	if !strings.Contains(text, "m=19456,t=2,p=1") {
		t.Errorf("the hash stays %q", text)
	}
	if _, err := h.Password(t.Context(), ada, adaWords, home); err != nil {
		t.Error(err)
	}
}

func TestRules(t *testing.T) {
	for password, want := range map[string]Reason{
		"short": Short, "éééééùùùà": Short, strings.Repeat("ab cd ", 40): Long, "1234567890": Common, "Password123!": Common, "motdepasse2026": Common, "AZERTYUIOP": Common,
		"ada.lovelace@example.org": Own, "Ada.Lovelace": Own, "aaaaaaaaaaaa": Plain, "abababababab": Plain,
		"four words that come": 0, "зимний вечер в саду": 0, "كلمات أربع تأتي": 0, "Tr0ub4dor&3x": 0, "passwordless is the future": 0,
	} {
		err := Check(password, "Ada.Lovelace@example.org")
		var rule *RuleError
		got := Reason(0)
		if errors.As(err, &rule) {
			got = rule.Reason
		}
		if got != want || want != 0 && (fault.KindOf(err) != fault.Invalid || err.Error() == "") {
			t.Errorf("%q: %v", password, err)
		}
	}
}

func TestManyTriesWait(t *testing.T) {
	h := fresh(t, nil)
	stranger := from(elsewhere)
	for _, email := range []string{ada, "nobody@example.org"} {
		waits := []time.Duration{}
		for range 20 {
			_, err := h.Password(t.Context(), email, "a wrong password", stranger)
			var wait *WaitError
			if errors.As(err, &wait) {
				if fault.KindOf(err) != fault.Limited {
					t.Fatal(err)
				}
				waits = append(waits, wait.For.Round(10*time.Second))
				h.Wait(wait.For)
			}
		}
		want := []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 15 * time.Minute, 15 * time.Minute}
		if len(waits) < len(want) || !slices.Equal(waits[:len(want)], want) {
			t.Errorf("%s waits %v", email, waits)
		}
		h.Wait(time.Hour)
	}
}

func TestOwnerIsNotLockedOut(t *testing.T) {
	h := fresh(t, nil)
	if _, err := h.Password(t.Context(), ada, adaWords, home); err != nil {
		t.Fatal(err)
	}
	lock := func() {
		for i := range 12 {
			if _, err := h.Password(t.Context(), ada, "a wrong password", from(fmt.Sprintf("203.0.113.%d", i))); err == nil {
				t.Fatal("a wrong password opens")
			}
		}
		if _, err := h.Password(t.Context(), ada, adaWords, from(elsewhere)); fault.KindOf(err) != fault.Limited {
			t.Fatalf("strangers may go on: %v", err)
		}
	}
	lock()
	if _, err := h.Password(t.Context(), ada, adaWords, home); err != nil {
		t.Errorf("from where she has signed in: %v", err)
	}
	p, _ := h.Person(1)
	if err := h.Confirm(t.Context(), p, adaWords, from("203.0.113.9")); err != nil {
		t.Errorf("from inside a session: %v", err)
	}
	link, err := h.Ticket(t.Context(), 1)
	h.must(err)
	if _, err := h.Reset(t.Context(), link, "yet another four words"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Password(t.Context(), ada, "yet another four words", from(elsewhere)); err != nil {
		t.Errorf("after a letter: %v", err)
	}
}

func TestManyAtOnceCannotSlipThrough(t *testing.T) {
	h := fresh(t, nil)
	var all sync.WaitGroup
	var mu sync.Mutex
	tried := 0
	for range 40 {
		all.Go(func() {
			if _, err := h.Password(t.Context(), ada, "a wrong password", from(elsewhere)); fault.KindOf(err) == fault.Unauthenticated {
				mu.Lock()
				tried++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if tried != freeTries {
		t.Errorf("%d passwords were tried at once", tried)
	}
}

func TestOneNetworkCannotTryEverybody(t *testing.T) {
	h := fresh(t, nil)
	limited := 0
	for i := range networkTries + 10 {
		if err := h.guard.may("password", fmt.Sprintf("p%d@example.org", i), from(elsewhere), h.Clock()); fault.KindOf(err) == fault.Limited {
			limited++
		}
	}
	if limited != 10 {
		t.Errorf("%d attempts had to wait", limited)
	}
	if _, err := h.Password(t.Context(), ada, adaWords, from(elsewhere)); fault.KindOf(err) != fault.Limited {
		t.Errorf("the network may go on: %v", err)
	}
	if _, err := h.Password(t.Context(), ada, adaWords, home); err != nil {
		t.Errorf("another network: %v", err)
	}
	h.Wait(networkWindow)
	if _, err := h.Password(t.Context(), ada, adaWords, from(elsewhere)); err != nil {
		t.Errorf("later: %v", err)
	}
}

// SES-015
func TestChangeEndsOtherSessions(t *testing.T) {
	h := fresh(t, nil)
	p, _ := h.Person(1)
	here, err := h.o.Sessions.Start(t.Context(), 1, "password")
	h.must(err)
	there, err := h.o.Sessions.Start(t.Context(), 1, "password")
	h.must(err)
	link, err := h.Ticket(t.Context(), 1)
	h.must(err)
	for old, password := range map[string]string{"wrong": "new words for the door", adaWords: "short"} {
		if _, err := h.Change(t.Context(), p, old, password, here, home); err == nil {
			t.Errorf("%q for %q is taken", password, old)
		}
	}
	newer, err := h.Change(t.Context(), p, adaWords, "new words for the door", here, home)
	h.must(err)
	if h.who(here) != 0 || h.who(there) != 0 || h.who(newer) != 1 {
		t.Error("not just the other sessions ended")
	}
	if _, err := h.Password(t.Context(), ada, adaWords, home); err == nil {
		t.Error("the old password opens")
	}
	if _, err := h.Password(t.Context(), ada, "new words for the door", home); err != nil {
		t.Error(err)
	}
	if _, err := h.TicketPerson(t.Context(), link); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a link from before sets another password: %v", err)
	}
}

func TestFirstPasswordNeedsNoOld(t *testing.T) {
	h := fresh(t, nil)
	p, _ := h.Person(3)
	here, err := h.o.Sessions.Start(t.Context(), 3, "oidc")
	h.must(err)
	if _, err := h.Change(t.Context(), p, "", "new words for the door", here, home); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := h.HasPassword(t.Context(), 3); !ok || err != nil {
		t.Errorf("%t, %v", ok, err)
	}
}

// letter waits for letters under way and gives the text of the only one.
func (h *house) letter() string {
	h.t.Helper()
	h.settle()
	files, _ := filepath.Glob(filepath.Join(h.letters, "*.eml"))
	if len(files) != 1 {
		h.t.Fatalf("%d letters", len(files))
	}
	content, err := os.ReadFile(files[0])
	h.must(err)
	h.must(os.Remove(files[0]))
	return string(content)
}

func (h *house) settle() { h.Desk.letters.Wait() }

func TestForgottenPassword(t *testing.T) {
	h := fresh(t, nil)
	write := func(_ context.Context, _ *account.Person, token string) mail.Message {
		return mail.Message{Subject: "New password", Text: "link: " + token + "."}
	}
	h.Forgotten("nobody@example.org", home, write)
	h.Forgotten(" ADA@example.org", home, write)
	text := h.letter()
	link := regexp.MustCompile(`link: ([A-Za-z0-9_-]{43})\.`).FindStringSubmatch(text)
	if link == nil || !strings.Contains(text, "<"+ada+">") {
		t.Fatalf("the letter is %s", text)
	}
	session, err := h.o.Sessions.Start(t.Context(), 1, "password")
	h.must(err)
	if p, err := h.TicketPerson(t.Context(), link[1]); err != nil || p.ID != 1 {
		t.Fatalf("the link is that of %v, %v", p, err)
	}
	if _, err := h.Reset(t.Context(), link[1], "short"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a bad password: %v", err)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for i := range 4 {
		all.Go(func() {
			_, err := h.Reset(t.Context(), link[1], fmt.Sprintf("words for the door %d", i))
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				done++
			} else if fault.KindOf(err) != fault.NotFound {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if done != 1 || h.who(session) != 0 {
		t.Errorf("the link served %d times; who is still in: %d", done, h.who(session))
	}
	var kept int
	h.must(h.pool.QueryRow(`SELECT count(*) FROM tickets WHERE hash = $1`, link[1]).Scan(&kept))
	if kept != 0 {
		t.Error("the store holds the link itself")
	}

	for range 10 {
		h.Forgotten("bob@example.org", home, write)
	}
	h.settle()
	files, _ := filepath.Glob(filepath.Join(h.letters, "*.eml"))
	if len(files) != lettersTries {
		t.Errorf("%d letters to one address in an hour", len(files))
	}
	late, err := h.Ticket(t.Context(), 2)
	h.must(err)
	h.Wait(ResetLife)
	if _, err := h.Reset(t.Context(), late, "words for the door"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a link of yesterday: %v", err)
	}
}

func TestOneNetworkCannotWriteToEverybody(t *testing.T) {
	h := fresh(t, nil)
	sent := func(a Attempt) (n int) {
		for i := range unknownLetters + 10 {
			if h.guard.letter(fmt.Sprintf("p%d-%v@example.org", i, a.Network), a, h.Clock()) {
				n++
			}
		}
		return n
	}
	if n := sent(from(elsewhere)); n != networkLetters {
		t.Errorf("%d letters from one network", n)
	}
	if n := sent(Attempt{}); n != unknownLetters {
		t.Errorf("%d letters from nowhere in particular", n)
	}
	if !h.guard.letter("x@example.org", home, h.Clock()) {
		t.Error("no letters from another network")
	}
	h.Wait(time.Hour)
	if n := sent(from(elsewhere)); n != networkLetters {
		t.Errorf("%d letters an hour later", n)
	}
}
