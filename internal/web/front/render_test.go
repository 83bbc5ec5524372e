package front

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/explore"
	"parvis/internal/export"
	"parvis/internal/fault"
	"parvis/internal/odsql"
	"parvis/internal/web/data"
	"parvis/internal/web/page/pagetest"
)

// fixture is a Portal that answers every question with the same: only to see how pages render it. The real one is
// walked through in demo_test.go.
type fixture struct {
	entries []*catalog.Entry
	total   int64
	facets  []explore.Facet
	rows    *data.Rows
	hidden  bool
}

func (f fixture) Datasets(context.Context, account.Actor, odsql.Question) ([]*catalog.Entry, int64, error) {
	return f.entries, f.total, nil
}

func (f fixture) CatalogFacets(context.Context, account.Actor, odsql.Question) ([]explore.Facet, error) {
	return f.facets, nil
}

func (f fixture) Dataset(_ context.Context, _ account.Actor, id string) (*catalog.Entry, bool, error) {
	if len(f.entries) == 0 {
		return nil, false, fault.New(fault.NotFound, "The requested dataset %s does not exist.", id)
	}
	return f.entries[0], !f.hidden, nil
}

func (f fixture) Records(context.Context, account.Actor, string, odsql.Question) (*data.Rows, error) {
	return f.rows, nil
}

func (f fixture) Record(context.Context, account.Actor, string, string) (*data.Rows, error) {
	if len(f.rows.Values) == 0 {
		return nil, fault.New(fault.NotFound, "The requested record does not exist.")
	}
	return f.rows, nil
}

func (f fixture) Facets(context.Context, account.Actor, string, odsql.Question) ([]explore.Facet, error) {
	return f.facets, nil
}

func (f fixture) Sample(_ context.Context, _ account.Actor, _ string, _ int64, each func([]dataset.Column, *dataset.Batch)) error {
	columns := []dataset.Column{{Name: "name", Type: dataset.Text}}
	each(columns, &dataset.Batch{Len: 1, Vectors: []dataset.Vector{{Offsets: []int32{0, 1}, Bytes: []byte("x")}}})
	return nil
}

// SmallPicture implements data.Portal.
func (fixture) SmallPicture(context.Context, account.Actor, string, string) (*os.File, string, error) {
	return nil, "", fault.New(fault.NotFound, "")
}

// long is files that take long, each at another stage.
type long struct{}

func (long) Size(context.Context, account.Actor, export.Wish, int64) (int64, bool, error) {
	return 2e9, false, nil
}

func (long) Prepare(_ context.Context, _ account.Actor, wish export.Wish) (export.Progress, error) {
	switch wish.Kind {
	case "csv":
		return export.Progress{State: export.Making, Rows: 4_000_000, Bytes: 8e8, For: time.Minute}, nil
	case "jsonl":
		return export.Progress{State: export.Waiting, Ahead: 3}, nil
	case "parquet":
		return export.Progress{State: export.Making, Bytes: 1e8, For: 10 * time.Second}, nil
	case "json":
		return export.Progress{State: export.Ready, Bytes: 123_456_789}, nil
	}
	return export.Progress{}, fault.New(fault.TooLarge, "too large")
}

const evil = `"><script>alert(1)</script><img src=x onerror=alert(1) style="color:red"> ' \ {{.}} ${x} ` + "`\u202e\u0000\n"

