package back

import (
	"net/http"
	"net/url"

	"parvis/internal/locale"
	"parvis/internal/reuse"
	"parvis/internal/web/page"
	"parvis/internal/web/reuses"
)

const reusesPath = "/backoffice/reuses/"

// reusesPage lists reuses for those who look after them.
type reusesPage struct {
	office
	All    bool // also those about which nothing is to be done
	Reuses []reuseLine
}

type reuseLine struct {
	*reuse.Reuse
	What, Href, Standing string
}

func (s *Site) reusesList(w http.ResponseWriter, r *http.Request) error {
	p := &reusesPage{office: s.begin(w, r, reusesPath, func(l *locale.Printer) string { return l.T("Reuses") })}
	p.All = p.Params.Get("all") == "yes"
	found, err := s.reuses.All(r.Context(), p.By, "")
	if err != nil {
		return err
	}
	for _, one := range found {
		if p.All || one.State == reuse.Waiting || one.Reports > 0 {
			p.Reuses = append(p.Reuses, reuseLine{one, reuses.KindName(p.Printer, one.Kind), p.Href("/backoffice" + reuses.Path(one.ID)), standing(p.Printer, one.State)})
		}
	}
	return s.Render(w, r, http.StatusOK, s.pages["reuses"], p)
}

// Everything gives the address' query of all reuses.
func (p *reusesPage) Everything() url.Values { return url.Values{"all": {"yes"}} }

// standing says what became of a reuse.
func standing(p *locale.Printer, state reuse.State) string {
	switch state {
	case reuse.Published:
		return p.T("published")
	case reuse.Refused:
		return p.T("refused")
	}
	return p.T("waits")
}

// reusePage shows one reuse, and asks what is to become of it.
type reusePage struct {
	office
	Form     form
	Reuse    reuseLine
	Picture  string
	Datasets []page.Choice
	Reports  []reuse.Report
	Decider  string // who decided; "" while it waits
	Shown    bool
	Refused  bool
}

func (s *Site) reusePage(w http.ResponseWriter, r *http.Request) (*reusePage, error) {
	p := &reusePage{office: s.begin(w, r, reusesPath, nil)}
	id, err := number(r, "reuse")
	if err != nil {
		return nil, err
	}
	one, reports, err := s.reuses.Find(r.Context(), p.By, id)
	if err != nil {
		return nil, err
	}
	p.Title, p.Style = one.Title, "office.css reuses.css"
	p.Reuse = reuseLine{one, reuses.KindName(p.Printer, one.Kind), p.Href(reuses.Path(id)), standing(p.Printer, one.State)}
	p.Reports, p.Shown, p.Refused = reports, one.State == reuse.Published, one.State == reuse.Refused
	if one.Pictured {
		p.Picture = reuses.PictureURL(one)
	}
	if !one.Decided.IsZero() {
		p.Decider = s.name(r, &p.office, one.DecidedBy)
	}
	for _, uid := range one.Datasets {
		c := page.Choice{Label: uid}
		if e := s.byUID(p.By, uid); e != nil {
			title := titleOf(&p.office, e)
			c = page.Choice{Label: title.Text, Tag: title.Lang, Href: p.Href("/explore/dataset/" + url.PathEscape(e.ID) + "/information/")}
		}
		p.Datasets = append(p.Datasets, c)
	}
	return p, nil
}

func (s *Site) reuseForm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.reusePage(w, r)
	if err != nil {
		return err
	}
	return s.Render(w, r, http.StatusOK, s.pages["reuse"], p)
}

func (s *Site) reuse(w http.ResponseWriter, r *http.Request) error {
	p, err := s.reusePage(w, r)
	if err != nil {
		return err
	}
	if p.Form, err = page.Posted(r); err != nil {
		return err
	}
	id, done := p.Reuse.ID, ""
	switch p.Form.Of("decision") {
	case "publish":
		err, done = s.reuses.Publish(r.Context(), p.By, id), "published"
	case "refuse":
		err, done = s.reuses.Refuse(r.Context(), p.By, id, p.Form.Of("reason")), "unpublished"
	case "remove":
		err, done = s.reuses.Remove(r.Context(), p.By, id), "removed"
	default:
		p.Form.Wrong("decision", p.T("Choose whether to publish or to refuse it"))
	}
	if err != nil {
		if err := refused(p.Printer, &p.Form, err, "", ""); err != nil {
			return err
		}
	}
	if !p.Form.Sound() {
		return s.Render(w, r, http.StatusUnprocessableEntity, s.pages["reuse"], p)
	}
	return p.goOn(w, r, reusesPath, done)
}
