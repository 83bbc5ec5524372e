package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"parvis/internal/dataset"
	"parvis/internal/db"
	"parvis/internal/engine"
)

// room is the name under which the catalogue counts its revisions.
const room = "catalog"

const (
	sqlUIDs    = `SELECT uid FROM datasets`
	sqlEntries = `SELECT d.uid, d.id, d.description, d.data_hidden, d.created, d.described, d.revision, d.security,
	       v.number, v.published, v.hash, v.row_count, v.bytes, v.fields, v.path
	  FROM datasets d LEFT JOIN versions v ON v.uid = d.uid AND v.number = d.current
	 WHERE d.revision > $1`
	sqlDataset = `SELECT uid, description, data_hidden, last_version, current, security FROM datasets WHERE id = $1`
	sqlTaken   = `SELECT count(*) FROM datasets WHERE uid = $1`
	sqlNew     = `INSERT INTO datasets (uid, id, description, data_hidden, last_version, current, created, described, revision)
	     VALUES ($1, $2, '{}', FALSE, $3, NULL, $4, $5, 0)`
	sqlFormer = `SELECT coalesce(max(last_version), 0) FROM removed_datasets WHERE uid = $1`
	sqlUpdate = `UPDATE datasets SET description = $1, data_hidden = $2, described = $3, revision = $4, security = $5 WHERE uid = $6`
	sqlSecure = `UPDATE datasets SET data_hidden = $1, security = $2, revision = $3 WHERE uid = $4`
	sqlServe  = `UPDATE datasets SET last_version = $1, current = $2 WHERE uid = $3`
	sqlRename = `UPDATE datasets SET id = $1, described = $2, revision = $3 WHERE uid = $4`
	sqlRemove = `DELETE FROM datasets WHERE uid = $1`
	sqlBury   = `INSERT INTO removed_datasets (uid, last_version) VALUES ($1, $2) ON CONFLICT (uid) DO UPDATE SET last_version = excluded.last_version`

	sqlVersion  = `INSERT INTO versions (uid, number, published, hash, row_count, bytes, fields, path) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	sqlVersions = `SELECT number, published, hash, row_count, bytes, fields, path FROM versions WHERE uid = $1 ORDER BY number DESC`
	sqlForget   = `DELETE FROM versions WHERE uid = $1 AND number NOT IN (SELECT number FROM versions WHERE uid = $2 ORDER BY number DESC LIMIT $3)`
	sqlPaths    = `SELECT path FROM versions WHERE uid LIKE $1`
	sqlFiles    = `SELECT uid, description FROM datasets WHERE uid LIKE $1`
)

// description is what the column of that name holds, as JSON. Metas are as given, not completed.
type description struct {
	Fields       []dataset.Field       `json:"fields,omitempty"`
	Metas        dataset.Metas         `json:"metas,omitempty"`
	Attachments  []dataset.Attachment  `json:"attachments,omitempty"`
	Alternatives []dataset.Alternative `json:"alternatives,omitempty"`
	Translations dataset.Translations  `json:"translations,omitempty"`
}

// kept is a dataset as the database holds it, for who changes it.
type kept struct {
	uid         string
	description description
	security    Security
	lastVersion int
	current     *int // nil: no rows
}

// readUIDs gives the permanent identifiers of all datasets.
func readUIDs(ctx context.Context, from db.Asker) (map[string]bool, error) {
	rows, err := from.QueryContext(ctx, sqlUIDs)
	if err != nil {
		return nil, fmt.Errorf("read the datasets: %w", err)
	}
	defer rows.Close()
	out := map[string]bool{}
	for rows.Next() {
		var uid string
		if err := rows.Scan(&uid); err != nil {
			return nil, fmt.Errorf("read the datasets: %w", err)
		}
		out[uid] = true
	}
	return out, rows.Err()
}

// readEntries gives the datasets that changed after the revision.
func (c *Catalog) readEntries(ctx context.Context, after int64) ([]*Entry, error) {
	rows, err := c.db.QueryContext(ctx, sqlEntries, after)
	if err != nil {
		return nil, fmt.Errorf("read the datasets: %w", err)
	}
	defer rows.Close()
	var out []*Entry
	for rows.Next() {
		e, err := c.scanEntry(rows)
		if err != nil {
			return nil, fmt.Errorf("read the datasets: %w", err)
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

func (c *Catalog) scanEntry(rows *sql.Rows) (*Entry, error) {
	e := &Entry{}
	var text, secured string
	var created, described int64
	var number, published, count, bytes sql.NullInt64
	var hash, fields, path sql.NullString
	if err := rows.Scan(&e.UID, &e.ID, &text, &e.DataHidden, &created, &described, &e.Revision, &secured,
		&number, &published, &hash, &count, &bytes, &fields, &path); err != nil {
		return nil, err
	}
	var d description
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return nil, fmt.Errorf("the description of %s: %w", e.ID, err)
	}
	e.Fields, e.Attachments, e.Alternatives = d.Fields, d.Attachments, d.Alternatives
	e.Translations = d.Translations
	e.Created, e.Described = moment(created), moment(described)
	e.Changed = e.Described
	if number.Valid {
		v := &dataset.Version{Number: int(number.Int64), Time: moment(published.Int64), Hash: hash.String,
			Rows: count.Int64, Bytes: bytes.Int64, Path: c.versionPath(path.String)}
		if err := json.Unmarshal([]byte(fields.String), &v.Fields); err != nil {
			return nil, fmt.Errorf("the fields of version %d of %s: %w", v.Number, e.ID, err)
		}
		e.Version = v
		e.source = engine.Source{Name: sourceName(e.UID, v.Number), Path: v.Path}
		if v.Time.After(e.Changed) {
			e.Changed = v.Time
		}
	}
	e.Metas = complete(d.Metas, e, c.language)
	security, err := readSecurity(secured, e.DataHidden)
	if err != nil {
		return nil, fmt.Errorf("the security of %s: %w", e.ID, err)
	}
	e.secure(security, c.secret)
	return e, nil
}

// readKept gives the dataset with this ID within a transaction; nil where there is none.
func readKept(ctx context.Context, tx *sql.Tx, id string) (*kept, error) {
	k := &kept{}
	var text, secured string
	var hidden bool
	err := tx.QueryRowContext(ctx, sqlDataset, id).Scan(&k.uid, &text, &hidden, &k.lastVersion, &k.current, &secured)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the dataset %s: %w", id, err)
	}
	if err := json.Unmarshal([]byte(text), &k.description); err != nil {
		return nil, fmt.Errorf("read the description of %s: %w", id, err)
	}
	if k.security, err = readSecurity(secured, hidden); err != nil {
		return nil, fmt.Errorf("read the security of %s: %w", id, err)
	}
	return k, nil
}

// readVersions gives the versions of a dataset, the newest first.
func (c *Catalog) readVersions(ctx context.Context, from db.Asker, uid string) ([]dataset.Version, error) {
	rows, err := from.QueryContext(ctx, sqlVersions, uid)
	if err != nil {
		return nil, fmt.Errorf("read the versions of %s: %w", uid, err)
	}
	defer rows.Close()
	var out []dataset.Version
	for rows.Next() {
		var v dataset.Version
		var published int64
		var fields, path string
		if err := rows.Scan(&v.Number, &published, &v.Hash, &v.Rows, &v.Bytes, &fields, &path); err != nil {
			return nil, fmt.Errorf("read the versions of %s: %w", uid, err)
		}
		if err := json.Unmarshal([]byte(fields), &v.Fields); err != nil {
			return nil, fmt.Errorf("read the fields of version %d of %s: %w", v.Number, uid, err)
		}
		v.Time, v.Path = moment(published), c.versionPath(path)
		out = append(out, v)
	}
	return out, rows.Err()
}

// versionPath gives the place of a version file whose path the database holds.
func (c *Catalog) versionPath(path string) string {
	return filepath.Join(c.dir, filepath.FromSlash(path))
}

// moment reads a time of the database: microseconds since 1970.
func moment(micros int64) time.Time { return time.UnixMicro(micros).UTC() }