// described makes an entry whose every text is s and whose every address is u.
func described(s, u, language string, rows int64) *catalog.Entry {
	e := &catalog.Entry{Access: catalog.Access{Right: catalog.Download, Data: true}}
	e.ID, e.UID = "some.set", "da_abc123"
	if s == "" {
		return e
	}
	texts := []any{s, s + "2"}
	e.Metas = dataset.Metas{"default": {
		"title": s, "description": "<p>" + s + "</p><p onclick=x style='a'>more " + s + "</p><h1>big</h1><img src='https://elsewhere.example/x.png'><a href='" + u + "'>there</a>",
		"theme": texts, "keyword": texts, "publisher": s, "license": s, "license_url": u, "language": language,
		"modified": "2026-02-01T00:00:00+00:00", "references": u, "attributions": texts, "territory": texts, "update_frequency": s,
	}, "dcat": {"temporal": s, "granularity": s}}
	e.Fields = []dataset.Field{
		{Name: s, Type: dataset.Text, Label: s, Description: s, Annotations: dataset.Annotations{Facet: true, Disjunctive: true, Unit: s}},
		{Name: "n", Type: dataset.Double, Label: "N"}, {Name: "d", Type: dataset.Date, Annotations: dataset.Annotations{Facet: true}},
	}
	e.Attachments = []dataset.Attachment{{ID: s, Title: s, MIMEType: s}}
	e.Alternatives = []dataset.Alternative{{ID: s, Title: s, MIMEType: s, URL: u}}
	e.Version = &dataset.Version{Number: 3, Rows: rows, Time: time.Unix(0, 0)}
	return e
}

func fixtures() map[string]fixture {
	page := func(s, u string) *data.Rows {
		out := &data.Rows{Total: 10_000_000, Columns: []dataset.Column{
			{Name: s, Label: s, Type: dataset.Text}, {Name: "n", Type: dataset.Double}, {Name: "d", Type: dataset.Date},
			{Name: "t", Type: dataset.DateTime}, {Name: "b", Type: dataset.Boolean}, {Name: "p", Type: dataset.GeoPoint},
			{Name: "g", Type: dataset.GeoShape}, {Name: "l", Type: dataset.Text, List: true}, {Name: "i", Type: dataset.Int}, {Name: "u", Type: dataset.Text},
		}}
		for range 3 {
			out.Values = append(out.Values,
				[]any{s, -1234.5, dataset.Day(20000), dataset.Instant(1e15), true, dataset.Point{Lon: 2, Lat: 48}, dataset.Shape{WKB: []byte{1, 3, 0, 0, 0}}, []any{s, nil, s}, int64(-5), u},
				[]any{nil, nil, nil, nil, nil, nil, nil, nil, nil, nil},
				[]any{strings.Repeat(s, 200), 1e300, dataset.Day(-1 << 31), dataset.Instant(-1 << 60), false, dataset.Point{}, dataset.Shape{}, []any{}, int64(1) << 62, ""})
		}
		for range out.Values {
			out.IDs = append(out.IDs, strings.Repeat("0a", 20))
		}
		return out
	}
	facets := func(s string) []explore.Facet {
		v := explore.FacetValue{Name: s, Value: s, Count: 5, State: explore.Refined, Children: []explore.FacetValue{{Name: "c" + s, Value: s + "/c", Count: 2, State: explore.Displayed}}}
		var out []explore.Facet
		for _, name := range []string{s, "theme", "features", "publisher", "keyword", "license", "language", "modified", "d"} {
			f := explore.Facet{Name: name, Values: []explore.FacetValue{v, {Name: "out", Value: "out", State: explore.Excluded}}}
			for i := range 60 {
				f.Values = append(f.Values, explore.FacetValue{Name: s + string(rune('a'+i)), Value: s + string(rune('a'+i)), Count: int64(i), State: explore.Displayed})
			}
			out = append(out, f)
		}
		return out
	}
	many := func(e *catalog.Entry) []*catalog.Entry {
		var out []*catalog.Entry
		for range cardsPerPage {
			out = append(out, e)
		}
		return out
	}
	none := &data.Rows{Columns: []dataset.Column{{Name: "n", Type: dataset.Int}}}
	return map[string]fixture{
		"no dataset": {rows: none},
		"bare":       {entries: []*catalog.Entry{described("", "", "", 0)}, total: 1, rows: none},
		"empty":      {entries: []*catalog.Entry{described("Rien", "https://a.example/", "fr", 0)}, total: 1, rows: none},
		"full":       {entries: many(described("Marchés & fêtes", "https://a.example/?x=1&y=2", "fr", 10_000_000)), total: 10_000, rows: page("Limay", "https://a.example/"), facets: facets("Île")},
		"pseudo":     {entries: many(described("⟦Data⟧", "https://a.example/", "", 10_000)), total: 10_000, rows: page("⟦Data⟧", "https://a.example/"), facets: facets("⟦Data⟧")},
		"hostile":    {entries: many(described(evil, "javascript:alert(1)", `en" onload="x`, 1)), total: 40, rows: page(evil, "javascript:alert(1)//http://"), facets: facets(evil)},
		"hidden":     {entries: []*catalog.Entry{described("Secret", "", "xx", 5)}, total: 1, rows: none, hidden: true},
	}
}

