package front

import (
	"net/http"

	"parvis/internal/fault"
	"parvis/internal/server"
)

// Register adds the public pages to a mux whose answers page.Frame guards. They answer for every address that no
// other door has.
func (s *Site) Register(mux *http.ServeMux) {
	page := func(pattern string, h server.Handler) { mux.Handle(pattern, s.Handle(h)) }

	page("GET /{$}", server.Counted("home", s.home))
	page("GET /explore/{$}", server.Counted("catalogue", s.catalog))
	mux.Handle("GET /assets/", s.Assets)
	mux.Handle("GET /favicon.ico", http.RedirectHandler(s.Assets.URL("mark.svg"), http.StatusFound))
	page("GET /poster.png", s.poster)
	page("GET /robots.txt", s.robots)
	page("GET /", s.nowhere)
	page("/", refuse)
}

// nowhere answers for addresses that are no page.
func (s *Site) nowhere(http.ResponseWriter, *http.Request) error {
	return fault.New(fault.NotFound, "")
}

// robots asks search engines to read the pages, not every filter of every table, nor the machine door.
func (s *Site) robots(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=86400")
	_, err := w.Write([]byte("User-agent: *\nDisallow: /api/\nDisallow: /i18n/\nDisallow: /*?*refine.\nDisallow: /*?*exclude.\nDisallow: /*?*where=\nDisallow: /*?*sort=\nDisallow: /*?*q=\n\nSitemap: " + s.View(w, r, nil, "").Origin + "/sitemap.xml\n"))
	return err
}

// refuse answers what is no reading of an address that no form has.
func refuse(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Allow", "GET, HEAD")
	http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
	return nil
}
