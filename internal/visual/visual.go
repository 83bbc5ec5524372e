package visual

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"parvis/internal/account"
	"parvis/internal/db"
	"parvis/internal/fault"
)

// Visual is a chart or a map that somebody saved.
type Visual struct {
	ID      int64
	Owner   int64 // person; 0: the operator
	Created time.Time
	Changed time.Time
	Draft
}

// Draft is what its owner says of it.
type Draft struct {
	Title    string // up to 150 characters
	About    string // plain text, up to 500 characters; may be ""
	Language string // of both, a tag such as fr
	Kind     string // one of Kinds
	Layers   []Layer
	Open     bool // everybody is shown it
}

// Layer is a part of a chart or of a map.
type Layer struct {
	Of    string `json:"of"`              // the address of a figure or of a map of a dataset
	Label string `json:"label,omitempty"` // up to 100 characters; "": as it calls itself
}

// The kinds of charts: of one or several layers, and of one.
var (
	joint = []string{"line", "area", "column", "bar", "stacked", "share", "combined"}
	alone = []string{"pie", "scatter", "box", "treemap", "heat", "range"}
)

// Kinds gives the kinds of charts, and of maps.
func Kinds() []string { return slices.Concat(joint, alone, []string{Map}) }

// Alone tells whether what is of a kind has one layer: its figure is drawn as it is, and shares no labels with others.
func Alone(kind string) bool { return slices.Contains(alone, kind) }

// Map is the kind of maps; all others are charts.
const Map = "map"

// The longest texts, in characters, and the most layers.
const (
	LongestTitle = 150
	LongestAbout = 500
	LongestLabel = 100
	longestOf    = 2000
	MostLayers   = 6
	mostOwned    = 500
)

const room = "visuals" // in the table of revisions

const (
	sqlNew = `INSERT INTO visuals (owner, title, about, language, kind, layers, open, created, changed)
	 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING id`
	sqlCount  = `SELECT count(*) FROM visuals WHERE owner = $1`
	sqlSet    = `UPDATE visuals SET title = $1, about = $2, language = $3, kind = $4, layers = $5, open = $6, changed = $7 WHERE id = $8`
	sqlRemove = `DELETE FROM visuals WHERE id = $1`
	sqlRead   = `SELECT id, owner, title, about, language, kind, layers, open, created, changed FROM visuals `
	sqlOne    = sqlRead + `WHERE id = $1`
	sqlShown  = sqlRead + `WHERE open OR owner = $1 ORDER BY changed DESC LIMIT 1000`
)

// Visuals knows the charts of a portal. All methods may be called at once from many goroutines.
type Visuals struct {
	db    *sql.DB
	clock func() time.Time
}

// New makes Visuals over a database; a nil clock is the machine's.
func New(pool *sql.DB, clock func() time.Time) *Visuals {
	if clock == nil {
		clock = time.Now
	}
	return &Visuals{db: pool, clock: clock}
}

// clean checks a draft and brings it into the form in which it is kept. Kind Invalid.
func (d *Draft) clean() error {
	var err error
	if d.Title, err = account.CleanLine("title", d.Title, LongestTitle); err != nil {
		return err
	}
	if d.About, err = account.CleanText("description", d.About, LongestAbout); err != nil {
		return err
	}
	switch {
	case d.Title == "":
		return fault.New(fault.Invalid, "The title is missing.")
	case !slices.Contains(Kinds(), d.Kind):
		return fault.New(fault.Invalid, "There is no kind of chart %.40q.", d.Kind)
	case len(d.Language) > 20:
		return fault.New(fault.Invalid, "There is no such language.")
	case len(d.Layers) == 0 || len(d.Layers) > MostLayers:
		return fault.New(fault.Invalid, "A chart has from one to %d layers.", MostLayers)
	case Alone(d.Kind) && len(d.Layers) > 1:
		return fault.New(fault.Invalid, "A chart of the kind %s has one layer.", d.Kind)
	}
	for i := range d.Layers {
		if d.Layers[i].Of, err = account.CleanLine("address of a layer", d.Layers[i].Of, longestOf); err != nil {
			return err
		}
		if d.Layers[i].Label, err = account.CleanLine("label of a layer", d.Layers[i].Label, LongestLabel); err != nil {
			return err
		}
	}
	return nil
}

