package catalog_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/db"
	"parvis/internal/db/dbtest"
)

// BenchmarkOpen opens a portal of 1,000 datasets of 30 fields.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	pool := dbtest.OpenAt(b, filepath.Join(dir, "parvis.db"))
	description := fmt.Sprintf(`{"fields": [%s], "metas": {"default": {"title": "A title", "description": %q}}}`, manyFields(30), strings.Repeat("x", 2000))
	err := db.Change(b.Context(), pool, func(tx *sql.Tx) error {
		for i := range 1000 {
			uid := fmt.Sprintf("da_%06d", i)
			if _, err := tx.Exec(`INSERT INTO datasets (uid, id, description, data_hidden, last_version, current, created, described, revision) VALUES ($1, $2, $3, FALSE, 1, 1, 0, 0, 2)`, uid, fmt.Sprint("dataset-", i), description); err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO versions VALUES ($1, 1, 0, 'h', 1, 1, $2, 'versions/x')`, uid, "["+manyFields(30)+"]"); err != nil {
				return err
			}
		}
		_, err := db.Advance(b.Context(), tx, "catalog")
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		c, err := catalog.Open(b.Context(), catalog.Options{DB: pool, Dir: dir})
		if err != nil {
			b.Fatal(err)
		}
		if all, _ := c.All(everything); len(all) != 1000 {
			b.Fatalf("%d datasets", len(all))
		}
	}
}

func manyFields(n int) string {
	text := ""
	for i := range n {
		if i > 0 {
			text += ","
		}
		text += fmt.Sprintf(`{"name": "field_%d", "type": %q, "label": "Field %d", "description": null, "annotations": {"facet": true}}`, i, dataset.Text, i)
	}
	return text
}

func BenchmarkPublish(b *testing.B) {
	c := open(b, b.TempDir())
	for b.Loop() {
		publish(b, c, catalog.Publication{ID: "a"}, "x")
	}
}
