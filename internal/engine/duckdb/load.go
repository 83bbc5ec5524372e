package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	driverpkg "github.com/duckdb/duckdb-go/v2"

	"parvis/internal/dataset"
	"parvis/internal/engine"
	"parvis/internal/fault"
)

// Rows up to which a version is small: it is gathered in memory, and its file has small blocks, which
// take a third of the space there but cost size and time in large files.
const smallVersion = 10_000

// Sizes of a file's blocks in bytes.
const (
	smallBlocks = 16 << 10
	largeBlocks = 256 << 10
)

// loader fills one version file through an instance of its own. While the version is small its records
// stand in the instance's memory, in the catalogue "memory"; later in the file, attached as "v".
type loader struct {
	fields    []dataset.Field
	path      string
	temp      string // a directory beside path for what does not fit into memory
	connector *driverpkg.Connector
	db        *sql.DB
	sqlConn   *sql.Conn
	conn      *driverpkg.Conn
	appender  *appender
	batch     *batch // the rows being gathered for the appender
	rows      int64
	bytes     int64 // of the rows, as records tell their sizes
	inFile    bool
	failed    error
	ended     bool
}

// Create starts a new version file at path, which must not exist yet.
func (e *Engine) Create(ctx context.Context, path string, fields []dataset.Field) (engine.Loader, error) {
	if _, err := os.Lstat(path); err == nil {
		return nil, fault.New(fault.Conflict, "the version file %s exists already", path)
	}
	temp, err := os.MkdirTemp(filepath.Dir(path), "load-")
	if err != nil {
		return nil, fmt.Errorf("make a directory beside the version file: %w", err)
	}
	l := &loader{fields: fields, path: path, temp: temp}
	if err := l.open(ctx, e.options); err != nil {
		return nil, errors.Join(fmt.Errorf("start a load: %w", loadFailure(err)), l.Abort())
	}
	return l, nil
}

func (l *loader) open(ctx context.Context, o Options) (err error) {
	memory := o.LoadLimit
	if memory == "" {
		memory = defaultLoadLimit()
	}
	if l.connector, err = connect(memory, l.temp, o.Threads); err != nil {
		return err
	}
	l.db = sql.OpenDB(l.connector)
	if l.sqlConn, err = l.db.Conn(ctx); err != nil {
		return err
	}
	err = l.sqlConn.Raw(func(c any) error { l.conn = c.(*driverpkg.Conn); return nil })
	if err != nil {
		return err
	}
	if err := registerTerms(l.sqlConn); err != nil {
		return err
	}
	if err := l.run(ctx, "CREATE TABLE memory.main.records ("+recordColumns(l.fields)+")"); err != nil {
		return err
	}
	return l.startAppending("memory")
}

// startAppending makes the appender to the table of records of a catalogue.
func (l *loader) startAppending(catalogue string) (err error) {
	columns := 3
	for _, f := range l.fields {
		columns += columnsOf(f)
	}
	l.appender, err = newAppender(l.conn, catalogue, columns)
	if err == nil {
		l.batch = l.appender.batch()
	}
	return err
}

// stopAppending waits until all rows are in the table.
func (l *loader) stopAppending(ctx context.Context) error {
	_ = l.appender.take(l.batch) // close tells the same failure
	err := l.appender.close(ctx)
	l.appender = nil
	return err
}

// defaultLoadLimit gives 1 GB or a quarter of the machine's memory, whichever is less.
func defaultLoadLimit() string {
	const most = 1000 // MB
	raw, err := os.ReadFile("/proc/meminfo")
	var kb int
	if err == nil {
		_, err = fmt.Sscanf(string(raw), "MemTotal: %d kB", &kb)
	}
	if err != nil {
		return fmt.Sprintf("%dMB", most)
	}
	return fmt.Sprintf("%dMB", min(most, max(100, kb/1000/4)))
}

// recordColumns gives the columns of the table of records, as engine/layout.go tells.
func recordColumns(fields []dataset.Field) string {
	columns := []string{engine.RowNumber + " BIGINT", engine.RecordID + " BLOB", engine.RowSize + " INTEGER"}
	for i, f := range fields {
		columns = append(columns, engine.Col(i)+" "+engine.SQLType(f.Type, f.List()))
		switch f.Type {
		case dataset.GeoPoint:
			columns = append(columns, engine.Lat(i)+" DOUBLE")
		case dataset.GeoShape:
			w, s, e, n := engine.Box(i)
			columns = append(columns, w+" DOUBLE", s+" DOUBLE", e+" DOUBLE", n+" DOUBLE")
		}
	}
	return strings.Join(columns, ", ")
}

