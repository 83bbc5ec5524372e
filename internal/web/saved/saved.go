package saved

import (
	"cmp"
	"embed"
	"encoding/csv"
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"strconv"

	"parvis/internal/account"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/server"
	"parvis/internal/visual"
	"parvis/internal/web/analyse"
	"parvis/internal/web/data"
	"parvis/internal/web/maps"
	"parvis/internal/web/page"
)

//go:embed templates/*.html
var templateFiles embed.FS

type choice = page.Choice

// Options are the parts of a Site.
type Options struct {
	Frame    *data.Frame
	Visuals  *visual.Visuals
	Analyses *analyse.Analyses
	Maps     *maps.Maps
}

// Site is the door of charts and maps that people save.
type Site struct {
	*data.Frame
	o     Options
	pages map[string]*template.Template
}

// New makes a Site; a template that cannot be read is an error.
func New(o Options) (*Site, error) {
	pages, err := data.Templates(templateFiles, analyse.Parts, maps.Parts)
	return &Site{Frame: o.Frame, o: o, pages: pages}, err
}

// Register adds the pages to a mux whose answers page.Frame guards.
func (s *Site) Register(mux *http.ServeMux) {
	page := func(pattern string, h server.Handler) { mux.Handle(pattern, s.Handle(h)) }

	page("GET /charts/{$}", server.Counted("charts", s.list))
	page("GET /charts/new/{$}", s.form)
	page("POST /charts/new/{$}", s.post)
	page("GET /charts/{visual}/{$}", server.Counted("charts", s.chart))
	page("GET /charts/{visual}/embed/{$}", server.Counted("charts", s.chart))
	page("GET /charts/{visual}/values.csv", s.csv)
	page("GET /charts/{visual}/values.json", s.json)
	page("GET /charts/{visual}/figure.svg", s.svg)
	page("GET /charts/{visual}/edit/{$}", s.form)
	page("POST /charts/{visual}/edit/{$}", s.post)
	page("GET /maps/{$}", server.Renamed("/charts/"))
	page("GET /maps/new/{$}", s.form)
	page("POST /maps/new/{$}", s.post)
	page("GET /maps/{visual}/{$}", server.Counted("maps", s.atlas))
	page("GET /maps/{visual}/embed/{$}", server.Counted("maps", s.atlas))
	page("GET /maps/{visual}/edit/{$}", s.form)
	page("POST /maps/{visual}/edit/{$}", s.post)
}

// pathOf gives the path of a chart or a map.
func pathOf(v *visual.Visual) string { return base(v.Kind) + strconv.FormatInt(v.ID, 10) + "/" }

// base gives the path below which those of a kind stand.
func base(kind string) string {
	if kind == visual.Map {
		return "/maps/"
	}
	return "/charts/"
}

// shown is what the pages of a chart and of a map share.
type shown struct {
	Lede    string // a sentence or two
	Written string // the language of the title
	Edit    string // where it is changed, "" for who may not
	Closed  bool   // its owner alone is shown it
	Sharing data.Sharing
}

// find gives the chart or map of the address. Kind NotFound: there is none for who asks, or it is of the other kind.
func (s *Site) find(w http.ResponseWriter, r *http.Request) (*visual.Visual, account.Actor, error) {
	actor, err := s.Server.Actor(w, r)
	if err != nil {
		return nil, actor, err
	}
	id, _ := strconv.ParseInt(r.PathValue("visual"), 10, 64) // what is no number is the number of none
	v, err := s.o.Visuals.Find(r.Context(), actor, id)
	if err == nil && base(v.Kind) != kindOf(r) {
		err = fault.New(fault.NotFound, "There is nothing under this number.")
	}
	return v, actor, err
}

// kindOf gives the path below which an address stands.
func kindOf(r *http.Request) string {
	if len(r.URL.Path) > 6 && r.URL.Path[:6] == "/maps/" {
		return "/maps/"
	}
	return "/charts/"
}

// begin begins the page of a chart or a map.
func (s *Site) begin(w http.ResponseWriter, r *http.Request, v *visual.Visual, actor account.Actor, label func(*locale.Printer) string) (page.View, shown) {
	view := s.View(w, r, nil, "charts")
	view.Title = v.Title
	view.Embedded = r.URL.Path == pathOf(v)+"embed/"
	out := shown{Lede: v.About, Written: v.Language, Closed: !v.Open}
	if visual.MayEdit(actor, v) && view.Visitor().SignedIn() {
		out.Edit = view.Href(pathOf(v) + "edit/")
	}
	query := "?" + url.Values{"lang": {view.Tag}}.Encode()
	out.Sharing = data.Sharing{Label: label(view.Printer), Address: view.Origin + pathOf(v) + query, Code: `<iframe src="` + template.HTMLEscapeString(view.Origin+pathOf(v)+"embed/"+query) +
		`" width="100%" height="560" loading="lazy" title="` + template.HTMLEscapeString(v.Title) + `"></iframe>`}
	if v.Open {
		view.About = cmp.Or(page.Cut(v.About, 300), v.Title)
	}
	return view, out
}

