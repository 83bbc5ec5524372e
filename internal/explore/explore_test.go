package explore_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/explore"
	"parvis/internal/explore/exploretest"
	"parvis/internal/fault"
	"parvis/internal/odsql"
)

// column gives the values of a column of texts or whole numbers, as text.
func column(a *explore.Answer, i int) []string {
	var out []string
	for _, b := range a.Batches {
		v := &b.Vectors[i]
		for row := range b.Len {
			switch {
			case v.Null(row):
				out = append(out, "null")
			case v.Offsets != nil:
				out = append(out, string(v.Text(row)))
			default:
				out = append(out, fmt.Sprint(v.Ints[row]))
			}
		}
	}
	return out
}

func limit(n int) *int { return &n }

func TestRecords(t *testing.T) {
	p := exploretest.Open(t)
	for _, c := range []struct {
		name  string
		q     odsql.Question
		want  []string
		total int64
	}{
		{"all", odsql.Question{Select: "name"}, []string{"Brest", "Nîmes", "Sète", "Genova", "Nowhere"}, 5},
		{"none asked for", odsql.Question{Select: "name", Limit: limit(0)}, nil, 5},
		{"a page", odsql.Question{Select: "name", OrderBy: "people desc", Limit: limit(2), Offset: 1}, []string{"Nîmes", "Brest"}, 5},
		{"past the end", odsql.Question{Select: "name", Offset: 7}, nil, 5},
		{"filtered, counted by the last page", odsql.Question{Select: "name", Where: []string{`region = "South"`}}, []string{"Nîmes", "Sète", "Genova"}, 3},
		{"filtered, counted", odsql.Question{Select: "name", Where: []string{`region = "South"`}, Limit: limit(1)}, []string{"Nîmes"}, 3},
		{"filtered, past the end", odsql.Question{Select: "name", Where: []string{`region = "South"`}, Offset: 5}, nil, 3},
		{"refined", odsql.Question{Select: "name", Refine: []string{"path:France/Occitanie"}}, []string{"Nîmes", "Sète"}, 2},
		{"groups", odsql.Question{Select: "count(*) as n", GroupBy: "region"}, []string{"South", "West", "null"}, 3},
		{"a page of groups", odsql.Question{GroupBy: "region", Limit: limit(1), Offset: 1}, []string{"West"}, 3},
		{"aggregates", odsql.Question{Select: "sum(people) as s", Where: []string{`region = "South"`}}, []string{"750742"}, 3},
		{"aggregates, no row asked for", odsql.Question{Select: "sum(people) as s", Limit: limit(0)}, nil, 5},
	} {
		got, err := p.Explorer.Records(t.Context(), account.Anonymous, "towns", c.q)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if values := column(got, 0); !reflect.DeepEqual(values, c.want) || got.Total != c.total {
			t.Errorf("%s: %q of %d, want %q of %d", c.name, values, got.Total, c.want, c.total)
		}
	}
}

func TestWhoMaySeeRows(t *testing.T) {
	p := exploretest.Open(t)
	q := odsql.Question{}
	ask := map[string]func(account.Actor) error{
		"records": func(a account.Actor) error { _, err := p.Explorer.Records(t.Context(), a, "hidden", q); return err },
		"record": func(a account.Actor) error {
			_, err := p.Explorer.Record(t.Context(), a, "hidden", strings.Repeat("0", 40), q)
			return err
		},
		"facets": func(a account.Actor) error { _, err := p.Explorer.Facets(t.Context(), a, "hidden", q); return err },
		"export": func(a account.Actor) error { _, err := p.Explorer.Export(t.Context(), a, "hidden", q); return err },
	}
	for name, f := range ask {
		if err := f(account.Anonymous); err == nil || fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s: anybody gets %v", name, err)
		}
		if err := f(exploretest.Everything()); err != nil && fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: who may see everything gets %v", name, err)
		}
	}
	listing, err := p.Explorer.Datasets(t.Context(), account.Anonymous, odsql.Question{})
	if err != nil || listing.Total != 3 {
		t.Errorf("the description of a dataset whose rows are hidden is listed: %d, %v", listing.Total, err)
	}
}

