package terms

import (
	"embed"
	"html/template"
	"net/http"

	"parvis/internal/privacy"
	"parvis/internal/server"
	"parvis/internal/web/page"
)

//go:embed templates/*.html
var templateFiles embed.FS

// Options are the parts of a Site.
type Options struct {
	Frame  *page.Frame
	Ledger *privacy.Ledger // of what visitors are shown and choose; nil: nothing is noted
}

// Site is the door of the pages on privacy.
type Site struct {
	*page.Frame
	ledger *privacy.Ledger
	pages  map[string]*template.Template
}

// What the frame of pages gives, by the names that stand in every page of this room.
type view = page.View

// New makes a Site; a template that cannot be read is an error.
func New(o Options) (*Site, error) {
	s := &Site{Frame: o.Frame, ledger: o.Ledger}
	var err error
	s.pages, err = page.Templates(templateFiles)
	return s, err
}

// Register adds the pages to a mux whose answers page.Frame guards.
func (s *Site) Register(mux *http.ServeMux) {
	page := func(pattern string, h server.Handler) { mux.Handle(pattern, s.Handle(h)) }

	page("GET /terms/cookies-policy/{$}", server.Counted("legal", s.policy))
	page("GET /terms/cookies-policy.json", s.policyTwin)
	page("GET /terms/cookies-information/{$}", server.Renamed("/terms/cookies-policy/"))
	page("GET /terms/cookies-information", server.Renamed("/terms/cookies-policy/"))
	page("GET /terms/cookies/{$}", server.Counted("legal", s.choices))
	page("POST /terms/cookies/{$}", s.choose)
	page("GET /terms/cookies", server.Moved("/terms/cookies/"))
	page("GET /terms/cookies/reset", s.reset)
	page("POST /terms/cookies/reset", s.wipe)
	page("GET /terms/audience-measurement", server.Counted("legal", s.audience))
	page("GET /terms/audience-measurement/{$}", server.Moved("/terms/audience-measurement"))
	page("GET /.well-known/gpc.json", s.globalPrivacyControl)
	page("GET /i18n/setlang/{$}", s.setLanguage)
	page("POST /i18n/setlang/{$}", s.setLanguage)
}
