package page

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

	"parvis/internal/locale"
	"parvis/internal/privacy"
	"parvis/internal/server"
	"parvis/internal/web/assets"
)

//go:embed templates/*.html
var files embed.FS

// Options are the parts of a Frame. Server, Locales and Privacy must be given.
type Options struct {
	Server   *server.Server
	Locales  *locale.Locales
	Privacy  *privacy.Registry
	Title    string // of the portal; the part after " — " goes on a second line. "" is "Parvis"
	URL      string // the portal's public address, without a slash at the end; "": as the visitor wrote it
	Operator string // who runs the portal; "": the title
	SignIn   bool   // people can sign in: pages offer it

	Menu func(View) []Choice // pages that stand in the main menu beside the portal's own; nil: none
}

// Frame makes pages. It never changes after New.
type Frame struct {
	Options
	Assets  *assets.Assets
	failed  *template.Template
	buffers sync.Pool // of *bytes.Buffer
}

// New makes a Frame.
func New(o Options) (*Frame, error) {
	if o.Title == "" {
		o.Title = "Parvis"
	}
	if o.Operator == "" {
		o.Operator = o.Title
	}
	o.URL = strings.TrimSuffix(o.URL, "/")
	f := &Frame{Options: o}
	f.buffers.New = func() any { return new(bytes.Buffer) }
	var err error
	if f.Assets, err = assets.Load(); err != nil {
		return nil, err
	}
	f.failed, err = shared().ParseFS(files, "templates/failure.html")
	return f, err
}

// shared gives the layout and the parts that every template may use.
func shared() *template.Template {
	return template.Must(template.New("base.html").ParseFS(files, "templates/base.html", "templates/embed.html", "templates/parts.html", "templates/banner.html"))
}

// Templates reads the templates/*.html of a door, each a page within the layout, by name without ending. One whose
// name begins with "_" holds parts that all the others may use, as do those of the rooms that lend theirs.
func Templates(from fs.FS, lent ...fs.FS) (map[string]*template.Template, error) {
	names, err := fs.Glob(from, "templates/*.html")
	if err != nil {
		return nil, err
	}
	common := shared()
	for _, room := range lent {
		if common, err = common.ParseFS(room, "templates/_*.html"); err != nil {
			return nil, fmt.Errorf("lent parts: %w", err)
		}
	}
	for _, name := range names {
		if strings.HasPrefix(path.Base(name), "_") {
			if common, err = common.ParseFS(from, name); err != nil {
				return nil, fmt.Errorf("parts %s: %w", name, err)
			}
		}
	}
	out := map[string]*template.Template{}
	for _, file := range names {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if strings.HasPrefix(name, "_") {
			continue
		}
		t, err := template.Must(common.Clone()).ParseFS(from, file)
		if err != nil {
			return nil, fmt.Errorf("page %s: %w", name, err)
		}
		out[name] = t
	}
	return out, nil
}

// Content is what a template shows: a struct that embeds View.
type Content interface{ base() *View }

// Render writes a page with its status, whole or not at all. What is the same for everybody who asks alike has a
// strong tag of its content; what is made for one visitor, as forms are, is not kept anywhere.
func (f *Frame) Render(w http.ResponseWriter, r *http.Request, status int, t *template.Template, c Content) error {
	b := f.buffers.Get().(*bytes.Buffer)
	defer f.buffers.Put(b)
	b.Reset()
	h, v := w.Header(), c.base()
	layout := "base.html"
	if v.Framed {
		h.Set("Content-Security-Policy", f.Privacy.FramedCSP())
	}
	if v.Embedded {
		layout = "embed.html"
		h.Set("Content-Security-Policy", f.Privacy.EmbedCSP())
		h.Del("X-Frame-Options")
	}
	if err := t.ExecuteTemplate(b, layout, c); err != nil {
		return fmt.Errorf("page %s: %w", t.Name(), err)
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", v.Tag)
	h.Add("Vary", "Accept-Language, Cookie")
	if f.Privacy.Optional() {
		h.Add("Vary", "Sec-GPC, DNT")
	}
	switch {
	case v.token != "" || v.Live || v.visitor.Known():
		h.Set("Cache-Control", "private, no-store")
	default:
		h.Set("Cache-Control", "private, no-cache") // keep it, but ask whether it still stands
		if status != http.StatusOK {
			break
		}
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

// Guard sets what every answer of a door of pages carries: the security headers, with what the registry lets a
// page load.
func (f *Frame) Guard(next http.Handler) http.Handler {
	return f.Server.Security(f.Privacy.CSP(), next)
}

// Handle makes an http.Handler of a page: what fails is shown as a page, too.
func (f *Frame) Handle(h server.Handler) http.Handler { return f.Server.Handle(h, f.Failure) }

// Wrap puts the whole portal into what every answer shares (server.Wrap); what is refused there is shown as a page.
func (f *Frame) Wrap(next http.Handler) http.Handler {
	return f.Server.Wrap(next, f.Server.Guarded(f.Privacy.CSP(), f.Failure))
}
