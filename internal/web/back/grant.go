package back

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/web/page"
)

// grantPage begins the page of a grant, or of a new one.
func (s *Site) grantPage(w http.ResponseWriter, r *http.Request) (*rulePage, error) {
	p, err := s.rulePage(w, r, func(l *locale.Printer) string { return l.T("New right") })
	if err != nil {
		return nil, err
	}
	who := r.PathValue("who")
	p.New, p.Action = who == "", p.Base+"new/"
	p.Groups = s.allGroups()
	if p.New {
		return p, nil
	}
	p.at = slices.IndexFunc(p.rights.Grants, func(g catalog.Grant) bool { return grantee(g) == who })
	if p.at < 0 {
		return nil, fault.New(fault.NotFound, "There is no such right on this dataset.")
	}
	p.Action = p.Base + who + "/"
	p.Who, _ = s.granted(&p.office, p.rights.Grants[p.at])
	p.Title = p.T("What {name} may do", "name", p.Who)
	return p, nil
}

// allGroups gives all groups by name: who manages a dataset chooses among them, whatever else they may.
func (s *Site) allGroups() []account.Group {
	groups, err := s.people.Groups(account.Operator)
	if err != nil {
		return nil
	}
	return groups
}

func (s *Site) grantForm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.grantPage(w, r)
	if err != nil {
		return err
	}
	rule := catalog.Rule{Right: catalog.Download}
	if !p.New {
		rule = p.rights.Grants[p.at].Rule
	}
	p.fill(rule)
	p.Form.Values.Set("email", p.Params.Get("email"))
	return s.showRule(w, r, p, http.StatusOK, "grant")
}

func (s *Site) saveGrant(w http.ResponseWriter, r *http.Request) error {
	p, err := s.grantPage(w, r)
	if err != nil {
		return err
	}
	if p.Form, err = page.Posted(r); err != nil {
		return err
	}
	rule := s.rule(p)
	grant := catalog.Grant{Rule: rule}
	if p.New {
		s.grantee(p, &grant)
	}
	if s.checking(r.Context(), p) {
		return s.showRule(w, r, p, statusOf(p), "grant")
	}
	next := p.rights
	next.Grants = slices.Clone(next.Grants)
	if p.New {
		next.Grants = append(next.Grants, grant)
	} else {
		next.Grants[p.at].Rule = rule
	}
	return s.saveSecurity(w, r, p, next, "grant")
}

// grantee reads whom a new grant is for: somebody by their address, or a group.
func (s *Site) grantee(p *rulePage, grant *catalog.Grant) {
	address, group := p.Form.Of("email"), p.Form.Of("group")
	switch {
	case (address == "") == (group == ""):
		p.Form.Wrong("email", p.T("Give the address of a person, or choose a group"))
	case group != "":
		grant.Group, _ = strconv.ParseInt(group, 10, 64) // what is no number is no group
		if _, ok := s.people.Group(grant.Group); !ok {
			p.Form.Wrong("group", p.T("There is no such group"))
		}
	default:
		person, ok := s.people.ByEmail(address)
		if !ok {
			p.Form.Wrong("email", p.T("Nobody with an account has this address"))
			return
		}
		grant.Person = person.ID
	}
	if slices.ContainsFunc(p.rights.Grants, func(g catalog.Grant) bool { return g.Person == grant.Person && g.Group == grant.Group }) && p.Form.Sound() {
		p.Form.Wrong("email", p.T("There is a right for them already: change that"))
	}
}

func (s *Site) removeGrant(w http.ResponseWriter, r *http.Request) error {
	p, err := s.grantPage(w, r)
	if err != nil {
		return err
	}
	next := p.rights
	next.Grants = slices.Delete(slices.Clone(next.Grants), p.at, p.at+1)
	if err := s.catalog.SetSecurity(r.Context(), p.By, p.Dataset.ID, next); err != nil {
		return err
	}
	// Who takes their own right away cannot come back to the page.
	if _, err := s.catalog.Security(r.Context(), p.By, p.Dataset.ID); err != nil {
		return p.goOn(w, r, "/backoffice/", "removed")
	}
	return p.goOn(w, r, p.Base, "removed")
}

// grantSight lets a person see and download a dataset, where they have no right on it of their own yet.
func (s *Site) grantSight(ctx context.Context, by account.Actor, uid string, person int64) error {
	e := s.byUID(by, uid)
	if e == nil {
		return fault.New(fault.NotFound, "The dataset of this request is not there any more.")
	}
	rights, err := s.catalog.Security(ctx, by, e.ID)
	if err != nil || slices.ContainsFunc(rights.Grants, func(g catalog.Grant) bool { return g.Person == person }) {
		return err
	}
	rights.Grants = append(slices.Clone(rights.Grants), catalog.Grant{Person: person, Rule: catalog.Rule{Right: catalog.Download}})
	return s.catalog.SetSecurity(ctx, by, e.ID, rights)
}
