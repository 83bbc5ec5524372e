package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	driverpkg "github.com/duckdb/duckdb-go/v2"

	"parvis/internal/engine"
	"parvis/internal/fault"
)

// Options are the settings of the engine. Only Dir and Temp are needed.
type Options struct {
	Dir  string // the directory under which version files lie
	Temp string // a directory of the engine's own for what does not fit into memory, and for Parquet files

	MemoryLimit string        // of the reading instance, as in "4GB"; "" is the engine's default, 80 % of the machine's
	LoadLimit   string        // of each load; "" is 1 GB or a quarter of the machine's memory, whichever is less
	Threads     int           // 0: as many as the machine has
	Deadline    time.Duration // of one query; 0: 30 seconds
	MaxOpen     int           // version files kept open while nobody asks them; 0: 256
}

// turnsPerThread is how many questions are worked on at once for each thread. The few that take long must leave turns to the
// many that take a millisecond.
const turnsPerThread = 16

// closing is how long Close waits for answers that somebody still reads.
const closing = 10 * time.Second

// Engine answers queries over version files and loads new ones.
type Engine struct {
	options   Options
	connector *driverpkg.Connector
	stop      context.Context // ends when Close is called
	cancel    context.CancelFunc
	versions  *versions
	asking    turns // of questions, until their answer stands ready
	writing   turns // of Parquet files, which may take long and must not keep questions waiting

	mu     sync.Mutex
	idle   []*session
	lent   int // sessions in use
	closed bool
	gone   chan struct{} // closed when everything is given back
}

var _ engine.Engine = (*Engine)(nil)

// Open starts the engine. It creates the directories where they are missing.
func Open(o Options) (*Engine, error) {
	if o.Deadline <= 0 {
		o.Deadline = 30 * time.Second
	}
	if o.MaxOpen <= 0 {
		o.MaxOpen = 256
	}
	if o.Threads <= 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	var asked []string // the directories as callers may write them, and after links are followed
	for _, dir := range []*string{&o.Dir, &o.Temp} {
		whole, err := filepath.Abs(*dir)
		if err != nil {
			return nil, fmt.Errorf("find the directory %s: %w", *dir, err)
		}
		if err := os.MkdirAll(whole, 0o755); err != nil {
			return nil, fmt.Errorf("make the engine's directory: %w", err)
		}
		asked = append(asked, whole)
		if whole, err = filepath.EvalSymlinks(whole); err != nil {
			return nil, fmt.Errorf("find the engine's directory: %w", err)
		}
		asked = append(asked, whole)
		*dir = whole
	}
	connector, err := connect(o.MemoryLimit, o.Temp, o.Threads)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the engine cannot start with these settings: memory limit %q, %d threads", o.MemoryLimit, o.Threads)
	}
	e := &Engine{
		options: o, connector: connector, gone: make(chan struct{}),
		asking: newTurns(turnsPerThread*o.Threads, o.Deadline), writing: newTurns(max(2, o.Threads), o.Deadline),
	}
	e.stop, e.cancel = context.WithCancel(context.Background())
	if err := e.prepare(asked); err != nil {
		e.cancel()
		return nil, errors.Join(err, connector.Close())
	}
	return e, nil
}

// connect opens an instance of DuckDB that lives in memory and fetches nothing.
func connect(memory, temp string, threads int) (*driverpkg.Connector, error) {
	settings := url.Values{
		"threads":                      {strconv.Itoa(threads)},
		"temp_directory":               {temp},
		"autoinstall_known_extensions": {"false"},
		"autoload_known_extensions":    {"false"},
		"preserve_insertion_order":     {"true"},
	}
	if memory != "" {
		settings.Set("memory_limit", memory)
	}
	return driverpkg.NewConnector("?"+settings.Encode(), nil)
}

