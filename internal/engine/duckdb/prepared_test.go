package duckdb

import (
	"testing"

	"parvis/internal/geo"
)

func TestForgottenShapesAreErrors(t *testing.T) {
	ps, err := newPreparedShapes()
	if err != nil {
		t.Fatal(err)
	}
	first := ps.prepare(geo.Box(0, 0, 1, 1)).(int64)
	if again := ps.prepare(geo.Box(0, 0, 1, 1)); again != first {
		t.Errorf("the same shape has the numbers %d and %v", first, again)
	}
	if got := ps.prepare([]byte("rubbish")); got != nil {
		t.Errorf("rubbish has the number %v", got)
	}
	kept := ps.prepare(geo.Box(0, 0, 2, 2)).(int64)
	for i := range shapesKept {
		if _, err := ps.numbered(kept); err != nil {
			t.Fatalf("a shape in use is forgotten after %d others", i)
		}
		ps.prepare(geo.Box(0, 0, 3, float64(3+i)/10))
	}
	if _, err := ps.numbered(first); err == nil {
		t.Error("nothing is forgotten")
	}
	if again := ps.prepare(geo.Box(0, 0, 1, 1)); again == first {
		t.Error("a forgotten shape gets its old number")
	}
	if len(ps.numbers) != ps.shapes.Len() || ps.shapes.Len() > shapesKept {
		t.Errorf("%d numbers for %d shapes", len(ps.numbers), ps.shapes.Len())
	}
}
