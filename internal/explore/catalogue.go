package explore

import (
	"context"
	"crypto/rand"
	"crypto/sha1"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/engine"
	"parvis/internal/odsql/check"
)

// CatalogueFacets gives the facets of the catalogue where a question names none, in this order.
func CatalogueFacets() []string {
	return []string{"features", "modified", "publisher", "keyword", "theme", "language", "license"}
}

// index is the catalogue as rows, at one revision: one record a dataset, in the order of their IDs. It never
// changes; its file goes when another one stands and nobody asks it any more.
type index struct {
	revision int64
	source   engine.Source
	schema   check.Schema
	metas    map[string]metaName // every name that select takes as it stands in the description
	empty    map[string]bool     // well-known metadata, by name of the field, that no dataset has
	owners   map[string][]string // the ids of the datasets that have a metadata which portals need not know of, by name of the field
	entries  map[string]*catalog.Entry
	ruled    []*catalog.Entry // those, of the whole portal, of which not everybody is shown the same
	rows     int64

	mu      sync.Mutex
	users   int
	retired bool
	stage   *catalog.Stage
}

// indexHolder holds the index that questions are put to.
type indexHolder struct {
	mu  sync.Mutex
	now [2]*index // by extent
}

// extent tells which datasets an index has. Restricted ones stand in an index of their own, so that nobody else
// can tell from the names and types of its columns that they are there; it is made when somebody who may see any
// first asks.
type extent int

const (
	openOnes extent = iota
	allOfThem
)

// Ready brings the catalogue as data to the state of the catalogue, if it is not there yet.
func (x *Explorer) Ready(ctx context.Context) error {
	x.building.Lock()
	defer x.building.Unlock()
	for which := range x.indexed.now {
		if extent(which) == openOnes || x.indexed.peek(extent(which)) != nil {
			if err := x.renew(ctx, extent(which)); err != nil {
				return err
			}
		}
	}
	return nil
}

// renew builds an index anew where the catalogue has changed; building is held.
func (x *Explorer) renew(ctx context.Context, which extent) error {
	listing := x.catalog.Listing()
	now := x.indexed.peek(which)
	if now != nil && now.revision == listing.Revision {
		return nil
	}
	next, err := x.build(ctx, which, listing)
	if err != nil {
		return fmt.Errorf("build the catalogue as data: %w", err)
	}
	x.indexed.set(which, next)
	if now != nil {
		now.retire()
	}
	return nil
}

// peek gives the index that stands, nil where none does; it may go any moment.
func (h *indexHolder) peek(which extent) *index {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now[which]
}

func (h *indexHolder) set(which extent, ix *index) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now[which] = ix
}

// take gives the index that stands, which must be released; nil where there is none.
func (h *indexHolder) take(which extent) *index {
	h.mu.Lock()
	defer h.mu.Unlock()
	ix := h.now[which]
	if ix != nil {
		ix.mu.Lock()
		ix.users++
		ix.mu.Unlock()
	}
	return ix
}

// settle is how long Follow lets changes gather before it builds anew.
const settle = 50 * time.Millisecond

// Follow builds the catalogue as data anew whenever the catalogue changes, until ctx ends. Questions are
// answered from the old one meanwhile.
func (x *Explorer) Follow(ctx context.Context) {
	for ctx.Err() == nil {
		changed := x.catalog.Updated()
		if err := x.Ready(ctx); err != nil && ctx.Err() == nil {
			x.log.Error("the catalogue as data could not be built", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
		timer := time.NewTimer(settle)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// Close removes the catalogue as data; nothing may be asked afterwards.
func (x *Explorer) Close() {
	for which := range x.indexed.now {
		now := x.indexed.peek(extent(which))
		x.indexed.set(extent(which), nil)
		if now != nil {
			now.retire()
		}
	}
}

// index gives the index to ask, which must be released. One from before a change of who may see what is not asked
// any more.
func (x *Explorer) index(ctx context.Context, which extent) (*index, error) {
	for {
		ix := x.indexed.take(which)
		if ix != nil && ix.revision >= x.catalog.Secured() {
			return ix, nil
		}
		if ix != nil {
			ix.release()
		}
		x.building.Lock()
		err := x.renew(ctx, which)
		x.building.Unlock()
		if err != nil {
			return nil, err
		}
	}
}

func (ix *index) release() {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	ix.users--
	ix.tidy()
}

func (ix *index) retire() {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	ix.retired = true
	ix.tidy()
}

// tidy removes the file of an index that nobody needs any more. A failure leaves a file that the next sweep
// takes away.
func (ix *index) tidy() {
	if ix.retired && ix.users == 0 && ix.stage != nil {
		os.Remove(ix.source.Path)
		ix.stage.Close()
		ix.stage = nil
	}
}

// build loads the descriptions of all datasets into a version file of its own.
func (x *Explorer) build(ctx context.Context, which extent, listing catalog.Listing) (*index, error) {
	entries := listing.Open
	if which == allOfThem {
		entries = slices.Concat(listing.Open, listing.Restricted)
		slices.SortFunc(entries, func(a, b *catalog.Entry) int { return strings.Compare(a.ID, b.ID) })
	}
	shape := shapeOf(entries, x.catalog.Language())
	ix := &index{
		revision: listing.Revision,
		schema:   check.Schema{Fields: shape.fields(), Aliases: shape.aliases(), Time: x.clock(), ID: "catalog"},
		metas:    shape.metas,
		empty:    shape.empty,
		owners:   shape.owners,
		entries:  make(map[string]*catalog.Entry, len(entries)),
		rows:     int64(len(entries)),
	}
	for _, e := range slices.Concat(listing.Open, listing.Restricted) {
		if e.Ruled() {
			ix.ruled = append(ix.ruled, e)
		}
	}
	stage, err := x.catalog.Temp(ctx)
	if err != nil {
		return nil, err
	}
	path := stage.Path("catalogue.db")
	if err := x.load(ctx, path, ix, shape, entries); err != nil {
		stage.Close()
		return nil, err
	}
	ix.stage = stage
	ix.source = engine.Source{Name: "catalogue_" + strings.ToLower(rand.Text()), Path: path}
	return ix, nil
}

func (x *Explorer) load(ctx context.Context, path string, ix *index, shape *shape, entries []*catalog.Entry) error {
	loader, err := x.engine.Create(ctx, path, ix.schema.Fields)
	if err != nil {
		return err
	}
	values := make([]any, len(ix.schema.Fields))
	for _, e := range entries {
		ix.entries[e.ID] = e
		shape.row(e, values)
		if err := loader.Append(dataset.Record{ID: sha1.Sum([]byte(e.UID)), Values: values}); err != nil {
			return fmt.Errorf("take in the description of %s: %w", e.ID, errors.Join(err, loader.Abort()))
		}
	}
	if _, err := loader.Finish(ctx, nil); err != nil {
		return err
	}
	return nil
}
