package v2

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"slices"

	"parvis/internal/account"
	"parvis/internal/dataset"
	"parvis/internal/explore"
	"parvis/internal/fault"
)

const (
	sampleRows   = 2_000  // up to which a file is made to be measured; of more rows so many are looked at
	parquetRows  = 20_000 // the same of Parquet, whose columns must be long to be small
	sampledBytes = 8 << 20
)

// Size tells how many bytes the file holds that …/exports/{kind} answers with for these parameters and this actor,
// before compression on the way. Rows are those that the file holds: of few of them, the file is made and exact is true; else the
// size is reckoned from rows of the dataset, whatever the filter. Kinds as explore.Export, and Invalid for a format that there is not.
func (a *API) Size(ctx context.Context, who account.Actor, id, kind string, query url.Values, rows int64) (bytes int64, exact bool, err error) {
	list := files()
	i := slices.IndexFunc(list, func(f file) bool { return f.name == kind })
	if i < 0 {
		return 0, false, fault.New(fault.Invalid, "There is no export format %q.", kind)
	}
	p := parseQuery(query.Encode())
	lang := a.language
	if wanted := p.one("lang"); wanted != "" {
		lang = wanted
	}
	q, err := p.question(lang)
	if err != nil {
		return 0, false, err
	}
	all := -1
	q.Limit = &all
	looked := int64(sampleRows)
	if list[i].new == nil {
		looked = parquetRows
	}
	if exact = rows <= looked; !exact {
		q.Where, q.Refine, q.Exclude = nil, nil, nil
		if list[i].new == nil {
			some := parquetRows
			q.Limit = &some
		}
	}
	export, err := a.explorer.Export(ctx, who, id, q)
	if err != nil {
		return 0, false, err
	}
	key := fmt.Sprint(state(export.Entry), " ", kind, " ", rows, " ", query.Encode())
	if bytes, known := a.sizes.Get(key); known {
		return bytes, exact, nil
	}
	bytes, exact, err = a.measure(ctx, list[i], export, p, lang, rows, exact)
	if err == nil && !export.Plan.Volatile {
		a.sizes.Add(key, bytes)
	}
	return bytes, exact, err
}

// measure makes a file, of all rows or of some, and gives its size with rows of them.
func (a *API) measure(ctx context.Context, f file, export *explore.Export, p parameters, lang string, rows int64, whole bool) (bytes int64, exact bool, err error) {
	how, err := p.choices(export.Entry.ID)
	if err != nil {
		return 0, false, err
	}
	if f.new == nil {
		path := a.parquet.fresh()
		defer os.Remove(path)
		if err := export.Parquet(ctx, path, how.codec); err != nil {
			return 0, false, err
		}
		about, err := os.Stat(path)
		if err != nil {
			return 0, false, err
		}
		if whole {
			return about.Size(), true, nil
		}
		return scaled(about.Size(), 0, parquetRows, rows), false, nil
	}
	how.Location = export.Plan.Loc
	if f.name != "json" {
		export.PlainText()
	}
	columns := export.Columns
	if how.Labels {
		columns = labelled(columns, export.Entry, lang)
	}
	var empty, made counter
	none, err := f.new(&empty, columns, how.Options)
	if err != nil {
		return 0, false, err
	}
	if err := none.Close(); err != nil {
		return 0, false, err
	}
	w, err := f.new(&made, columns, how.Options)
	if err != nil {
		return 0, false, err
	}
	seen := int64(0)
	take := func(b *dataset.Batch) error {
		if made > sampledBytes && !whole {
			return nil
		}
		seen += int64(b.Len)
		return w.Write(b)
	}
	if whole {
		err = export.Each(ctx, take)
	} else {
		err = export.Sample(ctx, sampleRows, take)
	}
	if err != nil {
		return 0, false, err
	}
	if err := w.Close(); err != nil {
		return 0, false, err
	}
	if whole {
		return int64(made), true, nil
	}
	return scaled(int64(made), int64(empty), seen, rows), false, nil
}

// scaled gives the size of a file of rows from that of one with fewer, or with none.
func scaled(made, empty, seen, rows int64) int64 {
	if seen == 0 {
		return empty
	}
	return empty + int64(float64(made-empty)*float64(rows)/float64(seen))
}

// counter is a writer that keeps nothing but the number of bytes.
type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}
