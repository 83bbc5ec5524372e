package machine

import (
	"context"
	"net/http"
	"net/url"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/server"
	"parvis/internal/web/data"
)

// Options are the parts of a Machine.
type Options struct {
	Frame    *data.Frame
	Versions func(ctx context.Context, id string) ([]dataset.Version, error) // of a dataset that who asks may see, the newest first
}

// Machine is the door for feeds, site maps and old addresses.
type Machine struct {
	*data.Frame
	versions func(ctx context.Context, id string) ([]dataset.Version, error)
}

// New makes a Machine.
func New(o Options) *Machine { return &Machine{Frame: o.Frame, versions: o.Versions} }

// Register adds it to a mux whose answers page.Frame guards.
func (s *Machine) Register(mux *http.ServeMux) {
	page := func(pattern string, h server.Handler) { mux.Handle(pattern, s.Handle(h)) }

	page("GET /explore/feed.atom", s.catalogueFeed)
	page("GET /explore/dataset/{id}/feed.atom", s.datasetFeed)
	page("GET /sitemap.xml", s.sitemap)

	// Addresses that portals have on Opendatasoft, and that stand in pages all over the web.
	page("GET /explore/dataset/{id}/analyse/{$}", renamed("analyze"))
	page("GET /explore/dataset/{id}/custom/{$}", renamed("information"))
	page("GET /explore/embed/dataset/{id}/{$}", first)
	page("GET /explore/dataset/{id}/download/{$}", download)
	page("GET /explore/dataset/{id}/files/{file}/download/{$}", file)
	page("GET /explore/dataset/{id}/images/{file}/download/{$}", file)
}

// renamed sends to a tab of the dataset for good.
func renamed(tab string) server.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return server.Renamed(data.Address(r.PathValue("id"), tab))(w, r)
	}
}

// first sends an embed of no tab in particular to the table.
func first(w http.ResponseWriter, r *http.Request) error {
	return server.Moved(data.EmbedAddress(r.PathValue("id"), "table"))(w, r)
}

// download sends an old address of a file of all rows, ?format=csv, to the export of the Explore API, with the filter
// in its words.
func download(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	format := q.Get("format")
	if format == "" {
		format = "csv"
	}
	f, err := data.ReadFilter(q)
	if err != nil {
		return err
	}
	v := f.API()
	if q.Get("use_labels_for_header") == "true" {
		v.Set("use_labels", "true")
	}
	http.Redirect(w, r, data.APIURL(r.PathValue("id"), "exports/"+url.PathEscape(format), v), http.StatusMovedPermanently)
	return nil
}

// file sends to a file that goes with a dataset, or that its rows hold.
func file(w http.ResponseWriter, r *http.Request) error {
	if r.PathValue("file") == "" {
		return fault.New(fault.NotFound, "")
	}
	what := "attachments/"
	if dataset.IsFileID(r.PathValue("file")) {
		what = "files/"
	}
	http.Redirect(w, r, data.APIURL(r.PathValue("id"), what+url.PathEscape(r.PathValue("file")), nil), http.StatusMovedPermanently)
	return nil
}
