package browser_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// manage asks the management API from a page of the back office, as scripts of such portals do: with the token of
// document.cookie in a header. It gives the status.
func (p *profile) manage(method, path, body string) int {
	p.Helper()
	return ask[int](p, fmt.Sprintf(`fetch("/api/automation/v1.0"+%q, {method: %q, headers: {"X-CSRFToken": document.cookie.match(/csrftoken=([^;]+)/)[1], "Content-Type": "application/json"}, body: %q}).then(r => r.status)`, path, method, body))
}

func TestBackOffice(t *testing.T) {
	browser := chromium(t)
	w := serveTown(t, "demo/jours-feries", "demo/pays-du-monde", "demo/seismes-une-semaine")
	admin := fresh(t, browser, w.base)
	admin.open(w.welcome + "?lang=en")
	admin.fill("#email", "ada@example.org", "#name", "Ada", "#password", adminWords)
	admin.press(`main form button.btn`)
	admin.reads("Your account is made")

	t.Run("a script may manage", func(t *testing.T) { // CSRF-029
		admin.T = t
		admin.open("/backoffice/?lang=en")
		for _, c := range []struct {
			method, path, body string
			want               int
		}{
			{"POST", "/groups/", `{"title": "Water service", "permissions": ["create_dataset"]}`, 201},
			{"POST", "/users/invite/", `{"email": "invited@example.org", "groups": ["water-service"]}`, 201},
			{"PATCH", "/users/u1/", `{"groups": ["water-service"]}`, 200},
			{"POST", "/apikeys/", `{"label": "script", "permissions": ["create_dataset"]}`, 201},
			{"POST", "/datasets/jours-feries/security/groups/", `{"group": {"uid": "water-service"}, "permissions": ["edit_dataset"]}`, 201},
		} {
			if status := admin.manage(c.method, c.path, c.body); status != c.want {
				t.Errorf("%s %s: %d", c.method, c.path, status)
			}
		}
		if status := ask[int](admin, `fetch("/api/automation/v1.0/groups/", {method: "POST", headers: {"Content-Type": "application/json"}, body: '{"title": "X"}'}).then(r => r.status)`); status != 403 {
			t.Errorf("without the token: %d", status)
		}
	})

	t.Run("a mistake takes the focus and leads to its field", func(t *testing.T) {
		admin.T = t
		admin.open("/backoffice/users/invite/?lang=en")
		admin.fill("#email", "nobody")
		admin.press(`main form.form button.btn`)
		admin.reads("Please mend this first")
		if at := ask[string](admin, `document.activeElement.id`); at != "errors" {
			t.Errorf("the focus is at %q", at)
		}
		ask[bool](admin, `(document.querySelector("#errors a").click(), true)`)
		if at := ask[string](admin, `document.activeElement.id + "=" + document.activeElement.value`); at != "email=nobody" {
			t.Errorf("the link leads to %q", at)
		}
	})

	visitor := fresh(t, browser, w.base)
	visitor.open("/access-request/?dataset=jours-feries&lang=en")
	visitor.fill("#email", "asking@example.org", "#message", "Please.")
	visitor.press(`main form button.btn`)
	visitor.reads("Your request is with those who decide")

	t.Run("a reuse is sent, published and shown", func(t *testing.T) {
		admin.T, visitor.T = t, t
		visitor.open("/reuses/new/?dataset=jours-feries&lang=en")
		visitor.fill("#title", "Days off, drawn", "#address", "https://example.org/days", "#author", "Bob")
		ask[bool](visitor, `new Promise(done => { const c = document.createElement("canvas"); c.width = 1600; c.height = 900; c.getContext("2d").fillRect(0, 0, 800, 900);
			c.toBlob(b => { const files = new DataTransfer(); files.items.add(new File([b], "days.png", {type: "image/png"})); document.querySelector("#picture").files = files.files; done(true) }) })`)
		visitor.press(`main form button.btn`)
		visitor.reads("Choose what it is")
		visitor.reads("The picture that you chose is kept")
		ask[bool](visitor, `(document.querySelector("#kind").value = "visualization", true)`)
		visitor.press(`main form button.btn`)
		visitor.reads("It is with those who look after reuses")
		own := ask[string](visitor, `document.querySelector("#here").value`)
		admin.open("/backoffice/reuses/1/?lang=en")
		admin.press(`main form button[value=publish]`)
		admin.reads("The reuse is published.")
		visitor.do(chromedp.Navigate(own))
		visitor.reads("It is published since")
		visitor.open("/explore/dataset/jours-feries/information/?lang=en")
		if wide := ask[int](visitor, `(i => (i.scrollIntoView(), i.decode().then(() => i.naturalWidth)))(document.querySelector(".reuse img"))`); wide != 960 {
			t.Errorf("the dataset's page shows a picture %d pixels wide", wide)
		}
	})

	t.Run("a page is written and published", func(t *testing.T) {
		admin.T, visitor.T = t, t
		admin.open("/backoffice/pages/new/?lang=en")
		admin.fill("#title", "Days off")
		admin.press(`main form button.btn`)
		admin.reads("Add a block")
		admin.fill("#text-0", "**Eleven** days.")
		admin.press(`main form button[value="add:figure"]`)
		admin.fill("#of-1", "jours-feries", "#value-1", "count(*)", "#heading-1", "days")
		admin.press(`main form button[value="add:view"]`)
		admin.fill("#of-2", w.base+"/explore/dataset/jours-feries/calendar/?month=2026-05")
		admin.press(`main form button[value="up:2"]`)
		admin.press(`main form button[value=publish]`)
		admin.reads("The page is shown to readers.")
		visitor.open("/pages/days-off/?lang=en")
		visitor.reads("Eleven")
		visitor.reads("2,145")
		if inside := ask[string](visitor, `new Promise(done => { const f = document.querySelector("iframe"), look = () => f.contentDocument?.querySelector(".month") ? done(f.contentDocument.querySelector("#heading").innerText) : setTimeout(look, 100); f.scrollIntoView(); look() })`); !strings.Contains(inside, "May 2026") {
			t.Errorf("the frame shows %q", inside)
		}
	})

	t.Run("a chart of two datasets is saved", func(t *testing.T) {
		admin.T, visitor.T = t, t
		admin.open("/explore/dataset/jours-feries/analyze/?lang=en&kind=column&x=date&step=year")
		ask[bool](admin, `(document.querySelector('main a[href*="/charts/new/"]').click(), true)`)
		admin.reads("Its figure")
		admin.fill("#title", "Days off, year by year", "#label-0", "all")
		admin.press(`main form button[value="add:"]`)
		admin.fill("#of-1", w.base+"/explore/dataset/jours-feries/analyze/?kind=column&x=date&step=year&refine.zone=Moselle", "#label-1", "in Moselle")
		admin.press(`main form button[value="draw:"]`)
		admin.reads("in Moselle")
		admin.press(`main form .done button[value=save]`)
		admin.reads("Made of")
		visitor.open("/charts/1/?lang=en")
		visitor.reads("in Moselle")
		if lines := ask[int](visitor, `document.querySelectorAll(".values thead th").length`); lines != 3 {
			t.Errorf("the values have %d columns", lines)
		}
		visitor.open("/charts/1/edit/")
		visitor.reads("password")
	})

	t.Run("a map of two datasets is saved", func(t *testing.T) {
		admin.T, visitor.T = t, t
		admin.open("/maps/new/?lang=en&add=" + url.QueryEscape(w.base+"/explore/dataset/pays-du-monde/map/"))
		admin.fill("#title", "Where the earth shakes", "#label-0", "Countries")
		admin.press(`main form button[value="add:"]`)
		admin.fill("#of-1", w.base+"/explore/dataset/seismes-une-semaine/map/?color=none", "#label-1", "Quakes")
		admin.press(`main form .done button[value=save]`)
		admin.reads("Quakes")
		visitor.open("/maps/2/?lang=en")
		ask[bool](visitor, `new Promise(done => { const go = () => { const b = document.querySelector("parvis-map .start"); b ? (b.click(), done(true)) : setTimeout(go, 50) }; go() })`)
		until(t, visitor.tab, "tiles of both datasets", `["pays-du-monde", "seismes-une-semaine"].every(id => performance.getEntriesByType("resource").some(e => e.name.includes(id + "/tiles/") && e.responseEnd > 0))`)
	})

	t.Run("pages", func(t *testing.T) { pagesOfOffice(t, admin, visitor) })
}

