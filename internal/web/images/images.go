package images

import (
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/server"
	"parvis/internal/web/data"
	"parvis/internal/web/page"
)

//go:embed templates/*.html
var templateFiles embed.FS

const (
	perPage  = 48      // files on a page
	mostPage = 100_000 // beyond it nobody pages
	captions = 3       // fields below a picture, at most
	longest  = 120     // characters of a name
)

// Images is the door of the galleries.
type Images struct {
	*data.Frame
	pages map[string]*template.Template
}

// New makes the Images; a template that cannot be read is an error.
func New(frame *data.Frame) (*Images, error) {
	pages, err := data.Templates(templateFiles)
	return &Images{Frame: frame, pages: pages}, err
}

// Register adds the galleries to a mux whose answers page.Frame guards.
func (s *Images) Register(mux *http.ServeMux) {
	page := func(pattern string, h server.Handler) { mux.Handle(pattern, s.Handle(h)) }

	page("GET /explore/dataset/{id}/images/{$}", server.Counted("images", s.page))
	page("GET /explore/embed/dataset/{id}/images/{$}", server.Counted("images", s.embed))
	page("GET /explore/dataset/{id}/files/{file}/{size}/{$}", s.small)
}

// gallery shows a page of files.
type gallery struct {
	data.Page
	Error   *data.Mistake
	NoField bool
	Fields  []page.Choice // that may be shown, where there are several
	Keep    []page.Pair   // of the form that searches
	Kept    []page.Pair   // of the form that chooses the field
	Query   string
	Items   []item
	From    int64
	To      int64
	Total   int64
	Pager   *page.Pager
	Sharing data.Sharing
}

// item is a file of a row.
type item struct {
	Name       string // of the row
	Href       string // of its page
	Cell       data.Cell
	Said       []string // what stands below the name
	Kind, Size string   // of a file without a picture: its format, and its size where that is known
}

func (s *Images) page(w http.ResponseWriter, r *http.Request) error { return s.show(w, r, false) }

func (s *Images) embed(w http.ResponseWriter, r *http.Request) error { return s.show(w, r, true) }

func (s *Images) show(w http.ResponseWriter, r *http.Request, embedded bool) error {
	base, err := s.Open(w, r, "images")
	if err != nil {
		return err
	}
	p := &gallery{Page: base, Query: base.Filter.Words}
	p.Style, p.Embedded = "images.css", embedded
	status := http.StatusOK
	if !p.Hidden && !p.NoRows {
		err = s.fill(r, p)
	}
	if err != nil && fault.KindOf(err) == fault.Invalid {
		p.Error, status = p.Explain(err), http.StatusBadRequest
		err = nil
	}
	if err != nil {
		return fmt.Errorf("images of %s: %w", p.ID, err)
	}
	return s.Render(w, r, status, s.pages["images"], p)
}

// fill asks for the rows of a page that hold a file.
func (s *Images) fill(r *http.Request, p *gallery) error {
	fields := p.FileFields()
	if len(fields) == 0 {
		p.NoField = true
		return nil
	}
	field, chosen := fields[0], p.Params.Get("field")
	for _, f := range fields {
		if f.Name == chosen {
			field = f
		}
	}
	if len(fields) > 1 {
		for _, f := range fields {
			p.Fields = append(p.Fields, page.Choice{Label: p.LabelOf(*f).Text, Tag: f.Name, On: f == field})
		}
	}
	p.Keep = page.Pairs(p.Params, func(name string) bool { return name != "q" && name != "page" && name != "lang" })
	p.Kept = page.Pairs(p.Params, func(name string) bool { return name != "field" && name != "page" && name != "lang" })
	at := min(page.Number(p.Params.Get("page")), mostPage)
	limit := perPage
	q := p.Filter.Question()
	q.Lang = p.Rules
	q.Where = append(q.Where, data.FieldName(field.Name)+" is not null")
	q.Limit, q.Offset = &limit, int(at-1)*perPage
	rows, err := s.Portal.Records(r.Context(), p.Actor, p.ID, q)
	if err != nil {
		return err
	}
	name, said := p.captions(field)
	for i, values := range rows.Values {
		one := item{}
		if i < len(rows.IDs) && rows.IDs[i] != "" {
			one.Href = p.Link(data.Address(p.ID, "record/"+rows.IDs[i]), p.Filter.Values())
		}
		for j, c := range rows.Columns {
			cell := p.Cell(c, values[j], false)
			switch {
			case c.Name == field.Name:
				one.Cell = cell
				if cell.Thumb == "" {
					one.Kind, one.Size = p.kindOf(cell.File)
				}
			case name != nil && c.Name == name.Name:
				one.Name = page.Cut(cell.Words(p.Printer), longest)
			case len(one.Said) < captions && said[c.Name] && !cell.Empty:
				one.Said = append(one.Said, cell.Words(p.Printer))
			}
		}
		if one.Name == "" {
			one.Name = one.Cell.Text
		}
		p.Items = append(p.Items, one)
	}
	p.Total = rows.Total
	if len(p.Items) > 0 {
		p.From = (at-1)*perPage + 1
		p.To = p.From + int64(len(p.Items)) - 1
	}
	view := func() url.Values {
		v := p.Filter.Values()
		if chosen == field.Name {
			v.Set("field", field.Name)
		}
		return v
	}
	p.Sharing = p.Share("images", p.T("Address of these images"), p.Name, 640, view())
	address := data.Address(p.ID, "images")
	if p.Embedded {
		address = data.EmbedAddress(p.ID, "images")
	}
	p.Pager = page.Paginate(at, (p.Total+perPage-1)/perPage, func(n int64) string {
		to := view()
		if n > 1 {
			to.Set("page", strconv.FormatInt(n, 10))
		}
		return p.Link(address, to)
	})
	return nil
}

// captions gives the field that names a row, and those that stand below it: what the publisher chose of them.
func (p *gallery) captions(shown *dataset.Field) (name *dataset.Field, said map[string]bool) {
	name = p.Field(p.Entry.Metas.Text("visualization", "image_title"))
	if name == nil || name.Geo() || name.Name == shown.Name {
		name = p.NameField()
	}
	said = map[string]bool{}
	for _, field := range p.Entry.Metas.Texts("visualization", "image_fields") {
		if f := p.Field(field); f != nil && !f.Geo() && f.Type != dataset.JSON && f.Type != dataset.File {
			said[field] = true
		}
	}
	return name, said
}

// kindOf says what a file without a picture is.
func (p *gallery) kindOf(f dataset.FileValue) (kind, size string) {
	if f.Size > 0 {
		size = p.Bytes(f.Size)
	}
	return cmp.Or(f.Format, p.T("file")), size
}

// small answers with the small picture of a file; there is one size, whichever is asked for.
func (s *Images) small(w http.ResponseWriter, r *http.Request) error {
	actor, err := s.Server.Actor(w, r)
	if err != nil {
		return err
	}
	id := r.PathValue("file")
	f, mimetype, err := s.Portal.SmallPicture(r.Context(), actor, r.PathValue("id"), id)
	if err != nil {
		return err
	}
	defer f.Close()
	w.Header().Set("Content-Type", mimetype)
	server.Unchanging(w.Header(), `"small-`+id+`"`, actor)
	http.ServeContent(w, r, "", time.Time{}, f)
	return nil
}
