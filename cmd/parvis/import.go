package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"time"

	"parvis/internal/fault"
)

// importOptions are the choices of an import; "" is what the file itself tells.
type importOptions struct {
	id, title, schema, separator, encoding, sheet string
}

// imported tells what became of one dataset of an import.
type imported struct {
	id       string
	version  int // 0: a description without rows
	rows     int64
	rejected int64    // values that did not fit
	samples  []reject // the first of them
	rejects  string   // file that holds them all; "" where there are none
	notes    []string // what else the publisher should know
	failure  error    // nil: it is published
}

// reject is a value that did not fit.
type reject struct {
	line                 int64
	field, value, reason string
}

func importCommand() *command {
	var o importOptions
	return &command{
		name: "import", args: "PATH", min: 1, max: 1,
		summary: "publish a file, or a folder with a folder for each dataset",
		details: `A file is CSV, TSV, JSON, JSON Lines, GeoJSON, XLSX or Parquet, also as .gz or .zip. Its format, encoding and types
are found out; a value that does not fit its field's type becomes null and is reported. A dataset of the same
identifier gets a new version, and keeps what is not said anew.

Where a .zip holds other files beside the data, a column whose values name them becomes a field of files: photographs are shown as a
gallery, and everything is kept beside the rows.

A folder holds a folder for each dataset: dataset.json (the API's dataset object), records.jsonl (the API's JSON Lines
export) and files/ (what fields of type file name), as 'parvis export' writes them. One that cannot be published does not keep the others from it.`,
		flags: func(fs *flag.FlagSet) {
			fs.StringVar(&o.id, "id", "", "`ID` of the dataset; else made from the file's name")
			fs.StringVar(&o.title, "title", "", "`TEXT` for the dataset's title")
			fs.StringVar(&o.schema, "schema", "", "`FILE` like dataset.json, whose fields say names, types, labels and annotations")
			fs.StringVar(&o.separator, "separator", "", "`CHARACTER` between the values of a CSV file; \"tab\" for a tabulator")
			fs.StringVar(&o.encoding, "encoding", "", "`NAME` of a text file's encoding, as in utf-8 or windows-1252")
			fs.StringVar(&o.sheet, "sheet", "", "`NAME` of the sheet of a workbook; else the first one")
		},
		settings: []string{"keep-versions", "load-memory-limit", "threads"},
		run:      func(ctx context.Context, c *call) error { return runImport(ctx, c, o) },
	}
}

func runImport(ctx context.Context, c *call, o importOptions) error {
	p, err := openPortal(ctx, c, true)
	if err != nil {
		return err
	}
	defer p.close()
	if err := p.startEngine(ctx); err != nil {
		return err
	}
	shown := newProgress(c)
	begun := time.Now()
	published, failed := 0, 0
	err = p.importPath(ctx, c.args[0], o, shown, func(d imported) {
		shown.end()
		tell(c, d, time.Since(begun))
		begun = time.Now()
		if d.failure == nil {
			published++
		} else {
			failed++
		}
	})
	shown.end()
	switch {
	case err != nil:
		return fmt.Errorf("import %s: %w", c.args[0], err)
	case failed > 0:
		return fault.New(fault.Invalid, "%d of %d datasets could not be published", failed, failed+published)
	case published == 0:
		return errors.New("nothing was published")
	}
	return nil
}

// tell says what became of a dataset.
func tell(c *call, d imported, took time.Duration) {
	switch {
	case d.failure != nil:
		fmt.Fprintf(c.err, "%s: not published: %v\n", d.id, d.failure)
		return
	case d.version == 0:
		fmt.Fprintf(c.err, "%s: published, a description without rows\n", d.id)
	default:
		fmt.Fprintf(c.err, "%s: version %d is published, %s records (%s)\n", d.id, d.version, grouped(d.rows), took.Round(10*time.Millisecond))
	}
	for _, note := range d.notes {
		fmt.Fprintf(c.err, "%s: note: %s\n", d.id, note)
	}
	if d.rejected == 0 {
		return
	}
	fmt.Fprintf(c.err, "%s: %s did not fit:\n", d.id, counted(d.rejected, "value", "values"))
	for _, r := range d.samples {
		where := fmt.Sprintf("line %d", r.line)
		if r.field != "" {
			where += ", " + r.field
		}
		fmt.Fprintf(c.err, "  %s: %s: %s\n", where, readable(r.value), r.reason)
	}
	if more := d.rejected - int64(len(d.samples)); more > 0 {
		fmt.Fprintf(c.err, "  and %s more\n", grouped(more))
	}
	if d.rejects != "" {
		fmt.Fprintf(c.err, "  all of them stand in %s\n", d.rejects)
	}
}

// counted writes a number with its noun.
func counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}

// readable quotes a foreign value so that it fits on a line and moves no terminal.
func readable(value string) string {
	const most = 60
	if runes := []rune(value); len(runes) > most {
		value = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q", strings.ToValidUTF8(value, "\uFFFD"))
}