// pagesOfOffice holds every page of the back office, in every language and width, to what axe-core finds and to the
// window.
func pagesOfOffice(t *testing.T, admin, visitor *profile) {
	admin.T, visitor.T = t, t
	paths := []string{"/backoffice/", "/backoffice/users/", "/backoffice/users/?q=nobody", "/backoffice/users/1/", "/backoffice/users/1/access/", "/backoffice/users/1/remove/",
		"/backoffice/users/invite/", "/backoffice/users/invitations/", "/backoffice/groups/", "/backoffice/groups/new/", "/backoffice/groups/1/", "/backoffice/groups/1/remove/",
		"/backoffice/datasets/", "/backoffice/datasets/jours-feries/rights/", "/backoffice/datasets/jours-feries/rights/new/", "/backoffice/datasets/jours-feries/rights/g1/",
		"/backoffice/requests/", "/backoffice/requests/1/", "/backoffice/keys/", "/backoffice/keys/1/revoke/", "/backoffice/audit/", "/account/api-keys/", "/account/api-keys/1/revoke/", "/access-request/",
		"/backoffice/reuses/", "/backoffice/reuses/1/", "/reuses/", "/reuses/1/", "/reuses/1/report/", "/reuses/new/?dataset=jours-feries",
		"/backoffice/pages/", "/backoffice/pages/new/", "/backoffice/pages/1/en/", "/backoffice/pages/1/en/history/", "/backoffice/pages/1/settings/", "/pages/", "/pages/days-off/", "/charts/", "/charts/1/", "/charts/1/edit/", "/charts/new/", "/maps/2/", "/maps/2/edit/"}
	for _, look := range appearances() {
		for _, path := range paths {
			look.wear(t, admin.tab)
			admin.do(chromedp.Navigate(inLanguage(t, admin.base+path, look.lang)))
			if title := ask[string](admin, `document.querySelector("h1").innerText`); title == "" {
				t.Errorf("%s has no heading", path)
			}
			accessible(t, admin.tab, look.String()+path)
			look.picture(t, admin.tab, path)
		}
		look.wear(t, visitor.tab)
		visitor.do(chromedp.Navigate(inLanguage(t, visitor.base+"/access-request/?dataset=jours-feries", look.lang)))
		accessible(t, visitor.tab, look.String()+"/access-request/")
	}
	if stored := admin.storages(); len(stored) > 0 {
		t.Errorf("stored beside cookies: %q", stored)
	}
}
