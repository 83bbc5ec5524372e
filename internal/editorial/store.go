package editorial

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"parvis/internal/account"
	"parvis/internal/db"
	"parvis/internal/fault"
)

const (
	room = "editorial" // in the table of revisions

	kept      = 100 // versions of a page in a language, and the one that is shown
	mostPages = 2000
)

// Options are the parts of Pages.
type Options struct {
	DB    *sql.DB
	Clock func() time.Time // nil: the machine's
}

// Pages knows the pages of a portal. All methods may be called at once from many goroutines.
type Pages struct {
	db    *sql.DB
	clock func() time.Time
	shelf atomic.Pointer[shelf]
}

// Published is a page as readers find it: its settings, and what it says in the languages in which it is shown.
type Published struct {
	Page
	In map[string]*Version
}

// shelf is what is published, as it stood at a revision.
type shelf struct {
	revision int64
	pages    []*Published // by title of their first language
	bySlug   map[string]*Published
}

// New makes Pages.
func New(o Options) *Pages {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return &Pages{db: o.DB, clock: o.Clock}
}

// Create makes a page with a first draft in a language, and gives its number. Kinds Forbidden; Invalid; Conflict: the
// address is taken.
func (s *Pages) Create(ctx context.Context, by account.Actor, slug, language string, c Content) (id int64, err error) {
	if !by.May(account.CreatePage) {
		return 0, fault.New(fault.Forbidden, "This needs the permission to make pages.")
	}
	set := Settings{Slug: slug}
	if err := set.clean(); err != nil {
		return 0, err
	}
	if err := c.clean(); err != nil {
		return 0, err
	}
	err = db.Change(ctx, s.db, func(tx *sql.Tx) error {
		if err := free(ctx, tx, set.Slug, 0); err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, sqlNew, set.Slug, person(by), s.clock().UnixMicro()).Scan(&id); err != nil {
			return err
		}
		if _, err := s.save(ctx, tx, by, id, language, c); err != nil {
			return err
		}
		return account.Note(ctx, tx, s.clock(), by, "create", object(id), nil, set)
	})
	if err != nil {
		return 0, fmt.Errorf("make a page: %w", err)
	}
	return id, nil
}

// free tells whether an address is free for a page. Kind Conflict.
func free(ctx context.Context, tx *sql.Tx, slug string, id int64) error {
	var taken int
	if err := tx.QueryRowContext(ctx, sqlTaken, slug, id).Scan(&taken); err != nil {
		return err
	}
	if taken > 0 {
		return fault.New(fault.Conflict, "Another page has the address %q.", slug)
	}
	return nil
}

// Save keeps a draft of a page in a language and gives its number. Kinds NotFound; Forbidden; Invalid.
func (s *Pages) Save(ctx context.Context, by account.Actor, id int64, language string, c Content) (number int, err error) {
	if err := c.clean(); err != nil {
		return 0, err
	}
	err = s.change(ctx, by, id, "update", nil, func(tx *sql.Tx, _ *Page) error {
		number, err = s.save(ctx, tx, by, id, language, c)
		return err
	})
	return number, err
}

func (s *Pages) save(ctx context.Context, tx *sql.Tx, by account.Actor, id int64, language string, c Content) (number int, err error) {
	if language == "" || len(language) > 20 {
		return 0, fault.New(fault.Invalid, "There is no language %.20q.", language)
	}
	if err := tx.QueryRowContext(ctx, sqlLast, id, language).Scan(&number); err != nil {
		return 0, err
	}
	number++
	blocks, err := json.Marshal(c.Blocks)
	if err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, sqlSave, id, language, number, c.Title, c.Lede, string(blocks), s.clock().UnixMicro(), person(by)); err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, sqlForget, id, language, number-kept)
	return number, err
}

