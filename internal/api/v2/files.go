package v2

import (
	"mime"
	"net/http"
	"strings"
	"time"

	"parvis/internal/server"
	"parvis/internal/statistics"
)

// drawingPolicy lets a drawing be what it is, and do nothing.
const drawingPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

// file answers …/datasets/{dataset_id}/files/{file_id} with a file that rows hold. Browsers show pictures and play what is to be played; all else, which
// may be a page with scripts, they keep.
func (a *API) file(c *call) error {
	e, about, err := a.explorer.File(c.Context(), c.actor, c.PathValue("dataset_id"), c.PathValue("file_id"))
	if err != nil {
		return err
	}
	c.hit.Dataset, c.hit.Kind = e.UID, statistics.Attachment
	quoted := `"` + about.ID + `"`
	if server.NotModified(c.w, c.Request, quoted) {
		return nil
	}
	f, err := a.catalog.File(e, about.ID)
	if err != nil {
		return err
	}
	defer f.Close()
	kind, disposition := about.MIMEType, "attachment"
	if class, _, _ := strings.Cut(kind, "/"); class == "image" || class == "audio" || class == "video" {
		disposition = "inline"
	}
	if kind == "" {
		kind = "application/octet-stream"
	}
	h := c.w.Header()
	if strings.HasPrefix(kind, "image/svg") {
		h.Set("Content-Security-Policy", drawingPolicy)
	}
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": about.Filename}))
	server.Unchanging(h, quoted, c.actor)
	http.ServeContent(c.w, c.Request, "", time.Time{}, f)
	return nil
}
