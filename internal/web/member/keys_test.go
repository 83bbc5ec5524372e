package member_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"parvis/internal/account"
)

var secretForm = regexp.MustCompile(`pv_[A-Za-z0-9_-]{40}`)

func TestKeyIsMadeAndRevoked(t *testing.T) {
	p := open(t, wants{})
	p.person("bob@example.org", adaWords, account.CreateDataset)
	b := p.as("bob@example.org", adaWords)
	b.get("/account/api-keys/")
	b.says(200, "You have no API keys.")
	if strings.Contains(b.page, `value="edit_domain"`) || !strings.Contains(b.page, `value="create_dataset"`) || !strings.Contains(b.page, `value="manage_dataset"`) {
		t.Error("the permissions offered are not those that bob may hold")
	}
	b.post("/account/api-keys/", "label", "script <1>", "which", "some", "permissions", "create_dataset", "days", "30")
	b.says(200, "The key “script <1>” is made")
	secret := secretForm.FindString(b.page)
	actor, err := p.keys.Authenticate(t.Context(), secret)
	if err != nil || actor.Person.Email != "bob@example.org" || actor.Scope != account.PermissionsOf(account.CreateDataset) {
		t.Fatalf("%+v, %v", actor, err)
	}
	if b.header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("the page with the secret may be kept: %s", b.header.Get("Cache-Control"))
	}
	b.get("/account/api-keys/")
	b.says(200, "May make datasets")
	if secretForm.MatchString(b.page) {
		t.Error("the secret is shown twice")
	}
	p.wait(31 * 24 * time.Hour)
	if _, err := p.keys.Authenticate(t.Context(), secret); err == nil {
		t.Error("the key outlives its end")
	}
	p.wait(-31 * 24 * time.Hour)

	b.get("/account/api-keys/1/revoke/")
	b.says(200, "Revoke the key “script <1>”?")
	b.post("/account/api-keys/1/revoke/")
	b.says(200, "The key is revoked")
	if _, err := p.keys.Authenticate(t.Context(), secret); err == nil {
		t.Error("a revoked key opens")
	}
	b.post("/account/api-keys/1/revoke/")
	b.says(200, "The key is revoked")

	// Nobody else's keys, for an administrator's pages are elsewhere.
	other := p.as(ada, adaWords)
	for _, path := range []string{"/account/api-keys/1/revoke/", "/account/api-keys/9/revoke/", "/account/api-keys/x/revoke/"} {
		if other.get(path) != 404 {
			t.Errorf("%s: %d", path, other.status)
		}
	}
	stranger := p.browser()
	stranger.get("/account/api-keys/")
	if !strings.HasPrefix(stranger.at, "/login/") {
		t.Errorf("who is not signed in is led to %s", stranger.at)
	}
}

func TestKeyThatCannotBe(t *testing.T) {
	p := open(t, wants{})
	b := p.as(ada, adaWords)
	for _, c := range []struct {
		field, says string
		form        []string
	}{
		{"label", "Say what the key is for", []string{"which", "all", "days", "30"}},
		{"label", "This label cannot be used", []string{"label", "a\x01b", "which", "all"}},
		{"permissions", "Choose at least one permission", []string{"label", "kept", "which", "some"}},
		{"permissions", "Choose at least one permission", []string{"label", "kept", "which", "some", "permissions", "fly"}},
		{"permissions", "a permission that you do not hold", []string{"label", "kept", "which", "some", "permissions", "edit_domain"}},
		{"days", "Choose when the key ends", []string{"label", "kept", "which", "all", "days", "-1"}},
		{"days", "Choose when the key ends", []string{"label", "kept", "which", "all", "days", "x"}},
	} {
		b.get("/account/api-keys/")
		b.post("/account/api-keys/", c.form...)
		b.says(422, c.says)
		if !strings.Contains(b.page, `href="#`+c.field+`"`) || !strings.Contains(b.page, `id="`+c.field+`"`) {
			t.Errorf("the mistake %q does not lead to %s", c.says, c.field)
		}
		if c.form[1] == "kept" && !strings.Contains(b.page, `value="kept"`) {
			t.Errorf("what was filled in is not kept with %q", c.says)
		}
	}
	if keys, err := p.keys.List(t.Context(), account.Operator, 0); err != nil || len(keys) != 0 {
		t.Errorf("%d keys were made, %v", len(keys), err)
	}
}

func TestAccessIsRequested(t *testing.T) {
	p := open(t, wants{})
	stranger := p.browser()
	stranger.get("/access-request/?dataset=secret")
	stranger.says(404, "")
	stranger.get("/access-request/?dataset=towns")
	stranger.says(200, "Towns <by> the sea")
	stranger.post("/access-request/?dataset=towns", "email", "nobody", "message", "kept")
	stranger.says(422, "This is no e-mail address")
	if !strings.Contains(stranger.page, "kept</textarea>") {
		t.Error("what was filled in is not kept")
	}
	stranger.post("/access-request/?dataset=towns", "email", "new@example.org", "message", "Please.")
	stranger.says(200, "Your request is with those who decide")
	same := stranger.page
	for range 3 {
		stranger.get("/access-request/?dataset=towns")
		stranger.post("/access-request/?dataset=towns", "email", ada, "message", "Please.")
	}
	stranger.says(200, "Your request is with those who decide")
	token := regexp.MustCompile(`[A-Za-z0-9]{64}`)
	if main(token.ReplaceAllString(same, "")) != main(token.ReplaceAllString(stranger.page, "")) {
		t.Error("the page tells that an address has an account")
	}
	stranger.get("/access-request/")
	stranger.post("/access-request/", "email", ada)
	stranger.says(429, "too many requests today")

	b := p.as(ada, adaWords)
	b.get("/access-request/")
	if strings.Contains(b.page, `id="email"`) || !strings.Contains(b.page, ada) {
		t.Error("who is signed in is asked for an address")
	}
	asked, err := p.people.Requests(t.Context(), account.Operator, account.Waiting)
	if err != nil || len(asked) != 4 || asked[3].Email != "new@example.org" || asked[3].Dataset != "da_towns1" || asked[3].Message != "Please." || asked[3].Language != "en" {
		t.Errorf("%+v, %v", asked, err)
	}
}