// columnsOf tells how many columns of records a field takes.
func columnsOf(f dataset.Field) int {
	switch f.Type {
	case dataset.GeoPoint:
		return 2
	case dataset.GeoShape:
		return 5
	}
	return 1
}

// moveToFile makes the version's file and moves the gathered records there.
func (l *loader) moveToFile(ctx context.Context) error {
	if err := l.stopAppending(ctx); err != nil {
		return fmt.Errorf("gather the first rows: %w", err)
	}
	blocks := largeBlocks
	if l.rows < smallVersion {
		blocks = smallBlocks
	}
	for _, statement := range []string{
		fmt.Sprintf("ATTACH %s AS v (BLOCK_SIZE %d)", engine.Quote(l.path), blocks),
		"CREATE TABLE v.main.records AS FROM memory.main.records ORDER BY _n",
		"DROP TABLE memory.main.records",
	} {
		if err := l.run(ctx, statement); err != nil {
			return fmt.Errorf("make the version file: %w", err)
		}
	}
	l.inFile = true
	if err := l.startAppending("v"); err != nil {
		return fmt.Errorf("go on loading into the version file: %w", err)
	}
	return nil
}

// Finish makes record ids unique, builds the search index, and closes the file with all of it on disk.
func (l *loader) Finish(ctx context.Context, progress func(step string)) (int64, error) {
	if progress == nil {
		progress = func(string) {}
	}
	err := l.failed
	if err == nil && l.ended {
		err = fault.New(fault.Internal, "the load has ended already")
	}
	if err == nil {
		err = l.finish(ctx, progress)
	}
	if err != nil {
		if err = loadFailure(err); ctx.Err() != nil {
			err = fault.Wrap(err, fault.Canceled, "the load was cancelled")
		}
		return 0, errors.Join(err, l.Abort())
	}
	return l.rows, nil
}

func (l *loader) finish(ctx context.Context, progress func(step string)) error {
	if !l.inFile {
		if err := l.moveToFile(ctx); err != nil {
			return err
		}
	}
	if err := l.stopAppending(ctx); err != nil {
		return fmt.Errorf("load the last rows: %w", err)
	}
	if err := l.run(ctx, "CHECKPOINT v"); err != nil { // what is in the file need not be in memory
		return fmt.Errorf("write the records: %w", err)
	}
	progress("making record ids unique")
	if err := l.uniqueIDs(ctx); err != nil {
		return fmt.Errorf("make record ids unique: %w", err)
	}
	progress("indexing words")
	if err := l.index(ctx); err != nil {
		return fmt.Errorf("build the search index: %w", err)
	}
	progress("writing to disk")
	for _, statement := range []string{"CHECKPOINT v", "DETACH v"} {
		if err := l.run(ctx, statement); err != nil {
			return fmt.Errorf("write the version file: %w", err)
		}
	}
	if err := l.close(); err != nil {
		return fmt.Errorf("close the version file: %w", err)
	}
	for _, path := range []string{l.path, filepath.Dir(l.path)} {
		if err := toDisk(path); err != nil {
			return fmt.Errorf("write the version file to disk: %w", err)
		}
	}
	return nil
}

// toDisk waits until a file or directory is on disk.
func toDisk(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	err = f.Sync()
	if runtime.GOOS == "windows" {
		err = nil // directories and files opened for reading cannot be synced there
	}
	return errors.Join(err, f.Close())
}

// Abort closes and removes the file. After Finish it does nothing.
func (l *loader) Abort() error {
	if l.ended {
		return nil
	}
	err := l.close()
	for _, path := range []string{l.path, l.path + ".wal"} {
		if gone := os.Remove(path); gone != nil && !errors.Is(gone, os.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}
	return err
}

// close ends the instance and removes its directory.
func (l *loader) close() error {
	if l.ended {
		return nil
	}
	l.ended = true
	if l.appender != nil {
		l.appender.drop()
	}
	var err error
	if l.sqlConn != nil {
		err = l.sqlConn.Close()
	}
	if l.db != nil {
		err = errors.Join(err, l.db.Close()) // closes the connector too
	}
	return errors.Join(err, os.RemoveAll(l.temp))
}

func (l *loader) run(ctx context.Context, statement string) error {
	_, err := l.conn.ExecContext(ctx, statement, nil)
	return err
}
