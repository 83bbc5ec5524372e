package back

import (
	"embed"
	"html/template"
	"net/http"

	"parvis/internal/server"
	"parvis/internal/web/page"
)

//go:embed templates/*.html
var templateFiles embed.FS

// Options are the parts of a Site.
type Options struct {
	Frame *page.Frame
}

// Site is the door of the back office.
type Site struct {
	*page.Frame
	pages map[string]*template.Template
}

// What the frame of pages gives, by the names that stand in every page of this room.
type view = page.View

// New makes a Site; a template that cannot be read is an error.
func New(o Options) (*Site, error) {
	s := &Site{Frame: o.Frame}
	var err error
	s.pages, err = page.Templates(templateFiles)
	return s, err
}

// Register adds the pages to a mux whose answers page.Frame guards.
func (s *Site) Register(mux *http.ServeMux) {
	page := func(pattern string, h server.Handler) { mux.Handle(pattern, s.Handle(h)) }
	page("GET /backoffice/{$}", s.home)
}
