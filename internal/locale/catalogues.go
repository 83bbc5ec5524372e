package locale

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gohugoio/locales"
	"github.com/gohugoio/locales/ar"
	"github.com/gohugoio/locales/ca"
	"github.com/gohugoio/locales/de"
	"github.com/gohugoio/locales/en"
	"github.com/gohugoio/locales/es"
	"github.com/gohugoio/locales/eu"
	"github.com/gohugoio/locales/fr"
	"github.com/gohugoio/locales/it"
	"github.com/gohugoio/locales/nl"
	"github.com/gohugoio/locales/pt"
	"github.com/gohugoio/locales/sv"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

//go:embed po/*.po
var files embed.FS

// catalogues gives a printer for every language: English, which is the source; those of po/; those of a folder, which
// go before those of the same tag; and the pseudo-language.
func catalogues(dir string) ([]*Printer, error) {
	found := map[string]*Printer{}
	tags := []string{"en"}
	read := func(from fs.FS, where string) error {
		names, err := fs.Glob(from, "*.po")
		if err != nil {
			return err
		}
		for _, name := range names {
			text, err := fs.ReadFile(from, name)
			if err != nil {
				return fmt.Errorf("read %s: %w", path.Join(where, name), err)
			}
			p, err := newPrinter(strings.TrimSuffix(name, ".po"), text)
			if err != nil {
				return fmt.Errorf("%s: %w", path.Join(where, name), err)
			}
			if found[p.Tag] == nil && p.Tag != "en" {
				tags = append(tags, p.Tag)
			}
			found[p.Tag] = p
		}
		return nil
	}
	embedded, err := fs.Sub(files, "po")
	if err != nil {
		return nil, err
	}
	if err := read(embedded, "po"); err != nil {
		return nil, err
	}
	source := found["fr"].catalogue // complete by test: what there is to translate
	if dir != "" {
		if _, err := os.Stat(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("read the languages: %w", err)
		}
		if err := read(os.DirFS(dir), dir); err != nil {
			return nil, err
		}
	}
	if found["en"] == nil {
		if found["en"], err = newPrinter("en", nil); err != nil {
			return nil, err
		}
	}
	var out []*Printer
	for _, tag := range tags {
		p := found[tag]
		p.Coverage = 100
		if tag != "en" {
			p.Coverage = coverage(p.catalogue, source)
		}
		out = append(out, p)
	}
	pseudo := &Printer{Language: Language{Pseudo, pseudoText("Pseudo"), "ltr", 100, "en"}, rules: en.New(), plural: cardinal(en.New()), pseudo: true}
	return append(out, pseudo), nil
}

// coverage gives the percentage of messages that have all their texts, rounded down.
func coverage(c, source catalogue) int {
	done := 0
	for k := range source {
		if strs := c[k]; len(strs) > 0 && !slices.Contains(strs, "") {
			done++
		}
	}
	return done * 100 / max(len(source), 1)
}

// shortTag is a language with at most a script or a region: what the cookie of the choice holds.
var shortTag = regexp.MustCompile(`^[a-z]{2,3}(-[a-z0-9]{2,8})?$`)

// newPrinter makes the printer of a language from its PO file, whose name without .po is the tag.
func newPrinter(tag string, text []byte) (*Printer, error) {
	parsed, err := language.Parse(tag)
	if err != nil || !shortTag.MatchString(strings.ToLower(tag)) {
		return nil, fmt.Errorf("%q is no language such as sv or pt-br", tag)
	}
	f, err := parsePO(text)
	if err != nil {
		return nil, err
	}
	p := &Printer{Language: Language{Tag: strings.ToLower(tag), Name: endonym(parsed), Dir: direction(parsed)}, catalogue: f.messages, plural: f.plural}
	p.rules = rulesOf(parsed)
	p.Rules = p.rules.Locale()
	if p.plural.forms == 0 {
		p.plural = cardinal(p.rules)
	}
	return p, nil
}

// rulesOf gives the number and date rules of a language, English ones where there are none.
func rulesOf(tag language.Tag) locales.Translator {
	main, _ := tag.Base()
	switch main.String() {
	case "ar":
		return ar.New()
	case "ca":
		return ca.New()
	case "de":
		return de.New()
	case "es":
		return es.New()
	case "eu":
		return eu.New()
	case "fr":
		return fr.New()
	case "it":
		return it.New()
	case "nl":
		return nl.New()
	case "pt":
		return pt.New()
	case "sv":
		return sv.New()
	}
	return en.New()
}

// cardinal gives the plural forms of CLDR: those of its six categories that the language has, in their order.
func cardinal(rules locales.Translator) plural {
	categories := rules.PluralsCardinal()
	return plural{len(categories), func(n int64) int {
		return max(0, slices.Index(categories, rules.CardinalPluralRule(float64(n), 0)))
	}}
}

// endonym names a language in itself, with a capital where its script has them; its tag where CLDR has no name.
func endonym(tag language.Tag) string {
	name := display.Self.Name(tag)
	if name == "" {
		return tag.String()
	}
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[size:]
}

// direction says which way a language is written, by its script.
func direction(tag language.Tag) string {
	script, _ := tag.Script()
	switch script.String() {
	case "Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg", "Mand", "Samr":
		return "rtl"
	}
	return "ltr"
}

// Direction says which way a language is written: "ltr" or "rtl"; "ltr" for what is no language.
func Direction(tag string) string {
	parsed, err := language.Parse(tag)
	if err != nil {
		return "ltr"
	}
	return direction(parsed)
}
