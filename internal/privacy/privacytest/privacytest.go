// Package privacytest makes registries for tests.
package privacytest

import (
	"testing"

	"parvis/internal/locale"
	"parvis/internal/privacy"
)

// New makes the registry of a portal in all languages by plain HTTP, with what change says otherwise; it may be nil.
func New(t testing.TB, change func(*privacy.Options)) *privacy.Registry {
	t.Helper()
	locales, err := locale.Load(locale.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o := privacy.Options{Operator: "The town", Secret: []byte("a secret of tests, 32 bytes long"), Languages: locales.Printers()}
	if change != nil {
		change(&o)
	}
	r, err := privacy.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
