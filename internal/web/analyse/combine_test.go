package analyse

import (
	"math"
	"slices"
	"strings"
	"testing"

	"parvis/internal/web/figure"
)

func TestMergedLabelsFollowOneAnother(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"", "1 2", "1 2"},
		{"1 2 3", "1 2 3", "1 2 3"},
		{"2012 2013 2014", "2010 2011 2012 2013", "2010 2011 2012 2013 2014"},
		{"2010 2012 2014", "2010 2011 2012 2013 2014 2015", "2010 2011 2012 2013 2014 2015"},
		{"a b", "c d", "a b c d"},
		{"a b c", "c a", "a b c"}, // another order: the first holds
		{"a b", "x b y", "a x b y"},
		{"1 2 3", "", "1 2 3"},
	} {
		got := strings.Join(merged(strings.Fields(c.a), strings.Fields(c.b)), " ")
		if got != c.want {
			t.Errorf("%s and %s: %s, want %s", c.a, c.b, got, c.want)
		}
	}
}

func TestTogetherKeepsEachValueAtItsLabel(t *testing.T) {
	of := func(labels string, values ...float64) result {
		return result{Figure: figure.Figure{Labels: strings.Fields(labels), Series: []figure.Series{{Name: labels, Values: values}}}}
	}
	labels, series := together([]result{of("b c", 2, 3), of("a b", 10, 20)})
	if strings.Join(labels, "") != "abc" || len(series) != 2 {
		t.Fatalf("%q, %d series", labels, len(series))
	}
	same := func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) }
	nan := math.NaN()
	for i, want := range [][]float64{{nan, 2, 3}, {10, 20, nan}} {
		if !slices.EqualFunc(series[i].Values, want, same) {
			t.Errorf("series %d is %v, want %v", i, series[i].Values, want)
		}
	}
}
