package front

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"parvis/internal/locale"
	"parvis/internal/web/poster"
)

// posterOf gives the address of the picture that stands for the portal, in the page's language.
func posterOf(v view) string {
	return v.Origin + "/poster.png?" + url.Values{"lang": {v.Tag}}.Encode()
}

// about says what the portal is in a sentence.
func about(p *locale.Printer) string {
	return p.T("Public data, free for everyone to read, reuse and share.")
}

// poster draws the picture that stands for the portal where its first page or its catalogue is shared.
func (s *Site) poster(w http.ResponseWriter, r *http.Request) error {
	v := s.View(w, r, nil, "")
	drawn, ok := s.known.Get("poster/" + v.Tag)
	if !ok {
		c := poster.Poster{Portal: []string{v.T("Open data")}, Title: v.Portal(), Facts: about(v.Printer), Left: v.Dir == "rtl"}
		text, err := c.PNG()
		if err != nil {
			return fmt.Errorf("poster of the portal: %w", err)
		}
		drawn = text
		s.known.Add("poster/"+v.Tag, drawn)
	}
	picture, _ := drawn.([]byte)
	h := w.Header()
	h.Set("Content-Type", "image/png")
	h.Set("Content-Length", strconv.Itoa(len(picture)))
	h.Set("Cache-Control", "public, max-age=86400")
	_, err := w.Write(picture)
	return err
}
