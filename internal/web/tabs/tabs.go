package tabs

import (
	"context"
	"embed"
	"html/template"
	"net/http"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/microcosm-cc/bluemonday"

	"parvis/internal/account"
	"parvis/internal/dataset"
	"parvis/internal/export"
	"parvis/internal/server"
	"parvis/internal/web/data"
	"parvis/internal/web/page"
	"parvis/internal/web/portrait"
	"parvis/internal/web/reuses"
)

//go:embed templates/*.html
var templateFiles embed.FS

// What the frame of pages gives, by the names that stand in every page of this room.
type (
	choice = page.Choice
	pair   = page.Pair
	pager  = page.Pager
)

// Options are the parts of the Tabs.
type Options struct {
	Frame    *data.Frame
	Reuses   *reuses.Site                                                    // nil: none are shown
	API      http.Handler                                                    // the machine door, asked by the API tab for its live answer
	Counts   bool                                                            // uses are counted: a dataset's pages link to what is known of its own
	Versions func(ctx context.Context, id string) ([]dataset.Version, error) // of a dataset that who asks may see, the newest first
	Files    Files                                                           // nil: nothing is told of their sizes, and none is made beforehand
}

// Files are those that the machine door hands out for a format and its parameters.
type Files interface {
	// Size tells the size in bytes of a file of so many rows; exact is false where it is reckoned from some of the rows.
	Size(ctx context.Context, a account.Actor, wish export.Wish, rows int64) (bytes int64, exact bool, err error)

	// Prepare makes a file beforehand and tells how far it has come.
	Prepare(ctx context.Context, a account.Actor, wish export.Wish) (export.Progress, error)
}

// Tabs is the door of a dataset's pages.
type Tabs struct {
	*data.Frame
	reuses     *reuses.Site
	api        http.Handler
	counts     bool
	files      Files
	versionsOf func(ctx context.Context, id string) ([]dataset.Version, error)
	pages      map[string]*template.Template
	rich       *bluemonday.Policy // what a description may hold
	portraits  *lru.Cache[string, *portrait.Portrait]
	posters    *lru.Cache[string, []byte] // pictures that stand for datasets, by version, language and who is shown the same
	drawing    sync.Mutex                 // one portrait is made at a time: they are heavy and many are asked for at once
}

// New makes the Tabs; a template that cannot be read is an error.
func New(o Options) (*Tabs, error) {
	s := &Tabs{Frame: o.Frame, reuses: o.Reuses, api: o.API, counts: o.Counts, files: o.Files, versionsOf: o.Versions, rich: data.RichText()}
	var err error
	if s.pages, err = data.Templates(templateFiles, reuses.Parts); err != nil {
		return nil, err
	}
	if s.portraits, err = lru.New[string, *portrait.Portrait](512); err != nil {
		return nil, err
	}
	s.posters, err = lru.New[string, []byte](256)
	return s, err
}

// Register adds the pages to a mux whose answers page.Frame guards.
func (s *Tabs) Register(mux *http.ServeMux) {
	page := func(pattern string, h server.Handler) { mux.Handle(pattern, s.Handle(h)) }

	page("GET /explore/dataset/{id}/{$}", first)
	page("GET /explore/dataset/{id}/information/{$}", server.Counted("information", s.information))
	page("GET /explore/dataset/{id}/table/{$}", server.Counted("table", s.table))
	page("GET /explore/dataset/{id}/table/column/{field}/{$}", server.Counted("table", s.column))
	page("GET /explore/dataset/{id}/export/{$}", server.Counted("export", s.export))
	page("GET /explore/dataset/{id}/export/{format}/{$}", s.prepare)
	page("GET /explore/dataset/{id}/api/{$}", server.Counted("api", s.console))
	page("GET /explore/dataset/{id}/record/{record}/{$}", server.Counted("record", s.record))
	page("GET /explore/dataset/{id}/versions/{$}", server.Counted("versions", s.versions))
	page("GET /explore/dataset/{id}/citation/{format}", s.citation)
	page("GET /explore/embed/dataset/{id}/table/{$}", server.Counted("table", s.embed))
	page("GET /explore/dataset/{id}/imprint.svg", s.imprint)
	page("GET /explore/dataset/{id}/poster.png", s.poster)
}

// first sends to the first tab.
func first(w http.ResponseWriter, r *http.Request) error {
	return server.Moved(data.Address(r.PathValue("id"), "information"))(w, r)
}
