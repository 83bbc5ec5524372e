package reuse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"parvis/internal/account"
	"parvis/internal/db"
	"parvis/internal/fault"
)

const (
	room = "reuses" // in the table of revisions

	mostWaiting = 300                  // reuses that wait; who sends one more is asked to come back
	mostReports = 50                   // of one reuse
	refusedKept = 180 * 24 * time.Hour // how long who sent one can read why it was refused
)

// Options are the parts of Reuses.
type Options struct {
	DB    *sql.DB
	Clock func() time.Time // nil: the machine's
}

// Reuses knows the reuses of a portal. All methods may be called at once from many goroutines.
type Reuses struct {
	db    *sql.DB
	clock func() time.Time
	shelf atomic.Pointer[shelf]
}

// shelf is what is published, as it stood at a revision.
type shelf struct {
	revision int64
	reuses   []*Reuse
}

// New makes Reuses.
func New(o Options) *Reuses {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return &Reuses{db: o.DB, clock: o.Clock}
}

// Submit takes a reuse in, where it waits, and gives the token by which who sent it follows it. Kinds Invalid; Limited:
// too many wait already.
func (s *Reuses) Submit(ctx context.Context, by account.Actor, d Draft) (token string, err error) {
	if err := d.clean(); err != nil {
		return "", err
	}
	token = account.RandomText(32)
	now := s.clock()
	err = db.Change(ctx, s.db, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, sqlForget, now.Add(-refusedKept).UnixMicro()); err != nil {
			return err
		}
		var waiting int
		if err := tx.QueryRowContext(ctx, sqlCountWaiting).Scan(&waiting); err != nil {
			return err
		}
		if waiting >= mostWaiting {
			return fault.New(fault.Limited, "Too many reuses wait to be looked at: try again in some days.")
		}
		var picture any // nil, not an empty one
		if len(d.Picture) > 0 {
			picture = d.Picture
		}
		var id int64
		row := tx.QueryRowContext(ctx, sqlSubmit, d.Title, string(d.Kind), d.Address, d.Author, d.Description, d.Language, account.HashOf(token), now.UnixMicro(), picture)
		if err := row.Scan(&id); err != nil {
			return err
		}
		for i, uid := range d.Datasets {
			if _, err := tx.ExecContext(ctx, sqlName, id, uid, i); err != nil {
				return err
			}
		}
		return account.Note(ctx, tx, now, by, "create", object(id), nil, nil)
	})
	if err != nil {
		return "", fmt.Errorf("submit a reuse: %w", err)
	}
	return token, nil
}

// Published gives all that is published, the newest first. The list is shared: nobody changes it.
func (s *Reuses) Published(ctx context.Context) ([]*Reuse, error) {
	revision, err := db.Revision(ctx, s.db, room)
	if err != nil {
		return nil, err
	}
	if known := s.shelf.Load(); known != nil && known.revision == revision {
		return known.reuses, nil
	}
	found, err := s.read(ctx, s.db, sqlByState, string(Published))
	if err != nil {
		return nil, err
	}
	s.shelf.Store(&shelf{revision, found})
	return found, nil
}

// Sent gives a reuse to who sent it and holds its token. Kind NotFound.
func (s *Reuses) Sent(ctx context.Context, token string) (*Reuse, error) {
	return only(s.read(ctx, s.db, sqlByToken, account.HashOf(token)))
}

// Picture gives the picture of a reuse, a JPEG, to everybody once it is published and before to who looks after reuses.
// Kind NotFound.
func (s *Reuses) Picture(ctx context.Context, by account.Actor, id int64) ([]byte, error) {
	var picture []byte
	var state State
	err := s.db.QueryRowContext(ctx, sqlPicture, id).Scan(&state, &picture)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("picture of a reuse: %w", err)
	}
	if len(picture) == 0 || state != Published && !by.May(account.EditReuse) {
		return nil, fault.New(fault.NotFound, "There is no such picture.")
	}
	return picture, nil
}

// All gives the reuses in a state, "" for all, to who looks after them: the newest first, at most 1000. Kind Forbidden.
func (s *Reuses) All(ctx context.Context, by account.Actor, state State) ([]*Reuse, error) {
	if err := allowed(by); err != nil {
		return nil, err
	}
	return s.read(ctx, s.db, sqlByState, string(state))
}

// Find gives a reuse, and what readers say is wrong with it, to who looks after reuses. Kinds Forbidden, NotFound.
func (s *Reuses) Find(ctx context.Context, by account.Actor, id int64) (*Reuse, []Report, error) {
	if err := allowed(by); err != nil {
		return nil, nil, err
	}
	one, err := only(s.read(ctx, s.db, sqlByID, id))
	if err != nil {
		return nil, nil, err
	}
	rows, err := s.db.QueryContext(ctx, sqlReports, id)
	if err != nil {
		return nil, nil, fmt.Errorf("read the reports of a reuse: %w", err)
	}
	defer rows.Close()
	var reports []Report
	for rows.Next() {
		var r Report
		var created int64
		if err := rows.Scan(&r.Reason, &created); err != nil {
			return nil, nil, fmt.Errorf("read the reports of a reuse: %w", err)
		}
		r.Created = time.UnixMicro(created).UTC()
		reports = append(reports, r)
	}
	return one, reports, rows.Err()
}

