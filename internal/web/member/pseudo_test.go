package member_test

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"parvis/internal/account"
	"parvis/internal/locale"
	"parvis/internal/locale/localetest"
)

var (
	hrefForm   = regexp.MustCompile(`href="(/[^"]*)"`)
	actionForm = regexp.MustCompile(`<form[^>]*method="post"[^>]*>`)
	targetForm = regexp.MustCompile(`action="([^"]*)"`)
)

// TestNoTextIsHardCoded opens every page of people in the pseudo-language, before and after signing in, sends each form
// empty, and finds texts that nobody can translate. A page that another one links to joins by itself.
func TestNoTextIsHardCoded(t *testing.T) {
	p := open(t, wants{signup: true, tongues: locale.Options{Enabled: []string{locale.Pseudo, "fr"}, Fallback: locale.Pseudo}})
	_, _, err := p.people.Invite(t.Context(), account.Operator, account.InvitationDraft{Email: "new@example.org"})
	p.must(err)
	invitation := regexp.MustCompile(`/invitation/[A-Za-z0-9_-]+/`).FindString(p.letter())
	if invitation == "" {
		t.Fatal("the invitation holds no address")
	}
	visitor, ada := p.browser(), p.as(ada, adaWords)
	seen := map[string]bool{}
	look := func(b *browser, what string) {
		for _, text := range localetest.Untranslated(b.page, locale.Pseudo, "Town", "data", "Go", "client_id", "redirect_uri") {
			t.Errorf("%s: %s", what, text)
		}
	}
	var walk func(b *browser, who, path string)
	walk = func(b *browser, who, path string) {
		if seen[who+path] || len(seen) > 80 || strings.HasSuffix(path, ".json") || strings.Contains(path, "/assets/") {
			return
		}
		seen[who+path] = true
		b.get(path)
		if !strings.HasPrefix(b.header.Get("Content-Type"), "text/html") {
			return
		}
		look(b, who+" "+path)
		page := b.page
		for _, form := range actionForm.FindAllString(page, -1) {
			action := path
			if m := targetForm.FindStringSubmatch(form); m != nil {
				action = html.UnescapeString(m[1])
			}
			if seen["form "+who+action] || strings.HasPrefix(action, "/logout/") || strings.HasPrefix(action, "/i18n/") || strings.Contains(action, "my-data") {
				continue
			}
			seen["form "+who+action] = true
			b.page = page
			b.post(action)
			look(b, who+" sends nothing to "+action)
		}
		for _, m := range hrefForm.FindAllStringSubmatch(page, -1) {
			if path := html.UnescapeString(m[1]); strings.HasPrefix(path, "/account/") || strings.HasPrefix(path, "/login/") || strings.HasPrefix(path, "/signup/") || strings.HasPrefix(path, "/password/") {
				walk(b, who, path)
			}
		}
	}
	for _, path := range []string{"/login/", "/login/code/", "/logout/", "/signup/", "/password/forgotten/", "/password/reset/none/", "/oauth2/authorize/", invitation, "/invitation/none/", "/nowhere/"} {
		walk(visitor, "visitor", path)
	}
	for _, path := range []string{"/account/", "/account/security/", "/account/security/codes/", "/account/applications/", "/account/my-data/", "/logout/"} {
		walk(ada, "ada", path)
	}
	if len(seen) < 20 {
		t.Errorf("only %d pages were met", len(seen))
	}
}
