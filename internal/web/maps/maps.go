package maps

import (
	"embed"
	"html/template"
	"net/http"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"

	"parvis/internal/server"
	"parvis/internal/web/data"
	"parvis/internal/web/page"
)

//go:embed templates/*.html
var templateFiles embed.FS

type (
	choice = page.Choice
	pair   = page.Pair
)

// Options are the parts of the Maps.
type Options struct {
	Frame  *data.Frame
	Ground *Ground // nil: the built-in one
}

// Maps is the door of the maps.
type Maps struct {
	*data.Frame
	ground *Ground
	pages  map[string]*template.Template
	tiles  *lru.Cache[string, []byte] // gzipped, by what they show and to whom
	worlds *lru.Cache[string, world]  // rows in cells, by the same
	once   singleflight.Group         // a world that several tiles ask for is counted once
}

// tilesKept is how many tiles are kept ready: 20 kB each at most.
const tilesKept = 4096

// worldsKept is how many worlds are kept ready: about 1 MB each at most.
const worldsKept = 64

// New makes the Maps; a template that cannot be read is an error.
func New(o Options) (*Maps, error) {
	s := &Maps{Frame: o.Frame, ground: o.Ground}
	var err error
	if s.pages, err = data.Templates(templateFiles); err != nil {
		return nil, err
	}
	if s.tiles, err = lru.New[string, []byte](tilesKept); err != nil {
		return nil, err
	}
	s.worlds, err = lru.New[string, world](worldsKept)
	return s, err
}

// Register adds the maps to a mux whose answers page.Frame guards.
func (s *Maps) Register(mux *http.ServeMux) {
	page := func(pattern string, h server.Handler) { mux.Handle(pattern, s.Handle(h)) }

	page("GET /explore/dataset/{id}/map/{$}", server.Counted("map", s.page))
	page("GET /explore/embed/dataset/{id}/map/{$}", server.Counted("map", s.embed))
	page("GET /explore/dataset/{id}/tiles/{z}/{x}/{y}", s.rowTile)
	page("GET /basemap/{z}/{x}/{y}", s.groundTile)
	page("GET /basemap/own/{z}/{x}/{y}", s.ownTile)
}
