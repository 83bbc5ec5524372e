package maps

import (
	"net/http"

	"parvis/internal/basemap"
	"parvis/internal/fault"
)

// Ground is what lies under the rows.
type Ground struct {
	Kind        string // "" for the built-in one; "xyz" for tiles that are pictures; "wms" for a web map service
	URL         string // of tiles with {z}, {x} and {y}, or of the service
	Layers      string // of a web map service
	Attribution string
}

// groundTile answers with a tile of the built-in ground.
func (s *Maps) groundTile(w http.ResponseWriter, r *http.Request) error {
	z, x, y, err := position(r)
	if err != nil {
		return err
	}
	if z > basemap.MostZoom {
		return fault.New(fault.NotFound, "The base map has no tiles nearer than zoom %d.", basemap.MostZoom)
	}
	text, err := basemap.Tile(z, x, y)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	if r.URL.Query().Get("v") == basemap.Edition() {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	return send(w, r, `"g`+basemap.Edition()+`"`, text)
}
