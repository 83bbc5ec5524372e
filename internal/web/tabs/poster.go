package tabs

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"parvis/internal/fault"
	"parvis/internal/server"
	"parvis/internal/web/data"
	"parvis/internal/web/portrait"
	"parvis/internal/web/poster"
)

// poster draws the picture that stands for a dataset where its page is shared, in the language of
// its address.
func (s *Tabs) poster(w http.ResponseWriter, r *http.Request) error {
	actor, err := s.Server.Actor(w, r)
	if err != nil {
		return err
	}
	e, visible, err := s.Portal.Dataset(r.Context(), actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	v := s.View(w, r, nil, "")
	key := e.UID + "/" + data.Edition(e) + "/" + strconv.FormatInt(e.Revision, 36) + "/" + v.Tag
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=3600")
	if !e.Public() {
		h.Set("Cache-Control", "private, no-cache")
	}
	tag := fmt.Sprintf("%q", key)
	h.Set("ETag", tag)
	if server.NotModified(w, r, tag) {
		return nil
	}
	picture, ok := s.posters.Get(key)
	if !ok {
		c := poster.Poster{Portal: v.Brand(), Title: e.TitleIn(v.Wish()).Text, Left: v.Dir == "rtl"}
		var facts []string
		if publisher := e.Metas.Text("default", "publisher"); publisher != "" {
			facts = append(facts, publisher)
		}
		if visible && e.HasRecords() {
			if e.Access.AllRows() {
				facts = append(facts, v.N("{n} record", "{n} records", e.Rows()))
			}
			seen, err := s.portrait(r, actor, e)
			switch {
			case err == nil:
				c.Draw = func(pen portrait.Pen) { seen.Draw(pen, false) }
			case fault.KindOf(err) != fault.Unavailable: // it took too long: a poster without a drawing will do
				return fmt.Errorf("poster of %s: %w", e.UID, err)
			}
		}
		if t, ok := data.Moment(e.Metas.Text("default", "modified")); ok {
			facts = append(facts, v.Date(t))
		}
		between := " · "
		if c.Left {
			between = "\u200f · \u200f" // figures beside it stay with their words
		}
		c.Facts = strings.Join(facts, between)
		if picture, err = c.PNG(); err != nil {
			return fmt.Errorf("poster of %s: %w", e.UID, err)
		}
		s.posters.Add(key, picture)
	}
	h.Set("Content-Type", "image/png")
	h.Set("Content-Length", strconv.Itoa(len(picture)))
	_, err = w.Write(picture)
	return err
}
