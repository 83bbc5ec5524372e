package front

import (
	"net/http"
	"net/url"

	"parvis/internal/fault"
	"parvis/internal/server"
)

// Register adds the public pages to a mux whose answers page.Frame guards. They answer for every address that no
// other door has.
func (s *Site) Register(mux *http.ServeMux) {
	page := func(pattern string, h server.Handler) { mux.Handle(pattern, s.Handle(h)) }

	page("GET /{$}", s.home)
	page("GET /explore/{$}", counted("catalogue", s.catalog))
	page("GET /explore/dataset/{id}/{$}", s.dataset)
	page("GET /explore/dataset/{id}/information/{$}", counted("information", s.information))
	page("GET /explore/dataset/{id}/table/{$}", counted("table", s.table))
	page("GET /explore/dataset/{id}/export/{$}", counted("export", s.export))
	page("GET /explore/dataset/{id}/api/{$}", counted("api", s.console))
	page("GET /explore/dataset/{id}/record/{record}/{$}", counted("record", s.record))
	page("GET /explore/dataset/{id}/imprint.svg", s.imprint)
	page("GET /stats/{$}", counted("statistics", s.stats))
	page("GET /stats/data.csv", s.statsFile(statsCSV))
	page("GET /stats/data.json", s.statsFile(statsJSON))
	page("GET /stats/dataset/{id}/{$}", counted("statistics", s.statsOf))
	page("GET /stats/dataset/{id}/data.csv", s.statsFile(statsCSV))
	page("GET /stats/dataset/{id}/data.json", s.statsFile(statsJSON))
	page("GET /terms/cookies-policy/{$}", counted("legal", s.policy))
	page("GET /terms/cookies-policy.json", s.policyTwin)
	page("GET /terms/cookies-information/{$}", renamed("/terms/cookies-policy/"))
	page("GET /terms/cookies-information", renamed("/terms/cookies-policy/"))
	page("GET /terms/cookies/{$}", counted("legal", s.choices))
	page("POST /terms/cookies/{$}", s.choose)
	page("GET /terms/cookies", moved("/terms/cookies/"))
	page("GET /terms/cookies/reset", s.reset)
	page("POST /terms/cookies/reset", s.wipe)
	page("GET /terms/audience-measurement", counted("legal", s.audience))
	page("GET /terms/audience-measurement/{$}", moved("/terms/audience-measurement"))
	page("GET /.well-known/gpc.json", s.globalPrivacyControl)
	page("GET /i18n/setlang/{$}", s.setLanguage)
	page("POST /i18n/setlang/{$}", s.setLanguage)
	mux.Handle("GET /assets/", s.Assets)
	mux.Handle("GET /favicon.ico", http.RedirectHandler(s.Assets.URL("mark.svg"), http.StatusFound))
	page("GET /robots.txt", robots)
	page("GET /", s.nowhere)
	page("/", refuse)
}

// home sends to the catalogue, the first page as yet.
func (s *Site) home(w http.ResponseWriter, r *http.Request) error {
	return moved("/explore/")(w, r)
}

// dataset sends to the first tab.
func (s *Site) dataset(w http.ResponseWriter, r *http.Request) error {
	return moved("/explore/dataset/"+url.PathEscape(r.PathValue("id"))+"/information/")(w, r)
}

// moved sends elsewhere for now, and keeps the query.
func moved(to string) server.Handler { return sent(to, http.StatusFound) }

// renamed sends elsewhere for good, and keeps the query.
func renamed(to string) server.Handler { return sent(to, http.StatusMovedPermanently) }

func sent(to string, status int) server.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		target := url.URL{RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, to+target.String(), status)
		return nil
	}
}

// nowhere answers for addresses that are no page.
func (s *Site) nowhere(http.ResponseWriter, *http.Request) error {
	return fault.New(fault.NotFound, "")
}

// robots asks search engines to read the pages, not every filter of every table, nor the machine door.
func robots(w http.ResponseWriter, _ *http.Request) error {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=86400")
	_, err := w.Write([]byte("User-agent: *\nDisallow: /api/\nDisallow: /i18n/\nDisallow: /*?*refine.\nDisallow: /*?*exclude.\nDisallow: /*?*where=\nDisallow: /*?*sort=\nDisallow: /*?*q=\n"))
	return err
}

// refuse answers what is no reading of an address that no form has.
func refuse(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Allow", "GET, HEAD")
	http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
	return nil
}
