package machine

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http"

	"parvis/internal/account"
	"parvis/internal/odsql"
	"parvis/internal/web/data"
)

// sitemap lists the pages that search engines may show, in all languages: those of datasets that everybody may see.
func (s *Machine) sitemap(w http.ResponseWriter, r *http.Request) error {
	type alternate struct {
		XMLName xml.Name `xml:"xhtml:link"`
		Rel     string   `xml:"rel,attr"`
		Lang    string   `xml:"hreflang,attr"`
		Href    string   `xml:"href,attr"`
	}
	type place struct {
		Loc        string `xml:"loc"`
		Changed    string `xml:"lastmod,omitempty"`
		Alternates []alternate
	}
	type places struct {
		XMLName xml.Name `xml:"urlset"`
		XMLNS   string   `xml:"xmlns,attr"`
		XHTML   string   `xml:"xmlns:xhtml,attr"`
		URLs    []place  `xml:"url"`
	}
	v := s.View(w, r, nil, "")
	limit := 10_000 // of 50,000 addresses that a site map may hold, in a file that stays small enough
	entries, _, err := s.Portal.Datasets(r.Context(), account.Anonymous, odsql.Question{Limit: &limit, OrderBy: "modified desc"})
	if err != nil {
		return fmt.Errorf("site map: %w", err)
	}
	out := places{XMLNS: "http://www.sitemaps.org/schemas/sitemap/0.9", XHTML: "http://www.w3.org/1999/xhtml"}
	add := func(path, changed string) {
		one := place{Loc: v.Origin + path, Changed: changed}
		for _, l := range v.Languages() {
			one.Alternates = append(one.Alternates, alternate{Rel: "alternate", Lang: l.Tag, Href: v.Origin + path + "?lang=" + l.Tag})
		}
		out.URLs = append(out.URLs, one)
	}
	add("/", "")
	add("/explore/", "")
	add("/reuses/", "")
	for _, e := range entries {
		if e.Public() {
			add(data.Address(e.ID, "information"), stamp(changed(e)))
		}
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(out); err != nil {
		return fmt.Errorf("site map: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "application/xml; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=3600")
	_, err = w.Write(b.Bytes())
	return err
}
