package front

import (
	"net/http"

	"parvis/internal/locale"
	"parvis/internal/privacy"
)

// policyPage prints the privacy registry.
type policyPage struct {
	view
	Operator string
	Hash     string
	Groups   []policyGroup
}

// policyGroup is a category with what is stored under it.
type policyGroup struct {
	Name, Says string
	Items      []policyItem
}

// policyItem is a row of the table.
type policyItem struct {
	Provider, Function, Name, Purpose, Duration string
}

func (s *Site) policy(w http.ResponseWriter, r *http.Request) error {
	p := &policyPage{view: s.View(w, r, func(l *locale.Printer) string { return l.T("Cookie policy") }, "")}
	p.About = p.T("What this portal stores on your machine, for how long, and why.")
	p.Operator, p.Hash = s.Operator, s.Privacy.Hash()
	p.Groups = []policyGroup{
		{Name: p.T("Strictly necessary cookies"), Says: p.T("They keep what a service that you ask for needs to work: being signed in, a language you chose. They need no consent.")},
		{Name: p.T("Statistical cookies"), Says: p.T("They follow what visitors do on a site to count it. No consent is needed only when they are anonymised: nothing in them can be traced to a person.")},
		{Name: p.T("First-party cookies"), Says: p.T("They are stored by the site you visit, beyond what is necessary, for instance to get to know its visitors. They need your consent.")},
		{Name: p.T("Third-party cookies"), Says: p.T("They are stored by or for another site, often for advertising, and tell it what you visited here. They need your consent.")},
	}
	for i, c := range []privacy.Category{privacy.Necessary, privacy.Statistical, privacy.FirstParty, privacy.ThirdParty} {
		for _, it := range s.Privacy.Of(c) {
			p.Groups[i].Items = append(p.Groups[i].Items, policyItem{
				it.Provider, it.Function.In(p.Tag) + " — " + location(p.Printer, it.Location), it.Name, it.Purpose.In(p.Tag), p.N("{n} day", "{n} days", int64(it.Duration.Hours()/24)),
			})
		}
	}
	w.Header().Set("Content-Language", p.Tag)
	return s.Render(w, r, http.StatusOK, s.pages["policy"], p)
}

// Stored tells whether anything at all is stored.
func (p *policyPage) Stored() bool {
	for _, g := range p.Groups {
		if len(g.Items) > 0 {
			return true
		}
	}
	return false
}

func location(p *locale.Printer, l privacy.Location) string {
	switch l {
	case privacy.Front:
		return p.T("public pages")
	case privacy.Back:
		return p.T("back office")
	}
	return p.T("public pages and back office")
}

// policyTwin is the policy for programs.
func (s *Site) policyTwin(w http.ResponseWriter, r *http.Request) error {
	text, err := s.Privacy.JSON(s.View(w, r, nil, "").Origin)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, err = w.Write(append(text, '\n'))
	return err
}
