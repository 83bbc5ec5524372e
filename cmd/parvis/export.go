package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/explore"
	"parvis/internal/fault"
	"parvis/internal/media"
	"parvis/internal/odsql"
)

func exportCommand() *command {
	return &command{
		name: "export", args: "DIR [ID...]", min: 1, max: -1,
		summary: "write datasets into a folder that 'parvis import' takes in again",
		details: `Each dataset becomes a folder of its own in DIR: dataset.json, records.jsonl, attachments/, and files/ where rows hold files. Without an ID
all datasets are written. A dataset's folder that is there from an earlier export is replaced, once the new one is whole.`,
		settings: []string{"language", "memory-limit", "threads"},
		run: func(ctx context.Context, c *call) error {
			p, err := openPortal(ctx, c, false)
			if err != nil {
				return err
			}
			defer p.close()
			entries, err := chosen(p.catalog, c.args[1:])
			if err != nil {
				return err
			}
			if err := p.startEngine(ctx); err != nil {
				return err
			}
			explorer := p.explorer()
			defer explorer.Close()
			if err := os.MkdirAll(c.args[0], 0o755); err != nil {
				return fmt.Errorf("make the folder to export into: %w", err)
			}
			for _, e := range entries {
				if err := exportDataset(ctx, p.catalog, explorer, e, c.args[0]); err != nil {
					return fmt.Errorf("export %s: %w", e.ID, err)
				}
				fmt.Fprintf(c.err, "%s: %d records\n", e.ID, e.Rows())
			}
			return nil
		},
	}
}

// chosen gives the datasets with these IDs, or all where none is named.
func chosen(c *catalog.Catalog, ids []string) (out []*catalog.Entry, err error) {
	if len(ids) == 0 {
		out, _ = c.All(operator())
		return out, nil
	}
	for _, id := range ids {
		e, err := c.Find(operator(), id)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// exportDataset writes the folder of one dataset beside its place and moves it there when it is whole.
func exportDataset(ctx context.Context, c *catalog.Catalog, x *explore.Explorer, e *catalog.Entry, dir string) error {
	place := filepath.Join(dir, e.ID)
	if err := replaceable(place); err != nil {
		return err
	}
	work, err := os.MkdirTemp(dir, ".exporting-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := os.Chmod(work, 0o755); err != nil {
		return err
	}
	if e.HasRecords() {
		if e, err = exportRecords(ctx, x, c, e, work); err != nil {
			return err
		}
	}
	for _, a := range e.Attachments {
		if err := exportAttachment(c, e, a.ID, filepath.Join(work, "attachments")); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(folderDescription(e), "", " ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(work, "dataset.json"), append(text, '\n'), 0o644); err != nil {
		return err
	}
	if err := os.RemoveAll(place); err != nil {
		return err
	}
	return os.Rename(work, place)
}

// replaceable tells whether nothing is at place, or what an export left there.
func replaceable(place string) error {
	_, err := os.Lstat(place)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(place, "dataset.json")); err != nil {
		return fault.New(fault.Conflict, "%s is there already and is no dataset's folder: move it away or choose another folder", place)
	}
	return nil
}

// exportRecords writes all rows as JSON Lines into a folder, with the files that they hold, and gives the dataset as it stood when they were read.
func exportRecords(ctx context.Context, x *explore.Explorer, c *catalog.Catalog, e *catalog.Entry, work string) (*catalog.Entry, error) {
	answer, err := x.Export(ctx, operator(), e.ID, odsql.Question{})
	if err != nil {
		return nil, err
	}
	f, err := os.Create(filepath.Join(work, "records.jsonl"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	buffered := bufio.NewWriterSize(f, 1<<16)
	lines, err := newLines(buffered, answer.Columns)
	if err != nil {
		return nil, err
	}
	files := held{from: c, entry: answer.Entry, columns: answer.Columns, dir: filepath.Join(work, "files"), written: map[string]bool{}}
	err = answer.Each(ctx, func(b *dataset.Batch) error { return errors.Join(lines.Write(b), files.write(b)) })
	if err != nil {
		return nil, err
	}
	if err := errors.Join(lines.Close(), buffered.Flush(), f.Close()); err != nil {
		return nil, err
	}
	return answer.Entry, nil
}

// held writes the files that rows hold.
type held struct {
	from    *catalog.Catalog
	entry   *catalog.Entry
	columns []dataset.Column
	dir     string
	written map[string]bool
}

// write writes the files of a batch of rows, under the names by which an import finds them.
func (h *held) write(b *dataset.Batch) error {
	for i, c := range h.columns {
		if c.Type != dataset.File {
			continue
		}
		for row := range b.Len {
			if b.Vectors[i].Null(row) {
				continue
			}
			f, is := dataset.ReadFile(string(b.Vectors[i].Text(row)))
			name := media.Beside(f)
			if !is || !f.Kept() || h.written[name] {
				continue
			}
			in, err := h.from.File(h.entry, f.ID)
			if err != nil {
				return err
			}
			if err := copyInto(h.dir, name, in); err != nil {
				return err
			}
			h.written[name] = true
		}
	}
	return nil
}

// exportAttachment copies one attachment into dir under its id, which is a safe name.
func exportAttachment(c *catalog.Catalog, e *catalog.Entry, id, dir string) error {
	in, _, err := c.Attachment(e, id)
	if err != nil {
		return err
	}
	return copyInto(dir, id, in)
}

// copyInto writes a file of a folder, which is made where it is not there, and closes what it copies.
func copyInto(dir, name string, in *os.File) error {
	defer in.Close()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	out, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	defer out.Close()
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Close()
}
