package back

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/explore"
	"parvis/internal/locale"
	"parvis/internal/odsql"
	"parvis/internal/server"
	"parvis/internal/web/page"
)

// RowCounter tells how many rows of a dataset meet a filter, and how many there are, as an actor sees them.
type RowCounter func(ctx context.Context, by account.Actor, id, filter string) (kept, all int64, err error)

// Counted counts by asking the portal's rows.
func Counted(x *explore.Explorer) RowCounter {
	return func(ctx context.Context, by account.Actor, id, filter string) (kept, all int64, err error) {
		none := 0
		for _, ask := range []struct {
			where []string
			into  *int64
		}{{[]string{filter}, &kept}, {nil, &all}} {
			found, err := x.Records(ctx, by, id, odsql.Question{Where: ask.where, Limit: &none})
			if err != nil {
				return 0, 0, err
			}
			*ask.into = found.Total
		}
		return kept, all, nil
	}
}

// rulePage asks for what everybody, or one person or group, is shown of a dataset.
type rulePage struct {
	office
	Form    form
	Dataset *catalog.Entry
	Name    dataset.Said
	Base    string // path of the dataset's rights
	Action  string // path where the form is sent
	Units   []unit
	Rights  []rightChoice
	Fields  []fieldChoice
	Checked string // what checking the row filter found; "" where it was not asked for
	Grants  []grantLine
	Groups  []account.Group
	New     bool   // a grant that is to be made
	Who     string // whom the grant is for
	rights  catalog.Security
	at      int // of the grant in rights.Grants; -1: the rule for everybody, or a new one
}

// rightChoice is a right that can be given.
type rightChoice struct {
	Value, Label, Means string
	On                  bool
}

// fieldChoice is a field that can be shown.
type fieldChoice struct {
	Name, Label, Lang string
	On                bool
}

// grantLine is a grant in the list.
type grantLine struct {
	Who, Kind, Shown string
	Href, Base       string
}

// rulePage begins a page about the rights on the dataset that the address names. Kinds NotFound; Forbidden: they are
// not the visitor's to manage.
func (s *Site) rulePage(w http.ResponseWriter, r *http.Request, title func(*locale.Printer) string) (*rulePage, error) {
	p := &rulePage{office: s.begin(w, r, "/backoffice/datasets/", title), at: -1}
	id := r.PathValue("dataset")
	var err error
	if p.rights, err = s.catalog.Security(r.Context(), p.By, id); err != nil {
		return nil, err
	}
	if p.Dataset, err = s.catalog.Find(p.By, id); err != nil {
		return nil, err
	}
	p.Name, p.Base, p.Units = titleOf(&p.office, p.Dataset), rightsPath(id), units(p.Printer)
	p.Action = p.Base
	return p, nil
}

// fill gives the form what a rule says.
func (p *rulePage) fill(rule catalog.Rule) {
	v := url.Values{"right": {rule.Right.String()}, "filter": {rule.Filter}, "rows": {"shown"}, "which": {"all"}}
	if rule.DataHidden {
		v.Set("rows", "hidden")
	}
	if rule.Fields != nil {
		v.Set("which", "some")
		v["fields"] = rule.Fields
	}
	fillQuota(v, rule.Quota)
	p.Form.Values = v
}

// rule reads what the form says, and checks the row filter.
func (s *Site) rule(p *rulePage) catalog.Rule {
	right, err := catalog.ParseRights([]string{p.Form.Of("right")})
	if err != nil {
		p.Form.Wrong("right", p.T("Choose a right"))
	}
	rule := catalog.Rule{Right: right, DataHidden: p.Form.Of("rows") == "hidden", Filter: p.Form.Of("filter"), Quota: quota(p.Printer, &p.Form)}
	if p.Form.Of("which") == "some" {
		rule.Fields = []string{}
		for _, f := range p.Dataset.Fields {
			if p.Form.Holds("fields", f.Name) {
				rule.Fields = append(rule.Fields, f.Name)
			}
		}
		if len(rule.Fields) == 0 {
			p.Form.Wrong("fields", p.T("Choose at least one field, or hide the rows"))
		}
	}
	if rule.Filter != "" {
		if err := s.check(p.Dataset.Fields, rule.Filter); err != nil {
			p.Form.Wrong("filter", p.T("This filter cannot be read: {reason}", "reason", server.Describe(err).Message))
		}
	}
	return rule
}

