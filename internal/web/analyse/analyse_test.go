package analyse

import (
	"net/url"
	"testing"

	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/web/data"
	"parvis/internal/web/figure"
)

func pageOf(fields ...dataset.Field) data.Page {
	e := &catalog.Entry{}
	e.Fields = fields
	return data.Page{Entry: e}
}

var (
	facet = dataset.Annotations{Facet: true}
	unit  = dataset.Annotations{Unit: "mm"}
)

// TestTheFirstFigureIsGood suggests figures by the types of columns.
func TestTheFirstFigureIsGood(t *testing.T) {
	code := dataset.Field{Name: "code", Type: dataset.Text, Annotations: dataset.Annotations{ID: true}}
	name := dataset.Field{Name: "nom", Type: dataset.Text}
	kind := dataset.Field{Name: "kind", Type: dataset.Text, Annotations: facet}
	day := dataset.Field{Name: "day", Type: dataset.Date}
	rain := dataset.Field{Name: "rain", Type: dataset.Double, Annotations: unit}
	number := dataset.Field{Name: "category", Type: dataset.Int}
	place := dataset.Field{Name: "place", Type: dataset.GeoPoint}
	for _, c := range []struct {
		what   string
		fields []dataset.Field
		want   spec
	}{
		{"a name and a measure", []dataset.Field{code, name, rain}, spec{Kind: figure.Bar, X: "nom", Func: "sum", Y: "rain"}},
		{"dates and a measure", []dataset.Field{day, kind, rain}, spec{Kind: figure.Line, X: "day", Step: "month", Func: "avg", Y: "rain"}},
		{"kinds only", []dataset.Field{name, kind}, spec{Kind: figure.Bar, X: "kind", Func: "count"}},
		{"a number that may be a code", []dataset.Field{code, number, kind}, spec{Kind: figure.Bar, X: "kind", Func: "count"}},
		{"dates only", []dataset.Field{day}, spec{Kind: figure.Line, X: "day", Step: "month", Func: "count"}},
		{"places only", []dataset.Field{place}, spec{Kind: figure.Bar, Func: "count"}},
	} {
		got, wrong := read(pageOf(c.fields...), url.Values{})
		if got.Kind != c.want.Kind || got.X != c.want.X || got.Step != c.want.Step || got.Func != c.want.Func || got.Y != c.want.Y || len(wrong) > 0 {
			t.Errorf("%s: %+v, want %+v (wrong: %v)", c.what, got, c.want, wrong)
		}
	}
}

func TestWhatMeansNothingIsLeftOut(t *testing.T) {
	p := pageOf(dataset.Field{Name: "nom", Type: dataset.Text}, dataset.Field{Name: "rain", Type: dataset.Double, Annotations: unit})
	got, wrong := read(p, url.Values{"kind": {"spiral"}, "x": {"nothing"}, "fn": {"sin"}, "y": {"nom"}, "by": {"nom\""}, "sort": {"up"}, "n": {"-5"}})
	if len(wrong) != 7 || got.X != "nom" || got.Y != "rain" || got.Most != 15 {
		t.Errorf("%+v, wrong: %v", got, wrong)
	}
	for _, step := range []string{"0", "1", "1000", "x"} {
		if got, _ := read(p, url.Values{"x": {"rain"}, "step": {step}}); got.Step != "12" {
			t.Errorf("step %s became %s", step, got.Step)
		}
	}
}
