package locale

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/gohugoio/locales"
	"github.com/gohugoio/locales/ar"
	"github.com/gohugoio/locales/en"
	"github.com/gohugoio/locales/fr"
	"golang.org/x/text/language"
)

//go:embed po/*.po
var files embed.FS

// Language is one language that the portal speaks.
type Language struct {
	Tag  string // BCP 47: "en", "fr"
	Name string // in the language itself
	Dir  string // "ltr" or "rtl"
}

// known is every language with its number and date rules. To add one: a row here, and po/TAG.po.
func known() []struct {
	Language
	rules locales.Translator
} {
	return []struct {
		Language
		rules locales.Translator
	}{
		{Language{"en", "English", "ltr"}, en.New()},
		{Language{"fr", "Français", "ltr"}, fr.New()},
		{Language{"ar", "العربية", "rtl"}, ar.New()},
	}
}

// Locales holds the languages of the portal. It never changes after Load.
type Locales struct {
	printers []*Printer
	matcher  language.Matcher
}

// Load reads the embedded catalogues. Fallback is the language of who states no wish: "" is English. An unknown
// fallback is an error, and so is a damaged catalogue.
func Load(fallback string) (*Locales, error) {
	l := &Locales{}
	for _, k := range known() {
		p := &Printer{Language: k.Language, rules: k.rules}
		if k.Tag != "en" { // English is the source
			text, err := files.ReadFile("po/" + k.Tag + ".po")
			if err != nil {
				return nil, fmt.Errorf("language %s: %w", k.Tag, err)
			}
			if p.catalogue, err = parsePO(text); err != nil {
				return nil, fmt.Errorf("po/%s.po: %w", k.Tag, err)
			}
		}
		l.printers = append(l.printers, p)
	}
	if fallback != "" {
		at := slices.IndexFunc(l.printers, func(p *Printer) bool { return p.Tag == fallback })
		if at < 0 {
			return nil, fmt.Errorf("there is no language %q: choose one of %s", fallback, strings.Join(l.tags(), ", "))
		}
		first := l.printers[at]
		l.printers = slices.Insert(slices.Delete(l.printers, at, at+1), 0, first)
	}
	tags := make([]language.Tag, len(l.printers))
	for i, p := range l.printers {
		tags[i] = language.Make(p.Tag)
	}
	l.matcher = language.NewMatcher(tags)
	return l, nil
}

func (l *Locales) tags() []string {
	out := make([]string, len(l.printers))
	for i, p := range l.printers {
		out[i] = p.Tag
	}
	return out
}

// Languages lists the languages, the portal's own first.
func (l *Locales) Languages() []Language {
	out := make([]Language, len(l.printers))
	for i, p := range l.printers {
		out[i] = p.Language
	}
	return out
}

// Negotiate gives the printer for a visitor: asked is what the address says ("fr", "en-gb", or ""), accept the
// Accept-Language header. What cannot be read or is not spoken counts as not said.
func (l *Locales) Negotiate(asked, accept string) *Printer {
	const longest = 200 // a header longer than this is no wish of a person
	if asked != "" && len(asked) <= longest {
		if p := l.match(asked); p != nil {
			return p
		}
	}
	if accept != "" && len(accept) <= longest {
		if p := l.match(accept); p != nil {
			return p
		}
	}
	return l.printers[0]
}

func (l *Locales) match(wish string) *Printer {
	tags, _, err := language.ParseAcceptLanguage(wish)
	if err != nil || len(tags) == 0 {
		return nil
	}
	_, i, sure := l.matcher.Match(tags...)
	if sure == language.No {
		return nil
	}
	return l.printers[i]
}
