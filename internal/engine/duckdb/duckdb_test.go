package duckdb

import (
	"path/filepath"
	"testing"
	"time"

	"parvis/internal/engine"
	"parvis/internal/engine/enginetest"
)

func TestEngine(t *testing.T) {
	enginetest.Run(t, func(t *testing.T, dir string, maxOpen int, deadline time.Duration) engine.Engine {
		e, err := Open(Options{Dir: dir, Temp: filepath.Join(t.TempDir(), "temp"), MemoryLimit: "500MB", Threads: 2, MaxOpen: maxOpen, Deadline: deadline})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := e.Close(); err != nil {
				t.Error(err)
			}
		})
		return e
	})
}
