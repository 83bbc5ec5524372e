package back

import (
	"context"
	"embed"
	"html/template"
	"net/http"
	"time"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/editorial"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/reuse"
	"parvis/internal/server"
	"parvis/internal/statistics"
	"parvis/internal/web/page"
)

//go:embed templates/*.html
var templateFiles embed.FS

// Options are the parts of a Site. Frame, People, Keys, Catalog, Reuses and Editorial must be given.
type Options struct {
	Frame     *page.Frame
	People    *account.People
	Keys      *account.Keys
	Catalog   *catalog.Catalog
	Reuses    *reuse.Reuses
	Editorial *editorial.Pages
	Check     func(fields []dataset.Field, filter string) error     // what is wrong with a row filter
	Rows      RowCounter                                            // counts the rows that a filter shows; nil: they are not counted
	Counter   *statistics.Counter                                   // nil: nothing is counted
	Second    func(ctx context.Context, person int64) (bool, error) // whether somebody has a second factor; nil: not shown
	Clock     func() time.Time                                      // nil: the machine's
}

// Site is the door of the back office.
type Site struct {
	*page.Frame
	people    *account.People
	keys      *account.Keys
	catalog   *catalog.Catalog
	reuses    *reuse.Reuses
	editorial *editorial.Pages
	check     func(fields []dataset.Field, filter string) error
	rows      RowCounter
	counter   *statistics.Counter
	second    func(ctx context.Context, person int64) (bool, error)
	clock     func() time.Time
	pages     map[string]*template.Template
}

// What the frame of pages gives, by the names that stand in every page of this room.
type (
	view = page.View
	form = page.Form

	mistake = page.Mistake
)

// New makes a Site; a template that cannot be read is an error.
func New(o Options) (*Site, error) {
	s := &Site{Frame: o.Frame, people: o.People, keys: o.Keys, catalog: o.Catalog, reuses: o.Reuses, editorial: o.Editorial, check: o.Check, rows: o.Rows, counter: o.Counter, second: o.Second}
	if s.clock = o.Clock; s.clock == nil {
		s.clock = time.Now
	}
	var err error
	s.pages, err = page.Templates(templateFiles)
	return s, err
}

