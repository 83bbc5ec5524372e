package portrait

import (
	"fmt"
	"slices"
	"strings"
)

// Spark draws a field's profile for the list of fields, in 120 by 36 units: a histogram for numbers and dates,
// shares for texts with few values, else how much of it is filled. Colours come from the page's classes.
func (f Profile) Spark(rows int) string {
	var b strings.Builder
	switch {
	case len(f.Bins) > 0 && f.High > f.Low:
		most := max(1, slices.Max(f.Bins))
		for i, n := range f.Bins {
			if n == 0 {
				fmt.Fprintf(&b, `<rect class="bg" x="%d" y="34" width="4" height="2"/>`, i*5)
				continue
			}
			h := max(2, n*34/most)
			fmt.Fprintf(&b, `<rect x="%d" y="%d" width="4" height="%d"/>`, i*5, 36-h, h)
		}
	case f.Different > 0 && f.Different <= 8 && f.Filled > 0:
		total := 0
		for _, t := range f.Top {
			total += t.Rows
		}
		x := 0.0
		for i, t := range f.Top {
			w := float64(t.Rows) / float64(total) * 120
			class := "hi"
			if i > 0 {
				class = fmt.Sprintf("s%d", min(i, 3))
			}
			fmt.Fprintf(&b, `<rect class="%s" x="%.1f" y="12" width="%.1f" height="12"/>`, class, x, max(w-1.5, 0.8))
			x += w
		}
	default:
		share := 0.0
		if rows > 0 {
			share = float64(f.Filled) / float64(rows)
		}
		b.WriteString(`<rect class="bg" x="0" y="14" width="120" height="8"/>`)
		fmt.Fprintf(&b, `<rect x="0" y="14" width="%.1f" height="8"/>`, 120*share)
	}
	return b.String()
}
