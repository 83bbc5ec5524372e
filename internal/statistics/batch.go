package statistics

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Keys of what is counted, one type a table. None holds anything of a visitor.
type (
	hourKey struct {
		hour int64
		kind string
	}
	pageKey struct {
		day   Day
		page  string
		class class
	}
	useKey struct {
		day     Day
		dataset string
		kind    traffic
		detail  string // format or endpoint
	}
	callKey struct {
		day      Day
		endpoint string
		status   int
	}
	errorKey struct {
		day  Day
		door string
		code int
	}
	searchKey struct {
		day   Day
		found bool
	}
	termKey struct {
		month Month
		term  string
	}
	clientKey struct {
		week   int64
		client client
	}
	nameKey struct { // of a referring host, or of a program
		week int64
		name string
	}
)

// The most that one batch holds of names that others choose; what goes beyond is counted under "other".
const mostNames = 2000

// batch is what was counted since the last one was written.
type batch struct {
	hour     int64 // of what follows, -1 for none: the present hour is counted here, in places instead of names
	kinds    [traffics]int64
	families [256]int64 // by place in agents.known

	served    map[Day]int64
	hours     map[hourKey]int64
	pages     map[pageKey]int64
	uses      map[useKey]int64
	calls     map[callKey]int64
	errors    map[errorKey]int64
	searches  map[searchKey]int64
	terms     map[termKey]termCount
	clients   map[clientKey]int64
	referrers map[nameKey]int64
	apps      map[nameKey]int64
}

type termCount struct{ n, empty int64 }

func newBatch() *batch {
	return &batch{
		hour:   -1,
		served: map[Day]int64{}, hours: map[hourKey]int64{}, pages: map[pageKey]int64{}, uses: map[useKey]int64{}, calls: map[callKey]int64{},
		errors: map[errorKey]int64{}, searches: map[searchKey]int64{}, terms: map[termKey]termCount{}, clients: map[clientKey]int64{},
		referrers: map[nameKey]int64{}, apps: map[nameKey]int64{},
	}
}

// empty tells whether there is nothing to write.
func (b *batch) empty() bool { return len(b.served) == 0 }

// named counts a name that others choose, within bounds.
func named(in map[nameKey]int64, key nameKey) {
	if _, known := in[key]; !known && len(in) >= mostNames {
		key.name = folded
	}
	in[key]++
}

// merge adds what another batch holds: one that could not be written.
func (b *batch) merge(o *batch) {
	add(b.served, o.served)
	add(b.hours, o.hours)
	add(b.pages, o.pages)
	add(b.uses, o.uses)
	add(b.calls, o.calls)
	add(b.errors, o.errors)
	add(b.searches, o.searches)
	add(b.clients, o.clients)
	add(b.referrers, o.referrers)
	add(b.apps, o.apps)
	for key, c := range o.terms {
		b.addTerm(key, c.n, c.empty)
	}
}

func (b *batch) addTerm(key termKey, n, empty int64) {
	c := b.terms[key]
	b.terms[key] = termCount{c.n + n, c.empty + empty}
}

func add[K comparable](to, from map[K]int64) {
	for key, n := range from {
		to[key] += n
	}
}

// ordered gives the keys of a map in an order that tells nothing of when they came.
func ordered[K comparable, V any](m map[K]V, compare func(a, b K) int) []K {
	return slices.SortedFunc(maps.Keys(m), compare)
}

func compareUses(a, b useKey) int {
	return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.dataset, b.dataset), cmp.Compare(a.what(), b.what()))
}

// what gives the text under which a use is kept: "view", "download csv", "call records", "attachment", "script", "bot".
func (k useKey) what() string {
	if k.detail == "" || k.kind == bots {
		return k.kind.String()
	}
	if strings.ContainsAny(k.detail, " ,") { // by which packed texts are taken apart
		return k.kind.String() + " " + folded
	}
	return k.kind.String() + " " + k.detail
}

// traffic is a kind of use as the traffic of the portal has it: views by programs and all that crawlers fetch are apart.
type traffic uint8

const (
	scripts  = traffic(kinds)
	bots     = traffic(kinds + 1)
	traffics = kinds + 2
)

func trafficOf(k Kind, by class) traffic {
	switch {
	case by == bot:
		return bots
	case by == program && k == View:
		return scripts
	}
	return traffic(k)
}

// String gives the word under which it is kept.
func (t traffic) String() string {
	switch t {
	case scripts:
		return "script"
	case bots:
		return "bot"
	}
	return Kind(t).String()
}

// turn gives what was counted in an hour its name, when another one begins.
func (b *batch) turn(hour int64, known []client) {
	if b.hour == hour {
		return
	}
	if b.hour >= 0 {
		for kind, n := range b.kinds {
			if n > 0 {
				b.hours[hourKey{b.hour, traffic(kind).String()}] += n
			}
		}
		week := Day(floor(b.hour, 24)).week()
		for place, n := range b.families {
			if n > 0 {
				b.clients[clientKey{week, known[place]}] += n
			}
		}
		clear(b.kinds[:])
		clear(b.families[:])
	}
	b.hour = hour
}
