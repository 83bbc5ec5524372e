// Package localetest finds texts of pages that nobody can translate. It serves tests only: render a page in
// locale.Pseudo over data whose every text stands between ⟦ and ⟧, and hand it to Untranslated.
package localetest

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

var address = regexp.MustCompile(`https?://\S+|[\w.]+@[\w.]+|/[\w./{}-]+`)

// Names gives what is called the same in every language.
func Names() []string {
	return []string{"CSV", "BibTeX", "RIS", "CSL-JSON", "Google Sheets", "Excel (Power Query)", "SVG", "Atom", "iCalendar", "R", "JSON Lines", "JSON", "Excel", "Parquet", "GeoJSON", "GET", "API", "Python", "JavaScript", "curl",
		"csv", "xlsx", "json", "jsonl", "parquet", "geojson"}
}

// Untranslated gives the texts of a page that stand outside of ⟦ and ⟧: text, and the attributes that are read out or
// shown. What is code, what is marked as of another language, addresses, and the names given are let be.
func Untranslated(page string, names ...string) []string {
	root, err := html.ParseWithOptions(strings.NewReader(page), html.ParseOptionEnableScripting(false)) // what stands in noscript is read, too
	if err != nil {
		return []string{err.Error()}
	}
	let := slices.Concat(Names(), names)
	slices.SortFunc(let, func(a, b string) int { return len(b) - len(a) }) // a name within another comes after it
	var out []string
	report := func(where, text string) {
		text = strings.Join(strings.Fields(text), " ")
		rest := address.ReplaceAllString(outside(text), " ")
		for _, name := range let {
			if strings.TrimSpace(rest) == name {
				return
			}
			rest = regexp.MustCompile(`(^|\W)`+regexp.QuoteMeta(name)+`(\W|$)`).ReplaceAllString(rest, "$1 $2")
		}
		if words(rest) {
			out = append(out, where+": "+text)
		}
	}
	var walk func(n *html.Node, own string)
	walk = func(n *html.Node, own string) {
		switch n.Type {
		case html.TextNode:
			report("<"+n.Parent.Data+">", n.Data)
		case html.ElementNode:
			switch n.Data {
			case "script", "style", "code", "pre", "svg", "textarea":
				return
			}
			kind, code := "", false
			for _, a := range n.Attr {
				switch a.Key {
				case "lang":
					if n.Data == "html" {
						own = a.Val
					} else if a.Val != own {
						return
					}
				case "class":
					code = strings.Contains(" "+a.Val+" ", " mono ")
				case "type", "name":
					kind = a.Val
				}
			}
			for _, a := range n.Attr {
				switch {
				case a.Key == "placeholder" && code:
				case a.Key == "title", a.Key == "aria-label", a.Key == "placeholder", a.Key == "alt", a.Key == "label",
					a.Key == "content" && kind == "description", a.Key == "value" && n.Data == "input" && (kind == "submit" || kind == "button"):
					report("<"+n.Data+" "+a.Key+">", a.Val)
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, own)
		}
	}
	walk(root, "")
	return out
}

// outside gives what stands outside of all brackets; brackets may hold brackets.
func outside(text string) string {
	var out strings.Builder
	depth := 0
	for _, r := range text {
		switch {
		case r == '⟦':
			depth++
		case r == '⟧':
			depth = max(0, depth-1)
		case depth == 0:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// words tells whether a text has two letters side by side.
func words(text string) bool {
	last := false
	for _, r := range text {
		letter := unicode.IsLetter(r)
		if letter && last {
			return true
		}
		last = letter
	}
	return false
}
