package front

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/explore"
	"parvis/internal/locale"
	"parvis/internal/odsql"
	"parvis/internal/server"
	"parvis/internal/web/data"
	"parvis/internal/web/page"
)

const (
	cardsPerPage  = 20
	facetsAtFirst = 7   // values of a facet shown before "show all"
	mostPages     = 500 // of any list
)

// catalogPage lists the datasets.
type catalogPage struct {
	view
	Query  string
	Keep   []pair // what the search form keeps
	Total  int64
	Facets []facetGroup
	Chips  []data.Chip
	Clear  string
	Sorts  []choice
	Cards  []data.Card
	Pager  *pager
	Active int
	Feed   string
	Asked  string   // what was written, where the words that were looked for are spelled otherwise
	Hits   []hit    // datasets in whose rows the words stand
	Files  []choice // the datasets listed, with all their descriptions, as files
}

// facetGroup is a facet with its values as links.
type facetGroup struct {
	Label   string
	Several bool // several values may be chosen
	Values  []data.FacetChoice
	More    string // address that shows all values, "" where all are shown
}

// catalogFacets are the facets of the catalogue in the order shown.
func catalogFacets(p *locale.Printer) []choice {
	return []choice{
		{Tag: "theme", Label: p.T("Theme")}, {Tag: "features", Label: p.T("Views")}, {Tag: "publisher", Label: p.T("Publisher")},
		{Tag: "keyword", Label: p.T("Keyword")}, {Tag: "territory", Label: p.T("Territory")}, {Tag: "license", Label: p.T("Licence")},
		{Tag: "language", Label: p.T("Language")}, {Tag: "modified", Label: p.T("Modified")},
	}
}

// severals are the facets of which several values may be chosen: datasets have one of them.
var severals = []string{"theme", "publisher", "keyword", "license", "territory"}

// either makes several chosen values of such a facet alternatives.
func either(f data.Filter) data.Filter {
	f.Either = severals
	return f
}

func (s *Site) catalog(w http.ResponseWriter, r *http.Request) error {
	actor, err := s.Server.Actor(w, r)
	if err != nil {
		return err
	}
	p := &catalogPage{view: s.View(w, r, func(l *locale.Printer) string { return l.T("Datasets") }, "data")}
	f, err := data.ReadFilter(p.Params)
	if err != nil {
		return err
	}
	sort, at := s.sortOf(p.Params.Get("sort"), f), page.Number(p.Params.Get("page"))
	href := func(g data.Filter, sort string, n int64) string {
		v := g.Values()
		if p.Params.Get("sort") != "" || n == 0 {
			v.Set("sort", sort)
		}
		if more := p.Params.Get("more"); more != "" {
			v.Set("more", more)
		}
		if n > 1 {
			v.Set("page", strconv.FormatInt(n, 10))
		}
		return p.Link("/explore/", v)
	}
	filtered := func(g data.Filter) string { return href(g, sort, 1) }

	q := either(f).Question()
	q.Lang = p.Rules
	q.OrderBy = map[string]string{"newest": "modified desc", "used": "modified desc", "title": "_order"}[sort]
	entries, total, err := s.listed(r.Context(), actor, q, sort, at)
	if err != nil {
		return fmt.Errorf("catalogue page: %w", err)
	}
	if total == 0 && f.Words != "" {
		better, err := s.spell(r, actor, f.Words)
		if err != nil {
			return fmt.Errorf("spelling: %w", err)
		}
		if better != "" {
			g := f
			g.Words = better
			q.Where = either(g).Question().Where
			found, n, err := s.listed(r.Context(), actor, q, sort, at)
			if err != nil {
				return fmt.Errorf("catalogue page: %w", err)
			}
			if n > 0 {
				p.Asked, f, entries, total = f.Words, g, found, n
			}
		}
	}
	if f.Words != "" && at == 1 {
		p.Hits = s.inRows(r, p.view, actor, cmp.Or(p.Asked, f.Words))
		hit := server.Count(w)
		hit.Searched, hit.Terms, hit.Found = true, cmp.Or(p.Asked, f.Words), total > 0 && p.Asked == ""
	}
	p.Query, p.Total, p.Active = f.Words, total, len(f.Refine)+len(f.Exclude)
	for _, e := range entries {
		p.Cards = append(p.Cards, s.Card(p.view, e))
	}
	if p.Facets, err = s.catalogFacets(r, p.view, actor, f, filtered); err != nil {
		return err
	}
	names := catalogFacets(p.Printer)
	p.Chips = f.Chips(p.Printer, func(name string) string {
		for _, n := range names {
			if n.Tag == name {
				return n.Label
			}
		}
		return name
	}, filtered)
	for i, c := range p.Chips {
		switch c.Label {
		case p.T("Views"):
			p.Chips[i].Value = data.FeatureName(p.Printer, c.Value)
		case p.T("Language"):
			p.Chips[i].Value = data.LanguageName(c.Value)
		}
	}
	p.Clear = p.Link("/explore/", nil)
	for _, c := range []choice{{Tag: "relevance", Label: p.T("Relevance")}, {Tag: "newest", Label: p.T("Newest")}, {Tag: "used", Label: p.T("Most used")}, {Tag: "title", Label: p.T("A–Z")}} {
		if c.Tag == "relevance" && f.Words == "" || c.Tag == "used" && s.used == nil {
			continue
		}
		p.Sorts = append(p.Sorts, choice{Label: c.Label, Href: href(f, c.Tag, 0), On: c.Tag == sort})
	}
	p.Keep = page.Pairs(f.Values(), func(name string) bool { return name != "q" })
	p.About, p.Card = about(p.Printer), posterOf(p.view)
	for _, c := range []choice{{Tag: "csv", Label: "CSV"}, {Tag: "xlsx", Label: "Excel"}, {Tag: "json", Label: "JSON"}} {
		address := url.URL{Path: "/api/explore/v2.1/catalog/exports/" + c.Tag, RawQuery: f.API().Encode()}
		p.Files = append(p.Files, choice{Label: c.Label, Href: address.String()})
	}
	p.Feed = p.Link("/explore/feed.atom", f.Values())
	p.Feeds = []choice{{Label: p.T("New and changed datasets"), Href: p.Feed}}
	p.Thing = map[string]any{"@context": "https://schema.org/", "@type": "DataCatalog", "name": p.Portal(), "url": p.Origin + "/explore/", "description": p.About, "inLanguage": p.Tag}
	p.Pager = page.Paginate(at, min((total+cardsPerPage-1)/cardsPerPage, mostPages), func(n int64) string { return href(f, sort, n) })
	return s.Render(w, r, http.StatusOK, s.pages["catalog"], p)
}

