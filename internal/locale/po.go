package locale

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// key names a message: its context ("" for most) and its English text.
type key struct{ context, id string }

// catalogue holds the translations of a language: one text, or one a plural form in the order of CLDR's
// categories for that language (zero, one, two, few, many, other; those it has).
type catalogue map[key][]string

// parsePO reads a gettext PO file: comments, msgctxt, msgid, msgid_plural, msgstr, msgstr[n], strings over several
// lines. Fuzzy entries count as missing. An error names the line.
func parsePO(text []byte) (catalogue, error) {
	out := catalogue{}
	var e entry
	var target *string
	flush := func() error {
		if !e.started {
			return nil
		}
		k := key{e.context, e.id}
		if _, twice := out[k]; twice {
			return fmt.Errorf("the message %q stands twice", e.id)
		}
		if e.id != "" && !e.fuzzy {
			out[k] = e.strs
		}
		return nil
	}
	for n, raw := range strings.Split(string(bytes.TrimPrefix(text, []byte("\ufeff"))), "\n") {
		line := strings.TrimSpace(raw)
		word, rest, _ := strings.Cut(line, " ")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			if e.complete() {
				if err := flush(); err != nil {
					return nil, fmt.Errorf("line %d: %w", n+1, err)
				}
				e, target = entry{}, nil
			}
			if strings.HasPrefix(line, "#,") && strings.Contains(line, "fuzzy") {
				e.fuzzy = true
			}
			continue
		case strings.HasPrefix(line, `"`):
			if target == nil {
				return nil, fmt.Errorf("line %d: a string that belongs to nothing", n+1)
			}
			rest = line
		case word == "msgctxt" || word == "msgid":
			if e.complete() {
				if err := flush(); err != nil {
					return nil, fmt.Errorf("line %d: %w", n+1, err)
				}
				e = entry{}
			}
			e.started = true
			target = &e.id
			if word == "msgctxt" {
				target = &e.context
			}
		case word == "msgid_plural":
			target = &e.plural
		case word == "msgstr" || strings.HasPrefix(word, "msgstr["):
			i := 0
			if word != "msgstr" {
				var err error
				if i, err = strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(word, "msgstr["), "]")); err != nil {
					return nil, fmt.Errorf("line %d: %q is no plural form", n+1, word)
				}
			}
			if i != len(e.strs) || i > 5 {
				return nil, fmt.Errorf("line %d: plural forms must come in order, 0 to 5", n+1)
			}
			e.strs = append(e.strs, "")
			target = &e.strs[i]
		default:
			return nil, fmt.Errorf("line %d: %q is no PO keyword", n+1, word)
		}
		s, err := strconv.Unquote(strings.TrimSpace(rest))
		if err != nil {
			return nil, fmt.Errorf("line %d: the string is not closed or holds a bad escape", n+1)
		}
		*target += s
	}
	if e.complete() {
		if err := flush(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// entry is a message being read.
type entry struct {
	started, fuzzy      bool
	context, id, plural string
	strs                []string
}

func (e *entry) complete() bool { return e.started && len(e.strs) > 0 }
