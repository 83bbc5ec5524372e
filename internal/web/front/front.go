package front

import (
	"context"
	"embed"
	"html/template"

	lru "github.com/hashicorp/golang-lru/v2"

	"parvis/internal/web/data"
	"parvis/internal/web/page"
	"parvis/internal/web/reuses"
)

//go:embed templates/*.html
var templateFiles embed.FS

// What the frame of pages gives, by the names that stand in every page of this room.
type (
	view   = page.View
	choice = page.Choice
	pair   = page.Pair
	pager  = page.Pager
)

// Options are the parts of a Site.
type Options struct {
	Frame  *data.Frame
	Reuses *reuses.Site // nil: none are shown

	// Used gives the uids of the datasets that are used, the most used first. nil: nobody counts.
	Used func(context.Context) ([]string, error)
}

// Site is the door of the public pages.
type Site struct {
	*data.Frame
	reuses *reuses.Site
	used   func(context.Context) ([]string, error)
	pages  map[string]*template.Template
	known  *lru.Cache[string, any] // figures of the first page, by version and field; pictures of the portal, by language
}

// New makes a Site; a template that cannot be read is an error.
func New(o Options) (*Site, error) {
	pages, err := data.Templates(templateFiles, reuses.Parts)
	if err != nil {
		return nil, err
	}
	known, err := lru.New[string, any](256)
	return &Site{Frame: o.Frame, reuses: o.Reuses, used: o.Used, pages: pages, known: known}, err
}
