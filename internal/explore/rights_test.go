package explore_test

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/explore"
	"parvis/internal/explore/exploretest"
	"parvis/internal/fault"
	"parvis/internal/odsql"
)

// secure says what everybody may see of a dataset.
func secure(t *testing.T, p *exploretest.Portal, id string, r catalog.Rule) {
	t.Helper()
	r.Right = catalog.Download
	if err := p.Catalog.SetSecurity(t.Context(), account.Operator, id, catalog.Security{Default: r}); err != nil {
		t.Fatal(err)
	}
}

func person(attributes map[string][]string) account.Actor {
	return account.Actor{Person: &account.Person{ID: 1, Attributes: attributes}, Scope: account.Every}
}

// A row filter is told by its own clock and language, whatever is asked.
func TestRowFilters(t *testing.T) {
	p := exploretest.Open(t)
	attributes := map[string][]string{"town": {"Brest", "Sète", "nowhere"}, "people": {"139602", "x"}, "port": {"true"}, "day": {"1860-06-14"}}
	for _, test := range []struct {
		filter string
		who    account.Actor
		q      odsql.Question
		want   []string
	}{
		{`region = "South"`, account.Anonymous, odsql.Question{}, []string{"Nîmes", "Sète", "Genova"}},
		{`region = "South"`, account.Anonymous, odsql.Question{OrderBy: "people desc", Limit: limit(1)}, []string{"Genova"}},
		{`region = "South"`, account.Anonymous, odsql.Question{Where: []string{`region = "West" or true`}}, []string{"Nîmes", "Sète", "Genova"}},
		{`region = "South" or name = "Brest"`, account.Anonymous, odsql.Question{Where: []string{`people > 0`}, Refine: []string{"region:West"}}, []string{"Brest"}},
		{`year(seen) = 2021 and hour(seen) = 10`, account.Anonymous, odsql.Question{}, []string{"Brest"}},
		{`year(seen) = 2021 and hour(seen) = 10`, account.Anonymous, odsql.Question{Timezone: "Pacific/Kiritimati", Lang: "fr"}, []string{"Brest"}},
		{`date_format(seen, 'MMMM') = "July"`, account.Anonymous, odsql.Question{Lang: "fr"}, []string{"Brest"}},
		{`#attr(name, town)`, account.Anonymous, odsql.Question{}, nil},
		{`not #attr(name, town)`, account.Anonymous, odsql.Question{}, nil},
		{`#attr(name, town) or port`, account.Anonymous, odsql.Question{Where: []string{`name != "Genova"`}}, []string{"Brest", "Sète"}},
		{`#attr(name, town)`, person(attributes), odsql.Question{}, []string{"Brest", "Sète"}},
		{`not #attr(name, town)`, person(attributes), odsql.Question{}, []string{"Nîmes", "Genova", "Nowhere"}},
		{`#attr(people, people)`, person(attributes), odsql.Question{}, []string{"Brest"}},
		{`#attr(port, port) and #attr(name, town)`, person(attributes), odsql.Question{}, []string{"Brest", "Sète"}},
		{`#attr(name, other)`, person(attributes), odsql.Question{}, nil},
		{`#attr(name, port)`, person(attributes), odsql.Question{}, nil},
		{`false`, account.Anonymous, odsql.Question{}, nil},
	} {
		secure(t, p, "towns", catalog.Rule{Filter: test.filter})
		q := test.q
		q.Select = "name"
		got, err := p.Explorer.Records(t.Context(), test.who, "towns", q)
		if err != nil {
			t.Errorf("%s: %v", test.filter, err)
			continue
		}
		if names := column(got, 0); !slices.Equal(names, test.want) {
			t.Errorf("%s, %+v: %q, want %q", test.filter, test.q, names, test.want)
		}
		if q.Limit == nil && got.Total != int64(len(test.want)) {
			t.Errorf("%s: %d are counted, %d shown", test.filter, got.Total, len(test.want))
		}
	}
}

