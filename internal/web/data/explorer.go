package data

import (
	"context"
	"encoding/hex"
	"os"
	"slices"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/explore"
	"parvis/internal/fault"
	"parvis/internal/media"
	"parvis/internal/odsql"
)

// Explored is the Portal over the real catalogue and its explorer.
type Explored struct {
	Explorer *explore.Explorer
	Catalog  *catalog.Catalog
}

// Datasets implements Portal.
func (x Explored) Datasets(ctx context.Context, a account.Actor, q odsql.Question) ([]*catalog.Entry, int64, error) {
	answer, err := x.Explorer.Datasets(ctx, a, q)
	if err != nil {
		return nil, 0, err
	}
	return answer.Entries, answer.Total, nil
}

// CatalogFacets implements Portal.
func (x Explored) CatalogFacets(ctx context.Context, a account.Actor, q odsql.Question) ([]explore.Facet, error) {
	answer, err := x.Explorer.CatalogFacets(ctx, a, q)
	if err != nil {
		return nil, err
	}
	return answer.Facets, nil
}

// Dataset implements Portal.
func (x Explored) Dataset(_ context.Context, a account.Actor, id string) (*catalog.Entry, bool, error) {
	e, err := x.Catalog.Find(a, id)
	if err != nil {
		return nil, false, err
	}
	return e, e.Access.Data, nil
}

// recordID is the name of the technical field that holds a record's identifier.
const recordID = "recordid"

// Records implements Portal.
func (x Explored) Records(ctx context.Context, a account.Actor, id string, q odsql.Question) (*Rows, error) {
	if q.Select == "" && q.GroupBy == "" {
		q.Select = "*, " + recordID
	}
	answer, err := x.Explorer.Records(ctx, a, id, q)
	if err != nil {
		return nil, err
	}
	return rowsOf(answer), nil
}

// Record implements Portal.
func (x Explored) Record(ctx context.Context, a account.Actor, id, record string) (*Rows, error) {
	answer, err := x.Explorer.Record(ctx, a, id, record, odsql.Question{})
	if err != nil {
		return nil, err
	}
	return rowsOf(answer), nil
}

// rowsOf copies an answer; a last column with the records' identifiers is taken apart.
func rowsOf(answer *explore.Answer) *Rows {
	out := &Rows{Columns: answer.Columns, Total: answer.Total}
	for _, b := range answer.Batches {
		out.Values = append(out.Values, Decode(answer.Columns, b)...)
	}
	last := len(out.Columns) - 1
	if last < 1 || out.Columns[last].Name != recordID {
		return out
	}
	out.Columns = slices.Clone(out.Columns[:last])
	out.IDs = make([]string, len(out.Values))
	for i, values := range out.Values {
		switch id := values[last].(type) {
		case string:
			if len(id) == 20 { // as it lies in the engine
				id = hex.EncodeToString([]byte(id))
			}
			out.IDs[i] = id
		}
		out.Values[i] = values[:last]
	}
	return out
}

// Facets implements Portal.
func (x Explored) Facets(ctx context.Context, a account.Actor, id string, q odsql.Question) ([]explore.Facet, error) {
	answer, err := x.Explorer.Facets(ctx, a, id, q)
	if err != nil {
		return nil, err
	}
	return answer.Facets, nil
}

// SmallPicture implements Portal.
func (x Explored) SmallPicture(ctx context.Context, a account.Actor, id, file string) (f *os.File, mimetype string, err error) {
	e, about, err := x.Explorer.File(ctx, a, id, file)
	if err != nil {
		return nil, "", err
	}
	f, err = x.Catalog.File(e, media.Small(about.ID))
	if fault.KindOf(err) == fault.NotFound && about.Thumbnail { // it is small itself
		f, err = x.Catalog.File(e, about.ID)
		return f, about.MIMEType, err
	}
	return f, "image/jpeg", err
}

// Sample implements Portal.
func (x Explored) Sample(ctx context.Context, a account.Actor, id string, n int64, each func([]dataset.Column, *dataset.Batch)) error {
	rows, err := x.Explorer.Look(ctx, a, id, odsql.Question{})
	if err != nil {
		return err
	}
	return rows.Sample(ctx, n, func(b *dataset.Batch) error {
		each(rows.Columns, b)
		return nil
	})
}
