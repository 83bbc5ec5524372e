package front

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parvis/internal/locale"
)

// view is what every page has: its language, its address, the portal's name. Pages embed it, so that templates
// translate with {{.T "…"}}.
type view struct {
	*locale.Printer
	Title string // of the page, before the portal's name in the browser's tab
	Here  string // the entry of the main menu that is open: "data" or ""
	About string // the page in a sentence, for search engines

	site   *Site
	asked  string // the language that the address asks for; kept in every link, since nothing is stored
	path   string
	query  url.Values
	origin string
}

func (s *Site) view(r *http.Request, title func(*locale.Printer) string, here string) view {
	query := r.URL.Query()
	asked := query.Get("lang")
	if asked == "" {
		asked = query.Get("flg")
	}
	p := s.o.Locales.Negotiate(asked, "", r.Header.Get("Accept-Language"))
	v := view{Printer: p, Here: here, site: s, path: r.URL.Path, query: query, origin: s.o.URL}
	if asked != "" {
		v.asked = p.Tag
	}
	if v.origin == "" {
		v.origin = "http://" + r.Host
		if r.TLS != nil {
			v.origin = "https://" + r.Host
		}
	}
	if title != nil {
		v.Title = title(p)
	}
	return v
}

// Href gives the address of a page of the portal, with the language that was asked for.
func (v view) Href(path string) string { return v.link(path, nil) }

// link gives the address of a page with a query; the language that was asked for stays.
func (v view) link(path string, query url.Values) string {
	q := url.Values{}
	for name, values := range query {
		q[name] = values
	}
	if v.asked != "" {
		q.Set("lang", v.asked)
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// Asked gives the language to keep in forms, "" where none was asked for.
func (v view) Asked() string { return v.asked }

// Asset gives the address of a style sheet, font or picture.
func (v view) Asset(name string) string { return v.site.assets.URL(name) }

// Portal gives the portal's name.
func (v view) Portal() string { return v.site.o.Title }

// Brand gives the portal's name in one or two lines.
func (v view) Brand() []string {
	return strings.SplitN(v.site.o.Title, " — ", 2)
}

// Origin gives the portal's public address.
func (v view) Origin() string { return v.origin }

// choice is a link among others, one of which is chosen.
type choice struct {
	Label string
	Href  string
	On    bool
	Tag   string // of a language
}

// Languages gives the same page in each language.
func (v view) Languages() []choice {
	var out []choice
	for _, l := range v.site.o.Locales.Languages() {
		q := url.Values{}
		for name, values := range v.query {
			if name != "flg" {
				q[name] = values
			}
		}
		q.Set("lang", l.Tag)
		out = append(out, choice{l.Name, v.path + "?" + q.Encode(), l.Tag == v.Tag, l.Tag})
	}
	return out
}

// Canonical gives the page's own public address: without filters and sorts, which show the same in other ways.
func (v view) Canonical() string {
	q := url.Values{}
	if page := number(v.query.Get("page")); page > 1 {
		q.Set("page", strconv.FormatInt(page, 10))
	}
	return v.origin + v.link((&url.URL{Path: v.path}).EscapedPath(), q)
}

// Alternate gives the page's public address in a language, "" is that of no language in particular.
func (v view) Alternate(tag string) string {
	address := v.origin + (&url.URL{Path: v.path}).EscapedPath()
	if tag != "" {
		address += "?lang=" + tag
	}
	return address
}

// pair is a hidden field of a form.
type pair struct{ Name, Value string }

// pairs gives the parts of a query that a form keeps, in one order whatever the query's.
func pairs(query url.Values, keep func(name string) bool) []pair {
	var out []pair
	for _, name := range slices.Sorted(maps.Keys(query)) {
		for _, value := range query[name] {
			if value != "" && keep(name) {
				out = append(out, pair{name, value})
			}
		}
	}
	return out
}

// pager is the row of page links under a list.
type pager struct {
	Pages          []pageLink
	Previous, Next string // addresses, "" at an end
}

// pageLink is one page; Number 0 is a gap.
type pageLink struct {
	Number int64
	Href   string
	On     bool
}

// paginate gives the links around a page: first, last, and two on either side.
func paginate(page, pages int64, href func(page int64) string) *pager {
	if pages <= 1 {
		return nil
	}
	p := &pager{}
	if page > 1 {
		p.Previous = href(page - 1)
	}
	if page < pages {
		p.Next = href(page + 1)
	}
	last := int64(0)
	for n := int64(1); n <= pages; n++ {
		if n > 1 && n < page-2 {
			n = page - 2
		}
		if n > page+2 && n < pages {
			n = pages
		}
		if n > last+1 {
			p.Pages = append(p.Pages, pageLink{})
		}
		p.Pages = append(p.Pages, pageLink{n, href(n), n == page})
		last = n
	}
	return p
}
