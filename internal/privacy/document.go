package privacy

import (
	"encoding/json"
	"strings"
	"time"

	"parvis/internal/locale"
)

// Document is the cookie policy in one language, every sentence of it: the page prints it, the twin writes it, the
// hash covers it.
type Document struct {
	Language string     `json:"language"`
	Hash     string     `json:"policy_hash"`
	Portal   string     `json:"portal"`            // public address
	Updated  string     `json:"updated,omitempty"` // the day of the last change, 2006-01-02
	Operator string     `json:"operator"`
	Title    string     `json:"title"`
	Lede     string     `json:"lede"`
	What     []string   `json:"what_is_a_cookie"`
	Kinds    []KindText `json:"kinds"`
	Items    []Row      `json:"items"`
	Services []Party    `json:"services"`
	Counting []string   `json:"statistics"`
	Origin   []string   `json:"about"`
}

// KindText explains a category.
type KindText struct {
	Category Category `json:"category"`
	Name     string   `json:"name"`
	Says     string   `json:"says"`
}

// Row is an item in one language.
type Row struct {
	Name        string   `json:"name"`
	Kind        Kind     `json:"kind"`
	Provider    string   `json:"provider"`
	Function    string   `json:"function"`
	Location    string   `json:"location"`
	Category    Category `json:"category"`
	Basis       Basis    `json:"legal_basis"`
	Purpose     string   `json:"purpose"`
	Duration    string   `json:"duration"`
	MaxAge      int64    `json:"max_age_seconds"` // 0: until the browser is closed; -1: until it is deleted
	Sliding     bool     `json:"sliding"`
	Attributes  []string `json:"attributes"`
	SetWhen     string   `json:"set_when"`
	DeletedWhen string   `json:"deleted_when"`
	Service     string   `json:"service,omitempty"`
}

// Party is an optional service in one language.
type Party struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Company string   `json:"company"`
	Purpose string   `json:"purpose"`
	Policy  string   `json:"policy"`
	Contact string   `json:"contact"`
	Origins []Origin `json:"origins"`
	Hosts   []string `json:"hosts"`
}

// Of gives the rows of one category.
func (d *Document) Of(c Category) []Row {
	var out []Row
	for _, row := range d.Items {
		if row.Category == c {
			out = append(out, row)
		}
	}
	return out
}

// Document writes the policy in the printer's language for the portal at an address, last changed on a day (zero:
// not known).
func (r *Registry) Document(p *locale.Printer, portal string, updated time.Time) *Document {
	d := &Document{
		Language: p.Tag, Hash: r.hash, Portal: portal, Operator: r.o.Operator, Title: p.T("Cookie policy"), Lede: r.lede(p),
		Kinds: kinds(p), Counting: r.o.Measurement.Sentences(p), Services: []Party{}, Items: []Row{},
		What: []string{
			p.T("A cookie is a small piece of data with a name. A site sends it to your browser, which keeps it for a time and sends it back at each visit. It lets a site recognise the same browser: to keep you signed in, to remember a basket or a language, but also to follow you for statistics or advertising."),
			p.T("Other means of storing in a browser do the same and come under the same rules: this page speaks of all of them."),
		},
		Origin: []string{
			p.T("It is printed by the portal's software from the register of everything that the software is able to store. Were a cookie added, it would stand here with its service provider, its function and location, its name, its purpose and its duration; what is not in the register cannot be set."),
			p.T("Responsible for this portal: {operator}", "operator", r.o.Operator),
		},
	}
	if r.o.MapHost != "" {
		d.Origin = append(d.Origin, p.T("The ground of the maps comes from {host}. The portal asks for it itself and hands it on: your machine does not contact that site, which learns nothing of you.", "host", isolated(p, r.o.MapHost)))
	}
	if !updated.IsZero() {
		d.Updated = updated.Format(time.DateOnly)
	}
	for i := range r.items {
		d.Items = append(d.Items, r.row(p, &r.items[i]))
	}
	for _, s := range r.services {
		d.Services = append(d.Services, Party{
			ID: s.ID, Name: s.Name, Company: s.Company, Policy: s.Policy, Contact: s.Contact, Origins: s.Origins, Hosts: s.Hosts,
			Purpose: p.T("Plays videos that publishers put into descriptions. While it does, {company} learns the address of your machine and which video you watch.", "company", isolated(p, s.Company)),
		})
	}
	return d
}

