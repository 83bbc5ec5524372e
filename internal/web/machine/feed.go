package machine

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"parvis/internal/catalog"
	"parvis/internal/server"
	"parvis/internal/web/data"
)

// feed is an Atom feed, RFC 4287.
type feed struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string   `xml:"xml:lang,attr"`
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Author  author   `xml:"author"`
	Links   []link   `xml:"link"`
	Entries []entry  `xml:"entry"`
}

type author struct {
	Name string `xml:"name"`
}

type link struct {
	Rel  string `xml:"rel,attr,omitempty"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type entry struct {
	ID         string     `xml:"id"`
	Title      string     `xml:"title"`
	Updated    string     `xml:"updated"`
	Links      []link     `xml:"link"`
	Summary    string     `xml:"summary,omitempty"`
	Categories []category `xml:"category"`
}

type category struct {
	Term string `xml:"term,attr"`
}

// mostEntries is how many entries a feed holds.
const mostEntries = 50

// catalogueFeed tells of the datasets that a filter of the catalogue finds, the last changed first.
func (s *Machine) catalogueFeed(w http.ResponseWriter, r *http.Request) error {
	actor, err := s.Server.Actor(w, r)
	if err != nil {
		return err
	}
	v := s.View(w, r, nil, "")
	f, err := data.ReadFilter(v.Params)
	if err != nil {
		return err
	}
	limit := mostEntries
	q := f.Question()
	q.OrderBy, q.Limit, q.Lang = "modified desc", &limit, v.Rules
	entries, _, err := s.Portal.Datasets(r.Context(), actor, q)
	if err != nil {
		return fmt.Errorf("feed of the catalogue: %w", err)
	}
	title := v.Portal()
	if f.Words != "" {
		title += " – " + v.T("“{text}”", "text", f.Words)
	}
	self := v.Origin + v.Link("/explore/feed.atom", f.Values())
	out := feed{Lang: v.Tag, ID: self, Title: title, Author: author{v.Portal()}, Links: []link{
		{"self", "application/atom+xml", self}, {"alternate", "text/html", v.Origin + v.Link("/explore/", f.Values())}}}
	for _, e := range entries {
		one := entry{ID: "urn:parvis:" + e.UID, Title: e.TitleIn(v.Wish()).Text, Updated: stamp(changed(e)),
			Links: []link{{"alternate", "text/html", v.Origin + v.Href(data.Address(e.ID, "information"))}}}
		one.Summary, _ = s.Lede(e.DescriptionIn(v.Wish()).Text)
		for _, theme := range e.Metas.Texts("default", "theme") {
			one.Categories = append(one.Categories, category{theme})
		}
		out.Entries = append(out.Entries, one)
	}
	return write(w, r, out)
}

// changed gives when a dataset was last changed: its description says, or its version.
func changed(e *catalog.Entry) time.Time {
	if t, ok := data.Moment(e.Metas.Text("default", "modified")); ok {
		return t
	}
	if e.Version != nil {
		return e.Version.Time
	}
	return time.Time{}
}

// datasetFeed tells of the versions of a dataset.
func (s *Machine) datasetFeed(w http.ResponseWriter, r *http.Request) error {
	p, err := s.Open(w, r, "information")
	if err != nil {
		return err
	}
	self := p.Origin + p.Href(data.FileAddress(p.ID, "feed.atom"))
	page := p.Origin + p.Href(data.Address(p.ID, "information"))
	out := feed{Lang: p.Tag, ID: "urn:parvis:" + p.Entry.UID, Title: p.Name, Author: author{p.Portal()}, Links: []link{
		{"self", "application/atom+xml", self}, {"alternate", "text/html", page}}}
	if name := p.Entry.Metas.Text("default", "publisher"); name != "" {
		out.Author.Name = name
	}
	versions, err := s.versions(r.Context(), p.ID)
	if err != nil {
		return fmt.Errorf("versions of %s: %w", p.Entry.UID, err)
	}
	for _, v := range versions[:min(len(versions), mostEntries)] {
		one := entry{ID: "urn:parvis:" + p.Entry.UID + ":" + strconv.Itoa(v.Number), Title: p.T("{name}, version {n}", "name", p.Name, "n", v.Number),
			Updated: stamp(v.Time), Links: []link{{"alternate", "text/html", page}}}
		if p.Entry.Access.Data && p.Entry.Access.AllRows() { // else the number tells how many are withheld
			one.Summary = p.N("{n} row", "{n} rows", v.Rows)
		}
		out.Entries = append(out.Entries, one)
	}
	if len(out.Entries) == 0 {
		out.Updated = stamp(changed(p.Entry))
	}
	return write(w, r, out)
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// write answers with a feed.
func write(w http.ResponseWriter, r *http.Request, f feed) error {
	for _, e := range f.Entries {
		f.Updated = max(f.Updated, e.Updated)
	}
	if f.Updated == "" {
		f.Updated = stamp(time.Unix(0, 0))
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(f); err != nil {
		return fmt.Errorf("feed: %w", err)
	}
	sum := sha256.Sum256(b.Bytes())
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "private, no-cache")
	h.Add("Vary", "Accept-Language, Cookie")
	if server.NotModified(w, r, tag) {
		return nil
	}
	h.Set("Content-Type", "application/atom+xml; charset=utf-8")
	_, err := w.Write(b.Bytes())
	return err
}
