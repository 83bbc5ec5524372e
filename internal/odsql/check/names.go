package check

import (
	"cmp"
	"time"

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
)

// Languages are those in which date_format knows the names of months and days.
var Languages = []string{"en", "fr", "nl", "pt", "it", "ar", "de", "es", "ca", "eu", "sv"}

// MonthNames gives the names of the months in one of Languages, January first.
func MonthNames(lang string, short bool) []string {
	l := locale(lang)
	var out []string
	for m := time.January; m <= time.December; m++ {
		name := l.MonthWide(m)
		if short {
			name = cmp.Or(l.MonthAbbreviated(m), name) // Arabic has no short names
		}
		out = append(out, name)
	}
	return out
}

// DayNames gives the names of the days of the week in one of Languages, Monday first.
func DayNames(lang string, short bool) []string {
	l := locale(lang)
	var out []string
	for i := range 7 {
		d := time.Weekday((i + 1) % 7)
		name := l.WeekdayWide(d)
		if short {
			name = cmp.Or(l.WeekdayAbbreviated(d), name)
		}
		out = append(out, name)
	}
	return out
}

func locale(lang string) locales.Translator {
	switch lang {
	case "fr":
		return fr.New()
	case "nl":
		return nl.New()
	case "pt":
		return pt.New()
	case "it":
		return it.New()
	case "ar":
		return ar.New()
	case "de":
		return de.New()
	case "es":
		return es.New()
	case "ca":
		return ca.New()
	case "eu":
		return eu.New()
	case "sv":
		return sv.New()
	}
	return en.New()
}
