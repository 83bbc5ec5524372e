package data

import (
	"context"
	"os"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/explore"
	"parvis/internal/odsql"
)

// Portal is what the pages ask of the portal. Failures are faults: NotFound and Forbidden as the catalogue says,
// Invalid (an *odsql.Error) for a question that cannot be read.
type Portal interface {
	// Datasets answers a question over the catalogue: the datasets of its page and the number of all that match.
	Datasets(ctx context.Context, a account.Actor, q odsql.Question) (page []*catalog.Entry, total int64, err error)

	// CatalogFacets counts the values of the facets that the question names over the datasets that match.
	CatalogFacets(ctx context.Context, a account.Actor, q odsql.Question) ([]explore.Facet, error)

	// Dataset gives a dataset's description; visible is false where its rows are hidden from a.
	Dataset(ctx context.Context, a account.Actor, id string) (e *catalog.Entry, visible bool, err error)

	// Records answers a question over the rows of a dataset: a page of rows and the number of all that match.
	Records(ctx context.Context, a account.Actor, id string, q odsql.Question) (*Rows, error)

	// Record gives one row by its identifier of 40 hexadecimal digits.
	Record(ctx context.Context, a account.Actor, id, record string) (*Rows, error)

	// Facets counts the values of the facets that the question names, or of all annotated fields.
	Facets(ctx context.Context, a account.Actor, id string, q odsql.Question) ([]explore.Facet, error)

	// SmallPicture opens the small picture of a file that a row holds, and tells its media type. NotFound, too, where a is shown no row that
	// holds it, or the file is no picture.
	SmallPicture(ctx context.Context, a account.Actor, id, file string) (f *os.File, mimetype string, err error)

	// Sample hands out n rows of a dataset or a few more, from all along it, batch by batch; all of them where there are fewer. A
	// batch is valid only within the call.
	Sample(ctx context.Context, a account.Actor, id string, n int64, each func([]dataset.Column, *dataset.Batch)) error
}

// Rows is a page of rows.
type Rows struct {
	Columns []dataset.Column
	Values  [][]any  // by row, then column: nil or a value as dataset.Record tells
	IDs     []string // the rows' identifiers; nil where rows have none (groups)
	Total   int64    // rows that match, on all pages
}
