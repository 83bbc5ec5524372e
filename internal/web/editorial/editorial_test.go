package editorial_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/editorial"
	"parvis/internal/explore/exploretest"
	"parvis/internal/locale"
	"parvis/internal/web/data"
	pages "parvis/internal/web/editorial"
	"parvis/internal/web/page"
	"parvis/internal/web/page/pagetest"
)

// town is the pages of editors over a portal with an open dataset, trees, and a restricted one, graves.
type town struct {
	http.Handler
	*editorial.Pages
	t *testing.T
}

func open(t *testing.T) town {
	t.Helper()
	b := exploretest.Open(t)
	fields := []dataset.Field{{Name: "kind", Type: dataset.Text, Label: "Kind"}, {Name: "height", Type: dataset.Double, Label: "Height"}}
	for _, id := range []string{"trees", "graves"} {
		b.Publish(t, catalog.Publication{ID: id, Fields: fields, Metas: dataset.Metas{"default": {"title": "The " + id}}}, []map[string]any{{"kind": "oak", "height": json.Number("12.5")}, {"kind": "elm", "height": json.Number("1500")}})
	}
	if err := b.Catalog.SetSecurity(t.Context(), account.Operator, "graves", catalog.Security{Restricted: true, Default: catalog.Rule{Right: catalog.Download}}); err != nil {
		t.Fatal(err)
	}
	store := editorial.New(editorial.Options{DB: b.DB})
	frame := pagetest.Frame(t, locale.Options{}, func(o *page.Options) { o.Menu = pages.Menu(store) })
	site, err := pages.New(data.New(frame, data.Explored{Explorer: b.Explorer, Catalog: b.Catalog}), store)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	site.Register(mux)
	return town{frame.Wrap(frame.Guard(mux)), store, t}
}

// tell publishes a page in English.
func (w town) tell(slug string, blocks ...editorial.Block) int64 {
	w.t.Helper()
	id, err := w.Create(w.t.Context(), account.Operator, slug, "en", editorial.Content{Title: "On <" + slug + ">", Lede: "All of it.", Blocks: blocks})
	if err == nil {
		err = w.Publish(w.t.Context(), account.Operator, id, "en", 1)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

func (w town) get(target string) (int, string) {
	w.t.Helper()
	status, body, header := pagetest.Get(w.t, w, target)
	if policy := header.Get("Content-Security-Policy"); strings.Contains(policy, "frame-src") != (status == http.StatusOK && strings.Count(target, "/") == 3) || strings.Contains(policy, "frame-src 'self' ") {
		w.t.Errorf("%s: frames of %q", target, policy)
	}
	return status, body
}

func TestBlocks(t *testing.T) {
	w := open(t)
	w.tell("all",
		editorial.Block{Kind: editorial.Text, Title: "Words", Text: "# First\n\n### Third\n\n**Bold** <script>alert(1)</script> [link](javascript:alert(1)) [trees](/explore/)\n\n- one\n\n![x](https://elsewhere.example/x.png)"},
		editorial.Block{Kind: editorial.Figure, Title: "Height of all trees", Of: "/explore/dataset/trees/information/", Value: "sum(height)", Unit: "m"},
		editorial.Block{Kind: editorial.View, Title: "", Of: "https://data.example.org/explore/dataset/trees/table/?q=oak&lang=fr"},
		editorial.Block{Kind: editorial.List, Of: "/explore/?q=trees"},
		editorial.Block{Kind: editorial.List, Of: "graves\ntrees"},
	)
	status, body := w.get("/pages/all/")
	if status != http.StatusOK {
		t.Fatalf("%d", status)
	}
	for _, want := range []string{"<h1>On &lt;all&gt;</h1>", "<h2>Words</h2>", "<h3>First</h3>", "<h4>Third</h4>", "<strong>Bold</strong>", `<a href="/explore/" rel="noreferrer">trees</a>`, "<bdi>1,512.5</bdi>", "Height of all trees",
		`<iframe src="/explore/embed/dataset/trees/table/?lang=en&amp;q=oak"`, `title="The trees"`, `href="/explore/dataset/trees/information/"`, `"@type":"Article"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, never := range []string{"alert(1)<", "javascript:", "elsewhere", "graves"} {
		if strings.Contains(body, never) {
			t.Errorf("the page holds %s", never)
		}
	}
}

// What a reader may not know of is left out without a word.
func TestBlocksOfHiddenDatasets(t *testing.T) {
	w := open(t)
	w.tell("hidden",
		editorial.Block{Kind: editorial.Figure, Title: "Depth", Of: "graves", Value: "sum(height)"}, editorial.Block{Kind: editorial.View, Title: "Rows", Of: "/explore/dataset/graves/table/"}, editorial.Block{Kind: editorial.List, Title: "Sets", Of: "graves"},
		editorial.Block{Kind: editorial.Figure, Title: "Nonsense", Of: "trees", Value: "sum(("}, editorial.Block{Kind: editorial.Figure, Title: "Rows of it", Of: "trees", Value: "kind"}, editorial.Block{Kind: editorial.View, Title: "Elsewhere", Of: "https://elsewhere.example/"})
	status, body := w.get("/pages/hidden/")
	if status != http.StatusOK || strings.Contains(body, "graves") || strings.Contains(body, `class="blk`) || strings.Contains(body, "iframe") {
		t.Errorf("%d %s", status, body)
	}
}

func TestLanguagesAndMenu(t *testing.T) {
	w := open(t)
	id := w.tell("walks", editorial.Block{Kind: editorial.Text, Text: "Go."})
	if _, body := w.get("/pages/"); !strings.Contains(body, `href="/pages/walks/"`) {
		t.Error("the list lacks the page")
	}
	if _, body := w.get("/pages/walks/?lang=fr"); !strings.Contains(body, `lang="en" dir="ltr"`) {
		t.Error("a page in another language does not say so")
	}
	number, err := w.Save(t.Context(), account.Operator, id, "fr", editorial.Content{Title: "Promenades", Blocks: []editorial.Block{{Kind: editorial.Text, Text: "Allez."}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, draft := range []string{"/pages/walks/?lang=fr", "/pages/walks/?lang=fr&version=draft&of=fr", "/pages/walks/?version=1&of=fr"} {
		if _, body := w.get(draft); strings.Contains(body, "Promenades") {
			t.Errorf("%s shows a draft to a reader", draft)
		}
	}
	if err := w.Publish(t.Context(), account.Operator, id, "fr", number); err != nil {
		t.Fatal(err)
	}
	if err := w.Set(t.Context(), account.Operator, id, editorial.Settings{Slug: "walks", Menu: true}); err != nil {
		t.Fatal(err)
	}
	if _, body := w.get("/pages/?lang=fr"); strings.Count(body, "Promenades") != 3 { // twice in the menus, once in the list
		t.Errorf("the page is named %d times", strings.Count(body, "Promenades"))
	}
	if err := w.Set(t.Context(), account.Operator, id, editorial.Settings{Slug: "walks", Menu: true, Restricted: true}); err != nil {
		t.Fatal(err)
	}
	if status, _ := w.get("/pages/walks/"); status != http.StatusNotFound {
		t.Errorf("a restricted page: %d", status)
	}
	if _, body := w.get("/pages/"); strings.Contains(body, "walks") {
		t.Error("a restricted page is named")
	}
}
