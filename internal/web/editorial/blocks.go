package editorial

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"parvis/internal/dataset"
	"parvis/internal/editorial"
	"parvis/internal/fault"
	"parvis/internal/odsql"
	"parvis/internal/web/data"
)

// block is a part of a page as it is shown.
type block struct {
	Kind  editorial.Kind
	Title string
	Wrong bool // it cannot be shown, which is told to editors alone: they may see less of the data than they write about

	Text template.HTML

	Value, Unit string // of a figure

	Name   string            // of the dataset
	Lang   template.HTMLAttr // of the name
	Href   string            // what it comes from
	Frame  string            // address of a view within a frame
	Height int               // of the frame, in pixels

	Cards []data.Card
	All   string // address of the whole list, "" where it is shown
}

const (
	mostListed  = 10
	mostFigures = 500 // characters of a figure's question
)

// heights are those of the frames of views, by tab.
var heights = map[string]int{"table": 620, "map": 560, "analyze": 560, "calendar": 720, "images": 640}

// block asks for what a block shows. nil: nothing for who reads, who is not to know why.
func (s *Site) block(r *http.Request, p *editorialPage, b editorial.Block) (*block, error) {
	out := &block{Kind: b.Kind, Title: b.Title}
	var err error
	switch b.Kind {
	case editorial.Text:
		level := 2
		if b.Title != "" {
			level = 3
		}
		out.Text, err = s.markdown(b.Text, level)
	case editorial.Figure:
		err = s.figure(r, p, b, out)
	case editorial.View:
		err = s.view(r, p, b, out)
	case editorial.List:
		err = s.listed(r, p, b, out)
	}
	switch {
	case err == nil:
		return out, nil
	case !data.Withheld(err):
		return nil, fmt.Errorf("block of a page: %w", err)
	case !p.editor:
		return nil, nil
	}
	out.Wrong = true
	return out, nil
}

// rich is what the text of a block may hold.
func rich() *bluemonday.Policy {
	p := data.RichText()
	p.AllowElements("h2")
	return p
}

// writer writes Markdown (CommonMark with tables) as HTML; what is HTML in it is left out.
var writer = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify))

// markdown writes a text as HTML whose headings begin at a level.
func (s *Site) markdown(source string, level int) (template.HTML, error) {
	bytesOf := []byte(source)
	root := writer.Parser().Parse(text.NewReader(bytesOf))
	highest := 6
	each := func(do func(*ast.Heading)) {
		_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // which fails only where this does
			if h, ok := n.(*ast.Heading); ok && entering {
				do(h)
			}
			return ast.WalkContinue, nil
		})
	}
	each(func(h *ast.Heading) { highest = min(highest, h.Level) })
	before := level - 1
	each(func(h *ast.Heading) { // none is left out on the way down
		h.Level = min(h.Level-highest+level, before+1, 5)
		before = h.Level
	})
	var out bytes.Buffer
	if err := writer.Renderer().Render(&out, bytesOf, root); err != nil {
		return "", err
	}
	return template.HTML(s.rich.Sanitize(out.String())), nil
}

// about finds the dataset of a block for who reads.
func (s *Site) about(r *http.Request, p *editorialPage, id string, out *block) error {
	e, _, err := s.Portal.Dataset(r.Context(), p.actor, id)
	if err != nil {
		return err
	}
	title := e.TitleIn(p.Wish())
	out.Name, out.Lang = title.Text, p.In(title.Lang)
	return nil
}

// figure computes a figure from the rows that who reads may see.
func (s *Site) figure(r *http.Request, p *editorialPage, b editorial.Block, out *block) error {
	id := data.IDOf(b.Of)
	e, visible, err := s.Portal.Dataset(r.Context(), p.actor, id)
	switch {
	case err != nil:
		return err
	case !visible || !e.HasRecords():
		return fault.New(fault.Forbidden, "The rows of the dataset %s are not shown.", id)
	case b.Value == "" || len(b.Value) > mostFigures:
		return fault.New(fault.Invalid, "The figure says not what is computed, such as sum(population).")
	}
	if err := s.about(r, p, id, out); err != nil {
		return err
	}
	key := e.UID + "/" + data.Edition(e) + "/" + b.Value
	value, ok := s.figures.Get(key)
	if !ok {
		found, err := s.Portal.Records(r.Context(), p.actor, id, odsql.Question{Select: b.Value + " as value"})
		if err != nil {
			return err
		}
		if len(found.Values) != 1 || len(found.Columns) != 1 {
			return fault.New(fault.Invalid, "%s is no single value: write an aggregate such as sum(population).", b.Value)
		}
		value = valued{found.Columns[0], found.Values[0][0]}
		s.figures.Add(key, value)
	}
	v, _ := value.(valued)
	decimals := 1
	out.Value, out.Unit = data.Show(p.Printer, v.column, &decimals, v.value, false).Text, b.Unit
	if out.Value == "" {
		return fault.New(fault.NotFound, "%s has no value.", b.Value)
	}
	out.Href = p.Href(data.Address(e.ID, "information"))
	return nil
}

// valued is a value with its column.
type valued struct {
	column dataset.Column
	value  any
}

// view shows a chart, a map, a table, a calendar or images in a frame.
func (s *Site) view(r *http.Request, p *editorialPage, b editorial.Block, out *block) error {
	id, tab, query, ok := data.ViewOf(b.Of)
	if !ok {
		return fault.New(fault.Invalid, "This is no address of a table, a map, a figure, a calendar or the images of a dataset: %.200s", b.Of)
	}
	if err := s.about(r, p, id, out); err != nil {
		return err
	}
	query.Del("flg")
	out.Href = p.Link(data.Address(id, tab), query)
	query.Set("lang", p.Tag)
	out.Frame, out.Height = data.EmbedAddress(id, tab)+"?"+query.Encode(), heights[tab]
	return nil
}

// listed lists datasets: those of a search, or those named.
func (s *Site) listed(r *http.Request, p *editorialPage, b editorial.Block, out *block) error {
	lines := strings.Fields(b.Of)
	if u, err := url.Parse(strings.TrimSpace(b.Of)); err == nil && len(lines) == 1 && strings.HasSuffix(u.Path, "/explore/") {
		f, err := data.ReadFilter(u.Query())
		if err != nil {
			return err
		}
		q := f.Question()
		limit := mostListed
		q.Limit, q.Lang, q.OrderBy = &limit, p.Rules, "modified desc"
		found, total, err := s.Portal.Datasets(r.Context(), p.actor, q)
		if err != nil {
			return err
		}
		for _, e := range found {
			out.Cards = append(out.Cards, s.Card(p.View, e))
		}
		if total > int64(len(found)) {
			out.All = p.Link("/explore/", f.Values())
		}
	} else {
		for _, one := range lines[:min(len(lines), mostListed)] {
			e, _, err := s.Portal.Dataset(r.Context(), p.actor, data.IDOf(one))
			if err == nil {
				out.Cards = append(out.Cards, s.Card(p.View, e))
			}
		}
	}
	if len(out.Cards) == 0 {
		return fault.New(fault.NotFound, "No dataset is found.")
	}
	return nil
}
