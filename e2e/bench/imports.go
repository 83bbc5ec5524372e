package main

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"parvis/internal/engine"
)

// importRows publishes the made CSV file with the binary, and compares that with the engine reading the file and building the same index in SQL.
// Both run twice, in turn, and the better time of each counts: a load takes long enough to meet whatever else the machine does.
func importRows(ctx context.Context, r *report, binary, data, dir, csvPath string, bytes int64) error {
	ours, theirs := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
	for range 2 {
		start := time.Now()
		if out, err := exec.CommandContext(ctx, binary, "import", "--data", data, "--id", "rows", csvPath).CombinedOutput(); err != nil {
			return fmt.Errorf("import: %w\n%s", err, out)
		}
		ours = min(ours, time.Since(start))
		start = time.Now()
		if err := engineImport(ctx, filepath.Join(dir, "engine.duckdb"), csvPath); err != nil {
			return err
		}
		theirs = min(theirs, time.Since(start))
	}
	r.figure("CSV import / the engine's read and index in SQL", ratio(ours, theirs), 1.5, "x", true,
		fmt.Sprintf("%.1f s against %.1f s, %.0f MB", ours.Seconds(), theirs.Seconds(), float64(bytes)/1e6))
	return nil
}

// engineImport is the baseline: read_csv with its own inference over the whole file, then terms of every text column by SQL functions alone.
func engineImport(ctx context.Context, path, csvPath string) error {
	db, err := sql.Open("duckdb", path)
	if err != nil {
		return err
	}
	defer os.Remove(path)
	defer db.Close()
	statements := []string{
		"CREATE TABLE records AS SELECT row_number() OVER () - 1 AS _n, * FROM read_csv(" + engine.Quote(csvPath) + ", sample_size=-1)",
		"CREATE TABLE terms (term VARCHAR, field INTEGER, n BIGINT)",
	}
	union := ""
	for i, name := range []string{"id", "title", "body", "region", "status", "category", "kind", "owner"} {
		if i > 0 {
			union += " UNION ALL "
		}
		union += fmt.Sprintf(`SELECT unnest(regexp_extract_all(lower(strip_accents(%s)), '[\p{L}\p{N}]+')) AS term, %d AS field, _n AS n FROM records`, name, i)
	}
	statements = append(statements,
		"INSERT INTO terms SELECT DISTINCT term, field, n FROM ("+union+") ORDER BY term, field, n",
		"CREATE TABLE vocab AS SELECT term, field, count(*) AS rows FROM terms GROUP BY ALL ORDER BY term, field",
		"CHECKPOINT")
	for _, s := range statements {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%.60s: %w", s, err)
		}
	}
	return nil
}
