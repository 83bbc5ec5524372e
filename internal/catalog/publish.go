package catalog

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"parvis/internal/account"
	"parvis/internal/dataset"
	"parvis/internal/db"
	"parvis/internal/fault"
)

// Publish makes what p says the state of the dataset that everybody is served from now on, in one step: it
// happens whole or not at all, whatever kills the process and whenever. Readers in flight finish on what
// they found. The dataset is made when there is none of this ID; a version with the same rows is a version still.
//
// Kind Invalid: p cannot be published.
func (c *Catalog) Publish(ctx context.Context, p Publication) (*Entry, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	metas, err := cleanMetas(p.Metas)
	if err != nil {
		return nil, err
	}
	p.Metas = metas
	var bytes int64
	if p.Rows != nil {
		if bytes, err = settle(p.Rows.Path); err != nil {
			return nil, err
		}
		if p.Rows.Files != "" { // the files themselves are durable
			if err := syncPath(p.Rows.Files); err != nil {
				return nil, fmt.Errorf("make the files of a version durable: %w", err)
			}
		}
	}
	uploads, stage, err := c.receive(ctx, p.Attachments)
	if err != nil {
		return nil, err
	}
	if stage != nil {
		defer stage.Close()
	}

	// The slow part is done: what remains under the lock is renames, one transaction and no waiting.
	release, err := c.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	var uid string
	err = db.Change(ctx, c.db, func(tx *sql.Tx) error {
		uid, err = c.publishIn(ctx, tx, p, uploads, bytes)
		return err
	})
	// What the database names is the truth; files that it does not name (older versions, what a failure left)
	// go, even when the caller no longer waits.
	c.tidyDataset(context.WithoutCancel(ctx), uid)
	if err != nil {
		return nil, fmt.Errorf("publish %s: %w", p.ID, err)
	}
	if err := c.refresh(context.WithoutCancel(ctx)); err != nil {
		return nil, fmt.Errorf("%s is published, but reading it back failed: %w", p.ID, err)
	}
	return c.Find(account.Actor{Everything: true}, p.ID)
}

// settle makes a finished version durable and gives its size.
func settle(file string) (int64, error) {
	if _, err := os.Stat(file + ".wal"); !errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("publish %s: the engine has not closed it", file)
	}
	if err := syncPath(file); err != nil {
		return 0, fmt.Errorf("make a version durable: %w", err)
	}
	info, err := os.Stat(file)
	if err != nil {
		return 0, fmt.Errorf("make a version durable: %w", err)
	}
	return info.Size(), nil
}

// publishIn does what stands under the lock and within the transaction.
func (c *Catalog) publishIn(ctx context.Context, tx *sql.Tx, p Publication, uploads []received, bytes int64) (uid string, err error) {
	now := c.clock().UnixMicro()
	k, err := readKept(ctx, tx, p.ID)
	if err != nil {
		return "", err
	}
	if k == nil {
		if k, err = c.newDataset(ctx, tx, p, now); err != nil {
			return "", err
		}
	}
	if err := k.describe(p, uploads); err != nil {
		return k.uid, err
	}
	if err := c.takeUploads(k.uid, uploads); err != nil {
		return k.uid, err
	}
	revision, err := db.Advance(ctx, tx, room)
	if err != nil {
		return k.uid, err
	}
	text, err := json.Marshal(k.description)
	if err != nil {
		return k.uid, fmt.Errorf("write the description: %w", err)
	}
	if p.Security != nil {
		if err := c.checkSecurity(k.security, k); err != nil {
			return k.uid, err
		}
	}
	security, err := k.security.write()
	if err != nil {
		return k.uid, fmt.Errorf("write the security: %w", err)
	}
	if _, err := tx.ExecContext(ctx, sqlUpdate, string(text), k.security.Default.DataHidden, now, revision, security, k.uid); err != nil {
		return k.uid, fmt.Errorf("write the description: %w", err)
	}
	if p.Rows == nil {
		return k.uid, nil
	}
	return k.uid, c.addVersion(ctx, tx, k, p, bytes, now)
}