// chartPage shows a chart.
type chartPage struct {
	page.View
	shown
	*analyse.Combined
	CSV, SVG string
}

// open computes the chart of the address.
func (s *Site) open(w http.ResponseWriter, r *http.Request) (*chartPage, error) {
	v, actor, err := s.find(w, r)
	if err != nil {
		return nil, err
	}
	p := &chartPage{}
	p.View, p.shown = s.begin(w, r, v, actor, func(l *locale.Printer) string { return l.T("Address of this chart") })
	p.Style = "analyse.css"
	if !p.Embedded {
		p.Script = "chart.js"
	}
	if p.Combined, err = s.o.Analyses.Combine(w, r, p.View, v.Title, v.Kind, layersOf(v.Layers)); err != nil {
		return nil, err
	}
	p.CSV, p.JSON, p.SVG = p.Href(pathOf(v)+"values.csv"), p.Href(pathOf(v)+"values.json"), p.Href(pathOf(v)+"figure.svg")
	return p, nil
}

// layersOf gives the layers to who draws them.
func layersOf(layers []visual.Layer) (out []data.Layer) {
	for _, l := range layers {
		out = append(out, data.Layer(l))
	}
	return out
}

func (s *Site) chart(w http.ResponseWriter, r *http.Request) error {
	p, err := s.open(w, r)
	if err != nil {
		return err
	}
	return s.Render(w, r, http.StatusOK, s.pages["chart"], p)
}

// file opens a chart for one of its files. Kind NotFound: it has no values for who asks.
func (s *Site) file(w http.ResponseWriter, r *http.Request, kind, ending string) (*chartPage, error) {
	p, err := s.open(w, r)
	if err != nil {
		return nil, err
	}
	if p.Empty {
		return nil, fault.New(fault.NotFound, "There are no values to draw.")
	}
	h := w.Header()
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Content-Type", kind)
	if ending != "" {
		h.Set("Content-Disposition", `attachment; filename="chart-`+url.PathEscape(r.PathValue("visual"))+ending+`"`)
	}
	return p, nil
}

func (s *Site) csv(w http.ResponseWriter, r *http.Request) error {
	p, err := s.file(w, r, "text/csv; charset=utf-8", ".csv")
	if err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.Comma = ';'
	if _, err := w.Write([]byte("\ufeff")); err != nil {
		return err
	}
	return out.WriteAll(append([][]string{p.Heads}, p.Plain...))
}

func (s *Site) json(w http.ResponseWriter, r *http.Request) error {
	p, err := s.file(w, r, "application/json", "")
	if err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(p.Values())
}

func (s *Site) svg(w http.ResponseWriter, r *http.Request) error {
	p, err := s.file(w, r, "image/svg+xml", ".svg")
	if err != nil {
		return err
	}
	_, err = w.Write([]byte(p.File()))
	return err
}

// atlasPage shows a map.
type atlasPage struct {
	page.View
	shown
	*maps.Layered
}

func (s *Site) atlas(w http.ResponseWriter, r *http.Request) error {
	v, actor, err := s.find(w, r)
	if err != nil {
		return err
	}
	p := &atlasPage{}
	p.View, p.shown = s.begin(w, r, v, actor, func(l *locale.Printer) string { return l.T("Address of this map") })
	p.Style, p.Script = "map.css", "map.js"
	if p.Layered, err = s.o.Maps.Layer(w, r, p.View, layersOf(v.Layers)); err != nil {
		return err
	}
	return s.Render(w, r, http.StatusOK, s.pages["map"], p)
}

// listPage lists the charts and maps that somebody is shown.
type listPage struct {
	page.View
	Lines            []line
	NewChart, NewMap string
}

type line struct {
	*visual.Visual
	Lang  template.HTMLAttr
	Href  string
	Mine  bool
	Map   bool
	Count int64 // of its layers
}

func (s *Site) list(w http.ResponseWriter, r *http.Request) error {
	actor, err := s.Server.Actor(w, r)
	if err != nil {
		return err
	}
	p := &listPage{View: s.View(w, r, func(l *locale.Printer) string { return l.T("Charts and maps") }, "charts")}
	p.About = p.T("Charts and maps that people have made of one dataset or several.")
	if p.Person() != nil {
		p.NewChart, p.NewMap = p.Href("/charts/new/"), p.Href("/maps/new/")
	}
	found, err := s.o.Visuals.Shown(r.Context(), actor)
	if err != nil {
		return err
	}
	for _, v := range found {
		p.Lines = append(p.Lines, line{v, p.In(v.Language), p.Href(pathOf(v)), p.Person() != nil && p.Person().ID == v.Owner, v.Kind == visual.Map, int64(len(v.Layers))})
	}
	return s.Render(w, r, http.StatusOK, s.pages["list"], p)
}
