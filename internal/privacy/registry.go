package privacy

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"parvis/internal/fault"
)

// Kind is where on the visitor's machine an item lives.
type Kind string

// The kinds of storage.
const (
	Cookie         Kind = "cookie"
	LocalStorage   Kind = "localStorage"
	SessionStorage Kind = "sessionStorage"
)

// Location is the part of the portal that uses an item.
type Location string

// The locations.
const (
	Front Location = "front" // the public pages
	Back  Location = "back"  // the back office
	Both  Location = "both"
)

// Category says why an item may be stored, and whether the visitor is asked first.
type Category string

// The categories, in the order in which the policy explains them.
const (
	Necessary   Category = "necessary"   // for a service that the visitor asks for: no consent needed
	Statistical Category = "statistical" // no consent needed where it is anonymous
	FirstParty  Category = "first-party" // of this portal, beyond the necessary: only with consent
	ThirdParty  Category = "third-party" // of somebody else: only with consent
)

// Text is a text by language tag; "en" is always there.
type Text map[string]string

// In gives the text in a language, else in English.
func (t Text) In(tag string) string {
	if s := t[tag]; s != "" {
		return s
	}
	return t["en"]
}

// Item is one thing that the portal may store on a visitor's machine.
type Item struct {
	Name       string
	Kind       Kind
	Provider   string // who stores it: the organisation that runs the portal, or a third party
	Function   Text   // what it is for, in two or three words
	Location   Location
	Category   Category
	Purpose    Text // what it does for the visitor, in a sentence
	Duration   time.Duration
	Sliding    bool     // each visit starts the duration anew
	Attributes []string // HttpOnly, Secure, SameSite=Lax …
	SetWhen    Text     // the act that stores it
}

// Registry holds every item. It never changes after New.
type Registry struct {
	items []Item
	hash  string
}

// Seed is what Parvis itself stores: nothing yet.
func Seed() []Item { return nil }

// New makes a registry. An item with an empty cell, or two items of the same kind and name, is fault.Invalid:
// the printed policy can leave nothing out.
func New(items []Item) (*Registry, error) {
	for i, it := range items {
		for _, cell := range []struct{ name, value string }{
			{"name", it.Name}, {"kind", string(it.Kind)}, {"provider", it.Provider}, {"function", it.Function["en"]},
			{"location", string(it.Location)}, {"category", string(it.Category)}, {"purpose", it.Purpose["en"]},
			{"moment of storing", it.SetWhen["en"]},
		} {
			if cell.value == "" {
				return nil, fault.New(fault.Invalid, "item %d (%q) of the privacy registry has no %s", i+1, it.Name, cell.name)
			}
		}
		if it.Duration <= 0 && it.Kind == Cookie {
			return nil, fault.New(fault.Invalid, "the cookie %q of the privacy registry has no duration", it.Name)
		}
		if slices.ContainsFunc(items[:i], func(o Item) bool { return o.Name == it.Name && o.Kind == it.Kind }) {
			return nil, fault.New(fault.Invalid, "the privacy registry holds the %s %q twice", it.Kind, it.Name)
		}
	}
	r := &Registry{items: slices.Clone(items)}
	text, err := json.Marshal(r.twin())
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the privacy registry cannot be written as JSON")
	}
	sum := sha256.Sum256(text)
	r.hash = hex.EncodeToString(sum[:8])
	return r, nil
}

// Items gives the items in the order of the policy.
func (r *Registry) Items() []Item { return slices.Clone(r.items) }

// Of gives the items of one category.
func (r *Registry) Of(c Category) []Item {
	return slices.DeleteFunc(r.Items(), func(it Item) bool { return it.Category != c })
}

// Hash identifies what is stored: it changes whenever an item does. 16 hexadecimal digits.
func (r *Registry) Hash() string { return r.hash }

// twinItem is an item in the JSON twin of the policy.
type twinItem struct {
	Name       string   `json:"name"`
	Kind       Kind     `json:"kind"`
	Provider   string   `json:"provider"`
	Function   Text     `json:"function"`
	Location   Location `json:"location"`
	Category   Category `json:"category"`
	Purpose    Text     `json:"purpose"`
	MaxAge     int64    `json:"max_age_seconds"`
	Sliding    bool     `json:"sliding"`
	Attributes []string `json:"attributes"`
	SetWhen    Text     `json:"set_when"`
}

func (r *Registry) twin() []twinItem {
	out := make([]twinItem, len(r.items))
	for i, it := range r.items {
		out[i] = twinItem{it.Name, it.Kind, it.Provider, it.Function, it.Location, it.Category, it.Purpose,
			int64(it.Duration / time.Second), it.Sliding, slices.Clone(it.Attributes), it.SetWhen}
	}
	return out
}

// JSON writes the twin of the policy page for programs: {"policy_hash", "portal", "items": […]}.
func (r *Registry) JSON(portal string) ([]byte, error) {
	return json.MarshalIndent(struct {
		Hash   string     `json:"policy_hash"`
		Portal string     `json:"portal"`
		Items  []twinItem `json:"items"`
	}{r.hash, portal, r.twin()}, "", "  ")
}

// CSP gives the Content-Security-Policy of every page: what a browser may load is what the registry allows, and
// nothing of it comes from elsewhere.
func (r *Registry) CSP() string {
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
		"connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
}
