package privacy

import (
	"regexp"
	"time"

	"parvis/internal/locale"
)

// How long the portal's own cookies live. The session's length is a setting, and this its default.
const (
	day             = 24 * time.Hour
	StandardSession = 14 * day
	languageAge     = 365 * day
	csrfAge         = 364 * day
	choiceAge       = 180 * day
)

// own is what Parvis itself stores, in the order of the policy.
func own(o *Options) []Item {
	items := []Item{
		{
			ID: Session, Kind: Cookie, Location: Both, Category: Necessary, Basis: ExemptAuthentication,
			Duration: o.SessionIdle, Sliding: true, AtMost: o.SessionMax, Grammar: regexp.MustCompile(`^[A-Za-z0-9_-]{32,64}$`), MaxBytes: 64,
			Words: func(p *locale.Printer) Words {
				return Words{
					Function: p.T("Authentication"), Purpose: p.T("Lets the site remember the user from page to page."),
					SetWhen: p.T("When somebody signs in."), DeletedWhen: p.T("When they sign out, or after the given time without a visit."),
				}
			},
		},
		{
			ID: Language, Kind: Cookie, Location: Both, Category: Necessary, Basis: ExemptInterface,
			Duration: languageAge, Grammar: regexp.MustCompile(`^[a-z]{2,3}(-[a-z0-9]{2,8})?$`), MaxBytes: 12,
			Words: func(p *locale.Printer) Words {
				return Words{
					Function: p.T("Language selection"), Purpose: p.T("Lets the site remember the visitor's language."),
					SetWhen: p.T("When the visitor chooses a language to be remembered."), DeletedWhen: p.T("When the visitor clears everything on the page “Manage cookies”."),
				}
			},
		},
		{
			ID: CSRF, Kind: Cookie, Location: Both, Category: Necessary, Basis: ExemptSecurity, Readable: true,
			Duration: csrfAge, Grammar: regexp.MustCompile(`^([A-Za-z0-9]{32}|[A-Za-z0-9]{64})$`), MaxBytes: 64,
			Words: func(p *locale.Printer) Words {
				return Words{
					Function: p.T("API (protection against forged requests, CSRF)"), Purpose: p.T("Makes it possible to retrieve data through API calls, and to make sure that a form was sent from this site."),
					SetWhen: p.T("When a page with a form that needs the protection is shown."), DeletedWhen: p.T("When the visitor clears everything on the page “Manage cookies”."),
				}
			},
		},
		{
			ID: Preferences, Kind: Cookie, Location: Both, Category: Necessary, Basis: ExemptChoice,
			Duration: choiceAge, Grammar: choiceForm, MaxBytes: 99,
			Words: func(p *locale.Printer) Words {
				return Words{
					Function: p.T("Choices on cookie preferences"), Purpose: p.T("Lets the site remember the visitor's cookie preferences."),
					SetWhen: p.T("When the visitor makes a choice."), DeletedWhen: p.T("When the visitor clears everything on the page “Manage cookies”."),
				}
			},
		},
	}
	out := items[:0]
	for _, it := range items {
		if it.ID == Language && len(o.Languages) < 2 { // nothing to choose
			continue
		}
		it.Name, it.Provider = o.wireName(it.ID), o.Operator
		out = append(out, it)
	}
	return out
}