// Publish shows a version of a page to its readers. Kinds NotFound; Forbidden.
func (s *Pages) Publish(ctx context.Context, by account.Actor, id int64, language string, number int) error {
	return s.change(ctx, by, id, "publish", map[string]any{"language": language, "version": number}, func(tx *sql.Tx, _ *Page) error {
		found, err := versions(ctx, tx, sqlHistory, id, language, number)
		if err != nil {
			return err
		}
		if number < 1 || len(found) == 0 {
			return missing()
		}
		_, err = tx.ExecContext(ctx, sqlPublish, id, language, number, s.clock().UnixMicro())
		return err
	})
}

// Withdraw shows a page in a language to its editors alone. Kinds NotFound; Forbidden.
func (s *Pages) Withdraw(ctx context.Context, by account.Actor, id int64, language string) error {
	return s.change(ctx, by, id, "withdraw", map[string]any{"language": language}, func(tx *sql.Tx, _ *Page) error {
		_, err := tx.ExecContext(ctx, sqlWithdraw, id, language)
		return err
	})
}

// Set changes what holds for a page in all its languages. Who sees it, and whether it stands in the menu, is for those
// who manage pages: what anybody else says of that is left as it was. Kinds NotFound; Forbidden; Invalid; Conflict: the
// address is taken.
func (s *Pages) Set(ctx context.Context, by account.Actor, id int64, set Settings) error {
	if err := set.clean(); err != nil {
		return err
	}
	return s.change(ctx, by, id, "update", set, func(tx *sql.Tx, p *Page) error {
		if !by.May(account.ManagePage) {
			set.Restricted, set.Menu = p.Restricted, p.Menu
		}
		if err := free(ctx, tx, set.Slug, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, sqlSet, set.Slug, set.Restricted, set.Menu, id)
		return err
	})
}

// Remove forgets a page with its history. Kinds NotFound; Forbidden.
func (s *Pages) Remove(ctx context.Context, by account.Actor, id int64) error {
	return s.change(ctx, by, id, "remove", nil, func(tx *sql.Tx, _ *Page) error {
		_, err := tx.ExecContext(ctx, sqlRemove, id)
		return err
	})
}

