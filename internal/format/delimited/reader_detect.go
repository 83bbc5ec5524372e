package delimited

import (
	"bytes"
)

// dialect is how the cells of a file are told apart.
type dialect struct {
	separator byte
	quote     byte
	lineEnd   byte // '\n', before which a '\r' may stand, or '\r'
}

const sniffed = 200 // records that detection looks at

// noSeparator stands in no text: the file has one column.
const noSeparator = 0x1F

// sniff finds out the dialect from the beginning of the text. A separator may be given. Where the header is one
// cell, so is every row: commas in the rows are part of their text.
func sniff(head []byte, separator byte, header bool) dialect {
	d := dialect{separator: separator, quote: '"', lineEnd: '\n'}
	if bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 {
		d.lineEnd = '\r'
	}
	candidates := []byte{'\t', ';', ',', '|'}
	if separator != 0 {
		candidates = []byte{separator}
	}
	best := score{}
	for _, c := range candidates {
		for _, q := range []byte{'"', '\''} {
			if q == '\'' && !quoted(head, c, q) {
				continue
			}
			try := dialect{separator: c, quote: q, lineEnd: d.lineEnd}
			if s := try.score(head); d.separator == 0 || s.better(best) {
				best, d = s, try
			}
		}
	}
	if separator == 0 && (best.cells < 2 || header && best.first == 1) {
		d.separator = noSeparator
	}
	return d
}

// quoted tells whether cells stand between quotes of this kind, and none between double quotes.
func quoted(head []byte, separator, quote byte) bool {
	pairs := bytes.Count(head, []byte{quote, separator, quote})
	return pairs >= 2 && !bytes.Contains(head, []byte{'"', separator}) && !bytes.Contains(head, []byte{separator, '"'})
}

// score tells how well a dialect explains the beginning of a file.
type score struct {
	cells  int     // of most records; 1: the separator separates nothing
	share  float64 // of the records that have so many
	first  int     // cells of the first record
	header bool    // it has as many as most
	quotes int     // cells that stand between quotes
}

func (s score) better(than score) bool {
	if s.cells < 2 || than.cells < 2 {
		return s.cells > than.cells
	}
	rate := func(s score) float64 {
		if s.header {
			return s.share + 1
		}
		return s.share
	}
	switch a, b := rate(s), rate(than); {
	case a > b+0.001:
		return true
	case b > a+0.001:
		return false
	case s.quotes != than.quotes:
		return s.quotes > than.quotes
	}
	return s.cells > than.cells
}

// score counts the cells of the records in head.
func (d dialect) score(head []byte) score {
	counts := map[int]int{}
	var s score
	records := 0
	for at := 0; at < len(head) && records < sniffed; {
		cells, quotes, n := d.count(head[at:])
		if n == 0 {
			if records > 0 {
				break // the last one is cut
			}
			n = len(head)
		}
		at += n
		if cells == 0 {
			continue // a blank line
		}
		if records == 0 {
			s.first = cells
		}
		records++
		counts[cells]++
		s.quotes += quotes
	}
	for cells, n := range counts {
		if n > counts[s.cells] || n == counts[s.cells] && cells > s.cells {
			s.cells = cells
		}
	}
	if records > 0 {
		s.share = float64(counts[s.cells]) / float64(records)
	}
	s.header = s.first == s.cells
	return s
}

// count gives the number of cells of the record at the beginning of text, how many of them stand between quotes,
// and the record's length in bytes with its end; length 0: it has no end here.
func (d dialect) count(text []byte) (cells, quotes, length int) {
	cells = 1
	start, within := true, false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case within:
			if c == d.quote {
				if i+1 < len(text) && text[i+1] == d.quote {
					i++
				} else {
					within = false
				}
			}
		case c == d.quote && start:
			within, start = true, false
			quotes++
		case c == d.separator:
			cells++
			start = true
		case c == d.lineEnd:
			if len(bytes.TrimSpace(text[:i])) == 0 && cells == 1 {
				cells = 0
			}
			return cells, quotes, i + 1
		default:
			start = false
		}
	}
	return cells, quotes, 0
}