// Save keeps a new chart of somebody who is signed in, and gives its number. Kinds Forbidden; Invalid; Limited: they have
// as many as one may have.
func (s *Visuals) Save(ctx context.Context, by account.Actor, d Draft) (id int64, err error) {
	if by.Person == nil {
		return 0, fault.New(fault.Forbidden, "Charts are saved by people with an account.")
	}
	if err := d.clean(); err != nil {
		return 0, err
	}
	layers, err := json.Marshal(d.Layers)
	if err != nil {
		return 0, err
	}
	err = db.Change(ctx, s.db, func(tx *sql.Tx) error {
		var owned int
		if err := tx.QueryRowContext(ctx, sqlCount, by.Person.ID).Scan(&owned); err != nil {
			return err
		}
		if owned >= mostOwned {
			return fault.New(fault.Limited, "You have %d charts, as many as one may have: remove one first.", mostOwned)
		}
		row := tx.QueryRowContext(ctx, sqlNew, by.Person.ID, d.Title, d.About, d.Language, d.Kind, string(layers), d.Open, s.clock().UnixMicro())
		if err := row.Scan(&id); err != nil {
			return err
		}
		return s.noted(ctx, tx, by, "create", id)
	})
	if err != nil {
		return 0, fmt.Errorf("save a chart: %w", err)
	}
	return id, nil
}

// Change changes a chart. Kinds NotFound: there is none, or the actor may not; Invalid.
func (s *Visuals) Change(ctx context.Context, by account.Actor, id int64, d Draft) error {
	if err := d.clean(); err != nil {
		return err
	}
	layers, err := json.Marshal(d.Layers)
	if err != nil {
		return err
	}
	return s.alter(ctx, by, "update", id, sqlSet, d.Title, d.About, d.Language, d.Kind, string(layers), d.Open, s.clock().UnixMicro(), id)
}

// Remove forgets a chart. Kind NotFound: there is none, or the actor may not.
func (s *Visuals) Remove(ctx context.Context, by account.Actor, id int64) error {
	return s.alter(ctx, by, "remove", id, sqlRemove, id)
}

func (s *Visuals) alter(ctx context.Context, by account.Actor, verb string, id int64, query string, args ...any) error {
	err := db.Change(ctx, s.db, func(tx *sql.Tx) error {
		found, err := read(ctx, tx, sqlOne, id)
		if err != nil {
			return err
		}
		if len(found) == 0 || !MayEdit(by, found[0]) {
			return missing()
		}
		if _, err := tx.ExecContext(ctx, query, args...); err != nil {
			return err
		}
		return s.noted(ctx, tx, by, verb, id)
	})
	if err != nil {
		return fmt.Errorf("%s a chart: %w", verb, err)
	}
	return nil
}

func (s *Visuals) noted(ctx context.Context, tx *sql.Tx, by account.Actor, verb string, id int64) error {
	if _, err := db.Advance(ctx, tx, room); err != nil {
		return err
	}
	return account.Note(ctx, tx, s.clock(), by, verb, fmt.Sprintf("visual/%d", id), nil, nil)
}

// Find gives a chart to who may be shown it. Kind NotFound.
func (s *Visuals) Find(ctx context.Context, by account.Actor, id int64) (*Visual, error) {
	found, err := read(ctx, s.db, sqlOne, id)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 || !found[0].Open && !MayEdit(by, found[0]) {
		return nil, missing()
	}
	return found[0], nil
}

// Shown gives the charts that are open to everybody and those of the actor, the last changed first, at most 1000.
func (s *Visuals) Shown(ctx context.Context, by account.Actor) ([]*Visual, error) {
	owner := int64(0)
	if by.Person != nil {
		owner = by.Person.ID
	}
	return read(ctx, s.db, sqlShown, owner)
}

// MayEdit tells whether an actor may change a chart: who made it, and who changes all pages.
func MayEdit(by account.Actor, v *Visual) bool {
	return by.Person != nil && by.Person.ID == v.Owner && by.Scope == account.Every || by.May(account.EditPage) || by.May(account.ManagePage)
}

func missing() error { return fault.New(fault.NotFound, "There is no such chart.") }

func read(ctx context.Context, from db.Asker, query string, arg any) (out []*Visual, err error) {
	rows, err := from.QueryContext(ctx, query, arg)
	if err != nil {
		return nil, fmt.Errorf("read charts: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var v Visual
		var owner sql.NullInt64
		var layers string
		var created, changed int64
		if err := rows.Scan(&v.ID, &owner, &v.Title, &v.About, &v.Language, &v.Kind, &layers, &v.Open, &created, &changed); err != nil {
			return nil, fmt.Errorf("read charts: %w", err)
		}
		if err := json.Unmarshal([]byte(layers), &v.Layers); err != nil {
			return nil, fmt.Errorf("read the layers of chart %d: %w", v.ID, err)
		}
		v.Owner, v.Created, v.Changed = owner.Int64, time.UnixMicro(created).UTC(), time.UnixMicro(changed).UTC()
		out = append(out, &v)
	}
	return out, errors.Join(err, rows.Err())
}
