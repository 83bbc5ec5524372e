package sqlgen

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestPiecesOutliveEdits makes random edits of random words: what they give must hold a piece of the word, or a fuzzy search would miss it.
func TestPiecesOutliveEdits(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		word := make([]rune, 3+r.IntN(10))
		for i := range word {
			word[i] = rune('a' + r.IntN(26))
		}
		distance := 1
		if len(word) > 5 {
			distance = 2
		}
		edited := slices.Clone(word)
		for range r.IntN(distance + 1) {
			at := r.IntN(len(edited))
			switch r.IntN(4) {
			case 0:
				edited[at] = 'Z'
			case 1:
				edited = slices.Insert(edited, at, 'Z')
			case 2:
				edited = slices.Delete(edited, at, at+1)
			default:
				if at+1 < len(edited) {
					edited[at], edited[at+1] = edited[at+1], edited[at]
				}
			}
			if len(edited) == 0 {
				break
			}
		}
		whole := pieces(string(word), distance)
		if whole == nil {
			t.Fatalf("%q is too short for a distance of %d", string(word), distance)
		}
		if strings.Join(whole, "") != string(word) || slices.Contains(whole, "") {
			t.Fatalf("%q is cut into %q", string(word), whole)
		}
		if !slices.ContainsFunc(whole, func(p string) bool { return strings.Contains(string(edited), p) }) {
			t.Fatalf("%q holds none of %q, the pieces of %q", string(edited), whole, string(word))
		}
	}
	if pieces("ab", 1) != nil {
		t.Error("a word of two letters has three pieces")
	}
}
