package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// Recover removes what died half-way: folders of loads and of processes that no longer live, and files
// that the database does not name. It may run at any time, beside imports of other processes. What cannot
// be removed is logged and left for the next time.
func (c *Catalog) Recover(ctx context.Context) error {
	release, err := c.lock(ctx)
	if err != nil {
		return err
	}
	defer release()
	for _, parent := range []string{"incoming", "tmp"} {
		if err := c.sweepStages(filepath.Join(c.dir, parent)); err != nil {
			return err
		}
	}
	named, err := c.named(ctx, everyUID)
	if err != nil {
		return err
	}
	for _, parent := range []string{"versions", "attachments"} {
		folders, err := os.ReadDir(filepath.Join(c.dir, parent))
		if err != nil {
			return fmt.Errorf("clean the data directory: %w", err)
		}
		for _, folder := range folders {
			c.sweepFolder(path.Join(parent, folder.Name()), named)
		}
	}
	return nil
}

// sweepStages removes the folders of parent whose owner is dead.
func (c *Catalog) sweepStages(parent string) error {
	folders, err := os.ReadDir(parent)
	if err != nil {
		return fmt.Errorf("clean the data directory: %w", err)
	}
	for _, folder := range folders {
		dir := filepath.Join(parent, folder.Name())
		lock, held, err := tryLock(filepath.Join(dir, lockName), os.O_RDWR)
		switch {
		case errors.Is(err, fs.ErrNotExist): // its owner died before it locked, or is removing it just now
			c.removeAll(dir)
		case err != nil:
			c.log.Warn("cleaning a folder failed", "folder", dir, "error", err)
		case held:
			c.removeAll(dir)
			lock.Close()
		}
	}
	return nil
}

// everyUID is a pattern that every uid matches.
const everyUID = "%"

// named gives the paths of all files that the database names for the datasets whose uid matches an SQL pattern,
// within the data directory, with forward slashes.
func (c *Catalog) named(ctx context.Context, like string) (map[string]bool, error) {
	out := map[string]bool{}
	paths, err := c.db.QueryContext(ctx, sqlPaths, like)
	if err != nil {
		return nil, fmt.Errorf("read the versions: %w", err)
	}
	defer paths.Close()
	for paths.Next() {
		var p string
		if err := paths.Scan(&p); err != nil {
			return nil, fmt.Errorf("read the versions: %w", err)
		}
		out[p], out[filesOf(p)] = true, true
	}
	if err := paths.Err(); err != nil {
		return nil, fmt.Errorf("read the versions: %w", err)
	}
	descriptions, err := c.db.QueryContext(ctx, sqlFiles, like)
	if err != nil {
		return nil, fmt.Errorf("read the attachments: %w", err)
	}
	defer descriptions.Close()
	for descriptions.Next() {
		var uid, text string
		if err := descriptions.Scan(&uid, &text); err != nil {
			return nil, fmt.Errorf("read the attachments: %w", err)
		}
		var d description
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			return nil, fmt.Errorf("read the description of %s: %w", uid, err)
		}
		for _, a := range d.Attachments {
			out[path.Join("attachments", uid, a.File)] = true
		}
	}
	return out, descriptions.Err()
}

// tidyDataset removes the files of one dataset that the database does not name; "" is no dataset. The
// caller holds publish.lock. A failure costs disk space only, until the next Recover.
func (c *Catalog) tidyDataset(ctx context.Context, uid string) {
	if uid == "" {
		return
	}
	named, err := c.named(ctx, uid)
	if err != nil {
		c.log.Warn("cleaning a dataset's files failed", "uid", uid, "error", err)
		return
	}
	for _, parent := range []string{"versions", "attachments"} {
		c.sweepFolder(path.Join(parent, uid), named)
	}
}

// sweepFolder removes the files of a folder of the data directory that are not named, and the folder when none is left.
func (c *Catalog) sweepFolder(folder string, named map[string]bool) {
	dir := filepath.Join(c.dir, filepath.FromSlash(folder))
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		c.log.Warn("cleaning a folder failed", "folder", dir, "error", err)
		return
	}
	left := len(files)
	for _, file := range files {
		if !named[path.Join(folder, file.Name())] {
			c.removeAll(filepath.Join(dir, file.Name()))
			left--
		}
	}
	if left == 0 {
		c.removeAll(dir)
	}
}

func (c *Catalog) removeAll(path string) {
	if err := os.RemoveAll(path); err != nil {
		c.log.Warn("removing a file failed", "file", path, "error", err)
	}
}
