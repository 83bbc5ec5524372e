package reference

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"

	"parvis/internal/fault"
	"parvis/internal/server"
	"parvis/internal/web/page"
)

//go:embed templates/*.html
var templateFiles embed.FS

// Path is where the page stands, which is where portals of Opendatasoft have theirs.
const Path = "/api/explore/v2.1/console"

// document is what the page reads of an OpenAPI document, version 3.0: operations that are GET.
type document struct {
	Info    struct{ Title, Description string }
	Servers []struct{ URL string }
	Tags    []struct{ Name, Description string }
	Paths   map[string]struct {
		Get struct {
			OperationID string
			Tags        []string
			Summary     string
			Parameters  []reference
			Responses   map[string]struct {
				reference
				Description string
				Content     map[string]struct{}
			}
		}
	}
	Components struct {
		Parameters map[string]struct {
			Name, Description string
			In                string
			Required          bool
			Schema            struct {
				Type    string
				Enum    []any
				Default any
			}
		}
		Responses       map[string]struct{ Description string }
		SecuritySchemes map[string]struct{ Name, In, Description string }
	}
}

type reference struct {
	Ref string `json:"$ref"`
}

// name gives the last part of a reference, by which components are known.
func (r reference) name() string { return r.Ref[strings.LastIndexByte(r.Ref, '/')+1:] }

// Site is the door of the page.
type Site struct {
	*page.Frame
	doc   document
	paths []string // in the order in which they stand in the document
	root  string
	pages map[string]*template.Template
}

// New makes a Site of an OpenAPI document; one that cannot be read is an error.
func New(frame *page.Frame, openAPI []byte) (*Site, error) {
	s := &Site{Frame: frame}
	if err := json.Unmarshal(openAPI, &s.doc); err != nil {
		return nil, fmt.Errorf("read the OpenAPI document: %w", err)
	}
	if len(s.doc.Servers) == 0 {
		return nil, fault.New(fault.Invalid, "the OpenAPI document names no server")
	}
	s.root = s.doc.Servers[0].URL
	var err error
	if s.paths, err = order(openAPI); err != nil {
		return nil, fmt.Errorf("read the OpenAPI document: %w", err)
	}
	s.pages, err = page.Templates(templateFiles)
	return s, err
}

// order gives the keys of paths as they stand in a document.
func order(openAPI []byte) (out []string, err error) {
	var parts struct{ Paths json.RawMessage }
	if err := json.Unmarshal(openAPI, &parts); err != nil {
		return nil, err
	}
	d := json.NewDecoder(strings.NewReader(string(parts.Paths)))
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		out = append(out, key.(string))
		var skipped json.RawMessage
		if err := d.Decode(&skipped); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Register adds the page to a mux whose answers page.Frame guards.
func (s *Site) Register(mux *http.ServeMux) {
	mux.Handle("GET "+Path, s.Handle(server.Counted("reference", s.page)))
	mux.Handle("GET "+Path+"/{$}", s.Handle(server.Moved(Path)))
}

// referencePage shows all calls.
type referencePage struct {
	page.View
	Base     string // what stands before each path
	Document string
	Groups   []group
	Keys     []parameter
	Failures []failure
}

type group struct {
	Says  string
	Calls []call
}

type call struct {
	ID, Path, Says string
	Types          string // of the answer
	Href           string // "" where the path leaves something open
	Parameters     []parameter
}

type parameter struct {
	Name, Says, Where, Values, Standard string
	Required                            bool
}

type failure struct{ Status, Says string }

func (s *Site) page(w http.ResponseWriter, r *http.Request) error {
	p := &referencePage{View: s.View(w, r, nil, "")}
	p.Title = p.T("API")
	p.About = p.T(s.doc.Info.Description)
	p.Base, p.Document = p.Origin+s.root, s.root+"/swagger.json"
	for _, tag := range s.doc.Tags {
		g := group{Says: strings.TrimSuffix(p.T(tag.Description), ".")}
		for _, path := range s.paths {
			if get := s.doc.Paths[path].Get; slices.Contains(get.Tags, tag.Name) {
				g.Calls = append(g.Calls, s.call(p, path))
			}
		}
		p.Groups = append(p.Groups, g)
	}
	for _, name := range slices.Sorted(maps.Keys(s.doc.Components.SecuritySchemes)) {
		key := s.doc.Components.SecuritySchemes[name]
		p.Keys = append(p.Keys, parameter{Name: key.Name, Says: p.T(key.Description), Where: p.where(key.In)})
	}
	p.Failures = s.failures(p)
	return s.Render(w, r, http.StatusOK, s.pages["reference"], p)
}

// call tells of one path.
func (s *Site) call(p *referencePage, path string) call {
	get := s.doc.Paths[path].Get
	c := call{ID: get.OperationID, Path: path, Says: p.T(get.Summary)}
	if !strings.Contains(path, "{") {
		c.Href = s.root + path
	}
	c.Types = strings.Join(slices.Sorted(maps.Keys(get.Responses["200"].Content)), ", ")
	for _, r := range get.Parameters {
		x := s.doc.Components.Parameters[r.name()]
		known := parameter{Name: x.Name, Says: p.T(x.Description), Where: p.where(x.In), Required: x.Required}
		for i, v := range x.Schema.Enum {
			if i > 0 {
				known.Values += " "
			}
			known.Values += written(v)
		}
		if x.Schema.Default != nil {
			known.Standard = written(x.Schema.Default)
		}
		c.Parameters = append(c.Parameters, known)
	}
	return c
}

// where says where a parameter stands.
func (p *referencePage) where(in string) string {
	switch in {
	case "path":
		return p.T("in the path")
	case "header":
		return p.T("a header")
	}
	return p.T("in the query")
}

// failures gives what an answer may be other than what was asked for, by status.
func (s *Site) failures(p *referencePage) []failure {
	said := map[string]string{}
	for _, path := range s.paths {
		for status, r := range s.doc.Paths[path].Get.Responses {
			if r.Ref != "" {
				said[status] = p.T(s.doc.Components.Responses[r.name()].Description)
			}
		}
	}
	var out []failure
	for _, status := range slices.Sorted(maps.Keys(said)) {
		out = append(out, failure{status, said[status]})
	}
	return out
}

// written gives a value of the document as one types it.
func written(v any) string {
	if s, is := v.(string); is && s != "\t" {
		return s
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}
