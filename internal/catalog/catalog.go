package catalog

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"parvis/internal/account"
	"parvis/internal/dataset"
	"parvis/internal/db"
	"parvis/internal/fault"
)

// Options are what a catalogue stands on.
type Options struct {
	DB       *sql.DB
	Dir      string           // the data directory; made when it is not there
	Keep     int              // versions kept of each dataset, at least 1; 0 is 10
	Language string           // of descriptions that do not name theirs; "" is "en"
	Clock    func() time.Time // nil is time.Now
	Log      *slog.Logger     // nil is slog.Default()

	// CheckFilter tells what is wrong with a row filter over fields; without it none is taken.
	CheckFilter func(fields []dataset.Field, filter string) error
}

// Language gives the language of descriptions that do not name theirs.
func (c *Catalog) Language() string { return c.language }

// Catalog knows every dataset. All methods may be called at once from many goroutines, and several
// processes may hold a Catalog over the same data directory.
type Catalog struct {
	db       *sql.DB
	dir      string // absolute, without links
	keep     int
	language string
	clock    func() time.Time
	log      *slog.Logger
	secret   []byte // under which record ids are shown to who may not see everything

	checkFilter func(fields []dataset.Field, filter string) error

	now     atomic.Pointer[snapshot]
	reading sync.Mutex // held by the one who makes the next snapshot
}

// snapshot is the whole catalogue at one revision. It never changes; next is closed once a newer one stands.
type snapshot struct {
	revision int64
	byID     map[string]*Entry
	sorted   []*Entry // by ID, whole
	public   []*Entry // by ID, those that everybody may know of as everybody may see them
	secured  int64    // the revision that last changed who may see what
	next     chan struct{}
}

// Open makes what the data directory lacks and reads every dataset. It cleans nothing: see Recover.
func Open(ctx context.Context, o Options) (*Catalog, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("find the data directory %s: %w", o.Dir, err)
	}
	c := &Catalog{db: o.DB, dir: dir, keep: o.Keep, language: cmp.Or(o.Language, "en"), clock: o.Clock, log: o.Log, checkFilter: o.CheckFilter}
	if c.keep <= 0 {
		c.keep = 10
	}
	if c.clock == nil {
		c.clock = time.Now
	}
	if c.log == nil {
		c.log = slog.Default()
	}
	for _, name := range []string{"versions", "attachments", "incoming", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o750); err != nil {
			return nil, fmt.Errorf("make the data directory: %w", err)
		}
	}
	// The engine compares paths with links followed.
	if c.dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, fmt.Errorf("find the data directory %s: %w", o.Dir, err)
	}
	if c.secret, err = db.Secret(ctx, c.db, room); err != nil {
		return nil, err
	}
	c.now.Store(&snapshot{byID: map[string]*Entry{}, next: make(chan struct{})})
	return c, c.refresh(ctx)
}

// Dir gives the data directory, absolute.
func (c *Catalog) Dir() string { return c.dir }

// Find gives the dataset with this ID as the actor may see it: every door, and whatever derives from rows, asks here
// and nowhere else. Kind NotFound: there is none, or the actor may not know of it.
func (c *Catalog) Find(a account.Actor, id string) (*Entry, error) {
	if e, ok := c.now.Load().byID[id]; ok {
		if e = e.view(a); e != nil {
			return e, nil
		}
	}
	return nil, fault.New(fault.NotFound, "The requested dataset %s does not exist.", id)
}

// ForRows gives the dataset with this ID to an actor who asks for its rows, which a dataset without a version
// has none of. Kinds NotFound, as Find, and Forbidden: the rows are hidden from this actor.
func (c *Catalog) ForRows(a account.Actor, id string) (*Entry, error) {
	e, err := c.Find(a, id)
	if err != nil {
		return nil, err
	}
	if !e.Access.Data {
		return nil, forbidden()
	}
	return e, nil
}

// ForFiles gives the dataset with this ID to an actor who asks for its rows as files. Kinds as ForRows; Forbidden also where
// the actor may see the rows but not download them.
func (c *Catalog) ForFiles(a account.Actor, id string) (*Entry, error) {
	e, err := c.ForRows(a, id)
	if err != nil {
		return nil, err
	}
	if e.Access.Right < Download {
		return nil, forbidden()
	}
	return e, nil
}

