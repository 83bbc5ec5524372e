package account

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"parvis/internal/fault"
)

// PeopleOptions is what people need.
type PeopleOptions struct {
	DB      *sql.DB
	Clock   func() time.Time // nil: the machine's
	KeepLog int              // months for which the audit log is kept; 0: 12
	Mailer  Mailer           // nil: nothing is sent
}

// People knows the portal's people and groups, from memory. All methods may be called at once from many goroutines.
type People struct {
	db      *sql.DB
	clock   func() time.Time
	keepLog int
	mailer  Mailer
	tables  *followed[*tables]
	now     atomic.Pointer[view]
	seen    daily
}

// OpenPeople reads the people of a portal.
func OpenPeople(ctx context.Context, o PeopleOptions) (*People, error) {
	p := &People{db: o.DB, clock: o.Clock, keepLog: o.KeepLog, mailer: o.Mailer}
	if p.clock == nil {
		p.clock = time.Now
	}
	if p.keepLog == 0 {
		p.keepLog = 12
	}
	if p.mailer == nil {
		p.mailer = noMailer{}
	}
	var err error
	if p.tables, err = follow(ctx, o.DB, readTables); err != nil {
		return nil, err
	}
	return p, nil
}

// view gives who is who now.
func (p *People) view() *view {
	of, now := p.tables.get(), p.clock()
	if v := p.now.Load(); v != nil && v.of == of && !over(v.until, now) {
		return v
	}
	v := of.compose(now)
	p.now.Store(v)
	return v
}

// Person gives somebody who may come in; not ok where nobody has that number, or they are disabled or expired.
func (p *People) Person(id int64) (*Person, bool) {
	person, ok := p.view().people[id]
	return person, ok
}

// ByEmail gives somebody who may come in by their address, in whatever letters; not ok as for Person.
func (p *People) ByEmail(email string) (*Person, bool) {
	clean, err := CleanEmail(email)
	if err != nil {
		return nil, false
	}
	person, ok := p.view().byEmail[clean]
	return person, ok
}

// HasAdministrator tells whether anybody who may come in administers the portal.
func (p *People) HasAdministrator() bool {
	active, _ := p.tables.get().administrators(p.clock())
	return active > 0
}

// Refresh takes in at once what other processes changed.
func (p *People) Refresh(ctx context.Context) error { return p.tables.refresh(ctx) }

// Profile gives all that is kept of a person. Kinds NotFound; Forbidden: they are somebody else, and the actor does
// not administer the portal.
func (p *People) Profile(ctx context.Context, by Actor, id int64) (Profile, error) {
	if !by.is(id) {
		if err := by.need(EditDomain); err != nil {
			return Profile{}, err
		}
	}
	found, ok := p.tables.get().people[id]
	if !ok {
		return Profile{}, noPerson(id)
	}
	profiles, err := p.withSeen(ctx, []*Profile{found})
	if err != nil {
		return Profile{}, err
	}
	return profiles[0], nil
}

// Search is a question to the list of people.
type Search struct {
	Text          string // found in address or name; "" for all
	Group         int64  // 0 for all
	Offset, Limit int    // Limit 0: all
}

// All gives people by their addresses, and how many there are in all. Kind Forbidden: the actor does not administer
// the portal.
func (p *People) All(ctx context.Context, by Actor, ask Search) (page []Profile, total int, err error) {
	if err := by.need(EditDomain); err != nil {
		return nil, 0, err
	}
	text := strings.ToLower(strings.TrimSpace(ask.Text))
	found := slices.DeleteFunc(p.tables.get().sortedPeople(), func(one *Profile) bool {
		member := ask.Group == 0 || slices.ContainsFunc(one.Groups, func(m Membership) bool { return m.Group == ask.Group })
		return !member || !strings.Contains(one.Email, text) && !strings.Contains(strings.ToLower(one.Name), text)
	})
	total = len(found)
	found = found[min(max(ask.Offset, 0), total):]
	if ask.Limit > 0 {
		found = found[:min(ask.Limit, len(found))]
	}
	page, err = p.withSeen(ctx, found)
	return page, total, err
}

// is tells whether the actor is a person, with all of that person's rights: neither a key for a part of them nor an
// application acts for the person's own account, where it could make itself at home for ever.
func (a Actor) is(id int64) bool {
	return a.Person != nil && a.Person.ID == id && a.Scope == Every && !a.Application
}

func noPerson(id int64) error { return fault.New(fault.NotFound, "There is no person %d.", id) }

// Follow takes in what other processes change, writes on which days people were here, and forgets old events,
// until ctx ends; failed receives what goes wrong and may be nil.
func (p *People) Follow(ctx context.Context, failed func(error)) {
	swept, flushed := time.Time{}, p.clock()
	each(ctx, followEvery, func(ctx context.Context) error {
		now := p.clock()
		if now.Sub(flushed) > flushEvery {
			flushed = now
			if err := p.Flush(ctx); err != nil {
				return err
			}
		}
		if now.Sub(swept) > 24*time.Hour {
			swept = now
			if _, err := p.Sweep(ctx); err != nil {
				return err
			}
		}
		return p.tables.refresh(ctx)
	}, failed)
	atEnd(ctx, p.Flush, failed)
}
