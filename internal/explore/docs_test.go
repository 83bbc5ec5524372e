package explore_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"parvis/internal/account"
	"parvis/internal/explore/exploretest"
	"parvis/internal/odsql"
)

// documented is a dataset with every field that the examples of docs/odsql.md name.
var documented = fstest.MapFS{
	"docs/dataset.json": {Data: []byte(`{"dataset_id": "docs", "fields": [
		{"name": "name", "type": "text", "label": "Name"}, {"name": "title", "type": "text", "label": "Title"},
		{"name": "body", "type": "text", "label": "Body"}, {"name": "note", "type": "text", "label": "Note"},
		{"name": "raw", "type": "text", "label": "Raw"}, {"name": "and", "type": "text", "label": "And"},
		{"name": "Name of the city", "type": "text", "label": "Name of the city"}, {"name": "city", "type": "text", "label": "City"},
		{"name": "alt_names", "type": "text", "label": "Other names", "annotations": {"multivalued": [","]}},
		{"name": "country", "type": "text", "label": "Country", "annotations": {"facet": true}},
		{"name": "continent", "type": "text", "label": "Continent", "annotations": {"facet": true}},
		{"name": "place", "type": "text", "label": "Place", "annotations": {"facet": true, "hierarchical": ["/"]}},
		{"name": "population", "type": "int", "label": "Population"}, {"name": "12", "type": "int", "label": "Twelve"},
		{"name": "qty", "type": "int", "label": "Quantity"}, {"name": "total", "type": "double", "label": "Total"},
		{"name": "paid", "type": "double", "label": "Paid"}, {"name": "amount", "type": "double", "label": "Amount"},
		{"name": "temperature", "type": "double", "label": "Temperature"}, {"name": "elevation", "type": "double", "label": "Elevation"},
		{"name": "capital", "type": "boolean", "label": "Capital"}, {"name": "founded", "type": "date", "label": "Founded", "annotations": {"facet": true}},
		{"name": "day", "type": "date", "label": "Day"}, {"name": "updated_at", "type": "datetime", "label": "Updated"},
		{"name": "ts", "type": "datetime", "label": "Time"}, {"name": "location", "type": "geo_point_2d", "label": "Location"},
		{"name": "shape", "type": "geo_shape", "label": "Shape"}],
		"metas": {"default": {"title": "Docs", "publisher": "Acme"}, "dcat": {"creator": "Acme"}}}`)},
	"docs/records.jsonl": {Data: []byte(`{"name": "Paris", "title": "THE BOOK OF SECRETS", "body": "animals", "note": "City of light", "raw": "{\"a\": 1}", "and": "x", "Name of the city": "Paris", "city": "'s-Hertogenbosch", "alt_names": ["Paname"], "country": "France", "continent": "Europe", "place": "Europe/France", "population": 2138551, "12": 11, "qty": 3, "total": 10.5, "paid": 2.0, "amount": 4.0, "temperature": 3.5, "elevation": 35.0, "capital": true, "founded": "2001-06-20", "day": "2020-02-29", "updated_at": "2021-05-06T12:34:55+00:00", "ts": "2021-05-06T12:34:55+00:00", "location": {"lon": 2.3488, "lat": 48.85341}, "shape": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}}
{"name": "Lima", "country": "Peru", "continent": "South America", "population": 7737002}
`)},
}

// TestDocumentedExamplesAreAnswered asks every example of docs/odsql.md, of a dataset or of the catalogue, and checks that those that must be refused are.
func TestDocumentedExamplesAreAnswered(t *testing.T) {
	p := exploretest.OpenFolder(t, documented)
	page, err := os.ReadFile("../../docs/odsql.md")
	if err != nil {
		t.Fatal(err)
	}
	asked, block := 0, ""
	for i, line := range strings.Split(string(page), "\n") {
		if info, fence := strings.CutPrefix(line, "```"); fence {
			block = info
			continue
		}
		language, clause, _ := strings.Cut(block, " ")
		if language != "odsql" && language != "odsql-error" || line == "" {
			continue
		}
		asked++
		err := ask(t, p, clause, line)
		if refused := err != nil; refused != (language == "odsql-error") {
			t.Errorf("docs/odsql.md:%d: %s: error %v", i+1, line, err)
		}
	}
	if asked < 80 {
		t.Errorf("only %d examples were found", asked)
	}
}

// ask puts one clause into a question to the dataset, and to the catalogue where the dataset has no such names.
func ask(t *testing.T, p *exploretest.Portal, clause, text string) error {
	var q odsql.Question
	switch clause {
	case "select":
		q.Select = text
	case "where":
		q.Where = []string{text}
	case "group_by":
		q.GroupBy, q.Select = text, "count(*)"
	case "order_by":
		q.OrderBy = text
		if strings.Contains(text, "count(") {
			q.GroupBy = "country"
		}
	case "refine":
		q.Refine = []string{text}
	case "exclude":
		q.Exclude = []string{text}
	case "facet":
		q.Facet = []string{text}
		_, err := p.Explorer.Facets(t.Context(), account.Anonymous, "docs", q)
		return err
	default:
		t.Fatalf("unknown clause %q", clause)
	}
	if _, err := p.Explorer.Records(t.Context(), account.Anonymous, "docs", q); err == nil || !strings.Contains(err.Error(), "Unknown field") {
		return err
	}
	_, err := p.Explorer.Datasets(t.Context(), account.Anonymous, q)
	return err
}