func forbidden() error {
	return fault.New(fault.Forbidden, "You don't have permission to access the requested resource")
}

// All gives every dataset that the actor may know of, as they may see it, sorted by ID, and the revision of the
// catalogue, which is another one whenever anything changed. The list is shared: nobody changes it.
func (c *Catalog) All(a account.Actor) (entries []*Entry, revision int64) {
	now := c.now.Load()
	switch {
	case a.Everything:
		return now.sorted, now.revision
	case a.Person == nil:
		return now.public, now.revision
	}
	for _, e := range now.sorted {
		if e = e.view(a); e != nil {
			entries = append(entries, e)
		}
	}
	return entries, now.revision
}

// Listing is the catalogue as those who list it may search it: of each dataset what everybody is shown who may know
// of it.
type Listing struct {
	Open       []*Entry // the datasets that everybody may know of, by ID
	Restricted []*Entry // the others, by ID
	Revision   int64
}

// Listing gives the catalogue to who keeps an index of it; For gives each entry to those who ask.
func (c *Catalog) Listing() Listing {
	now := c.now.Load()
	out := Listing{Open: now.public, Revision: now.revision}
	for _, e := range now.sorted {
		if e.Restricted {
			out.Restricted = append(out.Restricted, e.least)
		}
	}
	return out
}

// Secured gives the revision that last changed who may see what: an older listing may show too much.
func (c *Catalog) Secured() int64 { return c.now.Load().secured }

// Updated gives a channel that is closed as soon as anything changes after this call: for who keeps an index.
// Ask for the channel first, then for All, so that no change falls between.
func (c *Catalog) Updated() <-chan struct{} { return c.now.Load().next }

// followEvery is how often Follow looks; what another process publishes is served within a second.
const followEvery = 200 * time.Millisecond

// Follow takes in what other processes publish until ctx ends. A failure is logged and tried again.
func (c *Catalog) Follow(ctx context.Context) {
	ticks := time.NewTicker(followEvery)
	defer ticks.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		revision, err := db.Revision(ctx, c.db, room)
		if err == nil && revision != c.now.Load().revision {
			err = c.refresh(ctx)
		}
		if err != nil && ctx.Err() == nil && !failing {
			c.log.Error("following the catalogue failed", "error", err)
		}
		failing = err != nil
	}
}

// refresh makes the next snapshot from what changed since the last one. What is written while it reads comes with
// a higher revision, so that the next refresh takes it in whole.
func (c *Catalog) refresh(ctx context.Context) error {
	c.reading.Lock()
	defer c.reading.Unlock()
	last := c.now.Load()
	revision, err := db.Revision(ctx, c.db, room)
	if err != nil {
		return err
	}
	if revision == last.revision {
		return nil
	}
	uids, err := readUIDs(ctx, c.db)
	if err != nil {
		return err
	}
	changed, err := c.readEntries(ctx, last.revision)
	if err != nil {
		return err
	}
	next := &snapshot{revision: revision, byID: make(map[string]*Entry, len(uids)), next: make(chan struct{})}
	fresh := make(map[string]bool, len(changed))
	former := make(map[string]*Entry, len(last.sorted))
	for _, e := range last.sorted {
		former[e.UID] = e
	}
	next.secured = last.secured
	for _, e := range changed {
		next.byID[e.ID] = e
		fresh[e.UID] = true
		if old := former[e.UID]; old != nil && !old.securedLike(e) {
			next.secured = revision
		}
	}
	for _, e := range last.sorted {
		if uids[e.UID] && !fresh[e.UID] {
			next.byID[e.ID] = e
		}
	}
	for _, e := range next.byID {
		next.sorted = append(next.sorted, e)
	}
	slices.SortFunc(next.sorted, func(a, b *Entry) int { return cmp.Compare(a.ID, b.ID) })
	for _, e := range next.sorted {
		if e.public != nil {
			next.public = append(next.public, e.public)
		}
	}
	c.now.Store(next)
	close(last.next)
	return nil
}
