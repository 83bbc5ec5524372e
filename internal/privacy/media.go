package privacy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Medium is something of a third party that a publisher put into a text: a video, a picture, a page.
type Medium struct {
	Key      string // names the medium within its page, 8 hexadecimal digits
	Service  string // ID of the service that plays it and is on; "" where nothing plays it here
	Provider string // who would be contacted: the name of a service, else a host
	Kind     string // "video", "picture" or "page"
	Title    string // as the publisher wrote it; may be ""
	Address  string // of the original, for a plain link: http or https
	Frame    string // address of the player; "" where Service is
}

// The places of media in a marked text: a number between two characters that no text has any business with.
const (
	markOpen  = '\ue0f0'
	markClose = '\ue0f1'
)

var markForm = regexp.MustCompile(string(markOpen) + `([0-9]{1,4})` + string(markClose))

// mostMedia is how many media one text may hold; further ones vanish.
const mostMedia = 100

// bareVideo finds addresses in running text that could be of a video.
var bareVideo = regexp.MustCompile(`https?://[^\s<>"']+`)

// Media takes everything out of a publisher's HTML that a browser would load from elsewhere, and the bare addresses
// of videos. The marked text holds a mark in each place; it is as trustworthy as before, and still to be sanitised.
// Fill then puts something into the places.
func (r *Registry) Media(text string) (marked string, media []Medium) {
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(text), body)
	if err != nil { // nested too deep: nothing a person wrote
		return "", nil
	}
	f := &finder{r: r}
	for _, n := range nodes {
		body.AppendChild(n)
	}
	for n := range body.Descendants() {
		unmark(n)
	}
	f.walk(body, nil)
	var b strings.Builder
	for n := body.FirstChild; n != nil; n = n.NextSibling {
		if err := html.Render(&b, n); err != nil {
			return "", nil
		}
	}
	return b.String(), f.media
}

// unmark takes marks away that the publisher wrote, in whatever disguise: the tree has them in the open.
func unmark(n *html.Node) {
	clean := func(s string) string {
		return strings.Map(func(c rune) rune {
			if c == markOpen || c == markClose {
				return -1
			}
			return c
		}, s)
	}
	n.Data = clean(n.Data)
	for i := range n.Attr {
		n.Attr[i].Val = clean(n.Attr[i].Val)
	}
}

// Unmark takes the marks out of a text, and gives them apart.
func Unmark(text string) (plain, marks string) {
	return markForm.ReplaceAllString(text, ""), strings.Join(markForm.FindAllString(text, -1), "")
}

// Fill replaces the marks of a text, once it was sanitised, by what show writes for the medium of that number.
func Fill(sanitised string, show func(i int) string) string {
	return markForm.ReplaceAllStringFunc(sanitised, func(m string) string {
		i, err := strconv.Atoi(m[len(string(markOpen)) : len(m)-len(string(markClose))])
		if err != nil {
			return ""
		}
		return show(i)
	})
}

// finder walks a tree and collects its media.
type finder struct {
	r     *Registry
	media []Medium
}

// walk goes through the children of n. Within a link, marks go behind it: a placeholder holds links of its own.
func (f *finder) walk(n, link *html.Node) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		switch {
		case c.Type == html.TextNode && link == nil:
			f.bare(n, c)
		case c.Type != html.ElementNode:
		case sources(c) != nil:
			for _, src := range sources(c) {
				f.mark(n, c, link, src, c)
			}
			n.RemoveChild(c)
		case c.DataAtom == atom.A && link == nil:
			f.walk(c, c)
		default:
			f.walk(c, link)
		}
		c = next
	}
}

// sources gives what an element would load, nil for an element that loads nothing. Among several sources of the same
// thing the first is enough.
func sources(n *html.Node) []string {
	names := map[atom.Atom][]string{
		atom.Iframe: {"src"}, atom.Img: {"src", "srcset"}, atom.Video: {"src", "poster"}, atom.Audio: {"src"},
		atom.Embed: {"src"}, atom.Object: {"data"}, atom.Source: {"src", "srcset"}, atom.Track: {"src"}, atom.Frame: {"src"},
	}[n.DataAtom]
	if names == nil {
		return nil
	}
	for _, name := range names {
		if v := attribute(n, name); v != "" {
			first, _, _ := strings.Cut(strings.TrimSpace(v), " ")
			return []string{first}
		}
	}
	for c := range n.Descendants() {
		if s := sources(c); c.Type == html.ElementNode && len(s) > 0 {
			return s
		}
	}
	return []string{}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Namespace == "" && a.Key == name {
			return a.Val
		}
	}
	return ""
}

// mark puts the mark of a medium before the node at, or behind the link that holds it.
func (f *finder) mark(parent, at, link *html.Node, src string, n *html.Node) {
	m, ok := f.r.medium(src, n.DataAtom)
	if !ok || len(f.media) >= mostMedia {
		return
	}
	for _, name := range []string{"title", "alt", "aria-label"} {
		if m.Title == "" {
			m.Title = strings.Join(strings.Fields(attribute(n, name)), " ")
		}
	}
	text := &html.Node{Type: html.TextNode, Data: f.add(m)}
	if link != nil {
		link.Parent.InsertBefore(text, link.NextSibling)
		return
	}
	parent.InsertBefore(text, at)
}

// add notes a medium and gives its mark.
func (f *finder) add(m Medium) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", len(f.media), m.Address))
	m.Key = hex.EncodeToString(sum[:4])
	f.media = append(f.media, m)
	return string(markOpen) + strconv.Itoa(len(f.media)-1) + string(markClose)
}

// bare replaces the addresses of videos in running text.
func (f *finder) bare(parent, text *html.Node) {
	if slices.Contains([]atom.Atom{atom.Script, atom.Style, atom.Pre, atom.Code, atom.Textarea}, parent.DataAtom) {
		return
	}
	text.Data = bareVideo.ReplaceAllStringFunc(text.Data, func(found string) string {
		address := strings.TrimRight(found, ".,;:!?)]»”")
		m, ok := f.r.medium(address, atom.A)
		if !ok || m.Kind != "video" || len(f.media) >= mostMedia {
			return found
		}
		return f.add(m) + found[len(address):]
	})
}

// medium tells what stands at an address; it is not ok where nothing of another host would be loaded.
func (r *Registry) medium(src string, element atom.Atom) (Medium, bool) {
	if strings.HasPrefix(src, "//") {
		src = "https:" + src
	}
	u, err := url.Parse(strings.TrimSpace(src))
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil {
		return Medium{}, false
	}
	u.Host = strings.ToLower(u.Host)
	m := Medium{Provider: u.Hostname(), Kind: "page", Address: u.String()}
	switch element {
	case atom.Img:
		m.Kind = "picture"
		return m, true
	case atom.Video, atom.Audio, atom.Source, atom.Track:
		m.Kind = "video"
		return m, true
	}
	for _, s := range Known() {
		id, ok := s.find(u)
		if !ok {
			continue
		}
		m.Kind, m.Provider = "video", s.Name
		if slices.ContainsFunc(r.services, func(on Service) bool { return on.ID == s.ID }) {
			m.Service, m.Frame = s.ID, s.frame+id+s.after
		}
	}
	return m, true
}
