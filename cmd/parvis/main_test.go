package main

import (
	"bytes"
	"flag"
	"slices"
	"strings"
	"testing"
)

func TestFlagsMayStandAnywhere(t *testing.T) {
	for line, want := range map[string]string{
		"--id x a.csv":       "x: a.csv",
		"a.csv --id x":       "x: a.csv",
		"a.csv --id=x b.csv": "x: a.csv b.csv",
		"-id x -- --id y":    "x: --id y",
		"a -- b --id y":      ": a b --id y",
		"":                   ": ",
	} {
		fs := flag.NewFlagSet("", flag.ContinueOnError)
		id := fs.String("id", "", "")
		rest, err := parse(fs, strings.Fields(line))
		if got := *id + ": " + strings.Join(rest, " "); err != nil || got != want {
			t.Errorf("%q: %q, want %q (%v)", line, got, want, err)
		}
	}
}

func TestStatusAndHelp(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, test := range []struct {
		line        string
		status      int
		out, errout string
	}{
		{"", 0, "Commands:", ""},
		{"-h", 0, "Commands:", ""},
		{"help", 0, "Commands:", ""},
		{"help import", 0, "--separator", ""},
		{"import -h", 0, "--separator", ""},
		{"help dataset", 0, "versions ID", ""},
		{"dataset", 0, "versions ID", ""},
		{"dataset --help", 0, "versions ID", ""},
		{"help dataset show", 0, "Usage: parvis dataset show [FLAGS] ID", ""},
		{"help serve", 0, "--addr HOST:PORT", ""},
		{"version", 0, "parvis ", ""},
		{"version x", 2, "", `"x" is too much`},
		{"sreve", 2, "", `there is no command "sreve"`},
		{"dataset lits", 2, "", `there is no command "dataset lits"`},
		{"dataset show", 2, "", "ID is missing"},
		{"dataset show a b", 2, "", `"b" is too much`},
		{"dataset list --nothing", 2, "", "-nothing"},
		{"dataset list --log-level loud", 2, "", "loud"},
		{"apikey create --data d", 2, "", "--label is missing"},
		{"apikey revoke one", 2, "", `"one" is no number`},
		{"dataset list --data none", 1, "", `there is no portal in "none"`},
		{"import --data none", 2, "", "PATH is missing"},
		{"import --data made --separator ab main_test.go", 2, "", "--separator takes one character"},
	} {
		var out, errout bytes.Buffer
		p := process{args: strings.Fields(test.line), env: environment(nil), out: &out, err: &errout}
		status := p.run(t.Context())
		if status != test.status || !strings.Contains(out.String(), test.out) || !strings.Contains(errout.String(), test.errout) {
			t.Errorf("%q: status %d\n%s\n%s", test.line, status, out.String(), errout.String())
		}
		if test.errout == "" && errout.Len() > 0 {
			t.Errorf("%q says on standard error: %s", test.line, errout.String())
		}
	}
}

func TestEveryCommandHasHelp(t *testing.T) {
	var walk func(path []string, level []*command)
	walk = func(path []string, level []*command) {
		for _, c := range level {
			here := append(slices.Clone(path), c.name)
			var out bytes.Buffer
			p := process{args: append([]string{"help"}, here...), env: environment(nil), out: &out, err: &out}
			if status := p.run(t.Context()); status != 0 || !strings.Contains(out.String(), "Usage: parvis "+strings.Join(here, " ")) {
				t.Errorf("help %v: status %d\n%s", here, status, out.String())
			}
			if c.summary == "" || c.run == nil == (c.subs == nil) {
				t.Errorf("%v lacks a summary, or both or neither of run and subs", here)
			}
			walk(here, c.subs)
		}
	}
	walk(nil, commands())
}
