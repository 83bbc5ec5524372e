package v2

import (
	"net/url"
	"strconv"
)

// link is a way to another page.
type link struct{ rel, href string }

// appendLinks writes links as a JSON array.
func appendLinks(dst []byte, links []link) []byte {
	dst = append(dst, '[')
	for i, l := range links {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"rel":`...)
		dst = appendText(dst, l.rel)
		dst = append(dst, `,"href":`...)
		dst = appendText(dst, l.href)
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

// catalogURL, datasetURL: where these stand for the outside.
func (c *call) catalogURL() string          { return c.base + root + "/catalog" }
func (c *call) datasetURL(id string) string { return datasetURL(c.base, id) }

func datasetURL(base, id string) string {
	return base + root + "/catalog/datasets/" + url.PathEscape(id)
}

// filesURL gives what stands before the identifiers of the files that rows of a dataset hold.
func filesURL(base, id string) string { return datasetURL(base, id) + "/files/" }

// pageLinks gives the ways from a page of a list: to itself, the first, the last and the next page. The key of
// who asks never stands in them.
func (c *call) pageLinks(address string, limit, offset int, total int64) []link {
	at := func(offset int) string {
		q := url.Values{}
		for name, values := range c.params {
			switch name {
			case "apikey", "access_token", "limit", "offset":
			default:
				q[name] = values
			}
		}
		q.Set("limit", strconv.Itoa(limit))
		q.Set("offset", strconv.Itoa(offset))
		return address + "?" + q.Encode()
	}
	out := []link{{"self", at(offset)}, {"first", at(0)}}
	if limit <= 0 {
		return out
	}
	last := 0
	if total > 0 {
		last = int((total - 1) / int64(limit) * int64(limit))
	}
	out = append(out, link{"last", at(last)})
	if int64(offset+limit) < total {
		out = append(out, link{"next", at(offset + limit)})
	}
	return out
}
