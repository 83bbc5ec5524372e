package back_test

import (
	"context"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/account/session"
	"parvis/internal/catalog"
	"parvis/internal/editorial"
	"parvis/internal/explore"
	"parvis/internal/explore/exploretest"
	"parvis/internal/locale"
	"parvis/internal/privacy/privacytest"
	"parvis/internal/reuse"
	"parvis/internal/server"
	"parvis/internal/web/back"
	"parvis/internal/web/page"
)

// portal is a portal with the back office, as the wire puts it together.
type portal struct {
	people    *account.People
	keys      *account.Keys
	sessions  *session.Store
	reuses    *reuse.Reuses
	editorial *editorial.Pages
	catalog   *catalog.Catalog
	url       string
	mail      *outbox
	admin     *account.Person
}

// outbox keeps the links of invitations.
type outbox struct{ to []string }

func (o *outbox) Invited(_ context.Context, to account.Recipient, _, _ string, _ time.Time) error {
	o.to = append(o.to, to.Email+" "+to.Language)
	return nil
}

func (o *outbox) Decided(_ context.Context, to account.Recipient, _ string, approved bool, _ string) error {
	o.to = append(o.to, to.Email)
	return nil
}

func open(t *testing.T) *portal {
	t.Helper()
	return openIn(t, locale.Options{Fallback: "en"})
}

// openIn is open in other languages.
func openIn(t *testing.T, o locale.Options, change ...func(*back.Options)) *portal {
	t.Helper()
	data := exploretest.Open(t)
	pool := data.DB
	p := &portal{mail: &outbox{}, catalog: data.Catalog}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	p.people, err = account.OpenPeople(t.Context(), account.PeopleOptions{DB: pool, Mailer: p.mail})
	must(err)
	p.keys, err = account.OpenKeys(t.Context(), account.KeyOptions{DB: pool, People: p.people})
	must(err)
	p.sessions, err = session.Open(t.Context(), session.Options{DB: pool, People: p.people})
	must(err)
	registry := privacytest.New(t, nil)
	locales, err := locale.Load(o)
	must(err)
	shared := server.New(server.Options{Strict: true, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Metrics: server.NewMetrics(), Privacy: registry, Keys: p.keys.Authenticate, Sessions: p.sessions})
	frame, err := page.New(page.Options{Server: shared, Locales: locales, Privacy: registry, SignIn: true})
	must(err)
	p.reuses = reuse.New(reuse.Options{DB: pool})
	p.editorial = editorial.New(editorial.Options{DB: pool})
	parts := back.Options{Frame: frame, People: p.people, Keys: p.keys, Catalog: p.catalog, Reuses: p.reuses, Editorial: p.editorial, Check: explore.CheckFilter, Rows: back.Counted(data.Explorer),
		Second: func(_ context.Context, id int64) (bool, error) { return id == 1, nil }}
	for _, c := range change {
		c(&parts)
	}
	site, err := back.New(parts)
	must(err)
	mux := http.NewServeMux()
	site.Register(mux)
	web := httptest.NewServer(frame.Wrap(frame.Guard(mux)))
	t.Cleanup(web.Close)
	p.url = web.URL
	p.admin = p.person(t, "admin@example.org", account.EditDomain)
	return p
}

func (p *portal) person(t *testing.T, email string, permissions ...account.Permission) *account.Person {
	t.Helper()
	person, err := p.people.Create(t.Context(), account.Operator, account.Draft{Email: email, Permissions: account.PermissionsOf(permissions...)})
	if err != nil {
		t.Fatal(err)
	}
	return person
}

// browser is a browser in which somebody is signed in.
type browser struct {
	*http.Client
	t    *testing.T
	base string
	page string // the last page seen
}

