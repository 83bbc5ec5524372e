package duckdb

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"parvis/internal/dataset"
	"parvis/internal/engine"
	"parvis/internal/fault"
)

// Parquet writes the whole answer of a statement to a new file at path, which must lie in one of the
// engine's directories. It has no deadline but its context's, for an export of everything may take long.
//
// Points and shapes become geometry columns of GeoParquet, datetimes moments in UTC.
func (e *Engine) Parquet(ctx context.Context, st engine.Statement, path string, o engine.ParquetOptions) error {
	if o.Compression != "snappy" && o.Compression != "zstd" {
		return fault.New(fault.Invalid, "a Parquet file is compressed with snappy or zstd, not with %q", o.Compression)
	}
	l, err := e.begin(ctx, st.Source)
	if err != nil {
		return err
	}
	defer l.end()
	if err := e.writing.take(l.ctx); err != nil {
		return e.failure(l.ctx, err)
	}
	defer e.writing.done()
	statement := "COPY (" + parquetSelect(st, o.Files) + ") TO " + engine.Quote(path) + " (FORMAT parquet, COMPRESSION " + o.Compression + ")"
	if _, err := l.session.conn.ExecContext(l.ctx, statement, nil); err != nil {
		return e.failure(l.ctx, err)
	}
	return nil
}

// parquetSelect wraps a statement so that each column has its name and its type in Parquet. Of files
// that the portal keeps their address is written, under files.
func parquetSelect(st engine.Statement, files string) string {
	var outer, inner []string
	taken := map[string]bool{}
	for i, c := range st.Columns {
		name := "x" + strconv.Itoa(i)
		inner = append(inner, name)
		value := name
		switch {
		case c.Type == dataset.GeoPoint:
			inner = append(inner, name+"_lat")
			value = "ST_GeomFromWKB(parvis_point(" + name + ", " + name + "_lat))"
		case c.Type == dataset.GeoShape:
			value = "ST_GeomFromWKB(" + name + ")"
		case c.Type == dataset.DateTime && !c.List:
			value = name + " AT TIME ZONE 'UTC'"
		case c.Type == dataset.File && files != "":
			start := strings.TrimSuffix(dataset.FileStart(""), `"`)
			value = "CASE WHEN regexp_matches(" + name + ", " + engine.Quote("^"+regexp.QuoteMeta(start)+`[0-9a-f]{32}"`) + ") AND NOT contains(" + name + `, '"url":') THEN ` +
				engine.Quote(files) + " || substr(" + name + ", " + strconv.Itoa(len(start)+1) + ", 32) ELSE " + name + " END"
		}
		outer = append(outer, value+" AS "+identifierOf(free(c.Name, taken)))
	}
	return "SELECT " + strings.Join(outer, ", ") + " FROM (" + st.SQL + ") AS t(" + strings.Join(inner, ", ") + ")"
}

// free gives a name that no earlier column has: SQL ignores case where fields do not.
func free(name string, taken map[string]bool) string {
	candidate := name
	for n := 2; taken[strings.ToLower(candidate)]; n++ {
		candidate = name + "_" + strconv.Itoa(n)
	}
	taken[strings.ToLower(candidate)] = true
	return candidate
}

// identifierOf quotes a name for SQL.
func identifierOf(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
