package sqlgen

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"parvis/internal/dataset"
	"parvis/internal/engine"
	"parvis/internal/odsql/check"
)

// words writes a full-text search: for each word, that the record is among those the index has for it.
func (g gen) words(x check.Words) string {
	out := make([]string, len(x.Words))
	for i, w := range x.Words {
		found := g.found(x.Fields, w)
		if len(found) == 0 {
			return "false"
		}
		out[i] = "_n IN (" + strings.Join(found, " UNION ALL ") + ")"
	}
	if len(out) == 1 {
		return out[0]
	}
	return "(" + strings.Join(out, " AND ") + ")"
}

// onlyWords gives the words of a plan whose filters are nothing but searches; nil for any other. Its records
// are read from the index alone.
func (g gen) onlyWords() []check.Words {
	var out []check.Words
	for _, f := range g.p.Filters {
		terms, ok := f.Predicate.(check.All)
		if !ok {
			terms = check.All{f.Predicate}
		}
		for _, t := range terms {
			w, ok := t.(check.Words)
			if !ok {
				return nil
			}
			out = append(out, w)
		}
	}
	return out
}

// hits is the SELECT of the numbers, n, of the records that have all words.
func (g gen) hits(searches []check.Words) string {
	var each []string
	for _, x := range searches {
		for _, w := range x.Words {
			found := g.found(x.Fields, w)
			if len(found) == 0 {
				return "SELECT _n AS n FROM " + g.records() + " WHERE false"
			}
			each = append(each, strings.Join(found, " UNION ALL "))
		}
	}
	sql := "SELECT DISTINCT n FROM (" + each[0] + ")"
	for i, other := range each[1:] {
		sql += [...]string{" WHERE ", " AND "}[min(i, 1)] + "n IN (" + other + ")"
	}
	return sql
}

// found gives the SELECTs of the records that have a word in some of the fields (nil: all).
func (g gen) found(fields []int, w check.Word) []string {
	var texts, numbers []string
	for i, f := range g.p.Fields() {
		switch {
		case fields != nil && !slices.Contains(fields, i):
		case f.Type == dataset.Text:
			texts = append(texts, strconv.Itoa(i))
		case f.Type == dataset.Int && w.Number != nil && f.List():
			numbers = append(numbers, "list_contains("+engine.Col(i)+", "+strconv.FormatInt(*w.Number, 10)+")")
		case f.Type == dataset.Int && w.Number != nil:
			numbers = append(numbers, engine.Col(i)+" = "+strconv.FormatInt(*w.Number, 10))
		}
	}
	var out []string
	if len(texts) > 0 {
		in := ""
		if fields != nil {
			in = " AND field IN (" + strings.Join(texts, ", ") + ")"
		}
		from := "SELECT n FROM " + engine.Table(g.src.Name, engine.Terms) + " WHERE "
		switch {
		case w.Prefix:
			out = append(out, from+between(w.Term)+in)
		case w.Distance == 0:
			out = append(out, from+"term = "+engine.Quote(w.Term)+in)
		}
		if w.Distance > 0 {
			out = append(out, from+"term IN ("+g.similar(w)+")"+in)
		}
	}
	if len(numbers) > 0 {
		out = append(out, "SELECT _n AS n FROM "+g.records()+" WHERE "+strings.Join(numbers, " OR "))
	}
	return out
}

// similar is the SELECT of the terms of the vocabulary that are a few edits away from a word; a swap of neighbours is one
// edit. Counting edits is dear, so only the edits of terms that hold a piece of the word as it stands are counted.
func (g gen) similar(w check.Word) string {
	n := utf8.RuneCountInString(w.Term)
	sql := "SELECT term FROM " + engine.Table(g.src.Name, engine.Vocab) + " WHERE length(term) BETWEEN " + strconv.Itoa(n-w.Distance) +
		" AND " + strconv.Itoa(n+w.Distance)
	if whole := pieces(w.Term, w.Distance); whole != nil {
		for i, piece := range whole {
			whole[i] = "contains(term, " + engine.Quote(piece) + ")"
		}
		sql += " AND (" + strings.Join(whole, " OR ") + ")"
	}
	return sql + " AND damerau_levenshtein(term, " + engine.Quote(w.Term) + ") <= " + strconv.Itoa(w.Distance)
}

// pieces cuts a word so that whatever distance edits make of it still holds one of the pieces: each edit touches two
// of them at most, hence twice the distance and one more. Nil for a word too short for that.
func pieces(word string, distance int) []string {
	r := []rune(word)
	out := make([]string, 2*distance+1)
	if len(r) < len(out) {
		return nil
	}
	for i := range out {
		out[i] = string(r[i*len(r)/len(out) : (i+1)*len(r)/len(out)])
	}
	return out
}

// between writes that a term begins with a prefix, as a range: the index is sorted, so that little of it is read.
func between(prefix string) string {
	sql := "term >= " + engine.Quote(prefix)
	if end := after(prefix); end != "" {
		sql += " AND term < " + engine.Quote(end)
	}
	return sql
}

// after gives the first text, in the order of code points, behind all that begin with a prefix; "" if there is none.
func after(prefix string) string {
	r := []rune(prefix)
	for i := len(r) - 1; i >= 0; i-- {
		switch {
		case r[i] == utf8.MaxRune:
			continue
		case r[i] == 0xD7FF:
			return string(r[:i]) + "\uE000" // surrogates are no code points of a text
		}
		return string(r[:i]) + string(r[i]+1)
	}
	return ""
}
