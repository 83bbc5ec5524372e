package explore

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/odsql"
	"parvis/internal/odsql/check"
)

// Listing is a page of datasets, or, where the question groups or aggregates, of plain rows.
type Listing struct {
	Answer
	State   string           // of the catalogue that answered, as CatalogState gives it
	Entries []*catalog.Entry // one for each row; nil for plain rows
	Parts   []Part           // what to show of each dataset, in order; nil for plain rows
}

// Part is one thing that select asks of a dataset.
type Part struct {
	Key string // the key in the answer

	// Exactly one of these says where the value stands.
	Document       string // a key of the dataset object ("fields", "metas" …), or "*" for all of it
	Template, Meta string // a metadata, as the description has it
	Column         int    // of the answer; -1 for the others
}

// Documents lists the keys of the dataset object, in the order in which the API writes them.
func Documents() []string {
	return []string{"visibility", "fields", "dataset_id", "dataset_uid", "has_records", "features", "attachments",
		"alternative_exports", "data_visible", "metas"}
}

// rowKey is the column that tells which dataset a row is of.
const rowKey = "parvis dataset"

// Datasets answers a question about the catalogue: a page of datasets, of groups, or one row of aggregates. The
// metadata of the default template go by their names with or without "default.", others by "template.name".
// Kinds: Invalid and Unavailable, as Records.
func (x *Explorer) Datasets(ctx context.Context, a account.Actor, q odsql.Question) (*Listing, error) {
	ix, err := x.ask(ctx, a)
	if err != nil {
		return nil, err
	}
	defer ix.release()
	sel, err := ix.selection(q)
	if err != nil {
		return nil, err
	}
	q.Select = sel.text
	p, err := ix.check(x, q)
	if err != nil {
		return nil, err
	}
	out := &Listing{Answer: Answer{Plan: p, Columns: p.Columns}, State: ix.state()}
	limit, offset := window(q, p)
	if err := x.page(ctx, &out.Answer, ix.source, ix.rows, limit, offset); err != nil {
		return nil, fmt.Errorf("datasets: %w", err)
	}
	if sel.plain {
		return out, nil
	}
	if out.Parts = sel.parts(p.Columns); len(out.Parts) == 0 {
		return nil, &odsql.Error{Clauses: []string{"select"}, Message: "no field is left to answer with"}
	}
	for _, b := range out.Batches {
		for i := range b.Len {
			out.Entries = append(out.Entries, ix.entry(string(b.Vectors[0].Text(i))))
		}
	}
	return out, nil
}

// Dataset gives one dataset as select asks for it; the answer has one entry. Kinds: NotFound, and as Datasets.
func (x *Explorer) Dataset(ctx context.Context, a account.Actor, id string, q odsql.Question) (*Listing, error) {
	e, err := x.catalog.Find(a, id)
	if err != nil {
		return nil, err
	}
	if q.Select == "" || q.Select == "*" {
		// The time zone and the language have to be right even where nothing depends on them.
		p, err := check.Check(odsql.Question{Select: "recordid", Lang: q.Lang, Timezone: q.Timezone}, check.Schema{ID: id}, check.Env{Now: x.clock()})
		if err != nil {
			return nil, err
		}
		return &Listing{Answer: Answer{Plan: p, Total: 1}, Entries: []*catalog.Entry{e}, Parts: []Part{{Document: "*", Column: -1}}}, nil
	}
	one := 1
	only := odsql.Question{
		Select: q.Select, Lang: q.Lang, Timezone: q.Timezone, Limit: &one,
		Where: []string{idField + ` = "` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(id) + `"`},
	}
	out, err := x.Datasets(ctx, a, only)
	if err == nil && out.Total == 0 {
		// It was published a moment ago.
		if err := x.Ready(ctx); err != nil {
			return nil, err
		}
		out, err = x.Datasets(ctx, a, only)
	}
	if err != nil {
		return nil, err
	}
	if out.Total == 0 { // it was removed a moment ago
		return nil, fault.New(fault.NotFound, "The requested dataset %s does not exist.", id)
	}
	return out, nil
}

// CatalogFacets counts the values of the catalogue's facets: those asked for, or CatalogueFacets. Kinds as Datasets.
func (x *Explorer) CatalogFacets(ctx context.Context, a account.Actor, q odsql.Question) (*FacetAnswer, error) {
	ix, err := x.ask(ctx, a)
	if err != nil {
		return nil, err
	}
	defer ix.release()
	q = facetQuestion(q)
	if len(q.Facet) == 0 {
		q.Facet = CatalogueFacets()
	}
	p, err := ix.check(x, q)
	if err != nil {
		return nil, err
	}
	facets, err := x.facetTree(ctx, &ix.source, p)
	if err != nil {
		return nil, fmt.Errorf("facets of the catalogue: %w", err)
	}
	return &FacetAnswer{State: ix.state(), Plan: p, Facets: facets}, nil
}

