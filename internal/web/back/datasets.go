package back

import (
	"net/http"
	"strconv"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/web/page"
)

// datasetsPage lists the datasets whose rights the visitor manages.
type datasetsPage struct {
	office
	Datasets []datasetLine
}

// datasetLine is a dataset in the list.
type datasetLine struct {
	ID, Title, Lang, Href string
	Restricted            bool
	Default               string // what everybody sees of it
	Grants                int64
}

// titleOf gives the title of a dataset for who reads the page.
func titleOf(o *office, e *catalog.Entry) dataset.Said {
	return e.TitleIn(o.Wish())
}

// datasetName gives the title of a dataset by its UID, or the UID where the actor may not know of it.
func (s *Site) datasetName(o *office, uid string) string {
	if e := s.byUID(o.By, uid); e != nil {
		return titleOf(o, e).Text
	}
	return uid
}

// byUID finds a dataset that an actor may know of; nil: there is none.
func (s *Site) byUID(by account.Actor, uid string) *catalog.Entry {
	entries, _ := s.catalog.All(by)
	for _, e := range entries {
		if e.UID == uid {
			return e
		}
	}
	return nil
}

// manages tells whether there is a dataset whose rights the actor manages.
func (s *Site) manages(by account.Actor) bool {
	if by.May(account.ManageDataset) {
		return true
	}
	entries, _ := s.catalog.All(by)
	for _, e := range entries {
		if e.Access.Right >= catalog.Manage {
			return true
		}
	}
	return false
}

func (s *Site) datasets(w http.ResponseWriter, r *http.Request) error {
	p := &datasetsPage{office: s.begin(w, r, "/backoffice/datasets/", func(l *locale.Printer) string { return l.T("Datasets and rights") })}
	if !s.manages(p.By) {
		return fault.New(fault.Forbidden, "This part of the back office is not open to you.")
	}
	entries, _ := s.catalog.All(p.By)
	for _, e := range entries {
		if e.Access.Right < catalog.Manage {
			continue
		}
		rights, err := s.catalog.Security(r.Context(), p.By, e.ID)
		if err != nil {
			return err
		}
		title := titleOf(&p.office, e)
		p.Datasets = append(p.Datasets, datasetLine{ID: e.ID, Title: title.Text, Lang: title.Lang, Href: p.Href(rightsPath(e.ID)),
			Restricted: rights.Restricted, Default: shownBy(p.Printer, rights.Default), Grants: int64(len(rights.Grants))})
	}
	return s.Render(w, r, http.StatusOK, s.pages["datasets"], p)
}

// accessPage tells what one person can see: each dataset, as the access rule shows it to them.
type accessPage struct {
	office
	Who, Base string
	Admitted  bool // the person may come in at all
	May       string
	Datasets  []accessLine
	Unseen    int64 // datasets that they may not know of
}

// accessLine is a dataset as somebody sees it.
type accessLine struct {
	Title, Lang, Href string
	Sees              string
	Narrow            bool // not all of it
}

func (s *Site) access(w http.ResponseWriter, r *http.Request) error {
	u, err := s.userPage(w, r)
	if err != nil {
		return err
	}
	p := &accessPage{office: u.office, Who: u.Who, Base: u.Base}
	p.Title = p.T("What {name} can see", "name", u.Who)
	person, admitted := s.people.Person(u.One.ID)
	if p.Admitted = admitted; !admitted {
		return s.Render(w, r, http.StatusOK, s.pages["access"], p)
	}
	p.May = page.May(p.Printer, person.Permissions)
	all, _ := s.catalog.All(p.By)
	for _, e := range all {
		seen, ok := e.For(account.Actor{Person: person, Scope: account.Every})
		if !ok {
			p.Unseen++
			continue
		}
		title := titleOf(&p.office, e)
		p.Datasets = append(p.Datasets, accessLine{title.Text, title.Lang, p.Href(rightsPath(e.ID)), p.sees(e, seen), narrow(e, seen)})
	}
	return s.Render(w, r, http.StatusOK, s.pages["access"], p)
}

// narrow tells whether somebody is shown less than all of a dataset.
func narrow(whole, seen *catalog.Entry) bool {
	return !seen.Access.AllRows() || len(seen.Fields) < len(whole.Fields)
}

// sees says in words what somebody sees and may do of a dataset.
func (p *accessPage) sees(whole, seen *catalog.Entry) string {
	does := rightWords(p.Printer, seen.Access.Right)
	switch {
	case !seen.Access.Data:
		return p.T("Sees its description, not its rows")
	case len(seen.Fields) < len(whole.Fields) && !seen.Access.AllRows():
		return p.T("{does}: some rows, {shown} of {all} fields", "does", does, "shown", len(seen.Fields), "all", len(whole.Fields))
	case len(seen.Fields) < len(whole.Fields):
		return p.T("{does}: all rows, {shown} of {all} fields", "does", does, "shown", len(seen.Fields), "all", len(whole.Fields))
	case !seen.Access.AllRows():
		return p.T("{does}: some rows, all fields", "does", does)
	}
	return p.T("{does}: everything", "does", does)
}

// rightWords says what a right on a dataset lets do.
func rightWords(p *locale.Printer, right catalog.Right) string {
	switch right {
	case catalog.See:
		return p.T("See")
	case catalog.Download:
		return p.T("See and download")
	case catalog.Edit:
		return p.T("Edit")
	case catalog.Publish:
		return p.T("Edit and publish")
	case catalog.Manage:
		return p.T("Manage")
	}
	return p.T("Nothing")
}

// rightMeans says more of a right.
func rightMeans(p *locale.Printer, right catalog.Right) string {
	switch right {
	case catalog.See:
		return p.T("The description and, as far as the limits below say, the rows.")
	case catalog.Download:
		return p.T("And take the rows away as files.")
	case catalog.Edit:
		return p.T("All of it, and change it: the limits below do not count.")
	case catalog.Publish:
		return p.T("And put what was changed before everybody.")
	case catalog.Manage:
		return p.T("And say who may see and change it.")
	}
	return ""
}

// shownBy says in words what a rule shows.
func shownBy(p *locale.Printer, rule catalog.Rule) string {
	does := rightWords(p, rule.Right)
	switch {
	case rule.Right >= catalog.Edit:
		return does
	case rule.DataHidden:
		return p.T("The description only")
	case rule.Fields != nil && rule.Filter != "":
		return p.T("{does}: some rows, {n} fields", "does", does, "n", len(rule.Fields))
	case rule.Fields != nil:
		return p.T("{does}: all rows, {n} fields", "does", does, "n", len(rule.Fields))
	case rule.Filter != "":
		return p.T("{does}: some rows, all fields", "does", does)
	}
	return p.T("{does}: everything", "does", does)
}

func rightsPath(id string) string { return "/backoffice/datasets/" + id + "/rights/" }

// grantee names whom a grant is for, in addresses: "p12", "g3".
func grantee(g catalog.Grant) string {
	if g.Person > 0 {
		return "p" + strconv.FormatInt(g.Person, 10)
	}
	return "g" + strconv.FormatInt(g.Group, 10)
}
