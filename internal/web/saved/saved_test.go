package saved

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/account/accounttest"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/explore/exploretest"
	"parvis/internal/locale"
	"parvis/internal/visual"
	"parvis/internal/web/analyse"
	"parvis/internal/web/data"
	"parvis/internal/web/figure"
	"parvis/internal/web/maps"
	"parvis/internal/web/page/pagetest"
)

// TestChartsOfEveryKind saves a chart of each kind that there is, and looks at its page, its frame and its files.
func TestChartsOfEveryKind(t *testing.T) {
	b := exploretest.Open(t)
	b.PublishRows(t, catalog.Publication{ID: "trees", Metas: dataset.Metas{"default": {"title": "Trees"}}, Fields: []dataset.Field{
		{Name: "kind", Type: dataset.Text, Label: "Species", Annotations: dataset.Annotations{Facet: true}}, {Name: "park", Type: dataset.Text, Annotations: dataset.Annotations{Facet: true}},
		{Name: "height", Type: dataset.Double, Label: "Height", Annotations: dataset.Annotations{Unit: "m"}}, {Name: "girth", Type: dataset.Double},
	}}, 300, func(i int, values []any) {
		values[0], values[1], values[2], values[3] = []string{"oak", "lime", "ash"}[i%3], []string{"north", "south"}[i%2], float64(i%40), float64(i%17)
	})
	frame := pagetest.Frame(t, locale.Options{Fallback: "en"})
	onData := data.New(frame, data.Explored{Explorer: b.Explorer, Catalog: b.Catalog})
	analyses, err := analyse.New(onData)
	if err != nil {
		t.Fatal(err)
	}
	atlas, err := maps.New(maps.Options{Frame: onData})
	if err != nil {
		t.Fatal(err)
	}
	visuals := visual.New(b.DB, nil)
	s, err := New(Options{Frame: onData, Visuals: visuals, Analyses: analyses, Maps: atlas})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	s.Register(mux)
	h := frame.Wrap(frame.Guard(mux))

	for _, kind := range figure.Kinds {
		if !drawable(kind) || visual.Alone(kind) == slices.Contains(figure.Joint, kind) {
			t.Errorf("%s: may be saved: %v, alone: %v", kind, drawable(kind), visual.Alone(kind))
		}
	}
	if kinds := visual.Kinds(); len(kinds) != len(figure.Kinds)+1 {
		t.Errorf("charts are of %v, figures of %v", kinds, figure.Kinds)
	}
	accounttest.New(t, b.DB, time.Time{}).Add(1, "one@example.org")
	maker := account.Actor{Scope: account.Every, Person: &account.Person{ID: 1}}
	of := "https://portal.example/explore/dataset/trees/analyze/?x=kind&fn=avg&y=height&by=park&kind="
	for _, kind := range figure.Kinds {
		layers := []visual.Layer{{Of: of + kind}}
		id, err := visuals.Save(t.Context(), maker, visual.Draft{Title: "How tall they are", Language: "en", Kind: kind, Layers: layers, Open: true})
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		two := visual.Draft{Title: "Two", Language: "en", Kind: kind, Layers: append(layers, layers...)}
		if _, err := visuals.Save(t.Context(), maker, two); (err != nil) != visual.Alone(kind) {
			t.Errorf("%s of two layers: %v", kind, err)
		}
		at := fmt.Sprintf("/charts/%d/", id)
		status, body, _ := pagetest.Get(t, h, at+"?lang=en")
		pagetest.Check(t, kind, body)
		if status != http.StatusOK || !strings.Contains(body, "How tall they are</h2>") || !strings.Contains(body, "<svg xmlns") || strings.Contains(body, "nothing to draw") {
			t.Errorf("%s: %d, without its drawing", kind, status)
		}
		if status, body, _ := pagetest.Get(t, h, at+"embed/?lang=en"); status != http.StatusOK || !strings.Contains(body, "<svg xmlns") {
			t.Errorf("%s in a frame: %d", kind, status)
		}
		if status, body, _ := pagetest.Get(t, h, at+"values.csv"); status != http.StatusOK || strings.Count(body, "\n") < 3 {
			t.Errorf("%s as CSV: %d %q", kind, status, body)
		}
		if status, body, _ := pagetest.Get(t, h, at+"values.json"); status != http.StatusOK || !strings.Contains(body, `"kind":"`+kind+`"`) {
			t.Errorf("%s as JSON: %d %.200s", kind, status, body)
		}
		if status, body, _ := pagetest.Get(t, h, at+"figure.svg"); status != http.StatusOK || !strings.Contains(body, "<svg") {
			t.Errorf("%s as SVG: %d", kind, status)
		}
	}
}
