package catalog

import (
	"context"
	"database/sql"
	"fmt"

	"parvis/internal/account"
	"parvis/internal/dataset"
	"parvis/internal/db"
	"parvis/internal/fault"
)

// Versions gives the versions of a dataset that are kept, the newest first. Kind NotFound: there is no such dataset.
func (c *Catalog) Versions(ctx context.Context, id string) ([]dataset.Version, error) {
	e, err := c.Find(account.Actor{Everything: true}, id)
	if err != nil {
		return nil, err
	}
	return c.readVersions(ctx, c.db, e.UID)
}

// Rename gives a dataset another ID; its UID, versions and history stay. Kinds NotFound; Invalid: the new ID
// cannot be one; Conflict: it is taken.
func (c *Catalog) Rename(ctx context.Context, id, to string) error {
	if err := CheckID(to); err != nil {
		return err
	}
	return c.change(ctx, id, func(tx *sql.Tx, k *kept) error {
		other, err := readKept(ctx, tx, to)
		if err != nil {
			return err
		}
		if other != nil {
			return fault.New(fault.Conflict, "there is a dataset %s already", to)
		}
		revision, err := db.Advance(ctx, tx, room)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, sqlRename, to, c.clock().UnixMicro(), revision, k.uid)
		return err
	})
}

// Remove takes a dataset away with all its versions and attachments. Kind NotFound: there is no such dataset.
func (c *Catalog) Remove(ctx context.Context, id string) error {
	return c.change(ctx, id, func(tx *sql.Tx, k *kept) error {
		if _, err := db.Advance(ctx, tx, room); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, sqlBury, k.uid, k.lastVersion); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, sqlRemove, k.uid)
		return err
	})
}

// change does work on one dataset under the lock and within a transaction, then takes the new state in.
func (c *Catalog) change(ctx context.Context, id string, work func(*sql.Tx, *kept) error) error {
	release, err := c.lock(ctx)
	if err != nil {
		return err
	}
	defer release()
	var uid string
	err = db.Change(ctx, c.db, func(tx *sql.Tx) error {
		k, err := readKept(ctx, tx, id)
		if err != nil {
			return err
		}
		if k == nil {
			return fault.New(fault.NotFound, "The requested dataset %s does not exist.", id)
		}
		uid = k.uid
		return work(tx, k)
	})
	if err != nil {
		return fmt.Errorf("change %s: %w", id, err)
	}
	after := context.WithoutCancel(ctx)
	c.tidyDataset(after, uid)
	return c.refresh(after)
}
