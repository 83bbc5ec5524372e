package dataset_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"parvis/internal/dataset"
)

func TestAnnotationsAreReadInBothForms(t *testing.T) {
	two := 2
	want := dataset.Annotations{
		Facet: true, FacetSort: "-count", Disjunctive: true, Hierarchical: "/", Multivalued: ",", Sortable: true,
		ID: true, Precision: "day", Unit: "km2", Decimals: &two, Other: map[string]json.RawMessage{"timerange_filter": []byte(`true`)},
	}
	for _, text := range []string{
		`{"facet":[],"facetsort":["-count"],"disjunctive":[],"sortable":[],"multivalued":[","],"hierarchical":["/"],"id":[],
		  "timeserie_precision":["day"],"unit":["km2"],"decimals":[2],"timerange_filter":true}`,
		`{"facet":true,"facetsort":"-count","disjunctive":true,"sortable":true,"multivalued":",","hierarchical":["/"],"id":true,
		  "timeserie_precision":"day","unit":"km2","decimals":2,"timerange_filter":true}`,
	} {
		var got dataset.Annotations
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("read %s\n as %+v\nnot %+v", text, got, want)
		}
		again, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		var round dataset.Annotations
		if err := json.Unmarshal(again, &round); err != nil || !reflect.DeepEqual(round, want) {
			t.Errorf("%s does not come back whole: %+v, %v", again, round, err)
		}
	}
}

func TestAnnotationsThatAreOff(t *testing.T) {
	var got dataset.Annotations
	if err := json.Unmarshal([]byte(`{"facet":false,"id":null,"multivalued":false}`), &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, dataset.Annotations{}) {
		t.Errorf("got %+v", got)
	}
	if text, _ := json.Marshal(got); string(text) != "{}" {
		t.Errorf("written as %s", text)
	}
	if err := json.Unmarshal([]byte(`{"decimals":["two"]}`), &got); err == nil {
		t.Error("decimals of \"two\" is accepted")
	}
}

func TestMetas(t *testing.T) {
	m := dataset.Metas{"default": {"title": "Communes", "theme": []any{"A", 1.0, "B"}, "publisher": "Insee", "modified": nil}}
	if got := m.Text("default", "title"); got != "Communes" {
		t.Errorf("title %q", got)
	}
	if got := m.Texts("default", "theme"); !reflect.DeepEqual(got, []string{"A", "B"}) {
		t.Errorf("theme %q", got)
	}
	if got := m.Texts("default", "publisher"); !reflect.DeepEqual(got, []string{"Insee"}) {
		t.Errorf("publisher %q", got)
	}
	if m.Text("nope", "x") != "" || m.Text("default", "modified") != "" || m.Texts("default", "modified") != nil {
		t.Error("what is not there has a value")
	}
	d := dataset.Dataset{ID: "x"}
	if d.Title() != "x" {
		t.Errorf("a dataset without title is called %q", d.Title())
	}
}

func TestVector(t *testing.T) {
	v := dataset.Vector{Offsets: []int32{0, 2, 2, 5}, Bytes: []byte("abcde")}
	v.SetNull(1, 3)
	if v.Null(0) || !v.Null(1) || v.Null(2) {
		t.Errorf("nulls %b", v.Nulls)
	}
	if string(v.Text(0)) != "ab" || string(v.Text(2)) != "cde" {
		t.Errorf("texts %q %q", v.Text(0), v.Text(2))
	}
}