func TestRecord(t *testing.T) {
	p := exploretest.Open(t)
	ids, err := p.Explorer.Records(t.Context(), account.Anonymous, "towns", odsql.Question{Select: "recordid, name", Limit: limit(2)})
	if err != nil {
		t.Fatal(err)
	}
	id := column(ids, 0)[1]
	got, err := p.Explorer.Record(t.Context(), account.Anonymous, "towns", id, odsql.Question{Select: "name"})
	if err != nil || column(got, 0)[0] != "Nîmes" {
		t.Errorf("%v, %v", got, err)
	}
	for _, text := range []string{"count(*)", "name, max(people)"} {
		if _, err := p.Explorer.Record(t.Context(), account.Anonymous, "towns", id, odsql.Question{Select: text}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s of one record: %v", text, err)
		}
	}
	for _, id := range []string{"", "x", strings.Repeat("0", 40), strings.Repeat("z", 40), id + "00"} {
		if _, err := p.Explorer.Record(t.Context(), account.Anonymous, "towns", id, odsql.Question{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("record %q: %v", id, err)
		}
	}
	if _, err := p.Explorer.Record(t.Context(), account.Anonymous, "notes", id, odsql.Question{}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a record of a dataset without rows: %v", err)
	}
}

func TestFacets(t *testing.T) {
	p := exploretest.Open(t)
	// show writes a tree on one line.
	var show func([]explore.FacetValue) string
	show = func(values []explore.FacetValue) string {
		var out []string
		for _, v := range values {
			s := fmt.Sprintf("%s=%s:%d:%s", v.Name, v.Value, v.Count, v.State[:1])
			if len(v.Children) > 0 {
				s += "(" + show(v.Children) + ")"
			}
			out = append(out, s)
		}
		return strings.Join(out, " ")
	}
	for _, c := range []struct {
		q    odsql.Question
		want string
	}{
		{odsql.Question{Facet: []string{"region"}}, "South=South:3:d West=West:1:d"},
		{odsql.Question{Facet: []string{"region"}, Refine: []string{"region:West"}}, "South=South:3:d West=West:1:r"},
		{odsql.Question{Facet: []string{"region"}, Exclude: []string{"region:West"}}, "South=South:3:d West=West:0:e"},
		{odsql.Question{Facet: []string{"path"}}, "France=France:3:d Italia=Italia:1:d"},
		{odsql.Question{Facet: []string{"path"}, Refine: []string{"path:France/Bretagne"}},
			"France=France:1:r(Bretagne=France/Bretagne:1:r(Brest=France/Bretagne/Brest:1:d))"},
		{odsql.Question{Facet: []string{"founded"}}, "1593=1593:2:d 1666=1666:1:d"},
		{odsql.Question{Facet: []string{"founded"}, Refine: []string{"founded:1593"}}, "1593=1593:2:r(05=1593/05:1:d 06=1593/06:1:d)"},
		{odsql.Question{Facet: []string{"port"}}, "true=true:3:d false=false:1:d"},
		{odsql.Question{Facet: []string{"region"}, Where: []string{"people < 0"}}, ""},
	} {
		got, err := p.Explorer.Facets(t.Context(), account.Anonymous, "towns", c.q)
		if err != nil {
			t.Errorf("%+v: %v", c.q, err)
			continue
		}
		values := strings.Fields(show(got.Facets[0].Values))
		if strings.Join(values, " ") != c.want {
			t.Errorf("facet %s, refine %s, exclude %s:\n got %s\nwant %s", c.q.Facet, c.q.Refine, c.q.Exclude, show(got.Facets[0].Values), c.want)
		}
	}
	got, err := p.Explorer.Facets(t.Context(), account.Anonymous, "towns", odsql.Question{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range got.Facets {
		names = append(names, f.Name)
	}
	if want := []string{"region", "path", "port", "founded"}; !reflect.DeepEqual(names, want) {
		t.Errorf("facets by default: %q", names)
	}
}

func TestDatasets(t *testing.T) {
	p := exploretest.Open(t)
	for _, c := range []struct {
		q    odsql.Question
		want string
	}{
		{odsql.Question{}, "hidden notes towns"},
		{odsql.Question{OrderBy: "modified desc"}, "notes towns hidden"},
		{odsql.Question{Where: []string{`"villages"`}}, "towns"},               // of the description, without its tags
		{odsql.Question{Where: []string{`"strong"`}}, ""},                      // a tag
		{odsql.Question{Where: []string{`"signs"`}}, ""},                       // descriptions of fields are not searched
		{odsql.Question{Where: []string{`search("other names")`}}, "towns"},    // labels of fields are
		{odsql.Question{Where: []string{`dcat.creator = "Ann"`}}, "towns"},     // another template
		{odsql.Question{Where: []string{`dcat.issued < date'2021'`}}, "towns"}, // found to be a date
		{odsql.Question{Where: []string{`stats.visits > 10 and stats.open`}}, "notes"},
		{odsql.Question{Where: []string{`default.theme = "Sea"`}}, "hidden towns"},
		{odsql.Question{Where: []string{`has_records is false`}}, "notes"},
		{odsql.Question{Where: []string{`records_count > 1`}}, "towns"},
		{odsql.Question{Where: []string{`datasetid = "notes"`}}, "notes"},
		{odsql.Question{Where: []string{`inspire.type is null and explore.download_count is null`}}, "hidden notes towns"}, // known, though no dataset has them
		{odsql.Question{Where: []string{`explore.download_count > 100 or dcat.temporal_coverage_start > date'2020'`}}, ""},
		{odsql.Question{Refine: []string{"features:geo"}}, "towns"},
		{odsql.Question{Refine: []string{"modified:2020/02"}}, "hidden"},
		{odsql.Question{Exclude: []string{"publisher:Harbour Office"}}, "notes"},
		{odsql.Question{Limit: limit(1), Offset: 1}, "notes"},
	} {
		got, err := p.Explorer.Datasets(t.Context(), account.Anonymous, c.q)
		if err != nil {
			t.Errorf("%+v: %v", c.q, err)
			continue
		}
		var ids []string
		for _, e := range got.Entries {
			ids = append(ids, e.ID)
		}
		if strings.Join(ids, " ") != c.want {
			t.Errorf("%+v: %q, want %q", c.q, ids, c.want)
		}
	}
}

func TestSelectOfDatasets(t *testing.T) {
	p := exploretest.Open(t)
	for _, c := range []struct {
		text string
		want []explore.Part
	}{
		{"", []explore.Part{{Document: "*", Column: -1}}},
		{"dataset_id, default.title", []explore.Part{{Key: "dataset_id", Document: "dataset_id", Column: -1}, {Key: "default.title", Template: "default", Meta: "title", Column: -1}}},
		{"`title` as t", []explore.Part{{Key: "t", Template: "default", Meta: "title", Column: -1}}},
		{"length(title) as l, metas", []explore.Part{{Key: "l", Column: 1}, {Key: "metas", Document: "metas", Column: -1}}},
		{"*, length(title)", []explore.Part{{Document: "*", Column: -1}, {Key: "length(title)", Column: 1}}},
		{"include(records*)", []explore.Part{{Key: "records_count", Column: 1}}},
	} {
		got, err := p.Explorer.Datasets(t.Context(), account.Anonymous, odsql.Question{Select: c.text})
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if !reflect.DeepEqual(got.Parts, c.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", c.text, got.Parts, c.want)
		}
	}
	for _, text := range []string{"nope", "title as a, publisher as a", "length(nope)", "default.nope"} {
		_, err := p.Explorer.Datasets(t.Context(), account.Anonymous, odsql.Question{Select: text})
		var mistake *odsql.Error
		if !errors.As(err, &mistake) {
			t.Errorf("%s: %v", text, err)
		}
	}
	grouped, err := p.Explorer.Datasets(t.Context(), account.Anonymous, odsql.Question{Select: "count(*) as n", GroupBy: "publisher"})
	if err != nil || grouped.Entries != nil || grouped.Total != 2 {
		t.Errorf("groups: %+v, %v", grouped, err)
	}
	one, err := p.Explorer.Dataset(t.Context(), account.Anonymous, "notes", odsql.Question{Select: "length(title) as l"})
	if err != nil || len(one.Entries) != 1 || one.Entries[0].ID != "notes" {
		t.Errorf("one dataset: %+v, %v", one, err)
	}
}

func TestOneDatasetIsThereAtOnce(t *testing.T) {
	p := exploretest.Open(t)
	p.Publish(t, catalog.Publication{ID: "later", Metas: dataset.Metas{"default": {"title": "Later"}}}, nil)
	got, err := p.Explorer.Dataset(t.Context(), account.Anonymous, "later", odsql.Question{Select: "length(title) as l"})
	if err != nil || column(&got.Answer, 1)[0] != "5" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := p.Explorer.Dataset(t.Context(), account.Anonymous, "never", odsql.Question{}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a dataset that is none: %v", err)
	}
}

func TestCatalogueFollows(t *testing.T) {
	p := exploretest.Open(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { p.Explorer.Follow(ctx); close(done) }()
	defer func() { stop(); <-done }()
	p.Publish(t, catalog.Publication{ID: "later", Metas: dataset.Metas{"default": {"title": "Later"}, "new": {"thing": "x"}}}, nil)
	for deadline := time.Now().Add(10 * time.Second); ; {
		got, err := p.Explorer.Datasets(t.Context(), account.Anonymous, odsql.Question{Where: []string{`new.thing = "x"`}})
		if err == nil && len(got.Entries) == 1 && got.Entries[0].ID == "later" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the new dataset is not found: %v", err)
		}
	}
}

// many publishes a dataset of n rows: n, its last figure, and a text.
func many(t testing.TB, p *exploretest.Portal, n int) {
	t.Helper()
	p.PublishRows(t, catalog.Publication{ID: "many", Fields: []dataset.Field{
		{Name: "n", Type: dataset.Int}, {Name: "figure", Type: dataset.Int}, {Name: "text", Type: dataset.Text},
	}}, n, func(i int, values []any) {
		values[0], values[1], values[2] = int64(i), int64(i%10), fmt.Sprintf("row number %d", i)
	})
}

func TestExportOfManyRows(t *testing.T) {
	p := exploretest.Open(t)
	const n = 600_000 // more than two windows, and more than one page where the order is the asker's
	many(t, p, n)
	for _, c := range []struct {
		name string
		q    odsql.Question
		want func(i int) int64
		rows int
	}{
		{"in windows", odsql.Question{}, func(i int) int64 { return int64(i) }, n},
		{"in windows, filtered", odsql.Question{Where: []string{"figure = 7"}}, func(i int) int64 { return int64(10*i + 7) }, n / 10},
		{"in windows, up to a limit", odsql.Question{Limit: limit(200_001)}, func(i int) int64 { return int64(i) }, 200_001},
		{"ordered", odsql.Question{OrderBy: "n desc"}, func(i int) int64 { return int64(n - 1 - i) }, n},
		{"few", odsql.Question{Limit: limit(5)}, func(i int) int64 { return int64(i) }, 5},
		{"none", odsql.Question{Limit: limit(0)}, nil, 0},
		{"groups", odsql.Question{GroupBy: "figure"}, func(i int) int64 { return int64(i) }, 10},
	} {
		e, err := p.Explorer.Export(t.Context(), account.Anonymous, "many", c.q)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		i := 0
		check := func(v int64) {
			if want := c.want(i); v != want {
				t.Fatalf("%s: row %d is %d, want %d", c.name, i, v, want)
			}
			i++
		}
		err = e.Each(t.Context(), func(b *dataset.Batch) error {
			for row := range b.Len {
				check(b.Vectors[0].Ints[row])
			}
			return nil
		})
		if err != nil || i != c.rows {
			t.Errorf("%s: %d rows, %v", c.name, i, err)
		}
		i = 0
		err = e.EachEncoded(t.Context(), func() explore.Encoder {
			return func(dst []byte, b *dataset.Batch, from, to int) []byte {
				for row := from; row < to; row++ {
					dst = fmt.Appendln(dst, b.Vectors[0].Ints[row])
				}
				return dst
			}
		}, func(rows []byte) error {
			for line := range strings.Lines(string(rows)) {
				var v int64
				if _, err := fmt.Sscan(line, &v); err != nil {
					return err
				}
				check(v)
			}
			return nil
		})
		if err != nil || i != c.rows {
			t.Errorf("%s, encoded: %d rows, %v", c.name, i, err)
		}
	}
}

// TestSamplesComeFromAllAlong looks at the numbers of rows that a sample holds.
func TestSamplesComeFromAllAlong(t *testing.T) {
	p := exploretest.Open(t)
	many(t, p, 10_000)
	for _, c := range []struct {
		name          string
		q             odsql.Question
		n             int64
		least, most   int
		first, nearly int64 // the largest number is at least nearly
	}{
		{"all", odsql.Question{}, 20_000, 10_000, 10_000, 0, 9_999},
		{"some", odsql.Question{}, 100, 100, 112, 0, 9_300},
		{"as many as there are", odsql.Question{}, 10_000, 10_000, 10_000, 0, 9_999},
		{"filtered", odsql.Question{Where: []string{"n >= 500"}}, 100, 100, 100, 500, 599},
		{"ordered", odsql.Question{OrderBy: "n desc"}, 100, 100, 100, 9_999, 9_999},
	} {
		e, err := p.Explorer.Look(t.Context(), account.Anonymous, "many", c.q)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[int64]bool{}
		first, last, rows := int64(-1), int64(-1), 0
		err = e.Sample(t.Context(), c.n, func(b *dataset.Batch) error {
			for _, v := range b.Vectors[0].Ints[:b.Len] {
				if first < 0 {
					first = v
				}
				rows++
				seen[v], last = true, max(last, v)
			}
			return nil
		})
		if err != nil || rows < c.least || rows > c.most || len(seen) != rows || first != c.first || last < c.nearly {
			t.Errorf("%s: %d rows, %d different, from %d up to %d, %v", c.name, rows, len(seen), first, last, err)
		}
	}
}

func TestExportEndsWithItsReader(t *testing.T) {
	p := exploretest.Open(t)
	many(t, p, 130_000)
	e, err := p.Explorer.Export(t.Context(), account.Anonymous, "many", odsql.Question{})
	if err != nil {
		t.Fatal(err)
	}
	gone := errors.New("the reader went away")
	if err := e.Each(t.Context(), func(*dataset.Batch) error { return gone }); !errors.Is(err, gone) {
		t.Errorf("Each: %v", err)
	}
	plain := func() explore.Encoder {
		return func(dst []byte, _ *dataset.Batch, _, _ int) []byte { return append(dst, '.') }
	}
	if err := e.EachEncoded(t.Context(), plain, func([]byte) error { return gone }); !errors.Is(err, gone) {
		t.Errorf("EachEncoded: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	err = e.Each(ctx, func(*dataset.Batch) error { n++; cancel(); return nil })
	if fault.KindOf(err) != fault.Canceled {
		t.Errorf("cancelled after %d batches: %v", n, err)
	}
}

func TestExportRefusesOrderByAggregateWithoutLimit(t *testing.T) {
	p := exploretest.Open(t)
	q := odsql.Question{GroupBy: "region", Select: "count(*) as n", OrderBy: "n desc"}
	if _, err := p.Explorer.Export(t.Context(), account.Anonymous, "towns", q); err == nil || !strings.Contains(err.Error(), "limit > 20000") {
		t.Errorf("without a limit: %v", err)
	}
	q.Limit = limit(20_000)
	if _, err := p.Explorer.Export(t.Context(), account.Anonymous, "towns", q); err != nil {
		t.Errorf("with a limit: %v", err)
	}
}
