package terms

import (
	"net/http"

	"parvis/internal/locale"
	"parvis/internal/privacy"
)

// policyPage prints the cookie policy.
type policyPage struct {
	view
	Policy  *privacy.Document
	Groups  []policyGroup
	Updated string // since when it is as it is, in a sentence; "" where that is not known
}

// policyGroup is a category with what is stored under it.
type policyGroup struct {
	privacy.KindText
	Rows []privacy.Row
}

// Twin gives the address of the same for programs.
func (p *policyPage) Twin() string { return p.Href("/terms/cookies-policy.json") }

func (s *Site) policy(w http.ResponseWriter, r *http.Request) error {
	return s.Render(w, r, http.StatusOK, s.pages["policy"], s.policyPage(w, r))
}

func (s *Site) policyPage(w http.ResponseWriter, r *http.Request) *policyPage {
	p := &policyPage{view: s.View(w, r, func(l *locale.Printer) string { return l.T("Cookie policy") }, "")}
	p.Policy = s.document(p.Printer, p.Origin)
	p.About = p.Policy.Lede
	for _, k := range p.Policy.Kinds {
		p.Groups = append(p.Groups, policyGroup{k, p.Policy.Of(k.Category)})
	}
	if t := s.ledger.Updated(); !t.IsZero() {
		p.Updated = p.T("Last changed on {date}", "date", p.Date(t))
	}
	return p
}

// document gives the policy in a language.
func (s *Site) document(p *locale.Printer, origin string) *privacy.Document {
	return s.Privacy.Document(p, origin, s.ledger.Updated())
}

// policyTwin is the policy for programs.
func (s *Site) policyTwin(w http.ResponseWriter, r *http.Request) error {
	v := s.View(w, r, nil, "")
	text, err := s.document(v.Printer, v.Origin).JSON()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("Content-Language", v.Tag)
	w.Header().Add("Vary", "Accept-Language, Cookie")
	_, err = w.Write(text)
	return err
}
