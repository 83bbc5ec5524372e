package back

import (
	"net/http"
	"net/url"
	"strconv"

	"parvis/internal/account"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/web/page"
)

// requestsPage is the inbox of requests for access.
type requestsPage struct {
	office
	All      bool // also those that are decided
	Requests []requestLine
}

// requestLine is a request in the inbox.
type requestLine struct {
	account.Request
	Href  string
	For   string // the dataset, or the portal
	State string
	By    string // who decided; "" while it waits
}

func (s *Site) requests(w http.ResponseWriter, r *http.Request) error {
	p := &requestsPage{office: s.begin(w, r, "/backoffice/requests/", func(l *locale.Printer) string { return l.T("Requests for access") })}
	p.All = p.Params.Get("all") == "yes"
	state := account.Waiting
	if p.All {
		state = ""
	}
	found, err := s.people.Requests(r.Context(), p.By, state)
	if err != nil {
		return err
	}
	for _, one := range found {
		p.Requests = append(p.Requests, s.requestLine(r, &p.office, one))
	}
	return s.Render(w, r, http.StatusOK, s.pages["requests"], p)
}

// Everything gives the address' query of all requests.
func (p *requestsPage) Everything() url.Values { return url.Values{"all": {"yes"}} }

func (s *Site) requestLine(r *http.Request, o *office, one account.Request) requestLine {
	line := requestLine{Request: one, Href: o.Href("/backoffice/requests/" + strconv.FormatInt(one.ID, 10) + "/"), For: o.T("the portal")}
	if one.Dataset != "" {
		line.For = s.datasetName(o, one.Dataset)
	}
	switch one.State {
	case account.Waiting:
		line.State = o.T("waits")
		return line
	case account.Approved:
		line.State = o.T("approved")
	case account.Rejected:
		line.State = o.T("refused")
	}
	line.By = s.name(r, o, one.DecidedBy)
	return line
}

// requestPage shows one request, and asks what is to become of it.
type requestPage struct {
	office
	Form    form
	Request requestLine
	Waits   bool
	Known   string // where who asks is shown; "" for somebody without an account
	Groups  []groupChoice
}

func (s *Site) requestPage(w http.ResponseWriter, r *http.Request) (*requestPage, error) {
	p := &requestPage{office: s.begin(w, r, "/backoffice/requests/", nil)}
	id, err := number(r, "request")
	if err != nil {
		return nil, err
	}
	one, err := s.people.Request(r.Context(), p.By, id)
	if err != nil {
		return nil, err
	}
	p.Request, p.Waits = s.requestLine(r, &p.office, one), one.State == account.Waiting
	p.Title = p.T("Request of {email}", "email", one.Email)
	if person, ok := s.people.ByEmail(one.Email); ok {
		p.Known = p.Href(personPath(person.ID))
	}
	if p.By.May(account.EditDomain) {
		groups, err := s.people.Groups(p.By)
		if err != nil {
			return nil, err
		}
		for _, g := range groups {
			p.Groups = append(p.Groups, groupChoice{Group: g, Value: strconv.FormatInt(g.ID, 10)})
		}
	}
	return p, nil
}

func (s *Site) requestForm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.requestPage(w, r)
	if err != nil {
		return err
	}
	return s.Render(w, r, http.StatusOK, s.pages["request"], p)
}

func (s *Site) request(w http.ResponseWriter, r *http.Request) error {
	p, err := s.requestPage(w, r)
	if err != nil {
		return err
	}
	if p.Form, err = page.Posted(r); err != nil {
		return err
	}
	for i := range p.Groups {
		p.Groups[i].On = p.Form.Holds("groups", p.Groups[i].Value)
	}
	what := "approved"
	switch p.Form.Of("decision") {
	case "approve":
		err = s.approve(r, p)
	case "reject":
		what = "rejected"
		err = s.people.Reject(r.Context(), p.By, p.Request.ID, p.Form.Of("reason"))
	default:
		p.Form.Wrong("decision", p.T("Choose whether to approve or to refuse"))
		return s.Render(w, r, http.StatusUnprocessableEntity, s.pages["request"], p)
	}
	switch {
	case err == nil:
		return p.goOn(w, r, "/backoffice/requests/", what)
	case fault.KindOf(err) == fault.Unavailable:
		return p.goOn(w, r, "/backoffice/requests/", "unsent")
	}
	if err := refused(p.Printer, &p.Form, err, "", p.T("This request is decided already.")); err != nil {
		return err
	}
	return s.Render(w, r, http.StatusUnprocessableEntity, s.pages["request"], p)
}

// approve grants a request: the right to see and download its dataset, and the groups that were chosen.
func (s *Site) approve(r *http.Request, p *requestPage) error {
	if person, ok := s.people.ByEmail(p.Request.Email); ok && p.Request.Dataset != "" && p.Waits {
		if err := s.grantSight(r.Context(), p.By, p.Request.Dataset, person.ID); err != nil {
			return err
		}
	}
	return s.people.Approve(r.Context(), p.By, p.Request.ID, chosen(&p.Form, "groups"))
}
