// Command parvis is a whole open-data portal: it publishes files, and serves them to people and programs.
//
// This package holds the command line: one file a subcommand, config.go for settings, and wire.go, the only
// place that knows drivers and puts the rooms of internal/ together. Start at the table of subcommands below.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"golang.org/x/term"

	"parvis/internal/fault"
)

// commands is the table of subcommands, in the order in which help lists them. It is a function since a
// command holds the values of its flags, which belong to one call.
func commands() []*command {
	return []*command{
		serveCommand(),
		importCommand(),
		exportCommand(),
		{
			name: "dataset", summary: "list, show, rename and remove datasets, say who may see them",
			subs: []*command{datasetList(), datasetShow(), datasetVersions(), datasetRename(), datasetRemove(), datasetSecurity(), datasetGrant(), datasetRevoke()},
		},
		{
			name: "apikey", summary: "create, list and revoke API keys",
			subs: []*command{apikeyCreate(), apikeyList(), apikeyRevoke()},
		},
		{
			name: "user", summary: "create, list, disable and remove people, set their passwords",
			subs: []*command{userCreate(), userList(), userPassword(), userDisable(), userEnable(), userRemove()},
		},
		{
			name: "group", summary: "create, list and remove groups, say who is in them",
			subs: []*command{groupCreate(), groupList(), groupMembers(), groupRemove()},
		},
		verifyCommand(),
		versionCommand(),
	}
}

// command is a subcommand: either a group of others, or something that runs.
type command struct {
	name     string
	args     string // what its arguments are called, as in "PATH"
	min, max int    // how many it takes; max -1 is any number
	summary  string // one line
	details  string // paragraphs for its help
	settings []string
	flags    func(*flag.FlagSet) // its own flags beside the settings; may be nil
	run      func(context.Context, *call) error
	subs     []*command
}

// call is one call of a subcommand.
type call struct {
	args     []string
	set      settings
	in       io.Reader // nil: nothing can be read
	out, err io.Writer
	terminal bool // a person looks at err
}

// The exit statuses.
const (
	statusDone   = 0
	statusFailed = 1
	statusUsage  = 2
)

// usageError is a command line that makes no sense.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	p := process{
		args: os.Args[1:], env: os.LookupEnv, in: os.Stdin, out: os.Stdout, err: os.Stderr,
		terminal: term.IsTerminal(int(os.Stderr.Fd())),
	}
	status := p.run(ctx)
	stop()
	os.Exit(status)
}

// process is what a call finds around it.
type process struct {
	args     []string
	env      func(string) (string, bool)
	in       io.Reader
	out, err io.Writer
	terminal bool
}

// run does what the arguments say and gives the exit status.
func (p process) run(ctx context.Context) int {
	cmd, path, rest, err := find(p.args)
	if err == nil && cmd == nil {
		overview(p.out)
		return statusDone
	}
	if err == nil {
		err = p.runCommand(ctx, cmd, path, rest)
	}
	var usage *usageError
	switch {
	case err == nil:
		return statusDone
	case errors.As(err, &usage):
		fmt.Fprintf(p.err, "parvis: %s\nRun 'parvis help%s' for what it takes.\n", usage.message, strings.TrimSuffix(" "+path, " "))
		return statusUsage
	case fault.KindOf(err) == fault.Canceled && ctx.Err() != nil:
		fmt.Fprintln(p.err, "parvis: interrupted")
	default:
		fmt.Fprintf(p.err, "parvis: %v\n", err)
	}
	return statusFailed
}

// find walks down the table of subcommands; nil is a call for the overview. "help" may stand before a subcommand.
func find(args []string) (cmd *command, path string, rest []string, err error) {
	asked := false
	if len(args) > 0 && args[0] == "help" {
		asked, args = true, args[1:]
	}
	level := commands()
	for {
		if len(args) == 0 || isHelp(args[0]) {
			if cmd == nil {
				return nil, "", nil, nil
			}
			return cmd, path, []string{"--help"}, nil
		}
		next := (*command)(nil)
		for _, c := range level {
			if c.name == args[0] {
				next = c
			}
		}
		if next == nil {
			return nil, path, nil, usagef("there is no command %q", strings.TrimSpace(path+" "+args[0]))
		}
		cmd, path, args = next, strings.TrimSpace(path+" "+next.name), args[1:]
		if cmd.subs == nil {
			break
		}
		level = cmd.subs
	}
	if asked {
		return cmd, path, []string{"--help"}, nil
	}
	return cmd, path, args, nil
}

func isHelp(arg string) bool { return arg == "-h" || arg == "-help" || arg == "--help" }

// runCommand reads flags and settings and runs one subcommand.
func (p process) runCommand(ctx context.Context, cmd *command, path string, args []string) error {
	c := &call{in: p.in, out: p.out, err: p.err, terminal: p.terminal}
	given := map[string]string{}
	fs := flag.NewFlagSet(path, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	for _, o := range optionsOf(cmd) {
		fs.Func(o.name, o.usage, func(text string) error {
			given[o.name] = text
			return o.set(new(settings), text)
		})
	}
	if cmd.flags != nil {
		cmd.flags(fs)
	}
	var err error
	if c.args, err = parse(fs, args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			help(p.out, cmd, path)
			return nil
		}
		return usagef("%s: %v", path, err)
	}
	if len(c.args) < cmd.min {
		return usagef("%s: %s is missing", path, cmd.args)
	}
	if cmd.max >= 0 && len(c.args) > cmd.max {
		return usagef("%s: %q is too much", path, c.args[cmd.max])
	}
	if c.set, err = load(given, p.env); err != nil {
		return err
	}
	return cmd.run(ctx, c)
}

// parse reads flags that may stand before, between and after the arguments, which it gives; "--" ends the flags.
func parse(fs *flag.FlagSet, args []string) (rest []string, err error) {
	for {
		if err := fs.Parse(args); err != nil {
			return nil, err
		}
		taken := len(args) - fs.NArg()
		if fs.NArg() == 0 || taken > 0 && args[taken-1] == "--" {
			return append(rest, fs.Args()...), nil
		}
		rest = append(rest, fs.Arg(0))
		args = fs.Args()[1:]
	}
}
