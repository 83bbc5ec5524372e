package front

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/explore/exploretest"
	"parvis/internal/locale"
	"parvis/internal/web/data"
	"parvis/internal/web/page/pagetest"
)

var cardForm = regexp.MustCompile(`<h3><a href="/explore/dataset/([^/]+)/information/`)

// TestTheMostUsedFirst lists 30 datasets, two of which are used, in every order and in the words of old portals.
func TestTheMostUsedFirst(t *testing.T) {
	b := exploretest.OpenFolder(t, fstest.MapFS{})
	uids := map[string]string{}
	for i := range 30 {
		id := fmt.Sprintf("d%02d", i)
		uids[id] = b.Publish(t, catalog.Publication{ID: id, Fields: []dataset.Field{{Name: "n", Type: dataset.Int}},
			Metas: dataset.Metas{"default": {"title": fmt.Sprintf("Z%02d", 50-i), "modified": fmt.Sprintf("2026-01-%02dT00:00:00+00:00", i+1), "theme": []any{"trees"}}}}, []map[string]any{{"n": json.Number("1")}}).UID
	}
	if err := b.Explorer.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	var failure error
	site := func(used func(context.Context) ([]string, error)) http.Handler {
		frame := pagetest.Frame(t, locale.Options{Fallback: "en"})
		s, err := New(Options{Frame: data.New(frame, data.Explored{Explorer: b.Explorer, Catalog: b.Catalog}), Used: used})
		if err != nil {
			t.Fatal(err)
		}
		mux := http.NewServeMux()
		s.Register(mux)
		return frame.Wrap(frame.Guard(mux))
	}
	h := site(func(context.Context) ([]string, error) {
		return []string{uids["d07"], "da_gone99", uids["d03"]}, failure
	})
	for query, want := range map[string]string{
		"": "d29 d28 d27", "?sort=used": "d07 d03 d29", "?sort=explore.popularity_score": "d07 d03 d29", "?sort=-explore.download_count&refine.theme=trees": "d07 d03 d29", "?sort=used&page=2": "d11 d10 d09",
		"?sort=used&page=9": "", "?sort=title": "d29 d28 d27", "?sort=-modified": "d29 d28 d27", "?sort=nonsense": "d29 d28 d27", "?sort=used&refine.theme=none": "",
	} {
		_, body, _ := pagetest.Get(t, h, "/explore/"+query)
		pagetest.Check(t, query, body)
		var got []string
		for _, m := range cardForm.FindAllStringSubmatch(body, 3) {
			got = append(got, m[1])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q begins with %v, want %s", query, got, want)
		}
		if strings.Contains(query, "page=2") && !strings.Contains(body, `sort=used"`) {
			t.Errorf("%q forgets its order", query)
		}
	}
	failure = errors.New("the counts cannot be read")
	if status, _, _ := pagetest.Get(t, h, "/explore/?sort=used"); status != http.StatusInternalServerError {
		t.Errorf("without counts: %d", status)
	}
	_, body, _ := pagetest.Get(t, site(nil), "/explore/?sort=used")
	if strings.Contains(body, "Most used") || !strings.Contains(body, "d29") {
		t.Errorf("where nobody counts: %s", body)
	}
}
