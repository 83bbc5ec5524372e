package export

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"parvis/internal/fault"
)

const (
	atOnce    = 2  // files that are made beforehand at a time
	inLine    = 32 // files that may wait for that
	moment    = time.Second / 2
	forgotten = 10 * time.Minute // after which a file that nobody asked for again is not made
)

// Desk makes files before they are fetched, and keeps finished ones for a while: readers fetch a file in many pieces, by range,
// and each piece must come from the same file.
type Desk struct {
	dir  string
	most int64

	life   context.Context // of the files that are made beforehand
	end    context.CancelFunc
	makers sync.WaitGroup

	mu   sync.Mutex
	kept *simplelru.LRU[Key, kept]
	used int64        // bytes of all kept files
	jobs map[Key]*job // being made, waiting for it, or failed
	line []*job       // the waiting ones, the first of which is next
	busy int          // jobs of Prepare that are being made
}

// kept is a finished file.
type kept struct {
	path string
	size int64
}

// job is a file in the making.
type job struct {
	key  Key
	make maker
	path string
	done chan struct{} // closed when it has ended
	err  error         // how
	made made

	begun  time.Time          // zero: it waits in line
	ended  bool               // it failed, which nobody has been told yet
	cancel context.CancelFunc // nil: it belongs to who fetches it
	forget *time.Timer        // nil likewise
}

// maker makes a file at path and tells how far it is.
type maker func(ctx context.Context, path string, so *made) error

// made is how far a file has come.
type made struct {
	rows, bytes atomic.Int64
	most        int64 // bytes that it may have; 0: any
}

// NewDesk makes a desk whose files lie in dir, with at most so many bytes of finished ones; no single file may be larger
// that is made beforehand.
func NewDesk(dir string, most int64) *Desk {
	d := &Desk{dir: dir, most: most, jobs: map[Key]*job{}}
	d.life, d.end = context.WithCancel(context.Background())
	d.kept, _ = simplelru.NewLRU(1<<16, func(_ Key, k kept) {
		d.used -= k.size
		os.Remove(k.path) // who reads it still can go on
	})
	return d
}

// Close stops what is being made and removes all files.
func (d *Desk) Close() {
	d.end()
	d.makers.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, j := range d.jobs {
		if j.forget != nil {
			j.forget.Stop()
		}
	}
	d.kept.Purge()
}

// Kept opens a finished file, nil where there is none.
func (d *Desk) Kept(key Key) *os.File {
	d.mu.Lock()
	defer d.mu.Unlock()
	k, there := d.kept.Get(key)
	if !there {
		return nil
	}
	f, err := os.Open(k.path)
	if err != nil { // somebody took it away
		d.kept.Remove(key)
		return nil
	}
	return f
}

// Open gives a file, which it makes where it does not stand yet, or waits for while somebody else does. A file of the zero Key is
// made for this call alone. Kinds as the engine's.
func (d *Desk) Open(ctx context.Context, f *File) (*os.File, error) {
	return d.open(ctx, f.Key, f.makeAt)
}

