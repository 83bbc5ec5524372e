package tabs

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

var work = source{id: "a{b}, c", title: `Cafés & "bars" {100 %}`, publisher: "Ville_de X", license: "Licence", address: "https://x.example/explore/dataset/a/information/", version: "3",
	published: time.Date(2025, 3, 9, 0, 0, 0, 0, time.UTC), seen: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)}

func TestBibTeXIsEscaped(t *testing.T) {
	got := work.bibTeX()
	want := `@dataset{a-b---c,
  title = {{Cafés \& "bars" \{100 \%\}}},
  author = {{Ville\_de X}},
  publisher = {Ville\_de X},
  date = {2025-03-09},
  year = {2025},
  version = {3},
  note = {Licence},
  url = {https://x.example/explore/dataset/a/information/},
  urldate = {2026-01-02},
}
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestRISEndsEachLineAndItself(t *testing.T) {
	got := work.ris()
	if !strings.HasPrefix(got, "TY  - DATA\r\n") || !strings.HasSuffix(got, "\r\nER  - \r\n") || !strings.Contains(got, "\r\nDA  - 2025/03/09/\r\n") {
		t.Errorf("%q", got)
	}
	if bare := (source{title: "x"}).ris(); strings.Contains(bare, "PY") || strings.Contains(bare, "AU") {
		t.Errorf("what nobody knows is told: %q", bare)
	}
}

func TestCSLIsAListOfOne(t *testing.T) {
	var got []struct {
		Type, Title string
		Issued      struct {
			Parts [][]int `json:"date-parts"`
		}
		Author []struct{ Literal string }
	}
	if err := json.Unmarshal([]byte(work.csl()), &got); err != nil || len(got) != 1 {
		t.Fatal(err, got)
	}
	if one := got[0]; one.Type != "dataset" || one.Title != work.title || one.Issued.Parts[0][2] != 9 || one.Author[0].Literal != work.publisher {
		t.Errorf("%+v", one)
	}
}
