package front

import (
	"net/http"

	"parvis/internal/locale"
	"parvis/internal/privacy"
)

// policyPage prints the cookie policy.
type policyPage struct {
	view
	Policy *privacy.Document
	Groups []policyGroup
}

// policyGroup is a category with what is stored under it.
type policyGroup struct {
	privacy.KindText
	Rows []privacy.Row
}

func (s *Site) policy(w http.ResponseWriter, r *http.Request) error {
	p := &policyPage{view: s.View(w, r, func(l *locale.Printer) string { return l.T("Cookie policy") }, "")}
	p.Policy = s.document(p.Printer, p.Origin)
	p.About = p.Policy.Lede
	for _, k := range p.Policy.Kinds {
		p.Groups = append(p.Groups, policyGroup{k, p.Policy.Of(k.Category)})
	}
	return s.Render(w, r, http.StatusOK, s.pages["policy"], p)
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
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Content-Language", v.Tag)
	w.Header().Add("Vary", "Accept-Language, Cookie")
	_, err = w.Write(text)
	return err
}
