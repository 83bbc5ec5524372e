package tabs

import (
	"fmt"
	"net/http"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/server"
	"parvis/internal/web/data"
	"parvis/internal/web/portrait"
)

// imprint draws the picture of a dataset from its rows.
func (s *Tabs) imprint(w http.ResponseWriter, r *http.Request) error {
	actor, err := s.Server.Actor(w, r)
	if err != nil {
		return err
	}
	e, visible, err := s.Portal.Dataset(r.Context(), actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	if !visible || !e.HasRecords() {
		return fault.New(fault.NotFound, "The dataset %s has no rows to draw.", e.ID)
	}
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	if q := r.URL.Query().Get("v"); q == data.Edition(e) && e.Public() {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	dark := r.URL.Query().Has("dark")
	if !e.Public() {
		h.Set("Cache-Control", "private, no-cache")
	}
	tag := fmt.Sprintf(`"%s-%s-%t"`, e.UID, data.Edition(e), dark)
	h.Set("ETag", tag)
	if server.NotModified(w, r, tag) {
		return nil
	}
	seen, err := s.portrait(r, actor, e)
	if err != nil {
		return fmt.Errorf("imprint of %s: %w", e.UID, err)
	}
	h.Set("Content-Type", "image/svg+xml")
	_, err = w.Write(seen.Imprint(dark))
	return err
}

// portrait looks at a dataset's rows, once for each version and each who is shown the same of it.
func (s *Tabs) portrait(r *http.Request, actor account.Actor, e *catalog.Entry) (*portrait.Portrait, error) {
	key := e.UID + "/" + data.Edition(e)
	if p, ok := s.portraits.Get(key); ok {
		return p, nil
	}
	s.drawing.Lock()
	defer s.drawing.Unlock()
	if p, ok := s.portraits.Get(key); ok {
		return p, nil
	}
	var p *portrait.Portrait
	err := s.Portal.Sample(r.Context(), actor, e.ID, portrait.Most+1, func(columns []dataset.Column, b *dataset.Batch) {
		if p == nil {
			p = portrait.New(columns)
		}
		p.Take(b)
	})
	if err != nil {
		return nil, err
	}
	if p == nil { // a version without rows
		p = portrait.New(nil)
	}
	p.Finish()
	s.portraits.Add(key, p)
	return p, nil
}
