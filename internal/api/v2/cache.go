package v2

import (
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"parvis/internal/server"
)

// tag names an answer: a hash of all that it depends on.
type tag [16]byte

// cache keeps whole answers, the least used of which go when they take more than its bytes. An answer never
// grows stale: its tag names the version of the data.
type cache struct {
	mu   sync.Mutex
	kept *simplelru.LRU[tag, *server.Body]
	used int64
	most int64
}

// newCache makes a cache of so many bytes; nil, which keeps nothing, for none.
func newCache(bytes int64) *cache {
	if bytes <= 0 {
		return nil
	}
	c := &cache{most: bytes}
	// The number of entries is bounded by their bytes alone: each counts at least overhead.
	c.kept, _ = simplelru.NewLRU(int(bytes/overhead)+1, func(_ tag, b *server.Body) { c.used -= cost(b) })
	return c
}

// overhead is the bytes that an entry takes beside its body.
const overhead = 512

func cost(b *server.Body) int64 { return int64(b.Size()) + overhead }

// get gives an answer, nil where it is not kept.
func (c *cache) get(t tag) *server.Body {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	b, _ := c.kept.Get(t)
	return b
}

// put keeps an answer, unless it would take more than an eighth of the room.
func (c *cache) put(t tag, b *server.Body) {
	if c == nil || cost(b) > c.most/8 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, there := c.kept.Peek(t); there {
		c.used -= cost(old)
	}
	c.kept.Add(t, b)
	c.used += cost(b)
	for c.used > c.most {
		c.kept.RemoveOldest()
	}
}
