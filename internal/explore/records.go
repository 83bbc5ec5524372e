package explore

import (
	"context"
	"encoding/hex"
	"fmt"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/engine"
	"parvis/internal/odsql"
	"parvis/internal/odsql/check"
	"parvis/internal/odsql/sqlgen"
)

// Answer is a page of rows.
type Answer struct {
	Entry   *catalog.Entry // the dataset as it stood when it was asked; nil for the catalogue
	Plan    *check.Plan
	Columns []dataset.Column
	Batches []*dataset.Batch // the rows, in order
	Total   int64            // records that meet the question, or groups, before paging
}

// Len gives the number of rows of the page.
func (a *Answer) Len() int {
	n := 0
	for _, b := range a.Batches {
		n += b.Len
	}
	return n
}

// Records answers a question about a dataset's rows: a page of records, of groups, or one row of aggregates.
// A missing limit is DefaultRows, or DefaultGroups where the question groups. Kinds: NotFound and Forbidden as
// catalog.ForRows, Invalid for a question that makes no sense, Unavailable for one that takes too long.
func (x *Explorer) Records(ctx context.Context, a account.Actor, id string, q odsql.Question) (*Answer, error) {
	e, err := x.forRows(a, id)
	if err != nil {
		return nil, err
	}
	p, err := x.checked(e, q)
	if err != nil {
		return nil, err
	}
	out := &Answer{Entry: e, Plan: p, Columns: p.Columns}
	if !e.HasRecords() {
		return out, nil
	}
	limit, offset := window(q, p)
	if err := x.page(ctx, out, e.Source(), e.Everything().Rows(), limit, offset); err != nil {
		return nil, fmt.Errorf("records of %s: %w", e.UID, err)
	}
	return out, nil
}

// page fills in the rows of an answer and its total; rows is the number of records of the version.
func (x *Explorer) page(ctx context.Context, out *Answer, src engine.Source, rows int64, limit, offset int) error {
	p := out.Plan
	if p.Aggregated {
		offset = 0
		if limit < 0 {
			limit = 1
		}
		limit = min(limit, 1)
	}
	got := 0
	if limit != 0 {
		var err error
		if out.Batches, err = x.fetch(ctx, sqlgen.Rows(src, p, limit, offset)); err != nil {
			return err
		}
		got = out.Len()
	}
	switch {
	case !p.Grouped && len(p.Filters) == 0:
		out.Total = rows
	case !p.Aggregated && got < limit && (got > 0 || offset == 0):
		out.Total = int64(offset + got) // the last page: it shows how many there are
	default:
		total, err := x.one(ctx, sqlgen.Count(src, p))
		if err != nil {
			return err
		}
		out.Total = total
	}
	return nil
}

// fetch gives all rows of a statement.
func (x *Explorer) fetch(ctx context.Context, st engine.Statement) ([]*dataset.Batch, error) {
	rows, err := x.engine.Query(ctx, st)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*dataset.Batch
	for {
		b, err := rows.Next()
		if err != nil {
			return nil, err
		}
		if b == nil {
			return out, nil
		}
		if b.Len > 0 {
			out = append(out, copyBatch(b))
		}
	}
}

// one gives the single whole number that a statement answers with.
func (x *Explorer) one(ctx context.Context, st engine.Statement) (int64, error) {
	batches, err := x.fetch(ctx, st)
	if err != nil {
		return 0, err
	}
	if len(batches) != 1 || batches[0].Len != 1 {
		return 0, fmt.Errorf("a count gave %d batches where one number was expected", len(batches))
	}
	return batches[0].Vectors[0].Ints[0], nil
}

// Record gives one record by its identifier, 40 hexadecimal digits. Only select, lang and timezone of the
// question count. Kinds as Records, and NotFound where there is no such record.
func (x *Explorer) Record(ctx context.Context, a account.Actor, id, recordID string, q odsql.Question) (*Answer, error) {
	e, err := x.forRows(a, id)
	if err != nil {
		return nil, err
	}
	p, err := x.checked(e, odsql.Question{Select: q.Select, Lang: q.Lang, Timezone: q.Timezone})
	if err != nil {
		return nil, err
	}
	raw, err := hex.DecodeString(recordID)
	if err != nil || len(raw) != 20 || !e.HasRecords() {
		return nil, noRecord(recordID)
	}
	if len(p.Aggregates) > 0 {
		return nil, &odsql.Error{Clauses: []string{"select"}, Message: "a single record has no aggregates"}
	}
	out := &Answer{Entry: e, Plan: p, Columns: p.Columns}
	if out.Batches, err = x.fetch(ctx, sqlgen.Record(e.Source(), p, [20]byte(raw))); err != nil {
		return nil, fmt.Errorf("record of %s: %w", e.UID, err)
	}
	if out.Len() == 0 {
		return nil, noRecord(recordID)
	}
	out.Total = 1
	return out, nil
}
