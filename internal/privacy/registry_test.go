package privacy

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"parvis/internal/fault"
)

func language() Item {
	return Item{
		Name: "lang", Kind: Cookie, Provider: "The town", Function: Text{"en": "language", "fr": "langue"}, Location: Both,
		Category: Necessary, Purpose: Text{"en": "remembers the language"}, Duration: 365 * 24 * time.Hour,
		Attributes: []string{"SameSite=Lax"}, SetWhen: Text{"en": "when a language is chosen"},
	}
}

func TestNothingIsStoredYet(t *testing.T) {
	r, err := New(Seed())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(r.Items()); n != 0 {
		t.Fatalf("the seed holds %d items: the policy page must be told", n)
	}
	text, err := r.JSON("https://data.example.org")
	if err != nil {
		t.Fatal(err)
	}
	var twin struct {
		Hash  string            `json:"policy_hash"`
		Items []json.RawMessage `json:"items"`
	}
	if err := json.Unmarshal(text, &twin); err != nil || twin.Items == nil || twin.Hash != r.Hash() {
		t.Errorf("the twin is %s (%v)", text, err)
	}
}

func TestItemsAreComplete(t *testing.T) {
	if _, err := New([]Item{language()}); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Item){
		"name":     func(i *Item) { i.Name = "" },
		"provider": func(i *Item) { i.Provider = "" },
		"function": func(i *Item) { i.Function = Text{"fr": "langue"} },
		"location": func(i *Item) { i.Location = "" },
		"category": func(i *Item) { i.Category = "" },
		"purpose":  func(i *Item) { i.Purpose = nil },
		"duration": func(i *Item) { i.Duration = 0 },
	} {
		it := language()
		spoil(&it)
		if _, err := New([]Item{it}); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: %v", name, err)
		}
	}
	if _, err := New([]Item{language(), language()}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("twice the same: %v", err)
	}
}

func TestHashFollowsTheItems(t *testing.T) {
	empty, _ := New(nil)
	one, _ := New([]Item{language()})
	longer := language()
	longer.Duration *= 2
	two, _ := New([]Item{longer})
	if empty.Hash() == one.Hash() || one.Hash() == two.Hash() {
		t.Errorf("hashes %s, %s, %s do not differ", empty.Hash(), one.Hash(), two.Hash())
	}
	if got := one.Of(Necessary)[0].Function.In("fr"); got != "langue" {
		t.Errorf("function in French: %q", got)
	}
	if got := one.Items()[0].Purpose.In("fr"); got != "remembers the language" {
		t.Errorf("purpose without French: %q", got)
	}
}

func TestCSPAllowsNothingFromElsewhere(t *testing.T) {
	r, _ := New(nil)
	csp := r.CSP()
	for _, bad := range []string{"unsafe", "*", "http:", "https:", "blob:"} {
		if strings.Contains(csp, bad) {
			t.Errorf("%q holds %s", csp, bad)
		}
	}
	if !strings.HasPrefix(csp, "default-src 'none'") {
		t.Errorf("%q does not start from nothing", csp)
	}
}