func TestPagesRender(t *testing.T) {
	quoted := `%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E`
	targets := []string{
		"/explore/", "/explore/?q=" + quoted + "&refine.theme=" + quoted + "&exclude.x=" + quoted + "&sort=" + quoted + "&more=keyword&page=2",
		"/terms/cookies-policy/", "/nowhere/" + quoted, "/explore/dataset/x/record/" + strings.Repeat("0a", 20) + "/?q=a",
	}
	for _, name := range []string{"information", "table", "export", "api", "export/csv", "export/jsonl", "export/parquet", "export/json", "export/xlsx"} {
		targets = append(targets, data.Address("some.set", name), data.Address("some.set", name)+"?q="+quoted+"&where="+quoted+"&refine."+quoted+"="+quoted+
			"&sort=-n&page=3&names=names&delimiter=%09&rows=filtered&select="+quoted+"&order_by=%27%22%5C&limit=9")
	}
	for name, f := range fixtures() {
		h := siteOver(t, f, "Town — Open data")
		for _, target := range targets {
			for _, lang := range []string{"en", "fr"} {
				sep := "?"
				if strings.Contains(target, "?") {
					sep = "&"
				}
				what := name + " " + target + " in " + lang
				status, body, header := pagetest.Get(t, h, target+sep+"lang="+lang)
				if status == http.StatusSeeOther && strings.Contains(target, "/export/") {
					continue
				}
				if status != http.StatusOK && status != http.StatusNotFound {
					t.Errorf("%s: %d", what, status)
				}
				if c := pagetest.Check(t, what, body); c.Lang != lang {
					t.Errorf("%s: the page is in %q", what, c.Lang)
				}
				if header.Get("Content-Security-Policy") == "" || header.Get("Set-Cookie") != "" {
					t.Errorf("%s: headers %v", what, header)
				}
			}
		}
	}
}

