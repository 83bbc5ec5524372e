package back_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"parvis/internal/locale"
	"parvis/internal/locale/localetest"
)

var (
	hrefForm   = regexp.MustCompile(`href="(/backoffice/[^"]*)"`)
	actionForm = regexp.MustCompile(`<form[^>]*method="post"[^>]*>`)
	targetForm = regexp.MustCompile(`action="([^"]*)"`)
)

// TestNoTextIsHardCoded walks through the back office in the pseudo-language, sends each of its forms empty, and finds
// texts that nobody can translate. A page that another one links to joins by itself.
func TestNoTextIsHardCoded(t *testing.T) {
	p := openIn(t, locale.Options{Enabled: []string{locale.Pseudo, "fr"}, Fallback: locale.Pseudo})
	p.furnish(t)
	admin := p.as(t, p.admin)
	queue, seen := append([]string{"/backoffice/users/?q=nobody", "/backoffice/audit/?action=none"}, paths...), map[string]bool{}
	for _, word := range []string{"saved", "invited", "unsent", "revoked", "removed", "disabled", "enabled", "approved", "rejected", "published", "unpublished", "shown", "withdrawn"} {
		queue = append(queue, "/backoffice/?done="+word)
	}
	look := func(what string) {
		for _, text := range localetest.Untranslated(admin.page, locale.Pseudo, "Parvis", "Éditeurs <b>", "harvester", "<script>") {
			log := strings.HasPrefix(what, "/backoffice/audit/") || what == "/backoffice/" || strings.HasPrefix(what, "/backoffice/?")
			if !log || !strings.HasPrefix(text, "<bdi>") { // values as they are kept
				t.Errorf("%s: %s", what, text)
			}
		}
	}
	for len(queue) > 0 && len(seen) < 100 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		if status := admin.get(path); status >= 500 {
			t.Errorf("%s: %d", path, status)
		}
		look(path)
		for _, m := range hrefForm.FindAllStringSubmatch(admin.page, -1) {
			queue = append(queue, strings.ReplaceAll(m[1], "&amp;", "&"))
		}
		page := admin.page
		for _, form := range actionForm.FindAllString(page, -1) {
			action := path
			if m := targetForm.FindStringSubmatch(form); m != nil {
				action = m[1]
			}
			if strings.HasPrefix(action, "/backoffice/") && !strings.Contains(action, "resend") && !strings.Contains(action, "revoke") && !strings.Contains(action, "remove") && !strings.Contains(action, "active") {
				admin.page = page
				if status, _ := admin.post(action, url.Values{"email": {"nobody"}, "quota": {"-7"}, "unit": {"hour"}, "expires": {"soon"}, "attributes": {"?"}}); status == http.StatusUnprocessableEntity {
					look("the form " + action)
				}
			}
		}
	}
	if len(seen) < 20 {
		t.Errorf("only %d pages were met", len(seen))
	}
}
