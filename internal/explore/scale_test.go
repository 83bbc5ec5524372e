package explore_test

import (
	"fmt"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/explore"
	"parvis/internal/explore/exploretest"
	"parvis/internal/odsql"
)

// BenchmarkCatalogueOfThousand builds the catalogue of a thousand datasets as data, and asks it.
func BenchmarkCatalogueOfThousand(b *testing.B) {
	p := exploretest.Open(b)
	for i := range 1000 {
		p.Publish(b, catalog.Publication{ID: fmt.Sprintf("set-%d", i), Fields: []dataset.Field{{Name: "name", Type: dataset.Text, Label: "Name"}},
			Metas: dataset.Metas{"default": {"title": fmt.Sprintf("Dataset number %d of the harbour", i), "description": "<p>Ships, quays and cranes of the harbour in many words</p>",
				"publisher": fmt.Sprintf("Office %d", i%20), "theme": []any{"Sea", fmt.Sprintf("Theme %d", i%10)}, "keyword": []any{"coast", "ships"}, "language": "en"}}}, nil)
	}
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			fresh := explore.New(explore.Options{Engine: p.Engine, Catalog: p.Catalog, Clock: time.Now})
			if err := fresh.Ready(b.Context()); err != nil {
				b.Fatal(err)
			}
			fresh.Close()
		}
	})
	if err := p.Explorer.Ready(b.Context()); err != nil {
		b.Fatal(err)
	}
	for name, q := range map[string]odsql.Question{
		"page":   {OrderBy: "modified desc"},
		"search": {Where: []string{`"harbour 77"`}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := p.Explorer.Datasets(b.Context(), account.Anonymous, q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("facets", func(b *testing.B) {
		for b.Loop() {
			if _, err := p.Explorer.CatalogFacets(b.Context(), account.Anonymous, odsql.Question{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
