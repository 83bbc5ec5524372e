package pagetest

import (
	"log/slog"
	"testing"

	"parvis/internal/locale"
	"parvis/internal/privacy/privacytest"
	"parvis/internal/server"
	"parvis/internal/web/page"
)

// Frame makes a frame of pages in these languages, over a strict server; change may change its options.
func Frame(t testing.TB, languages locale.Options, change ...func(*page.Options)) *page.Frame {
	t.Helper()
	locales, err := locale.Load(languages)
	if err != nil {
		t.Fatal(err)
	}
	registry := privacytest.New(t, nil)
	o := page.Options{Locales: locales, Privacy: registry, Title: "⟦Town⟧",
		Server: server.New(server.Options{Strict: true, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Metrics: server.NewMetrics(), Privacy: registry})}
	for _, f := range change {
		f(&o)
	}
	frame, err := page.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return frame
}
