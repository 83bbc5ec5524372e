package ingest

import (
	"bytes"
	"encoding/json"
	"strings"

	"parvis/internal/dataset"
)

// class is what one value looks like. Which type a column has is decided by how many values of each class it
// holds (infer.go).
type class uint8

const (
	isAbsent     class = iota // a word for "no value"
	isText                    // anything else
	isCode                    // letters and figures together: "2A", "12bis"
	isPadded                  // figures with zeros before them, or a + and many figures: a code, a telephone number
	isLong                    // more than 18 figures: an identifier
	isInt                     // 123
	isDot                     // 1.5, 1e3
	isComma                   // 1,5
	isCommaMaybe              // 1,234: a decimal comma, or thousands
	isThousands               // 1,234,567 or 1,234.5
	isGrouped                 // 1 234
	isGroupComma              // 1 234,5
	isGroupDot                // 1 234.5
	isBool
	isDate // 2024-03-05
	isDayMonth
	isMonthDay
	isEither // 03/04/2024
	isTime   // the same with a time of day
	isDayMonthTime
	isMonthDayTime
	isEitherTime
	isPoint
	isShape
	isObject // JSON of another kind
	isList
	classes
)

// classOf tells what a value looks like.
func classOf(value any) class {
	switch v := value.(type) {
	case string:
		return classOfText(v)
	case int64:
		return isInt
	case float64:
		return isDot
	case bool:
		return isBool
	case dataset.Day:
		return isDate
	case dataset.Instant:
		return isTime
	case dataset.Point:
		return isPoint
	case dataset.Shape:
		return isShape
	case json.RawMessage:
		switch {
		case looksLikeShape(v):
			return isShape
		case looksLikePoint(v):
			return isPoint
		}
		return isObject
	case []any:
		return isList
	}
	return isText
}

// classOfText looks at the signs of a text once, and parses it only where these allow it.
func classOfText(s string) class {
	s = trim(s)
	if len(s) == 0 {
		return isAbsent
	}
	if len(s) > 64 {
		if s[0] == '{' && looksLikeShape([]byte(s)) {
			return isShape
		}
		return isText
	}
	digits, letters, commas, dots, blanks, others := 0, 0, 0, 0, 0, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == ',':
			commas++
		case c == '.':
			dots++
		case c == ' ':
			blanks++
		case c == 0xC2 && i+1 < len(s) && s[i+1] == 0xA0:
			blanks++
			i++
		case c == 0xE2 && strings.HasPrefix(s[i:], "\u202F"):
			blanks++
			i += 2
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			letters++
		default:
			others++
		}
	}
	switch {
	case absent(s):
		return isAbsent
	case digits == 0:
		if _, ok := parseBool(s); ok {
			return isBool
		}
		return isText
	case s[0] == '{' && looksLikeShape([]byte(s)):
		return isShape
	}
	if c, ok := classOfNumber(s, digits, letters, commas, dots, blanks, others); ok {
		return c
	}
	if m, ok := parseMoment(s); ok {
		if c, ok := classOfMoment(m); ok {
			return c
		}
	}
	if commas == 1 {
		if _, _, ok := parsePoint(s); ok {
			return isPoint
		}
	}
	if letters > 0 && blanks == 0 {
		return isCode
	}
	return isText
}

func trim(s string) string {
	if len(s) > 0 && (s[0] <= ' ' || s[len(s)-1] <= ' ' || s[0] >= 0x80 || s[len(s)-1] >= 0x80) {
		return strings.TrimSpace(s)
	}
	return s
}

func classOfMoment(m moment) (class, bool) {
	c := isDate
	switch dayMonth, monthDay := m.couldBe(dayFirst), m.couldBe(monthFirst); {
	case !dayMonth && !monthDay:
		return 0, false
	case m.yearFirst:
	case dayMonth && monthDay:
		c = isEither
	case dayMonth:
		c = isDayMonth
	default:
		c = isMonthDay
	}
	if m.clock {
		c += isTime - isDate
	}
	return c, true
}

