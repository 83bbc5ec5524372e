package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	_ "github.com/mattn/go-sqlite3" // the row store that facets are measured against
)

// openSQLite loads the made data into an SQLite file with an index a facet and on (region, day), as a careful operator would.
func openSQLite(ctx context.Context, dir, csvPath string) (*sql.DB, error) {
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "rows.sqlite")+"?_journal_mode=OFF&_synchronous=OFF&_cache_size=-400000")
	if err != nil {
		return nil, err
	}
	names := strings.Split(csvHeader, ",")
	if _, err := db.ExecContext(ctx, "CREATE TABLE rows ("+strings.Join(names, ", ")+")"); err != nil {
		return nil, err
	}
	if err := loadRows(ctx, db, "INSERT INTO rows VALUES (?"+strings.Repeat(", ?", len(names)-1)+")", csvPath); err != nil {
		return nil, err
	}
	for _, f := range facets {
		if _, err := db.ExecContext(ctx, "CREATE INDEX rows_"+f.name+" ON rows ("+f.name+")"); err != nil {
			return nil, err
		}
	}
	_, err = db.ExecContext(ctx, "CREATE INDEX rows_region_day ON rows (region, day); ANALYZE")
	return db, err
}

// loadRows inserts every row of a CSV file in one transaction.
func loadRows(ctx context.Context, db *sql.DB, insert, csvPath string) error {
	f, err := os.Open(csvPath)
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(bufio.NewReaderSize(f, 1<<20))
	r.ReuseRecord = true
	if _, err := r.Read(); err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	stmt, err := tx.PrepareContext(ctx, insert)
	if err != nil {
		return err
	}
	defer stmt.Close()
	args := make([]any, strings.Count(csvHeader, ",")+1)
	for {
		row, err := r.Read()
		if err != nil {
			break
		}
		for i, v := range row {
			args[i] = v
		}
		if _, err := stmt.ExecContext(ctx, args...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// facetStatements are the five facets with a filter, one statement each, as a row store answers them.
func facetStatements() []string {
	var out []string
	for _, f := range facets {
		out = append(out, fmt.Sprintf("SELECT %s, count(*) FROM rows WHERE day >= '2010-01-01' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 100", f.name))
	}
	return out
}

// runAll runs statements one after another and reads every row.
func runAll(ctx context.Context, db *sql.DB, statements []string) error {
	for _, s := range statements {
		if err := readAll(ctx, db, s); err != nil {
			return err
		}
	}
	return nil
}

// readAll reads every row of a facet.
func readAll(ctx context.Context, db *sql.DB, statement string) error {
	rows, err := db.QueryContext(ctx, statement)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var value sql.NullString
		var count int64
		if err := rows.Scan(&value, &count); err != nil {
			return err
		}
	}
	return rows.Err()
}
