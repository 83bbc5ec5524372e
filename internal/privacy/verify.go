package privacy

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"parvis/internal/db"
	"parvis/internal/fault"
)

// Proof is what Verify found whole.
type Proof struct {
	Rows     int64  // of the chain
	Wordings int    // texts kept
	Head     string // hash of the last row: whoever notes it elsewhere can prove later that nothing before it changed
	Found    bool   // the head asked for is in the chain
}

// Verify goes through the whole ledger: every row's hash, their order, the end of the chain, every text that a row
// names. Noted is a head noted earlier that must be in the chain; "" asks for none.
//
// Kind Conflict: something was changed, left out or added behind the software's back; the message says which row.
func Verify(ctx context.Context, pool *sql.DB, noted string) (Proof, error) {
	var p Proof
	err := db.Change(ctx, pool, func(tx *sql.Tx) error { // one moment for all tables
		named, err := p.walk(ctx, tx, noted)
		if err != nil {
			return err
		}
		var n int64
		var head string
		if err := tx.QueryRowContext(ctx, sqlHead).Scan(&n, &head); err != nil {
			return fmt.Errorf("read the end of the ledger: %w", err)
		}
		if n != p.Rows || head != p.Head {
			return fault.New(fault.Conflict, "the ledger ends with row %d, and its last row should be number %d: rows were taken away or the end was changed", p.Rows, n)
		}
		if noted != "" && !p.Found {
			return fault.New(fault.Conflict, "the ledger does not hold the hash %s: it is not the chain that had this end", noted)
		}
		return p.texts(ctx, tx, named)
	})
	return p, err
}

// walk follows the chain, and gives the row that names each wording's hash.
func (p *Proof) walk(ctx context.Context, tx *sql.Tx, noted string) (named map[string]int64, err error) {
	rows, err := tx.QueryContext(ctx, sqlLedger)
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	defer rows.Close()
	named = map[string]int64{}
	for rows.Next() {
		var n, day int64
		var kind, body, hash string
		if err := rows.Scan(&n, &day, &kind, &body, &hash); err != nil {
			return nil, fault.Wrap(err, fault.Conflict, "row %d of the ledger cannot be read", p.Rows+1)
		}
		if n != p.Rows+1 {
			return nil, fault.New(fault.Conflict, "row %d of the ledger is missing", p.Rows+1)
		}
		if link(p.Head, n, day, kind, body) != hash {
			return nil, fault.New(fault.Conflict, "row %d of the ledger was changed", n)
		}
		if kind == kindWording {
			var w Wording
			if err := json.Unmarshal([]byte(body), &w); err != nil {
				return nil, fault.Wrap(err, fault.Conflict, "row %d of the ledger cannot be read", n)
			}
			named[w.Hash] = n
		}
		p.Rows, p.Head = n, hash
		p.Found = p.Found || hash == noted
	}
	return named, rows.Err()
}

// texts compares every kept text with the hash that the chain names.
func (p *Proof) texts(ctx context.Context, tx *sql.Tx, named map[string]int64) error {
	rows, err := tx.QueryContext(ctx, sqlWordings)
	if err != nil {
		return fmt.Errorf("read what visitors were shown: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var hash, text string
		if err := rows.Scan(&hash, &text); err != nil {
			return fault.Wrap(err, fault.Conflict, "a text that visitors were shown cannot be read")
		}
		n, ok := named[hash]
		if !ok {
			return fault.New(fault.Conflict, "a text is kept as shown to visitors that no row of the ledger names")
		}
		if sumOf(text) != hash {
			return fault.New(fault.Conflict, "the text that row %d of the ledger names was changed", n)
		}
		delete(named, hash)
		p.Wordings++
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read what visitors were shown: %w", err)
	}
	for _, n := range named {
		return fault.New(fault.Conflict, "the text that row %d of the ledger names is missing", n)
	}
	return nil
}
