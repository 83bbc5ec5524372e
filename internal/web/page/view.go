package page

import (
	"cmp"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parvis/internal/account"
	"parvis/internal/dataset"
	"parvis/internal/locale"
	"parvis/internal/privacy"
	"parvis/internal/server"
)

// View is what every page has: its language, its address, the portal's name, who looks at it. Pages embed it, so that
// templates translate with {{.T "…"}}.
type View struct {
	*locale.Printer
	Title    string   // of the page, before the portal's name in the browser's tab
	Here     string   // the entry of the main menu that is open: "data", "back" or ""
	About    string   // the page in a sentence, for search engines; "": they are asked to leave it out
	Style    string   // style sheets of its own beside the common one, by their plain names, parted by spaces; "" for none
	Script   string   // scripts of its own beside the common one, by their plain names, parted by spaces; "" for none
	Feeds    []Choice // what can be followed: labels and addresses of Atom feeds
	Card     string   // address of the picture that shows the page where it is shared, "" for none
	Thing    any      // the page as a thing of schema.org, a value that encoding/json writes; nil for none
	Embedded bool     // it is shown within a page of somebody else: bare, without a menu, and nothing is stored for it
	Framed   bool     // it shows other pages of the portal in frames
	Live     bool     // it shows the moment of its making, as how long something took: it is not kept to be compared
	Refresh  int      // seconds after which a browser without scripts asks again; 0: never
	Said     string   // what has just been done, told at the top; "" for nothing

	Params url.Values // the address' query
	Path   string
	Origin string // the portal's public address

	frame   *Frame
	asked   string // the language that the address asks for, kept in every link
	visitor *server.Visitor
	choices privacy.Choices
	w       http.ResponseWriter
	r       *http.Request
	token   string   // what forms send back; "" until one asks for it
	menu    []Choice // nil until one asks for it
}

// Styles gives the style sheets beside the common one.
func (v View) Styles() []string { return strings.Fields(v.Style) }

// Scripts gives the scripts beside the common one that have been bundled.
func (v View) Scripts() []string {
	return slices.DeleteFunc(strings.Fields(v.Script), func(name string) bool { return v.Asset(name) == "" })
}

// base lets Render see the frame of a page, whatever page it is.
func (v *View) base() *View { return v }

// View begins a page; title may be nil and set later. A visitor whose key is not good is taken for nobody here: the
// page that needs to know asks Server.Visitor itself.
func (f *Frame) View(w http.ResponseWriter, r *http.Request, title func(*locale.Printer) string, here string) View {
	query := r.URL.Query()
	asked := query.Get("lang")
	if asked == "" {
		asked = query.Get("flg")
	}
	visitor, err := f.Server.Visitor(w, r)
	if err != nil {
		visitor = &server.Visitor{}
	}
	chosen, _ := f.Privacy.Read(r, privacy.Language)
	if person := visitor.Actor.Person; f.Locales.Wish(chosen) == nil && person != nil {
		chosen = person.Language // what they told the portal, on every machine
	}
	p := f.Locales.Negotiate(asked, chosen, r.Header.Get("Accept-Language"))
	v := View{Printer: p, Here: here, frame: f, Path: r.URL.Path, Params: query, Origin: f.URL, visitor: visitor, w: w, r: r}
	if named := f.Locales.Wish(asked); named != nil && named != f.Locales.Wish(chosen) { // a choice that is kept anyway needs no address
		v.asked = p.Tag
	}
	if v.Origin == "" {
		v.Origin = "http://" + r.Host
		if r.TLS != nil {
			v.Origin = "https://" + r.Host
		}
	}
	if title != nil {
		v.Title = title(p)
	}
	v.choices = f.Privacy.Choices(r)
	v.tell()
	return v
}

// In gives the attributes of a text in a language: none where it is the page's own or not known.
func (v View) In(lang string) template.HTMLAttr {
	if lang == "" || strings.EqualFold(lang, v.Tag) || strings.ContainsFunc(lang, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
	}) {
		return ""
	}
	return template.HTMLAttr(`lang="` + lang + `" dir="` + locale.Direction(lang) + `"`)
}

// Own gives the portal's own language.
func (v View) Own() string { return v.frame.Locales.Languages()[0].Tag }

// Visitor gives who looks at the page.
func (v View) Visitor() *server.Visitor { return v.visitor }

// Person gives who is signed in, nil for nobody. Whoever comes with a key is not: they sign out of nothing.
func (v View) Person() *account.Person {
	if !v.visitor.SignedIn() {
		return nil
	}
	return v.visitor.Actor.Person
}

// Wish tells in which languages the visitor would have descriptions.
func (v View) Wish() dataset.Wish { return dataset.Wish{Lang: v.Tag, Portal: v.Own()} }

// Called gives what the person who is signed in is called.
func (v View) Called() string {
	p := v.Person()
	if p == nil {
		return ""
	}
	return cmp.Or(p.Name, p.Email)
}

// CanSignIn tells whether the portal knows people at all.
func (v View) CanSignIn() bool { return v.frame.SignIn }

