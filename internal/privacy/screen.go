package privacy

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// clockSlack is how far the Expires of a line may be from what its Max-Age says: the time that passes between its
// making and the sending of the header.
const clockSlack = time.Minute

// Screen takes every cookie out of an answer's header that is not exactly as the registry declares it: its name, its
// value, each attribute. It gives the names of what was removed, shortened and never with a value. Where a cookie
// stays, no cache that others share may keep the answer.
//
// It is called before every header that is sent, those of status 1xx too.
func (r *Registry) Screen(h http.Header) (removed []string) {
	if _, plain := h[setCookie]; !plain && !hidden(h) {
		return nil
	}
	var kept []string
	for name, lines := range h {
		if !isSetCookie(name) {
			continue
		}
		for _, line := range lines {
			if name == setCookie && r.declared(line) && !repeats(kept, line) {
				kept = append(kept, line)
			} else {
				removed = append(removed, shown(nameOf(line)))
			}
		}
		delete(h, name)
	}
	if len(kept) == 0 {
		return removed
	}
	h[setCookie] = kept
	if shared := strings.ToLower(strings.Join(h["Cache-Control"], ",")); shared == "" || strings.Contains(shared, "public") || strings.Contains(shared, "s-maxage") {
		h["Cache-Control"] = []string{"private, no-store"}
	}
	return removed
}

// repeats tells whether a line gives a cookie a second value; to take it away from several domains is no harm.
func repeats(kept []string, line string) bool {
	pair, _, _ := strings.Cut(line, ";")
	return !strings.HasSuffix(pair, "=") && slices.ContainsFunc(kept, func(k string) bool { return nameOf(k) == nameOf(line) })
}

// hidden tells whether a header that sets cookies stands under a spelling that net/http would send as it is.
func hidden(h http.Header) bool {
	for name := range h {
		if name != setCookie && isSetCookie(name) {
			return true
		}
	}
	return false
}

// isSetCookie knows the header in any spelling, its forgotten successor, and both as trailers.
func isSetCookie(name string) bool {
	if t, ok := strings.CutPrefix(name, http.TrailerPrefix); ok {
		name = t
	}
	if len(name) != len(setCookie) && len(name) != len(setCookie)+1 { // few headers are as long: the others cost nothing
		return false
	}
	return strings.EqualFold(name, setCookie) || strings.EqualFold(name, "Set-Cookie2")
}

// declared judges one line: as Set or as Delete would have written it, in any order and case of the attributes.
func (r *Registry) declared(line string) bool {
	if strings.ContainsFunc(line, func(c rune) bool { return c < ' ' || c > '~' }) {
		return false
	}
	pair, rest, _ := strings.Cut(line, ";")
	name, value, ok := strings.Cut(pair, "=")
	if !ok {
		return false
	}
	at := slices.IndexFunc(r.items, func(it Item) bool { return it.ID != "" && it.Kind == Cookie && it.Name == name })
	if at < 0 {
		return false
	}
	it := &r.items[at]
	want := it.attributes(r.o.Secure)
	age, expires := int(it.Duration/time.Second), r.o.Clock().Add(it.Duration)
	if value == "" {
		age, expires = 0, time.Unix(0, 0)
	} else if len(value) > it.MaxBytes || !it.Grammar.MatchString(value) {
		return false
	}
	want = append(want, "Max-Age="+strconv.Itoa(age))
	dated := false
	for attribute := range strings.SplitSeq(rest, ";") {
		attribute = strings.TrimSpace(attribute)
		if key, when, _ := strings.Cut(attribute, "="); strings.EqualFold(key, "Expires") && !dated {
			t, err := http.ParseTime(when)
			if err != nil || t.Sub(expires).Abs() > clockSlack {
				return false
			}
			dated = true
			continue
		}
		if key, _, _ := strings.Cut(attribute, "="); value == "" && strings.EqualFold(key, "Domain") && r.o.Prefix == "" {
			continue // Wipe
		}
		i := slices.IndexFunc(want, func(w string) bool { return strings.EqualFold(w, attribute) })
		if i < 0 {
			return false
		}
		want = slices.Delete(want, i, i+1)
	}
	return len(want) == 0 && dated
}

// nameOf gives the name of the cookie that a line sets.
func nameOf(line string) string {
	pair, _, _ := strings.Cut(line, ";")
	name, _, _ := strings.Cut(pair, "=")
	return strings.TrimSpace(name)
}

// shown makes a foreign name fit for a log: 40 characters of those that names of cookies are made of.
func shown(name string) string {
	clean := strings.Map(func(c rune) rune {
		if c > ' ' && c < 0x7f && !strings.ContainsRune(`()<>@,;:\"/[]?={}`, c) {
			return c
		}
		return '?'
	}, name)
	return clean[:min(len(clean), 40)]
}
