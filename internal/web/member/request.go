package member

import (
	"net/http"
	"net/url"

	"parvis/internal/account"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/web/page"
)

// Requested finds the dataset of an identifier that somebody asks access to, with its title for a reader of a language;
// not ok where they may not know of it.
type Requested func(by account.Actor, id, language string) (uid, title string, ok bool)

const requestPath = "/access-request/"

// requestPage asks for access, to a dataset or to the portal.
type requestPage struct {
	view
	Form    page.Form
	Dataset string // its identifier; "" for the portal
	Name    string // its title
	From    string // the address of who is signed in; "" for a visitor
	Action  string // where the form is sent
	Sent    bool
	asked   string // uid
	asker   account.Actor
	Longest int
}

func (s *Site) requestPage(w http.ResponseWriter, r *http.Request) (*requestPage, error) {
	p := &requestPage{view: s.View(w, r, func(l *locale.Printer) string { return l.T("Request access") }, ""), Longest: 2000}
	p.Style = "office.css"
	if v := p.Visitor(); v.SignedIn() {
		p.asker, p.From = v.Actor, v.Actor.Person.Email
	}
	p.Action = p.Href(requestPath)
	if p.Dataset = p.Params.Get("dataset"); p.Dataset == "" || s.o.Requested == nil {
		p.Dataset = ""
		return p, nil
	}
	var ok bool
	if p.asked, p.Name, ok = s.o.Requested(p.asker, p.Dataset, p.Tag); !ok {
		return nil, fault.New(fault.NotFound, "There is no dataset %.100q.", p.Dataset)
	}
	p.Action = p.Link(requestPath, url.Values{"dataset": {p.Dataset}})
	return p, nil
}

func (s *Site) request(w http.ResponseWriter, r *http.Request) error {
	p, err := s.requestPage(w, r)
	if err != nil {
		return err
	}
	return s.Render(w, r, http.StatusOK, s.pages["request"], p)
}

// postRequest says the same whether the address has an account or not.
func (s *Site) postRequest(w http.ResponseWriter, r *http.Request) error {
	form, err := page.Posted(r)
	if err != nil {
		return err
	}
	p, err := s.requestPage(w, r)
	if err != nil {
		return err
	}
	p.Form = form
	if _, err := account.CleanEmail(form.Of("email")); p.From == "" && err != nil {
		p.Form.Wrong("email", p.T("This is no e-mail address, such as camille@example.org."))
	}
	if len([]rune(form.Of("message"))) > p.Longest {
		p.Form.Wrong("message", p.T("This is longer than {n} characters.", "n", p.Longest))
	}
	status := http.StatusUnprocessableEntity
	if p.Form.Sound() {
		err := s.o.People.Ask(r.Context(), p.asker, account.RequestDraft{Email: form.Of("email"), Language: p.Tag, Message: form.Of("message"), Dataset: p.asked})
		switch fault.KindOf(err) {
		case fault.Limited:
			p.Form.Wrong("", p.T("There were too many requests today. Try again tomorrow."))
			status = http.StatusTooManyRequests
		case fault.Invalid:
			p.Form.Wrong("message", p.T("This holds characters that cannot be shown."))
		default:
			if err != nil {
				return err
			}
			p.Sent, status = true, http.StatusOK
		}
	}
	return s.Render(w, r, status, s.pages["request"], p)
}