// SignIn gives the address where a visitor signs in and comes back here from.
func (v View) SignIn() string {
	here := url.URL{Path: v.Path, RawQuery: v.Params.Encode()}
	return v.Link("/login/", url.Values{"next": {here.String()}})
}

// Administers tells whether the back office is open to the visitor.
func (v View) Administers() bool {
	a := v.visitor.Actor
	return a.May(account.EditDomain) || a.May(account.ManageDataset) || a.May(account.ExploreMonitoring) || a.May(account.EditReuse) || a.May(account.CreatePage) || a.May(account.EditPage) || a.May(account.ManagePage)
}

// Token gives what forms send back to prove that a page of the portal sent them. Whoever asks for it makes the page
// one visitor's own: csrftoken is set.
func (v *View) Token() (string, error) {
	if v.token == "" {
		var err error
		if v.token, err = v.frame.Server.Token(v.w, v.r, v.visitor); err != nil {
			return "", err
		}
	}
	return v.token, nil
}

// Href gives the address of a page of the portal, with the language that was asked for.
func (v View) Href(path string) string { return v.Link(path, nil) }

// Link gives the address of a page with a query; the language that was asked for stays.
func (v View) Link(path string, query url.Values) string {
	q := url.Values{}
	for name, values := range query {
		if name != "lang" && name != "flg" {
			q[name] = values
		}
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
func (v View) Asked() string { return v.asked }

// Asset gives the address of a style sheet, font or picture.
func (v View) Asset(name string) string { return v.frame.Assets.URL(name) }

// Portal gives the portal's name.
func (v View) Portal() string { return v.frame.Options.Title }

// Brand gives the portal's name in one or two lines.
func (v View) Brand() []string {
	return strings.SplitN(v.frame.Options.Title, " — ", 2)
}

// InMenu gives the pages that stand in the main menu beside the portal's own.
func (v *View) InMenu() []Choice {
	if v.frame.Menu != nil && v.menu == nil { // the menu stands twice on a page, for wide windows and for phones
		v.menu = append([]Choice{}, v.frame.Menu(*v)...)
	}
	return v.menu
}

// Choice is a link among others, one of which is chosen.
type Choice struct {
	Label string
	Href  string
	On    bool
	Tag   string // of a language
}

// Languages gives the languages that the visitor may choose.
func (v View) Languages() []Choice {
	var out []Choice
	for _, l := range v.frame.Locales.Languages() {
		out = append(out, Choice{Label: l.Name, On: l.Tag == v.Tag, Tag: l.Tag})
	}
	return out
}

// Choosable tells whether there is more than one language to choose among.
func (v View) Choosable() bool { return len(v.frame.Locales.Languages()) > 1 }

// Stay gives the address of this page whatever its language.
func (v View) Stay() string {
	q := url.Values{}
	for name, values := range v.Params {
		if name != "lang" && name != "flg" {
			q[name] = values
		}
	}
	return (&url.URL{Path: v.Path, RawQuery: q.Encode()}).String()
}

// Canonical gives the page's own public address: without filters and sorts, which show the same in other ways.
func (v View) Canonical() string {
	q := url.Values{}
	if page := Number(v.Params.Get("page")); page > 1 {
		q.Set("page", strconv.FormatInt(page, 10))
	}
	return v.Origin + v.Link((&url.URL{Path: v.Path}).EscapedPath(), q)
}

// Alternate gives the page's public address in a language, "" is that of no language in particular.
func (v View) Alternate(tag string) string {
	address := v.Origin + (&url.URL{Path: v.Path}).EscapedPath()
	if tag != "" {
		address += "?lang=" + tag
	}
	return address
}

// Pair is a hidden field of a form.
type Pair struct{ Name, Value string }

// Pairs gives the parts of a query that a form keeps, in one order whatever the query's.
func Pairs(query url.Values, keep func(name string) bool) []Pair {
	var out []Pair
	for _, name := range slices.Sorted(maps.Keys(query)) {
		for _, value := range query[name] {
			if value != "" && keep(name) {
				out = append(out, Pair{name, value})
			}
		}
	}
	return out
}

// Pager is the row of page links under a list.
type Pager struct {
	Pages          []PageLink
	Previous, Next string // addresses, "" at an end
}

// PageLink is one page; Number 0 is a gap.
type PageLink struct {
	Number int64
	Href   string
	On     bool
}

// Paginate gives the links around a page: first, last, and two on either side.
func Paginate(page, pages int64, href func(page int64) string) *Pager {
	if pages <= 1 {
		return nil
	}
	p := &Pager{}
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
			p.Pages = append(p.Pages, PageLink{})
		}
		p.Pages = append(p.Pages, PageLink{n, href(n), n == page})
		last = n
	}
	return p
}

// Number reads a page number; anything else is 1.
func Number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return 1
	}
	return min(n, 1_000_000)
}

// Cut shortens a text at a word.
func Cut(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	short := string(runes[:most])
	if i := strings.LastIndex(short, " "); i > most/2 {
		short = short[:i]
	}
	return strings.TrimRight(short, " ,;:.") + "…"
}