// as signs somebody in; nil is a visitor.
func (p *portal) as(t *testing.T, person *account.Person) *browser {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	b := &browser{t: t, base: p.url, Client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if person != nil {
		id, err := p.sessions.Start(t.Context(), person.ID, "password")
		if err != nil {
			t.Fatal(err)
		}
		home, _ := url.Parse(p.url)
		jar.SetCookies(home, []*http.Cookie{{Name: "sessionid", Value: id, Path: "/"}})
	}
	return b
}

// get opens a page and gives its status, with what it says in b.page.
func (b *browser) get(path string) int {
	b.t.Helper()
	answer, err := b.Get(b.base + path)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.read(answer)
}

func (b *browser) read(answer *http.Response) int {
	b.t.Helper()
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	b.page = string(text)
	return answer.StatusCode
}

var tokenForm = regexp.MustCompile(`name="csrfmiddlewaretoken" value="([A-Za-z0-9]{64})"`)

// post sends a form that stands on the last page seen, and gives the status and where it leads.
func (b *browser) post(path string, values url.Values) (int, string) {
	b.t.Helper()
	m := tokenForm.FindStringSubmatch(b.page)
	if m == nil {
		b.t.Fatalf("the page before %s has no form with a token:\n%s", path, b.main())
	}
	values.Set("csrfmiddlewaretoken", m[1])
	return b.postPlain(path, values)
}

func (b *browser) postPlain(path string, values url.Values) (int, string) {
	b.t.Helper()
	answer, err := b.PostForm(b.base+path, values)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.read(answer), answer.Header.Get("Location")
}

// main gives the last page without its frame.
func (b *browser) main() string {
	_, main, _ := strings.Cut(b.page, "<main")
	main, _, _ = strings.Cut(main, "</main>")
	return main
}

// sees holds the last page to texts.
func (b *browser) sees(texts ...string) {
	b.t.Helper()
	for _, text := range texts {
		if !strings.Contains(b.page, text) {
			b.t.Errorf("the page does not say %q:\n%s", text, b.main())
		}
	}
}

// does opens a page, sends its form and follows where it leads, which must be a page that says what was done.
func (b *browser) does(form, action string, values url.Values, said string) {
	b.t.Helper()
	if status := b.get(form); status != http.StatusOK {
		b.t.Fatalf("GET %s: %d\n%s", form, status, b.main())
	}
	status, to := b.post(action, values)
	if status != http.StatusSeeOther {
		b.t.Fatalf("POST %s: %d\n%s", action, status, b.main())
	}
	if status := b.get(to); status != http.StatusOK {
		b.t.Fatalf("GET %s: %d", to, status)
	}
	b.sees(said)
}

// refuses opens a page and sends its form, which must be shown again with what is wrong, and keep what was filled in.
func (b *browser) refuses(form, action string, values url.Values, field, says string) {
	b.t.Helper()
	if status := b.get(form); status != http.StatusOK {
		b.t.Fatalf("GET %s: %d\n%s", form, status, b.main())
	}
	kept := map[string]string{}
	for name := range values {
		kept[name] = values.Get(name)
	}
	status, _ := b.post(action, values)
	if status != http.StatusUnprocessableEntity {
		b.t.Fatalf("POST %s: %d\n%s", action, status, b.main())
	}
	b.sees(`role="alert"`, says)
	if field == "" {
		return
	}
	b.sees(`<a href="#`+field+`">`, `id="`+field+`-wrong"`)
	if text := html.EscapeString(kept[field]); field != "group" && !strings.Contains(b.page, text) { // what is not in a list cannot be chosen again
		b.t.Errorf("%q is not kept:\n%s", text, b.main())
	}
	if !regexp.MustCompile(`id="` + regexp.QuoteMeta(field) + `"[^>]*aria-invalid="true"`).MatchString(b.page) {
		b.t.Errorf("the field %s is not marked as wrong", field)
	}
}

// paths are all pages that can be opened, with something behind each.
var paths = []string{"/backoffice/", "/backoffice/users/", "/backoffice/users/1/", "/backoffice/users/1/remove/", "/backoffice/users/invite/",
	"/backoffice/users/invitations/", "/backoffice/groups/", "/backoffice/groups/new/", "/backoffice/groups/1/", "/backoffice/groups/1/remove/",
	"/backoffice/requests/", "/backoffice/requests/?all=yes", "/backoffice/requests/1/", "/backoffice/keys/", "/backoffice/keys/1/revoke/", "/backoffice/audit/",
	"/backoffice/users/1/access/", "/backoffice/datasets/", "/backoffice/datasets/towns/rights/", "/backoffice/datasets/towns/rights/new/", "/backoffice/datasets/towns/rights/g1/",
	"/backoffice/reuses/", "/backoffice/reuses/?all=yes", "/backoffice/reuses/1/",
	"/backoffice/pages/", "/backoffice/pages/new/", "/backoffice/pages/1/en/", "/backoffice/pages/1/settings/", "/backoffice/pages/1/remove/", "/backoffice/pages/1/en/history/"}

// furnish puts something behind each page.
func (p *portal) furnish(t *testing.T) {
	t.Helper()
	op := account.Operator
	g, err := p.people.CreateGroup(t.Context(), op, account.Group{Name: "Éditeurs <b>", Permissions: account.PermissionsOf(account.EditDataset)})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.people.SetMembers(t.Context(), op, g.ID, []account.Member{{Person: p.admin.ID}}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.people.Invite(t.Context(), op, account.InvitationDraft{Email: "invited@example.org", Groups: []int64{g.ID}}); err != nil {
		t.Fatal(err)
	}
	if err := p.people.Ask(t.Context(), account.Anonymous, account.RequestDraft{Email: "asking@example.org", Message: "<script>"}); err != nil {
		t.Fatal(err)
	}
	rights := catalog.Security{Default: catalog.Rule{Right: catalog.Download}, Grants: []catalog.Grant{{Group: g.ID, Rule: catalog.Rule{Right: catalog.See}}}}
	if err := p.catalog.SetSecurity(t.Context(), op, "towns", rights); err != nil {
		t.Fatal(err)
	}
	made := reuse.Draft{Title: "Éditeurs <b>", Kind: "article", Address: "https://example.org/", Author: "Parvis", Language: "fr", Datasets: []string{p.towns(t), "da_gone"}}
	for range 2 {
		if _, err := p.reuses.Submit(t.Context(), account.Anonymous, made); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.reuses.Publish(t.Context(), op, 2); err != nil {
		t.Fatal(err)
	}
	if err := p.reuses.Report(t.Context(), 2, "<script>"); err != nil {
		t.Fatal(err)
	}
	written := editorial.Content{Title: "Éditeurs <b>", Blocks: []editorial.Block{{Kind: editorial.Text, Text: "<script>"}, {Kind: editorial.Figure}, {Kind: editorial.View}, {Kind: editorial.List}}}
	for _, language := range []string{"en", "fr"} {
		if language == "fr" {
			_, err = p.editorial.Save(t.Context(), op, 1, language, written)
		} else {
			_, err = p.editorial.Create(t.Context(), op, "a-page", language, written)
		}
		if err == nil {
			err = p.editorial.Publish(t.Context(), op, 1, language, 1)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := p.keys.Create(t.Context(), op, account.KeyDraft{Label: "harvester", Scope: account.Every}); err != nil {
		t.Fatal(err)
	}
}

// towns gives the uid of the dataset of towns.
func (p *portal) towns(t *testing.T) string {
	t.Helper()
	e, err := p.catalog.Find(account.Operator, "towns")
	if err != nil {
		t.Fatal(err)
	}
	return e.UID
}

func TestPagesAreClosed(t *testing.T) {
	p := open(t)
	p.furnish(t)
	plain, manager := p.person(t, "plain@example.org"), p.person(t, "manager@example.org", account.ManageDataset)
	visitor, member, boss, admin := p.as(t, nil), p.as(t, plain), p.as(t, manager), p.as(t, p.admin)
	forManagers := []string{"/backoffice/", "/backoffice/requests/", "/backoffice/requests/?all=yes", "/backoffice/datasets/"}
	for _, path := range paths {
		if status := visitor.get(path); status != http.StatusSeeOther {
			t.Errorf("%s shows a visitor %d", path, status)
		}
		if status := member.get(path); status != http.StatusForbidden {
			t.Errorf("%s shows somebody without rights %d", path, status)
		}
		if status := admin.get(path); status != http.StatusOK {
			t.Errorf("%s shows an administrator %d\n%s", path, status, admin.main())
		}
		if strings.Contains(admin.page, "<script>") || strings.Contains(admin.page, "Éditeurs <b>") {
			t.Errorf("%s lets what people wrote be markup", path)
		}
		want := http.StatusForbidden
		switch {
		case slices.Contains(forManagers, path), strings.Contains(path, "/rights/"):
			want = http.StatusOK
		case path == "/backoffice/requests/1/": // it is for the portal, not for a dataset
			want = http.StatusNotFound
		}
		if status := boss.get(path); status != want {
			t.Errorf("%s shows a manager of datasets %d, not %d", path, status, want)
		}
	}
	answer, err := visitor.Get(p.url + "/backoffice/users/?q=a")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if to := answer.Header.Get("Location"); !strings.HasPrefix(to, "/login/?next=%2Fbackoffice%2Fusers%2F%3Fq%3Da") {
		t.Errorf("who is not signed in is led to %q", to)
	}
}

func TestEveryPageInEveryLanguage(t *testing.T) {
	p := open(t)
	p.furnish(t)
	admin := p.as(t, p.admin)
	for _, lang := range []string{"en", "fr", "ar"} {
		for _, path := range paths {
			sep := "?"
			if strings.Contains(path, "?") {
				sep = "&"
			}
			if status := admin.get(path + sep + "lang=" + lang); status != http.StatusOK {
				t.Errorf("%s in %s: %d", path, lang, status)
			}
			admin.sees(`<html lang="` + lang + `"`)
		}
	}
}

// TestNothingIsChangedWithoutAToken holds every action to the token: CSRF-005 and CSRF-022.
func TestNothingIsChangedWithoutAToken(t *testing.T) {
	p := open(t)
	p.furnish(t)
	admin := p.as(t, p.admin)
	admin.get("/backoffice/users/1/")
	for _, action := range []string{"users/invite/", "users/invitations/1/resend/", "users/invitations/1/revoke/", "users/1/", "users/1/active/", "users/1/remove/",
		"groups/new/", "groups/1/", "groups/1/members/", "groups/1/remove/", "requests/1/", "keys/1/revoke/",
		"datasets/towns/rights/", "datasets/towns/rights/new/", "datasets/towns/rights/g1/", "datasets/towns/rights/g1/remove/"} {
		for _, token := range []string{"", strings.Repeat("a", 32), strings.Repeat("a", 64)} {
			if status, _ := admin.postPlain("/backoffice/"+action, url.Values{"csrfmiddlewaretoken": {token}, "decision": {"approve"}}); status != http.StatusForbidden {
				t.Errorf("%s with the token %q: %d", action, token, status)
			}
		}
		member := p.as(t, p.person(t, strings.ReplaceAll(action, "/", "-")+"@example.org"))
		member.get("/backoffice/") // a failure page has a form to sign out
		if status, _ := member.post("/backoffice/"+action, url.Values{"decision": {"approve"}}); status != http.StatusForbidden {
			t.Errorf("%s by somebody without rights: %d", action, status)
		}
	}
}

func TestWhatIsNotThere(t *testing.T) {
	p := open(t)
	admin := p.as(t, p.admin)
	for _, path := range []string{"users/99/", "users/x/", "users/99/remove/", "users/-1/", "users/99999999999999999999/", "groups/99/", "groups/0/", "requests/99/", "keys/99/revoke/", "keys/0/revoke/",
		"datasets/none/rights/", "datasets/none/rights/new/", "datasets/towns/rights/g1/", "datasets/towns/rights/x/"} {
		if status := admin.get("/backoffice/" + path); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
	for _, path := range []string{"users/?page=0", "users/?page=999999999999", "users/?q=%00&group=x", "audit/?before=x&since=x&person=-5&object=%25", "audit/?before=-1"} {
		if status := admin.get("/backoffice/" + path); status != http.StatusOK {
			t.Errorf("%s: %d", path, status)
		}
	}
}

func TestReusesAreLookedAfter(t *testing.T) {
	p := open(t)
	p.furnish(t)
	keeper, boss := p.as(t, p.person(t, "keeper@example.org", account.EditReuse)), p.as(t, p.person(t, "boss@example.org", account.ManageDataset))
	if status := boss.get("/backoffice/reuses/1/"); status != http.StatusForbidden {
		t.Errorf("who manages datasets is shown %d", status)
	}
	if status := keeper.get("/backoffice/"); status != http.StatusOK || !strings.Contains(keeper.page, "/backoffice/reuses/") {
		t.Fatalf("who looks after reuses finds no way to them: %d", status)
	}
	keeper.get("/backoffice/reuses/1/")
	if status, _ := keeper.post("/backoffice/reuses/1/", url.Values{}); status != http.StatusUnprocessableEntity {
		t.Errorf("no decision: %d", status)
	}
	if status, to := keeper.post("/backoffice/reuses/1/", url.Values{"decision": {"publish"}}); status != http.StatusSeeOther || !strings.Contains(to, "done=published") {
		t.Errorf("published: %d to %s", status, to)
	}
	if shown, err := p.reuses.Published(t.Context()); err != nil || len(shown) != 2 {
		t.Errorf("%d are published (%v)", len(shown), err)
	}
	keeper.get("/backoffice/reuses/2/")
	if !strings.Contains(keeper.page, "&lt;script&gt;") {
		t.Error("what a reader reports is not shown")
	}
	if status, _ := keeper.post("/backoffice/reuses/2/", url.Values{"decision": {"refuse"}, "reason": {strings.Repeat("x", 1001)}}); status != http.StatusUnprocessableEntity {
		t.Errorf("too long a reason: %d", status)
	}
	if status, to := keeper.post("/backoffice/reuses/2/", url.Values{"decision": {"refuse"}, "reason": {"The link is dead."}}); status != http.StatusSeeOther || !strings.Contains(to, "done=unpublished") {
		t.Errorf("taken back: %d to %s", status, to)
	}
	keeper.get("/backoffice/reuses/2/")
	if status, _ := keeper.post("/backoffice/reuses/2/", url.Values{"decision": {"remove"}}); status != http.StatusSeeOther {
		t.Errorf("removed: %d", status)
	}
	if status := keeper.get("/backoffice/reuses/2/"); status != http.StatusNotFound {
		t.Errorf("a removed one: %d", status)
	}
}

func TestPagesAreWritten(t *testing.T) {
	p := open(t)
	writer, other := p.as(t, p.person(t, "writer@example.org", account.CreatePage)), p.as(t, p.person(t, "other@example.org", account.CreatePage))
	writer.get("/backoffice/pages/new/")
	if status, _ := writer.post("/backoffice/pages/new/", url.Values{"title": {"Étés & hivers"}, "slug": {"No Address"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("a slug with blanks: %d", status)
	}
	status, to := writer.post("/backoffice/pages/new/", url.Values{"title": {"Étés & hivers"}})
	if status != http.StatusSeeOther || !strings.HasPrefix(to, "/backoffice/pages/1/en/") {
		t.Fatalf("made: %d to %s", status, to)
	}
	if made, err := p.editorial.Find(t.Context(), account.Operator, 1); err != nil || made.Slug != "etes-hivers" {
		t.Errorf("the page is %+v (%v)", made, err)
	}
	if status := other.get("/backoffice/pages/1/en/"); status != http.StatusNotFound {
		t.Errorf("another's page: %d", status)
	}
	if status := p.as(t, p.person(t, "reader@example.org", account.ExploreMonitoring)).get("/backoffice/pages/"); status != http.StatusForbidden {
		t.Errorf("who writes no pages: %d", status)
	}
	const path = "/backoffice/pages/1/en/"
	writer.get(path)
	blocks := url.Values{"title": {"Seasons"}, "lede": {"Of the year."}, "kind": {"text", "view"}, "heading": {"One", "Two"}, "text": {"Words <b>.", ""}, "of": {"", "/explore/dataset/towns/map/"}, "value": {"", ""}, "unit": {"", ""}}
	with := func(act string) url.Values {
		out := url.Values{"act": {act}}
		for name, values := range blocks {
			out[name] = values
		}
		return out
	}
	inOrder := func(first, second string) bool {
		one, two := strings.Index(writer.page, first), strings.Index(writer.page, second)
		return one > 0 && one < two
	}
	if status, _ := writer.post(path, with("up:1")); status != http.StatusOK || !inOrder(`value="Two"`, `value="One"`) {
		t.Errorf("a block does not move up: %d", status)
	}
	if status, _ := writer.post(path, with("out:1")); status != http.StatusOK || strings.Contains(writer.page, `value="Two"`) || !strings.Contains(writer.page, "Words &lt;b&gt;.") {
		t.Errorf("a block is not taken out: %d", status)
	}
	for _, act := range []string{"add:list", "add:script", "down:9", "up:x", ""} {
		if status, _ := writer.post(path, with(act)); status != http.StatusOK || !inOrder(`value="One"`, `value="Two"`) {
			t.Errorf("%s: %d", act, status)
		}
	}
	if found, err := p.editorial.History(t.Context(), account.Operator, 1, "en", 0); err != nil || len(found) != 1 {
		t.Errorf("moving blocks keeps %d versions (%v)", len(found), err)
	}
	blocks["of"] = []string{"", "https://elsewhere.example/"}
	if status, _ := writer.post(path, with("publish")); status != http.StatusUnprocessableEntity || !strings.Contains(writer.page, `href="#of-1"`) || !strings.Contains(writer.page, `value="https://elsewhere.example/"`) {
		t.Errorf("a view of nothing is published: %d", status)
	}
	if status, _ := writer.post(path, with("save")); status != http.StatusSeeOther {
		t.Errorf("a draft with a mistake is not kept: %d", status)
	}
	blocks["of"] = []string{"", "/explore/dataset/towns/map/"}
	writer.get(path)
	if status, to := writer.post(path, with("publish")); status != http.StatusSeeOther || !strings.Contains(to, "done=shown") {
		t.Errorf("published: %d to %s", status, to)
	}
	if shown, err := p.editorial.BySlug(t.Context(), account.Anonymous, "etes-hivers"); err != nil || shown.In["en"] == nil || shown.In["en"].Number != 3 {
		t.Errorf("readers are shown %+v (%v)", shown, err)
	}
	writer.get(path + "history/")
	if status, _ := writer.post(path+"history/", url.Values{"version": {"1"}}); status != http.StatusSeeOther {
		t.Errorf("restored: %d", status)
	}
	if found, err := p.editorial.History(t.Context(), account.Operator, 1, "en", 0); err != nil || len(found) != 4 || found[0].Title != "Étés & hivers" || found[0].Live {
		t.Errorf("the history is %+v (%v)", found, err)
	}
	if status := writer.get("/backoffice/pages/1/fr/"); status != http.StatusOK || !strings.Contains(writer.page, "Nothing is written in this language yet") || !strings.Contains(writer.page, "Étés &amp; hivers") {
		t.Errorf("a translation begins with nothing: %d", status)
	}
	if status := writer.get("/backoffice/pages/1/xx/"); status != http.StatusNotFound {
		t.Errorf("a language that the portal does not speak: %d", status)
	}
	writer.get(path)
	if status, _ := writer.post(path, with("withdraw")); status != http.StatusSeeOther {
		t.Errorf("withdrawn: %d", status)
	}
	writer.get("/backoffice/pages/1/settings/")
	if status, _ := writer.post("/backoffice/pages/1/settings/", url.Values{"slug": {"seasons"}, "menu": {"yes"}}); status != http.StatusSeeOther {
		t.Errorf("another address: %d", status)
	}
	if made, err := p.editorial.Find(t.Context(), account.Operator, 1); err != nil || made.Slug != "seasons" || made.Menu {
		t.Errorf("the page is %+v (%v)", made, err)
	}
	writer.get("/backoffice/pages/1/remove/")
	if status, _ := writer.post("/backoffice/pages/1/remove/", url.Values{}); status != http.StatusSeeOther {
		t.Errorf("removed: %d", status)
	}
}