func (d *Desk) open(ctx context.Context, key Key, m maker) (*os.File, error) {
	if key == (Key{}) {
		path := fresh(d.dir)
		defer os.Remove(path)
		if err := m(ctx, path, &made{}); err != nil {
			return nil, err
		}
		return os.Open(path)
	}
	for {
		if out := d.Kept(key); out != nil {
			return out, nil
		}
		j, mine := d.join(key, m)
		if mine {
			if d.run(ctx, j); j.err != nil {
				return nil, j.err
			}
			continue
		}
		select { // what becomes of it is seen by asking again
		case <-j.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// join gives the job that makes a file now, or a new one that the caller runs. Who fetches a file does not wait in line.
func (d *Desk) join(key Key, m maker) (j *job, mine bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if j := d.jobs[key]; j != nil && !j.begun.IsZero() && !j.ended {
		return j, false
	}
	d.drop(key)
	j = d.job(key, m)
	j.begun = time.Now()
	return j, true
}

// job makes a new job of a key; mu is held.
func (d *Desk) job(key Key, m maker) *job {
	j := &job{key: key, make: m, path: fresh(d.dir), done: make(chan struct{})}
	d.jobs[key] = j
	return j
}

// drop takes a job away that waits or has failed; mu is held.
func (d *Desk) drop(key Key) {
	j := d.jobs[key]
	if j == nil {
		return
	}
	if j.forget != nil {
		j.forget.Stop()
	}
	d.line = slices.DeleteFunc(d.line, func(other *job) bool { return other == j })
	delete(d.jobs, key)
}

// run makes the file of a job and keeps it.
func (d *Desk) run(ctx context.Context, j *job) {
	defer close(j.done)
	err := j.attempt(ctx)
	var size int64
	if err == nil {
		size, err = sizeAt(j.path)
	}
	if err == nil && !j.made.fits(size) {
		err = tooLarge()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if j.err = err; err != nil {
		os.Remove(j.path)
		if j.cancel != nil && ctx.Err() == nil {
			j.ended = true // until somebody is told
			return
		}
		d.drop(j.key)
		return
	}
	d.drop(j.key)
	d.kept.Add(j.key, kept{j.path, size})
	d.used += size
	for d.used > d.most && d.kept.Len() > 1 {
		d.kept.RemoveOldest()
	}
}

// attempt makes the file; a panic is a failure like any other, since nobody else would catch it.
func (j *job) attempt(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("make a file: panic: %v\n%s", p, debug.Stack())
		}
	}()
	return j.make(ctx, j.path, &j.made)
}

// State is what a file is at.
type State int

// The states of a file that was asked for.
const (
	Waiting State = iota // for others that are being made
	Making
	Ready
)

// Progress is how far a file has come.
type Progress struct {
	State State
	Ahead int           // Waiting: files that come first
	Rows  int64         // Making: so far; 0 of formats that the engine writes
	Bytes int64         // Making: so far; Ready: all
	For   time.Duration // Making: since it began
}

// Prepare tells how far a file has come that is made beforehand, which the first call for it sets going; it waits half a second
// for it to be ready. Who does not ask again within ten minutes is taken to have gone away, and the file is made no further. Kinds: Invalid
// for a file that depends on the moment, TooLarge for one larger than the desk keeps, Unavailable where too many wait, and those of
// the engine, told once: the next call begins anew.
func (d *Desk) Prepare(ctx context.Context, f *File) (Progress, error) {
	return d.prepare(ctx, f.Key, f.makeAt)
}

func (d *Desk) prepare(ctx context.Context, key Key, m maker) (Progress, error) {
	p, ended, err := d.ask(key, m)
	if err != nil || p.State == Ready {
		return p, err
	}
	select {
	case <-ended:
	case <-time.After(moment):
	case <-ctx.Done():
		return p, ctx.Err()
	}
	p, _, err = d.ask(key, m)
	return p, err
}

// ask tells how far a file is, which it puts in line where nobody asked for it before, and what is closed when it has ended.
func (d *Desk) ask(key Key, m maker) (p Progress, ended <-chan struct{}, err error) {
	if key == (Key{}) {
		return p, nil, fault.New(fault.Invalid, "This file depends on the moment at which it is asked for: it cannot be made beforehand.")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if k, there := d.kept.Get(key); there {
		return Progress{State: Ready, Bytes: k.size}, nil, nil
	}
	j := d.jobs[key]
	switch {
	case j == nil && len(d.line) >= inLine:
		return p, nil, fault.New(fault.Unavailable, "Too many files wait to be made: try again in a few minutes.")
	case j == nil:
		j = d.job(key, m)
		j.made.most = d.most
		j.forget = time.AfterFunc(forgotten, func() { d.leave(j) })
		d.line = append(d.line, j)
		d.next()
	case j.forget != nil:
		j.forget.Reset(forgotten)
	}
	if j.ended {
		d.drop(key)
		return p, nil, j.err
	}
	if j.begun.IsZero() {
		return Progress{State: Waiting, Ahead: slices.Index(d.line, j) + d.busy}, j.done, nil
	}
	p = Progress{State: Making, Rows: j.made.rows.Load(), Bytes: j.made.bytes.Load(), For: time.Since(j.begun)}
	if p.Bytes == 0 {
		p.Bytes, _ = sizeAt(j.path) // the engine writes it
	}
	return p, j.done, nil
}

// next sets the next jobs going; mu is held.
func (d *Desk) next() {
	for d.busy < atOnce && len(d.line) > 0 && d.life.Err() == nil {
		j := d.line[0]
		d.line = d.line[1:]
		ctx, cancel := context.WithCancel(d.life)
		j.begun, j.cancel = time.Now(), cancel
		d.busy++
		d.makers.Go(func() {
			defer cancel()
			d.run(ctx, j)
			d.mu.Lock()
			defer d.mu.Unlock()
			d.busy--
			d.next()
		})
	}
}

// leave gives up a job that nobody asks for any more.
func (d *Desk) leave(j *job) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.jobs[j.key] != j:
	case j.cancel != nil && !j.ended:
		j.cancel()
	default:
		d.drop(j.key)
	}
}

// fresh gives a path in dir that no file has.
func fresh(dir string) string { return filepath.Join(dir, "export-"+rand.Text()) }

func sizeAt(path string) (int64, error) {
	about, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return about.Size(), nil
}

// limited counts the bytes of a file and ends it when they are more than it may have.
type limited struct {
	out io.Writer
	so  *made
}

func (l limited) Write(b []byte) (int, error) {
	if !l.so.fits(l.so.bytes.Add(int64(len(b)))) {
		return 0, tooLarge()
	}
	return l.out.Write(b)
}

func (m *made) fits(bytes int64) bool { return m.most == 0 || bytes <= m.most }

func tooLarge() error {
	return fault.New(fault.TooLarge, "This file is larger than those that are made beforehand may be: fetch it directly.")
}
