package data

import (
	"html/template"
	"net/url"
	"strconv"
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
