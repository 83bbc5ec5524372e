package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/format"
	"parvis/internal/format/jsontext"
	"parvis/internal/ingest"
)

// newLines makes the writer of records.jsonl.
func newLines(w io.Writer, columns []dataset.Column) (format.Writer, error) {
	return jsontext.NewLines(w, columns, format.Options{})
}

// importPath publishes what lies at path, and tells done of each dataset as it is finished.
func (p *portal) importPath(ctx context.Context, path string, o importOptions, shown *progress, done func(imported)) error {
	rejects := filepath.Join(p.set.data, "rejects")
	if err := os.MkdirAll(rejects, 0o750); err != nil {
		return fmt.Errorf("make the folder of rejects: %w", err)
	}
	options := ingest.Options{
		Catalog: p.catalog, Engine: p.engine, Path: path, Rejects: rejects,
		Progress: func(now ingest.Progress) { shown.report(now.Dataset, now.Step, now.Done, now.Total, now.Rows) },
	}
	if ingest.IsFolder(path) {
		if o != (importOptions{}) {
			return fault.New(fault.Invalid, "--id, --title, --schema, --separator, --encoding and --sheet are for a file, and %s is a folder", path)
		}
		return ingest.Folder(ctx, options, func(r *ingest.Report) { done(finished(r)) })
	}
	options.ID, options.Title, options.Schema = o.id, o.title, o.schema
	options.Read = format.ReadOptions{Encoding: o.encoding, Sheet: o.sheet}
	var err error
	if options.Read.Separator, err = separator(o.separator); err != nil {
		return err
	}
	if options.ID == "" {
		options.ID = ingest.IDFrom(filepath.Base(path))
	}
	options.Rejects = filepath.Join(rejects, options.ID+".csv")
	r, err := ingest.File(ctx, options)
	if err != nil {
		return err
	}
	done(finished(r))
	return nil
}

// separator reads the option of that name: one character, or the word tab.
func separator(text string) (rune, error) {
	if text == "tab" || text == `\t` {
		return '\t', nil
	}
	runes := []rune(text)
	switch len(runes) {
	case 0:
		return 0, nil
	case 1:
		return runes[0], nil
	}
	return 0, usagef("import: --separator takes one character, or tab, not %q", text)
}

// finished turns a report of ingest into what the command tells, with the file of rejects named after the version.
func finished(r *ingest.Report) imported {
	d := imported{id: r.Dataset, version: r.Version, rows: r.Rows, rejected: r.Rejected, rejects: r.Rejects, notes: r.Notes}
	if d.rejects != "" {
		named := filepath.Join(filepath.Dir(d.rejects), fmt.Sprintf("%s-v%d.csv", r.Dataset, r.Version))
		if os.Rename(d.rejects, named) == nil {
			d.rejects = named
		}
	}
	for _, x := range r.First {
		d.samples = append(d.samples, reject{line: x.Line, field: x.Field, value: x.Value, reason: x.Reason})
	}
	return d
}
