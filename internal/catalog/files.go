package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"parvis/internal/dataset"
	"parvis/internal/fault"
)

// filesOf gives the place of the files that the rows of a version name, from that of the rows.
func filesOf(rows string) string { return strings.TrimSuffix(rows, ".duckdb") + ".files" }

// Files gives the folder of the files that the rows of a dataset name; "" where it has no rows. e may be nil.
func (c *Catalog) Files(e *Entry) string {
	if e == nil || e.Everything().Version == nil {
		return ""
	}
	return filesOf(e.Everything().Version.Path)
}

// File opens a file of that folder by its name. Whether who asks may have it is known to who found its name in a row. Kind NotFound: there
// is none.
func (c *Catalog) File(e *Entry, name string) (*os.File, error) {
	missing := fault.New(fault.NotFound, "The dataset %s has no file %q.", e.ID, name)
	id, _, _ := strings.Cut(name, ".")
	if !dataset.IsFileID(id) || !filepath.IsLocal(name) || filepath.Base(name) != name || c.Files(e) == "" {
		return nil, missing
	}
	f, err := os.Open(filepath.Join(c.Files(e), name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, missing
	case err != nil:
		return nil, fmt.Errorf("open a file of %s: %w", e.ID, err)
	}
	return f, nil
}