// CatalogTable answers a question about the catalogue as a table, for formats that list columns: without select
// there is a column for each metadata that some dataset has, "datasetid" first, then "default.title" and so on.
// A missing limit, or -1, is everything. Kinds as Datasets.
func (x *Explorer) CatalogTable(ctx context.Context, a account.Actor, q odsql.Question) (*Answer, error) {
	ix, err := x.ask(ctx, a)
	if err != nil {
		return nil, err
	}
	defer ix.release()
	if strings.TrimSpace(q.Select) == "" && strings.TrimSpace(q.GroupBy) == "" {
		q.Select = ix.everything()
	}
	p, err := ix.check(x, q)
	if err != nil {
		return nil, err
	}
	limit := int(ix.rows)
	if p.Grouped {
		limit = -1
	}
	if q.Limit != nil && *q.Limit >= 0 {
		limit = *q.Limit
	}
	out := &Answer{Plan: p, Columns: p.Columns}
	if err := x.page(ctx, out, ix.source, ix.rows, limit, max(q.Offset, 0)); err != nil {
		return nil, fmt.Errorf("table of the catalogue: %w", err)
	}
	return out, nil
}

// everything gives a select clause for every metadata under its whole name.
func (ix *asked) everything() string {
	items := []string{idField + " as datasetid"}
	for _, f := range ix.schema.Fields {
		m, is := ix.metas[f.Name]
		if !is || ix.empty[f.Name] || !ix.shows(f.Name) {
			continue
		}
		items = append(items, quoteName(f.Name)+" as "+quoteName(m.template+"."+m.name))
	}
	return strings.Join(items, ", ")
}

// quoteName writes a name for the query language.
func quoteName(name string) string {
	return "`" + strings.NewReplacer(`\`, `\\`, "`", "\\`").Replace(name) + "`"
}

// selection is the select clause of a question about datasets, split into what the descriptions answer and what
// the engine does.
type selection struct {
	text  string // for the engine
	plain bool   // rows, not datasets
	items []selected
}

// selected is an item of the clause: a part that is known already, or what the engine answers.
type selected struct {
	part    Part
	pattern bool // include() or exclude(): as many columns as the engine says
}

// selection reads the select clause.
func (ix *asked) selection(q odsql.Question) (*selection, error) {
	items, err := odsql.ParseSelect(q.Select)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(q.GroupBy) != "" || slices.ContainsFunc(items, aggregates) {
		return &selection{text: q.Select, plain: true}, nil
	}
	out := &selection{}
	asked := []string{idField + " as " + quoteName(rowKey)}
	for _, item := range items {
		key := item.Alias
		text := item.Text
		if name, is := item.X.(*odsql.Name); is {
			if key == "" {
				key = name.Text
			}
			text = quoteName(name.Text)
		} else if key == "" {
			key = item.Text
		}
		part, known := ix.part(item)
		if !item.Star {
			part.Key = key
		}
		sel := selected{part: part}
		switch {
		case item.Star:
		case item.Include != "", item.Exclude != "":
			sel.pattern = true
			asked = append(asked, item.Text)
		case !known || item.Alias != "" && ix.isField(item):
			// A label is told to the engine even where the description answers: order_by may use it.
			asked = append(asked, text+" as "+quoteName(key))
		}
		out.items = append(out.items, sel)
	}
	out.text = strings.Join(asked, ", ")
	return out, nil
}

// part says where the description has what an item asks for.
func (ix *asked) part(item odsql.SelectItem) (part Part, known bool) {
	if item.Star {
		return Part{Document: "*", Column: -1}, true
	}
	name, is := item.X.(*odsql.Name)
	if !is {
		return Part{}, false
	}
	if slices.Contains(Documents(), name.Text) {
		return Part{Document: name.Text, Column: -1}, true
	}
	if name.Text == "datasetid" {
		return Part{Document: idField, Column: -1}, true
	}
	if m, ok := ix.metas[name.Text]; ok && ix.shows(m.key()) {
		return Part{Template: m.template, Meta: m.name, Column: -1}, true
	}
	return Part{}, false
}

// isField tells whether the engine has a column for an item, too.
func (ix *asked) isField(item odsql.SelectItem) bool {
	name, is := item.X.(*odsql.Name)
	if !is {
		return false
	}
	to, other := ix.schema.Aliases[name.Text]
	if !other {
		to = name.Text
	}
	return slices.ContainsFunc(ix.schema.Fields, func(f dataset.Field) bool { return f.Name == to })
}

// parts puts the items together with the columns that the engine answers with.
func (s *selection) parts(columns []dataset.Column) []Part {
	taken := map[string]bool{rowKey: true, wordsField: true, orderField: true}
	for _, item := range s.items {
		if !item.pattern {
			taken[item.part.Key] = true
		}
	}
	var out []Part
	for _, item := range s.items {
		switch {
		case item.pattern:
			for i, c := range columns {
				if !taken[c.Name] {
					taken[c.Name] = true
					out = append(out, Part{Key: c.Name, Column: i})
				}
			}
		case item.part.Column < 0:
			out = append(out, item.part)
		default:
			i := slices.IndexFunc(columns, func(c dataset.Column) bool { return c.Name == item.part.Key })
			if i >= 0 {
				out = append(out, Part{Key: item.part.Key, Column: i})
			}
		}
	}
	return out
}

// Aggregating tells whether a select clause asks for aggregates; false for one that cannot be read.
func Aggregating(clause string) bool {
	items, err := odsql.ParseSelect(clause)
	return err == nil && slices.ContainsFunc(items, aggregates)
}

// aggregates tells whether an item holds an aggregate function.
func aggregates(item odsql.SelectItem) bool {
	found := false
	odsql.Walk(item.X, func(e odsql.Expr) bool {
		if call, is := e.(*odsql.Call); is {
			switch call.Name {
			case "count", "sum", "avg", "min", "max", "median", "percentile", "envelope", "bbox":
				found = true
			}
		}
		return !found
	})
	return found
}