// show fills in what the page shows beside the form, and renders it.
func (s *Site) showRule(w http.ResponseWriter, r *http.Request, p *rulePage, status int, page string) error {
	rights := []catalog.Right{catalog.See, catalog.Download, catalog.Edit, catalog.Publish, catalog.Manage}
	if page == "rights" {
		rights = rights[:2]
	}
	for _, right := range rights {
		p.Rights = append(p.Rights, rightChoice{right.String(), rightWords(p.Printer, right), rightMeans(p.Printer, right), p.Form.Of("right") == right.String()})
	}
	wish := p.Wish()
	for _, f := range p.Dataset.Fields {
		label := p.Dataset.LabelIn(wish, f)
		p.Fields = append(p.Fields, fieldChoice{f.Name, label.Text, label.Lang, p.Form.Of("which") != "some" || p.Form.Holds("fields", f.Name)})
	}
	for _, g := range p.rights.Grants {
		line := grantLine{Shown: shownBy(p.Printer, g.Rule), Base: p.Base + grantee(g) + "/"}
		line.Who, line.Kind = s.granted(&p.office, g)
		line.Href = p.Href(line.Base)
		p.Grants = append(p.Grants, line)
	}
	return s.Render(w, r, status, s.pages[page], p)
}

// granted names whom a grant is for.
func (s *Site) granted(o *office, g catalog.Grant) (who, kind string) {
	if g.Group > 0 {
		found, ok := s.people.Group(g.Group)
		if !ok {
			return o.T("a group that is gone (number {n})", "n", strconv.FormatInt(g.Group, 10)), o.T("group")
		}
		return found.Name, o.T("group")
	}
	person, ok := s.people.Person(g.Person)
	switch {
	case !ok:
		return o.T("somebody who is gone (number {n})", "n", strconv.FormatInt(g.Person, 10)), o.T("person")
	case person.Name == "":
		return person.Email, o.T("person")
	}
	return person.Name + " <" + person.Email + ">", o.T("person")
}

// checking tells whether the form was sent only to check its row filter, and what that found.
func (s *Site) checking(ctx context.Context, p *rulePage) bool {
	if p.Form.Of("check") == "" {
		return false
	}
	filter := p.Form.Of("filter")
	switch {
	case p.Form.At("filter") != nil:
	case filter == "":
		p.Checked = p.T("Without a filter, all rows are shown.")
	case s.rows == nil || strings.Contains(strings.ToLower(filter), "#attr"):
		p.Checked = p.T("The filter can be read. Which rows it shows depends on who asks.")
	default:
		kept, all, err := s.rows(ctx, p.By, p.Dataset.ID, filter)
		if err != nil {
			p.Form.Wrong("filter", p.T("This filter cannot be read: {reason}", "reason", server.Describe(err).Message))
			break
		}
		p.Checked = p.T("The filter shows {kept} of {all} rows.", "kept", kept, "all", all)
	}
	p.Form.Mistakes = slices.DeleteFunc(p.Form.Mistakes, func(m mistake) bool { return m.Field != "filter" })
	return true
}

func (s *Site) rightsForm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.rightsPage(w, r)
	if err != nil {
		return err
	}
	p.fill(p.rights.Default)
	if p.rights.Restricted {
		p.Form.Values.Set("open", "no")
	}
	return s.showRule(w, r, p, http.StatusOK, "rights")
}

func (s *Site) rightsPage(w http.ResponseWriter, r *http.Request) (*rulePage, error) {
	p, err := s.rulePage(w, r, nil)
	if err == nil {
		p.Title = p.T("Who may see “{name}”", "name", p.Name.Text)
	}
	return p, err
}

func (s *Site) saveRights(w http.ResponseWriter, r *http.Request) error {
	p, err := s.rightsPage(w, r)
	if err != nil {
		return err
	}
	if p.Form, err = page.Posted(r); err != nil {
		return err
	}
	rule := s.rule(p)
	if s.checking(r.Context(), p) {
		return s.showRule(w, r, p, statusOf(p), "rights")
	}
	next := p.rights
	next.Default, next.Restricted = rule, p.Form.Of("open") == "no"
	return s.saveSecurity(w, r, p, next, "rights")
}

// saveSecurity keeps the rights on a dataset and leads to their page; what cannot be is shown.
func (s *Site) saveSecurity(w http.ResponseWriter, r *http.Request, p *rulePage, next catalog.Security, page string) error {
	if p.Form.Sound() {
		err := s.catalog.SetSecurity(r.Context(), p.By, p.Dataset.ID, next)
		if err == nil {
			return p.goOn(w, r, p.Base, "saved")
		}
		if err := refused(p.Printer, &p.Form, err, "", p.T("Somebody else changed this at the same time: try again.")); err != nil {
			return err
		}
	}
	return s.showRule(w, r, p, http.StatusUnprocessableEntity, page)
}

// statusOf gives the status of a page that is shown again.
func statusOf(p *rulePage) int {
	if p.Form.Sound() {
		return http.StatusOK
	}
	return http.StatusUnprocessableEntity
}
