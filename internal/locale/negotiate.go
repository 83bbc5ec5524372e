package locale

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Negotiate gives the printer for a visitor, by the rules of Django. asked is what the address says, cookie what the
// visitor chose earlier, accept the Accept-Language header; "" where there is none. What cannot be read or is not
// spoken counts as not said; the portal's own language comes last.
func (l *Locales) Negotiate(asked, cookie, accept string) *Printer {
	for _, wish := range []string{asked, cookie} {
		if p := l.Wish(wish); p != nil {
			return p
		}
	}
	for _, tag := range acceptable(accept) {
		if tag == "*" {
			break
		}
		if p := l.variant(tag); p != nil {
			return p
		}
	}
	return l.printers[0]
}

// Wish gives the printer for a language that somebody named, or a near one: itself, its generic form (fr for fr-ca),
// any sibling (pt-br for pt). Nil where there is none.
func (l *Locales) Wish(tag string) *Printer {
	if len(tag) > longestTag {
		return nil
	}
	return l.variant(strings.ToLower(tag))
}

const (
	longestTag    = 100 // bytes of a language that is named
	longestHeader = 500 // bytes of Accept-Language; what comes after the last comma before is cut
)

// tagForm is a language as a visitor may name it.
var tagForm = regexp.MustCompile(`^[a-z]{1,8}(?:-[a-z0-9]{1,8})*$`)

// acceptForm is one piece of Accept-Language, in lower case.
var acceptForm = regexp.MustCompile(`^([a-z]{1,8}(?:-[a-z0-9]{1,8})*|\*)(?:\s*;\s*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?(?:\s*,\s*|$)`)

// acceptable reads Accept-Language: the languages by what they are worth, those of one worth as they stand. One piece
// that is wrong makes all of it count as not said. Worth 0 is the least, not "never".
func acceptable(header string) []string {
	rest := strings.ToLower(header)
	if len(rest) > longestHeader {
		end := strings.LastIndexByte(rest[:longestHeader], ',')
		if end <= 0 {
			return nil
		}
		rest = rest[:end]
	}
	type piece struct {
		tag   string
		worth float64
	}
	var pieces []piece
	for rest != "" {
		m := acceptForm.FindStringSubmatch(rest)
		if m == nil {
			return nil
		}
		worth := 1.0
		if m[2] != "" {
			worth, _ = strconv.ParseFloat(m[2], 64)
		}
		pieces = append(pieces, piece{m[1], worth})
		rest = rest[len(m[0]):]
	}
	slices.SortStableFunc(pieces, func(a, b piece) int {
		switch {
		case a.worth > b.worth:
			return -1
		case a.worth < b.worth:
			return 1
		}
		return 0
	})
	out := make([]string, len(pieces))
	for i, p := range pieces {
		out[i] = p.tag
	}
	return out
}

// elsewhere gives what a tag of old is called today, "" for most.
func elsewhere(tag string) string {
	switch tag {
	case "zh-cn", "zh-my", "zh-sg":
		return "zh-hans"
	case "zh-hk", "zh-mo", "zh-tw":
		return "zh-hant"
	}
	return ""
}

// variant finds the language that is on and nearest to a tag in lower case: itself, what it is called today, its
// generic forms, then any that shares the most generic one.
func (l *Locales) variant(tag string) *Printer {
	if !tagForm.MatchString(tag) {
		return nil
	}
	possible := []string{tag}
	if other := elsewhere(tag); other != "" {
		possible = append(possible, other)
	}
	generic := tag
	for end := strings.LastIndexByte(generic, '-'); end > 0; end = strings.LastIndexByte(generic, '-') {
		generic = generic[:end]
		possible = append(possible, generic)
	}
	for _, t := range possible {
		if p := find(l.printers, t); p != nil {
			return p
		}
	}
	for _, p := range l.printers {
		if strings.HasPrefix(p.Tag, generic+"-") && !p.pseudo {
			return p
		}
	}
	return nil
}
