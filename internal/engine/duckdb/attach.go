package duckdb

import (
	"container/list"
	"context"
	"fmt"
	"regexp"
	"sync"

	"parvis/internal/engine"
	"parvis/internal/fault"
)

// versions keeps the version files that are attached, and detaches the least recently used ones that
// nobody reads.
type versions struct {
	admin *session // attaches and detaches
	max   int

	mu    sync.Mutex
	byID  map[string]*version
	order *list.List // of *version, the most recently used first
}

// version is an attached file.
type version struct {
	source engine.Source
	uses   int
	place  *list.Element
}

func newVersions(admin *session, most int) *versions {
	return &versions{admin: admin, max: most, byID: map[string]*version{}, order: list.New()}
}

// identifier is what a source may be called: it goes into SQL as it stands.
var identifier = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// use attaches a version's file where it is not yet, and keeps it until released.
func (vs *versions) use(ctx context.Context, s engine.Source) (*version, error) {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	v, ok := vs.byID[s.Name]
	if !ok {
		if !identifier.MatchString(s.Name) {
			return nil, fault.New(fault.Internal, "%q cannot name a version in SQL", s.Name)
		}
		// Attaching takes about a millisecond and reads only the file's head; others wait for it.
		if err := vs.run(ctx, "ATTACH "+engine.Quote(s.Path)+" AS "+s.Name+" (READ_ONLY)"); err != nil {
			return nil, fmt.Errorf("open the version file %s: %w", s.Path, err)
		}
		v = &version{source: s}
		v.place = vs.order.PushFront(v)
		vs.byID[s.Name] = v
	}
	if v.source.Path != s.Path {
		return nil, fault.New(fault.Internal, "the name %s stands for %s and cannot be %s too", s.Name, v.source.Path, s.Path)
	}
	vs.order.MoveToFront(v.place)
	v.uses++
	vs.shrink()
	return v, nil
}

// release ends a use.
func (vs *versions) release(v *version) {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	v.uses--
	vs.shrink()
}

// shrink detaches files that nobody reads, from the least recently used, down to the number kept.
func (vs *versions) shrink() {
	for at := vs.order.Back(); at != nil && vs.order.Len() > vs.max; {
		v := at.Value.(*version)
		at = at.Prev()
		if v.uses > 0 {
			continue
		}
		// A file that cannot be detached stays attached and is tried again at the next turn.
		if vs.run(context.Background(), "DETACH "+v.source.Name) == nil {
			vs.order.Remove(v.place)
			delete(vs.byID, v.source.Name)
		}
	}
}

func (vs *versions) run(ctx context.Context, statement string) error {
	_, err := vs.admin.conn.ExecContext(ctx, statement, nil)
	return err
}
