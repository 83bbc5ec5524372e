package data

import (
	"strings"
	"testing"
)

func TestNearestField(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "abc", 3}, {"population", "popula" + "ton", 1}, {"nom", "nom", 0}, {"été", "ete", 2}, {"pop" + "lation", "population", 1}, {"popu" + "altion", "population", 1}, {strings.Repeat("a", 100), "a", 60}} {
		if d := Letters(c.a, c.b); d != c.want {
			t.Errorf("from %q to %q: %d, want %d", c.a, c.b, d, c.want)
		}
	}
}

func TestLanguageNames(t *testing.T) {
	for tag, want := range map[string]string{"fr": "Français", "pt-BR": "Português", "zh": "中文", "tlh": "tlh", "": ""} {
		if got := LanguageName(tag); got != want {
			t.Errorf("%q is called %q, want %q", tag, got, want)
		}
	}
}
