package main

import (
	"context"
	"flag"
	"fmt"
	"strconv"
	"text/tabwriter"
	"time"

	"parvis/internal/account"
)

func apikeyCreate() *command {
	var label string
	return &command{
		name: "create", summary: "make an API key that may see everything",
		details: "The secret is the last line of standard output. It is shown this once: the portal keeps only its hash.",
		flags: func(fs *flag.FlagSet) {
			fs.StringVar(&label, "label", "", "`NAME` that tells what the key is for (required)")
		},
		settings: []string{},
		run: func(ctx context.Context, c *call) error {
			if label == "" {
				return usagef("apikey create: --label is missing")
			}
			return withKeys(ctx, c, true, func(keys *account.Keys) error {
				secret, err := keys.Create(ctx, label)
				if err != nil {
					return err
				}
				fmt.Fprintf(c.err, "The key %q may see everything. Keep its secret: it cannot be shown again.\n", label)
				_, err = fmt.Fprintln(c.out, secret)
				return err
			})
		},
	}
}

func apikeyList() *command {
	return &command{
		name: "list", summary: "list API keys", settings: []string{},
		run: func(ctx context.Context, c *call) error {
			return withKeys(ctx, c, false, func(keys *account.Keys) error {
				list, err := keys.List(ctx)
				if err != nil {
					return err
				}
				table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
				fmt.Fprintln(table, "NUMBER\tLABEL\tCREATED\tREVOKED")
				for _, k := range list {
					revoked := "-"
					if !k.Revoked.IsZero() {
						revoked = k.Revoked.Format(time.DateTime)
					}
					fmt.Fprintf(table, "%d\t%s\t%s\t%s\n", k.ID, k.Label, k.Created.Format(time.DateTime), revoked)
				}
				return table.Flush()
			})
		},
	}
}

func apikeyRevoke() *command {
	return &command{
		name: "revoke", args: "NUMBER", min: 1, max: 1, summary: "end an API key for ever", settings: []string{},
		details: "NUMBER is the key's number in 'parvis apikey list'.",
		run: func(ctx context.Context, c *call) error {
			id, err := strconv.ParseInt(c.args[0], 10, 64)
			if err != nil {
				return usagef("apikey revoke: %q is no number of a key", c.args[0])
			}
			return withKeys(ctx, c, false, func(keys *account.Keys) error { return keys.Revoke(ctx, id) })
		},
	}
}

// withKeys opens the portal and does something with its keys.
func withKeys(ctx context.Context, c *call, create bool, do func(*account.Keys) error) error {
	p, err := openPortal(ctx, c, create)
	if err != nil {
		return err
	}
	defer p.close()
	return do(p.keys)
}
