package localetest

import (
	"slices"
	"testing"
)

func TestUntranslated(t *testing.T) {
	got := Untranslated(`<html lang="en-xa"><head><title>⟦a⟧ – Bad title</title><meta name="description" content="bad words"><meta name="viewport" content="width=device-width"></head>
<body><p>⟦good ⟦inner⟧ good⟧ 12 · x</p><p>bad</p><p lang="fr">Bonjour</p><p lang="en-xa">bad too</p><code>select</code>
<a title="bad title" href="/x">⟦x⟧</a><input placeholder="⟦q⟧" value="typed" aria-label="bad label"><input type="submit" value="bad send"><img alt="bad picture">
<p>CSV, JSON https://portal.example/x?y=z a@b.example /explore/x/</p><p>CSVs</p><script>var bad</script><option>bad option</option></body></html>`)
	want := []string{"<title>: ⟦a⟧ – Bad title", "<meta content>: bad words", "<p>: bad", "<p>: bad too", "<a title>: bad title", "<input aria-label>: bad label",
		"<input value>: bad send", "<img alt>: bad picture", "<p>: CSVs", "<option>: bad option"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
