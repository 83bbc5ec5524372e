package front

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/microcosm-cc/bluemonday"

	"parvis/internal/account"
	"parvis/internal/locale"
	"parvis/internal/privacy"
	"parvis/internal/server"
	"parvis/internal/web/assets"
	"parvis/internal/web/portrait"
)

//go:embed templates/*.html
var templateFiles embed.FS

// Options are the parts of a Site.
type Options struct {
	Portal   Portal
	Server   *server.Server
	Locales  *locale.Locales
	Privacy  *privacy.Registry
	API      http.Handler                               // the machine door, asked by the API tab for its live answer
	Actor    func(*http.Request) (account.Actor, error) // nil: everybody is account.Anonymous
	Title    string                                     // of the portal; the part after " — " goes on a second line. "" is "Parvis"
	URL      string                                     // the portal's public address, without a slash at the end; "": as the visitor wrote it
	Operator string                                     // who runs the portal; "": the title
	Formats  []string                                   // of exports that work; nil: csv, xlsx, json, jsonl, parquet, geojson
}

// Site is the door of the public pages.
type Site struct {
	o         Options
	assets    *assets.Assets
	pages     map[string]*template.Template
	rich      *bluemonday.Policy // what a description may hold
	bare      *bluemonday.Policy // no tags at all
	portraits *lru.Cache[string, *portrait.Portrait]
	drawing   sync.Mutex // one portrait is made at a time: they are heavy and many are asked for at once
	buffers   sync.Pool
}

// New makes a Site; a template that cannot be read is an error.
func New(o Options) (*Site, error) {
	if o.Title == "" {
		o.Title = "Parvis"
	}
	if o.Operator == "" {
		o.Operator = o.Title
	}
	if o.Actor == nil {
		o.Actor = func(*http.Request) (account.Actor, error) { return account.Anonymous, nil }
	}
	if o.Formats == nil {
		o.Formats = []string{"csv", "xlsx", "json", "jsonl", "parquet", "geojson"}
	}
	o.URL = strings.TrimSuffix(o.URL, "/")
	s := &Site{o: o, pages: map[string]*template.Template{}, rich: richText(), bare: bluemonday.StrictPolicy()}
	s.buffers.New = func() any { return new(bytes.Buffer) }
	var err error
	if s.assets, err = assets.Load(); err != nil {
		return nil, err
	}
	if s.portraits, err = lru.New[string, *portrait.Portrait](512); err != nil {
		return nil, err
	}
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, err
	}
	shared := []string{"templates/base.html", "templates/parts.html"}
	for _, f := range files {
		name := strings.TrimSuffix(path.Base(f), ".html")
		if name == "base" || name == "parts" {
			continue
		}
		t, err := template.New("base.html").ParseFS(templateFiles, append(shared, f)...)
		if err != nil {
			return nil, fmt.Errorf("page %s: %w", name, err)
		}
		s.pages[name] = t
	}
	return s, nil
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

// render writes a page with its status, whole or not at all, with a strong tag of its content.
func (s *Site) render(w http.ResponseWriter, r *http.Request, status int, name string, page any) error {
	b := s.buffers.Get().(*bytes.Buffer)
	defer s.buffers.Put(b)
	b.Reset()
	if err := s.pages[name].Execute(b, page); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "private, no-cache") // keep it, but ask whether it still stands
	h.Add("Vary", "Accept-Language")
	if status == http.StatusOK {
		sum := sha256.Sum256(b.Bytes())
		tag := `"` + hex.EncodeToString(sum[:12]) + `"`
		h.Set("ETag", tag)
		if server.NotModified(w, r, tag) {
			return nil
		}
	}
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return nil
	}
	_, err := w.Write(b.Bytes())
	return err
}
