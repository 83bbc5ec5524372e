package usage

import (
	"embed"
	"html/template"
	"net/http"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/server"
	"parvis/internal/statistics"
	"parvis/internal/web/page"
)

//go:embed templates/*.html
var templateFiles embed.FS

// Options are the parts of a Site.
type Options struct {
	Frame   *page.Frame
	Counter *statistics.Counter                                      // nil: nothing is counted
	Visible func(a account.Actor) []*catalog.Entry                   // every dataset of which a may know
	Find    func(a account.Actor, id string) (*catalog.Entry, error) // one of them; kind NotFound, as the catalogue says
}

// Site is the door of the pages on use.
type Site struct {
	*page.Frame
	counter *statistics.Counter
	visible func(a account.Actor) []*catalog.Entry
	find    func(a account.Actor, id string) (*catalog.Entry, error)
	pages   map[string]*template.Template
}

// What the frame of pages gives, by the names that stand in every page of this room.
type (
	view   = page.View
	choice = page.Choice
)

// New makes a Site; a template that cannot be read is an error.
func New(o Options) (*Site, error) {
	s := &Site{Frame: o.Frame, counter: o.Counter, visible: o.Visible, find: o.Find}
	var err error
	s.pages, err = page.Templates(templateFiles)
	return s, err
}

// Register adds the pages to a mux whose answers page.Frame guards.
func (s *Site) Register(mux *http.ServeMux) {
	page := func(pattern string, h server.Handler) { mux.Handle(pattern, s.Handle(h)) }

	page("GET /stats/{$}", server.Counted("statistics", s.stats))
	page("GET /stats/data.csv", s.statsFile(statsCSV))
	page("GET /stats/data.json", s.statsFile(statsJSON))
	page("GET /stats/dataset/{id}/{$}", server.Counted("statistics", s.statsOf))
	page("GET /stats/dataset/{id}/data.csv", s.statsFile(statsCSV))
	page("GET /stats/dataset/{id}/data.json", s.statsFile(statsJSON))
}
