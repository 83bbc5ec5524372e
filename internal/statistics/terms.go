package statistics

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The bounds of what is searched for: terms longer than that are sentences, and of more than so many different ones a
// month nothing is learnt.
const (
	longestTerm = 60
	mostTerms   = 20_000
)

// searches is what the catalogue was searched for this month. Until a term has come up TermTimes times on TermDays days
// it is known to this memory alone, for people type names: the disk never sees a rare term, and a restart forgets it.
type searches struct {
	month Month
	terms map[string]*term
}

// term is one text that was searched for.
type term struct {
	n, empty int64
	days     int
	last     Day
	written  bool // it is in the database, and is only added to from now on
}

func newSearches() *searches { return &searches{terms: map[string]*term{}} }

// note takes in one search. write tells what to add to the month's row of that term, where it has one.
func (s *searches) note(day Day, text string, found bool) (key string, n, empty int64) {
	key = normalised(text)
	if key == "" {
		return "", 0, 0
	}
	if m := day.Month(); m != s.month {
		s.month, s.terms = m, map[string]*term{}
	}
	t := s.terms[key]
	if t == nil {
		if len(s.terms) >= mostTerms {
			return "", 0, 0
		}
		t = &term{last: day - 1}
		s.terms[key] = t
	}
	if !found {
		empty = 1
	}
	if t.written {
		return key, 1, empty
	}
	t.n, t.empty = t.n+1, t.empty+empty
	if t.last != day {
		t.days, t.last = t.days+1, day
	}
	if t.n < TermTimes || t.days < TermDays {
		return "", 0, 0
	}
	t.written = true
	return key, t.n, t.empty
}

// normalised gives the text under which equal searches are counted: small letters, single spaces. It is "" for what
// may tell of somebody: an address of mail, a long number, an address of a machine or a page.
func normalised(text string) string {
	if len(text) > 4*longestTerm || !utf8.ValidString(text) {
		return ""
	}
	key := strings.ToLower(strings.Join(strings.Fields(text), " "))
	if key == "" || utf8.RuneCountInString(key) > longestTerm || strings.ContainsRune(key, '@') || strings.Contains(key, "://") ||
		strings.HasPrefix(key, "www.") || longNumber(key) || isTelephone(key) || isAddress(key) {
		return ""
	}
	for _, r := range key {
		if !unicode.IsPrint(r) {
			return ""
		}
	}
	return key
}

// isAddress tells whether any word is the address of a machine, as in 192.0.2.1 or 2001:db8::1.
func isAddress(text string) bool {
	for word := range strings.FieldsSeq(text) {
		word = strings.Trim(word, "[](),;")
		if strings.Count(word, ".") >= 3 && strings.Trim(word, "0123456789./:") == "" ||
			strings.Count(word, ":") >= 2 && strings.Trim(word, "0123456789abcdef:./%") == "" {
			return true
		}
	}
	return false
}

// isTelephone tells whether a row of numbers is set as telephones and dates of birth are: three groups of digits or
// more that come to six, or two that come to nine, with a blank or a sign between.
func isTelephone(text string) bool {
	digits, groups, gap := 0, 0, 2
	for _, r := range text {
		switch {
		case unicode.IsDigit(r):
			if digits++; gap > 0 {
				groups++
			}
			gap = 0
			if groups >= 3 && digits >= 6 || digits >= 9 {
				return true
			}
		case strings.ContainsRune(" .-/+()\u00a0\u202f", r) && gap < 2:
			gap++
		default:
			digits, groups, gap = 0, 0, 2
		}
	}
	return false
}
