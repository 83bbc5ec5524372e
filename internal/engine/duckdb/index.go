package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"unsafe"

	driverpkg "github.com/duckdb/duckdb-go/v2"

	"parvis/internal/dataset"
	"parvis/internal/engine"
	"parvis/internal/text"
)

// uniqueIDs gives a new id to each record but the first of those that share one: the SHA-1 of the id and the
// record's ordinal among them as decimal text.
func (l *loader) uniqueIDs(ctx context.Context) error {
	// New ids cannot meet old ones but by an attack on SHA-1; the bound keeps even that from going on for ever.
	for range 3 {
		doubled, err := l.exists(ctx, "SELECT count(*) > 0 FROM (SELECT _id FROM v.main.records GROUP BY _id HAVING count(*) > 1 LIMIT 1)")
		if err != nil || !doubled {
			return err
		}
		err = l.run(ctx, `
			UPDATE v.main.records SET _id = unhex(sha1(d._id || encode(d.k::VARCHAR)))
			FROM (
				SELECT _n, _id, row_number() OVER (PARTITION BY _id ORDER BY _n) - 1 AS k FROM v.main.records
				WHERE _id IN (SELECT _id FROM v.main.records GROUP BY _id HAVING count(*) > 1)
			) AS d
			WHERE records._n = d._n AND d.k > 0`)
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) exists(ctx context.Context, question string) (yes bool, err error) {
	err = l.sqlConn.QueryRowContext(ctx, question).Scan(&yes)
	return yes, err
}

// smallText is how many bytes of rows a version may have for its words to be sorted in memory.
const smallText = 8 << 20

// index builds the tables of terms. Sorting the words as they are split takes more memory than it may have,
// hence they are written down unsorted first, in a file of the load's own. Where there are few, that file would take
// longer than all else.
func (l *loader) index(ctx context.Context) error {
	parts := []string{"SELECT NULL::VARCHAR AS term, 0 AS field, 0::BIGINT AS n WHERE false"}
	for i, f := range l.fields {
		if f.Type != dataset.Text {
			continue
		}
		value := engine.Col(i)
		if f.List() {
			value = "array_to_string(" + value + ", ' ')"
		}
		parts = append(parts, fmt.Sprintf(
			"SELECT unnest(string_split(parvis_terms(%s), ' ')), %d, _n FROM v.main.records", value, i))
	}
	words := strings.Join(parts, " UNION ALL ")
	steps := []string{"CREATE TABLE v.main.terms AS FROM (" + words + ") ORDER BY term, field, n"}
	if l.rows > smallVersion || l.bytes > smallText {
		steps = []string{
			"ATTACH " + engine.Quote(filepath.Join(l.temp, "words")) + " AS w",
			"CREATE TABLE w.main.words AS " + words,
			"CREATE TABLE v.main.terms AS FROM w.main.words ORDER BY term, field, n",
			"DETACH w",
		}
	}
	for _, statement := range append(steps,
		"CREATE TABLE v.main.vocab AS SELECT term, field, count(*) AS rows FROM v.main.terms GROUP BY term, field ORDER BY term, field",
	) {
		if err := l.run(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// registerTerms makes parvis_terms(VARCHAR) VARCHAR known to an instance: the terms of a text, each once,
// with blanks between them; null where it has none.
func registerTerms(conn *sql.Conn) error {
	varchar, err := driverpkg.NewTypeInfo(driverpkg.TYPE_VARCHAR)
	if err != nil {
		return fmt.Errorf("register parvis_terms: %w", err)
	}
	pool := &sync.Pool{New: func() any { return new(distinct) }}
	f := &function{
		config: driverpkg.ScalarFuncConfig{InputTypeInfos: []driverpkg.TypeInfo{varchar}, ResultTypeInfo: varchar},
		chunk: func(_ context.Context, chunk *driverpkg.ChunkIteratorState) error {
			d := pool.Get().(*distinct)
			defer pool.Put(d)
			return d.chunk(chunk)
		},
	}
	if err := driverpkg.RegisterScalarUDF(conn, "parvis_terms", f); err != nil {
		return fmt.Errorf("register parvis_terms: %w", err)
	}
	return nil
}

// distinct finds the different terms of texts, one text after the other, in memory used again.
type distinct struct {
	all, once []byte
	slots     []slot // an open hash table, its size a power of two
	round     uint32 // slots of other rounds are free
}

// slot holds a term by its place in distinct.once.
type slot struct {
	round    uint32
	hash     uint32
	from, to int
}

func (d *distinct) chunk(chunk *driverpkg.ChunkIteratorState) error {
	in, err := chunk.GetInputChunk().GetVector(0)
	if err != nil {
		return err
	}
	texts, err := driverpkg.GetVectorView[string](in)
	if err != nil {
		return err
	}
	out, err := driverpkg.GetVectorWriter[string](chunk.GetResultVector())
	if err != nil {
		return err
	}
	for row := range texts.Len() {
		s, ok, err := texts.GetValueBorrowed(row)
		if err != nil {
			return err
		}
		var terms []byte
		if ok {
			terms = d.terms(s)
		}
		if len(terms) == 0 {
			err = out.SetNull(row)
		} else {
			err = out.Set(row, unsafe.String(&terms[0], len(terms)))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// terms gives the different terms of s, valid until the next call.
func (d *distinct) terms(s string) []byte {
	d.all = text.AppendTerms(d.all[:0], s)
	d.once = d.once[:0]
	// A term takes at least two bytes with its blank: half the bytes is an upper bound of their number.
	size := 64
	for size < len(d.all) {
		size *= 2
	}
	if len(d.slots) < size {
		d.slots = make([]slot, size)
		d.round = 0
	}
	if d.round++; d.round == 0 {
		clear(d.slots)
		d.round = 1
	}
	mask := uint32(size - 1)
	for from := 0; from < len(d.all); {
		hash := uint32(2166136261) // FNV-1a
		to := from
		for ; to < len(d.all) && d.all[to] != ' '; to++ {
			hash = (hash ^ uint32(d.all[to])) * 16777619
		}
		d.add(d.all[from:to], hash, mask)
		from = to + 1
	}
	return d.once
}

func (d *distinct) add(term []byte, hash, mask uint32) {
	for i := hash & mask; ; i = (i + 1) & mask {
		s := &d.slots[i]
		if s.round != d.round {
			if len(d.once) > 0 {
				d.once = append(d.once, ' ')
			}
			from := len(d.once)
			d.once = append(d.once, term...)
			*s = slot{d.round, hash, from, len(d.once)}
			return
		}
		if s.hash == hash && string(d.once[s.from:s.to]) == string(term) {
			return
		}
	}
}
