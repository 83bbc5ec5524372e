package locale

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// key names a message: its context ("" for most) and its English text.
type key struct{ context, id string }

// catalogue holds the translations of a language: one text, or one a plural form in the order that its file
// declares. A text that is still to be translated is "".
type catalogue map[key][]string

// poFile is what a PO file says.
type poFile struct {
	messages catalogue
	plural   plural // forms 0: the file does not say
}

// parsePO reads a gettext PO file: comments, msgctxt, msgid, msgid_plural, msgstr, msgstr[n], strings over several
// lines. Fuzzy entries count as missing. A message whose forms are not as many as its header declares, or that has
// a place {like this} that its source has not, is an error. An error names the line.
func parsePO(text []byte) (poFile, error) {
	out := poFile{messages: catalogue{}}
	var e entry
	var target *string
	var line int
	flush := func() error {
		if !e.complete() {
			return nil
		}
		if err := out.add(e); err != nil {
			return fmt.Errorf("line %d: %w", e.line, err)
		}
		e, target = entry{}, nil
		return nil
	}
	for n, raw := range strings.Split(string(bytes.TrimPrefix(text, []byte("\ufeff"))), "\n") {
		line = n + 1
		content := strings.TrimSpace(raw)
		word, rest, _ := strings.Cut(content, " ")
		switch {
		case content == "" || strings.HasPrefix(content, "#"):
			if err := flush(); err != nil {
				return out, err
			}
			if strings.HasPrefix(content, "#,") && strings.Contains(content, "fuzzy") {
				e.fuzzy = true
			}
			continue
		case strings.HasPrefix(content, `"`):
			if target == nil {
				return out, fmt.Errorf("line %d: a string that belongs to nothing", line)
			}
			rest = content
		case word == "msgctxt" || word == "msgid":
			if err := flush(); err != nil {
				return out, err
			}
			if !e.started {
				e.started, e.line = true, line
			}
			target = &e.id
			if word == "msgctxt" {
				target = &e.context
			}
		case word == "msgid_plural" && e.started:
			target = &e.plural
		case (word == "msgstr" || strings.HasPrefix(word, "msgstr[")) && e.started:
			i := 0
			if word != "msgstr" {
				var err error
				if i, err = strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(word, "msgstr["), "]")); err != nil {
					return out, fmt.Errorf("line %d: %q is no plural form", line, word)
				}
			}
			if i != len(e.strs) || i >= mostForms {
				return out, fmt.Errorf("line %d: plural forms must come in order, 0 to %d", line, mostForms-1)
			}
			e.strs = append(e.strs, "")
			target = &e.strs[i]
		default:
			return out, fmt.Errorf("line %d: %q is no PO keyword, or it stands where it cannot", line, word)
		}
		s, err := strconv.Unquote(strings.TrimSpace(rest))
		if err != nil {
			return out, fmt.Errorf("line %d: the string is not closed or holds a bad escape", line)
		}
		*target += s
	}
	if e.started && !e.complete() {
		return out, fmt.Errorf("line %d: the message %q has no msgstr", e.line, e.id)
	}
	return out, flush()
}

// entry is a message being read, from its line on.
type entry struct {
	started, fuzzy      bool
	line                int
	context, id, plural string
	strs                []string
}

func (e *entry) complete() bool { return e.started && len(e.strs) > 0 }

// add takes in a message; that with the empty id is the header.
func (f *poFile) add(e entry) error {
	if e.id == "" && e.context == "" {
		for header := range strings.SplitSeq(e.strs[0], "\n") {
			if value, is := strings.CutPrefix(header, "Plural-Forms:"); is {
				var err error
				if f.plural, err = readPlural(value); err != nil {
					return err
				}
			}
		}
		return nil
	}
	k := key{e.context, e.id}
	if _, twice := f.messages[k]; twice {
		return fmt.Errorf("the message %q stands twice", e.id)
	}
	if e.fuzzy {
		return nil
	}
	if e.plural != "" && f.plural.forms > 0 && len(e.strs) != f.plural.forms {
		return fmt.Errorf("the message %q has %d forms, the header of the file declares %d", e.id, len(e.strs), f.plural.forms)
	}
	known := places(e.id + e.plural)
	for _, s := range e.strs {
		for _, p := range places(s) {
			if !slices.Contains(known, p) {
				return fmt.Errorf("the translation of %q has the place %s, which the message has not", e.id, p)
			}
		}
	}
	f.messages[k] = e.strs
	return nil
}

var place = regexp.MustCompile(`\{[a-z]+\}`)

// places gives the places of a message in order, each once.
func places(text string) []string {
	found := place.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}
