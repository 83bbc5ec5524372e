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
	columns, values, filters := p.Columns, p.Select, p.Filters
	for i, c := range columns {
		field, is := values[i].(check.Field)
		if c.Type != dataset.File || !is {
			continue
		}
		p.Columns, p.Select = columns[i:i+1], values[i:i+1]
		begins := check.StartsWith{Fields: []int{field.Index}, Prefix: dataset.FileStart(file)}
		p.Filters = append(filters[:len(filters):len(filters)], check.Filter{Predicate: begins, Facet: -1})
		batches, err := x.fetch(ctx, sqlgen.Rows(e.Source(), p, 1, 0))
		if err != nil {
			return found, err
		}
		if len(batches) > 0 && !batches[0].Vectors[0].Null(0) {
			found, _ = dataset.ReadFile(string(batches[0].Vectors[0].Text(0)))
			return found, nil
		}
	}
	return found, nil
}
