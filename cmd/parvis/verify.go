package main

import (
	"context"
	"flag"
	"fmt"

	"parvis/internal/privacy"
)

func verifyCommand() *command {
	var head string
	return &command{
		name: "verify", summary: "check the proof of what visitors were told and how they chose",
		details: "Goes through the whole chain of what visitors were told about cookies and how they chose, and fails where\n" +
			"anything was changed, left out or added. The last line of standard output is the hash of the chain's end. Noted\n" +
			"somewhere else, it proves later, by --head, that nothing before it was made again.",
		flags: func(fs *flag.FlagSet) {
			fs.StringVar(&head, "head", "", "`HASH` noted earlier, which the chain must hold")
		},
		settings: []string{},
		run: func(ctx context.Context, c *call) error {
			p, err := openPortal(ctx, c, false)
			if err != nil {
				return err
			}
			defer p.close()
			proof, err := privacy.Verify(ctx, p.db, head)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.err, "The ledger is whole: %d rows, %d texts.\n", proof.Rows, proof.Wordings)
			_, err = fmt.Fprintln(c.out, proof.Head)
			return err
		},
	}
}
