package v2

import (
	"context"
	"strconv"

	"parvis/internal/explore"
	"parvis/internal/format"
	"parvis/internal/format/jsontext"
	"parvis/internal/odsql"
)

// shown reads how datasets are to be shown.
func (p parameters) shown() (how shown, err error) {
	if how.links, err = p.flag("include_links", false); err != nil {
		return how, err
	}
	how.appMetas, err = p.flag("include_app_metas", false)
	return how, err
}

// datasets answers /catalog/datasets.
func (a *API) datasets(c *call) error {
	state, err := a.explorer.CatalogState(c.Context(), c.actor)
	if err != nil {
		return err
	}
	return a.answer(c, c.tag(state), func(ctx context.Context, buffer []byte) ([]byte, tag, error) {
		q, err := c.params.question(c.lang)
		if err != nil {
			return nil, tag{}, err
		}
		if err := c.params.page(&q, a.groups); err != nil {
			return nil, tag{}, err
		}
		how, err := c.params.shown()
		if err != nil {
			return nil, tag{}, err
		}
		got, err := a.explorer.Datasets(ctx, c.actor, q)
		if err != nil {
			return nil, tag{}, err
		}
		buffer = append(buffer, `{"total_count":`...)
		buffer = strconv.AppendInt(buffer, got.Total, 10)
		if how.links {
			buffer = append(buffer, `,"_links":`...)
			buffer = appendLinks(buffer, append(c.pageLinks(c.catalogURL()+"/datasets", *q.Limit, q.Offset, got.Total), link{"catalog", c.catalogURL()}))
		}
		buffer = append(buffer, `,"results":[`...)
		buffer = a.appendListing(buffer, c, got, how)
		return append(buffer, "]}"...), c.volatileTag(&got.Answer, got.State), nil
	})
}

// dataset answers /catalog/datasets/{dataset_id}.
func (a *API) dataset(c *call) error {
	id := c.PathValue("dataset_id")
	e, err := a.catalog.Find(c.actor, id)
	if err != nil {
		return err
	}
	c.hit.Dataset = e.UID
	return a.answer(c, c.tag(state(e)), func(ctx context.Context, buffer []byte) ([]byte, tag, error) {
		how, err := c.params.shown()
		if err != nil {
			return nil, tag{}, err
		}
		got, err := a.explorer.Dataset(ctx, c.actor, id, odsql.Question{Select: c.params.one("select"), Lang: c.lang, Timezone: c.params.one("timezone")})
		if err != nil {
			return nil, tag{}, err
		}
		buffer = a.appendListing(buffer, c, got, how)
		if len(got.Entries) == 0 {
			return buffer, tag{}, nil
		}
		return buffer, c.volatileTag(&got.Answer, state(got.Entries[0])), nil
	})
}

// appendListing writes datasets as select asked for them, or plain rows, parted by commas.
func (a *API) appendListing(dst []byte, c *call, got *explore.Listing, how shown) []byte {
	if got.Parts == nil {
		return c.appendRows(dst, &got.Answer)
	}
	how.zone = got.Plan.Loc
	rows := jsontext.NewEncoder(got.Columns, format.Options{Location: got.Plan.Loc})
	at, batch := 0, 0
	for n, e := range got.Entries {
		e = e.In(c.lang)
		if n > 0 {
			dst = append(dst, ',')
		}
		for batch < len(got.Batches) && at >= got.Batches[batch].Len {
			at, batch = 0, batch+1
		}
		if len(got.Parts) == 1 && got.Parts[0].Document == "*" {
			dst = a.appendDocument(dst, c, e, how)
			at++
			continue
		}
		dst = append(dst, '{')
		first := len(dst)
		for _, part := range got.Parts {
			if len(dst) > first {
				dst = append(dst, ',')
			}
			switch {
			case part.Document == "*":
				whole := a.appendDocument(nil, c, e, shown{appMetas: how.appMetas, zone: how.zone})
				dst = append(dst, whole[1:len(whole)-1]...)
			case part.Document != "":
				dst = append(appendText(dst, part.Key), ':')
				dst = a.appendPart(dst, c, e, part.Document, how)
			case part.Column >= 0:
				dst = append(appendText(dst, part.Key), ':')
				dst = rows.AppendValue(dst, part.Column, got.Batches[batch], at)
			default:
				dst = append(appendText(dst, part.Key), ':')
				dst = appendMeta(dst, e.Metas[part.Template][part.Meta], how.zone)
			}
		}
		if how.links {
			if len(dst) > first {
				dst = append(dst, ',')
			}
			dst = append(dst, `"_links":`...)
			dst = appendLinks(dst, c.datasetLinks(e))
		}
		dst = append(dst, '}')
		at++
	}
	return dst
}
