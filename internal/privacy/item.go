package privacy

import (
	"regexp"
	"slices"
	"time"

	"parvis/internal/fault"
	"parvis/internal/locale"
)

// ID names an item in the code, under every prefix that its cookie may have on the wire.
type ID string

// What Parvis itself stores.
const (
	Session     ID = "sessionid"
	Language    ID = "django_language"
	CSRF        ID = "csrftoken"
	Preferences ID = "cookies_preferences"
)

// Kind is where on the visitor's machine an item lives.
type Kind string

// The kinds of storage.
const (
	Cookie         Kind = "cookie"
	LocalStorage   Kind = "localStorage"
	SessionStorage Kind = "sessionStorage"
	IndexedDB      Kind = "indexedDB"
	Cache          Kind = "cache"
	ServiceWorker  Kind = "serviceWorker"
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

// Basis is the legal ground of an item: an exemption from consent, or consent.
type Basis string

// The grounds.
const (
	ExemptAuthentication Basis = "exempt-auth"
	ExemptSecurity       Basis = "exempt-security"
	ExemptInterface      Basis = "exempt-ui"
	ExemptChoice         Basis = "exempt-choice"
	ExemptAudience       Basis = "exempt-audience" // audience measurement under the conditions of audience.go
	Consent              Basis = "consent"
)

// How long things are kept that have no length of their own.
const (
	WhileOpen time.Duration = 0  // until the browser is closed
	Forever   time.Duration = -1 // until somebody deletes it
)

// longestMeasured is how long a statistical item may live without consent: 13 months.
const longestMeasured = 396 * 24 * time.Hour

// Words are an item's texts in one language.
type Words struct {
	Function    string // what it is for, in two or three words
	Purpose     string // what it does for the visitor, in a sentence
	SetWhen     string // the act that stores it
	DeletedWhen string // the act that takes it away before its time
}

// Item is one thing that the portal, or a third party that it lets in, may store on a visitor's machine.
type Item struct {
	ID       ID     // "" for what others store
	Name     string // on the wire; for third parties it may end in * for any ending
	Kind     Kind
	Provider string // who stores it: the organisation that runs the portal, or a third party
	Location Location
	Category Category
	Basis    Basis
	Duration time.Duration
	Sliding  bool           // each visit starts the duration anew
	AtMost   time.Duration  // how often that may happen, from the first visit on; 0: for ever
	Readable bool           // a script of the page may read the cookie: it lacks HttpOnly
	Grammar  *regexp.Regexp // what its value looks like; nil for what others store
	MaxBytes int            // of its value
	Service  string         // the optional service that stores it; "" is the portal itself
	Words    func(*locale.Printer) Words
}

// attributes gives the attributes of the portal's own cookie as they stand in the header, but for its age.
func (it *Item) attributes(secure bool) []string {
	out := []string{"Path=/"}
	if !it.Readable {
		out = append(out, "HttpOnly")
	}
	if secure {
		out = append(out, "Secure")
	}
	return append(out, "SameSite=Lax")
}

// checkItems refuses a registry whose policy would leave something out or claim what does not hold. Kind Invalid.
func checkItems(items []Item, languages []*locale.Printer) error {
	for i, it := range items {
		what := "item " + string(it.Kind) + " " + it.Name + " of the privacy registry"
		for _, cell := range []struct{ name, value string }{
			{"name", it.Name}, {"kind", string(it.Kind)}, {"provider", it.Provider}, {"location", string(it.Location)},
			{"category", string(it.Category)}, {"legal basis", string(it.Basis)},
		} {
			if cell.value == "" {
				return fault.New(fault.Invalid, "%s has no %s", what, cell.name)
			}
		}
		if it.Words == nil {
			return fault.New(fault.Invalid, "%s has no texts", what)
		}
		for _, p := range languages {
			w := it.Words(p)
			for _, cell := range []struct{ name, value string }{
				{"function", w.Function}, {"purpose", w.Purpose}, {"moment of storing", w.SetWhen}, {"moment of deleting", w.DeletedWhen},
			} {
				if cell.value == "" {
					return fault.New(fault.Invalid, "%s has no %s in the language %s", what, cell.name, p.Tag)
				}
			}
		}
		if err := checkLife(&it, what); err != nil {
			return err
		}
		if slices.ContainsFunc(items[:i], func(o Item) bool { return o.Name == it.Name && o.Kind == it.Kind && o.Service == it.Service }) {
			return fault.New(fault.Invalid, "the privacy registry holds the %s %q twice", it.Kind, it.Name)
		}
	}
	return nil
}

// checkLife looks at how long an item lives, on what ground, and at the grammar of the portal's own.
func checkLife(it *Item, what string) error {
	switch {
	case it.Service == "" && it.Kind == Cookie && it.Duration < time.Second:
		return fault.New(fault.Invalid, "%s has no duration", what)
	case it.Service == "" && (it.Grammar == nil || it.MaxBytes < 1):
		return fault.New(fault.Invalid, "%s does not say what its value looks like", what)
	case it.Category == Statistical && it.Basis != Consent && (it.Duration <= 0 || it.Duration > longestMeasured):
		return fault.New(fault.Invalid, "%s is statistical and exempt from consent, and may then live 13 months at most", what)
	case it.Category == Necessary && it.Basis == Consent:
		return fault.New(fault.Invalid, "%s is necessary, and names consent as its legal basis: what is necessary needs a ground for exemption", what)
	case (it.Category == FirstParty || it.Category == ThirdParty) && it.Basis != Consent:
		return fault.New(fault.Invalid, "%s is optional, and may be stored only with consent", what)
	}
	return nil
}
