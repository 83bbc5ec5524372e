package v2

import "net/http"

// root is the path under which the whole version stands.
const root = "/api/explore/v2.1"

// routes lists every path of the door, below root unless it begins with a slash twice; each is answered with and
// without a slash at its end.
func (a *API) routes() []route {
	return []route{
		{"", a.root, "root"},
		{"/swagger.json", a.description, "swagger"},
		{"/catalog", a.source, "catalog"},
		{"/catalog/datasets", a.datasets, "datasets"},
		{"/catalog/exports", a.catalogFormats, "catalog-exports"},
		{"/catalog/exports/{format}", a.catalogExport, "catalog-export"},
		{"/catalog/facets", a.catalogFacets, "catalog-facets"},
		{"/catalog/datasets/{dataset_id}", a.dataset, "dataset"},
		{"/catalog/datasets/{dataset_id}/records", a.records, "records"},
		{"/catalog/datasets/{dataset_id}/records/{record_id}", a.record, "record"},
		{"/catalog/datasets/{dataset_id}/exports", a.formats, "exports"},
		{"/catalog/datasets/{dataset_id}/exports/{format}", a.export, "export"},
		{"/catalog/datasets/{dataset_id}/facets", a.facets, "facets"},
		{"/catalog/datasets/{dataset_id}/attachments", a.attachments, "attachments"},
		{"/catalog/datasets/{dataset_id}/attachments/{attachment_id}", a.attachment, "attachment"},
		{"/catalog/datasets/{dataset_id}/files/{file_id}", a.file, "file"},
	}
}

type route struct {
	path    string
	handler handler
	counted string // under which name calls are counted
}

// Register puts the door's routes on a mux.
func (a *API) Register(mux *http.ServeMux) {
	for _, r := range a.routes() {
		h := a.handle(r.counted, r.handler)
		mux.Handle("GET "+root+r.path+"/{$}", h)
		mux.Handle("GET "+root+r.path, h)
	}
	mux.Handle("GET /api/explore/{$}", a.handle("versions", a.versions))
	mux.Handle("OPTIONS /api/explore/", http.HandlerFunc(a.preflight))
	mux.Handle("/api/explore/", a.handle("none", a.nothing))
}

// nothing answers for every path and method that no other route does.
func (a *API) nothing(c *call) error {
	if c.Method != http.MethodGet && c.Method != http.MethodHead {
		c.w.Header().Set("Allow", "GET, HEAD, OPTIONS")
		c.w.Header().Set("Connection", "close") // nobody reads a body that was sent
		c.w.Header().Set("Content-Type", jsonType)
		c.w.WriteHeader(http.StatusMethodNotAllowed)
		_, err := c.w.Write([]byte(`{"error_code":"MethodNotAllowed","message":"Only GET and HEAD are supported."}` + "\n"))
		return err
	}
	return noURI()
}