// sortOf gives the order that a word of an address means, also one of those of old portals; for none, what serves best.
func (s *Site) sortOf(said string, f data.Filter) string {
	switch said = strings.TrimPrefix(said, "-"); {
	case said == "title", said == "newest", said == "relevance" && f.Words != "":
		return said
	case said == "modified":
		return "newest"
	case slices.Contains([]string{"used", "explore.popularity_score", "explore.download_count"}, said) && s.used != nil:
		return "used"
	case f.Words != "":
		return "relevance"
	}
	return "newest"
}

// listed gives a page of the datasets that a question asks for, and how many there are. By use, the engine cannot order them: all are fetched, and those that
// are not used stand behind the others.
func (s *Site) listed(ctx context.Context, actor account.Actor, q odsql.Question, sort string, at int64) ([]*catalog.Entry, int64, error) {
	limit, offset := cardsPerPage, int(at-1)*cardsPerPage
	if sort != "used" {
		q.Limit, q.Offset = &limit, offset
		return s.Portal.Datasets(ctx, actor, q)
	}
	used, err := s.used(ctx)
	if err != nil {
		return nil, 0, err
	}
	rank := make(map[string]int, len(used))
	for i, uid := range used {
		rank[uid] = i - len(used)
	}
	all := mostPages * cardsPerPage
	q.Limit = &all
	entries, total, err := s.Portal.Datasets(ctx, actor, q)
	if err != nil {
		return nil, 0, err
	}
	slices.SortStableFunc(entries, func(a, b *catalog.Entry) int { return cmp.Compare(rank[a.UID], rank[b.UID]) })
	return entries[min(offset, len(entries)):min(offset+limit, len(entries))], total, nil
}

func (s *Site) catalogFacets(r *http.Request, v view, actor account.Actor, f data.Filter, href func(data.Filter) string) ([]facetGroup, error) {
	names := catalogFacets(v.Printer)
	q := f.Question()
	q.Lang = v.Rules
	for _, n := range names {
		facet := n.Tag
		switch {
		case facet == "modified":
			facet = `facet(name="modified", sort="-alphanum")` // years, the last first
		case slices.Contains(severals, facet):
			facet = "facet(name=" + data.Quote(facet) + ", disjunctive=true)"
		}
		q.Facet = append(q.Facet, facet)
	}
	facets, err := s.Portal.CatalogFacets(r.Context(), actor, q)
	if err != nil {
		return nil, fmt.Errorf("facets of the catalogue: %w", err)
	}
	byName := map[string]explore.Facet{}
	for _, facet := range facets {
		byName[facet.Name] = facet
	}
	var out []facetGroup
	for _, n := range names {
		facet := byName[n.Tag]
		if len(facet.Values) == 0 {
			continue
		}
		group := facetGroup{Label: n.Label, Several: slices.Contains(severals, n.Tag)}
		group.Values = data.FacetChoices(facet.Name, facet.Values, f, href, 0)
		for i, value := range group.Values {
			switch n.Tag {
			case "features":
				group.Values[i].Label = data.FeatureName(v.Printer, value.Label)
			case "language":
				group.Values[i].Label = data.LanguageName(value.Label)
			case "modified":
				group.Values[i].Label = data.MonthName(v.Printer, value.Label, value.Level)
			}
		}
		if v.Params.Get("more") != n.Tag && len(group.Values) > facetsAtFirst+1 {
			kept := group.Values[:facetsAtFirst:facetsAtFirst]
			for _, late := range group.Values[facetsAtFirst:] {
				if late.On {
					kept = append(kept, late)
				}
			}
			group.Values = kept
			q := url.Values{}
			for name, values := range v.Params {
				q[name] = values
			}
			q.Set("more", n.Tag)
			group.More = v.Link("/explore/", q)
		}
		out = append(out, group)
	}
	return out, nil
}
