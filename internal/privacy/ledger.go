package privacy

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"parvis/internal/db"
)

// The kinds of the chain's rows.
const (
	kindPolicy  = "policy"
	kindWording = "wording"
	kindChoices = "choices"
)

// Wording is something that visitors were shown, word by word.
type Wording struct {
	Policy   string `json:"policy"`   // hash of the policy it belongs to
	What     string `json:"what"`     // "policy", "banner" or "centre"
	Language string `json:"language"` // tag
	Hash     string `json:"hash"`     // SHA-256 of Text, hexadecimal; Archive finds it out
	Text     string `json:"-"`
}

// Tally is how often a choice was made on a day.
type Tally struct {
	Day      int64  `json:"-"`
	Policy   string `json:"policy"`
	Language string `json:"language"`
	Class    string `json:"class"` // see Registry.Class
	N        int64  `json:"n"`
}

// Ledger keeps the proof of what visitors were told and how they chose: a chain of rows, each of which covers the one
// before. It holds days and counts, never a visit. All methods may be called at once from many goroutines; a nil
// Ledger keeps nothing.
type Ledger struct {
	db      *sql.DB
	clock   func() time.Time
	policy  string
	updated time.Time

	mutex   sync.Mutex
	pending map[Tally]int64 // counts not yet in the database, under a Tally whose N is 0
}

// OpenLedger opens the ledger of a portal, and notes the registry's policy where it is not the last one noted.
func OpenLedger(ctx context.Context, pool *sql.DB, r *Registry) (*Ledger, error) {
	l := &Ledger{db: pool, clock: r.o.Clock, policy: r.hash, pending: map[Tally]int64{}}
	err := db.Change(ctx, pool, func(tx *sql.Tx) error {
		var day int64
		var body string
		err := tx.QueryRowContext(ctx, sqlLastOfKind, kindPolicy).Scan(&day, &body)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		now, err := json.Marshal(map[string]string{"policy": r.hash})
		if err != nil {
			return err
		}
		if body != string(now) {
			day = l.today()
			if err := chain(ctx, tx, day, kindPolicy, now); err != nil {
				return err
			}
		}
		l.updated = time.Unix(day*86400, 0).UTC()
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("note the cookie policy: %w", err)
	}
	return l, nil
}

func (l *Ledger) today() int64 { return l.clock().Unix() / 86400 }

// Updated is the day, UTC, since which the policy has been as it is; zero where it is not known.
func (l *Ledger) Updated() time.Time {
	if l == nil {
		return time.Time{}
	}
	return l.updated
}

// Archive keeps wordings of the present policy, once each.
func (l *Ledger) Archive(ctx context.Context, list []Wording) error {
	if l == nil {
		return nil
	}
	err := db.Change(ctx, l.db, func(tx *sql.Tx) error {
		known, err := wordings(ctx, tx)
		if err != nil {
			return err
		}
		for _, w := range list {
			w.Policy, w.Hash = l.policy, sumOf(w.Text)
			text := w.Text
			w.Text = ""
			if slices.Contains(known, w) {
				continue
			}
			known = append(known, w)
			body, err := json.Marshal(w)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, sqlKeep, w.Hash, text); err != nil {
				return err
			}
			if err := chain(ctx, tx, l.today(), kindWording, body); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep what visitors are shown: %w", err)
	}
	return nil
}

// Wordings gives what was shown under a policy, oldest first, with its text.
func (l *Ledger) Wordings(ctx context.Context, policy string) ([]Wording, error) {
	all, err := wordings(ctx, l.db)
	if err != nil {
		return nil, fmt.Errorf("read what visitors were shown: %w", err)
	}
	out := slices.DeleteFunc(all, func(w Wording) bool { return w.Policy != policy })
	for i := range out {
		if err := l.db.QueryRowContext(ctx, sqlWording, out[i].Hash).Scan(&out[i].Text); err != nil {
			return nil, fmt.Errorf("read what visitors were shown: %w", err)
		}
	}
	return out, nil
}

// wordings reads the rows of that kind, without the texts.
func wordings(ctx context.Context, from db.Asker) ([]Wording, error) {
	rows, err := from.QueryContext(ctx, sqlOfKind, kindWording)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Wording
	for rows.Next() {
		var day int64
		var body string
		if err := rows.Scan(&day, &body); err != nil {
			return nil, err
		}
		var w Wording
		if err := json.Unmarshal([]byte(body), &w); err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, rows.Err()
}

// Count counts a choice of today; memory holds it until Flush.
func (l *Ledger) Count(language, class string) {
	if l == nil {
		return
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.pending[Tally{Day: l.today(), Policy: l.policy, Language: language, Class: class}]++
}

// Flush writes counts into the database, and the days that are over into the chain, one row each.
func (l *Ledger) Flush(ctx context.Context) error {
	l.mutex.Lock()
	writing := l.pending
	l.pending = map[Tally]int64{}
	l.mutex.Unlock()
	err := db.Change(ctx, l.db, func(tx *sql.Tx) error {
		for t, n := range writing {
			if _, err := tx.ExecContext(ctx, sqlCount, t.Day, t.Policy, t.Language, t.Class, n); err != nil {
				return err
			}
		}
		return l.closeDays(ctx, tx)
	})
	if err != nil {
		l.mutex.Lock()
		for t, n := range writing {
			l.pending[t] += n
		}
		l.mutex.Unlock()
		return fmt.Errorf("write the counts of choices: %w", err)
	}
	return nil
}

// closeDays chains the days before today.
func (l *Ledger) closeDays(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, sqlEnded, l.today())
	if err != nil {
		return err
	}
	defer rows.Close()
	var days []int64
	byDay := map[int64][]Tally{}
	for rows.Next() {
		var t Tally
		if err := rows.Scan(&t.Day, &t.Policy, &t.Language, &t.Class, &t.N); err != nil {
			return err
		}
		if len(byDay[t.Day]) == 0 {
			days = append(days, t.Day)
		}
		byDay[t.Day] = append(byDay[t.Day], t)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, d := range days {
		body, err := json.Marshal(byDay[d])
		if err != nil {
			return err
		}
		if err := chain(ctx, tx, d, kindChoices, body); err != nil {
			return err
		}
	}
	if len(days) == 0 {
		return nil
	}
	_, err = tx.ExecContext(ctx, sqlClear, l.today())
	return err
}

// Follow flushes every hour until ctx ends, and once more then. Failed receives what goes wrong and may be nil.
func (l *Ledger) Follow(ctx context.Context, failed func(error)) {
	ticks := time.NewTicker(time.Hour)
	defer ticks.Stop()
	tell := func(err error) {
		if err != nil && failed != nil {
			failed(err)
		}
	}
	for {
		select {
		case <-ctx.Done():
			last, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer stop()
			tell(l.Flush(last))
			return
		case <-ticks.C:
			tell(l.Flush(ctx))
		}
	}
}

// chain adds a row.
func chain(ctx context.Context, tx *sql.Tx, day int64, kind string, body []byte) error {
	var n int64
	var before string
	if err := tx.QueryRowContext(ctx, sqlHead).Scan(&n, &before); err != nil {
		return err
	}
	n++
	hash := link(before, n, day, kind, string(body))
	if _, err := tx.ExecContext(ctx, sqlAppend, n, day, kind, string(body), hash); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, sqlMoveHead, n, hash)
	return err
}

// link gives the hash of a row that follows the row with the hash before. No cell but the last holds a line break.
func link(before string, n, day int64, kind, body string) string {
	return sumOf(strings.Join([]string{before, fmt.Sprint(n), fmt.Sprint(day), kind, body}, "\n"))
}

func sumOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
