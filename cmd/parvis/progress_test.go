package main

import (
	"bytes"
	"testing"
	"time"
)

func TestProgressLines(t *testing.T) {
	var b bytes.Buffer
	p := &progress{w: &b, now: time.Now, told: map[string]bool{}}
	p.report("towns", "reading", 1, 10, 5)
	p.report("towns", "reading", 5, 10, 9)
	p.report("towns", "indexing", 0, 0, 0)
	p.report("towns", "reading", 6, 10, 9) // steps may take turns
	p.end()
	if got, want := b.String(), "towns: reading\ntowns: indexing\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestProgressBar(t *testing.T) {
	var b bytes.Buffer
	at := time.Unix(0, 0)
	p := &progress{w: &b, terminal: true, now: func() time.Time { return at }}
	p.report("towns", "reading", 1, 2, 1234567)
	p.report("towns", "reading", 2, 2, 2000000) // too soon
	at = at.Add(time.Second)
	p.report("towns", "reading", 3, 2, 2000000) // more than there should be
	p.report("towns", "indexing", 0, 0, 0)
	p.end()
	want := "\r\x1b[Ktowns: reading [###############...............]  50 % 1,234,567 rows" +
		"\r\x1b[Ktowns: reading [##############################] 100 % 2,000,000 rows" +
		"\r\x1b[Ktowns: indexing\r\x1b[K"
	if got := b.String(); got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestGrouped(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 123456: "123,456", 1234567: "1,234,567", -1000: "-1,000", -100: "-100"} {
		if got := grouped(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
