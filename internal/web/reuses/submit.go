package reuses

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"parvis/internal/account"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/reuse"
	"parvis/internal/web/page"
)

// formPage is the form to send a reuse in.
type formPage struct {
	page.View
	Form   page.Form
	Kinds  []page.Choice
	Kept   string // the picture that was sent with a form that must be mended, base64; "" for none
	Action string
	Most   struct{ Title, Author, Description int }
}

// formPage begins the form; who may not send a reuse in is told so.
func (s *Site) formPage(w http.ResponseWriter, r *http.Request) (*formPage, account.Actor, error) {
	actor, err := s.Server.Actor(w, r)
	if err != nil {
		return nil, actor, err
	}
	p := &formPage{View: s.View(w, r, func(l *locale.Printer) string { return l.T("Show what you made") }, "reuses"), Form: page.Form{Values: url.Values{}}}
	switch {
	case s.who == Nobody:
		return nil, actor, fault.New(fault.NotFound, "This portal takes no reuses in.")
	case !s.Takes(p.View):
		return nil, actor, fault.New(fault.Unauthenticated, "This needs to be signed in.")
	}
	p.Style = "reuses.css office.css"
	p.Action = p.Href(NewPath)
	p.Most.Title, p.Most.Author, p.Most.Description = reuse.LongestTitle, reuse.LongestAuthor, reuse.LongestDescription
	return p, actor, nil
}

// choices lists the kinds, the one that the form holds chosen.
func (p *formPage) choices() {
	for _, k := range reuse.Kinds() {
		p.Kinds = append(p.Kinds, page.Choice{Label: KindName(p.Printer, k), Tag: string(k), On: p.Form.Of("kind") == string(k)})
	}
}

func (s *Site) form(w http.ResponseWriter, r *http.Request) error {
	if v := s.View(w, r, nil, ""); s.who == People && v.Person() == nil {
		http.Redirect(w, r, v.SignIn(), http.StatusSeeOther)
		return nil
	}
	p, actor, err := s.formPage(w, r)
	if err != nil {
		return err
	}
	if person := p.Person(); person != nil {
		p.Form.Values.Set("author", person.Name)
	}
	if of := p.Params.Get("dataset"); of != "" && find(s.visible(actor), of) != nil {
		p.Form.Values.Set("datasets", of)
	}
	p.choices()
	return s.Render(w, r, http.StatusOK, s.pages["submit"], p)
}

// submit takes a reuse in and leads to the page on which who sent it follows it.
func (s *Site) submit(w http.ResponseWriter, r *http.Request) error {
	p, actor, err := s.formPage(w, r)
	if err != nil {
		return err
	}
	if p.Form, err = page.Posted(r); err != nil {
		return err
	}
	f := &p.Form
	d := reuse.Draft{
		Title: f.Of("title"), Kind: reuse.Kind(f.Of("kind")), Address: f.Of("address"), Author: f.Of("author"), Description: f.Of("description"), Language: p.Tag,
	}
	for _, need := range []struct{ field, value, says string }{
		{"title", d.Title, p.T("Give it a title")}, {"author", d.Author, p.T("Say who made it")}, {"address", d.Address, p.T("Say where it is")},
	} {
		if need.value == "" {
			f.Wrong(need.field, need.says)
		}
	}
	for _, bound := range []struct {
		field, value string
		most         int
	}{{"title", d.Title, p.Most.Title}, {"author", d.Author, p.Most.Author}, {"description", d.Description, p.Most.Description}} {
		if len([]rune(bound.value)) > bound.most {
			f.Wrong(bound.field, p.T("This is longer than {n} characters.", "n", bound.most))
		}
	}
	if d.Address != "" && !reuse.WebAddress(d.Address) {
		f.Wrong("address", p.T("Give an address of the web, such as https://example.org/map"))
	}
	if !slices.Contains(reuse.Kinds(), d.Kind) {
		f.Wrong("kind", p.T("Choose what it is"))
	}
	known := s.visible(actor)
	for line := range strings.Lines(f.Of("datasets")) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		e := find(known, line)
		if e == nil {
			f.Wrong("datasets", p.T("There is no dataset “{name}” here. Give the address of its page, or its identifier.", "name", page.Cut(line, 80)))
			continue
		}
		if !slices.Contains(d.Datasets, e.UID) {
			d.Datasets = append(d.Datasets, e.UID)
		}
	}
	var unread, refusal error
	d.Picture, unread = sentPicture(r)
	status := http.StatusUnprocessableEntity
	if f.Sound() && unread == nil {
		token, err := s.reuses.Submit(r.Context(), actor, d)
		switch refusal = err; fault.KindOf(err) {
		case fault.Invalid: // said below, once it is known whether the picture is to blame
		case fault.Limited:
			f.Wrong("", p.T("Too many reuses wait to be looked at. Try again in some days."))
			status = http.StatusTooManyRequests
		default:
			if err != nil {
				return err
			}
			http.Redirect(w, r, p.Href(NewPath+"sent/"+token+"/"), http.StatusSeeOther)
			return nil
		}
	}
	if unread == nil && len(d.Picture) > 0 { // it need not be chosen again
		d.Picture, unread = reuse.Shrink(d.Picture)
	}
	switch {
	case fault.KindOf(unread) == fault.Invalid:
		f.Wrong("picture", p.T("This is no picture that can be shown: send a PNG, JPEG, GIF or WebP of at most {n} MB.", "n", reuse.LargestPicture>>20))
	case unread != nil:
		return unread
	default:
		p.Kept = base64.StdEncoding.EncodeToString(d.Picture)
	}
	if fault.KindOf(refusal) == fault.Invalid && f.Sound() {
		f.Wrong("", p.T("This cannot be taken as it is: {reason}", "reason", fault.Message(refusal)))
	}
	p.choices()
	return s.Render(w, r, status, s.pages["submit"], p)
}

// sentPicture gives the picture of a form: the file, else what was kept of an earlier try; nil for none. Kind Invalid.
func sentPicture(r *http.Request) ([]byte, error) {
	file, _, err := r.FormFile("picture")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		kept, err := base64.StdEncoding.DecodeString(r.PostFormValue("kept"))
		if err != nil {
			return nil, fault.New(fault.Invalid, "The picture that was kept is damaged.")
		}
		return kept, nil
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, "The picture cannot be read.")
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, reuse.LargestPicture+1))
}

// sentPage tells who sent a reuse in what became of it.
type sentPage struct {
	page.View
	Reuse   *reuse.Reuse
	Kind    string
	Waits   bool
	Shown   string // address of its page, "" until it is published
	Address string // of this page
}

func (s *Site) sent(w http.ResponseWriter, r *http.Request) error {
	one, err := s.reuses.Sent(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	p := &sentPage{View: s.View(w, r, nil, "reuses"), Reuse: one, Waits: one.State == reuse.Waiting}
	p.Title, p.Style, p.Live = p.T("Your reuse"), "reuses.css office.css", true
	p.Kind = KindName(p.Printer, one.Kind)
	p.Address = p.Origin + p.Path
	if one.State == reuse.Published {
		p.Shown = p.Href(Path(one.ID))
	}
	return s.Render(w, r, http.StatusOK, s.pages["sent"], p)
}

// hostOf gives the host of an address.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
