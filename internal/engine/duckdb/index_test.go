package duckdb

import (
	"fmt"
	"path/filepath"
	"reflect"
	"testing"

	"parvis/internal/dataset"
	"parvis/internal/engine"
	"parvis/internal/engine/enginetest"
)

// Words that are sorted in memory and words that are written down first make the same index.
func TestBothWaysToIndex(t *testing.T) {
	e, _ := opened(t)
	fields := []dataset.Field{{Name: "a", Type: dataset.Text}, {Name: "b", Type: dataset.Text}}
	var made [][][]any
	for name, size := range map[string]int{"small": 10, "large": smallText} {
		s := engine.Source{Name: name, Path: filepath.Join(e.options.Dir, name+".duckdb")}
		l, err := e.Create(t.Context(), s.Path, fields)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 200 {
			row := []any{fmt.Sprintf("mot %d commun", i%7), "autre commun"}
			if err := l.Append(dataset.Record{ID: [20]byte{byte(i)}, Size: size, Values: row}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := l.Finish(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		made = append(made, enginetest.All(t, e, engine.Statement{
			Source: s, SQL: "SELECT term, field, n FROM " + engine.Table(name, engine.Terms),
			Columns: []dataset.Column{{Type: dataset.Text}, {Type: dataset.Int}, {Type: dataset.Int}},
		}))
	}
	if len(made[0]) != 1000 || !reflect.DeepEqual(made[0], made[1]) {
		t.Errorf("one index has %d entries, the other %d, or they differ", len(made[0]), len(made[1]))
	}
}
