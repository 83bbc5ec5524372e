package ingest

import (
	"strconv"
	"strings"
)

// numberForm is how the numbers of a column are written.
type numberForm int

const (
	anyNumber   numberForm = iota // each value speaks for itself: for declared types
	dotNumber                     // 1234.5, 1 234.5
	commaNumber                   // 1234,5, 1 234,5
	usNumber                      // 1,234.5
)

// ungroup takes the blanks out that stand between thousands: U+0020, U+00A0, U+202F.
func ungroup(s string) string {
	if strings.IndexByte(s, ' ') < 0 && strings.IndexByte(s, 0xC2) < 0 && strings.IndexByte(s, 0xE2) < 0 {
		return s
	}
	return strings.NewReplacer(" ", "", "\u00A0", "", "\u202F", "").Replace(s)
}

// parseInt reads a whole number of at most 18 figures.
func parseInt(s string, form numberForm) (int64, bool) {
	s = ungroup(s)
	if form == usNumber {
		s = strings.ReplaceAll(s, ",", "")
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// parseDouble reads a number, which may be whole.
func parseDouble(s string, form numberForm) (float64, bool) {
	s = ungroup(s)
	switch form {
	case commaNumber:
		s = strings.Replace(s, ",", ".", 1)
	case usNumber:
		s = strings.ReplaceAll(s, ",", "")
	case anyNumber:
		if strings.Count(s, ",") == 1 && strings.IndexByte(s, '.') < 0 {
			s = strings.Replace(s, ",", ".", 1)
		}
	}
	if len(s) == 0 || s[len(s)-1] > '9' || strings.ContainsAny(s, "xX_pP") {
		return 0, false // NaN, Inf and hexadecimal numbers are Go's, not a file's
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}

// parseBool reads a word for true or false, in English or French.
func parseBool(s string) (value, ok bool) {
	if len(s) > 5 {
		return false, false
	}
	switch strings.ToLower(s) {
	case "true", "yes", "oui", "vrai":
		return true, true
	case "false", "no", "non", "faux":
		return false, true
	}
	return false, false
}

// absent tells whether a text says that there is no value. It is heeded in columns that are not text.
func absent(s string) bool {
	if len(s) > 4 {
		return false
	}
	switch strings.ToLower(s) {
	case "", "-", "--", "na", "n/a", "#n/a", "nan", "null", "none":
		return true
	}
	return false
}

// parsePoint reads "48.85, 2.35": latitude, then longitude, in degrees. Without a blank after the comma both need
// decimals, or else "48,2" would be a point.
func parsePoint(s string) (lon, lat float64, ok bool) {
	s = strings.TrimSpace(s)
	if len(s) > 1 && (s[0] == '[' && s[len(s)-1] == ']' || s[0] == '(' && s[len(s)-1] == ')') {
		s = s[1 : len(s)-1]
	}
	first, second, found := strings.Cut(s, ",")
	if !found || len(s) > 60 {
		return 0, 0, false
	}
	if !strings.HasPrefix(second, " ") && (strings.IndexByte(first, '.') < 0 || strings.IndexByte(second, '.') < 0) {
		return 0, 0, false
	}
	lat, okLat := parseDouble(strings.TrimSpace(first), dotNumber)
	lon, okLon := parseDouble(strings.TrimSpace(second), dotNumber)
	if !okLat || !okLon || lat < -90 || lat > 90 || lon < -180 || lon > 180 {
		return 0, 0, false
	}
	return lon, lat, true
}
