package signin

import (
	_ "embed" // the list of common passwords
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"parvis/internal/fault"
)

// The length of a password, in characters.
const (
	Shortest = 10
	Longest  = 200
)

//go:embed common.txt
var common string

// RuleError is why a password is not taken.
type RuleError struct{ Reason Reason }

// Reason is a rule of passwords.
type Reason int

// The rules.
const (
	Short  Reason = iota + 1 // fewer than Shortest characters
	Long                     // more than Longest characters
	Common                   // one of those that are tried first
	Own                      // the e-mail address, or the part before the @
	Plain                    // fewer than five different characters
)

// Error says what is wrong with the password.
func (r *RuleError) Error() string {
	switch r.Reason {
	case Short:
		return "the password is too short: it needs at least 10 characters"
	case Long:
		return "the password is too long: it may have 200 characters"
	case Common:
		return "this password is one of those that are tried first: choose another, such as four words that come to your mind"
	case Own:
		return "the password is your e-mail address: choose another"
	}
	return "the password repeats few characters: choose another, such as four words that come to your mind"
}

// FaultKind says that it is a mistake of the request.
func (r *RuleError) FaultKind() fault.Kind { return fault.Invalid }

// Check tells whether a password may be the one of an e-mail address; else the failure is a *RuleError.
func Check(password, email string) error {
	text := strings.ToLower(norm.NFKC.String(password))
	local, _, _ := strings.Cut(strings.ToLower(email), "@")
	switch n := utf8.RuneCountInString(text); {
	case n < Shortest:
		return &RuleError{Short}
	case n > Longest:
		return &RuleError{Long}
	case text == strings.ToLower(email) || text == local:
		return &RuleError{Own}
	case distinct(text) < 5:
		return &RuleError{Plain}
	case isCommon(text):
		return &RuleError{Common}
	}
	return nil
}

func distinct(text string) int {
	seen := map[rune]bool{}
	for _, c := range text {
		seen[c] = true
	}
	return len(seen)
}

// isCommon tells whether a password is on the list: as it is, or with nothing but figures and signs put at its ends.
func isCommon(text string) bool {
	core := strings.TrimFunc(text, func(c rune) bool { return !unicode.IsLetter(c) })
	for line := range strings.Lines(common) {
		if entry := strings.TrimSpace(line); entry != "" && (entry == text || entry == core) {
			return true
		}
	}
	return false
}
