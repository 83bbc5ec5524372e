package explore_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/fstest"

	"parvis/internal/account"
	"parvis/internal/explore/exploretest"
	"parvis/internal/odsql"
)

// TestTitlesAreOrderedAsReadersExpect puts É beside E and 10 after 9.
func TestTitlesAreOrderedAsReadersExpect(t *testing.T) {
	folder := fstest.MapFS{}
	for i, title := range []string{"Zones", "Écoles", "Eaux", "eaux usées", "Secteur 10", "Secteur 9", "Étangs"} {
		folder[fmt.Sprintf("d%d/dataset.json", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, `{"dataset_id": "d%d", "metas": {"default": {"title": %q}}}`, i, title)}
	}
	p := exploretest.OpenFolder(t, folder)
	got, err := p.Explorer.Datasets(t.Context(), account.Anonymous, odsql.Question{OrderBy: "_order"})
	if err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, e := range got.Entries {
		titles = append(titles, e.Title())
	}
	if want := []string{"Eaux", "eaux usées", "Écoles", "Étangs", "Secteur 9", "Secteur 10", "Zones"}; !slices.Equal(titles, want) {
		t.Errorf("%q, want %q", titles, want)
	}
}
