package front

import (
	"net/http"
	"time"

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
	p := &policyPage{view: s.view(r, func(l *locale.Printer) string { return l.T("Cookie policy") }, "")}
	p.Policy = s.o.Privacy.Document(p.Printer, p.Origin(), time.Time{})
	p.About = p.Policy.Lede
	for _, k := range p.Policy.Kinds {
		p.Groups = append(p.Groups, policyGroup{k, p.Policy.Of(k.Category)})
	}
	w.Header().Set("Content-Language", p.Tag)
	return s.render(w, r, http.StatusOK, "policy", p)
}

// policyTwin is the policy for programs.
func (s *Site) policyTwin(w http.ResponseWriter, r *http.Request) error {
	v := s.view(r, nil, "")
	text, err := s.o.Privacy.Document(v.Printer, v.Origin(), time.Time{}).JSON()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Content-Language", v.Tag)
	_, err = w.Write(text)
	return err
}