// isolated keeps a name in Latin letters together within a text from right to left.
func isolated(p *locale.Printer, name string) string {
	if p.Dir == "rtl" {
		return "\u2068" + name + "\u2069"
	}
	return name
}

// lede is the first sentence of the policy.
func (r *Registry) lede(p *locale.Printer) string {
	if len(r.services) == 0 {
		return p.T("What this portal stores on your machine, for how long, and why. A first visit stores nothing, and no page contacts another site.")
	}
	return p.T("What this portal stores on your machine, for how long, and why. A first visit stores nothing; other sites are contacted only once you have allowed it.")
}

func kinds(p *locale.Printer) []KindText {
	return []KindText{
		{Necessary, p.T("Strictly necessary cookies"), p.T("They keep what a service that you ask for needs to work between two visits: being signed in, a basket, a language you chose. They need no consent.")},
		{Statistical, p.T("Statistical cookies"), p.T("They follow what visitors do on a site to count it. No consent is needed when they are anonymised, that is, when nothing in them can be traced to a person.")},
		{FirstParty, p.T("Internal (first-party) cookies"), p.T("They are stored by the site you visit, beyond what is necessary, for instance to get to know its visitors. They need your consent.")},
		{ThirdParty, p.T("Third-party cookies"), p.T("They are stored by or for another site, often for advertising, and tell it what you visited here. They need your consent.")},
	}
}

func (r *Registry) row(p *locale.Printer, it *Item) Row {
	w := it.Words(p)
	row := Row{
		Name: it.Name, Kind: it.Kind, Provider: it.Provider, Function: w.Function, Location: location(p, it.Location), Category: it.Category,
		Basis: it.Basis, Purpose: w.Purpose, Duration: duration(p, it), MaxAge: -1, Sliding: it.Sliding, Attributes: []string{},
		SetWhen: w.SetWhen, DeletedWhen: w.DeletedWhen, Service: it.Service,
	}
	if it.Duration >= 0 {
		row.MaxAge = int64(it.Duration / time.Second)
	}
	if it.ID != "" {
		row.Attributes = it.attributes(r.o.Secure)
	}
	return row
}

func location(p *locale.Printer, l Location) string {
	switch l {
	case Front:
		return p.T("front office")
	case Back:
		return p.T("back office")
	}
	return p.T("front and back office")
}

// duration tells how long an item is kept, exactly: in days where it is whole days, else in hours or minutes.
func duration(p *locale.Printer, it *Item) string {
	switch {
	case it.Duration == WhileOpen:
		return p.T("until the browser is closed")
	case it.Duration < 0:
		return p.T("until it is deleted")
	case !it.Sliding:
		return span(p, it.Duration)
	case it.AtMost > it.Duration:
		return p.T("{duration} after the last visit, {most} at most", "duration", span(p, it.Duration), "most", span(p, it.AtMost))
	}
	return p.T("{duration} after the last visit", "duration", span(p, it.Duration))
}

// span writes a length of time in the largest unit that it is whole in.
func span(p *locale.Printer, d time.Duration) string {
	switch {
	case d%day == 0:
		return p.N("{n} day", "{n} days", int64(d/day))
	case d%time.Hour == 0:
		return p.N("{n} hour", "{n} hours", int64(d/time.Hour))
	}
	return p.N("{n} minute", "{n} minutes", int64(d/time.Minute))
}

// JSON writes the document for programs.
func (d *Document) JSON() ([]byte, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	err := e.Encode(d)
	return []byte(b.String()), err
}