// prepare registers the functions of generated SQL, then locks the instance into directories.
func (e *Engine) prepare(dirs []string) error {
	db := sql.OpenDB(borrowed{e.connector})
	defer db.Close()
	conn, err := db.Conn(e.stop)
	if err != nil {
		return fmt.Errorf("connect to the engine: %w", err)
	}
	defer conn.Close()
	if err := registerFunctions(conn); err != nil {
		return err
	}
	var allowed []string
	for _, dir := range dirs {
		allowed = append(allowed, engine.Quote(strings.TrimSuffix(dir, "/")+"/"))
	}
	// The order matters: directories can be allowed only while all are, and a lock ends all setting.
	for _, set := range []string{
		"SET GLOBAL TimeZone = 'UTC'",
		"SET GLOBAL allowed_directories = [" + strings.Join(allowed, ", ") + "]",
		"SET GLOBAL enable_external_access = false",
		"SET GLOBAL lock_configuration = true",
	} {
		if _, err := conn.ExecContext(e.stop, set); err != nil {
			return fmt.Errorf("set up the engine (%s): %w", set, err)
		}
	}
	admin, err := e.session(e.stop)
	if err != nil {
		return err
	}
	e.lent-- // the session that attaches is nobody's loan
	e.versions = newVersions(admin, e.options.MaxOpen)
	return nil
}

// borrowed is a connector whose database outlives the sql.DB that uses it.
type borrowed struct{ c *driverpkg.Connector }

func (b borrowed) Connect(ctx context.Context) (driver.Conn, error) { return b.c.Connect(ctx) }
func (b borrowed) Driver() driver.Driver                            { return b.c.Driver() }

// session is a connection to the reading instance. One goroutine uses it at a time.
type session struct {
	conn  *driverpkg.Conn
	arrow *driverpkg.Arrow
}

// spare is how many idle sessions are kept.
const spare = 64

// session lends a connection, which must be given back.
func (e *Engine) session(ctx context.Context) (*session, error) {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil, fault.New(fault.Unavailable, "The service is shutting down; ask again in a moment.")
	}
	e.lent++
	if n := len(e.idle); n > 0 {
		s := e.idle[n-1]
		e.idle = e.idle[:n-1]
		e.mu.Unlock()
		return s, nil
	}
	e.mu.Unlock()
	s, err := e.newSession(ctx)
	if err != nil {
		e.giveBack(nil)
		return nil, err
	}
	return s, nil
}

func (e *Engine) newSession(ctx context.Context) (*session, error) {
	opened, err := e.connector.Connect(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect to the engine: %w", err)
	}
	arrow, err := driverpkg.NewArrowFromConn(opened)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("connect to the engine: %w", err), opened.Close())
	}
	return &session{conn: opened.(*driverpkg.Conn), arrow: arrow}, nil
}

// giveBack ends the loan of a session, nil where there never was one.
func (e *Engine) giveBack(s *session) {
	e.mu.Lock()
	e.lent--
	keep := !e.closed && len(e.idle) < spare && s != nil
	if keep {
		e.idle = append(e.idle, s)
	}
	last := e.closed && e.lent == 0
	e.mu.Unlock()
	if s != nil && !keep {
		s.conn.Close()
	}
	if last {
		e.shut()
	}
}

// Close cancels all queries, waits a while for answers still being read, and gives everything back. Where
// somebody goes on reading, it fails, and the last reader's Close gives everything back.
func (e *Engine) Close() error {
	e.cancel()
	e.mu.Lock()
	again := e.closed
	e.closed = true
	idle := e.idle
	e.idle = nil
	last := !again && e.lent == 0
	e.mu.Unlock()
	for _, s := range idle {
		s.conn.Close()
	}
	if last {
		e.shut()
	}
	select {
	case <-e.gone:
		return nil
	case <-time.After(closing):
		return fault.New(fault.Unavailable, "the engine still has answers open after %s", closing)
	}
}

// shut closes the instance, once nobody uses it any more.
func (e *Engine) shut() {
	e.versions.admin.conn.Close()
	e.connector.Close()
	close(e.gone)
}