// change changes a page that the actor may edit in one transaction, which is noted.
func (s *Pages) change(ctx context.Context, by account.Actor, id int64, verb string, after any, work func(*sql.Tx, *Page) error) error {
	err := db.Change(ctx, s.db, func(tx *sql.Tx) error {
		p, err := find(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if err := work(tx, p); err != nil {
			return err
		}
		if _, err := db.Advance(ctx, tx, room); err != nil {
			return err
		}
		return account.Note(ctx, tx, s.clock(), by, verb, object(id), nil, after)
	})
	if err != nil {
		return fmt.Errorf("%s a page: %w", verb, err)
	}
	return nil
}

// Find gives a page to who may edit it. Kind NotFound: there is none, or they may not.
func (s *Pages) Find(ctx context.Context, by account.Actor, id int64) (*Page, error) {
	return find(ctx, s.db, by, id)
}

func find(ctx context.Context, from db.Asker, by account.Actor, id int64) (*Page, error) {
	found, err := pages(ctx, from, id)
	if err != nil {
		return nil, err
	}
	if id < 1 || len(found) == 0 || !mayEdit(by, found[0]) {
		return nil, missing()
	}
	return found[0], nil
}

// All gives the pages that an actor may edit, the newest first.
func (s *Pages) All(ctx context.Context, by account.Actor) ([]*Page, error) {
	found, err := pages(ctx, s.db, 0)
	if err != nil {
		return nil, err
	}
	var out []*Page
	for _, p := range found {
		if mayEdit(by, p) {
			out = append(out, p)
		}
	}
	return out, nil
}

// History gives the versions of a page in a language to who may edit it, the newest first; number is the one that is
// wanted, 0 for all. Kind NotFound.
func (s *Pages) History(ctx context.Context, by account.Actor, id int64, language string, number int) ([]*Version, error) {
	if _, err := find(ctx, s.db, by, id); err != nil {
		return nil, err
	}
	found, err := versions(ctx, s.db, sqlHistory, id, language, number)
	if err == nil && len(found) == 0 {
		err = missing()
	}
	return found, err
}

// Published gives the pages that an actor is shown.
func (s *Pages) Published(ctx context.Context, by account.Actor) ([]*Published, error) {
	now, err := s.now(ctx)
	if err != nil {
		return nil, err
	}
	var out []*Published
	for _, p := range now.pages {
		if MaySee(by, &p.Page) {
			out = append(out, p)
		}
	}
	return out, nil
}

// BySlug gives the page of an address to who is shown it. Kind NotFound.
func (s *Pages) BySlug(ctx context.Context, by account.Actor, slug string) (*Published, error) {
	now, err := s.now(ctx)
	if err != nil {
		return nil, err
	}
	if p := now.bySlug[slug]; p != nil && MaySee(by, &p.Page) {
		return p, nil
	}
	return nil, missing()
}

// now gives what is published.
func (s *Pages) now(ctx context.Context) (*shelf, error) {
	revision, err := db.Revision(ctx, s.db, room)
	if err != nil {
		return nil, err
	}
	if known := s.shelf.Load(); known != nil && known.revision == revision {
		return known, nil
	}
	all, err := pages(ctx, s.db, 0)
	if err != nil {
		return nil, err
	}
	live, err := versions(ctx, s.db, sqlLive)
	if err != nil {
		return nil, err
	}
	next := &shelf{revision: revision, bySlug: map[string]*Published{}}
	byID := map[int64]*Published{}
	for _, p := range all {
		one := &Published{Page: *p, In: map[string]*Version{}}
		byID[p.ID] = one
		next.pages = append(next.pages, one)
		next.bySlug[p.Slug] = one
	}
	for _, v := range live {
		if p := byID[v.Page]; p != nil {
			p.In[v.Language] = v
		}
	}
	s.shelf.Store(next)
	return next, nil
}

func missing() error { return fault.New(fault.NotFound, "There is no such page.") }

func object(id int64) string { return fmt.Sprintf("page/%d", id) }

// person gives who an actor is for a column, nil for the operator.
func person(by account.Actor) any {
	if by.Person == nil {
		return nil
	}
	return by.Person.ID
}

func pages(ctx context.Context, from db.Asker, id int64) (out []*Page, err error) {
	rows, err := from.QueryContext(ctx, sqlPages, id)
	if err != nil {
		return nil, fmt.Errorf("read pages: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var p Page
		var t Tongue
		var author, live sql.NullInt64
		var created, changed int64
		if err := rows.Scan(&p.ID, &p.Slug, &author, &p.Restricted, &p.Menu, &created, &t.Language, &t.Title, &t.Last, &changed, &live); err != nil {
			return nil, fmt.Errorf("read pages: %w", err)
		}
		t.Changed, t.Live = time.UnixMicro(changed).UTC(), int(live.Int64)
		if n := len(out); n > 0 && out[n-1].ID == p.ID {
			out[n-1].Tongues = append(out[n-1].Tongues, t)
			continue
		}
		p.Author, p.Created, p.Tongues = author.Int64, time.UnixMicro(created).UTC(), []Tongue{t}
		if len(out) == mostPages {
			break
		}
		out = append(out, &p)
	}
	return out, errors.Join(err, rows.Err())
}

func versions(ctx context.Context, from db.Asker, query string, args ...any) (out []*Version, err error) {
	rows, err := from.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read the versions of pages: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var v Version
		var blocks string
		var at int64
		var by sql.NullInt64
		if err := rows.Scan(&v.Page, &v.Language, &v.Number, &v.Title, &v.Lede, &blocks, &at, &by, &v.Live); err != nil {
			return nil, fmt.Errorf("read the versions of pages: %w", err)
		}
		if err := json.Unmarshal([]byte(blocks), &v.Blocks); err != nil {
			return nil, fmt.Errorf("read the blocks of page %d: %w", v.Page, err)
		}
		v.At, v.By = time.UnixMicro(at).UTC(), by.Int64
		out = append(out, &v)
	}
	return out, rows.Err()
}
