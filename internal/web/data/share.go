package data

import (
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"
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
	if !found || len(parts) != 2 || !slices.Contains([]string{"table", "map", "analyze", "calendar"}, parts[1]) {
		return "", "", nil, false
	}
	if id, err = url.PathUnescape(parts[0]); err != nil || id == "" {
		return "", "", nil, false
	}
	return id, parts[1], u.Query(), true
}
