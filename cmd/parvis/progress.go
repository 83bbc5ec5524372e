package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// progress tells a person what goes on: a line that renews itself on a terminal, else one line a step.
type progress struct {
	w        io.Writer
	terminal bool
	now      func() time.Time

	told          map[string]bool // lines that stand already, without a terminal
	subject, step string
	shown         time.Time // when the line was last renewed
	open          bool      // a line stands that has no end yet
}

// renewEvery is how often a line on a terminal is renewed.
const renewEvery = 100 * time.Millisecond

// barWidth is the number of characters of a bar.
const barWidth = 30

func newProgress(c *call) *progress {
	return &progress{w: c.err, terminal: c.terminal, now: time.Now, told: map[string]bool{}}
}

// report tells how far a step of the work on a subject has come: done of total, 0 where that is not known. Rows
// are those read so far, 0 where there are none to tell of.
func (p *progress) report(subject, step string, done, total, rows int64) {
	fresh := subject != p.subject || step != p.step
	p.subject, p.step = subject, step
	if !p.terminal {
		if line := fmt.Sprintf("%s: %s\n", subject, step); !p.told[line] { // steps may take turns
			p.told[line] = true
			fmt.Fprint(p.w, line)
		}
		return
	}
	now := p.now()
	if !fresh && now.Sub(p.shown) < renewEvery {
		return
	}
	p.shown, p.open = now, true
	fmt.Fprintf(p.w, "\r\x1b[K%s: %s", subject, step)
	if total > 0 {
		share := min(max(float64(done)/float64(total), 0), 1)
		full := int(share * barWidth)
		fmt.Fprintf(p.w, " [%s%s] %3.0f %%", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), share*100)
	}
	if rows > 0 {
		fmt.Fprintf(p.w, " %s rows", grouped(rows))
	}
}

// end takes an unfinished line away, so that other text may follow.
func (p *progress) end() {
	if p.open {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
	p.open, p.step = false, ""
}

// grouped writes a number with a comma between thousands.
func grouped(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
