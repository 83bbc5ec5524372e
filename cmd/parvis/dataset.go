package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/fault"
)

// operator is who sits at the command line of the portal's machine.
func operator() account.Actor { return account.Actor{Everything: true} }

func datasetList() *command {
	return &command{
		name: "list", summary: "list all datasets", settings: []string{},
		run: withCatalog(func(_ context.Context, c *call, cat *catalog.Catalog) error {
			entries, _ := cat.All(operator())
			table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "ID\tRECORDS\tVERSION\tCHANGED\tTITLE")
			for _, e := range entries {
				version := "-"
				if e.Version != nil {
					version = fmt.Sprint(e.Version.Number)
				}
				fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%s\n", e.ID, e.Rows(), version, e.Changed.Format(time.DateTime), e.Title())
			}
			return table.Flush()
		}),
	}
}

func datasetShow() *command {
	return &command{
		name: "show", args: "ID", min: 1, max: 1, summary: "show a dataset's description as JSON", settings: []string{},
		details: "The shape is that of dataset.json in a folder that 'parvis export' writes.",
		run: withCatalog(func(_ context.Context, c *call, cat *catalog.Catalog) error {
			e, err := cat.Find(operator(), c.args[0])
			if err != nil {
				return err
			}
			text, err := json.MarshalIndent(folderDescription(e), "", "  ")
			if err != nil {
				return fmt.Errorf("write the description: %w", err)
			}
			_, err = fmt.Fprintf(c.out, "%s\n", text)
			return err
		}),
	}
}

func datasetVersions() *command {
	return &command{
		name: "versions", args: "ID", min: 1, max: 1, summary: "list the versions of a dataset that are kept, the newest first", settings: []string{},
		run: withCatalog(func(ctx context.Context, c *call, cat *catalog.Catalog) error {
			versions, err := cat.Versions(ctx, c.args[0])
			if err != nil {
				return err
			}
			table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "VERSION\tPUBLISHED\tRECORDS\tBYTES\tHASH")
			for _, v := range versions {
				fmt.Fprintf(table, "%d\t%s\t%d\t%d\t%s\n", v.Number, v.Time.Format(time.DateTime), v.Rows, v.Bytes, v.Hash)
			}
			return table.Flush()
		}),
	}
}

func datasetRename() *command {
	return &command{
		name: "rename", args: "ID NEW", min: 2, max: 2, summary: "give a dataset another identifier", settings: []string{},
		run: withCatalog(func(ctx context.Context, c *call, cat *catalog.Catalog) error {
			return cat.Rename(ctx, c.args[0], c.args[1])
		}),
	}
}

func datasetRemove() *command {
	return &command{
		name: "remove", args: "ID...", min: 1, max: -1, summary: "remove datasets with all their versions", settings: []string{},
		details: "Where one of several does not exist, none is removed.",
		run: withCatalog(func(ctx context.Context, c *call, cat *catalog.Catalog) error {
			for _, id := range c.args {
				if _, err := cat.Find(operator(), id); err != nil {
					return err
				}
			}
			for _, id := range c.args {
				if err := cat.Remove(ctx, id); err != nil && fault.KindOf(err) != fault.NotFound {
					return err
				}
				fmt.Fprintf(c.err, "%s is removed\n", id)
			}
			return nil
		}),
	}
}

// withCatalog makes the run of a subcommand that needs the catalogue of a portal that is there, and no engine.
func withCatalog(do func(context.Context, *call, *catalog.Catalog) error) func(context.Context, *call) error {
	return func(ctx context.Context, c *call) error {
		p, err := openPortal(ctx, c, false)
		if err != nil {
			return err
		}
		defer p.close()
		return do(ctx, c, p.catalog)
	}
}
