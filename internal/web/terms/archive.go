package terms

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"

	"parvis/internal/privacy"
)

// Archive keeps the exact words that visitors are shown from now on, in every language: the policy, the page of
// choices, and the banner where there is one. Nothing is written where the ledger has them.
func (s *Site) Archive(ctx context.Context) error {
	var list []privacy.Wording
	for _, l := range s.Locales.Languages() {
		for _, shown := range []struct{ what, path, template, part string }{
			{"policy", "/terms/cookies-policy/", "policy", "main"}, {"centre", "/terms/cookies/", "choices", "main"}, {"banner", "/explore/", "policy", "banner"},
		} {
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, shown.path+"?"+url.Values{"lang": {l.Tag}}.Encode(), nil)
			if err != nil {
				return err
			}
			text, err := s.shown(r, shown.template, shown.part)
			if err != nil {
				return fmt.Errorf("keep the %s in %s: %w", shown.what, l.Tag, err)
			}
			if text != "" {
				list = append(list, privacy.Wording{What: shown.what, Language: l.Tag, Text: text})
			}
		}
	}
	return s.ledger.Archive(ctx, list)
}

// unread is an answer that nobody reads.
type unread http.Header

func (u unread) Header() http.Header         { return http.Header(u) }
func (u unread) Write(p []byte) (int, error) { return len(p), nil }
func (u unread) WriteHeader(int)             {}

// shown gives a part of a page as a visitor without any choice sees it.
func (s *Site) shown(r *http.Request, template, part string) (string, error) {
	var page any
	if w := (unread{}); template == "choices" {
		page = s.choicesPage(w, r)
	} else {
		page = s.policyPage(w, r)
	}
	var b bytes.Buffer
	err := s.pages[template].ExecuteTemplate(&b, part, page)
	return b.String(), err
}
