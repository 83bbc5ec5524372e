package back

import (
	"net/http"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/locale"
)

// homePage is the first page: what waits to be done, and how much there is.
type homePage struct {
	office
	Figures []figure
	Events  []eventLine // the last changes; nil for who may not see them
}

// figure is a number that leads to its list.
type figure struct {
	Label string
	N     int64
	Href  string
}

func (s *Site) home(w http.ResponseWriter, r *http.Request) error {
	p := &homePage{office: s.begin(w, r, "/backoffice/", func(l *locale.Printer) string { return l.T("Back office") })}
	if s.manages(p.By) {
		entries, _ := s.catalog.All(p.By)
		n := int64(0)
		for _, e := range entries {
			if e.Access.Right >= catalog.Manage {
				n++
			}
		}
		p.Figures = append(p.Figures, figure{p.T("Datasets"), n, p.Href("/backoffice/datasets/")})
	}
	if p.By.May(account.EditDomain) {
		_, people, err := s.people.All(r.Context(), p.By, account.Search{Limit: 1})
		if err != nil {
			return err
		}
		groups, err := s.people.Groups(p.By)
		if err != nil {
			return err
		}
		p.Figures = append(p.Figures, figure{p.T("People"), int64(people), p.Href("/backoffice/users/")},
			figure{p.T("Groups"), int64(len(groups)), p.Href("/backoffice/groups/")})
	}
	if p.By.May(account.ManageDataset) {
		waiting, err := s.people.Requests(r.Context(), p.By, account.Waiting)
		if err != nil {
			return err
		}
		p.Figures = append(p.Figures, figure{p.T("Requests that wait"), int64(len(waiting)), p.Href("/backoffice/requests/")})
	}
	if p.By.May(account.EditReuse) {
		waiting, err := s.reuses.Waiting(r.Context())
		if err != nil {
			return err
		}
		p.Figures = append(p.Figures, figure{p.T("Reuses to look at"), waiting, p.Href(reusesPath)})
	}
	if err := s.homeOfAdministrators(r, p); err != nil {
		return err
	}
	return s.Render(w, r, http.StatusOK, s.pages["home"], p)
}

// homeOfAdministrators adds the last changes, for those who may see them.
func (s *Site) homeOfAdministrators(r *http.Request, p *homePage) error {
	if !p.By.May(account.EditDomain) {
		return nil
	}
	events, err := s.people.Log(r.Context(), p.By, account.Events{Limit: 8})
	if err != nil {
		return err
	}
	for _, e := range events {
		p.Events = append(p.Events, s.event(r, &p.office, e))
	}
	return nil
}
