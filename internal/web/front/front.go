package front

import (
	"embed"
	"html/template"
	"net/http"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/microcosm-cc/bluemonday"

	"parvis/internal/web/page"
	"parvis/internal/web/portrait"
)

//go:embed templates/*.html
var templateFiles embed.FS

// Options are the parts of a Site.
type Options struct {
	Frame   *page.Frame
	Portal  Portal
	API     http.Handler // the machine door, asked by the API tab for its live answer
	Counts  bool         // uses are counted: a dataset's pages link to what is known of its own
	Formats []string     // of exports that work; nil: csv, xlsx, json, jsonl, parquet, geojson
}

// Site is the door of the public pages.
type Site struct {
	*page.Frame
	portal    Portal
	api       http.Handler
	counts    bool
	formats   []string
	pages     map[string]*template.Template
	rich      *bluemonday.Policy // what a description may hold
	bare      *bluemonday.Policy // no tags at all
	portraits *lru.Cache[string, *portrait.Portrait]
	drawing   sync.Mutex // one portrait is made at a time: they are heavy and many are asked for at once
}

// New makes a Site; a template that cannot be read is an error.
func New(o Options) (*Site, error) {
	if o.Formats == nil {
		o.Formats = []string{"csv", "xlsx", "json", "jsonl", "parquet", "geojson"}
	}
	s := &Site{Frame: o.Frame, portal: o.Portal, api: o.API, counts: o.Counts, formats: o.Formats, rich: richText(), bare: bluemonday.StrictPolicy()}
	var err error
	if s.pages, err = page.Templates(templateFiles); err != nil {
		return nil, err
	}
	s.portraits, err = lru.New[string, *portrait.Portrait](512)
	return s, err
}

// richText allows what descriptions of datasets use: text, lists, tables, links; no pictures, which would be
// third-party requests, no headings above the page's own.
func richText() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "strong", "b", "em", "i", "u", "s", "sub", "sup", "ul", "ol", "li", "dl", "dt", "dd",
		"blockquote", "code", "pre", "h3", "h4", "h5", "table", "caption", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	p.RequireNoReferrerOnLinks(true)
	return p
}
