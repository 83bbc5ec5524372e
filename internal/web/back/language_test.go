package back_test

import (
	"net/http"
	"testing"

	"parvis/internal/account"
	"parvis/internal/locale"
)

// TestPagesSpeakThePersonsLanguage follows what a person told the portal, below what an address or a cookie says and above
// what the browser does.
func TestPagesSpeakThePersonsLanguage(t *testing.T) {
	p := openIn(t, locale.Options{Fallback: "en"})
	person, err := p.people.Create(t.Context(), account.Operator, account.Draft{Email: "reader@example.org", Language: "ar", Permissions: account.PermissionsOf(account.EditDomain)})
	if err != nil {
		t.Fatal(err)
	}
	reader, other := p.as(t, person), p.as(t, p.admin)
	for _, c := range []struct {
		b                             *browser
		address, cookie, accept, want string
	}{
		{reader, "/backoffice/", "", "", "ar"}, {reader, "/backoffice/", "", "fr", "ar"}, {reader, "/backoffice/", "fr", "", "fr"},
		{reader, "/backoffice/?lang=en", "fr", "", "en"}, {reader, "/backoffice/", "sv", "", "ar"}, {other, "/backoffice/", "", "fr", "fr"}, {other, "/backoffice/", "", "", "en"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+c.address, nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.accept != "" {
			r.Header.Set("Accept-Language", c.accept)
		}
		if c.cookie != "" {
			r.AddCookie(&http.Cookie{Name: "django_language", Value: c.cookie})
		}
		answer, err := c.b.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if status := c.b.read(answer); status != http.StatusOK || answer.Header.Get("Content-Language") != c.want {
			t.Errorf("%s with %q and %q: %d in %s, want %s", c.address, c.cookie, c.accept, status, answer.Header.Get("Content-Language"), c.want)
		}
	}
}