// Publish shows a reuse to everybody; what readers said is wrong with it is settled by that. Kinds Forbidden, NotFound.
func (s *Reuses) Publish(ctx context.Context, by account.Actor, id int64) error {
	return s.decide(ctx, by, id, Published, "")
}

// Refuse shows a reuse to nobody but who sent it, with the reason, up to 1000 characters. Kinds Forbidden, NotFound,
// Invalid.
func (s *Reuses) Refuse(ctx context.Context, by account.Actor, id int64, reason string) error {
	reason, err := account.CleanText("reason", reason, LongestReason)
	if err != nil {
		return err
	}
	return s.decide(ctx, by, id, Refused, reason)
}

func (s *Reuses) decide(ctx context.Context, by account.Actor, id int64, state State, reason string) error {
	verb := map[State]string{Published: "publish", Refused: "rejected"}[state]
	var person any
	if by.Person != nil {
		person = by.Person.ID
	}
	return s.change(ctx, by, id, verb, reason, func(tx *sql.Tx) (sql.Result, error) {
		if _, err := tx.ExecContext(ctx, sqlSettle, id); err != nil {
			return nil, err
		}
		return tx.ExecContext(ctx, sqlDecide, string(state), reason, person, s.clock().UnixMicro(), id)
	})
}

// Remove forgets a reuse with its picture and its reports. Kinds Forbidden, NotFound.
func (s *Reuses) Remove(ctx context.Context, by account.Actor, id int64) error {
	return s.change(ctx, by, id, "remove", "", func(tx *sql.Tx) (sql.Result, error) {
		return tx.ExecContext(ctx, sqlRemove, id)
	})
}

// change changes the row of a reuse in one transaction, which is noted.
func (s *Reuses) change(ctx context.Context, by account.Actor, id int64, verb, reason string, work func(*sql.Tx) (sql.Result, error)) error {
	if err := allowed(by); err != nil {
		return err
	}
	err := db.Change(ctx, s.db, func(tx *sql.Tx) error {
		done, err := work(tx)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, missing())
		}
		if _, err := db.Advance(ctx, tx, room); err != nil {
			return err
		}
		var after any
		if reason != "" {
			after = map[string]string{"reason": reason}
		}
		return account.Note(ctx, tx, s.clock(), by, verb, object(id), nil, after)
	})
	if err != nil {
		return fmt.Errorf("%s a reuse: %w", verb, err)
	}
	return nil
}

// Report takes in what a reader says is wrong with a reuse that is published, up to 1000 characters. Those who look
// after reuses have enough to go by once 50 have: what comes after is not kept. Kinds NotFound, Invalid.
func (s *Reuses) Report(ctx context.Context, id int64, reason string) error {
	reason, err := account.CleanText("reason", reason, LongestReason)
	if err != nil {
		return err
	}
	if reason == "" {
		return fault.New(fault.Invalid, "The reason is missing.")
	}
	published, err := s.Published(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(published, func(r *Reuse) bool { return r.ID == id }) {
		return missing()
	}
	if _, err := s.db.ExecContext(ctx, sqlReport, id, reason, s.clock().UnixMicro(), mostReports); err != nil {
		return fmt.Errorf("report a reuse: %w", err)
	}
	return nil
}

// Waiting gives the number of reuses that somebody should look at: that wait, or that readers report.
func (s *Reuses) Waiting(ctx context.Context) (n int64, err error) {
	if err := s.db.QueryRowContext(ctx, sqlCountOpen).Scan(&n); err != nil {
		return 0, fmt.Errorf("count the reuses that wait: %w", err)
	}
	return n, nil
}

func allowed(by account.Actor) error {
	if by.May(account.EditReuse) {
		return nil
	}
	return fault.New(fault.Forbidden, "This needs the permission to look after reuses.")
}

func missing() error { return fault.New(fault.NotFound, "There is no such reuse.") }

func object(id int64) string { return fmt.Sprintf("reuse/%d", id) }

// only gives the one reuse that was found. Kind NotFound: there is none.
func only(found []*Reuse, err error) (*Reuse, error) {
	if err == nil && len(found) == 0 {
		err = missing()
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// read gives reuses with their datasets, without their pictures.
func (s *Reuses) read(ctx context.Context, from db.Asker, query string, arg any) ([]*Reuse, error) {
	rows, err := from.QueryContext(ctx, query, arg)
	if err != nil {
		return nil, fmt.Errorf("read reuses: %w", err)
	}
	defer rows.Close()
	var out []*Reuse
	byID := map[int64]*Reuse{}
	for rows.Next() {
		r := &Reuse{}
		var created int64
		var decided, by sql.NullInt64
		var uid sql.NullString
		if err := rows.Scan(&r.ID, &r.Title, &r.Kind, &r.Address, &r.Author, &r.Description, &r.Language, &r.State, &r.Reason, &created, &decided, &by,
			&r.Pictured, &r.Reports, &uid); err != nil {
			return nil, fmt.Errorf("read reuses: %w", err)
		}
		if known := byID[r.ID]; known != nil {
			known.Datasets = append(known.Datasets, uid.String)
			continue
		}
		if uid.Valid {
			r.Datasets = []string{uid.String}
		}
		r.Created, r.DecidedBy = time.UnixMicro(created).UTC(), by.Int64
		if decided.Valid {
			r.Decided = time.UnixMicro(decided.Int64).UTC()
		}
		byID[r.ID] = r
		out = append(out, r)
	}
	return out, rows.Err()
}
