package front

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/odsql"
	"parvis/internal/text"
	"parvis/internal/web/data"
	"parvis/internal/web/page"
)

// Bounds of looking beyond what was asked for.
const (
	mostWords  = 3000                   // datasets whose words are known to the spelling
	mostLooked = 40                     // datasets whose rows are searched
	lookTime   = 250 * time.Millisecond // for all of them
	shortest   = 3                      // letters of a word that is looked for in rows
	mostHits   = 8                      // datasets that are named
)

// hit is a dataset in whose rows the words were found.
type hit struct {
	Title, Lang string
	Rows        int64
	Href        string
}

// spell gives the words as the catalogue spells them, "" where it knows them all or none that is near.
func (s *Site) spell(r *http.Request, actor account.Actor, words string) (string, error) {
	limit := mostWords
	entries, _, err := s.Portal.Datasets(r.Context(), actor, odsql.Question{Limit: &limit})
	if err != nil {
		return "", err
	}
	known := vocabulary(entries)
	asked, changed := text.Terms(words), false
	for i, word := range asked {
		if near := nearest(known, word); near != "" {
			asked[i], changed = near, true
		}
	}
	if !changed {
		return "", nil
	}
	return strings.Join(asked, " "), nil
}

// vocabulary gathers the words of datasets' descriptions and fields, folded, with how often each stands there. An entry
// holds only what who asked may see.
func vocabulary(entries []*catalog.Entry) map[string]int {
	out := map[string]int{}
	add := func(said string) {
		for _, term := range text.Terms(said) {
			out[term]++
		}
	}
	for _, e := range entries {
		for _, key := range []string{"title", "description", "publisher", "theme", "keyword"} {
			for _, said := range e.Metas.Texts("default", key) {
				add(said)
			}
		}
		for _, f := range e.Fields {
			add(f.Name)
			add(f.Label)
		}
		for _, t := range e.Translations {
			add(t.Title)
			for _, f := range t.Fields {
				add(f.Label)
			}
		}
	}
	return out
}

// nearest gives the known word that a word most likely means: one letter away, two for long ones, and the most frequent
// of those. "" where the word is known, or too short to guess.
func nearest(known map[string]int, word string) string {
	n := len([]rune(word))
	if known[word] > 0 || n < 4 {
		return ""
	}
	reach := 1
	if n >= 8 {
		reach = 2
	}
	best, least := "", reach+1
	for other, times := range known {
		if m := len([]rune(other)); m < n-reach || m > n+reach || strings.HasPrefix(other, word) {
			if strings.HasPrefix(other, word) {
				return "" // the beginning of a word finds it
			}
			continue
		}
		d := data.Letters(word, other)
		if d < least || d == least && (times > known[best] || times == known[best] && other < best) {
			best, least = other, d
		}
	}
	if least > reach {
		return ""
	}
	return best
}

// inRows looks for words in the rows of the datasets that who asks may see, as long as that takes no time to speak of.
func (s *Site) inRows(r *http.Request, v view, actor account.Actor, words string) []hit {
	if len([]rune(words)) < shortest {
		return nil
	}
	limit := mostLooked
	entries, _, err := s.Portal.Datasets(r.Context(), actor, odsql.Question{Limit: &limit, OrderBy: "modified desc"})
	if err != nil {
		return nil // the datasets that were found are shown all the same
	}
	ctx, cancel := context.WithTimeout(r.Context(), lookTime)
	defer cancel()
	found := make([]int64, len(entries))
	turn := make(chan int)
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for i := range turn {
				none := 0
				q := data.Filter{Words: words}.Question()
				q.Limit = &none
				if rows, err := s.Portal.Records(ctx, actor, entries[i].ID, q); err == nil {
					found[i] = rows.Total
				}
			}
		})
	}
	for i, e := range entries {
		if e.HasRecords() && e.Access.Data && ctx.Err() == nil {
			turn <- i
		}
	}
	close(turn)
	all.Wait()
	var out []hit
	for i, e := range entries {
		if found[i] > 0 {
			title := e.TitleIn(v.Wish())
			out = append(out, hit{page.Cut(title.Text, 90), title.Lang, found[i], v.Link(data.Address(e.ID, "table"), url.Values{"q": {words}})})
		}
	}
	slices.SortStableFunc(out, func(a, b hit) int { return cmp.Compare(b.Rows, a.Rows) })
	return out[:min(len(out), mostHits)]
}
