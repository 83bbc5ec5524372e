package dataset

import (
	"maps"
	"slices"
	"strings"
)

// Translation holds the texts of a description in a language that is not the description's own.
type Translation struct {
	Title       string                      `json:"title,omitempty"`
	Description string                      `json:"description,omitempty"` // HTML, as that of the metas
	Fields      map[string]FieldTranslation `json:"fields,omitempty"`      // by name
}

// FieldTranslation holds the texts of a field.
type FieldTranslation struct {
	Label       string `json:"label,omitempty"`
	Description string `json:"description,omitempty"`
}

// Translations holds what is said of a dataset in further languages, by tag: "en", "pt-br".
type Translations map[string]Translation

// Said is a text with the language that it is in, "" where that is not known.
type Said struct{ Text, Lang string }

// Wish says who reads: in Lang; where there is nothing in it, in the dataset's own language, then in the portal's.
type Wish struct{ Lang, Portal string }

// Language gives the language of the metas, the portal's where they do not say.
func (d *Dataset) Language(portal string) string {
	if tags := d.Metas.Texts("default", "language"); len(tags) > 0 && languageTag(tags[0]) {
		return strings.ToLower(tags[0])
	}
	return portal
}

// languageTag tells whether a text has the form of a language tag, so that it may stand in a page.
func languageTag(text string) bool {
	if len(text) < 2 || len(text) > 35 {
		return false
	}
	return !strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
	})
}

// TitleIn gives the title for a reader, or the dataset's identifier where it has none.
func (d *Dataset) TitleIn(w Wish) Said {
	s := d.say(w, d.Metas.Text("default", "title"), func(t Translation) string { return t.Title })
	if s.Text == "" {
		return Said{Text: d.ID}
	}
	return s
}

// DescriptionIn gives the description for a reader, as HTML that nobody has looked at.
func (d *Dataset) DescriptionIn(w Wish) Said {
	return d.say(w, d.Metas.Text("default", "description"), func(t Translation) string { return t.Description })
}

// LabelIn gives the label of a field for a reader, or its name where it has none.
func (d *Dataset) LabelIn(w Wish, f Field) Said {
	s := d.say(w, f.Label, func(t Translation) string { return t.Fields[f.Name].Label })
	if s.Text == "" {
		return Said{Text: f.Name}
	}
	return s
}

// FieldIn gives the description of a field for a reader.
func (d *Dataset) FieldIn(w Wish, f Field) Said {
	return d.say(w, f.Description, func(t Translation) string { return t.Fields[f.Name].Description })
}

// say chooses among the forms of a text: the reader's language, the dataset's own, the portal's, any.
func (d *Dataset) say(w Wish, own string, of func(Translation) string) Said {
	language := d.Language(w.Portal)
	if own != "" && sameLanguage(language, w.Lang) {
		return Said{own, language}
	}
	if tag, t := d.Translations.find(w.Lang); of(t) != "" {
		return Said{of(t), tag}
	}
	if own != "" {
		return Said{own, language}
	}
	if tag, t := d.Translations.find(w.Portal); of(t) != "" {
		return Said{of(t), tag}
	}
	for _, tag := range slices.Sorted(maps.Keys(d.Translations)) {
		if text := of(d.Translations[tag]); text != "" {
			return Said{text, tag}
		}
	}
	return Said{}
}

// find gives the translation into a language, or into its generic form: that into fr for fr-ca.
func (t Translations) find(lang string) (tag string, found Translation) {
	for lang = strings.ToLower(lang); lang != ""; {
		if found, ok := t[lang]; ok {
			return lang, found
		}
		lang = lang[:max(0, strings.LastIndexByte(lang, '-'))]
	}
	return "", Translation{}
}

// sameLanguage tells whether a text in one language serves readers of the other: fr those of fr-ca.
func sameLanguage(have, want string) bool {
	have, want = strings.ToLower(have), strings.ToLower(want)
	return have == want || strings.HasPrefix(want, have+"-") && have != ""
}

// In gives the dataset with its texts in a language where there is a translation, and as it stands where there is
// none: for programs, which ask for one language and look at one value.
func (d *Dataset) In(lang string) *Dataset {
	_, t := d.Translations.find(lang)
	if sameLanguage(d.Language(""), lang) || t.Title == "" && t.Description == "" && len(t.Fields) == 0 {
		return d
	}
	out := *d
	out.Metas = maps.Clone(d.Metas)
	values := maps.Clone(d.Metas["default"])
	for name, text := range map[string]string{"title": t.Title, "description": t.Description} {
		if text != "" {
			values[name] = text
		}
	}
	out.Metas["default"] = values
	out.Fields = slices.Clone(d.Fields)
	for i, f := range out.Fields {
		if said := t.Fields[f.Name]; said.Label != "" {
			out.Fields[i].Label = said.Label
		}
		if said := t.Fields[f.Name]; said.Description != "" {
			out.Fields[i].Description = said.Description
		}
	}
	return &out
}

// Words gives every text of the translations, for search.
func (t Translations) Words() []string {
	var out []string
	for _, tag := range slices.Sorted(maps.Keys(t)) {
		out = append(out, t[tag].Title, t[tag].Description)
		for _, name := range slices.Sorted(maps.Keys(t[tag].Fields)) {
			out = append(out, t[tag].Fields[name].Label, t[tag].Fields[name].Description)
		}
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}
