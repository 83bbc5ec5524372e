package automation_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/account/session"
	"parvis/internal/api/automation"
	"parvis/internal/catalog"
	"parvis/internal/explore/exploretest"
	"parvis/internal/privacy/privacytest"
	"parvis/internal/server"
)

// portal is a portal with the door, as the wire puts it together.
type portal struct {
	people   *account.People
	keys     *account.Keys
	sessions *session.Store
	catalog  *catalog.Catalog
	url      string
	admin    *account.Person
	adminKey string
}

type noMail struct{}

func (noMail) Invited(context.Context, account.Recipient, string, string, time.Time) error {
	return io.ErrClosedPipe
}
func (noMail) Decided(context.Context, account.Recipient, string, bool, string) error { return nil }

func open(t *testing.T) *portal {
	t.Helper()
	data := exploretest.Open(t)
	pool := data.DB
	p := &portal{catalog: data.Catalog}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	p.people, err = account.OpenPeople(t.Context(), account.PeopleOptions{DB: pool, Mailer: noMail{}})
	must(err)
	p.keys, err = account.OpenKeys(t.Context(), account.KeyOptions{DB: pool, People: p.people})
	must(err)
	p.sessions, err = session.Open(t.Context(), session.Options{DB: pool, People: p.people})
	must(err)
	registry := privacytest.New(t, nil)
	shared := server.New(server.Options{Strict: true, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Metrics: server.NewMetrics(), Privacy: registry, Keys: p.keys.Authenticate,
		Sessions: p.sessions})
	mux := http.NewServeMux()
	automation.New(automation.Options{Server: shared, People: p.people, Keys: p.keys, Catalog: p.catalog}).Register(mux)
	web := httptest.NewServer(shared.Wrap(mux, server.JSON))
	t.Cleanup(web.Close)
	p.url = web.URL + "/api/automation/v1.0"
	p.admin = p.person(t, "admin@example.org", account.EditDomain)
	p.adminKey = p.key(t, p.admin, account.Every)
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

func (p *portal) key(t *testing.T, person *account.Person, scope account.Permissions) string {
	t.Helper()
	_, secret, err := p.keys.Create(t.Context(), account.Actor{Person: person, Scope: account.Every}, account.KeyDraft{Label: "key", Owner: person.ID, Scope: scope})
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// ask is one request; the headers are pairs of a name and a value.
func (p *portal) ask(t *testing.T, method, path, body string, headers ...string) (status int, answer string, head http.Header) {
	t.Helper()
	r, err := http.NewRequest(method, p.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > 0 && !json.Valid(text) {
		t.Errorf("%s %s answers what is no JSON: %s", method, path, text)
	}
	if cookie := got.Header.Get("Set-Cookie"); cookie != "" {
		t.Errorf("%s %s sets a cookie: %s", method, path, cookie)
	}
	return got.StatusCode, string(text), got.Header
}

// as asks with the administrator's key, and wants a status and texts in the answer.
func (p *portal) as(t *testing.T, method, path, body string, want int, has ...string) string {
	t.Helper()
	status, answer, _ := p.ask(t, method, path, body, "Authorization", "Apikey "+p.adminKey)
	if status != want {
		t.Fatalf("%s %s %s: %d, not %d: %s", method, path, body, status, want, answer)
	}
	for _, text := range has {
		if !strings.Contains(answer, text) {
			t.Errorf("%s %s: the answer lacks %s: %s", method, path, text, answer)
		}
	}
	return answer
}

func TestUsers(t *testing.T) {
	p := open(t)
	p.person(t, "plain@example.org", account.CreateDataset)
	if _, err := p.people.CreateGroup(t.Context(), account.Operator, account.Group{Name: "Water"}); err != nil {
		t.Fatal(err)
	}
	p.as(t, "GET", "/users/", "", 200, `"total_count":2,"next":null,"previous":null`, `"username":"u1"`, `"permissions":["edit_domain"]`)
	p.as(t, "GET", "/users?limit=1&offset=1", "", 200, `"username":"u2"`, `"previous":"`+p.url+`/users?limit=1`, `"next":null`)
	p.as(t, "GET", "/users/?search=PLAIN", "", 200, `"total_count":1`)
	p.as(t, "GET", "/users/u2/", "", 200, `"email":"plain@example.org","first_name":"","last_name":"","display_name":"plain@example.org","is_active":true,"is_ods":false,"account_type":"local"`,
		`"last_seen_at":null`, `"explore_limits":null`, `"groups":[]`, `"identity_providers":[]`)
	p.as(t, "PATCH", "/users/u2/", `{"first_name": "Ada", "last_name": "de Lovelace", "groups": ["water"], "explore_limits": {"api_calls": {"limit": 5, "unit": "day"}}, "expires_at": "2999-01-01T00:00:00Z"}`, 200,
		`"first_name":"Ada","last_name":"de Lovelace"`, `"groups":[{"uid":"water","title":"Water","expires_at":null}]`, `"explore_limits":{"api_calls":{"limit":5,"unit":"day"}}`, `"expires_at":"2999-01-01T00:00:00Z"`, `"permissions":["create_dataset"]`)
	p.as(t, "PATCH", "/users/u2/", `{"explore_limits": null, "expires_at": null, "is_active": false}`, 200, `"is_active":false`, `"expires_at":null`, `"explore_limits":null`)
	p.as(t, "PATCH", "/users/u2/", `{"is_active": true}`, 200, `"is_active":true`)

	// What is read can be sent back as it is.
	before := p.as(t, "GET", "/users/u2/", "", 200)
	if after := p.as(t, "PUT", "/users/u2/", before, 200); after != before {
		t.Errorf("sent back, it becomes\n%s, and was\n%s", after, before)
	}
	p.as(t, "PUT", "/users/u2/", `{"email": "New@example.org"}`, 200, `"email":"new@example.org"`, `"groups":[]`, `"permissions":[]`)
	p.as(t, "DELETE", "/users/u2/", "", 204)
	p.as(t, "GET", "/users/u2/", "", 404, `"error_code":"not_found"`)
	p.as(t, "DELETE", "/users/u1/", "", 409, `"error_code":"conflict"`, "Nobody would be left")
}

func TestGroups(t *testing.T) {
	p := open(t)
	p.person(t, "plain@example.org")
	p.as(t, "POST", "/groups/", `{"uid": "water", "title": "Water service", "permissions": ["edit_dataset"]}`, 201, `"uid":"water","title":"Water service"`, `"user_count":0`)
	p.as(t, "POST", "/groups/", `{"title": "Air"}`, 201, `"uid":"air"`)
	p.as(t, "POST", "/groups/", `{"title": "AIR"}`, 409)
	p.as(t, "GET", "/groups/?limit=1", "", 200, `"total_count":2`, `"next":"`+p.url+`/groups/?limit=1`)
	p.as(t, "POST", "/groups/water/users/", `{"username": "u2", "expires_at": "2999-01-01"}`, 201, `"email":"plain@example.org"`)
	p.as(t, "GET", "/groups/water/users/", "", 200, `"username":"u2"`, `"expires_at":"2999-01-01T00:00:00Z"`)
	p.as(t, "GET", "/groups/water/", "", 200, `"user_count":1`)
	p.as(t, "PUT", "/groups/water/", `{"title": "Water"}`, 200, `"uid":"water","title":"Water"`, `"permissions":[]`, `"user_count":1`)
	p.as(t, "PATCH", "/groups/water/", `{"explore_limits": {"api_calls": {"limit": 3, "unit": "hour"}}}`, 200, `"title":"Water"`, `"limit":3`)
	p.as(t, "DELETE", "/groups/water/users/u2/", "", 204)
	p.as(t, "DELETE", "/groups/water/users/u2/", "", 404)
	p.as(t, "DELETE", "/groups/water/", "", 204)
	p.as(t, "GET", "/groups/water/", "", 404)
}

func TestInvitations(t *testing.T) {
	p := open(t)
	p.as(t, "POST", "/users/invite/", `{"email": "New@example.org", "language": "fr", "permissions": ["create_dataset"]}`, 201, `"uid":"in_1"`, `"email":"new@example.org"`, `"is_sent":false`, `"invited_by":"u1"`)
	p.as(t, "GET", "/invitations/", "", 200, `"total_count":1`)
	p.as(t, "POST", "/invitations/", `{"email": "admin@example.org"}`, 409)
	p.as(t, "POST", "/invitations/in_1/resend/", "", 503, "unavailable")
	p.as(t, "DELETE", "/invitations/in_1/", "", 204)
	p.as(t, "DELETE", "/invitations/in_1/", "", 404)
	p.as(t, "DELETE", "/invitations/x", "", 404)
}

func TestKeys(t *testing.T) {
	p := open(t)
	made := p.as(t, "POST", "/apikeys/", `{"label": "script", "permissions": ["create_dataset"], "expires_at": "2999-01-01"}`, 201, `"uid":"ak_000002"`, `"user":"u1"`, `"is_revoked":false`, `"revocation_status":null`)
	secret := regexp.MustCompile(`"key":"(pv_[A-Za-z0-9_-]{40})"`).FindStringSubmatch(made)
	if secret == nil {
		t.Fatalf("no secret: %s", made)
	}
	if answer := p.as(t, "GET", "/apikeys/ak_000002/", "", 200, `"permissions":["create_dataset"]`); strings.Contains(answer, secret[1]) {
		t.Error("the secret is shown twice")
	}
	if status, answer, _ := p.ask(t, "GET", "/users/", "", "Authorization", "Apikey "+secret[1]); status != 403 || !strings.Contains(answer, "permission_denied") {
		t.Errorf("a key for datasets lists people: %d %s", status, answer)
	}
	p.as(t, "PUT", "/apikeys/ak_000002/", `{"label": "renamed"}`, 200, `"label":"renamed"`, `"expires_at":null`)
	p.as(t, "POST", "/apikeys/ak_000002/revoke/", `{"revocation_reason": "lost"}`, 200, `{"detail":"ok"}`)
	p.as(t, "GET", "/apikeys/ak_000002/", "", 200, `"is_revoked":true`, `"revocation_reason":"lost"`)
	p.as(t, "POST", "/apikeys/ak_000002/revoke/", "", 409)
	if status, _, _ := p.ask(t, "GET", "/apikeys/", "", "Authorization", "Apikey "+secret[1]); status != 401 {
		t.Errorf("a revoked key gets %d", status)
	}
	plain := p.person(t, "plain@example.org")
	own := p.key(t, plain, account.Every)
	if status, answer, _ := p.ask(t, "GET", "/apikeys/", "", "Authorization", "Apikey "+own); status != 200 || !strings.Contains(answer, `"total_count":1`) {
		t.Errorf("somebody's own keys: %d %s", status, answer)
	}
	if status, _, _ := p.ask(t, "GET", "/apikeys/ak_000001/", "", "Authorization", "Apikey "+own); status != 404 {
		t.Errorf("another's key: %d", status)
	}
	p.as(t, "POST", "/apikeys/", `{"label": "x", "user": "u2"}`, 403)
}

// TestBadRequests holds what cannot be understood to a clear answer: never a 500, and what is wrong by its name.
func TestBadRequests(t *testing.T) {
	p := open(t)
	p.as(t, "POST", "/groups/", `{"title": "G"}`, 201)
	for _, c := range []struct{ method, path, body, has string }{
		{"PATCH", "/users/u1/", `{"email": 3}`, `"detail":{"email":`},
		{"PATCH", "/users/u1/", `{"email": "x"}`, `"detail":{"email":`},
		{"PATCH", "/users/u1/", `{"permissions": ["fly"]}`, `"detail":{"permissions":`},
		{"PATCH", "/users/u1/", `{"groups": ["none"]}`, `"detail":{"groups":`},
		{"PATCH", "/users/u1/", `{"groups": [3]}`, "validation_error"},
		{"PATCH", "/users/u1/", `{"expires_at": "soon"}`, "no time such as"},
		{"PATCH", "/users/u1/", `{"explore_limits": {"api_calls": {"limit": 1, "unit": "week"}}}`, "week"},
		{"PATCH", "/users/u1/", `{"language": "<script>"}`, "no code of a language"},
		{"PATCH", "/users/u1/", `{"shoe_size": 3}`, "shoe_size"},
		{"PATCH", "/users/u1/", `[]`, "validation_error"},
		{"PATCH", "/users/u1/", `{`, "cannot be read"},
		{"PATCH", "/users/u1/", `{} {}`, "more in the request"},
		{"PATCH", "/users/u1/", "", "Content-Type"},
		{"PUT", "/users/u1/", `{}`, `"detail":{"email":["This field is required."]}`},
		{"POST", "/groups/", `{"uid": "../x", "title": "X"}`, "no identifier"},
		{"POST", "/groups/", `{}`, `"detail":{"title":`},
		{"POST", "/groups/g/users/", `{"username": "ada"}`, `"detail":{"username":`},
		{"POST", "/groups/g/users/", `{"username": "u99"}`, "does not exist"},
		{"POST", "/apikeys/", `{}`, "needs a label"},
		{"POST", "/apikeys/", `{"label": "x", "user": "me"}`, `"detail":{"user":`},
		{"POST", "/apikeys/", `{"label": "x", "expires_at": "2001-01-01"}`, "over already"},
		{"PUT", "/datasets/towns/security/default/", `{"default_security": {"filter_query": "people >"}}`, "syntax"},
		{"PUT", "/datasets/towns/security/default/", `{"default_security": {"visible_fields": ["none"]}}`, "no field"},
		{"PUT", "/datasets/towns/security/default/", `{"default_security": {"visible_fields": "name"}}`, "default_security"},
		{"POST", "/datasets/towns/security/users/", `{"user": {"username": "u1"}}`, `"detail":{"permissions":`},
		{"POST", "/datasets/towns/security/users/", `{"user": {"username": "u1"}, "permissions": ["fly"]}`, `"detail":{"permissions":`},
		{"POST", "/datasets/towns/security/users/", `{"user": {"username": "u9"}, "permissions": ["edit_dataset"]}`, `"detail":{"user":`},
		{"POST", "/datasets/towns/security/users/", `{"group": {"uid": "g"}, "permissions": ["edit_dataset"]}`, `"detail":{"user":`},
		{"POST", "/datasets/towns/security/groups/", `{"group": {"uid": "none"}, "permissions": ["edit_dataset"]}`, `"detail":{"group":`},
		{"GET", "/users/?limit=0", "", `"detail":{"limit":`},
		{"GET", "/users/?limit=1001", "", `"detail":{"limit":`},
		{"GET", "/users/?offset=-1", "", `"detail":{"offset":`},
		{"GET", "/groups/?offset=x", "", `"detail":{"offset":`},
	} {
		p.as(t, c.method, c.path, c.body, 400, `"error_code":"validation_error"`, c.has)
	}
	p.as(t, "PATCH", "/users/u1/", `{"first_name": "`+strings.Repeat("x", 1<<20)+`"}`, 413)
	for _, path := range []string{"/users/ada/", "/users/u0/", "/users/u99999999999999999999/", "/groups/none/", "/apikeys/x/", "/apikeys/ak_/", "/apikeys/ak_zzzzzzzzzzzzzzzzzzz/", "/nothing/", "/users/u1/nothing/", "/datasets/none/security/default/",
		"/datasets/towns/security/users/u1/", "/datasets/towns/security/groups/none/"} {
		p.as(t, "GET", path, "", 404, `"error_code":"not_found"`)
	}
	status, answer, head := p.ask(t, "PUT", "/users/", "{}", "Authorization", "Apikey "+p.adminKey)
	if status != 405 || head.Get("Allow") != "GET" || !strings.Contains(answer, "method_not_allowed") {
		t.Errorf("%d %s %v", status, answer, head)
	}
}

// changes is every operation that changes something.
var changes = []struct{ method, path, body string }{
	{"PATCH", "/users/u2/", `{"first_name": "X"}`}, {"PUT", "/users/u2/", `{"email": "x@example.org"}`}, {"DELETE", "/users/u2/", ""},
	{"POST", "/users/invite/", `{"email": "new@example.org"}`}, {"POST", "/groups/", `{"title": "New"}`}, {"PUT", "/groups/g/", `{"title": "X"}`},
	{"PATCH", "/groups/g/", `{}`}, {"DELETE", "/groups/g/", ""}, {"POST", "/groups/g/users/", `{"username": "u2"}`}, {"DELETE", "/groups/g/users/u2/", ""},
	{"POST", "/invitations/", `{"email": "new@example.org"}`}, {"POST", "/invitations/in_1/resend/", ""}, {"DELETE", "/invitations/in_1/", ""},
	{"POST", "/apikeys/", `{"label": "x", "user": "u2"}`}, {"PUT", "/apikeys/ak_000001/", `{"label": "x"}`}, {"POST", "/apikeys/ak_000001/revoke/", ""},
	{"PUT", "/datasets/towns/security/default/", `{}`}, {"POST", "/datasets/towns/security/users/", `{}`}, {"PUT", "/datasets/towns/security/users/u2/", `{}`},
	{"DELETE", "/datasets/towns/security/users/u2/", ""}, {"POST", "/datasets/towns/security/groups/", `{}`},
	{"PUT", "/datasets/towns/security/groups/g/", `{}`}, {"DELETE", "/datasets/towns/security/groups/g/", ""},
}

func (p *portal) furnish(t *testing.T) {
	t.Helper()
	p.person(t, "plain@example.org")
	p.as(t, "POST", "/groups/", `{"title": "G"}`, 201)
	p.as(t, "POST", "/invitations/", `{"email": "invited@example.org"}`, 201)
}

func TestWhoMayAsk(t *testing.T) {
	p := open(t)
	p.furnish(t)
	other := p.key(t, p.person(t, "other@example.org", account.EditDataset), account.Every)
	narrow := p.key(t, p.admin, account.PermissionsOf(account.EditDataset))
	for _, c := range changes {
		for who, header := range map[string]string{"nobody": "", "a wrong key": "Apikey x", "somebody without rights": "Apikey " + other, "a narrow key": "Apikey " + narrow} {
			status, answer, _ := p.ask(t, c.method, c.path, c.body, "Authorization", header)
			want := map[string]int{"nobody": 401, "a wrong key": 401}[who]
			if want == 0 && status != 403 && status != 404 || want != 0 && status != want {
				t.Errorf("%s %s by %s: %d %s", c.method, c.path, who, status, answer)
			}
		}
	}
	if status, answer, _ := p.ask(t, "GET", "/users/", ""); status != 401 || !strings.Contains(answer, `"error_code":"not_authenticated"`) {
		t.Errorf("nobody lists people: %d %s", status, answer)
	}
}

// TestForgedRequests is CSRF-006, 007, 012, 024, 025 and 027 of this door.
func TestForgedRequests(t *testing.T) {
	p := open(t)
	p.furnish(t)
	id, err := p.sessions.Start(t.Context(), p.admin.ID, "password")
	if err != nil {
		t.Fatal(err)
	}
	found, _, err := p.sessions.Find(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	cookie := "sessionid=" + id + "; csrftoken=" + found.Secret
	origin := strings.TrimSuffix(p.url, "/api/automation/v1.0")
	rename := `{"title": "H"}`
	for _, c := range []struct {
		name    string
		headers []string
		want    int
	}{
		{"bare secret in the header", []string{"Cookie", cookie, "X-CSRFToken", found.Secret}, 200},
		{"masked token in the header", []string{"Cookie", cookie, "X-CSRFToken", server.Mask(found.Secret)}, 200},
		{"no token", []string{"Cookie", cookie}, 403},
		{"no token, though from the same origin", []string{"Cookie", cookie, "Origin", origin}, 403},
		{"a token of one's own making", []string{"Cookie", "sessionid=" + id + "; csrftoken=" + strings.Repeat("a", 32), "X-CSRFToken", strings.Repeat("a", 32)}, 403},
		{"from another site", []string{"Cookie", cookie, "X-CSRFToken", found.Secret, "Origin", "https://evil.example"}, 403},
		{"a key and no cookie", []string{"Authorization", "Apikey " + p.adminKey}, 200},
		{"a key beside a session that is not good", []string{"Cookie", "sessionid=" + strings.Repeat("x", 43), "Authorization", "Apikey " + p.adminKey}, 200},
		{"a key that is not good beside a session", []string{"Cookie", cookie, "X-CSRFToken", found.Secret, "Authorization", "Apikey x"}, 401},
	} {
		status, answer, _ := p.ask(t, "PUT", "/groups/g/", rename, c.headers...)
		if status != c.want {
			t.Errorf("%s: %d, not %d: %s", c.name, status, c.want, answer)
		}
		if status == 403 && (!strings.HasPrefix(answer, `{"detail":"CSRF`) || strings.Contains(answer, found.Secret)) {
			t.Errorf("%s is refused as %s", c.name, answer)
		}
	}
	for _, c := range changes {
		if status, answer, _ := p.ask(t, c.method, c.path, c.body, "Cookie", cookie); status != 403 || !strings.HasPrefix(answer, `{"detail":"CSRF`) {
			t.Errorf("%s %s without a token: %d %s", c.method, c.path, status, answer)
		}
	}
	// A token in the body alone does not count but in a posted form.
	body := `{"title": "H", "csrfmiddlewaretoken": "` + found.Secret + `"}`
	if status, _, _ := p.ask(t, "PUT", "/groups/g/", body, "Cookie", cookie); status != 403 {
		t.Errorf("a token in the body: %d", status)
	}
	if status, _, _ := p.ask(t, "GET", "/groups/g/", "", "Cookie", cookie); status != 200 {
		t.Errorf("a session reads without a token: %d", status)
	}
}

func TestSecurityOfADataset(t *testing.T) {
	p := open(t)
	p.furnish(t)
	entry, err := p.catalog.Find(account.Operator, "towns")
	if err != nil {
		t.Fatal(err)
	}
	p.as(t, "GET", "/datasets/?dataset_id=towns", "", 200, `"uid":"`+entry.UID+`"`, `"total_count":1`)
	base := "/datasets/" + entry.UID + "/security"
	p.as(t, "GET", base+"/default/", "", 200, `{"is_restricted":false,"is_download_allowed":true,"default_security":{"is_data_visible":true,"visible_fields":["*"],"filter_query":"","api_calls_quota":null}}`)
	set := `{"is_restricted":true,"is_download_allowed":false,"default_security":{"is_data_visible":true,"visible_fields":["name","people"],"filter_query":"people > 1","api_calls_quota":{"limit":5,"unit":"day"}}}`
	p.as(t, "PUT", base+"/default/", set, 200, set)
	p.as(t, "GET", "/datasets/towns/security/default", "", 200, set)
	user := `{"user":{"username":"u2"},"permissions":["explore_restricted_dataset","download_dataset"],"security":{"is_data_visible":true,"visible_fields":["*"],"filter_query":"","api_calls_quota":null}}`
	p.as(t, "POST", base+"/users/", `{"user": {"username": "u2"}, "permissions": ["download_dataset"]}`, 201, user)
	p.as(t, "POST", base+"/users/", `{"user": {"username": "u2"}, "permissions": ["download_dataset"]}`, 409)
	p.as(t, "GET", base+"/users/u2/", "", 200, user)
	p.as(t, "PUT", base+"/users/u2/", user, 200, user)
	p.as(t, "POST", base+"/groups/", `{"group": {"uid": "g"}, "permissions": ["manage_dataset"]}`, 201, `"group":{"uid":"g"}`, `"manage_dataset"]`)
	p.as(t, "GET", base+"/groups/", "", 200, `"total_count":1`)
	p.as(t, "GET", base+"/users/", "", 200, `"total_count":1`)
	p.as(t, "PUT", base+"/groups/g/", `{"permissions": ["edit_dataset"], "security": {"filter_query": "people > 2"}}`, 200, `"filter_query":"people > 2"`)
	p.as(t, "DELETE", base+"/groups/g/", "", 204)
	p.as(t, "DELETE", base+"/groups/g/", "", 404)
	p.as(t, "DELETE", base+"/users/u2/", "", 204)

	// Who manages one dataset manages that one.
	boss := p.person(t, "boss@example.org")
	p.as(t, "POST", base+"/users/", `{"user": {"username": "u3"}, "permissions": ["manage_dataset"]}`, 201)
	key := p.key(t, boss, account.Every)
	for path, want := range map[string]int{base + "/default/": 200, base + "/users/": 200, "/datasets/notes/security/default/": 403, "/users/": 403} {
		if status, answer, _ := p.ask(t, "GET", path, "", "Authorization", "Apikey "+key); status != want {
			t.Errorf("%s: %d, not %d: %s", path, status, want, answer)
		}
	}
}
