package data

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parvis/internal/fault"
	"parvis/internal/web/page"
)

// Sharing is how a view of a dataset is shared.
type Sharing struct {
	Label   string // what Address leads to
	Address string // of this very view, in the reader's language
	Code    string // HTML that shows it in another page
}

// Share gives the address of a tab with the parameters v, and the code of a frame of so many pixels' height that shows it
// under a title. v is given the language.
func (p Page) Share(tab, label, title string, height int, v url.Values) Sharing {
	v.Set("lang", p.Tag)
	query := "?" + v.Encode()
	return Sharing{
		Label: label, Address: p.Origin + Address(p.ID, tab) + query,
		Code: `<iframe src="` + template.HTMLEscapeString(p.Origin+EmbedAddress(p.ID, tab)+query) + `" width="100%" height="` + strconv.Itoa(height) +
			`" loading="lazy" title="` + template.HTMLEscapeString(title) + `"></iframe>`,
	}
}

// ViewOf reads the address of a view of a dataset: its identifier, its tab, and the query. ok is false for anything else.
func ViewOf(address string) (id, tab string, query url.Values, ok bool) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return "", "", nil, false
	}
	_, rest, found := strings.Cut(u.EscapedPath(), "/dataset/")
	parts := strings.Split(strings.TrimSuffix(rest, "/"), "/")
	if !found || len(parts) != 2 || !slices.Contains([]string{"table", "map", "analyze", "calendar", "images"}, parts[1]) {
		return "", "", nil, false
	}
	if id, err = url.PathUnescape(parts[0]); err != nil || id == "" {
		return "", "", nil, false
	}
	return id, parts[1], u.Query(), true
}

// IDOf gives the identifier of a dataset from itself or from the address of one of its pages.
func IDOf(said string) string {
	said = strings.TrimSpace(said)
	if _, rest, ok := strings.Cut(said, "/dataset/"); ok {
		said, _, _ = strings.Cut(rest, "/")
	}
	said, _, _ = strings.Cut(said, "?")
	if plain, err := url.PathUnescape(said); err == nil {
		return plain
	}
	return said
}

// Layer is a view of a dataset that becomes a part of something made of several.
type Layer struct {
	Of    string // its address
	Label string // what it is called; "": as it calls itself
}

// Asked makes the request of a layer: that of the page of its address, in the language of v, as if who sent r had asked for
// it. Kind Invalid: it is no address of the tab.
func (l Layer) Asked(r *http.Request, v page.View, tab string) (*http.Request, error) {
	id, of, query, ok := ViewOf(l.Of)
	if !ok || of != tab {
		return nil, fault.New(fault.Invalid, "This is no address of the tab %s of a dataset: %.200s", tab, l.Of)
	}
	query.Set("lang", v.Tag)
	asked := r.Clone(r.Context())
	asked.URL = &url.URL{Path: Address(id, tab), RawQuery: query.Encode()}
	asked.SetPathValue("id", id)
	return asked, nil
}

// Withheld tells whether a part of a page failed in a way that leaves the rest worth showing: it is not there for who asks,
// means nothing, or took too long.
func Withheld(err error) bool {
	return slices.Contains([]fault.Kind{fault.NotFound, fault.Forbidden, fault.Invalid, fault.Unavailable}, fault.KindOf(err))
}