func TestRowFiltersAreChecked(t *testing.T) {
	fields := []dataset.Field{{Name: "name", Type: dataset.Text}, {Name: "at", Type: dataset.GeoPoint}}
	for _, good := range []string{"", "name = 'x'", "#attr(name, `a b`) or not name like 'x'", "within_distance(at, geom'POINT(1 2)', 1km)"} {
		if err := explore.CheckFilter(fields, good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, wrong := range []string{"name", "nope = 1", "#attr(nope, a)", "#attr(at, a)", "name = ", "select 1", "name = 'x'; drop", "name > 1 day"} {
		if err := explore.CheckFilter(fields, wrong); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "filter_query") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

// A filter that means nothing over the fields of a later version shows no rows.
func TestABrokenRowFilterShowsNothing(t *testing.T) {
	p := exploretest.Open(t)
	one := []dataset.Field{{Name: "name", Type: dataset.Text}}
	p.Publish(t, catalog.Publication{ID: "d", Fields: one}, []map[string]any{{"name": "a"}})
	secure(t, p, "d", catalog.Rule{Filter: "name = 'a'"})
	p.Publish(t, catalog.Publication{ID: "d", Fields: []dataset.Field{{Name: "title", Type: dataset.Text}}}, []map[string]any{{"title": "a"}})
	got, err := p.Explorer.Records(t.Context(), account.Anonymous, "d", odsql.Question{})
	if err != nil || got.Total != 0 || got.Len() != 0 {
		t.Errorf("%d rows, %v", got.Total, err)
	}
	if got, err := p.Explorer.Records(t.Context(), account.Operator, "d", odsql.Question{}); err != nil || got.Total != 1 {
		t.Errorf("the operator sees %d rows, %v", got.Total, err)
	}
}

// A record's id is a hash of its values: who knows all but one must not be able to try that one.
func TestRecordIDsConfirmNoGuess(t *testing.T) {
	p := exploretest.Open(t)
	fields := []dataset.Field{{Name: "name", Type: dataset.Text}, {Name: "salary", Type: dataset.Int}}
	rows := []map[string]any{{"name": "ann", "salary": json.Number("10")}, {"name": "bob", "salary": json.Number("20")}, {"name": "eve", "salary": json.Number("30")}}
	p.Publish(t, catalog.Publication{ID: "d", Fields: fields}, rows)
	text, _ := json.Marshal(rows[1])
	sum := sha1.Sum(fmt.Append(text, 1))
	guess := hex.EncodeToString(sum[:])
	ids := func(who account.Actor) []string {
		t.Helper()
		got, err := p.Explorer.Records(t.Context(), who, "d", odsql.Question{Select: "recordid", Where: []string{"not name = 'zoe'"}})
		if err != nil {
			t.Fatal(err)
		}
		return column(got, 0)
	}
	order := func(who account.Actor) (out []string) {
		t.Helper()
		for seed := range 8 {
			got, err := p.Explorer.Records(t.Context(), who, "d", odsql.Question{Select: "name", OrderBy: fmt.Sprintf("random(%d)", seed)})
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, strings.Join(column(got, 0), ","))
		}
		return out
	}
	if got := ids(account.Anonymous); got[1] != guess {
		t.Fatalf("ids are made in another way: %q, not %s", got, guess)
	}
	before := order(account.Anonymous)
	for name, rule := range map[string]catalog.Rule{"a hidden field": {Fields: []string{"name"}}, "hidden rows": {Filter: "salary > 10"}} {
		secure(t, p, "d", rule)
		shown := ids(account.Anonymous)
		if slices.Contains(shown, guess) || len(shown[0]) != 40 || !slices.Equal(shown, ids(account.Anonymous)) || !slices.Contains(ids(account.Operator), guess) {
			t.Errorf("%s: the ids are %q, the guess is %s", name, shown, guess)
		}
		if _, err := p.Explorer.Record(t.Context(), account.Anonymous, "d", guess, odsql.Question{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: a guessed id opens: %v", name, err)
		}
		for _, where := range []string{"recordid = '" + guess + "'", "recordid in ('" + guess + "')"} {
			if got, err := p.Explorer.Records(t.Context(), account.Anonymous, "d", odsql.Question{Where: []string{where}}); err != nil || got.Total != 0 {
				t.Errorf("%s: %s finds %d, %v", name, where, got.Total, err)
			}
		}
		got, err := p.Explorer.Record(t.Context(), account.Anonymous, "d", shown[0], odsql.Question{Select: "name, record_size"})
		if err != nil || column(got, 0)[0] == "" {
			t.Errorf("%s: the id that is shown opens nothing: %v", name, err)
		}
		if size := column(got, 1)[0]; rule.Fields != nil && size != "null" {
			t.Errorf("the size of a record tells of its hidden values: %s", size)
		}
		if rule.Fields != nil && reflect.DeepEqual(before, order(account.Anonymous)) {
			t.Error("the random order is that of before")
		}
	}
	secure(t, p, "d", catalog.Rule{Filter: "salary > 10"})
	if _, err := p.Explorer.Record(t.Context(), account.Anonymous, "d", ids(account.Operator)[0], odsql.Question{}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a row that is not shown has a page: %v", err)
	}
}

// What is listed changes with the rule, not when the catalogue as data is built next.
func TestTheCatalogueForgetsAtOnce(t *testing.T) {
	p := exploretest.Open(t)
	list := func(who account.Actor, q odsql.Question) int64 {
		t.Helper()
		got, err := p.Explorer.Datasets(t.Context(), who, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range got.Entries {
			if e == nil {
				t.Fatal("a row is of no dataset")
			}
		}
		return got.Total
	}
	shut := catalog.Security{Restricted: true, Default: catalog.Rule{Right: catalog.Download}, Grants: []catalog.Grant{{Person: 1, Rule: catalog.Rule{Right: catalog.See}}}}
	for _, id := range []string{"towns", "hidden"} {
		if err := p.Catalog.SetSecurity(t.Context(), account.Operator, id, shut); err != nil {
			t.Fatal(err)
		}
		shut.Grants = nil
	}
	for _, test := range []struct {
		who  account.Actor
		want int64
	}{{account.Anonymous, 1}, {person(nil), 2}, {account.Operator, 3}, {account.Actor{Person: &account.Person{ID: 2}, Scope: account.Every}, 1}} {
		if got := list(test.who, odsql.Question{}); got != test.want {
			t.Errorf("%+v lists %d, not %d", test.who, got, test.want)
		}
		if got := list(test.who, odsql.Question{Limit: limit(1), OrderBy: "title desc"}); got != test.want {
			t.Errorf("%+v counts %d, not %d", test.who, got, test.want)
		}
	}
	one, _ := p.Explorer.CatalogState(t.Context(), account.Anonymous)
	two, _ := p.Explorer.CatalogState(t.Context(), person(nil))
	three, _ := p.Explorer.CatalogState(t.Context(), account.Actor{Person: &account.Person{ID: 2}, Scope: account.Every})
	if one == two || one != three {
		t.Errorf("states: %q, %q, %q", one, two, three)
	}
}