func TestPagesSayWhatTheyShow(t *testing.T) {
	f := fixtures()
	for _, c := range []struct {
		fixture, target string
		status          int
		has, lacks      []string
	}{
		{"no dataset", "/explore/?lang=en", 200, []string{"No dataset has been published yet", "parvis import"}, nil},
		{"no dataset", "/explore/?q=zzz&lang=en", 200, []string{"No dataset matches", `value="zzz"`, `href="/explore/?lang=en">all datasets`}, nil},
		{"no dataset", "/explore/dataset/gone/table/?lang=fr", 404, []string{"Cette page n’existe pas", "jeu «\u00a0gone\u00a0»"}, nil},
		{"hidden", data.Address("x", "table") + "?lang=en", 200, []string{"The rows of this dataset are not public"}, []string{"<table"}},
		{"hidden", data.Address("x", "information") + "?lang=en", 200, []string{"not public"}, []string{"exports/csv"}},
		{"full", data.Address("x", "table") + "?lang=fr&page=7&sort=-n", 200, []string{"−1\u00a0234,5", "Lignes 601 à 609 sur 10\u00a0000\u00a0000", `aria-sort="descending"`, `scope="row"`, "<caption", `aria-current="page"`}, nil},
		{"full", data.Address("x", "information") + "?lang=en", 200, []string{`lang="fr"`, "10,000,000 rows", "February 1, 2026", "Picture on elsewhere.example"}, []string{"<img", "<h1>big"}},
		{"full", "/explore/?lang=fr&refine.theme=%C3%8Ele", 200, []string{"10\u00a0000 jeux de données", `rel="next"`, "page=500"}, nil},
		{"full", data.Address("x", "export") + "?q=a%22b&names=names&lang=en", 200, []string{"where=search%28%22a%5C%22b%22%29"}, []string{"use_labels=true"}},
		{"full", data.Address("x", "api") + "?where=n+%3E+5&refine.d=2026&lang=en", 200, []string{"refine=%60d%60%3A%222026%22", "where=n", "curl ", "&#34;asked&#34;"}, nil},
		{"full", data.Address("x", "export") + "?lang=en&rows=all", 200, []string{`/explore/dataset/some.set/export/csv/?lang=en&rows=all" rel="nofollow"`, "about 2.0\u00a0GB", "at most 1,048,575 rows"}, []string{"exports/xlsx", "export/xlsx"}},
		{"full", data.Address("x", "export/csv") + "?lang=en&names=names", 200, []string{"<title>40% – CSV", `<progress max="100" value="40"`, "4,000,000 rows of 10,000,000", "800\u00a0MB", "about 2 minutes left", `<noscript><meta http-equiv="refresh" content="5">`, "data-coming", `exports/csv"`, `content="noindex"`}, nil},
		{"full", data.Address("x", "export/jsonl") + "?lang=en", 200, []string{"3 other files come first", "data-coming", `http-equiv="refresh"`, `<progress max="100" aria-label`}, nil},
		{"full", data.Address("x", "export/parquet") + "?lang=en", 200, []string{`value="5"`, "100\u00a0MB", "about 3 minutes left"}, []string{"rows of"}},
		{"full", data.Address("x", "export/json") + "?lang=en", 200, []string{"The file is ready", "123\u00a0MB", `exports/json" download`}, []string{"data-coming", `http-equiv="refresh"`}},
		{"full", data.Address("x", "export/xlsx") + "?lang=en", 303, nil, nil},
		{"pseudo", data.Address("x", "export/xlsx") + "?lang=en", 200, []string{"larger than those that the portal prepares", "exports/xlsx"}, []string{"data-coming", `http-equiv="refresh"`}},
		{"full", data.Address("x", "export/shp") + "?lang=en", 404, nil, nil},
		{"hidden", data.Address("x", "export/csv") + "?lang=en", 303, nil, []string{"exports/csv"}},
		{"full", "/terms/cookies-policy/?lang=en", 200, []string{"A first visit stores nothing", "anonymised", "http://portal.example", `id="what-is-a-cookie"`}, nil},
	} {
		status, body, _ := pagetest.Get(t, siteOver(t, f[c.fixture], "Town"), c.target)
		body = strings.NewReplacer("&#43;", "+", "&amp;", "&").Replace(body)
		if status != c.status {
			t.Errorf("%s: %d, want %d", c.target, status, c.status)
		}
		for _, s := range c.has {
			if !strings.Contains(body, s) {
				t.Errorf("%s %s lacks %q", c.fixture, c.target, s)
			}
		}
		for _, s := range c.lacks {
			if strings.Contains(body, s) {
				t.Errorf("%s %s holds %q", c.fixture, c.target, s)
			}
		}
	}
}

func TestAddresses(t *testing.T) {
	h := siteOver(t, fixtures()["full"], "Town")
	for _, c := range []struct {
		target string
		status int
		to     string
	}{
		{"/", 200, ""},
		{"/?lang=fr", 200, ""},
		{"/explore/dataset/some.set/", 302, "/explore/dataset/some.set/information/"},
		{"/terms/cookies-information", 301, "/terms/cookies-policy/"},
		{"/explore/dataset/some.set/table", 307, "/explore/dataset/some.set/table/"},
		{"/explore/?q=" + strings.Repeat("x", 600), 400, ""},
		{"/explore/?page=-3", 200, ""},
		{"/explore/?page=999999999999999999999", 200, ""},
		{"/assets/parvis.css", 404, ""},
	} {
		status, _, header := pagetest.Get(t, h, c.target)
		if status != c.status || header.Get("Location") != c.to {
			t.Errorf("%.60s: %d %q, want %d %q", c.target, status, header.Get("Location"), c.status, c.to)
		}
	}
	_, text, _ := pagetest.Get(t, h, "/terms/cookies-policy.json")
	var twin struct {
		Items []any `json:"items"`
	}
	if err := json.Unmarshal([]byte(text), &twin); err != nil || len(twin.Items) != 4 {
		t.Errorf("the twin is %s", text)
	}
}