// classOfNumber tells what kind of number a text is, given how many of which signs it has.
func classOfNumber(s string, digits, letters, commas, dots, blanks, others int) (class, bool) {
	body := s
	if body[0] == '-' || body[0] == '+' {
		body = body[1:]
		others--
	}
	if others > 1 || letters > 1 || len(body) == 0 {
		return 0, false
	}
	if letters+others == 0 && commas+dots+blanks == 0 {
		switch {
		case len(body) > 1 && body[0] == '0', s[0] == '+' && digits >= 8:
			return isPadded, true
		case digits > 18:
			return isLong, true
		}
		return isInt, true
	}
	if blanks > 0 {
		if letters+others > 0 || commas+dots > 1 || !grouped(body, isBlank) {
			return 0, false
		}
		switch {
		case commas == 1:
			return isGroupComma, true
		case dots == 1:
			return isGroupDot, true
		}
		return isGrouped, true
	}
	if commas == 0 {
		if dots > 1 || others > 0 && letters == 0 {
			return 0, false
		}
		if _, ok := parseDouble(s, dotNumber); !ok {
			return 0, false
		}
		whole, _, _ := strings.Cut(body, ".")
		if len(whole) > 1 && whole[0] == '0' {
			return isPadded, true // 007.5
		}
		return isDot, true
	}
	if letters+others > 0 {
		return 0, false
	}
	whole, rest, _ := strings.Cut(body, ",")
	if commas == 1 && dots == 0 {
		switch {
		case whole == "" && rest == "", len(whole) > 1 && whole[0] == '0':
			return 0, false
		case len(rest) == 3 && len(whole) >= 1 && len(whole) <= 3 && whole != "0":
			return isCommaMaybe, true
		}
		return isComma, true
	}
	if dots <= 1 && grouped(body, func(s string) int {
		if s[0] == ',' {
			return 1
		}
		return 0
	}) {
		return isThousands, true
	}
	return 0, false
}

// isBlank gives the length of the blank that s begins with, 0 where it begins with none.
func isBlank(s string) int {
	switch {
	case s[0] == ' ':
		return 1
	case strings.HasPrefix(s, "\u00A0"):
		return 2
	case strings.HasPrefix(s, "\u202F"):
		return 3
	}
	return 0
}

// grouped tells whether a number has one to three figures, then groups of three, each behind a sign, and then
// perhaps decimals.
func grouped(s string, sign func(string) int) bool {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	if i == 0 || i > 3 {
		return false
	}
	groups := 0
	for s = s[i:]; s != ""; groups++ {
		n := sign(s)
		if n == 0 {
			break
		}
		if len(s) < n+3 || !allFigures(s[n:n+3]) {
			return false
		}
		s = s[n+3:]
	}
	return groups > 0 && (s == "" || (s[0] == ',' || s[0] == '.') && allFigures(s[1:]))
}

func allFigures(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// looksLikeShape tells whether JSON is a geometry or a feature, without reading all of it.
func looksLikeShape(raw []byte) bool {
	if !bytes.Contains(raw, []byte(`"type"`)) {
		return false
	}
	return bytes.Contains(raw, []byte(`"coordinates"`)) && !bytes.Contains(raw[:min(len(raw), 200)], []byte(`"crs"`)) ||
		bytes.Contains(raw, []byte(`"geometries"`))
}

// looksLikePoint tells whether JSON is {"lon": …, "lat": …}.
func looksLikePoint(raw []byte) bool {
	if len(raw) > 200 {
		return false
	}
	_, ok := pointOf(raw)
	return ok
}

// pointOf reads {"lon": 2.35, "lat": 48.85}, with nothing else in it.
func pointOf(raw []byte) (dataset.Point, bool) {
	var p map[string]*float64
	if json.Unmarshal(raw, &p) != nil || len(p) != 2 || p["lon"] == nil || p["lat"] == nil {
		return dataset.Point{}, false
	}
	at := dataset.Point{Lon: *p["lon"], Lat: *p["lat"]}
	return at, inWorld(at)
}

func inWorld(p dataset.Point) bool {
	return p.Lon >= -180 && p.Lon <= 180 && p.Lat >= -90 && p.Lat <= 90
}
