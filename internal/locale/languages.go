package locale

import (
	"fmt"
	"slices"
	"strings"
)

// Language is one language that the portal speaks.
type Language struct {
	Tag      string // BCP 47 in lower case: "en", "fr", "pt-br"
	Name     string // in the language itself
	Dir      string // "ltr" or "rtl"
	Coverage int    // percent of the messages that are translated
	Rules    string // whose numbers and dates it has: "en" where those of the language are not known
}

// Options say which languages a portal speaks.
type Options struct {
	Fallback string   // the language of who states no wish; "": English, or the first of Enabled where English is not on
	Enabled  []string // tags; nil: every language that comes with Parvis or stands in Dir
	Dir      string   // a folder of PO files, TAG.po, that add a language or take the place of one; it need not exist
}

// Pseudo is the tag of a made-up language for tests: English with accents, 40 % longer, between ⟦ and ⟧. It is on only
// where Enabled names it.
const Pseudo = "en-xa"

// Locales holds the languages of the portal. It never changes after Load.
type Locales struct {
	printers []*Printer // the fallback first
}

// Load reads the catalogues. An unknown language in Fallback or Enabled is an error, and so is a damaged catalogue,
// named with its file and line.
func Load(o Options) (*Locales, error) {
	known, err := catalogues(o.Dir)
	if err != nil {
		return nil, err
	}
	enabled := o.Enabled
	if len(enabled) == 0 {
		for _, p := range known {
			if p.Tag != Pseudo {
				enabled = append(enabled, p.Tag)
			}
		}
	}
	l := &Locales{}
	for _, tag := range enabled {
		p := find(known, tag)
		if p == nil {
			return nil, fmt.Errorf("there is no language %q: choose among %s, or add a file %s.po", tag, list(known), strings.ToLower(tag))
		}
		if find(l.printers, tag) == nil {
			l.printers = append(l.printers, p)
		}
	}
	fallback := o.Fallback
	if fallback == "" && find(l.printers, "en") != nil {
		fallback = "en"
	}
	if fallback != "" {
		first := find(l.printers, fallback)
		if first == nil {
			return nil, fmt.Errorf("the portal's own language is %q, which is none of its languages: %s", fallback, list(l.printers))
		}
		at := slices.Index(l.printers, first)
		l.printers = slices.Insert(slices.Delete(l.printers, at, at+1), 0, first)
	}
	return l, nil
}

func find(printers []*Printer, tag string) *Printer {
	for _, p := range printers {
		if strings.EqualFold(p.Tag, tag) {
			return p
		}
	}
	return nil
}

func list(printers []*Printer) string {
	var tags []string
	for _, p := range printers {
		if p.Tag != Pseudo {
			tags = append(tags, p.Tag)
		}
	}
	return strings.Join(tags, ", ")
}

// Languages lists the languages, the portal's own first.
func (l *Locales) Languages() []Language {
	out := make([]Language, len(l.printers))
	for i, p := range l.printers {
		out[i] = p.Language
	}
	return out
}

// Printers gives the printer of every language, the portal's own first.
func (l *Locales) Printers() []*Printer { return slices.Clone(l.printers) }

// Printer gives the printer of a language that is on, nil for any other tag.
func (l *Locales) Printer(tag string) *Printer { return find(l.printers, tag) }
