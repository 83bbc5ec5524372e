package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestTell(t *testing.T) {
	for _, test := range []struct {
		d    imported
		want string
	}{
		{imported{id: "a", failure: errors.New("no header")}, "a: not published: no header\n"},
		{imported{id: "a"}, "a: published, a description without rows\n"},
		{imported{id: "a", version: 2, rows: 1234}, "a: version 2 is published, 1,234 records (1.23s)\n"},
		{imported{id: "a", version: 1, rows: 2, rejected: 1, samples: []reject{{3, "n", "many\x1b[2J", "no whole number"}}, rejects: "d/a-v1.csv"},
			"a: version 1 is published, 2 records (1.23s)\na: 1 value did not fit:\n  line 3, n: \"many\\x1b[2J\": no whole number\n  all of them stand in d/a-v1.csv\n"},
		{imported{id: "a", version: 1, rows: 2, notes: []string{"only one sheet is read"}},
			"a: version 1 is published, 2 records (1.23s)\na: note: only one sheet is read\n"},
		{imported{id: "a", version: 1, rows: 2, rejected: 4000, samples: []reject{{3, "", strings.Repeat("é", 61), "too short"}}},
			"a: version 1 is published, 2 records (1.23s)\na: 4,000 values did not fit:\n  line 3: \"" + strings.Repeat("é", 60) + "…\": too short\n  and 3,999 more\n"},
	} {
		var b bytes.Buffer
		tell(&call{err: &b}, test.d, 1234*time.Millisecond)
		if b.String() != test.want {
			t.Errorf("got\n%s\nwant\n%s", b.String(), test.want)
		}
	}
}
