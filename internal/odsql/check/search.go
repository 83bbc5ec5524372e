package check

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"parvis/internal/dataset"
	"parvis/internal/odsql"
	"parvis/internal/text"
)

// words types a bare text: all its terms, each in any field; a * behind a word makes it a prefix.
func (c *checker) words(x *odsql.String) (Predicate, error) {
	var out Words
	for _, part := range strings.Fields(x.Value) {
		words := exact(part, true)
		if n := len(words); n > 0 && strings.HasSuffix(part, "*") {
			words[n-1].Prefix = true
		}
		out.Words = append(out.Words, words...)
	}
	out.Fields = c.shown()
	return c.wordsOrAll(x, out)
}

// maxWords bounds the words that a question searches for: each is a look-up of its own.
const maxWords = 100

// wordsOrAll makes a search for nothing a condition that all records meet, and looks for a word once.
func (c *checker) wordsOrAll(x odsql.Expr, w Words) (Predicate, error) {
	var once []Word
	for _, word := range w.Words {
		if !slices.ContainsFunc(once, func(o Word) bool { return o.Term == word.Term && o.Prefix == word.Prefix }) {
			once = append(once, word)
		}
		if c.searched+len(once) > maxWords {
			return nil, c.errorAt(x, "a query searches for at most %d words, and there are more", maxWords)
		}
	}
	c.searched += len(once)
	if len(once) == 0 {
		return True{}, nil
	}
	return Words{w.Fields, once}, nil
}

// exact gives the terms of a text, to be found as they are.
func exact(s string, numbers bool) []Word {
	var out []Word
	for _, term := range text.Terms(s) {
		w := Word{Term: term}
		if n, err := strconv.ParseInt(term, 10, 64); err == nil && numbers {
			w.Number = &n
		}
		out = append(out, w)
	}
	return out
}

// searchCall types search, suggest and startswith: the fields they look in (none or *: all) and a text.
func (c *checker) searchCall(x *odsql.Call) (Predicate, error) {
	if len(x.Args) == 0 {
		return nil, c.errorAt(x, "%s() needs a text", x.Name)
	}
	last := len(x.Args) - 1
	needle, ok := x.Args[last].Value.(*odsql.String)
	if !ok {
		return nil, c.errorAt(x.Args[last].Value, "the last argument of %s() is a text in quotes, and this is none,", x.Name)
	}
	var fields []int
	for i, a := range x.Args[:last] {
		switch v := a.Value.(type) {
		case *odsql.Star:
			if i != 0 || last != 1 {
				return nil, c.errorAt(v, "* stands alone before the text")
			}
		case *odsql.Name:
			f := c.field(v.Text)
			if f < 0 {
				return nil, c.unknownField(v.Text)
			}
			fields = append(fields, f)
		default:
			return nil, c.errorAt(v, "%s() looks in fields, and this is none,", x.Name)
		}
	}
	if x.Name == "startswith" {
		return c.startsWith(x, fields, needle.Value)
	}
	words := exact(needle.Value, true)
	for i := range words {
		if x.Name == "suggest" {
			words[i].Prefix = true
			continue
		}
		words[i].Prefix = i == len(words)-1
		switch n := utf8.RuneCountInString(words[i].Term); {
		case n > 5:
			words[i].Distance = 2
		case n > 2:
			words[i].Distance = 1
		}
	}
	if fields == nil {
		fields = c.shown()
	}
	return c.wordsOrAll(x, Words{fields, words})
}

// startsWith types startswith(…): over all text fields where none is named.
func (c *checker) startsWith(x *odsql.Call, fields []int, prefix string) (Predicate, error) {
	for _, f := range fields {
		if t := c.at(f).T; !textual(t) {
			return nil, c.errorAt(x, "startswith() looks in texts, and %s is %s", c.schema.Fields[f].Name, described(t))
		}
	}
	if fields == nil {
		for i, f := range c.schema.Fields {
			if f.Type == dataset.Text && c.schema.Shows(i) {
				fields = append(fields, i)
			}
		}
	}
	if len(fields) == 0 {
		return False{}, nil
	}
	return StartsWith{fields, prefix}, nil
}

// like types f like "words": all the terms in that field.
func (c *checker) like(x *odsql.Like) (Predicate, error) {
	inner := x.X
	for { // case makes no difference to terms
		call, ok := inner.(*odsql.Call)
		if !ok || call.Name != "lower" && call.Name != "upper" || len(call.Args) != 1 {
			break
		}
		inner = call.Args[0].Value
	}
	v, err := c.value(inner, scope{})
	if err != nil {
		return nil, err
	}
	f, ok := v.(Field)
	if !ok || f.T.Base != dataset.Text && f.T.Base != dataset.Int {
		return nil, c.errorAt(x, "LIKE looks for words in a text field, and this is %s", described(v.Type()))
	}
	return c.wordsOrAll(x, Words{[]int{f.Index}, exact(x.Pattern.Value, true)})
}
