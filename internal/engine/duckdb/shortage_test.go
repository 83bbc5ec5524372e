package duckdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"parvis/internal/dataset"
	"parvis/internal/engine"
	"parvis/internal/engine/enginetest"
	"parvis/internal/fault"
)

func TestShortageIn(t *testing.T) {
	for text, want := range map[string]shortage{
		"IO Error: Could not write file \"x\": No space left on device":                      ofDisk,
		"Out of Memory Error: failed to offload data block of size 256.0 KiB (1.2/1.2 used)": ofDisk,
		"Out of Memory Error: could not allocate block of size 256.0 KiB":                    ofMemory,
		"could not flush appender: Out of Memory Error: failed to pin block":                 ofMemory,
		"Binder Error: No such column":                                                       ofNothing,
	} {
		if got := shortageIn(errors.New(text)); got != want {
			t.Errorf("%s: %d", text, got)
		}
	}
	if shortageIn(fmt.Errorf("sync: %w", &os.PathError{Op: "sync", Path: "x", Err: syscall.ENOSPC})) != ofDisk || shortageIn(nil) != ofNothing {
		t.Error("the system's own errors are not known")
	}
}

// A load that may have hardly any memory fails, says what to do, and leaves nothing.
func TestLoadsWithoutMemoryAreUnavailable(t *testing.T) {
	dir := t.TempDir()
	e, err := Open(Options{Dir: dir, Temp: t.TempDir(), LoadLimit: "1MB", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	fields := []dataset.Field{{Name: "t", Type: dataset.Text}}
	path := filepath.Join(dir, "v.duckdb")
	l, err := e.Create(t.Context(), path, fields)
	if err == nil {
		for i := 0; i < 20_000 && err == nil; i++ {
			err = l.Append(dataset.Record{ID: [20]byte{byte(i), byte(i >> 8)}, Values: []any{strings.Repeat(fmt.Sprint(i, " "), 40)}})
		}
		if err == nil {
			_, err = l.Finish(t.Context(), nil)
		} else {
			_ = l.Abort()
		}
	}
	if fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "--load-memory-limit") {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

// While all turns are taken others wait, until one is given back, they go away, or their patience ends.
func TestTurns(t *testing.T) {
	line := newTurns(1, time.Hour)
	if err := line.take(t.Context()); err != nil {
		t.Fatal(err)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if err := line.take(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("whoever goes away gets %v", err)
	}
	next := make(chan error)
	go func() { next <- line.take(t.Context()) }()
	select {
	case <-next:
		t.Error("two have a turn at once")
	case <-time.After(20 * time.Millisecond):
	}
	line.done()
	if err := <-next; err != nil {
		t.Error(err)
	}
	line.patient = time.Millisecond
	if err := line.take(t.Context()); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("whoever waits too long gets %v", err)
	}
}

// Questions give their turn back when the answer stands ready, not when it has been read; failures too.
func TestAnswersBeingReadTakeNoTurn(t *testing.T) {
	e, s := opened(t)
	e.asking, e.writing = newTurns(1, time.Second), newTurns(1, time.Second)
	st := enginetest.SelectAll(s, enginetest.Fields())
	for range 3 {
		rows, err := e.Query(t.Context(), st)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		if _, err := e.Query(t.Context(), engine.Statement{Source: s, SQL: "SELECT nothing"}); fault.KindOf(err) != fault.Internal {
			t.Errorf("a statement that fails: %v", err)
		}
		if err := e.Parquet(t.Context(), engine.Statement{Source: s, SQL: "SELECT nothing"}, filepath.Join(e.options.Temp, "x"), engine.ParquetOptions{Compression: "zstd"}); fault.KindOf(err) != fault.Internal {
			t.Errorf("a file that fails: %v", err)
		}
	}
}