// Register adds the pages to a mux whose answers page.Frame guards. Each names the permission that it asks for before
// anything else; the rooms that do the work ask for theirs again.
func (s *Site) Register(mux *http.ServeMux) {
	to := func(pattern string, needs account.Permission, h server.Handler) {
		mux.Handle(pattern, s.Handle(s.office(needs, h)))
	}
	const admin = account.EditDomain
	to("GET /backoffice/{$}", anyOffice, s.home)
	to("GET /backoffice/users/{$}", admin, s.users)
	to("GET /backoffice/users/invite/{$}", admin, s.inviteForm)
	to("POST /backoffice/users/invite/{$}", admin, s.invite)
	to("GET /backoffice/users/invitations/{$}", admin, s.invitations)
	to("POST /backoffice/users/invitations/{invitation}/resend/{$}", admin, s.resend)
	to("POST /backoffice/users/invitations/{invitation}/revoke/{$}", admin, s.takeBack)
	to("GET /backoffice/users/{person}/{$}", admin, s.userForm)
	to("POST /backoffice/users/{person}/{$}", admin, s.user)
	to("POST /backoffice/users/{person}/active/{$}", admin, s.userActive)
	to("GET /backoffice/users/{person}/remove/{$}", admin, s.userRemoveForm)
	to("POST /backoffice/users/{person}/remove/{$}", admin, s.userRemove)
	to("GET /backoffice/users/{person}/access/{$}", admin, s.access)
	to("GET /backoffice/groups/{$}", admin, s.groups)
	to("GET /backoffice/groups/new/{$}", admin, s.groupForm)
	to("POST /backoffice/groups/new/{$}", admin, s.group)
	to("GET /backoffice/groups/{group}/{$}", admin, s.groupForm)
	to("POST /backoffice/groups/{group}/{$}", admin, s.group)
	to("POST /backoffice/groups/{group}/members/{$}", admin, s.members)
	to("GET /backoffice/groups/{group}/remove/{$}", admin, s.groupRemoveForm)
	to("POST /backoffice/groups/{group}/remove/{$}", admin, s.groupRemove)
	to("GET /backoffice/requests/{$}", account.ManageDataset, s.requests)
	to("GET /backoffice/requests/{request}/{$}", account.ManageDataset, s.requestForm)
	to("POST /backoffice/requests/{request}/{$}", account.ManageDataset, s.request)
	to("GET /backoffice/reuses/{$}", account.EditReuse, s.reusesList)
	to("GET /backoffice/reuses/{reuse}/{$}", account.EditReuse, s.reuseForm)
	to("POST /backoffice/reuses/{reuse}/{$}", account.EditReuse, s.reuse)
	to("GET /backoffice/pages/{$}", anybody, s.writers(s.pagesList))
	to("GET /backoffice/pages/new/{$}", anybody, s.writers(s.newPageForm))
	to("POST /backoffice/pages/new/{$}", anybody, s.writers(s.makePage))
	to("GET /backoffice/pages/{page}/settings/{$}", anybody, s.writers(s.pageSettingsForm))
	to("POST /backoffice/pages/{page}/settings/{$}", anybody, s.writers(s.savePageSettings))
	to("GET /backoffice/pages/{page}/remove/{$}", anybody, s.writers(s.pageRemoveForm))
	to("POST /backoffice/pages/{page}/remove/{$}", anybody, s.writers(s.pageRemove))
	to("GET /backoffice/pages/{page}/{language}/{$}", anybody, s.writers(s.editForm))
	to("POST /backoffice/pages/{page}/{language}/{$}", anybody, s.writers(s.edit))
	to("GET /backoffice/pages/{page}/{language}/history/{$}", anybody, s.writers(s.pageHistory))
	to("POST /backoffice/pages/{page}/{language}/history/{$}", anybody, s.writers(s.restore))
	to("GET /backoffice/datasets/{$}", anybody, s.datasets)
	to("GET /backoffice/datasets/{dataset}/rights/{$}", anybody, s.rightsForm)
	to("POST /backoffice/datasets/{dataset}/rights/{$}", anybody, s.saveRights)
	to("GET /backoffice/datasets/{dataset}/rights/new/{$}", anybody, s.grantForm)
	to("POST /backoffice/datasets/{dataset}/rights/new/{$}", anybody, s.saveGrant)
	to("GET /backoffice/datasets/{dataset}/rights/{who}/{$}", anybody, s.grantForm)
	to("POST /backoffice/datasets/{dataset}/rights/{who}/{$}", anybody, s.saveGrant)
	to("POST /backoffice/datasets/{dataset}/rights/{who}/remove/{$}", anybody, s.removeGrant)
	to("GET /backoffice/keys/{$}", admin, s.apiKeys)
	to("GET /backoffice/keys/{key}/revoke/{$}", admin, s.revokeForm)
	to("POST /backoffice/keys/{key}/revoke/{$}", admin, s.revoke)
	to("GET /backoffice/audit/{$}", admin, s.audit)
	to("GET /backoffice/monitoring/{$}", account.ExploreMonitoring, s.monitoring)
	to("GET /backoffice/monitoring/data.csv", account.ExploreMonitoring, s.monitoringFile)
	to("GET /backoffice/monitoring/dataset/{id}/{$}", anybody, s.monitoringOf)
	to("GET /backoffice/monitoring/dataset/{id}/data.csv", anybody, s.monitoringFile)
}

// What stands for permissions in the table of routes: any of those for which there is something in the back office;
// none, where the catalogue decides for each dataset.
const (
	anyOffice = account.Permission(255)
	anybody   = account.Permission(254)
)

