package catalog

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Stage is a folder of its own, for one load or one process. While its owner lives nobody sweeps it away;
// once it is dead, anybody may.
type Stage struct {
	dir  string
	lock *os.File
}

// lockName is the file within a stage that its owner keeps locked.
const lockName = "lock"

// Stage makes a folder for a load on the file system of the versions, so that publishing is a rename.
func (c *Catalog) Stage(ctx context.Context) (*Stage, error) { return c.claim(ctx, "incoming") }

// Temp makes a folder for what a process spills and needs no longer than it lives.
func (c *Catalog) Temp(ctx context.Context) (*Stage, error) { return c.claim(ctx, "tmp") }

// Path gives the place of a file of this name within the folder; nothing is made there.
func (s *Stage) Path(name string) string { return filepath.Join(s.dir, name) }

// Close removes the folder with whatever is still in it. It may be called more than once.
func (s *Stage) Close() error {
	if s.lock == nil {
		return nil
	}
	err := os.RemoveAll(s.dir)
	s.lock.Close()
	s.lock = nil
	if err != nil {
		return fmt.Errorf("remove the folder of a load: %w", err)
	}
	return nil
}

// claim makes a folder under parent. It holds publish.lock meanwhile: a sweeper must not meet the
// folder before its own lock is taken.
func (c *Catalog) claim(ctx context.Context, parent string) (*Stage, error) {
	release, err := c.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	dir := filepath.Join(c.dir, parent, rand.Text())
	if err := os.Mkdir(dir, 0o750); err != nil {
		return nil, fmt.Errorf("make a folder for a load: %w", err)
	}
	lock, held, err := tryLock(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR)
	if err != nil || !held {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("lock the folder of a load (held: %t): %w", held, err)
	}
	return &Stage{dir: dir, lock: lock}, nil
}

// lockEvery is how often a held publish.lock is tried again; it is held for milliseconds.
const lockEvery = 10 * time.Millisecond

// lock takes publish.lock, which one goroutine of one process holds at a time; the kernel gives it back when its
// holder dies.
func (c *Catalog) lock(ctx context.Context) (release func(), err error) {
	ticks := time.NewTicker(lockEvery)
	defer ticks.Stop()
	for {
		f, held, err := tryLock(filepath.Join(c.dir, "publish.lock"), os.O_CREATE|os.O_RDWR)
		if err != nil {
			return nil, fmt.Errorf("lock the data directory: %w", err)
		}
		if held {
			return func() { f.Close() }, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for another who publishes: %w", ctx.Err())
		case <-ticks.C:
		}
	}
}

// tryLock opens the file at path with the flags of os.OpenFile and locks it unless somebody holds it. Closing
// the file gives the lock back.
func tryLock(path string, flags int) (f *os.File, held bool, err error) {
	f, err = os.OpenFile(path, flags, 0o640)
	if err != nil {
		return nil, false, err
	}
	switch err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err {
	case nil:
		return f, true, nil
	case syscall.EWOULDBLOCK:
		err = nil
	}
	f.Close()
	return nil, false, err
}

// syncPath makes the file or folder at path durable.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
