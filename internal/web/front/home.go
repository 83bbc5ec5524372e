package front

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/locale"
	"parvis/internal/odsql"
	"parvis/internal/web/data"
	"parvis/internal/web/reuses"
)

// homePage is the portal's first page.
type homePage struct {
	view
	Name   string // the portal's, in one line
	Total  int64
	Themes []data.FacetChoice
	Facts  []homeFact
	Latest []data.Card
	Reuses []reuses.Card
	More   bool // there are more reuses than these
}

// homeFact is a figure computed from the rows of a dataset.
type homeFact struct {
	Value, Unit      string
	Label, Lang      string
	Title, TitleLang string
	Href             string
}

const (
	latestShown = 6
	factsShown  = 3
	reusesShown = 3
	factsTime   = 300 * time.Millisecond // facts that take longer are left out this time
)

func (s *Site) home(w http.ResponseWriter, r *http.Request) error {
	actor, err := s.Server.Actor(w, r)
	if err != nil {
		return err
	}
	p := &homePage{view: s.View(w, r, func(l *locale.Printer) string { return l.T("Open data") }, "home")}
	p.Style = "home.css"
	p.Name = p.Portal()
	p.About, p.Card = about(p.Printer), posterOf(p.view)
	limit := 30
	entries, total, err := s.Portal.Datasets(r.Context(), actor, odsql.Question{OrderBy: "modified desc", Limit: &limit, Lang: p.Rules})
	if err != nil {
		return fmt.Errorf("latest datasets: %w", err)
	}
	p.Total = total
	for _, e := range entries[:min(latestShown, len(entries))] {
		c := s.Card(p.view, e)
		c.Views = nil
		p.Latest = append(p.Latest, c)
	}
	facets, err := s.Portal.CatalogFacets(r.Context(), actor, odsql.Question{Facet: []string{"theme"}, Lang: p.Rules})
	if err != nil {
		return fmt.Errorf("themes: %w", err)
	}
	for _, facet := range facets {
		p.Themes = append(p.Themes, data.FacetChoices(facet.Name, facet.Values, data.Filter{}, func(f data.Filter) string { return p.Link("/explore/", f.Values()) }, 0)...)
	}
	var all int
	if p.Reuses, all, err = s.reuses.Cards(r.Context(), p.view, actor, "", reusesShown); err != nil {
		return fmt.Errorf("reuses: %w", err)
	}
	if p.More = all > len(p.Reuses); len(p.Reuses) > 0 {
		p.Style += " reuses.css"
	}
	p.Facts = s.facts(r.Context(), p.view, entries)
	return s.Render(w, r, http.StatusOK, s.pages["home"], p)
}

// facts computes a figure each from some datasets that everybody may see: the sum of a whole number that has a unit,
// or the greatest of one with decimals. What takes too long or fails is left out.
func (s *Site) facts(ctx context.Context, v view, entries []*catalog.Entry) (out []homeFact) {
	ctx, cancel := context.WithTimeout(ctx, factsTime)
	defer cancel()
	for _, e := range entries {
		if len(out) == factsShown {
			break
		}
		if !e.HasRecords() || !e.Access.Data || !e.Public() {
			continue
		}
		for _, f := range e.Fields {
			if f.Annotations.Unit == "" || f.Annotations.ID || !f.Numeric() {
				continue
			}
			value, err := s.fact(ctx, e, f)
			if err != nil || value == nil {
				break
			}
			label, title := e.LabelIn(v.Wish(), f), e.TitleIn(v.Wish())
			fact := homeFact{
				Value: data.Show(v.Printer, dataset.Column{Name: f.Name, Type: f.Type}, f.Annotations.Decimals, value, false).Text, Unit: f.Annotations.Unit,
				Label: label.Text, Lang: label.Lang, Title: title.Text, TitleLang: title.Lang,
				Href: v.Link(data.Address(e.ID, "analyze"), url.Values{"y": {f.Name}}),
			}
			if f.Type == dataset.Double {
				fact.Label = v.T("{what}, the highest", "what", label.Text)
			}
			out = append(out, fact)
			break
		}
	}
	return out
}

// fact computes the figure of a field, once for each version.
func (s *Site) fact(ctx context.Context, e *catalog.Entry, f dataset.Field) (any, error) {
	key := e.UID + "/" + data.Edition(e) + "/" + f.Name
	if value, ok := s.known.Get(key); ok {
		return value, nil
	}
	function := "sum"
	if f.Type == dataset.Double {
		function = "max"
	}
	rows, err := s.Portal.Records(ctx, account.Anonymous, e.ID, odsql.Question{Select: function + "(" + data.FieldName(f.Name) + ") as v"})
	if err != nil {
		return nil, err
	}
	var value any
	if len(rows.Values) == 1 && len(rows.Values[0]) == 1 {
		value = rows.Values[0][0]
	}
	s.known.Add(key, value)
	return value, nil
}
