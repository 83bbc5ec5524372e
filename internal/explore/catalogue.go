package explore

import (
	"context"
	"crypto/rand"
	"crypto/sha1"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"parvis/internal/account"
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
	entries  map[string]*catalog.Entry
	rows     int64

	mu      sync.Mutex
	users   int
	retired bool
	stage   *catalog.Stage
}

// indexHolder holds the index that questions are put to.
type indexHolder struct {
	mu  sync.Mutex
	now *index
}

// Ready brings the catalogue as data to the state of the catalogue, if it is not there yet.
func (x *Explorer) Ready(ctx context.Context) error {
	x.building.Lock()
	defer x.building.Unlock()
	entries, revision := x.catalog.All(account.Anonymous)
	x.indexed.mu.Lock()
	now := x.indexed.now
	x.indexed.mu.Unlock()
	if now != nil && now.revision == revision {
		return nil
	}
	next, err := x.build(ctx, entries, revision)
	if err != nil {
		return fmt.Errorf("build the catalogue as data: %w", err)
	}
	x.indexed.mu.Lock()
	x.indexed.now = next
	x.indexed.mu.Unlock()
	if now != nil {
		now.retire()
	}
	return nil
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
	x.indexed.mu.Lock()
	now := x.indexed.now
	x.indexed.now = nil
	x.indexed.mu.Unlock()
	if now != nil {
		now.retire()
	}
}

// Revision gives the revision of the catalogue that questions about it are answered from, building it if there
// is none yet.
func (x *Explorer) Revision(ctx context.Context) (int64, error) {
	ix, err := x.index(ctx)
	if err != nil {
		return 0, err
	}
	defer ix.release()
	return ix.revision, nil
}

// index gives the index to ask, which must be released.
func (x *Explorer) index(ctx context.Context) (*index, error) {
	for {
		x.indexed.mu.Lock()
		if ix := x.indexed.now; ix != nil {
			ix.mu.Lock()
			ix.users++
			ix.mu.Unlock()
			x.indexed.mu.Unlock()
			return ix, nil
		}
		x.indexed.mu.Unlock()
		if err := x.Ready(ctx); err != nil {
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
func (x *Explorer) build(ctx context.Context, entries []*catalog.Entry, revision int64) (*index, error) {
	shape := shapeOf(entries, x.catalog.Language())
	ix := &index{
		revision: revision,
		schema:   check.Schema{Fields: shape.fields(), Aliases: shape.aliases(), Time: x.clock(), ID: "catalog"},
		metas:    shape.metas,
		empty:    shape.empty,
		entries:  make(map[string]*catalog.Entry, len(entries)),
		rows:     int64(len(entries)),
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
