package back

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"parvis/internal/account"
	"parvis/internal/locale"
	"parvis/internal/web/page"
)

// onPage is how many lines lists show at once.
const onPage = 50

// usersPage lists people.
type usersPage struct {
	office
	Text       string
	Group      int64
	Groups     []account.Group
	Total      int64
	People     []personLine
	ShowSecond bool
	Waiting    int64 // invitations
	Pager      *page.Pager
}

// personLine is somebody in the list.
type personLine struct {
	account.Profile
	Href   string
	Groups []string
	May    string
	State  string // "" for active
	Second bool
}

func (s *Site) users(w http.ResponseWriter, r *http.Request) error {
	p := &usersPage{office: s.begin(w, r, "/backoffice/users/", func(l *locale.Printer) string { return l.T("People") })}
	p.Text = page.Cut(p.Params.Get("q"), 100)
	p.Group, _ = strconv.ParseInt(p.Params.Get("group"), 10, 64) // what is no number is no group
	number := page.Number(p.Params.Get("page"))
	found, total, err := s.people.All(r.Context(), p.By, account.Search{Text: p.Text, Group: p.Group, Offset: int(number-1) * onPage, Limit: onPage})
	if err != nil {
		return err
	}
	p.Total, p.ShowSecond = int64(total), s.second != nil
	for _, one := range found {
		line, err := s.line(r, &p.office, one)
		if err != nil {
			return err
		}
		p.People = append(p.People, line)
	}
	if p.Groups, err = s.people.Groups(p.By); err != nil {
		return err
	}
	invitations, err := s.people.Invitations(r.Context(), p.By)
	if err != nil {
		return err
	}
	p.Waiting = int64(len(invitations))
	p.Pager = page.Paginate(number, (p.Total+onPage-1)/onPage, func(n int64) string {
		q := url.Values{"page": {strconv.FormatInt(n, 10)}}
		for _, name := range []string{"q", "group"} {
			if value := p.Params.Get(name); value != "" {
				q.Set(name, value)
			}
		}
		return p.Link("/backoffice/users/", q)
	})
	return s.Render(w, r, http.StatusOK, s.pages["users"], p)
}

// line puts a person into words.
func (s *Site) line(r *http.Request, o *office, one account.Profile) (personLine, error) {
	line := personLine{Profile: one, Href: o.Href(personPath(one.ID)), State: stateOf(o.Printer, one, s.clock())}
	all := one.Permissions
	for _, m := range one.Draft.Groups {
		g, _ := s.people.Group(m.Group)
		line.Groups = append(line.Groups, g.Name)
		all |= g.Permissions
	}
	if person, ok := s.people.Person(one.ID); ok {
		all = person.Permissions
	}
	line.May = page.May(o.Printer, all)
	var err error
	if s.second != nil {
		line.Second, err = s.second(r.Context(), one.ID)
	}
	return line, err
}

// stateOf tells why somebody may not come in, or until when they may; "" for neither.
func stateOf(p *locale.Printer, one account.Profile, now time.Time) string {
	switch {
	case !one.Active:
		return p.T("disabled")
	case one.Expires.IsZero():
		return ""
	case !now.Before(one.Expires):
		return p.T("ended on {day}", "day", p.Day(one.Expires.Add(-time.Nanosecond)))
	}
	return p.T("until {day}", "day", p.Day(one.Expires.Add(-time.Nanosecond)))
}

func personPath(id int64) string { return "/backoffice/users/" + strconv.FormatInt(id, 10) + "/" }