// office opens a page to people with a session who hold a permission. Who is not signed in is led there first.
func (s *Site) office(needs account.Permission, h server.Handler) server.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v := s.View(w, r, nil, "back")
		if !v.Visitor().SignedIn() {
			if r.Method != http.MethodGet && r.Method != http.MethodHead {
				return fault.New(fault.Unauthenticated, "This needs to be signed in.")
			}
			http.Redirect(w, r, v.SignIn(), http.StatusSeeOther)
			return nil
		}
		by := v.Visitor().Actor
		if needs == anybody || needs == anyOffice && (v.Administers() || s.manages(by)) || needs < anybody && by.May(needs) {
			return h(w, r)
		}
		return fault.New(fault.Forbidden, "This part of the back office is not open to you.")
	}
}

// office is what every page of the back office has.
type office struct {
	view
	Menu []page.Choice
	By   account.Actor
}

// begin begins a page; at is the address of the entry of the menu that is open.
func (s *Site) begin(w http.ResponseWriter, r *http.Request, at string, title func(*locale.Printer) string) office {
	o := office{view: s.View(w, r, title, "back")}
	o.Style = "office.css"
	o.By = o.Visitor().Actor
	o.Said = done(o.Printer, o.Params.Get("done"))
	entry := func(needs account.Permission, label, path string) {
		if o.By.May(needs) {
			o.Menu = append(o.Menu, page.Choice{Label: label, Href: o.Href(path), On: path == at})
		}
	}
	o.Menu = []page.Choice{{Label: o.T("Overview"), Href: o.Href("/backoffice/"), On: at == "/backoffice/"}}
	entry(account.EditDomain, o.T("People"), "/backoffice/users/")
	entry(account.EditDomain, o.T("Groups"), "/backoffice/groups/")
	if s.manages(o.By) {
		path := "/backoffice/datasets/"
		o.Menu = append(o.Menu, page.Choice{Label: o.T("Datasets and rights"), Href: o.Href(path), On: path == at})
	}
	entry(account.ManageDataset, o.T("Requests for access"), "/backoffice/requests/")
	if editorial.Edits(o.By) {
		o.Menu = append(o.Menu, page.Choice{Label: o.T("Pages"), Href: o.Href(pagesPath), On: pagesPath == at})
	}
	entry(account.EditReuse, o.T("Reuses"), reusesPath)
	entry(account.EditDomain, o.T("API keys"), "/backoffice/keys/")
	entry(account.EditDomain, o.T("Log of changes"), "/backoffice/audit/")
	entry(account.ExploreMonitoring, o.T("Use of the portal"), monitoringPath)
	return o
}

// done says what has just been done, by the word that the address carries.
func done(p *locale.Printer, what string) string {
	switch what {
	case "saved":
		return p.T("Your changes are saved.")
	case "invited":
		return p.T("The invitation is on its way.")
	case "unsent":
		return p.T("This is done, but the mail could not be sent: check the mail settings, or hand on the link yourself.")
	case "revoked":
		return p.T("This has ended for ever.")
	case "removed":
		return p.T("This is removed.")
	case "disabled":
		return p.T("This person cannot come in any more.")
	case "enabled":
		return p.T("This person may come in again.")
	case "approved":
		return p.T("The request is approved.")
	case "rejected":
		return p.T("The request is refused.")
	case "shown":
		return p.T("The page is shown to readers.")
	case "withdrawn":
		return p.T("Readers are not shown the page any more.")
	case "published":
		return p.T("The reuse is published.")
	case "unpublished":
		return p.T("The reuse is not published, and who sent it can read why.")
	}
	return ""
}

// goOn leads to a page after something was done, which it then says.
func (o *office) goOn(w http.ResponseWriter, r *http.Request, path, what string) error {
	http.Redirect(w, r, o.Link(path, map[string][]string{"done": {what}}), http.StatusSeeOther)
	return nil
}
