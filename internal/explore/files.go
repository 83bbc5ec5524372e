package explore

import (
	"context"
	"fmt"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/odsql"
	"parvis/internal/odsql/check"
	"parvis/internal/odsql/sqlgen"
)

// File gives what the rows of a dataset tell of a file that they hold, and the dataset as it stands. Who is shown no row that holds
// it, or not the field in which it stands, is not told that there is one. Kinds as Records, and NotFound where there is no such file.
func (x *Explorer) File(ctx context.Context, a account.Actor, id, file string) (*catalog.Entry, dataset.FileValue, error) {
	e, err := x.forRows(a, id)
	if err != nil {
		return nil, dataset.FileValue{}, err
	}
	key := fmt.Sprint(e.UID, "/", e.Revision, "/", e.Access.Key(), "/", file) // rules may change without another version
	if found, known := x.files.Get(key); known {
		return e, found, nil
	}
	found, err := x.findFile(ctx, e, file)
	if err != nil {
		return nil, found, fmt.Errorf("file of %s: %w", e.UID, err)
	}
	if !found.Kept() {
		return nil, found, fault.New(fault.NotFound, "The dataset %s has no file %q.", e.ID, file)
	}
	x.files.Add(key, found)
	return e, found, nil
}

// findFile looks for a file in the rows as they are shown; the zero value where none holds it.
func (x *Explorer) findFile(ctx context.Context, e *catalog.Entry, file string) (found dataset.FileValue, err error) {
	if !e.HasRecords() || !dataset.IsFileID(file) {
		return found, nil
	}
	p, err := x.checked(e, odsql.Question{})
	if err != nil {
		return found, err
	}
	columns, values := p.Columns, p.Select
	p.Columns, p.Select = nil, nil
	holds := check.StartsWith{Prefix: dataset.FileStart(file)}
	for i, c := range columns {
		if field, is := values[i].(check.Field); is && c.Type == dataset.File {
			p.Columns, p.Select = append(p.Columns, c), append(p.Select, values[i])
			holds.Fields = append(holds.Fields, field.Index)
		}
	}
	if len(holds.Fields) == 0 {
		return found, nil
	}
	p.Filters = append(p.Filters, check.Filter{Predicate: holds, Facet: -1})
	batches, err := x.fetch(ctx, sqlgen.Rows(e.Source(), p, 1, 0))
	if err != nil || len(batches) == 0 {
		return found, err
	}
	for _, v := range batches[0].Vectors {
		if !v.Null(0) && string(dataset.KeptFile(v.Text(0))) == file {
			found, _ = dataset.ReadFile(string(v.Text(0)))
		}
	}
	return found, nil
}
