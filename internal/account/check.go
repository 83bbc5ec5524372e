package account

import (
	"maps"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"parvis/internal/fault"
)

var languageForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

// CleanEmail gives an e-mail address in the form in which it is kept: without blanks around it, in small letters.
// Only ASCII is taken, since letters that look or fold alike would make two people of one, or one of two.
// Kind Invalid: it is no address.
func CleanEmail(text string) (string, error) {
	text = strings.TrimSpace(text)
	wrong := fault.New(fault.Invalid, "%.100q is no e-mail address such as name@example.org.", text)
	if len(text) > 254 || strings.ContainsAny(text, "\"<>(), ;:\\[]") {
		return "", wrong
	}
	for _, r := range text {
		if r > unicode.MaxASCII || r <= ' ' || r == 0x7f {
			return "", wrong
		}
	}
	parsed, err := mail.ParseAddress(text)
	if err != nil || parsed.Address != text || parsed.Name != "" {
		return "", wrong
	}
	return strings.ToLower(text), nil
}

// CleanLine gives a text of one line without blanks around it. Kind Invalid: it is longer than most characters, or
// holds characters that are not shown.
func CleanLine(what, text string, most int) (string, error) {
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) > most {
		return "", fault.New(fault.Invalid, "The %s is longer than %d characters.", what, most)
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
		return "", fault.New(fault.Invalid, "The %s holds characters that cannot be shown.", what)
	}
	return text, nil
}

// CleanText is CleanLine for a text that may have several lines.
func CleanText(what, text string, most int) (string, error) {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		clean, err := CleanLine(what, strings.ReplaceAll(line, "\t", " "), most)
		if err != nil {
			return "", err
		}
		lines[i] = clean
	}
	text = strings.TrimSpace(strings.Join(lines, "\n"))
	if utf8.RuneCountInString(text) > most {
		return "", fault.New(fault.Invalid, "The %s is longer than %d characters.", what, most)
	}
	return text, nil
}

func checkLanguage(code string) error {
	if code != "" && !languageForm.MatchString(code) {
		return fault.New(fault.Invalid, "%.20q is no code of a language such as fr.", code)
	}
	return nil
}

// cleanAttributes checks what is said of a person: up to 100 names of up to 100 values. Kind Invalid.
func cleanAttributes(given map[string][]string) (map[string][]string, error) {
	if len(given) > 100 {
		return nil, fault.New(fault.Invalid, "A person has at most 100 attributes.")
	}
	out := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		clean, err := CleanLine("name of an attribute", name, 100)
		if err != nil {
			return nil, err
		}
		if clean == "" || len(given[name]) > 100 {
			return nil, fault.New(fault.Invalid, "An attribute has a name and at most 100 values.")
		}
		for _, value := range given[name] {
			if value, err = CleanLine("value of the attribute "+clean, value, 1000); err != nil {
				return nil, err
			}
			out[clean] = append(out[clean], value)
		}
	}
	return out, nil
}
