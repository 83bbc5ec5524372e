package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// overview writes what there is.
func overview(w io.Writer) {
	fmt.Fprint(w, "Parvis is a self-hosted open-data portal.\n\nUsage: parvis COMMAND [FLAGS] [ARGUMENTS]\n\nCommands:\n")
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	for _, c := range commands() {
		fmt.Fprintf(table, "  %s\t%s\n", c.name, c.summary)
	}
	table.Flush()
	fmt.Fprint(w, "\n'parvis help COMMAND' says more. Settings are taken from flags, then from PARVIS_* variables, then from\n"+
		"parvis.toml. The exit status is 0 when all went well, 1 when something failed, 2 for a wrong call.\n")
}

// help writes what a subcommand takes.
func help(w io.Writer, cmd *command, path string) {
	if cmd.subs != nil {
		fmt.Fprintf(w, "Usage: parvis %s COMMAND\n\nCommands:\n", path)
		table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
		for _, c := range cmd.subs {
			fmt.Fprintf(table, "  %s\t%s\n", strings.TrimSpace(c.name+" "+c.args), c.summary)
		}
		table.Flush()
		return
	}
	fmt.Fprintf(w, "Usage: %s\n\n%s.\n", strings.TrimSpace("parvis "+path+" [FLAGS] "+cmd.args), strings.ToUpper(cmd.summary[:1])+cmd.summary[1:])
	if cmd.details != "" {
		fmt.Fprintf(w, "\n%s\n", strings.TrimSpace(cmd.details))
	}
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	if cmd.flags != nil {
		fs := flag.NewFlagSet(path, flag.ContinueOnError)
		cmd.flags(fs)
		fmt.Fprint(table, "\nFlags:\n")
		fs.VisitAll(func(f *flag.Flag) {
			kind, usage := flag.UnquoteUsage(f)
			fmt.Fprintf(table, "  --%s\t%s\n", strings.TrimSpace(f.Name+" "+kind), usage)
		})
	}
	if options := optionsOf(cmd); len(options) > 0 {
		fmt.Fprint(table, "\nSettings (flag, or variable, or key of parvis.toml):\n")
		for _, o := range options {
			fmt.Fprintf(table, "  --%s %s\t%s%s\n", o.name, o.kind, o.usage, defaultOf(o))
		}
	}
	table.Flush()
}

// defaultOf tells an option's default, as an addition to its description.
func defaultOf(o option) string {
	if o.standard == "" {
		return ""
	}
	return " (default " + o.standard + ")"
}
