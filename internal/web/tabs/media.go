package tabs

import (
	"bytes"
	"html/template"
	"net/http"
	"strings"

	"parvis/internal/privacy"
)

// player is a medium of a third party: a placeholder, or the player itself where the visitor allows it.
type player struct {
	*informationPage
	privacy.Medium
	Plays bool
}

// Play gives the address that plays this medium once, and only this.
func (p *player) Play() string {
	return p.Link(p.Path, map[string][]string{"play": {p.Key}}) + "#media-" + p.Key
}

// Remember gives the address where the visitor allows the service for good.
func (p *player) Remember() string {
	return p.Link("/terms/cookies/", map[string][]string{"next": {p.Link(p.Path, nil)}})
}

// describe makes a page's description of a publisher's HTML: sanitised, its first paragraph apart, with a placeholder
// in the place of each medium of a third party. The answer's policy lets in what the visitor allows of it.
func (s *Tabs) describe(w http.ResponseWriter, r *http.Request, p *informationPage, description string) error {
	marked, media := s.Privacy.Media(description)
	lede, rest := s.Lede(marked)
	plain, marks := privacy.Unmark(lede)
	p.Lede = strings.Join(strings.Fields(plain), " ")
	if marks != "" && !strings.Contains(rest, marks) {
		rest = "<p>" + marks + "</p>" + rest
	}
	var failed error
	var contacted []string
	p.Body = template.HTML(privacy.Fill(strings.TrimSpace(s.rich.Sanitize(rest)), func(i int) string {
		if i >= len(media) {
			return ""
		}
		m := &player{informationPage: p, Medium: media[i]}
		m.Plays = m.Service != "" && (p.Choices().Allows(m.Service) || clicked(r, m.Key))
		if m.Plays {
			contacted = append(contacted, m.Service)
		}
		var b bytes.Buffer
		if err := s.pages["information"].ExecuteTemplate(&b, "medium", m); err != nil {
			failed = err
		}
		return b.String()
	}))
	if len(contacted) > 0 {
		w.Header().Set("Content-Security-Policy", s.Privacy.CSP(contacted...))
	}
	return failed
}

// clicked tells whether the visitor clicked on a placeholder of this very portal. A link that somebody else made, or
// an address that was typed, is no click and loads nothing.
func clicked(r *http.Request, key string) bool {
	return r.URL.Query().Get("play") == key && r.Header.Get("Sec-Fetch-Site") == "same-origin"
}
