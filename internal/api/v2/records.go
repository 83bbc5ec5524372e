package v2

import (
	"context"
	"strconv"
	"strings"

	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/explore"
	"parvis/internal/format"
	"parvis/internal/format/jsontext"
)

// state names the state of a dataset as who asked for it is shown it: another one whenever its rows or its description
// change, and for whoever is shown something else.
func state(e *catalog.Entry) string {
	out := e.UID + "/" + strconv.FormatInt(e.Revision, 36)
	if e.Version != nil {
		out += "/" + e.Version.Hash // "" to who is not shown everything: it would confirm a guess at the rest
	}
	if key := e.Access.Key(); key != "" {
		out += "/" + key
	}
	return out
}

// linkColumn is the column by which a row's own address is known; it is not shown.
const linkColumn = "parvis record"

// records answers …/datasets/{dataset_id}/records.
func (a *API) records(c *call) error {
	id := c.PathValue("dataset_id")
	e, err := a.forRows(c)
	if err != nil {
		return err
	}
	c.hit.Dataset = e.UID
	return a.answer(c, c.tag(state(e)), func(ctx context.Context, buffer []byte) ([]byte, tag, error) {
		q, err := c.params.question(c.lang)
		if err != nil {
			return nil, tag{}, err
		}
		if err := c.params.page(&q, a.groups); err != nil {
			return nil, tag{}, err
		}
		links, err := c.params.flag("include_links", false)
		if err != nil {
			return nil, tag{}, err
		}
		if _, err := c.params.flag("include_app_metas", false); err != nil {
			return nil, tag{}, err
		}
		own := links && strings.TrimSpace(q.GroupBy) == "" && !explore.Aggregating(q.Select)
		if own {
			if strings.TrimSpace(q.Select) == "" {
				q.Select = "*"
			}
			q.Select += ", lower(recordid) as `" + linkColumn + "`" // no bare field, beside which exclude() alone means no others
		}
		got, err := a.explorer.Records(ctx, c.actor, id, q)
		if err != nil {
			return nil, tag{}, err
		}
		buffer = append(buffer, `{"total_count":`...)
		buffer = strconv.AppendInt(buffer, got.Total, 10)
		if links {
			buffer = append(buffer, `,"_links":`...)
			buffer = appendLinks(buffer, append(c.pageLinks(c.datasetURL(id)+"/records", *q.Limit, q.Offset, got.Total), link{"dataset", c.datasetURL(id)}))
		}
		buffer = append(buffer, `,"results":[`...)
		if own {
			buffer = c.appendLinked(buffer, got, id)
		} else {
			buffer = c.appendRows(buffer, got)
		}
		return append(buffer, "]}"...), c.volatileTag(got, state(got.Entry)), nil
	})
}

// volatileTag is the tag of an answer over data in a state, the zero tag where the answer depends on the clock.
func (c *call) volatileTag(got *explore.Answer, state string) tag {
	if got.Plan != nil && got.Plan.Volatile {
		return tag{}
	}
	return c.tag(state)
}

// options are the choices of JSON that answers.
func (c *call) options(got *explore.Answer) format.Options {
	return format.Options{Location: got.Plan.Loc, Files: filesURL(c.base, c.PathValue("dataset_id"))}
}

// appendRows writes the rows of an answer, parted by commas.
func (c *call) appendRows(dst []byte, got *explore.Answer) []byte {
	first := true
	rows := jsontext.NewEncoder(got.Columns, c.options(got))
	for _, b := range got.Batches {
		for i := range b.Len {
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = rows.AppendRow(dst, b, i)
		}
	}
	return dst
}

// appendLinked writes rows whose last column is the record's identifier, each with its links.
func (c *call) appendLinked(dst []byte, got *explore.Answer, id string) []byte {
	last := len(got.Columns) - 1
	rows := jsontext.NewEncoder(got.Columns[:last], c.options(got))
	address := c.datasetURL(id)
	first := true
	for _, b := range got.Batches {
		bare := &dataset.Batch{Len: b.Len, Vectors: b.Vectors[:last]}
		for i := range b.Len {
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = rows.AppendRow(dst, bare, i)
			dst = dst[:len(dst)-1]
			if last > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, `"_links":`...)
			dst = appendLinks(dst, []link{{"self", address + "/records/" + string(b.Vectors[last].Text(i))}, {"dataset", address}, {"catalog", c.catalogURL()}})
			dst = append(dst, '}')
		}
	}
	return dst
}

// record answers …/datasets/{dataset_id}/records/{record_id}.
func (a *API) record(c *call) error {
	id := c.PathValue("dataset_id")
	e, err := a.forRows(c)
	if err != nil {
		return err
	}
	c.hit.Dataset = e.UID
	return a.answer(c, c.tag(state(e)), func(ctx context.Context, buffer []byte) ([]byte, tag, error) {
		q, err := c.params.question(c.lang)
		if err != nil {
			return nil, tag{}, err
		}
		got, err := a.explorer.Record(ctx, c.actor, id, c.PathValue("record_id"), q)
		if err != nil {
			return nil, tag{}, err
		}
		return c.appendRows(buffer, got), c.volatileTag(got, state(got.Entry)), nil
	})
}
