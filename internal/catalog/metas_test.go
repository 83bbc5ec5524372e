package catalog

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"parvis/internal/dataset"
	"parvis/internal/fault"
)

// FuzzMetas holds that metadata which is taken once is taken again in the form in which it is shown, and then shown
// the same: what a portal exports another one imports.
func FuzzMetas(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"default": null}`, `{"default": {"title": "A", "theme": "B", "modified": "2020-01-01"}}`,
		`{"default": {"theme": [], "keyword": [""], "bbox": {"type": "Feature"}}, "dcat": {"creator": null}}`,
		`{"default": {"modified": "2020-12-01T10:00:00.5+02:00", "language": ["fr"], "records_count": "many", "x": [1]}}`,
		`{"default": {"modified": "9999-12-31T23:59:59-23:59"}}`, `{"": {"": ""}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var given dataset.Metas
		if json.Unmarshal([]byte(text), &given) != nil {
			return
		}
		clean, err := cleanMetas(given)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("refused as %v", err)
			}
			return
		}
		e := &Entry{Described: time.Unix(1, 0), Changed: time.Unix(2, 0)}
		shown := complete(clean, e, "en")
		again, err := cleanMetas(shown)
		if err != nil {
			t.Fatalf("what is shown is refused: %v", err)
		}
		if got := complete(again, e, "en"); !reflect.DeepEqual(got, shown) {
			t.Errorf("shown\n%v\nthen\n%v", shown, got)
		}
	})
}

func TestMergeMetas(t *testing.T) {
	there := dataset.Metas{"default": {"title": "A", "theme": "B"}, "dcat": {"creator": "C"}}
	given := dataset.Metas{"default": {"title": "Z", "theme": nil}, "custom": {"x": 1.0}}
	want := dataset.Metas{"default": {"title": "Z", "theme": nil}, "dcat": {"creator": "C"}, "custom": {"x": 1.0}}
	if got := mergeMetas(there, given); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if there["default"]["title"] != "A" {
		t.Error("what was there is changed")
	}
}
