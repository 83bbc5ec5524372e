package privacy

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"parvis/internal/fault"
	"parvis/internal/locale"
)

// Options are what an operator can change about the registry.
type Options struct {
	Operator    string            // who runs the portal: the service provider of the policy
	Languages   []*locale.Printer // every language that is turned on; at least one
	SessionIdle time.Duration     // how long a session lives without a visit; 0: StandardSession
	SessionMax  time.Duration     // how long it lives at most; 0: as long as there are visits
	Secure      bool              // visitors reach the portal by HTTPS: cookies are Secure
	Prefix      string            // "", or "host": cookies are named __Host-…, so that no sibling host can set them
	Services    []string          // optional third-party services that are on, by the names of Known
	Secret      []byte            // what choices are signed with, 32 bytes
	Measurement Measurement       // how visits are counted
	MapHost     string            // of the server that the portal itself asks for the ground of maps; "" for none
	Clock       func() time.Time  // nil: time.Now
}

// PrefixHost is the value of Options.Prefix that asks for names of the form __Host-….
const PrefixHost = "host"

// wireName gives the name of one of the portal's own cookies as it is sent.
func (o *Options) wireName(id ID) string {
	if o.Prefix == PrefixHost {
		return "__Host-" + string(id)
	}
	return string(id)
}

// Registry holds every item and every service that is on. It never changes after New.
type Registry struct {
	o        Options
	items    []Item
	services []Service
	hash     string
}

// New makes a registry. Kind Invalid: a setting contradicts another, or an item is not told in full, so that the
// printed policy would leave something out.
func New(o Options) (*Registry, error) {
	if o.SessionIdle == 0 {
		o.SessionIdle = StandardSession
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	switch {
	case len(o.Languages) == 0:
		return nil, fault.New(fault.Invalid, "the privacy registry needs at least one language")
	case o.Operator == "":
		return nil, fault.New(fault.Invalid, "the privacy registry needs to know who runs the portal: set operator or title")
	case len(o.Secret) < 32:
		return nil, fault.New(fault.Invalid, "the privacy registry needs a secret of 32 bytes to sign choices with")
	case o.SessionIdle < time.Minute || o.SessionIdle > 400*day:
		return nil, fault.New(fault.Invalid, "a session may live from one minute to 400 days without a visit, not %s", o.SessionIdle)
	case o.Prefix != "" && o.Prefix != PrefixHost:
		return nil, fault.New(fault.Invalid, "the prefix of cookies is %q or nothing, not %q", PrefixHost, o.Prefix)
	case o.Prefix == PrefixHost && !o.Secure:
		return nil, fault.New(fault.Invalid, "cookie-prefix host works by HTTPS only: set url to an address of the portal that begins with https://, or leave cookie-prefix out")
	}
	if err := o.Measurement.check(); err != nil {
		return nil, err
	}
	services, err := turnedOn(o.Services)
	if err != nil {
		return nil, err
	}
	items := own(&o)
	for _, s := range services {
		items = append(items, s.items()...)
	}
	return assemble(o, items, services)
}

// assemble checks the items and takes the policy's hash.
func assemble(o Options, items []Item, services []Service) (*Registry, error) {
	if err := checkItems(items, o.Languages); err != nil {
		return nil, err
	}
	r := &Registry{o: o, items: items, services: services}
	var documents []*Document
	for _, p := range o.Languages {
		documents = append(documents, r.Document(p, "", time.Time{}))
	}
	slices.SortFunc(documents, func(a, b *Document) int { return strings.Compare(a.Language, b.Language) })
	text, err := json.Marshal(documents)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the cookie policy cannot be written as JSON")
	}
	sum := sha256.Sum256(text)
	r.hash = hex.EncodeToString(sum[:8])
	return r, nil
}

// Items gives the items in the order of the policy.
func (r *Registry) Items() []Item { return slices.Clone(r.items) }

// Services gives the optional services that are on, in the order of Known.
func (r *Registry) Services() []Service { return slices.Clone(r.services) }

// Measurement tells how visits are counted.
func (r *Registry) Measurement() Measurement { return r.o.Measurement }

// Optional tells whether there is anything that a visitor's choice or signal changes.
func (r *Registry) Optional() bool { return len(r.services) > 0 || r.o.Measurement.On }

// Hash identifies the policy, every word of it in every language: 16 hexadecimal digits that are the same in every
// process with the same settings, and change whenever anything does that a visitor could read there.
func (r *Registry) Hash() string { return r.hash }

// Secure tells whether cookies are marked so that they travel by HTTPS only.
func (r *Registry) Secure() bool { return r.o.Secure }

// Name gives the name under which one of the portal's own cookies is sent.
func (r *Registry) Name(id ID) string { return r.o.wireName(id) }

// Has tells whether the registry declares one of the portal's own cookies.
func (r *Registry) Has(id ID) bool { return r.item(id) != nil }

// item finds one of the portal's own items; nil where it is not declared.
func (r *Registry) item(id ID) *Item {
	for i := range r.items {
		if r.items[i].ID == id && id != "" {
			return &r.items[i]
		}
	}
	return nil
}
