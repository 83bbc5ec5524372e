package v2

import (
	"context"
	"mime"
	"net/http"
	"time"

	"parvis/internal/server"
	"parvis/internal/statistics"
)

// attachments answers …/datasets/{dataset_id}/attachments.
func (a *API) attachments(c *call) error {
	e, err := a.catalog.Find(c.actor, c.PathValue("dataset_id"))
	if err != nil {
		return err
	}
	c.hit.Dataset = e.UID
	t := c.tag(state(e))
	return a.answer(c, t, func(_ context.Context, dst []byte) ([]byte, tag, error) {
		address := c.datasetURL(e.ID)
		dst = append(dst, `{"links":`...)
		dst = appendLinks(dst, []link{{"self", address + "/attachments"}, {"dataset", address}})
		dst = append(dst, `,"attachments":[`...)
		for i, f := range e.Attachments {
			if i > 0 {
				dst = append(dst, ',')
			}
			where := c.attachmentURL(e, f)
			dst = append(dst, `{"href":`...)
			dst = appendText(dst, where)
			dst = append(dst, `,"metas":{"mime-type":`...)
			dst = appendText(dst, f.MIMEType)
			dst = appendText(appendKey(dst, "title"), f.Title)
			dst = appendText(appendKey(dst, "url"), where)
			dst = appendText(appendKey(dst, "id"), f.ID)
			dst = append(dst, "}}"...)
		}
		return append(dst, "]}"...), t, nil
	})
}

// attachment answers …/datasets/{dataset_id}/attachments/{attachment_id} with the file.
func (a *API) attachment(c *call) error {
	e, err := a.catalog.Find(c.actor, c.PathValue("dataset_id"))
	if err != nil {
		return err
	}
	c.hit.Dataset = e.UID
	c.hit.Kind = statistics.Attachment
	f, about, err := a.catalog.Attachment(e, c.PathValue("attachment_id"))
	if err != nil {
		return err
	}
	defer f.Close()
	quoted := `"` + about.File + `"`
	if server.NotModified(c.w, c.Request, quoted) {
		return nil
	}
	h := c.w.Header()
	h.Set("Content-Type", "application/octet-stream")
	if kind, _, err := mime.ParseMediaType(about.MIMEType); err == nil {
		h.Set("Content-Type", mime.FormatMediaType(kind, nil))
	}
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": about.Title}))
	h.Set("ETag", quoted)
	h.Set("Cache-Control", "no-cache")
	http.ServeContent(c.w, c.Request, "", time.Time{}, f)
	return nil
}
