package statistics

import (
	_ "embed"
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"
)

// crawlerList is the data of crawler-user-agents 1.60.0 (npm; MIT, see crawlers.LICENSE): a pattern and what it is, a line.
// It is made anew with
//
//	jq -r '.[] | [.pattern, (if (.tags // []) | index("http-library") then "program" else "bot" end)] | join("\t")' crawler-user-agents.json
//
//go:embed crawlers.tsv
var crawlerList string

// crawlers finds the pieces by which crawlers and programs are known: more than 1,500 of them, in one walk over a
// name. A bit for every four bytes that begin a piece tells of nearly all places that none begins there.
type crawlers struct {
	begins [1 << 16 / 64]uint64
	pieces map[uint32][]piece
	short  []piece // of fewer than four bytes
}

// piece is a text that must stand in a name.
type piece struct {
	text       string
	first, end bool // only at the beginning; only at the end
	class      class
}

// readCrawlers makes the finder of the list.
func readCrawlers() (*crawlers, error) {
	c := &crawlers{pieces: map[uint32][]piece{}}
	for line := range strings.Lines(crawlerList) {
		pattern, kind, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok {
			return nil, fmt.Errorf("crawlers.tsv: no tab in %q", line)
		}
		tree, err := syntax.Parse(strings.ReplaceAll(pattern, `\/`, "/"), syntax.Perl)
		if err != nil {
			return nil, fmt.Errorf("crawlers.tsv: %w", err)
		}
		found, _ := spell(tree.Simplify())
		for _, p := range found {
			p.class = class(kind[0])
			c.add(p)
		}
	}
	return c, nil
}

func (c *crawlers) add(p piece) {
	if len(p.text) < 4 {
		c.short = append(c.short, p)
		return
	}
	key := four(p.text)
	c.begins[bit(key)/64] |= 1 << (bit(key) % 64)
	c.pieces[key] = append(c.pieces[key], p)
}

// find gives bot where any piece of a crawler is in the name, else program where one of a program is, else human.
func (c *crawlers) find(name string) class {
	found := human
	for i := 0; i+4 <= len(name); i++ {
		key := four(name[i:])
		if c.begins[bit(key)/64]&(1<<(bit(key)%64)) == 0 {
			continue
		}
		for _, p := range c.pieces[key] {
			if strings.HasPrefix(name[i:], p.text) && (!p.first || i == 0) && (!p.end || i+len(p.text) == len(name)) {
				if p.class == bot {
					return bot
				}
				found = p.class
			}
		}
	}
	for _, p := range c.short {
		if !p.first && strings.Contains(name, p.text) || p.first && strings.HasPrefix(name, p.text) {
			return p.class
		}
	}
	return found
}

func four(s string) uint32 {
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

func bit(key uint32) uint32 { return key * 2654435761 >> 16 }

// spell gives the texts that a pattern stands for. Where it stands for too many, exact is false and the texts are
// the longest that must be there.
func spell(t *syntax.Regexp) (out []piece, exact bool) {
	switch t.Op {
	case syntax.OpLiteral:
		if t.Flags&syntax.FoldCase != 0 { // the parser makes one of [cC]
			text := string(t.Rune)
			return []piece{{text: strings.ToLower(text)}, {text: strings.ToUpper(text)}}, len(t.Rune) == 1
		}
		return []piece{{text: string(t.Rune)}}, true
	case syntax.OpCapture:
		return spell(t.Sub[0])
	case syntax.OpBeginText, syntax.OpBeginLine:
		return []piece{{first: true}}, true
	case syntax.OpEndText, syntax.OpEndLine:
		return []piece{{end: true}}, true
	case syntax.OpEmptyMatch:
		return []piece{{}}, true
	case syntax.OpCharClass:
		for i := 0; i < len(t.Rune); i += 2 {
			if t.Rune[i+1]-t.Rune[i] > 8 || len(out) > 4 {
				return nil, false
			}
			for r := t.Rune[i]; r <= t.Rune[i+1]; r++ {
				out = append(out, piece{text: string(r)})
			}
		}
		return out, true
	case syntax.OpAlternate:
		for _, sub := range t.Sub {
			some, ok := spell(sub)
			if !ok {
				return nil, false
			}
			out = append(out, some...)
		}
		return out, true
	case syntax.OpConcat:
		return spellAll(t.Sub)
	}
	return nil, false
}

// spellAll puts the texts of one part after those of another; a part that stands for too many cuts the text, and the
// longer side is kept.
func spellAll(parts []*syntax.Regexp) (out []piece, exact bool) {
	run, exact := []piece{{}}, true
	keep := func() {
		if out == nil || shortest(run) > shortest(out) {
			out = run
		}
		run = []piece{{}}
	}
	for _, part := range parts {
		some, ok := spell(part)
		if !ok {
			exact = false
			keep()
			continue
		}
		var next []piece
		for _, a := range run {
			for _, b := range some {
				next = append(next, piece{text: a.text + b.text, first: a.first || b.first, end: a.end || b.end})
			}
		}
		run = next
	}
	keep()
	return out, exact
}

func shortest(list []piece) int {
	return len(slices.MinFunc(list, func(a, b piece) int { return len(a.text) - len(b.text) }).text)
}
