package v2

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"parvis/internal/explore"
)

// shelfBytes is how much disk finished Parquet files may take.
const shelfBytes = 1 << 30

// shelf keeps finished Parquet files for a while: readers fetch one in many pieces, by range, and each piece
// must come from the same file.
type shelf struct {
	dir string

	mu    sync.Mutex
	files *simplelru.LRU[tag, *kept]
	used  int64
	most  int64
}

// kept is a file on the shelf, or on its way there.
type kept struct {
	path string
	done chan struct{} // closed when the file stands or err is set
	err  error
	size int64
}

func newShelf(dir string, most int64) *shelf {
	s := &shelf{dir: dir, most: most}
	s.files, _ = simplelru.NewLRU(1<<16, func(_ tag, k *kept) {
		s.used -= k.size
		os.Remove(k.path) // who reads it still can go on
	})
	return s
}

// open gives the file of that tag, which write makes if it is not there. A zero tag is never kept.
func (s *shelf) open(ctx context.Context, t tag, write func(ctx context.Context, path string) error) (*os.File, error) {
	if t == (tag{}) {
		path := s.fresh()
		defer os.Remove(path)
		if err := write(ctx, path); err != nil {
			return nil, err
		}
		return os.Open(path)
	}
	for {
		s.mu.Lock()
		k, there := s.files.Get(t)
		if !there {
			k = &kept{path: s.fresh(), done: make(chan struct{})}
			s.files.Add(t, k)
			s.mu.Unlock()
			return s.fill(ctx, t, k, write)
		}
		s.mu.Unlock()
		select {
		case <-k.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if f, err := os.Open(k.path); err == nil {
			return f, nil
		}
		s.drop(t, k) // it failed, or was taken away: make it again
	}
}

// fill writes a file and puts it on the shelf.
func (s *shelf) fill(ctx context.Context, t tag, k *kept, write func(ctx context.Context, path string) error) (*os.File, error) {
	defer close(k.done)
	if k.err = write(ctx, k.path); k.err != nil {
		s.drop(t, k)
		return nil, k.err
	}
	f, err := os.Open(k.path)
	if err != nil {
		s.drop(t, k)
		return nil, err
	}
	size, err := f.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		f.Close()
		s.drop(t, k)
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k.size = size
	s.used += size
	for s.used > s.most && s.files.Len() > 1 {
		s.files.RemoveOldest()
	}
	return f, nil
}

// drop takes a file off the shelf, if it is this one.
func (s *shelf) drop(t tag, k *kept) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now, there := s.files.Peek(t); there && now == k {
		s.files.Remove(t)
	}
}

// fresh gives a path that no file has.
func (s *shelf) fresh() string { return filepath.Join(s.dir, "export-"+rand.Text()+".parquet") }

// close removes all files.
func (s *shelf) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files.Purge()
}

// serveParquet answers with a Parquet file, whole or in part.
func (a *API) serveParquet(c *call, export *explore.Export, how choices, t tag) error {
	f, err := a.parquet.open(c.Context(), t, func(ctx context.Context, path string) error {
		return export.Parquet(ctx, path, how.codec)
	})
	if err != nil {
		return err
	}
	defer f.Close()
	h := c.w.Header()
	h.Set("Content-Type", "application/vnd.apache.parquet")
	c.attach(how.Name + ".parquet")
	c.fresh(t)
	if t != (tag{}) {
		h.Set("ETag", t.quoted())
	}
	http.ServeContent(c.w, c.Request, "", time.Time{}, f)
	return nil
}