// newDataset makes the row of a dataset that nobody knew.
func (c *Catalog) newDataset(ctx context.Context, tx *sql.Tx, p Publication, now int64) (*kept, error) {
	uid := p.UID
	for {
		if uidForm.MatchString(uid) {
			var taken int
			if err := tx.QueryRowContext(ctx, sqlTaken, uid).Scan(&taken); err != nil {
				return nil, fmt.Errorf("look for a free identifier: %w", err)
			}
			if taken == 0 {
				break
			}
		}
		uid = "da_" + randomBase36(6)
	}
	// A dataset that was removed may come back under its old uid: its versions are counted on, since engines
	// and caches may still know the old ones by uid and number.
	k := &kept{uid: uid, security: Security{Default: everythingShown()}}
	if err := tx.QueryRowContext(ctx, sqlFormer, uid).Scan(&k.lastVersion); err != nil {
		return nil, fmt.Errorf("look for a former life of the dataset: %w", err)
	}
	if _, err := tx.ExecContext(ctx, sqlNew, uid, p.ID, k.lastVersion, now, now); err != nil {
		return nil, fmt.Errorf("make the dataset: %w", err)
	}
	return k, nil
}

// randomBase36 gives n random characters of 0-9 and a-z.
func randomBase36(n int) string {
	const figures = "0123456789abcdefghijklmnopqrstuvwxyz"
	out := make([]byte, 0, n)
	var one [1]byte
	for len(out) < n {
		rand.Read(one[:])
		if one[0] < 252 { // 7 × 36: every figure as likely as another
			out = append(out, figures[one[0]%36])
		}
	}
	return string(out)
}

// describe lays what p says over the description.
func (k *kept) describe(p Publication, uploads []received) error {
	d := &k.description
	if p.Fields != nil {
		if p.Rows == nil && k.current != nil && !sameShape(d.Fields, p.Fields) {
			return fault.New(fault.Invalid, "the fields of %s differ from those of its rows in number, name or type: publish them together with rows", p.ID)
		}
		d.Fields = p.Fields
	}
	d.Metas = mergeMetas(d.Metas, p.Metas)
	if p.Attachments != nil {
		d.Attachments = nil
		for _, u := range uploads {
			d.Attachments = append(d.Attachments, u.attachment)
		}
	}
	if p.Alternatives != nil {
		d.Alternatives = p.Alternatives
	}
	if p.Translations != nil {
		d.Translations = p.Translations
	}
	if s := p.Security; s != nil {
		grants := k.security.Grants
		if s.Grants != nil {
			grants = s.Grants
		}
		k.security = Security{s.Restricted, s.Default, grants}
	}
	if p.DataHidden != nil {
		k.security.Default.DataHidden = *p.DataHidden
	}
	return nil
}

// sameShape tells whether rows of the fields a can be read with the fields b.
func sameShape(a, b []dataset.Field) bool {
	return slices.EqualFunc(a, b, func(x, y dataset.Field) bool {
		return x.Name == y.Name && x.Type == y.Type && x.List() == y.List()
	})
}

// addVersion moves the rows to their place and serves them.
func (c *Catalog) addVersion(ctx context.Context, tx *sql.Tx, k *kept, p Publication, bytes, now int64) error {
	number := k.lastVersion + 1
	place := path.Join("versions", k.uid, fmt.Sprintf("%d.duckdb", number))
	if err := moveInto(p.Rows.Path, c.versionPath(place)); err != nil {
		return fmt.Errorf("move the rows to their place: %w", err)
	}
	if p.Rows.Files != "" {
		if err := moveInto(p.Rows.Files, c.versionPath(filesOf(place))); err != nil {
			return fmt.Errorf("move the files of the rows to their place: %w", err)
		}
	}
	fields, err := json.Marshal(p.Fields)
	if err != nil {
		return fmt.Errorf("write the fields: %w", err)
	}
	if _, err := tx.ExecContext(ctx, sqlVersion, k.uid, number, now, p.Rows.Hash, p.Rows.Count, bytes, string(fields), place); err != nil {
		return fmt.Errorf("write the version: %w", err)
	}
	if _, err := tx.ExecContext(ctx, sqlServe, number, number, k.uid); err != nil {
		return fmt.Errorf("serve the version: %w", err)
	}
	if _, err := tx.ExecContext(ctx, sqlForget, k.uid, k.uid, c.keep); err != nil {
		return fmt.Errorf("forget older versions: %w", err)
	}
	return nil
}

// moveInto renames a file to its place, whose folder is made when needed, durably.
func moveInto(from, to string) error {
	folder := filepath.Dir(to)
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	if err := syncPath(folder); err != nil {
		return err
	}
	return syncPath(filepath.Dir(folder))
}
