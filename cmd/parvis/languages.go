package main

import (
	"path/filepath"

	"parvis/internal/locale"
)

// locales loads the languages that visitors may choose: those that come with Parvis, and the PO files in the folder locale.
func (p *portal) locales() (*locale.Locales, error) {
	locales, err := locale.Load(locale.Options{Fallback: p.set.language, Enabled: p.set.languages, Dir: filepath.Join(p.set.data, "locale")})
	if err != nil {
		return nil, err
	}
	for _, l := range locales.Languages() {
		if l.Coverage < 100 {
			p.log.Warn("a language is translated in part", "language", l.Tag, "percent", l.Coverage)
		}
	}
	return locales, nil
}
